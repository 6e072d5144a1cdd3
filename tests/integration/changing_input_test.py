#!/usr/bin/env python3
"""A file that changes while it is verified: a clear error, never a crash, never a verdict on half of each.

usage: changing_input_test.py RDBPROOF GENERATOR [RUNS]
"""
import os
import random
import subprocess
import sys
import tempfile
import time

CHANGES = {
    "truncated": lambda path: os.truncate(path, os.path.getsize(path) // 2),
    "emptied": lambda path: os.truncate(path, 0),
    "appended to": lambda path: append(path, b"more"),
    "overwritten": lambda path: overwrite(path, b"\xff" * 4096),
}


def append(path, data):
    with open(path, "ab") as file:
        file.write(data)


def overwrite(path, data):
    with open(path, "r+b") as file:
        file.seek(os.path.getsize(path) // 2)
        file.write(data)


def is_open(pid, path):
    folder = f"/proc/{pid}/fd"
    try:
        return any(os.readlink(os.path.join(folder, name)) == path for name in os.listdir(folder))
    except OSError:  # it ended, or closed the file, meanwhile
        return False


def run_once(rdbproof, pristine, path, change, delay):
    """(exit status, whether it was still running once the change was made, messages)"""
    subprocess.run(["cp", pristine, path], check=True)
    process = subprocess.Popen([rdbproof, "verify", "--evidence", "--quiet", path],
                               stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not is_open(process.pid, path):
        pass
    time.sleep(delay)
    change(path)
    was_running = process.poll() is None
    return process.wait(), was_running, process.communicate()[1]


def main():
    rdbproof, generator = sys.argv[1:3]
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    chooser = random.Random(1)
    noticed = 0
    with tempfile.TemporaryDirectory() as folder:
        pristine, path = os.path.join(folder, "pristine"), os.path.join(folder, "dump.rdb")
        subprocess.run([generator, "--profile", "mixed", "--size", "12MB", "--seed", "1",
                        "--output", pristine],
                       check=True, stdout=subprocess.DEVNULL)
        for number in range(runs):
            name = list(CHANGES)[number % len(CHANGES)]
            delay = chooser.uniform(0.01, 0.1)
            status, was_running, messages = run_once(rdbproof, pristine, path, CHANGES[name], delay)
            what = f"run {number}, {name} after {delay:.3f} s"
            # It may be over before the change, or the last check may be.
            if status == 0:
                continue
            if status != 2 or "changed while it was read" not in messages:
                sys.exit(f"{what}: exit {status}, {messages!r}")
            noticed += was_running
    if noticed == 0:
        sys.exit("no change was ever noticed")
    print(f"changing input: {runs} runs, {noticed} noticed the change, the others were over, 0 crashes")


if __name__ == "__main__":
    main()
