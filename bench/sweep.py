#!/usr/bin/env python3
"""Measures rdbproof against the number of threads and against the size of the file. Files are
generated one at a time and deleted."""
import argparse
import os
import subprocess
import sys

import measuring

CSV_FIELDS = ["date", "cpu", "cores", "sweep", "profile", "bytes", "program", "threads",
              "seconds_median", "seconds_min", "bytes_per_second", "runs"]
# A file beyond this part of the memory that is available might not stay in the page cache.
LARGEST_PART_OF_MEMORY = 0.6


def measure(sweep, profile, size, thread_counts, options):
    """One row a number of threads, and one for the limit with as many. `size` is what the row says:
    the file is longer or shorter by less than a record."""
    with measuring.GeneratedDump(options.generator, options.directory, profile, size) as path:
        entries = [measuring.rdbproof(options.rdbproof, threads) for threads in thread_counts]
        limits = [measuring.Limit(options.limit, threads, ("read",))
                  for threads in thread_counts if options.limit]
        measuring.in_turn(entries + limits, path, options.runs)
        actual = os.path.getsize(path)
    timed = [("rdbproof", entry.threads, entry.seconds) for entry in entries]
    timed += [("limit: read", limit.threads, limit.measured["read"]) for limit in limits]
    return [{**measuring.machine(), "sweep": sweep, "profile": profile, "bytes": size,
             "program": program, "threads": threads, **measuring.speed_columns(seconds, actual)}
            for program, threads, seconds in timed]


def sweeps(options):
    """Arguments of measure(), size after size."""
    all_threads = measuring.cores()
    with_more = measuring.thread_counts(all_threads) + [2 * all_threads]
    for profile in options.profiles:
        yield "threads", profile, options.threads_size, with_more
        for size in options.sizes:
            if size > measuring.available_bytes() * LARGEST_PART_OF_MEMORY:
                print(f"{profile}, {measuring.size_text(size)}: left out, too large for the page "
                      "cache", flush=True)
                continue
            yield "size", profile, size, [all_threads]


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", help="for the generated files")
    measuring.add_common_options(parser, directory_required=True)
    parser.add_argument("--sizes", nargs="+", type=measuring.parse_size, metavar="SIZE",
                        default=[measuring.parse_size(size)
                                 for size in ("64MB", "256MB", "1GB", "4GB")],
                        help="default: 64MB 256MB 1GB 4GB")
    parser.add_argument("--threads-size", type=measuring.parse_size, default="1GB", metavar="SIZE",
                        help="of the files that are read with different numbers of threads")
    return parser.parse_args()


def main():
    options = parse_options()
    measuring.warn_if_busy()
    for arguments in sweeps(options):
        try:
            rows = measure(*arguments, options)
        except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
            print(f"sweep.py: {error}", file=sys.stderr)
            return 2
        for row in rows:
            print(f"{row['sweep']}: {row['profile']}, {measuring.size_text(row['bytes'])}, "
                  f"{row['program']}, {row['threads']} threads: "
                  f"{row['bytes_per_second'] / 1e9:.2f} GB/s", flush=True)
        if options.csv:
            measuring.replace_rows(options.csv, CSV_FIELDS, rows,
                                   ["cpu", "cores", "sweep", "profile", "bytes", "program",
                                    "threads"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
