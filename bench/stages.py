#!/usr/bin/env python3
"""What each stage costs a gigabyte of a profile on one core, by the micro benchmarks."""
import argparse
import json
import subprocess
import sys

import measuring

CSV_FIELDS = ["date", "cpu", "cores", "profile", "stage", "seconds_per_gb", "runs"]
STAGES = ["framer", "decoder", "fast", "evidence", "redis_digest"]
CHECKSUM = "crc64/1048576"


def run_benchmarks(program, runs, min_time):
    """Medians by name of the benchmark."""
    pattern = f"^(({'|'.join(STAGES)})/.*|{CHECKSUM})$"
    output = subprocess.run(
        [program, f"--benchmark_filter={pattern}", f"--benchmark_repetitions={runs}",
         f"--benchmark_min_time={min_time}", "--benchmark_format=json"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    entries = json.loads(output.stdout)["benchmarks"]
    wanted = "median" if runs > 1 else ""  # of a single run there is none
    return {entry["run_name"]: entry for entry in entries
            if entry.get("aggregate_name", "") == wanted}


def stage_rows(medians, runs):
    start = measuring.machine()
    for profile in sorted(name.split("/")[1] for name in medians if name.startswith("framer/")):
        speeds = {"checksum": medians[CHECKSUM]["bytes_per_second"]}
        speeds |= {stage: medians[f"{stage}/{profile}"]["bytes_per_second"] for stage in STAGES}
        for stage, speed in speeds.items():
            yield {**start, "profile": profile, "stage": stage,
                   "seconds_per_gb": f"{1e9 / speed:.4f}", "runs": runs}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--micro", required=True, metavar="PATH", help="rdbproof-micro")
    parser.add_argument("--runs", type=measuring.positive, default=5)
    parser.add_argument("--min-time", type=float, default=0.2, metavar="SECONDS",
                        help="of each run of a benchmark")
    parser.add_argument("--csv", metavar="FILE")
    options = parser.parse_args()
    try:
        rows = list(stage_rows(run_benchmarks(options.micro, options.runs, options.min_time),
                               options.runs))
    except (OSError, KeyError, subprocess.CalledProcessError) as error:
        print(f"stages.py: {error!r}", file=sys.stderr)
        return 2
    for row in rows:
        print(f"{row['profile']}, {row['stage']}: {row['seconds_per_gb']} s/GB")
    if options.csv:
        measuring.replace_rows(options.csv, CSV_FIELDS, rows, ["cpu", "cores", "profile", "stage"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
