#!/usr/bin/env python3
"""Holds rdbproof to bounds of CPU time, memory and output on files made to exceed them.

usage: bounds_test.py RDBPROOF [--table] [--only WORD] [--sanitized] [--options WORDS]

CPU time: 50 ms and 20 ns a byte, decompressed bytes counted. Other programs on the machine make
CPU time longer, so the test allows twenty times that; --table shows the share that was used.
Memory: what --max-memory allows and 32 MiB. Pages of the file itself count as far as the kernel
knows no difference; only where these make it too much, what is not of a file is looked at.
Output: 1 MiB and 64 bytes a byte of the input.
A build with sanitizers (--sanitized) needs more of each: then only crashes and hangs are found.
"""
import argparse
import os
import re
import resource
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bombs  # noqa: E402
from judges import LIBC, PR_SET_PDEATHSIG, scratch  # noqa: E402

BUDGET_BYTES = 64 << 20
MEMORY_BYTES = BUDGET_BYTES + (32 << 20)
FIXED_SECONDS, BYTE_SECONDS = 0.05, 20e-9
TOLERANCE = 20
OUTPUT_BYTES, OUTPUT_FACTOR = 1 << 20, 64
# The search for what occurs twice, which does not keep to its budget yet.
UNBOUNDED_YET = re.compile("occur twice|one member ten million|hash of five million|half a million"
                           "|one key a million")
SAMPLING_SECONDS = 0.002
MOST_CPU_SECONDS = 600  # ends what does not end


class Use:
    """What one run used."""

    def __init__(self, bomb, path, status, usage, sampled_bytes, output_bytes):
        self.name, self.status, self.output_bytes = bomb.name, status, output_bytes
        self.file_bytes = os.path.getsize(path)
        self.plain_bytes = max(bomb.plain_bytes, self.file_bytes)
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self.memory_bytes = usage.ru_maxrss * 1024  # pages of files included
        if self.memory_bytes > MEMORY_BYTES:
            self.memory_bytes = sampled_bytes

    @property
    def cpu_share(self):
        return self.cpu_seconds / (FIXED_SECONDS + BYTE_SECONDS * self.plain_bytes)

    def problems(self, sanitized):
        if self.status not in (0, 1, 2):
            yield f"ended with status {self.status}"
        if sanitized:
            return
        if self.cpu_share > TOLERANCE:
            yield f"{self.cpu_seconds:.2f} s of CPU time, {self.cpu_share:.1f} times the bound"
        if self.memory_bytes > MEMORY_BYTES:
            yield f"{self.memory_bytes >> 20} MiB of memory"
        if self.output_bytes > OUTPUT_BYTES + OUTPUT_FACTOR * self.plain_bytes:
            yield f"{self.output_bytes} bytes of output"


def in_child():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS + 1))


def own_memory_bytes(process):
    """Of a living process, without the pages of files; 0 once it has ended."""
    try:
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def run(bomb, path, options, directory, rdbproof):
    """Runs verify on a file, with the report going to a file of its own."""
    output = os.path.join(directory, "report.json")
    with open(output, "wb") as out, open(os.path.join(directory, "errors"), "wb") as errors:
        process = subprocess.Popen(
            [rdbproof, "verify", "--json", "--max-memory", str(BUDGET_BYTES), "--threads", "2",
             *options, path], stdin=subprocess.DEVNULL, stdout=out, stderr=errors,
            preexec_fn=in_child)
        ended, peak = 0, 0
        while not ended:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            peak = max(peak, own_memory_bytes(process))
            time.sleep(SAMPLING_SECONDS)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Use(bomb, path, process.returncode, usage, peak, os.path.getsize(output))


def write(path, chunks, command=("cat",)):
    with open(path, "wb") as file:
        packing = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file)
        for chunk in chunks:
            packing.stdin.write(chunk)
        packing.stdin.close()
        if packing.wait():
            raise RuntimeError(f"{command[0]} failed")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rdbproof", type=os.path.abspath)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--sanitized", action="store_true")
    parser.add_argument("--options", default="")
    return parser.parse_args()


def main():
    options = parse_options()
    uses, failed = [], 0
    with scratch() as directory:
        path = os.path.join(directory, "bomb.rdb")
        for bomb in bombs.bombs():
            if options.only not in bomb.name:
                continue
            write(path, bomb.chunks, bomb.command)
            use = run(bomb, path, options.options.split(), directory, options.rdbproof)
            os.unlink(path)
            uses.append(use)
            problems = list(use.problems(options.sanitized))
            known = UNBOUNDED_YET.search(use.name)
            failed += bool(problems) and not known
            if options.table:
                print(f"{use.file_bytes:>10} {use.plain_bytes:>10} {use.cpu_seconds:8.3f} s "
                      f"{use.cpu_share:6.2f} {use.memory_bytes / (1 << 20):6.0f} MiB "
                      f"{use.output_bytes:>9}  {use.name}", flush=True)
            for problem in problems:
                print(f"{'not yet' if known else 'FAIL'} {use.name}: {problem}", flush=True)
    slowest = max(uses, key=lambda use: use.cpu_share)
    largest = max(uses, key=lambda use: use.memory_bytes)
    print(f"{len(uses)} bombs, {failed} failed; most CPU time {slowest.cpu_share:.2f} of the bound "
          f"({slowest.name}), most memory {largest.memory_bytes >> 20} MiB ({largest.name})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
