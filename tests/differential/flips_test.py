#!/usr/bin/env python3
"""Flips every single bit of small dumps of different versions: each must be noticed.

usage: flips_test.py RDBPROOF CORPUS [--repaired]

With the checksum as it was, all flips must be found, those of header and footer included.
--repaired makes the checksum fit again, flips the rest, and prints how many rdbproof and
redis-check-rdb find of them (the latter of the versions that it reads): a table, not a test.
"""
import argparse
import collections
import multiprocessing
import os
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from judges import check, prove, scratch  # noqa: E402
from mutants import NEWEST_VERSION  # noqa: E402
from rdb_bytes import CRC_TABLE, FOOTER_BYTES, crc64, version_of  # noqa: E402

# No release wrote version 5: that file is one of version 6 by another number.
DUMPS = (("2.8.24/micro.rdb", b"REDIS0005"), ("2.6.17/micro.rdb", None), ("3.2.13/micro.rdb", None),
         ("4.0.14/micro.rdb", None), ("6.2.16/micro.rdb", None), ("7.0.15/micro.rdb", None),
         ("7.2.6/micro.rdb", None), ("7.4.1/micro.rdb", None), ("redis-8.6-dev/micro.rdb", None),
         ("redis-8.8-dev/micro.rdb", None), ("valkey-9-dev/micro.rdb", None))
BATCH = 1000
SHOWN = 20


class Dump:
    def __init__(self, corpus, name, header):
        with open(os.path.join(corpus, name), "rb") as file:
            data = file.read()
        self.name = name
        self.body = (header or data[:9]) + data[9:-FOOTER_BYTES]
        self.checksum = crc64(self.body)
        self.data = self.body + struct.pack("<Q", self.checksum)
        if header:
            self.name += f" as {header.decode()}"
        elif self.data != data:
            raise RuntimeError(f"{name} has another checksum")

    def flipped(self, bit, checksum=None):
        """Bit `bit` of the file changed, and the footer too where another checksum is given."""
        out = bytearray(self.data)
        out[bit // 8] ^= 1 << bit % 8
        if checksum is not None:
            out[-FOOTER_BYTES:] = struct.pack("<Q", checksum)
        return bytes(out)

    def repaired(self):
        """(bit, file) of each bit before the footer, its checksum made to fit."""
        for bit in range(8):
            # What a change of a byte does to the checksum depends on how many bytes follow.
            delta = CRC_TABLE[1 << bit]
            for at in range(len(self.body) - 1, -1, -1):
                number = at * 8 + bit
                yield number, self.flipped(number, self.checksum ^ delta)
                delta = CRC_TABLE[delta & 0xFF] ^ delta >> 8

    def stale(self):
        for bit in range(len(self.data) * 8):
            yield bit, self.flipped(bit)


def judge(task):
    """[(bit, our verdict, whether redis-check-rdb accepts)]; the latter None where not asked."""
    rdbproof, flips, ask_checker = task
    with scratch() as directory:
        paths = []
        for bit, data in flips:
            paths.append(os.path.join(directory, f"{bit}.rdb"))
            with open(paths[-1], "wb") as file:
                file.write(data)
        proofs = prove(rdbproof, paths)
        return [(bit, proof.verdict, check(path).word if ask_checker else None)
                for (bit, _), proof, path in zip(flips, proofs, paths)]


def tasks(rdbproof, flips, ask_checker, size):
    batch = []
    for flip in flips:
        batch.append(flip)
        if len(batch) == size:
            yield rdbproof, batch, ask_checker
            batch = []
    if batch:
        yield rdbproof, batch, ask_checker


def is_accepted(verdict):
    return verdict in ("ok", "reservations")


def run_stale(pool, rdbproof, dump):
    """[(bit, verdict)] that were not found, and how many there were."""
    count, missed = 0, []
    for rows in pool.imap(judge, tasks(rdbproof, dump.stale(), False, BATCH)):
        count += len(rows)
        missed += [(bit, verdict) for bit, verdict, _ in rows
                   if is_accepted(verdict) or verdict == "CRASHED"]
    return count, missed


def run_repaired(pool, rdbproof, dump):
    ask_checker = version_of(dump.data) <= NEWEST_VERSION
    table, count = collections.Counter(), 0
    for rows in pool.imap(judge, tasks(rdbproof, dump.repaired(), ask_checker, 100)):
        for _, verdict, word in rows:
            count += 1
            ours = not is_accepted(verdict)
            table["ours"] += ours
            table["crashes"] += verdict == "CRASHED"
            if ask_checker:
                table["theirs"] += word != "accepts"
                table["only ours"] += ours and word == "accepts"
                table["only theirs"] += not ours and word != "accepts"
    return count, table, ask_checker


def print_stale(pool, rdbproof, dumps):
    total, missed_in_all = 0, 0
    for dump in dumps:
        count, missed = run_stale(pool, rdbproof, dump)
        total, missed_in_all = total + count, missed_in_all + len(missed)
        print(f"{count:8} flips, {count - len(missed):8} found  {dump.name}", flush=True)
        for bit, verdict in missed[:SHOWN]:
            print(f"FAIL {dump.name}: bit {bit % 8} of byte {bit // 8}: {verdict}")
    print(f"{total} flips with a stale checksum, {missed_in_all} not found")
    return missed_in_all


def print_repaired(pool, rdbproof, dumps):
    total = collections.Counter()
    print(f"{'flips':>8} {'rdbproof':>17} {'redis-check-rdb':>17}  only we  only they")
    for dump in dumps:
        count, table, compared = run_repaired(pool, rdbproof, dump)
        if compared:
            total += table + collections.Counter(count=count)
        theirs = (f"{table['theirs']:8} {100 * table['theirs'] / count:6.2f} % "
                  f"{table['only ours']:8} {table['only theirs']:10}" if compared else
                  "    does not read it".ljust(37))
        print(f"{count:8} {table['ours']:8} {100 * table['ours'] / count:6.2f} % {theirs}  "
              f"{dump.name}", flush=True)
        if table["crashes"]:
            print(f"FAIL {dump.name}: {table['crashes']} crashes")
    count = max(total["count"], 1)
    print(f"of {total['count']} flips in versions that both read, we find {total['ours']} "
          f"({100 * total['ours'] / count:.2f} %), redis-check-rdb {total['theirs']} "
          f"({100 * total['theirs'] / count:.2f} %); only we {total['only ours']}, only it "
          f"{total['only theirs']}")
    return total["crashes"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rdbproof", type=os.path.abspath)
    parser.add_argument("corpus")
    parser.add_argument("--repaired", action="store_true")
    parser.add_argument("--every", type=int, default=1, help="only every so manieth dump")
    options = parser.parse_args()
    dumps = [Dump(options.corpus, *dump) for dump in DUMPS][::options.every]
    with multiprocessing.Pool(os.cpu_count()) as pool:
        run_all = print_repaired if options.repaired else print_stale
        return 1 if run_all(pool, options.rdbproof, dumps) else 0


if __name__ == "__main__":
    sys.exit(main())
