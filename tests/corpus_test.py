#!/usr/bin/env python3
"""Compares rdbproof with what real servers said of the same files.

usage: corpus_test.py RDBPROOF DIRECTORY...

Every NAME.rdb under the directories that has an oracle beside it is read by `rdbproof verify` and
`rdbproof keys`; counts by database and type, expiry, elements, encodings, DEBUG DIGEST and
DEBUG DIGEST-VALUE must be the server's. Oracles: NAME.oracle.json or NAME.rdb.oracle.json.
"""
import base64
import collections
import json
import os
import subprocess
import sys

NO_DIGEST = "0" * 40
# 7.0 and later turn a score of -0 into 0 while loading a small sorted set of type 3 or 5, so what
# they answer afterwards is not what the file holds. These keys of the corpus have such scores.
NEGATIVE_ZERO = {b"zset:scores", b"myzset"}


def find_dumps(directories):
    for directory in directories:
        for folder, _, names in sorted(os.walk(directory)):
            for name in sorted(names):
                if not name.endswith(".rdb"):
                    continue
                path = os.path.join(folder, name)
                for oracle in (path[:-4] + ".oracle.json", path + ".oracle.json"):
                    if os.path.exists(oracle):
                        yield path, oracle


def run(*arguments):
    return subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def key_of(row):
    name = base64.b64decode(row["key_b64"]) if "key_b64" in row else row["key"].encode()
    return row["db"], name


def is_modern(server):
    """Whether scores are hashed as Redis 7.2 and later print them."""
    product, _, version = server.rpartition("-")
    if server.startswith(("keydb",)):
        return False
    if server.startswith(("valkey", "redis-head", "redis-8")):
        return True
    numbers = version.replace("rc1", "").split(".")
    digits = [int(part) for part in numbers if part.isdigit()]
    return tuple(digits) >= (7, 2)


class Comparison:
    def __init__(self, oracle):
        self.oracle = oracle
        self.problems = []

    def expect(self, what, ours, theirs):
        if ours != theirs:
            self.problems.append(f"{what}: we say {ours!r}, the server {theirs!r}")


def server_of(oracle):
    if "produced_by" in oracle:
        return oracle["produced_by"]["server"]
    return oracle["reference"]


def family_digest(row, server):
    return row["redis_digest"] if is_modern(server) else row["redis_digest_legacy"]


def compare_counts(comparison, live_rows):
    """Counts by database and type, of the keys that a primary keeps."""
    ours = collections.defaultdict(lambda: {"keys": 0, "expires": 0, "types": collections.Counter()})
    for row in live_rows:
        entry = ours[row["db"]]
        entry["keys"] += 1
        entry["expires"] += row["expire_at_ms"] is not None
        entry["types"][row["type"]] += 1
    theirs = {db["db"]: {name: db[name] for name in ("keys", "expires", "types")}
              for db in comparison.oracle["dbs"]}
    comparison.expect("databases", {db: {**entry, "types": dict(entry["types"])}
                                    for db, entry in ours.items()}, theirs)


def compare_keyspace(comparison, report, rows):
    """The counts of verify must be those of the rows of keys."""
    source = report["sources"][0]
    space = source["keyspace"]
    comparison.expect("keys of verify", space["keys"], len(rows))
    per_db = collections.Counter((row["db"], row["type"]) for row in rows)
    stated = {(db["db"], name): n for db in space["databases"] for name, n in db["types"].items()}
    comparison.expect("types of verify", stated, dict(per_db))
    elements = collections.Counter()
    for row in rows:
        elements[row["type"]] += row["elements"]
    comparison.expect("elements of verify", {n: t["elements"] for n, t in space["types"].items()},
                      dict(elements))
    encodings = collections.Counter(row["encoding"] for row in rows)
    comparison.expect("encodings of verify", space["encodings"], dict(encodings))


def encoding_matches(row, key, version):
    """The file says how a value was encoded, up to what its writer decides while saving."""
    ours, theirs = row["encoding"], key.get("enc")
    if theirs in (None, "unknown") or ours == theirs:
        return True
    if version < 2:
        return True  # the first version has one form a type
    if row["type"] == "string":
        # Servers keep a string that was appended to as raw, and before 3.2 knew no embstr or drew
        # the line at 39 bytes; what looks like an integer need not be held as one.
        return {ours, theirs} <= {"raw", "embstr", "int"}
    if row["type"] == "hash" and "field_exp" not in key and version >= 80:
        # Valkey 9 saves a hash whose fields all lost their expiry in the form for expiring ones.
        return {ours, theirs} <= {"hashtable", "listpack"}
    # Lists of one node: a listpack since 7.2 only.
    return row["type"] == "list" and {ours, theirs} <= {"quicklist", "listpack"}


def compare_key(comparison, row, key, server, version):
    name = f"key {key['key']} of database {key['db']}"
    comparison.expect(f"type of {name}", row["type"], key["type"])
    if key.get("exp", 0) is not None:  # null: that server was not asked
        comparison.expect(f"expiry of {name}", row["expire_at_ms"], key.get("exp"))
    if key["n"] is not None:
        count = row["bytes"] if key["type"] == "string" else row["elements"]
        comparison.expect(f"count of {name}", count, key.get("n_own", key["n"]))
    if not encoding_matches(row, key, version):
        comparison.expect(f"encoding of {name}", row["encoding"], key["enc"])
    for field, owner in (("dv", server), ("dv_ref", comparison.oracle["reference"])):
        theirs = key.get(field)
        if theirs is None or theirs == NO_DIGEST:
            continue
        if field == "dv_ref" and base64.b64decode(key["key"]) in NEGATIVE_ZERO:
            continue
        ours = family_digest(row, owner)
        if ours is not None and not hexpire_differs(comparison.oracle, key, owner):
            comparison.expect(f"{field} of {name}", ours, theirs)
        if ours is None and key["type"] in ("string", "list", "set", "zset", "hash", "stream"):
            comparison.expect(f"{field} of {name}", ours, theirs)


def hexpire_differs(oracle, key, owner):
    """Redis marks hash fields with an expiry, Valkey does not: the reader's product decides."""
    return "field_exp" in key and owner.split("-")[0] != server_of(oracle).split("-")[0]


def compare_dataset_digest(comparison, report, rows):
    oracle = comparison.oracle
    source = report["sources"][0]
    if any(family_digest(row, "redis-8.4.0") is None for row in rows):
        return
    whole = oracle.get("whole_file")
    if whole:
        comparison.expect("digest of the whole file", family_digest(source, whole["server"]),
                          whole["digest"])
        return
    if source["keyspace"]["expired"] or has_expired_fields(oracle):
        return
    own = server_of(oracle)
    if oracle.get("digest_stable") and oracle.get("digest_before_save"):
        comparison.expect("DEBUG DIGEST", family_digest(source, own), oracle["digest_before_save"])
    for load in oracle["loads"]:
        if load.get("accepted") and load.get("digest") and load["server"] == oracle["reference"]:
            if any(hexpire_differs(oracle, key, load["server"]) or
                   base64.b64decode(key["key"]) in NEGATIVE_ZERO for key in oracle["keys"]):
                continue
            comparison.expect(f"DEBUG DIGEST of {load['server']}",
                              family_digest(source, load["server"]), load["digest"])


def has_expired_fields(oracle):
    """Servers drop such fields, so their counts are not those of the file."""
    return "hfe-expired" in oracle["file"]


def lost_fields(oracle, key):
    return has_expired_fields(oracle) and base64.b64decode(key["key"]).startswith(b"hfe:past")


def is_refused_everywhere(oracle):
    """By all servers but the release candidate that wrote it."""
    if oracle.get("keys") is None:
        return True
    return all(not load["accepted"] or load["server"].endswith("4.0-rc1")
               for load in oracle["loads"])


def compare_dump(rdbproof, path, oracle):
    comparison = Comparison(oracle)
    verify = run(rdbproof, "verify", "--json", "--redis-digest", path)
    if not verify.stdout:
        comparison.problems.append(f"verify printed nothing: {verify.stderr.decode()}")
        return comparison.problems
    report = json.loads(verify.stdout)
    if is_refused_everywhere(oracle):
        # Neither may we call it sound; that a module is missing is a matter of configuration.
        codes = {finding["code"] for finding in report["sources"][0]["findings"]}
        if verify.returncode == 0 and "opaque-module" not in codes:
            comparison.problems.append("we call sound what every server refuses")
        return comparison.problems
    comparison.expect("exit status", verify.returncode, 0)
    listing = run(rdbproof, "keys", "--json", "--redis-digest", path)
    rows = [json.loads(line) for line in listing.stdout.splitlines()]
    by_key = {key_of(row): row for row in rows}
    comparison.expect("distinct keys", len(by_key), len(rows))
    expired = {(key["db"], base64.b64decode(key["key"])) for key in oracle.get("expired_in_file", [])}
    if not has_expired_fields(oracle):
        compare_counts(comparison, [row for row in rows if key_of(row) not in expired])
    if "whole_file" in oracle:
        sizes = collections.Counter(str(row["db"]) for row in rows)
        comparison.expect("DBSIZE of a replica", dict(sizes), oracle["whole_file"]["dbsize"])
    compare_keyspace(comparison, report, rows)
    for key in oracle["keys"]:
        row = by_key.get((key["db"], base64.b64decode(key["key"])))
        if row is None:
            comparison.problems.append(f"key {key['key']} is missing")
        elif not lost_fields(oracle, key):
            compare_key(comparison, row, key, server_of(oracle),
                        report["sources"][0]["rdb_version"])
    compare_dataset_digest(comparison, report, rows)
    return comparison.problems


def main():
    rdbproof, directories = sys.argv[1], sys.argv[2:]
    agree = checked = 0
    for path, oracle_path in find_dumps([d for d in directories if os.path.isdir(d)]):
        with open(oracle_path, encoding="utf-8") as file:
            oracle = json.load(file)
        problems = compare_dump(rdbproof, path, oracle)
        checked += 1
        agree += not problems
        if problems:
            print(f"FAIL {path}")
            for problem in problems[:6]:
                print(f"     {problem}")
    for directory in directories:
        if not os.path.isdir(directory):
            print(f"not there, not checked: {directory}")
    print(f"corpus: {checked} dumps checked, {agree} agree with the servers")
    return 0 if checked and agree == checked else 1


if __name__ == "__main__":
    sys.exit(main())
