#!/usr/bin/env python3
"""The benchmark scripts, on small files: every program is measured, ratios are those of the times,
older results make room for new ones only, and docs/performance.md shows what the results say. How
long anything takes is not asked.

usage: bench_test.py PROJECT RDBPROOF GENERATOR LIMIT MICRO
"""
import csv
import os
import subprocess
import sys
import tempfile
import xml.dom.minidom

SIZE = "2MB"
LARGEST_PLOT_BYTES = 100_000


class Check:
    def __init__(self):
        self.done = 0
        self.problems = []

    def that(self, holds, what):
        self.done += 1
        if not holds:
            self.problems.append(what)


def run(*command, expect=0):
    done = subprocess.run([sys.executable, *command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode != expect:
        raise RuntimeError(f"{command}: {done.returncode}\n{done.stdout.decode()}")
    return done.stdout.decode()


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def close(value, expected):
    return abs(float(value) - expected) <= 0.02 * expected + 0.002


def check_comparison(check, script, programs, directory):
    results = os.path.join(directory, "results.csv")
    command = [script, *programs, "--directory", directory, "--size", SIZE, "--runs", "2",
               "--csv", results, "--profiles", "mixed", "giant"]
    run(*command)
    rows = rows_of(results)
    check.that({row["profile"] for row in rows} == {"mixed", "giant"}, "profiles compared")
    cores = str(len(os.sched_getaffinity(0)))
    for profile in ("mixed", "giant"):
        by_name = {(row["program"], row["threads"]): row for row in rows
                   if row["profile"] == profile}
        for name in (("rdbproof", "1"), ("rdbproof", cores), ("redis-check-rdb", "1"),
                     ("limit: read", cores), ("limit: crc64", cores)):
            check.that(name in by_name, f"{profile}: no row of {name}")
        check_ratios(check, by_name, cores)
    run(*command)
    check.that(len(rows_of(results)) == len(rows), "rows measured again are replaced")
    check.that(os.listdir(directory) == ["results.csv"], "generated files are deleted")


def check_ratios(check, by_name, cores):
    mine = by_name["rdbproof", cores]
    seconds = float(mine["seconds_median"])
    for column, other in (("times_reference", ("redis-check-rdb", "1")),
                          ("times_one_thread", ("rdbproof", "1"))):
        expected = float(by_name[other]["seconds_median"]) / seconds
        check.that(close(mine[column], expected), f"{column} is {mine[column]}, not {expected}")
    check.that(close(mine["bytes_per_second"], int(mine["bytes"]) / seconds), "bytes a second")
    check.that(float(mine["seconds_min"]) <= seconds, "the shortest is not above the median")


def check_refusals(check, script, programs, directory):
    path = os.path.join(directory, "broken.rdb")
    with open(path, "wb") as file:
        file.write(b"REDIS0010\xff")
    output = run(script, path, *programs, "--runs", "1", expect=2)
    check.that("exit status" in output, "a program that fails ends the comparison")
    os.unlink(path)


def check_sweep(check, script, programs, directory):
    results = os.path.join(directory, "sweep.csv")
    run(script, directory, *programs, "--runs", "1", "--profiles", "small-strings", "--sizes",
        "1MB", SIZE, "--threads-size", SIZE, "--csv", results)
    rows = [row for row in rows_of(results) if row["program"] == "rdbproof"]
    sizes = {row["bytes"] for row in rows if row["sweep"] == "size"}
    check.that(sizes == {"1000000", "2000000"}, f"sizes {sizes}")
    threads = {int(row["threads"]) for row in rows if row["sweep"] == "threads"}
    cores = len(os.sched_getaffinity(0))
    check.that({1, cores, 2 * cores} <= threads, f"threads {threads}")
    os.unlink(results)
    check.that(not os.listdir(directory), "generated files of a sweep are deleted")


def check_stages(check, script, micro, directory):
    results = os.path.join(directory, "stages.csv")
    run(script, "--micro", micro, "--runs", "1", "--min-time", "0", "--csv", results)
    rows = rows_of(results)
    check.that(len({row["profile"] for row in rows}) == 7, "profiles with stages")
    check.that(len(rows) == 7 * 6, f"{len(rows)} stages")
    check.that(all(float(row["seconds_per_gb"]) > 0 for row in rows), "each costs something")


def check_targets(check, bench):
    sys.path.insert(0, bench)
    import targets  # pylint: disable=import-error,import-outside-toplevel
    check.that(targets.ratio_floor("mixed", 4) == 20, "with four cores")
    check.that(targets.ratio_floor("mixed", 2) == 10, "with two cores half of it")
    check.that(targets.ratio_floor("mixed", 16) == 20, "with more no more")
    check.that(targets.ratio_floor("giant", 4) is None, "not for all profiles")


def check_page(check, project):
    page = os.path.join(project, "docs", "performance.md")
    try:
        run(os.path.join(project, "bench", "tables.py"), "--check", page)
    except RuntimeError as error:
        check.that(False, str(error))
    for name in ("throughput-threads.svg", "throughput-size.svg"):
        path = os.path.join(project, "docs", name)
        check.that(os.path.getsize(path) < LARGEST_PLOT_BYTES, f"{name} is too large")
        with xml.dom.minidom.parse(path) as document:
            check.that(document.documentElement.tagName == "svg", f"{name} is no SVG")


def main():
    project, rdbproof, generator, limit, micro = sys.argv[1:]
    bench = os.path.join(project, "bench")
    programs = ["--rdbproof", rdbproof, "--generator", generator, "--limit", limit]
    check = Check()
    for step in (
            lambda directory: check_comparison(check, f"{bench}/compare.py", programs, directory),
            lambda directory: check_refusals(check, f"{bench}/compare.py", programs, directory),
            lambda directory: check_sweep(check, f"{bench}/sweep.py", programs, directory),
            lambda directory: check_stages(check, f"{bench}/stages.py", micro, directory)):
        with tempfile.TemporaryDirectory() as directory:
            step(directory)
    check_targets(check, bench)
    check_page(check, project)
    for problem in check.problems:
        print(f"FAIL {problem}")
    print(f"bench: {check.done - len(check.problems)} of {check.done} checks passed")
    return 1 if check.problems else 0


if __name__ == "__main__":
    sys.exit(main())
