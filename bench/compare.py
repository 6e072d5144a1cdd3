#!/usr/bin/env python3
"""Runs rdbproof, redis-check-rdb and the machine's limit on the same warm files, in turn."""

import argparse
import csv
import datetime
import os
import shutil
import statistics
import subprocess
import sys
import time

CSV_FIELDS = ["date", "cpu", "cores", "profile", "bytes", "program", "seconds_median",
              "bytes_per_second", "peak_kib", "peak_anonymous_kib", "ratio", "runs"]


def cpu_model():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.lower().startswith(("model name", "hardware")):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return os.uname().machine


def cores():
    return len(os.sched_getaffinity(0))


def warm(path):
    """Reads the file once, so that the page cache holds it for the first program too."""
    with open(path, "rb", buffering=0) as file:
        buffer = bytearray(1 << 22)
        while file.readinto(buffer):
            pass


def run_once(command):
    """Returns seconds, peak resident KiB and the exit status."""
    start = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
    return seconds, usage.ru_maxrss, child.returncode


def anonymous_kib(pid):
    """Resident memory of a process without mapped files; 0 once it has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as lines:
            return next((int(line.split()[1]) for line in lines if line.startswith("RssAnon")), 0)
    except OSError:
        return 0


def peak_anonymous_kib(command):
    """Sampled, in a run that is not timed. The peak of wait4 counts pages of the mapped file too,
    and never falls below what this script itself occupies."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        peak = 0
        while child.poll() is None:
            peak = max(peak, anonymous_kib(child.pid))
            time.sleep(0.002)
    return peak


def limit_seconds(program, path, runs):
    """The limit program times itself, without its start: {"read": seconds, "crc64": seconds}."""
    output = subprocess.run([program, path, str(runs)], check=True, capture_output=True, text=True)
    return {name: float(value) for name, value in map(str.split, output.stdout.splitlines())}


class Program:
    def __init__(self, name, command, accepted):
        self.name = name
        self.command = command
        self.accepted = accepted  # exit statuses of a run that did its job
        self.seconds = []
        self.peak_kib = 0

    def measure(self, path):
        seconds, peak, status = run_once(self.command + [path])
        if status not in self.accepted:
            raise RuntimeError(f"{' '.join(self.command)} {path}: exit status {status}")
        self.seconds.append(seconds)
        self.peak_kib = max(self.peak_kib, peak)


def programs(options):
    everything = [options.rdbproof, "verify"]
    result = [
        Program("rdbproof, all threads", everything, {0}),
        Program("rdbproof, 1 thread", everything + ["--threads", "1"], {0}),
    ]
    if options.reference:
        result.append(Program("redis-check-rdb", [options.reference], {0}))
    return result


def compare(path, options):
    """One row a program. A ratio is the reference's seconds divided by the program's."""
    warm(path)
    entries = programs(options)
    limits = {}
    for _ in range(options.runs):
        for entry in entries:
            entry.measure(path)
        if options.limit:
            for name, seconds in limit_seconds(options.limit, path, 1).items():
                limits.setdefault(name, []).append(seconds)
    size = os.path.getsize(path)
    measured = [(entry.name, statistics.median(entry.seconds), entry.peak_kib,
                 peak_anonymous_kib(entry.command + [path])) for entry in entries]
    measured += [(f"limit: {name}, all threads", statistics.median(seconds), "", "")
                 for name, seconds in limits.items()]
    reference = {row[0]: row[1] for row in measured}.get("redis-check-rdb")
    profile = options.profile or os.path.splitext(os.path.basename(path))[0]
    return [{
        "date": datetime.date.today().isoformat(), "cpu": cpu_model(), "cores": cores(),
        "profile": profile, "bytes": size, "program": name,
        "seconds_median": f"{seconds:.4f}", "bytes_per_second": round(size / seconds),
        "peak_kib": peak, "peak_anonymous_kib": anonymous,
        "ratio": f"{reference / seconds:.2f}" if reference else "", "runs": options.runs,
    } for name, seconds, peak, anonymous in measured]


def print_table(rows):
    print(f"\n{rows[0]['profile']}, {rows[0]['bytes'] / 1e9:.2f} GB, {rows[0]['cpu']}, "
          f"{rows[0]['cores']} cores, median of {rows[0]['runs']}\n")
    print("| program | seconds | GB/s | peak MiB | without mapped files | times redis-check-rdb |")
    print("|---|--:|--:|--:|--:|--:|")
    for row in rows:
        peaks = [f"{row[name] / 1024:.0f}" if row[name] != "" else ""
                 for name in ("peak_kib", "peak_anonymous_kib")]
        print(f"| {row['program']} | {float(row['seconds_median']):.3f} | "
              f"{row['bytes_per_second'] / 1e9:.2f} | {' | '.join(peaks)} | {row['ratio']} |",
              flush=True)


def append_csv(path, rows):
    is_new = not os.path.exists(path) or os.path.getsize(path) == 0
    with open(path, "a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, CSV_FIELDS, lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerows(rows)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", metavar="FILE",
                        help="RDB files; the name without .rdb stands for the profile")
    parser.add_argument("--rdbproof", required=True, metavar="PATH")
    parser.add_argument("--reference", default=shutil.which("redis-check-rdb"), metavar="PATH",
                        help="redis-check-rdb (default: the one in PATH, if any)")
    parser.add_argument("--limit", metavar="PATH", help="rdbproof-limit; left out if not given")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--profile", help="name in the results instead of the file's")
    parser.add_argument("--csv", metavar="FILE", help="append the results, e.g. bench/results.csv")
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    return options


def main():
    options = parse_options()
    for path in options.files:
        try:
            rows = compare(path, options)
        except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
            print(f"compare.py: {error}", file=sys.stderr)
            return 2
        print_table(rows)
        if options.csv:
            append_csv(options.csv, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
