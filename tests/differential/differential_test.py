#!/usr/bin/env python3
"""Compares verdicts on damaged dumps with those of redis-check-rdb and redis-server.

usage: differential_test.py RDBPROOF CORPUS [--mutants N] [--seed N] [--first N] [--keep DIRECTORY]

Mutant NUMBER of a seed is the same in every run: --first NUMBER --mutants 1 repeats one alone.
Files that break a law are kept in DIRECTORY.
"""
import argparse
import collections
import multiprocessing
import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mutants  # noqa: E402
from judges import Server, check, prove, scratch  # noqa: E402
from laws import SAFE, Case, violations  # noqa: E402

BATCH = 50
SHOWN = 20


class Tally:
    """What a number of mutants came to."""

    def __init__(self):
        self.table = collections.Counter()
        self.excuses = collections.Counter()
        self.failures = []

    def add(self, other):
        self.table += other.table
        self.excuses += other.excuses
        self.failures += other.failures


class Court:
    """What one process judges with, and a folder for its files."""

    def __init__(self, rdbproof, directory):
        self.rdbproof, self.directory = rdbproof, directory
        self.servers = [Server(os.path.join(directory, f"server-{sanitize}"), sanitize)
                        for sanitize in ("no", "yes")]

    def write(self, name, data):
        path = os.path.join(self.directory, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def case(self, path, data, proof, usual=frozenset()):
        return Case(data, proof, check(path), [server.judge(data) for server in self.servers], usual)

    def judge(self, made):
        tally = Tally()
        paths = [self.write(f"{i}.rdb", mutant.data) for i, mutant in enumerate(made)]
        origins = [self.write(f"{i}-origin.rdb", mutant.origin) for i, mutant in enumerate(made)]
        proofs = prove(self.rdbproof, paths + origins)
        for mutant, path, proof, origin in zip(made, paths, proofs, proofs[len(made):]):
            case = self.case(path, mutant.data, proof, origin.codes)
            wrong, excuses = violations(case)
            if not origin.accepts:
                wrong.append(f"before the change we say {origin}")
            tally.table[case.words()] += 1
            tally.excuses.update(excuses)
            if wrong:
                tally.failures.append((mutant, case.words(), wrong))
        return tally


class Batches:
    """What processes need to judge mutants. They inherit it: it is large, and takes long to pass."""

    rdbproof, dumps, seed = None, (), None

    @classmethod
    def judge(cls, numbers):
        with scratch() as directory:
            return Court(cls.rdbproof, directory).judge(
                [mutants.make(cls.dumps, cls.seed, number) for number in numbers])


def loadable(rdbproof, dumps):
    """Dumps that a server of the standard configuration loads: all must be sound to us."""
    kept, refused, wrong = [], [], []
    with scratch() as directory:
        court = Court(rdbproof, directory)
        paths = [court.write(f"{i}.rdb", dump.data) for i, dump in enumerate(dumps)]
        for dump, path, proof in zip(dumps, paths, prove(rdbproof, paths)):
            case = court.case(path, dump.data, proof, proof.codes)
            if all(server.word == SAFE for server in case.servers):
                kept.append(dump)
                wrong += [f"{dump.name}: {text}" for text in violations(case)[0]]
                if not proof.accepts:
                    wrong.append(f"{dump.name}: a server loads it, we say {proof}")
            else:
                refused.append(dump.name)
    return kept, refused, wrong


def judge_duplicates(rdbproof):
    """What is wrong about dumps that hold something twice, which no server may load."""
    wrong = []
    with scratch() as directory:
        court = Court(rdbproof, directory)
        for name, data in mutants.duplicates().items():
            path = court.write("duplicate.rdb", data)
            case = court.case(path, data, prove(rdbproof, [path])[0])
            if case.servers[-1].word == SAFE or case.proof.accepts:
                wrong.append(f"{name} twice: {' / '.join(case.words())}")
    return wrong


def print_table(tally):
    print(f"{'mutants':>8}  {'rdbproof':14} {'redis-check-rdb':16} {'server':9} sanitizing server")
    for words, count in sorted(tally.table.items(), key=lambda row: (-row[1], row[0])):
        print(f"{count:8}  {words[0]:14} {words[1]:16} {words[2]:9} {words[3]}")
    total = sum(tally.table.values())
    for name, holds in (
            ("we find", lambda w: w[0] not in ("ok", "reservations")),
            ("redis-check-rdb finds (a crash or hang included)", lambda w: w[1] != "accepts"),
            ("a server refuses, aborts, hangs or dies when read", lambda w: w[2:] != (SAFE, SAFE)),
            ("of these redis-check-rdb accepts",
             lambda w: w[2:] != (SAFE, SAFE) and w[1] == "accepts"),
            ("of these we say ok", lambda w: w[2:] != (SAFE, SAFE) and w[0] == "ok"),
            ("of these we say reservations",
             lambda w: w[2:] != (SAFE, SAFE) and w[0] == "reservations")):
        count = sum(n for words, n in tally.table.items() if holds(words))
        print(f"{count:8}  {100 * count / max(total, 1):5.1f} %  {name}")
    for name, count in sorted(tally.excuses.items()):
        print(f"{count:8}  excused: {name}")


def print_failures(tally, keep):
    for mutant, words, wrong in tally.failures[:SHOWN]:
        print(f"FAIL {mutant}\n     {' / '.join(words)}")
        for text in wrong:
            print(f"     {text}")
        path = os.path.join(keep, f"rdbproof-mutant-{mutant.seed}-{mutant.number}.rdb")
        for name, data in ((path, mutant.data), (path[:-4] + "-origin.rdb", mutant.origin)):
            with open(name, "wb") as file:
                file.write(data)
        print(f"     kept as {path}")
    if len(tally.failures) > SHOWN:
        print(f"     and {len(tally.failures) - SHOWN} more")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rdbproof", type=os.path.abspath)
    parser.add_argument("corpus")
    parser.add_argument("--mutants", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", default=tempfile.gettempdir())
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    return parser.parse_args()


def main():
    options = parse_options()
    missing = [tool for tool in ("redis-server", "redis-check-rdb") if not shutil.which(tool)]
    if missing:
        print(f"FAIL not installed: {', '.join(missing)} (./dev test installs them)")
        return 1
    dumps, refused, wrong = loadable(options.rdbproof, mutants.dumps(options.corpus))
    wrong += judge_duplicates(options.rdbproof)
    print(f"seed {options.seed}: {options.mutants} mutants of {len(dumps)} dumps; "
          f"refused by this server's configuration: {', '.join(refused) or 'none'}", flush=True)
    numbers = range(options.first, options.first + options.mutants)
    tasks = [numbers[i:i + BATCH] for i in range(0, len(numbers), BATCH)]
    tally = Tally()
    Batches.rdbproof, Batches.dumps, Batches.seed = options.rdbproof, dumps, options.seed
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        for part in pool.imap(Batches.judge, tasks):
            tally.add(part)
    print_table(tally)
    for text in wrong:
        print(f"FAIL {text}")
    print_failures(tally, options.keep)
    print(f"{options.mutants} mutants, {len(tally.failures) + len(wrong)} failed")
    return 1 if tally.failures or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
