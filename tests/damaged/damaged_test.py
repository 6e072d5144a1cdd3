#!/usr/bin/env python3
"""Holds rdbproof to the table of damaged files.

usage: damaged_test.py RDBPROOF RDBPROOF-DOCS CORPUS [NAME...]

Every code, advisory and construct has a file; the files are what the table makes; and of each, verify
says the verdict, the finding, where it is, and nothing else that changes a verdict. NAME: only these
cases, in detail.
"""
import base64
import json
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import ADVISORIES, CASES, digest, expected_verdict, files, is_judged, load_verdicts  # noqa: E402
from pending import PENDING  # noqa: E402

CONSTRUCTS = ["lengths", "lzf", "ziplist", "listpack", "intset", "zipmap", "quicklist", "zset",
              "hash-ttl", "stream", "file"]
# Of the findings, those that name a place inside the damaged element; the others name the byte
# behind it. Wanted are 0.95.
INSIDE = 0.80
HARD = ("reservation", "unsupported", "refused", "damaged")


def severities(docs):
    page = subprocess.run([docs, "findings"], stdout=subprocess.PIPE, check=True).stdout.decode()
    return dict(re.findall(r"^\| `([a-z0-9-]+)` \| (\w+) \|", page, re.M))


def is_about(case, name):
    return f"-{name}-" in f"-{case.name}-"


# What no file alone can be found to be.
NOT_OF_A_FILE = {"scanned-twice", "key-in-several-sources"}


def uncovered(severity_of):
    for code in severity_of.keys() - NOT_OF_A_FILE:
        if not any(case.code == code for case in CASES):
            yield f"code {code} has no damaged file"
    for case in CASES:
        for code in (case.code, *case.also, *case.maybe, *case.instead):
            if code != "none" and code not in severity_of:
                yield f"{case.path_in_corpus}: there is no code {code}"
    for name in [*ADVISORIES, *CONSTRUCTS]:
        if not any(is_about(case, name) for case in CASES):
            yield f"nothing is named {name}-..."


def stale(corpus, severity_of):
    """What lies in the corpus and is not what the table makes."""
    folder = os.path.join(corpus, "damaged")
    made = files(severity_of, load_verdicts(corpus))
    there = {os.path.relpath(os.path.join(parent, name), folder)
             for parent, _, names in os.walk(folder) for name in names} - {"verdicts.json"}
    for name in sorted(there ^ set(made)):
        yield f"corpus/damaged/{name}: {'is not in the table' if name in there else 'is missing'}"
    for name in sorted(there & set(made)):
        with open(os.path.join(folder, name), "rb") as file:
            if file.read() != made[name]:
                yield f"corpus/damaged/{name}: not what cases.py --write makes"


def too_lenient(corpus, severity_of):
    """Sound to us, but not to a server; and verdicts about files that are there no longer."""
    verdicts = load_verdicts(corpus)
    for case in CASES:
        said = verdicts.get(case.path_in_corpus)
        if not is_judged(case):
            continue
        if said is None or said["sha256"] != digest(case.data):
            yield f"{case.path_in_corpus}: not judged in this form: cases.py --judge"
            continue
        servers = {said["server"], said["sanitizing"]}
        if expected_verdict(case, severity_of) == "ok" and not servers <= {"loaded"}:
            yield f"{case.path_in_corpus}: ok is expected, servers say {', '.join(sorted(servers))}"


def verify(rdbproof, path, arguments):
    done = subprocess.run([rdbproof, "verify", "--json", *arguments, path], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode not in (0, 1, 2) or not done.stdout:
        return None, f"exit status {done.returncode}: {done.stderr[:300].decode(errors='replace')}"
    return json.loads(done.stdout)["sources"][0], None


def listed_keys(rdbproof, path, arguments):
    done = subprocess.run([rdbproof, "keys", "--json", *arguments, path], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return {key_of(json.loads(line)) for line in done.stdout.splitlines()}


def key_of(finding):
    if "key_b64" in finding:
        return base64.b64decode(finding["key_b64"])
    return None if finding["key"] is None else finding["key"].encode()


def misplaced(case, finding):
    """What is wrong with where a finding is said to be."""
    if case.at is not None:
        first, last = case.span()
        if not first <= finding["offset"] <= last + 1:
            yield f"{finding['code']} at {finding['offset']}, the damage is at {first} to {last}"
        lost = finding.get("lost")
        # What follows the damage may itself look like a record, so the loss may end within.
        if lost and not lost["offset"] <= first < lost["offset"] + lost["bytes"]:
            yield f"{finding['code']} loses {lost}, the damage is at {first} to {last}"
    if case.key is not None and key_of(finding) != case.key:
        yield f"{finding['code']} names key {key_of(finding)}, not {case.key}"
    if case.db is not None and finding["db"] != case.db:
        yield f"{finding['code']} names database {finding['db']}, not {case.db}"
    if case.path is not None and not re.fullmatch(case.path, finding.get("path", "")):
        yield f"{finding['code']} names {finding.get('path')!r}, not {case.path!r}"


def is_inside(case, source):
    """Whether a finding names a place inside the damaged element; None where there is none."""
    found = [finding["offset"] for finding in source.get("findings", [])
             if finding["code"] in (case.code, *case.instead)]
    if case.at is None or not found:
        return None
    first, last = case.span()
    return any(first <= offset <= last for offset in found)


def problems_of(case, source, severity_of):
    verdict = expected_verdict(case, severity_of)
    if source["verdict"] != verdict:
        yield f"verdict {source['verdict']}, not {verdict}"
    found = source.get("findings", [])
    codes = {finding["code"] for finding in found}
    candidates = [finding for finding in found if finding["code"] in (case.code, *case.instead)]
    if case.code != "none" and not candidates:
        yield f"no {case.code} but {', '.join(sorted(codes)) or 'nothing'}"
    if candidates:
        yield from min((list(misplaced(case, finding)) for finding in candidates), key=len)
    for code in sorted(set(case.also) - codes):
        yield f"no {code}"
    known = {case.code, *case.also, *case.maybe, *case.instead}
    for code in sorted(codes - known) if case.goes_on else ():
        if severity_of[code] in HARD:
            yield f"{code}, which is not expected"
    keys = source.get("keyspace", {}).get("keys", 0)
    if case.keys is not None and keys != case.keys:
        yield f"{keys} keys, not {case.keys}"


class Tally:
    def __init__(self):
        self.passed = self.waiting = self.inside = self.behind = 0
        self.failures = []

    def add(self, case, problems, source):
        name = f"{case.code}/{case.name}"
        if name in PENDING:
            self.waiting += bool(problems)
            if not problems:
                self.failures.append(f"{name} passes: take it out of pending.py")
            return
        if problems:
            self.failures.append(f"{name}: {'; '.join(problems)}")
            return
        self.passed += 1
        inside = is_inside(case, source)
        self.inside += inside is True
        self.behind += inside is False

    def check_places(self):
        share = self.inside / max(1, self.inside + self.behind)
        if share < INSIDE:
            self.failures.append(f"only {share:.3f} of the findings are inside the damaged element")


def main():
    rdbproof, docs, corpus, only = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    severity_of = severities(docs)
    tally = Tally()
    tally.failures += [*uncovered(severity_of), *stale(corpus, severity_of),
                       *too_lenient(corpus, severity_of)]
    for case in CASES:
        if only and case.name not in only and f"{case.code}/{case.name}" not in only:
            continue
        path = os.path.join(corpus, "damaged", case.path_in_corpus)
        source, crash = verify(rdbproof, path, case.arguments)
        problems = [crash] if source is None else list(problems_of(case, source, severity_of))
        lost = set(case.intact) - listed_keys(rdbproof, path, case.arguments) if case.intact else ()
        problems += [f"key {name} is lost" for name in sorted(lost)]
        tally.add(case, problems, source)
        if only:
            print(case.path_in_corpus, problems, json.dumps(source and source.get("findings"), indent=1))
    tally.failures += [f"pending.py: there is no {name}" for name in
                       sorted(PENDING - {f"{case.code}/{case.name}" for case in CASES})]
    tally.check_places()
    for failure in tally.failures:
        print("FAIL", failure)
    print(f"damaged files: {tally.passed} as expected, {tally.waiting} pending, "
          f"{len(tally.failures)} failures; {tally.inside} findings inside the damaged element, "
          f"{tally.behind} directly behind it")
    return 1 if tally.failures or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
