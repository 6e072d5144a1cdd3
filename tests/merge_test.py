#!/usr/bin/env python3
"""The reports of parts, merged in any grouping, are the report of one run over all of them.

usage: merge_test.py RDBPROOF CORPUS
"""
import copy
import json
import os
import random
import subprocess
import sys
import tempfile

BINARY, CORPUS = sys.argv[1:3]
problems = []


def run(*arguments):
    return subprocess.run([BINARY, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def without_performance(text):
    report = json.loads(text)
    for source in report["sources"]:
        source.pop("performance", None)
    return report


def check(holds, what):
    if not holds:
        problems.append(what)


def dumps():
    for folder, _, names in sorted(os.walk(CORPUS)):
        for name in sorted(names):
            if name.endswith(".rdb"):
                yield os.path.join(folder, name)


class Folder:
    def __init__(self, path):
        self.path = path
        self.count = 0

    def save(self, text):
        self.count += 1
        path = os.path.join(self.path, f"{self.count}.json")
        with open(path, "wb") as file:
            file.write(text)
        return path

    def report(self, options, sources):
        done = run("verify", "--json", *options, *sources)
        return self.save(done.stdout), done


def split(rng, sources):
    parts, rest = [], list(sources)
    while rest:
        count = rng.randint(1, len(rest))
        parts.append(rest[:count])
        rest = rest[count:]
    return parts


def check_law(folder, rng, sources, options):
    _, whole = folder.report(options, sources)
    paths = [folder.report(options, part)[0] for part in split(rng, sources)]
    merged = run("merge", "--json", *paths)
    name = f"{options} {sources}"
    check(merged.returncode == whole.returncode, f"{name}: status {merged.returncode}: {merged.stderr}")
    if not merged.stdout:
        return problems.append(f"{name}: {merged.stderr}")
    check(without_performance(merged.stdout) == without_performance(whole.stdout), f"{name}: differs")
    if len(paths) > 2:  # any grouping
        first = folder.save(run("merge", "--json", *paths[:2]).stdout)
        again = run("merge", "--json", first, *paths[2:])
        check(again.stdout == merged.stdout, f"{name}: the grouping matters")


def check_reduced(folder, sources):
    """What not all parts have is left out, and told."""
    a, _ = folder.report(["--evidence", "--redis-digest"], sources[:1])
    b, _ = folder.report([], sources[1:])
    _, whole = folder.report([], sources)
    merged = run("merge", "--json", a, b)
    check(without_performance(merged.stdout) == without_performance(whole.stdout), "reduced: differs")
    check(merged.stderr.count(b"not all parts") == 2, "reduced: not told")


def check_refused(folder, source):
    path, done = folder.report([], [source])
    check(b"twice" in run("merge", path, path).stderr, "twice: not refused")
    good = json.loads(done.stdout)
    for name, place in [("bytes", ("total", "fingerprint")),
                        ("sums", ("sources", 0, "fingerprint", "sums", 0, "content")),
                        ("keys", ("sources", 0, "keyspace", "keys")),
                        ("db", ("sources", 0, "keyspace", "databases", 0, "db")),
                        ("schema", ("schema",))]:
        for bad in (None, -1, 1.5, "x", [], {}, "0" * 32):
            broken = copy.deepcopy(good)
            at = broken
            for step in place[:-1]:
                at = at[step]
            at[place[-1]] = bad
            done = run("merge", folder.save(json.dumps(broken).encode()))
            check(done.returncode == 2 and done.stderr.count(b"\n") in (1, 2),
                  f"{name} = {bad!r}: status {done.returncode}")
    for text in (b"", b"{", b"[]", b"null", b"[" * 100000, b'{"schema":' * 50000):
        check(run("merge", folder.save(text)).returncode == 2, f"{text[:20]!r}: not refused")
    check(run("merge", "/nonexistent").returncode == 2, "missing: not refused")


def main():
    rng = random.Random(1)
    sources = list(dumps())
    with tempfile.TemporaryDirectory() as path:
        folder = Folder(path)
        for options in ([], ["--evidence"], ["--redis-digest"]) * 4:
            check_law(folder, rng, rng.sample(sources, rng.randint(2, 6)), options)
        check_law(folder, rng, [sources[0], "/nonexistent", sources[1]], ["--evidence"])
        filled = os.path.join(CORPUS, "7.2.6", "micro.rdb")
        check_reduced(folder, [filled, os.path.join(CORPUS, "7.4.1", "hfe.rdb")])
        check_refused(folder, filled)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
