#!/usr/bin/env python3
"""The pages of docs/ that are made from tables must be those that the tables make now.

usage: docs_test.py RDBPROOF_DOCS DOCS_DIRECTORY
"""
import os
import subprocess
import sys


def main():
    generator, directory = sys.argv[1:]
    stale = []
    for page in ("findings", "rdb-format"):
        with open(os.path.join(directory, page + ".md"), encoding="utf-8") as file:
            checked_in = file.read()
        made = subprocess.run([generator, page], check=True, stdout=subprocess.PIPE).stdout.decode()
        if made != checked_in:
            stale.append(page)
    for page in stale:
        print(f"docs/{page}.md is out of date; run ./dev docs")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
