#!/usr/bin/env python3
"""The examples on a page that take a file of the corpus must print what the page shows; only times
and threads may differ.

usage: readme_test.py RDBPROOF PAGE CORPUS [--update]
"""
import os
import re
import subprocess
import sys
import tempfile

TIMES = re.compile(r"^  \d.* s at .*$", re.MULTILINE)


def blocks(text):
    """Indented blocks that begin with a prompt: (the block, its commands, the last one's output)."""
    for block in re.findall(r"(?:^(?:    .*)?\n)+", text, re.MULTILINE):
        lines = [line[4:] for line in block.strip("\n").split("\n")]
        commands = [line[2:] for line in lines if line.startswith("$ ")]
        if any("corpus/" in command for command in commands):
            yield block, commands, "\n".join(lines[len(commands):]) + "\n"


def run(commands, rdbproof, corpus):
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.abspath(corpus), os.path.join(folder, "corpus"))
        os.symlink(os.path.abspath(rdbproof), os.path.join(folder, "rdbproof"))
        path = folder + os.pathsep + os.environ["PATH"]
        return subprocess.run(["sh", "-c", "\n".join(commands)], cwd=folder, check=False,
                              env={**os.environ, "PATH": path},
                              stdout=subprocess.PIPE).stdout.decode()


def main():
    rdbproof, page, corpus = sys.argv[1:4]
    with open(page, encoding="utf-8") as file:
        text = file.read()
    wrong = examples = 0
    for block, commands, shown in blocks(text):
        examples += 1
        printed = run(commands, rdbproof, corpus)
        if TIMES.sub("", printed).strip() == TIMES.sub("", shown).strip():
            continue
        wrong += 1
        print(f"{os.path.basename(page)} shows for: {commands[-1]}\n{shown}\nbut it prints\n{printed}")
        lines = [f"$ {command}" for command in commands] + printed.rstrip("\n").split("\n")
        indented = "".join(f"    {line}".rstrip() + "\n" for line in lines)
        head = "\n" if block.startswith("\n") else ""
        text = text.replace(block, head + indented + "\n")
    if "--update" in sys.argv:
        with open(page, "w", encoding="utf-8") as file:
            file.write(text)
    return 1 if wrong or examples == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
