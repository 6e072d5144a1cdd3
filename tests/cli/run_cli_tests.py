#!/usr/bin/env python3
"""Runs the command line as a user would and compares what it says.

usage: run_cli_tests.py RDBPROOF CORPUS [NAME...]

A case is a file cases/NAME.case, run by bash in an empty directory of its own:
  # comment
  needs: PROGRAM... | user         skip where a program is missing, or for root
  setup: SHELL COMMAND             any number, before
  $ SHELL COMMAND                  the one that is tested; `rdbproof` is on the path
  exit: STATUS
  --- stdout [has|lacks]           whole output, or texts that must (not) be in it, one a line;
  --- stderr [has|lacks]           an output without a section must be empty
  --- json                         of standard output: PATH = VALUE, or PATH alone for any value
$CORPUS is the corpus. In expected texts \\xHH is that byte, \\\\ a backslash. Times, rates and threads are masked in outputs.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

MASKS = (
    (re.compile(r"^  .* at .*/s, \d+ threads?$", re.M), "  <seconds> at <rate>, <threads>"),
    (re.compile(r"^  .* at -, \d+ threads?$", re.M), "  <seconds> at <rate>, <threads>"),
)


class Case:
    def __init__(self, path):
        self.needs, self.setup, self.sections = [], [], {}
        self.command, self.exit = None, None
        section = None
        with open(path, encoding="utf-8") as file:
            for line in file.read().splitlines():
                if line.startswith("--- "):
                    section = self.sections.setdefault(line[4:].strip(), [])
                elif section is not None:
                    section.append(line)
                else:
                    self.read_header(line)
        if self.command is None or self.exit is None:
            raise ValueError(f"{path}: no command or no exit status")
        unknown = set(self.sections) - {"json"} - {f"{stream}{how}" for stream in ("stdout", "stderr")
                                                   for how in ("", " has", " lacks")}
        if unknown:
            raise ValueError(f"{path}: unknown sections {unknown}")

    def read_header(self, line):
        name, _, rest = line.partition(" ")
        if name == "$":
            self.command = rest
        elif name == "needs:":
            self.needs += rest.split()
        elif name == "setup:":
            self.setup.append(rest)
        elif name == "exit:":
            self.exit = int(rest)
        elif line and not line.startswith("#"):
            raise ValueError(f"not understood: {line}")


def unescape(text):
    return re.sub(r"\\(\\|x([0-9a-f]{2}))",
                  lambda found: chr(int(found.group(2), 16)) if found.group(2) else "\\", text)


def mask(text):
    for pattern, replacement in MASKS:
        text = pattern.sub(replacement, text)
    return text


def reason_to_skip(case):
    for need in case.needs:
        if need == "user" and os.geteuid() == 0:
            return "root may read everything"
        if need != "user" and shutil.which(need) is None:
            return f"{need} is missing"
    return None


def look_up(value, path):
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def check_json(lines, output):
    """One object, or one a line, which are then a list."""
    try:
        whole = json.loads(output)
    except ValueError:
        try:
            whole = [json.loads(line) for line in output.splitlines()]
        except ValueError as error:
            yield f"not JSON: {error}"
            return
    for line in lines:
        if not line.strip():
            continue
        path, equals, expected = line.partition(" = ")
        try:
            found = look_up(whole, path.strip())
        except (KeyError, IndexError, TypeError):
            yield f"{path} is missing"
            continue
        if equals and found != json.loads(expected):
            yield f"{path} is {json.dumps(found)}, not {expected}"


def check_stream(case, name, output):
    texts = [section for section in case.sections if section.split()[0] == name]
    if not texts and not (name == "stdout" and "json" in case.sections) and output:
        yield f"{name} should be empty: {output!r}"
    for section in texts:
        lines = [unescape(line) for line in case.sections[section]]
        if section == name:
            expected = "".join(line + "\n" for line in lines)
            if output != expected:
                yield f"{name} differs\n--- expected\n{expected}--- got\n{output}---"
            continue
        wanted = section.endswith(" has")
        for line in filter(None, lines):
            if (line in output) != wanted:
                yield f"{name} {'lacks' if wanted else 'has'} {line!r}:\n{output}"


def run_case(case, environment, directory):
    for command in case.setup:
        subprocess.run(["bash", "-c", command], cwd=directory, env=environment, check=True)
    done = subprocess.run(["bash", "-c", case.command], cwd=directory, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    whole = done.stdout.decode("utf-8", "surrogateescape")
    problems = []
    if done.returncode != case.exit:
        problems.append(f"exit status {done.returncode}, not {case.exit}")
    if "json" in case.sections:
        problems += check_json(case.sections["json"], whole)
    problems += check_stream(case, "stdout", mask(whole))
    problems += check_stream(case, "stderr", mask(done.stderr.decode("utf-8", "surrogateescape")))
    return problems


def main():
    rdbproof, corpus, only = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases")
    environment = dict(os.environ, CORPUS=corpus, LC_ALL="C.UTF-8",
                       PATH=os.path.dirname(rdbproof) + os.pathsep + os.environ["PATH"])
    names = sorted(name[:-5] for name in os.listdir(folder) if name.endswith(".case"))
    passed = failed = skipped = 0
    for name in names:
        if only and name not in only:
            continue
        case = Case(os.path.join(folder, name + ".case"))
        reason = reason_to_skip(case)
        if reason:
            skipped += 1
            print(f"skipped {name}: {reason}")
            continue
        with tempfile.TemporaryDirectory() as directory:
            problems = run_case(case, environment, directory)
        passed += not problems
        failed += bool(problems)
        if problems:
            print(f"FAIL {name}: {case.command}")
            for problem in problems:
                print("  " + problem.replace("\n", "\n  "))
    print(f"cli: {passed} passed, {failed} failed, {skipped} skipped")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
