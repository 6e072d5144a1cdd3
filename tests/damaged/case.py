"""A row of the table of damaged files: how the file is made, and what is expected of it."""
import dataclasses

from rdb_bytes import dump, key, select, text_key

BEFORE = text_key(b"before")
AFTER = text_key(b"after")
END = "end"  # as a place: where the file ends


@dataclasses.dataclass(frozen=True)
class Case:
    code: str  # of the finding, and the folder
    name: str
    what: str  # is wrong, or how it was made, for people
    data: bytes
    # The damaged element: bytes that occur once in the file, an offset, the first and the last one,
    # or END. None: not checked.
    at: object = None
    verdict: str = None  # None: that of the code's severity
    key: bytes = None
    db: int = None
    path: str = None  # a regular expression for all of it; None: not checked
    also: tuple = ()  # further codes that must be found
    maybe: tuple = ()  # codes that may be found; notes may always
    instead: tuple = ()  # codes that would be as good
    goes_on: bool = True  # False: the frame is broken, and what is found after that is not checked
    keys: int = None  # that are counted; None: not checked
    intact: tuple = ()  # names of keys that must be listed
    arguments: tuple = ()

    @property
    def path_in_corpus(self):
        return f"{self.code}/{self.name}.rdb"

    def span(self):
        """First and last offset of the damaged element."""
        if self.at is END:
            return len(self.data), len(self.data)
        if isinstance(self.at, int):
            return self.at, self.at
        if isinstance(self.at, tuple):
            return self.at
        if self.data.count(self.at) != 1:
            raise ValueError(f"{self.path_in_corpus}: occurs {self.data.count(self.at)} times: "
                             f"{self.at!r}")
        start = self.data.index(self.at)
        return start, start + len(self.at) - 1


class Table(list):
    def add(self, code, name, what, data, **expected):
        self.append(Case(code, name, what, data, **expected))

    def value(self, code, name, what, kind, body, version=10, at=None, **expected):
        """One key `k` between two sound ones. Without `at` its whole record is the element."""
        record = key(kind, b"k", body)
        data = dump(version, select(0), BEFORE, record, AFTER)
        framed = expected.get("goes_on", True)
        expected.setdefault("keys", 2 if code in LOSES_THE_KEY or not framed else 3)
        expected.setdefault("intact", (b"before", b"after"))
        expected.setdefault("key", b"k" if framed else None)
        self.append(Case(code, name, what, data, at=record if at is None else at,
                         db=0 if expected["key"] else None, **expected))

    def records(self, code, name, what, version, *records, **expected):
        """A whole file of these records."""
        self.append(Case(code, name, what, dump(version, *records), **expected))


# Codes of damage inside one value, which costs this value.
LOSES_THE_KEY = {
    "bad-array", "bad-expiry", "bad-intset", "bad-listpack", "bad-lzf", "bad-module",
    "bad-quicklist", "bad-score", "bad-sketch", "bad-stream", "bad-string", "bad-template",
    "bad-vector-set", "bad-ziplist", "bad-zipmap", "duplicate-member", "empty-container",
    "limit-exceeded", "tuple-incomplete", "unsupported-value",
}
