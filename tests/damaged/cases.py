#!/usr/bin/env python3
"""The table of damaged files: one row a file of corpus/damaged.

usage: cases.py --write [CORPUS]   makes the files and CORPUS/damaged/README.md again
       cases.py --judge [CORPUS]   also asks redis-check-rdb and redis-server 7.0.15 what they say
"""
import argparse
import hashlib
import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import file_cases  # noqa: E402
import other_cases  # noqa: E402
import stream_cases  # noqa: E402
import value_cases  # noqa: E402

CASES = [*file_cases.TABLE, *value_cases.TABLE, *stream_cases.TABLE, *other_cases.TABLE]
# What names of cases refer to. Numbers that are missing were not about the reading of an RDB file.
ADVISORIES = {
    "a01": "CVE-2026-25243, zipmap lengths in two forms",
    "a02": "CVE-2026-66373 and CVE-2026-63639, a pending entry with two owners",
    "a03": "redis #15082, an entry twice in one consumer's list",
    "a04": "CVE-2026-25588 and CVE-2026-25589, RedisBloom and RedisTimeSeries values",
    "a05": "CVE-2026-62356, dimensions of a count-min sketch",
    "a06": "redis #15664, slots beyond 16383 in SLOT_INFO",
    "a07": "valkey #4207 and #4222, names and slots of a slot import",
    "a08": "redis #15385 and #15386, graphs of vector sets",
    "a09": "CVE-2025-32023, runs of a sparse HyperLogLog",
    "a11": "CVE-2023-41056, strings at the edges of size classes",
    "a12": "CVE-2023-28856, nan and inf as values of a hash: legal",
    "a13": "CVE-2022-31144 and CVE-2022-35951, pending entries that were deleted: legal",
    "a14": "CVE-2021-32627 and CVE-2021-32628, packed values of 2 GiB and more",
    "a15": "CVE-2021-32687 and CVE-2021-29478, an intset's size",
    "a16": "CVE-2021-41099, CVE-2021-21309 and CVE-2021-32761, lengths of strings",
    "a23": "redis #3080, #3505, #7445, #5255 and #5612, ziplists that were trusted",
    "a24": "redis #15413 to #15415 and valkey #3921, duplicates and NaN",
    "a25": "valkey-json #107 and valkey-bloom #90, counts and ratios of module values",
    "a26": "redis #15034, module values that end early",
    "a27": "librdb, packed values of an odd count",
}
NEWEST_JUDGED = 10  # the version of Redis 7.0
README = """# Damaged files

Made by `tests/damaged/cases.py --write` from the tables beside it, which say byte for byte how. Folders are codes
of findings ([findings.md](../../docs/findings.md)); `none` holds what looks damaged and is not. Names say the encoding
and what was done to it; `aNN` in a name is an advisory of the list below.

The verdict is the one that rdbproof owes. The last columns say what redis-check-rdb 7.0.15 and redis-server 7.0.15 said
of the file, the server with `sanitize-dump-payload` `no` (the default) and `yes`: `died` means that it loaded the file
and ended when all keys were read. They are from a run of `tests/damaged/cases.py --judge`, kept in `verdicts.json`;
files of versions above 10, and compressed ones, were not judged.

"""
HEADING = """
| file | what is wrong | verdict | check tool | server | sanitizing |
|---|---|---|---|---|---|
"""


def severities(findings_page):
    """{code: severity}, from docs/findings.md."""
    with open(findings_page, encoding="utf-8") as file:
        return dict(re.findall(r"^\| `([a-z0-9-]+)` \| (\w+) \|", file.read(), re.M))


VERDICT_OF = {"note": "ok", "reservation": "reservations", "unsupported": "unsupported",
              "refused": "refused", "damaged": "damaged"}


def expected_verdict(case, severity_of):
    if case.verdict or case.code == "none":
        return case.verdict or "ok"
    order = list(VERDICT_OF)
    codes = [case.code, *case.also]
    return VERDICT_OF[max((severity_of[code] for code in codes), key=order.index)]


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def is_judged(case):
    """Whether the file is one for the installed servers: not compressed, and of a version they know."""
    digits = case.data[5:9] if case.data[:5] == b"REDIS" else b""
    newer = digits.isdigit() and int(digits) > NEWEST_JUDGED
    return not (newer or case.data[:6] == b"VALKEY" or case.name.startswith("envelope-"))


def load_verdicts(corpus):
    path = os.path.join(corpus, "damaged", "verdicts.json")
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def readme(severity_of, verdicts):
    rows = []
    for case in sorted(CASES, key=lambda case: case.path_in_corpus):
        said = verdicts.get(case.path_in_corpus, {})
        columns = [said.get(name, "") for name in ("check", "server", "sanitizing")]
        arguments = f" (`{' '.join(case.arguments)}`)" if case.arguments else ""
        rows.append(f"| `{case.path_in_corpus}` | {case.what}{arguments} | "
                    f"{expected_verdict(case, severity_of)} | {' | '.join(columns)} |\n")
    advisories = "".join(f"- `{name}`: {what}\n" for name, what in ADVISORIES.items())
    return README + advisories + HEADING + "".join(rows)


def files(severity_of, verdicts):
    """{path below corpus/damaged: bytes} of all that --write makes."""
    made = {case.path_in_corpus: case.data for case in CASES}
    if len(made) != len(CASES):
        raise ValueError("two cases have the same name")
    made["README.md"] = readme(severity_of, verdicts).encode()
    return made


def remove_others(folder, keep):
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            path = os.path.join(parent, name)
            if os.path.relpath(path, folder) not in keep:
                os.unlink(path)
        if not os.listdir(parent):
            os.rmdir(parent)


def write(corpus, severity_of):
    folder = os.path.join(corpus, "damaged")
    made = files(severity_of, load_verdicts(corpus))
    for name, data in made.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
    remove_others(folder, {*made, "verdicts.json"})


def judge_all(corpus):
    from judge import judge  # it needs servers, which writing does not
    verdicts = {}
    for case in sorted(CASES, key=lambda case: case.path_in_corpus):
        if is_judged(case):
            verdicts[case.path_in_corpus] = {"sha256": digest(case.data), **judge(case.data)}
            print(case.path_in_corpus, *list(verdicts[case.path_in_corpus].values())[1:])
    with open(os.path.join(corpus, "damaged", "verdicts.json"), "w", encoding="utf-8") as file:
        json.dump(verdicts, file, indent=1)
        file.write("\n")


def main():
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--judge", action="store_true")
    parser.add_argument("corpus", nargs="?", default=os.path.normpath(os.path.join(root, "corpus")))
    arguments = parser.parse_args()
    severity_of = severities(os.path.join(root, "docs", "findings.md"))
    write(arguments.corpus, severity_of)
    if arguments.judge:
        judge_all(arguments.corpus)
        write(arguments.corpus, severity_of)


if __name__ == "__main__":
    main()
