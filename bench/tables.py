#!/usr/bin/env python3
"""Fills the tables of docs/performance.md from the files of results. A table stands between the
lines <!-- table NAME --> and <!-- end -->."""
import argparse
import re
import sys

import targets
from results import Results

MARKED = re.compile(r"(<!-- table (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
STAGE_TITLES = {"checksum": "CRC-64", "framer": "framing", "decoder": "decoding",
                "fast": "fast fingerprint, members", "redis_digest": "`--redis-digest`",
                "evidence": "`--evidence`"}


def table(titles, rows, caption="", texts=1):
    """The first columns, `texts` of them, are text, the others are numbers."""
    lines = [f"| {' | '.join(titles)} |", "|---" * texts + "|--:" * (len(titles) - texts) + "|"]
    lines += [f"| {' | '.join(map(str, row))} |" for row in rows]
    return (f"{caption}.\n\n" if caption else "") + "\n".join(lines) + "\n"


def figure(row, name, digits=2, factor=1.0):
    value = row[name] if row else ""
    return "" if value == "" else f"{float(value) * factor:.{digits}f}"


def first(rows):
    return rows[0] if rows else None


def all_threads(results, profile):
    rows = results.where(profile=profile, program="rdbproof")
    return max(rows, key=lambda row: int(row["threads"]))


def target_table():
    results = Results("results.csv")
    rows = []
    for profile in targets.RATIOS:
        if not results.where(profile=profile, program="rdbproof"):
            continue
        best = all_threads(results, profile)
        floor = targets.ratio_floor(profile, int(best["cores"]))
        reached = best["times_reference"] != "" and float(best["times_reference"]) >= floor
        rows.append([profile, figure(best, "times_reference", 1), f"{floor:g}",
                     f"{targets.RATIOS[profile]:g}", "yes" if reached else "no"])
    return table(["data", "times redis-check-rdb", "target here",
                  f"target, {targets.FULL_CORES} cores", "reached"], rows, results.machine())


def comparison_table():
    results = Results("results.csv")
    rows = [[row["profile"], row["program"], row["threads"], figure(row, "seconds_median", 3),
             figure(row, "bytes_per_second", 2, 1e-9), figure(row, "times_reference"),
             figure(row, "times_one_thread")] for row in results.rows]
    return table(["data", "program", "threads", "seconds", "GB/s", "times redis-check-rdb",
                  "times 1 thread"], rows, results.machine(), texts=2)


def limit_table():
    results = Results("results.csv")
    rows = []
    for profile in results.values("profile"):
        best = all_threads(results, profile)
        limits = [first(results.where(profile=profile, program=f"limit: {kind}",
                                      threads=best["threads"])) for kind in ("read", "crc64")]
        rows.append([profile, figure(best, "bytes_per_second", 2, 1e-9)]
                    + [figure(limit, "bytes_per_second", 2, 1e-9) for limit in limits]
                    + [figure(best, "share_of_limit", 1, 100)])
    return table(["data", "rdbproof GB/s", "reading only GB/s", "CRC-64 only GB/s",
                  "% of reading only"], rows, results.machine())


def memory_table():
    results = Results("results.csv")
    rows = []
    for profile in results.values("profile"):
        best = all_threads(results, profile)
        reference = first(results.where(profile=profile, program="redis-check-rdb"))
        rows.append([profile] + [figure(row, name, 0, 1 / 1024) for row in (best, reference)
                                 for name in ("peak_anonymous_kib", "peak_kib")])
    return table(["data", "rdbproof MiB", "with mapped pages", "redis-check-rdb MiB",
                  "with mapped pages"], rows, results.machine())


def sweep_table(sweep, column, title):
    results = Results("sweep.csv")
    results.rows = results.where(sweep=sweep)
    profiles = results.values("profile")
    rows = []
    for value in sorted(results.values(column), key=int):
        shown = f"{int(value) / 1e6:.0f}" if column == "bytes" else value
        rows.append([shown] + [
            figure(first(results.where(profile=profile, program="rdbproof", **{column: value})),
                   "bytes_per_second", 2, 1e-9) for profile in profiles])
    return table([title] + [f"{profile} GB/s" for profile in profiles], rows, results.machine())


def stage_table():
    results = Results("stages.csv")
    measured = Results("results.csv")
    rows = []
    for profile in results.values("profile"):
        costs = [figure(first(results.where(profile=profile, stage=stage)), "seconds_per_gb")
                 for stage in STAGE_TITLES]
        whole = first(measured.where(profile=profile, program="rdbproof", threads=1))
        total = f"{1e9 / float(whole['bytes_per_second']):.2f}" if whole else ""
        rows.append([profile] + costs + [total])
    return table(["s/GB on one core"] + list(STAGE_TITLES.values()) + ["`verify`, 1 thread"], rows,
                 results.machine())


TABLES = {
    "targets": target_table,
    "comparison": comparison_table,
    "limit": limit_table,
    "memory": memory_table,
    "threads": lambda: sweep_table("threads", "threads", "threads"),
    "size": lambda: sweep_table("size", "bytes", "MB"),
    "stages": stage_table,
}


def fill(text):
    return MARKED.sub(lambda match: match[1] + "\n" + TABLES[match[2]]() + "\n" + match[3], text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", metavar="PAGE")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    options = parser.parse_args()
    with open(options.page, encoding="utf-8") as file:
        before = file.read()
    after = fill(before)
    if options.check:
        if before != after:
            print(f"{options.page} is not what the results say; run bench/tables.py on it")
        return int(before != after)
    with open(options.page, "w", encoding="utf-8") as file:
        file.write(after)
    return 0


if __name__ == "__main__":
    sys.exit(main())
