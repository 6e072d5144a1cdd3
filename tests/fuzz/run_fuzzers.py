#!/usr/bin/env python3
"""Runs libFuzzer over the fuzz targets, as many at a time as there are processors.

usage: run_fuzzers.py BUILD CORPUS INPUTS MINUTES [TARGET] [--seed S]

The time is shared by the weights of the targets. Seeds are made from CORPUS, inputs that reach new
code are kept in BUILD/corpus, reproducers are written to BUILD/found. Ends with status 1 at the
first input that crashes, leaks, takes too long or too much memory.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import time

SECONDS_FOR_ONE_INPUT = 10
MEMORY_MEGABYTES = 1024
ENVIRONMENT = {"ASAN_OPTIONS": "malloc_context_size=2:quarantine_size_mb=8:detect_odr_violation=0",
               "UBSAN_OPTIONS": "print_stacktrace=1",
               "ASAN_SYMBOLIZER_PATH": "/usr/bin/llvm-symbolizer-16"}


class Run:
    """One libFuzzer process."""

    def __init__(self, paths, target, seconds, seed):
        self.target = target.name
        self.found = os.path.join(paths.build, "found")
        self.log_path = os.path.join(paths.build, "logs", target.name)
        kept = os.path.join(paths.build, "corpus", target.name)
        for folder in (kept, self.found, os.path.dirname(self.log_path)):
            os.makedirs(folder, exist_ok=True)
        command = [paths.fuzzer, f"--target={target.name}", f"-max_total_time={seconds}",
                   f"-seed={seed}",
                   f"-max_len={target.max_bytes}", f"-timeout={SECONDS_FOR_ONE_INPUT}",
                   f"-rss_limit_mb={MEMORY_MEGABYTES}", "-print_final_stats=1",
                   f"-artifact_prefix={self.found}/{target.name}-", kept,
                   os.path.join(paths.seeds, target.name)]
        saved = os.path.join(paths.inputs, target.name)
        if os.path.isdir(saved):
            command.append(saved)
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log,
                                            env={**os.environ, **ENVIRONMENT})

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def report(self):
        """Prints what was done; False if something was found."""
        log = self.log()
        executions = re.search(r"stat::number_of_executed_units:\s*(\d+)", log)
        rate = re.search(r"stat::average_exec_per_sec:\s*(\d+)", log)
        count = int(executions.group(1)) if executions else 0
        print(f"{self.target:16} {count:12,} executions {int(rate.group(1)) if rate else 0:9,}/s",
              flush=True)
        if self.process.returncode == 0:
            return True
        # What libFuzzer says of an input comes with a dump of it, which nobody reads.
        lines = [line for line in log.splitlines() if not line.startswith(("#", "INFO", "Base64"))]
        print("\n".join(line[:300] for line in lines[-60:]))
        unit = re.search(r"Test unit written to (\S+)", log)
        print(f"{self.target}: found {unit.group(1) if unit else 'no input, see ' + self.log_path}")
        return False


class Target:
    def __init__(self, line):
        name, share, max_bytes = line.split()
        self.name, self.share, self.max_bytes = name, int(share), int(max_bytes)


class Paths:
    def __init__(self, build, corpus, inputs):
        self.build, self.corpus, self.inputs = build, corpus, inputs
        self.seeds = os.path.join(build, "seeds")
        self.fuzzer = os.path.join(build, "tests/fuzz/rdbproof-fuzz")
        self.helper = os.path.join(build, "tests/fuzz/rdbproof-fuzz-inputs")


def choose_targets(paths, only):
    listed = subprocess.run([paths.helper, "list"], check=True, capture_output=True, text=True)
    targets = [Target(line) for line in listed.stdout.splitlines()]
    chosen = [target for target in targets if only in (None, target.name)]
    if not chosen:
        sys.exit(f"no target {only}; there are: " + " ".join(target.name for target in targets))
    return sorted(chosen, key=lambda target: -target.share)


def make_seeds(paths):
    shutil.rmtree(paths.seeds, ignore_errors=True)
    subprocess.run([paths.helper, "seeds", paths.corpus, paths.seeds], check=True)


def stop(running):
    for run in running:
        run.process.terminate()
    for run in running:
        run.process.wait()


def fuzz(paths, targets, seconds, seed):
    """True if nothing was found."""
    jobs = min(os.cpu_count() or 1, len(targets))
    unit = seconds * jobs / sum(target.share for target in targets)
    waiting, running = list(targets), []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                target = waiting.pop(0)
                running.append(Run(paths, target, max(1, int(unit * target.share)), seed))
            time.sleep(0.2)
            for run in [run for run in running if run.process.poll() is not None]:
                running.remove(run)
                if not run.report():
                    return False
        return True
    finally:
        stop(running)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("build", "corpus", "inputs"):
        parser.add_argument(name)
    parser.add_argument("minutes", type=float)
    parser.add_argument("target", nargs="?")
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    given = parser.parse_args()
    paths = Paths(given.build, given.corpus, given.inputs)
    targets = choose_targets(paths, given.target)
    make_seeds(paths)
    sys.exit(0 if fuzz(paths, targets, given.minutes * 60, given.seed) else 1)


if __name__ == "__main__":
    main()
