#!/usr/bin/env python3
"""Holds the layering: includes point only where engine/MODULES allows.

usage: layers_test.py PROJECT
"""
import os
import re
import sys

INCLUDE = re.compile(r'\s*#\s*include\s*[<"](engine/[^">]+|tools/[^">]+|bench/[^">]+|tests/[^">]+)[">]')
SOURCES = (".h", ".cc")
# What folders besides engine/ may include. engine itself includes engine only.
MAY_INCLUDE = {"engine": {"engine"}, "tools": {"engine", "tools"}, "bench": {"engine", "bench"},
               "tests": {"engine", "bench", "tests"}}


def read_modules(path):
    modules = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            line = line.partition("#")[0].strip()
            if line:
                name, _, allowed = line.partition(":")
                modules[name.strip()] = set(allowed.split())
    return modules


def find_problems_in_modules(modules):
    """Every name is known, and there is no way around in a circle."""
    listed = list(modules)
    for position, name in enumerate(listed):
        for other in sorted(modules[name]):
            if other not in modules:
                yield f"engine/MODULES: {name} lists {other}, which is no module"
            elif listed.index(other) >= position:
                yield f"engine/MODULES: {name} lists {other}, which does not stand above it"


def module_of(path):
    """engine/io/input.h -> io; None for what lies in no module."""
    parts = path.split("/")
    return parts[1] if parts[0] == "engine" and len(parts) > 2 else None


def check_include(modules, path, target):
    """What is wrong with `path` including `target`, or None."""
    folder, wanted = path.split("/")[0], target.split("/")[0]
    if wanted not in MAY_INCLUDE[folder]:
        return f"{folder} may not include {wanted}"
    if wanted != "engine":
        return None
    name, other = module_of(path), module_of(target)
    if other not in modules:
        return f"{target} is in no module of engine/MODULES"
    if folder == "engine" and other != name and other not in modules[name]:
        return f"module {name} may not include module {other} (engine/MODULES)"
    return None


def sources(project):
    for top in MAY_INCLUDE:
        for folder, _, names in sorted(os.walk(os.path.join(project, top))):
            for name in sorted(names):
                if name.endswith(SOURCES):
                    yield os.path.relpath(os.path.join(folder, name), project).replace(os.sep, "/")


def check_file(project, modules, path):
    if path.startswith("engine/") and module_of(path) not in modules:
        yield f"{path}:1: the folder is no module of engine/MODULES"
        return
    with open(os.path.join(project, path), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = INCLUDE.match(line)
            problem = match and check_include(modules, path, match.group(1))
            if problem:
                yield f"{path}:{number}: {problem}"


def main():
    project = sys.argv[1]
    modules = read_modules(os.path.join(project, "engine", "MODULES"))
    problems = list(find_problems_in_modules(modules))
    files = list(sources(project))
    for path in files:
        problems.extend(check_file(project, modules, path))
    for problem in problems:
        print(problem)
    print(f"layers: {len(files)} files in {len(modules)} modules, {len(problems)} problems")
    return 0 if files and modules and not problems else 1


if __name__ == "__main__":
    sys.exit(main())
