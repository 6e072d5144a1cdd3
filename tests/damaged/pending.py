"""Cases that rdbproof does not meet yet, by reason. The test fails while one that passes is here."""

PENDING = set()
