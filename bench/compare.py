#!/usr/bin/env python3
"""Runs rdbproof with 1, 2 ... all threads, redis-check-rdb and the machine's limit on the same warm
files, in turn."""
import argparse
import contextlib
import os
import subprocess
import sys

import measuring
import targets

CSV_FIELDS = ["date", "cpu", "cores", "profile", "bytes", "program", "threads", "seconds_median",
              "seconds_min", "bytes_per_second", "peak_kib", "peak_anonymous_kib",
              "times_reference", "times_one_thread", "share_of_limit", "runs"]
REFERENCE = "redis-check-rdb"


def programs(options):
    result = [measuring.rdbproof(options.rdbproof, threads)
              for threads in measuring.thread_counts(measuring.cores())]
    if options.reference:
        result.append(measuring.Program(REFERENCE, 1, [options.reference]))
    return result


def compare(profile, path, options):
    """One row a program and number of threads."""
    entries = programs(options)
    limits = [measuring.Limit(options.limit, entry.threads) for entry in entries
              if options.limit and entry.name == "rdbproof"]
    measuring.in_turn(entries + limits, path, options.runs)
    start = {**measuring.machine(), "profile": profile, "bytes": os.path.getsize(path)}
    rows = []
    for entry in entries:
        peak, anonymous = entry.peaks_kib(path)
        rows.append({**start, "program": entry.name, "threads": entry.threads,
                     "peak_kib": peak, "peak_anonymous_kib": anonymous,
                     **measuring.speed_columns(entry.seconds, start["bytes"])})
    for kind in measuring.Limit.KINDS:
        rows += [{**start, "program": f"limit: {kind}", "threads": limit.threads,
                  **measuring.speed_columns(limit.measured[kind], start["bytes"])}
                 for limit in limits]
    add_ratios(rows)
    return rows


def seconds_of(rows, program, threads):
    return next((float(row["seconds_median"]) for row in rows
                 if (row["program"], row["threads"]) == (program, threads)), None)


def add_ratios(rows):
    """How many times as fast as the reference and as one thread, and which part of the speed at
    which the same threads can read the file."""
    bases = {
        "times_reference": lambda row: seconds_of(rows, REFERENCE, 1),
        "times_one_thread": lambda row: seconds_of(rows, row["program"], 1),
        "share_of_limit": lambda row: seconds_of(rows, "limit: read", row["threads"]),
    }
    for row in rows:
        for name, base in bases.items():
            seconds = base(row)
            row[name] = f"{seconds / float(row['seconds_median']):.3f}" if seconds else ""


def number(row, name, digits, divisor=1):
    value = row.get(name, "")
    return "" if value == "" else f"{float(value) / divisor:.{digits}f}"


def print_table(rows):
    first = rows[0]
    print(f"\n{first['profile']}, {measuring.size_text(first['bytes'])}, {first['cpu']}, "
          f"{first['cores']} cores, median of {first['runs']}\n")
    print("| program | threads | seconds | GB/s | times redis-check-rdb | times 1 thread | "
          "share of limit | peak MiB | without mapped files |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for row in rows:
        cells = [row["program"], row["threads"], number(row, "seconds_median", 3),
                 number(row, "bytes_per_second", 2, 1e9), number(row, "times_reference", 2),
                 number(row, "times_one_thread", 2), number(row, "share_of_limit", 2),
                 number(row, "peak_kib", 0, 1024), number(row, "peak_anonymous_kib", 0, 1024)]
        print(f"| {' | '.join(map(str, cells))} |", flush=True)


def print_targets(rows):
    print("\n| profile | times redis-check-rdb | target | |")
    print("|---|--:|--:|---|")
    for row in rows:
        floor = targets.ratio_floor(row["profile"], row["cores"])
        if floor is None or row["program"] != "rdbproof" or row["threads"] != row["cores"]:
            continue
        if row["times_reference"] == "":
            continue
        verdict = "reached" if float(row["times_reference"]) >= floor else "missed"
        print(f"| {row['profile']} | {number(row, 'times_reference', 1)} | {floor:g} | {verdict} |")


def sources(options):
    """Pairs of a profile and what gives a path to it."""
    for path in options.files:
        yield os.path.splitext(os.path.basename(path))[0], contextlib.nullcontext(path)
    if options.files:
        return
    for profile in options.profiles:
        yield profile, measuring.GeneratedDump(options.generator, options.directory, profile,
                                               options.size)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE",
                        help="RDB files; the name without .rdb stands for the profile. None: "
                        "files are generated, one at a time, and deleted")
    measuring.add_common_options(parser, directory_required=False)
    parser.add_argument("--directory", default="build/bench-data",
                        help="for generated files (default: build/bench-data)")
    parser.add_argument("--size", type=measuring.parse_size, default="1GB",
                        help="of generated files (default: 1GB)")
    parser.add_argument("--reference", default=measuring.default_reference(), metavar="PATH",
                        help="redis-check-rdb (default: the one in PATH, if any)")
    options = parser.parse_args()
    if not options.files and not options.generator:
        parser.error("without FILE, --generator is needed")
    return options


def main():
    options = parse_options()
    measuring.warn_if_busy()
    everything = []
    for profile, source in sources(options):
        try:
            with source as path:
                rows = compare(profile, path, options)
        except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
            print(f"compare.py: {error}", file=sys.stderr)
            return 2
        print_table(rows)
        everything += rows
        if options.csv:
            measuring.replace_rows(options.csv, CSV_FIELDS, rows, ["cpu", "cores", "profile"])
    print_targets(everything)
    return 0


if __name__ == "__main__":
    sys.exit(main())
