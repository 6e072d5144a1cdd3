#!/usr/bin/env python3
"""Dumps that a server gives the same DEBUG DIGEST after loading must not differ, whoever saved them
in whatever encoding; dumps with another digest must. The digest does not cover the consumer groups
of streams.

usage: corpus_diff_test.py RDBPROOF FOLDER...
"""
import collections
import glob
import itertools
import json
import os
import subprocess
import sys

GROUP_PARTS = {"group", "consumer", "pending"}
DIFFERENT_PAIRS = 100  # of those with another digest, evenly spread


def digests(folders):
    """(server that loaded it, digest) -> dumps. The digest knows that keys expire, not when."""
    dumps = collections.defaultdict(set)
    for folder in folders:
        for oracle_path in glob.glob(os.path.join(folder, "*", "*.oracle.json")):
            with open(oracle_path, encoding="utf-8") as file:
                oracle = json.load(file)
            dump = os.path.join(os.path.dirname(oracle_path), oracle.get("file", ""))
            if not dump.endswith(".rdb") or not os.path.isfile(dump):
                continue
            if oracle.get("expired_in_file") or not oracle.get("keys_in_file"):
                continue
            seen = collections.defaultdict(set)
            for load in oracle.get("loads", []):
                if load.get("accepted") and load.get("digest"):
                    seen[load["server"]].add(load["digest"])
            for server, values in seen.items():
                # More than one: the digest depends on how that server was set up.
                if len(values) == 1:
                    dumps[(server, values.pop())].add(dump)
    return dumps


def diff(rdbproof, one, other):
    done = subprocess.run([rdbproof, "diff", one, other, "--ignore-expiry", "--ignore-functions",
                           "--deep", "--json"],
                          stdout=subprocess.PIPE, check=False)
    return done.returncode, json.loads(done.stdout)


def is_in_groups_only(report):
    return report["differences_total"] == len(report["differences"]) and all(
        difference["kind"] == "value" and difference["type"] == "stream" and
        all(change["what"] in GROUP_PARTS for change in difference["inside"]["changes"])
        for difference in report["differences"])


def main():
    rdbproof, folders = sys.argv[1], sys.argv[2:]
    by_digest = digests(folders)
    same = {tuple(sorted(pair)) for dumps in by_digest.values()
            for pair in itertools.combinations(sorted(dumps), 2)}
    different = set()
    for (server, digest), dumps in sorted(by_digest.items()):
        for (other_server, other_digest), others in sorted(by_digest.items()):
            if server == other_server and digest < other_digest:
                different |= {tuple(sorted((one, other))) for one in dumps for other in others}
    different = sorted(different - same)
    different = different[::max(1, len(different) // DIFFERENT_PAIRS)]
    failed = 0
    for pairs, wanted in ((sorted(same), 0), (different, 1)):
        for one, other in pairs:
            status, report = diff(rdbproof, one, other)
            if status != wanted and not (wanted == 0 and is_in_groups_only(report)):
                failed += 1
                print(f"FAIL {one} {other}: exit {status}, not {wanted}: "
                      f"{report['verdict']} {report['counts']} {report['differences']}")
    print(f"diff: {len(same)} pairs of dumps are the same to a server, {len(different)} are not, "
          f"{failed} judged otherwise")
    return 0 if same and different and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
