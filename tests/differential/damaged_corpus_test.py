#!/usr/bin/env python3
"""Compares verdicts on damaged dumps with what servers of several releases said of them.

usage: damaged_corpus_test.py RDBPROOF DIRECTORY

Under DIRECTORY each folder has dumps and a verdicts.jsonl: a line on what they were made from and
by whom they were judged, then one a file. Without DIRECTORY nothing is compared, and that is said.
"""
import collections
import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from judges import Outcome, prove, reason_of  # noqa: E402
from laws import SAFE, Case, violations  # noqa: E402
from rdb_bytes import version_of  # noqa: E402

SHOWN = 40
# What a judge reads: its magic and its newest version.
JUDGES = {"redis-7.4.1": (b"REDIS", 12), "redis-8.8-dev": (b"REDIS", 14),
          "valkey-9-dev": (b"VALKEY", 80)}
# Where a server drops what lies in the past, or keeps a number without its lowest bits.
CHANGED_BY_LOADING = re.compile("field expir|fields expired|array: float")


def reads(judge, data):
    """Whether it is a file for that server at all."""
    magic, newest = JUDGES[judge]
    return data.startswith(magic) and version_of(data) <= newest


def read_server(line, setting):
    said = line["server"][setting]
    if said == "same":
        return read_server(line, "sanitize_yes")
    log = "\n".join(said.get("log", ()))
    if said.get("died_on_access"):
        return Outcome("died", log, reason_of(log))
    if said["accepted"]:
        return Outcome(SAFE, log, None, said.get("keys"), said.get("digest"))
    word = "aborted" if said.get("outcome", "").startswith("signal") else "refused"
    return Outcome(word, log, reason_of(log))


def read_checker(said):
    log = "\n".join(said.get("says", ()))
    return Outcome({0: "accepts", 1: "rejects"}.get(said.get("exit"), "crashed"), log)


def read_case(folder, line, proof, usual):
    with open(os.path.join(folder, line["file"]), "rb") as file:
        data = file.read()
    servers = [read_server(line, setting) for setting in ("sanitize_no", "sanitize_yes")]
    for server in servers:
        if CHANGED_BY_LOADING.search(line["mutation"]):
            server.keys = server.digest = None
    return Case(data, proof, read_checker(line["check"]), servers, usual)


def judge_folder(rdbproof, folder, tally, excuses):
    """[(file, mutation, words, what is wrong)]"""
    with open(os.path.join(folder, "verdicts.jsonl"), encoding="utf-8") as file:
        head, *lines = map(json.loads, file)
    origin = os.path.join(os.path.dirname(os.path.dirname(folder)), head["made_from"])
    paths = [os.path.join(folder, line["file"]) for line in lines]
    first, *proofs = prove(rdbproof, [origin, *paths])
    failures = [] if first.accepts else [(origin, "none", (), [f"we say {first}"])]
    for line, proof in zip(lines, proofs):
        case = read_case(folder, line, proof, first.codes)
        wrong, needed = violations(case)
        if wrong and not reads(head["judge"], case.data):
            wrong, needed = [], ["a version that the judge does not read"]
        if line["file"].startswith("valid-") and not proof.accepts and all(
                server.word == SAFE for server in case.servers):
            wrong.append(f"it is unusual but valid, we say {proof}")
        tally[case.words()] += 1
        excuses.update(needed)
        if wrong:
            failures.append((line["file"], line["mutation"], case.words(), wrong))
    return failures


def main():
    rdbproof, directory = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    if not os.path.isdir(directory):
        print(f"damaged corpus: not there, nothing compared: {directory}")
        return 0
    tally, excuses, failed = collections.Counter(), collections.Counter(), 0
    for name in sorted(os.listdir(directory)):
        folder = os.path.join(directory, name)
        if not os.path.exists(os.path.join(folder, "verdicts.jsonl")):
            continue
        failures = judge_folder(rdbproof, folder, tally, excuses)
        failed += len(failures)
        for file, mutation, words, wrong in failures[:SHOWN]:
            print(f"FAIL {name}/{file}: {mutation}\n     {' / '.join(words)}")
            for text in wrong:
                print(f"     {text}")
    for words, count in tally.most_common():
        print(f"{count:8}  {' / '.join(words)}")
    for reason, count in sorted(excuses.items()):
        print(f"{count:8}  excused: {reason}")
    print(f"damaged corpus: {sum(tally.values())} files, {failed} failed")
    return 1 if failed or not tally else 0


if __name__ == "__main__":
    sys.exit(main())
