"""What must hold between our verdict on a file and those of redis-check-rdb and redis-server."""
import re

EMPTY_KEY = re.compile(r"empty key", re.IGNORECASE)
# Why a server refuses what rests on how it is run: the findings that say as much.
SAID_OF_CONFIGURATION = {
    "functions": {"function-not-compiled"},
    "modules": {"opaque-module"},
}
SAFE = "loaded"
# A score of -0 as text and as a double: 7.0 turns it into 0 when it packs a small sorted set.
NEGATIVE_ZERO = (b"\x02-0", b"\x00\x00\x00\x00\x00\x00\x00\x80")


class Case:
    """One file: our proof, and the outcomes of the checker and of servers under two settings.

    `usual` are the codes that a sound file of the same origin gets, such as checksum-absent.
    """

    def __init__(self, data, proof, checker, servers, usual=frozenset()):
        self.data, self.proof, self.usual = data, proof, usual
        self.checker, self.servers = checker, servers

    def words(self):
        return (self.proof.verdict, str(self.checker), *map(str, self.servers))


def skips_empty_keys(case):
    """A server loads the file without them, which the checker calls an unexpected end."""
    return any(server.word == SAFE and EMPTY_KEY.search(server.log) for server in case.servers)


def excuse(case, unsafe):
    """Why we may call sound what a server refuses; None if we may not."""
    reasons = {server.reason for server in unsafe}
    if len(reasons) == 1:
        reason = reasons.pop()
        if SAID_OF_CONFIGURATION.get(reason, set()) & case.proof.codes:
            return reason
    return None


def violations(case):
    """([what is wrong], [which excuses were needed])."""
    wrong, excuses, proof = [], [], case.proof
    if proof.verdict == "CRASHED":
        return [f"rdbproof: {proof}"], []
    unsafe = [server for server in case.servers if server.word != SAFE]
    said_more = proof.codes - case.usual
    if unsafe and proof.accepts and (proof.verdict == "ok" or not said_more):
        reason = excuse(case, unsafe)
        if reason:
            excuses.append(reason)
        else:
            worst = unsafe[-1]
            wrong.append(f"we say {proof}, a server: {worst} ({worst.last_words()})")
    if case.checker.word != "accepts" and proof.accepts:
        if skips_empty_keys(case):
            excuses.append("empty key")
        else:
            wrong.append(f"we say {proof}, redis-check-rdb {case.checker} "
                         f"({case.checker.last_words()})")
    return wrong + different_data(case), excuses


def different_data(case):
    """What we call sound is what a server has after loading it."""
    loaded, proof = case.servers[-1], case.proof
    if not proof.accepts or loaded.word != SAFE or proof.expired:
        return []
    if EMPTY_KEY.search(loaded.log) or any(zero in case.data for zero in NEGATIVE_ZERO):
        return []
    wrong = []
    if loaded.keys is not None and loaded.keys != proof.keys:
        wrong.append(f"we count {proof.keys} keys, a server {loaded.keys}")
    if loaded.digest and proof.digests != {None} and loaded.digest not in proof.digests:
        wrong.append(f"our digests are {proof.digests}, a server's is {loaded.digest}")
    return wrong
