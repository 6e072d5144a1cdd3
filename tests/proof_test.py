#!/usr/bin/env python3
"""Reads proofs by docs/proof-format.md alone, and looks at what the program says of others.

usage: proof_test.py RDBPROOF CORPUS
"""
import base64
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import fingerprint_vectors_test as fingerprint  # noqa: E402

GOLDEN = 0x9E3779B97F4A7C15
MASK = (1 << 128) - 1
HEADER = struct.Struct("<8sIIQQ")


def read_proof(path):
    """The report and the buckets: lists of (keys, content, content and expiry)."""
    with open(path, "rb") as file:
        data = file.read()
    magic, version, reserved, report_bytes, buckets = HEADER.unpack_from(data)
    assert (magic, version, reserved) == (b"RDBPROOF", 1, 0)
    assert len(data) == HEADER.size + report_bytes + 40 * buckets + 32
    assert hashlib.sha256(data[:-32]).digest() == data[-32:]
    report = json.loads(data[HEADER.size:HEADER.size + report_bytes])
    entries = []
    for place in range(HEADER.size + report_bytes, len(data) - 32, 40):
        keys, = struct.unpack_from("<Q", data, place)
        entries.append((keys, int.from_bytes(data[place + 8:place + 24], "little"),
                        int.from_bytes(data[place + 24:place + 40], "little")))
    return report, entries


def expected_buckets(rdbproof, dump, count):
    """From what `keys` says of each key."""
    entries = [[0, 0, 0] for _ in range(count)]
    lines = subprocess.run([rdbproof, "keys", "--json", dump], check=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    for line in map(json.loads, lines):
        name = base64.b64decode(line["key_b64"]) if "key_b64" in line else line["key"].encode()
        flipped = fingerprint.Fast.h(name) ^ ((line["db"] + 1) * GOLDEN % (1 << 64)) << 64
        entry = entries[flipped >> (128 - count.bit_length() + 1)]
        entry[0] += 1
        for place, field in ((1, "fingerprint"), (2, "fingerprint_and_expiry")):
            number = int(line[field], 16)
            text = number.to_bytes(16, "little") + line["db"].to_bytes(8, "little")
            entry[place] = (entry[place] + fingerprint.Fast.h(text)) & MASK
    return [tuple(entry) for entry in entries]


def diff(rdbproof, *arguments):
    done = subprocess.run([rdbproof, "diff", *arguments], check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def check_damaged(rdbproof, folder, good):
    """Every byte flipped, every length: refused in one line."""
    with open(good, "rb") as file:
        data = file.read()
    # The digest covers all alike: some places of the middle stand for the rest.
    places = [*range(64), *range(64, len(data), 499), *range(len(data) - 40, len(data))]
    other = os.path.join(folder, "other.proof")
    problems = 0
    for place in places:
        for damaged in (data[:place], data[:place] + bytes([data[place] ^ 4]) + data[place + 1:]):
            with open(other, "wb") as file:
                file.write(damaged)
            status, out, err = diff(rdbproof, other, good)
            # Without its magic it is taken for a dump.
            named = "proof" in err or place < 8
            if status != 2 or not named or (out and place >= 8) or err.count("\n") > 2:
                problems += 1
                print(f"FAIL byte {place} of {len(damaged)}: {status} {out[:100]} {err[:200]}")
    return problems, 2 * len(places)


def main():
    rdbproof, corpus = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    problems = checked = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("6.2.16/small", "7.4.1/hfe", "valkey-9-dev/manydb", "keydb-6.3.4/small"):
            dump, proof = os.path.join(corpus, name + ".rdb"), os.path.join(folder, "a.proof")
            if not os.path.exists(dump):
                continue
            for count in (1, 16, 1024):
                subprocess.run([rdbproof, "verify", "-q", dump, "--save", proof, "--force", "--buckets",
                                str(count)], check=True)
                report, entries = read_proof(proof)
                with open(dump, "rb") as file:
                    digest = hashlib.sha256(file.read()).hexdigest()
                checked += 1
                if entries != expected_buckets(rdbproof, dump, count) or \
                        report["sources"][0]["sha256"] != digest or diff(rdbproof, proof, dump)[0] != 0:
                    problems += 1
                    print(f"FAIL {name}, {count} buckets")
        found, count = check_damaged(rdbproof, folder, proof)
    print(f"proofs: {checked} read by the page alone, {count} damaged ones, {problems + found} wrong")
    return 0 if checked and not problems + found else 1


if __name__ == "__main__":
    sys.exit(main())
