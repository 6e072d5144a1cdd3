#!/usr/bin/env python3
"""Computes the vectors of docs/fingerprint-vectors.json from the definition in docs/fingerprint.md.

usage: fingerprint_vectors_test.py RDBPROOF VECTORS

Nothing of rdbproof is used for the expected values. XXH3-128 comes from python3-xxhash.
"""
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile

import xxhash

MASK = 2**128 - 1
BASE = 0x9E3779B97F4A7C15F39CC0605CEDC835

# The keys of the dump: name, database, type, elements, expiry in ms, expiry of fields.
KEYS = [
    ("string", 0, "string", [b"value"], None, {}),
    ("integer", 0, "string", [b"42"], 1700000000000, {}),
    ("list", 0, "list", [b"a", b"b", b"a"], None, {}),
    ("set", 0, "set", [b"a", b"b"], None, {}),
    ("zset", 0, "zset", [(b"a", 1.5), (b"b", 0.0)], None, {}),
    ("hash", 0, "hash", [(b"f", b"1"), (b"g", b"2")], None, {}),
    ("expiring", 3, "hash", [(b"f", b"1"), (b"g", b"2")], None, {b"f": 1700000000000}),
]


def le8(number):
    return struct.pack("<q" if number < 0 else "<Q", number)


def score_bits(score):
    return struct.unpack("<Q", struct.pack("<d", score))[0]


def times_two(number):
    return (number << 1) ^ (0x11B if number & 0x80 else 0)


def make_s_box():
    """FIPS 197, 5.1.1, with the inverse found by trying."""
    def product(a, b):
        total = 0
        for bit in range(8):
            if b >> bit & 1:
                total ^= a
            a = times_two(a)
        return total

    def rotate(number, by):
        return (number << by | number >> (8 - by)) & 0xFF

    box = []
    for number in range(256):
        inverse = next((other for other in range(256) if product(number, other) == 1), 0)
        box.append(inverse ^ rotate(inverse, 1) ^ rotate(inverse, 2) ^ rotate(inverse, 3)
                   ^ rotate(inverse, 4) ^ 0x63)
    return box


S_BOX = make_s_box()
ROUND_KEY = le8(0x243F6A8885A308D3) + le8(0x13198A2E03707344)


def exclusive_or(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def aes_round(state):
    """State and result as 16 bytes, column by column."""
    shifted = [S_BOX[state[(index + 4 * (index % 4)) % 16]] for index in range(16)]
    mixed = []
    for column in range(0, 16, 4):
        a, b, c, d = shifted[column:column + 4]
        mixed += [times_two(a) ^ times_two(b) ^ b ^ c ^ d, a ^ times_two(b) ^ times_two(c) ^ c ^ d,
                  a ^ b ^ times_two(c) ^ times_two(d) ^ d, times_two(a) ^ a ^ b ^ c ^ times_two(d)]
    return exclusive_or(mixed, ROUND_KEY)


class Fast:
    name = "rdbproof-fast-2"

    @staticmethod
    def h(data):
        if len(data) > 31:
            return xxhash.xxh3_128_intdigest(data)
        padded = data.ljust(31, b"\0") + bytes([len(data)])
        state = ROUND_KEY
        for half in (padded[:16], padded[16:]):
            state = exclusive_or(state, half)
            for _ in range(4):
                state = aes_round(state)
        return int.from_bytes(state, "little")

    @staticmethod
    def le16(number):
        return number.to_bytes(16, "little")

    def bind(self, a, b):
        return (a | 1) * (b >> 64 | (b & 2**64 - 1) << 64) & MASK

    def bind_n(self, a, number):
        return (a | 1) * (2 * number + 1) & MASK

    def value(self, kind, elements):
        if kind in ("string", "list"):
            total = 0
            for item in elements:
                total = total * BASE + self.h(item)
            return total & MASK
        if kind == "set":
            return sum(self.h(member) for member in elements) & MASK
        if kind == "zset":
            return sum(self.bind_n(self.h(m), score_bits(s)) for m, s in elements) & MASK
        return sum(self.bind(self.h(f), self.h(v)) for f, v in elements) & MASK

    def key(self, name, kind, elements, expiry, field_expiry):
        type_tag = self.h(kind.encode()) & 2**64 - 1
        content = self.h(self.le16(self.h(name)) + le8(type_tag) + le8(len(elements)) +
                         self.le16(self.value(kind, elements)))
        if expiry is None and not field_expiry:
            return content, content
        members = sum(self.bind_n(self.h(f), t) for f, t in field_expiry.items()) & MASK
        return content, self.h(self.le16(content) + le8(int(expiry is not None)) +
                               le8(expiry or 0) + self.le16(members))

    def data_set(self, databases, _):
        return sum(self.h(le8(db) + le8(len(keys)) + self.le16(sum(keys) & MASK))
                   for db, keys in databases.items()) & MASK

    @staticmethod
    def text(number):
        return f"{number:032x}"


def chacha20_stream(key, size):
    """The key stream of RFC 8439 with counter and nonce 0."""
    def quarter(s, a, b, c, d):
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = (s[x] + s[y]) & 0xFFFFFFFF
            s[z] ^= s[x]
            s[z] = (s[z] << turn | s[z] >> (32 - turn)) & 0xFFFFFFFF

    out = b""
    counter = 0
    while len(out) < size:
        start = list(struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) +
                     (counter, 0, 0, 0))
        state = start[:]
        for _ in range(10):
            for column in range(4):
                quarter(state, column, column + 4, column + 8, column + 12)
            for row in ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
                quarter(state, *row)
        out += struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(state, start)))
        counter += 1
    return out[:size]


class Evidence:
    name = "rdbproof-evidence-1"

    @staticmethod
    def transcript(*fields):
        data = b""
        for field in fields:
            field = field.encode() if isinstance(field, str) else field
            data += le8(field) if isinstance(field, int) else le8(len(field)) + field
        return hashlib.sha256(data).digest()

    @staticmethod
    def multiset(elements):
        sums = [0] * 1024
        for element in elements:
            for i, lane in enumerate(struct.unpack("<1024H", chacha20_stream(element, 2048))):
                sums[i] = (sums[i] + lane) & 0xFFFF
        return hashlib.sha256(struct.pack("<1024H", *sums)).digest()

    def value(self, kind, elements):
        chain = bytes(32)
        if kind in ("string", "list"):
            for item in elements:
                chain = self.transcript("sequence", chain, self.transcript("item", item))
            return self.transcript("value", chain)
        if kind == "set":
            members = [self.transcript("member", member) for member in elements]
        elif kind == "zset":
            members = [self.transcript("scored", m, score_bits(s)) for m, s in elements]
        else:
            members = [self.transcript("field", f, v) for f, v in elements]
        return self.transcript("value", chain, self.multiset(members))

    def key(self, name, kind, elements, expiry, field_expiry):
        content = self.transcript("key", name, kind, len(elements), self.value(kind, elements))
        if expiry is None and not field_expiry:
            return content, content
        members = self.multiset(self.transcript("expiry", f, t) for f, t in field_expiry.items())
        return content, self.transcript("key-and-expiry", content, int(expiry is not None),
                                        expiry or 0, members)

    def data_set(self, databases, with_expiry):
        fields = []
        for db, keys in sorted(databases.items()):
            fields += [db, len(keys), self.multiset(keys)]
        return self.transcript("data-set-and-expiry" if with_expiry else "data-set", *fields)

    @staticmethod
    def text(digest):
        return digest.hex()


def expected(algorithm):
    keys, databases = {}, ({}, {})
    for name, database, kind, elements, expiry, field_expiry in KEYS:
        both = algorithm.key(name.encode(), kind, elements, expiry, field_expiry)
        keys[name] = [algorithm.text(one) for one in both]
        for variant in (0, 1):
            databases[variant].setdefault(database, []).append(both[variant])
    return {"keys": keys,
            "content": algorithm.text(algorithm.data_set(databases[0], False)),
            "content_and_expiry": algorithm.text(algorithm.data_set(databases[1], True))}


def answers(rdbproof, dump, options):
    def run(command):
        return subprocess.run([rdbproof, command, "--json", *options, dump], check=True,
                              stdout=subprocess.PIPE).stdout.decode()

    rows = [json.loads(line) for line in run("keys").splitlines()]
    total = json.loads(run("verify"))["total"]["fingerprint"]
    return {"keys": {row["key"]: [row["fingerprint"], row["fingerprint_and_expiry"]]
                     for row in rows},
            "content": total["content"], "content_and_expiry": total["content_and_expiry"]}


def main():
    rdbproof, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    failures = 0
    with tempfile.NamedTemporaryFile(suffix=".rdb") as dump:
        dump.write(bytes.fromhex(vectors["dump"]))
        dump.flush()
        for algorithm, options in ((Fast(), []), (Evidence(), ["--evidence"])):
            wanted = expected(algorithm)
            for who, got in (("the page", vectors[algorithm.name]),
                             ("rdbproof", answers(rdbproof, dump.name, options))):
                if got != wanted:
                    failures += 1
                    print(f"{algorithm.name}: {who} says {got}, the definition {wanted}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
