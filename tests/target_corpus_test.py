#!/usr/bin/env python3
"""Compares what `verify --target` predicts with what real servers did with the same files.

usage: target_corpus_test.py RDBPROOF DIRECTORY...

Oracles beside dumps (NAME.oracle.json, NAME.rdb.oracle.json) have one entry a server that tried to
load the file: outcome and number of keys must be as predicted. Of damaged files (verdicts.jsonl) we
may say that we do not know, but never that a server loads what it refused, or what ended it, nor
that it refuses what it loaded.
"""
import collections
import json
import os
import subprocess
import sys

# Development branches go by the release that they became.
TARGETS = {"redis-head": "redis:8.0", "redis-8.6-dev": "redis:8.6", "redis-8.8-dev": "redis:8.8",
           "redis-7.4-rc1": "redis:7.4", "valkey-head": "valkey:8.1", "valkey-9-dev": "valkey:9.1"}
# A release candidate that reads what no release does.
NO_TARGET = {"redis-4.0-rc1"}

# Why a prediction of "loads" may be wrong.
UNCOMPILED = "functions are read, not compiled"
MEMORY = "a huge size hint: whether memory suffices is the machine's affair"
METADATA = "two records of metadata before a key"


def target_of(server):
    product, _, version = server.partition("-")
    return TARGETS.get(server) or f"{product}:{version}"


def configuration(oracle, load):
    """How the servers of the corpus were run. Where a module was loaded, we assume it, too."""
    role = load.get("role") or ""
    config = " ".join(oracle.get("produced_by", {}).get("config", []))
    own = role in ("producer", "reference")
    databases = 16 if "16 databases" in role else 2000
    options = [f"databases={databases}"]
    if target_of(load["server"]).split(":")[1] >= "3" and "keydb" not in load["server"]:
        cluster = own and "cluster-enabled yes" in config
        options.append("cluster=yes" if cluster else "cluster=no")
    if "relaxed" in role:
        options.append("rdb-version-check=relaxed")
    if not ((role == "producer" and "loadmodule" in config) or "test modules" in role):
        options.append("modules=")
    return options


def verify(rdbproof, target, paths):
    """The sources of the report, in the order of `paths`."""
    run = subprocess.run([rdbproof, "verify", "--json", "--target", target, *paths],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if not run.stdout:
        sys.exit(f"{target}: {run.stderr.decode()}")
    return json.loads(run.stdout)["sources"]


def outcome_of(load):
    if load["accepted"]:
        return "loads"
    return "aborts" if str(load.get("outcome")).startswith("signal") else "refuses"


class Tally:
    def __init__(self):
        self.problems = []
        self.loads = collections.Counter()
        self.sizes = collections.Counter()
        self.damaged = collections.Counter()
        self.excepted = collections.Counter()

    def problem(self, text):
        self.problems.append(text)


def check_size(tally, name, load, predicted, oracle):
    sizes = {int(db): n for db, n in (predicted["dbsize"] or {}).items()}
    # Servers drop fields, and hashes without any, some time after they loaded them.
    if "hfe-expired" in name:
        return
    if load.get("role") == "reference" and oracle.get("dbs") is not None:
        theirs = {db["db"]: db["keys"] for db in oracle["dbs"] if db["keys"]}
        tally.sizes["checked"] += 1
        if sizes != theirs:
            tally.problem(f"{name} {load['server']}: we say DBSIZE {sizes}, the server {theirs}")
    elif load.get("keys") is not None:
        # Of all databases, but in these the servers counted the ones that DBSIZE was asked for.
        tally.sizes["checked"] += 1
        if sum(sizes.values()) != load["keys"] and "manydb" not in name:
            tally.problem(f"{name} {load['server']}: we say {sizes}, the server {load['keys']}")


def check_load(tally, rdbproof, path, oracle, load):
    if load["server"] in NO_TARGET:
        return
    target = ",".join([target_of(load["server"]), *configuration(oracle, load)])
    predicted = verify(rdbproof, target, [path])[0]["load"]
    theirs = outcome_of(load)
    tally.loads["checked"] += 1
    if predicted["outcome"] != theirs:
        reasons = [reason["detail"] for reason in predicted["reasons"]]
        tally.problem(f"{path} {target}: we say {predicted['outcome']} {reasons}, "
                      f"the server {theirs} {(load.get('log') or [''])[:2]}")
        return
    tally.loads["agree"] += 1
    tally.loads[theirs] += 1
    if theirs == "loads":
        check_size(tally, path, load, predicted, oracle)


def check_replica(tally, rdbproof, path, whole):
    target = target_of(whole["server"]) + ",databases=2000,role=replica"
    predicted = verify(rdbproof, target, [path])[0]["load"]
    tally.sizes["checked"] += 1
    if predicted["dbsize"] != whole["dbsize"]:
        tally.problem(f"{path} {target}: we say DBSIZE {predicted['dbsize']}, "
                      f"the replica {whole['dbsize']}")


def check_dump(tally, rdbproof, path, oracle):
    for load in oracle.get("loads", []):
        check_load(tally, rdbproof, path, oracle, load)
    if "whole_file" in oracle:
        check_replica(tally, rdbproof, path, oracle["whole_file"])


def excuse(verdict, source):
    """Why a prediction of "loads" was wrong, where we know that we cannot know."""
    log = " ".join(verdict.get("log") or [])
    if source["load"]["assumptions"] and ("library" in log or "function" in log):
        return UNCOMPILED
    if "RESIZEDB" in verdict["mutation"]:
        return MEMORY
    return METADATA if "two metadata records" in verdict["mutation"] else None


def check_verdict(tally, name, verdict, source):
    ours = source["load"]["outcome"]
    theirs = outcome_of(verdict)
    tally.damaged["checked"] += 1
    tally.damaged[f"we {ours}, server {theirs}"] += 1
    if ours in ("refuses", "aborts") and theirs == "loads":
        tally.problem(f"{name}: we say {ours} {source['load']['reasons']}, the server loads")
    if ours != "loads" or theirs == "loads":
        return
    reason = excuse(verdict, source)
    if reason:
        tally.excepted[reason] += 1
    else:
        tally.problem(f"{name}: we say loads, the server {theirs}: {verdict.get('log')} "
                      f"findings {[f['code'] for f in source['findings']]}")


def check_damaged(tally, rdbproof, folder):
    with open(os.path.join(folder, "verdicts.jsonl"), encoding="utf-8") as file:
        head, *rows = [json.loads(line) for line in file]
    rows = [row for row in rows if os.path.exists(os.path.join(folder, row["file"]))]
    paths = [os.path.join(folder, row["file"]) for row in rows]
    judge = target_of(head["judge"])
    modes = {"server": judge + ",databases=16,cluster=no,modules=",
             "cluster_mode": judge + ",databases=16,cluster=yes,modules="}
    for mode, target in modes.items():
        for row, source in zip(rows, verify(rdbproof, target, paths)):
            if mode == "cluster_mode":
                verdict = row["server"].get("cluster_mode") or row.get("cluster_mode")
            else:
                server = row["server"]
                verdict = server["sanitize_no"]
                verdict = server["sanitize_yes"] if verdict == "same" else verdict
            if verdict:
                verdict = {**verdict, "mutation": row["mutation"]}
                check_verdict(tally, f"{folder}/{row['file']} {target}", verdict, source)


def check_directory(tally, rdbproof, directory):
    for folder, _, names in sorted(os.walk(directory)):
        if "verdicts.jsonl" in names and "restore" not in folder:
            check_damaged(tally, rdbproof, folder)
        for name in sorted(names):
            path = os.path.join(folder, name)
            for oracle_path in (path[:-4] + ".oracle.json", path + ".oracle.json"):
                if name.endswith(".rdb") and os.path.exists(oracle_path):
                    with open(oracle_path, encoding="utf-8") as file:
                        check_dump(tally, rdbproof, path, json.load(file))


def main():
    rdbproof, directories = sys.argv[1], sys.argv[2:]
    tally = Tally()
    for directory in directories:
        if os.path.isdir(directory):
            check_directory(tally, rdbproof, directory)
        else:
            print(f"not there, not checked: {directory}")
    for problem in tally.problems:
        print("FAIL " + problem)
    print(f"targets: {tally.loads['agree']} of {tally.loads['checked']} outcomes of real servers "
          f"were predicted ({tally.loads['loads']} load, {tally.loads['refuses']} refuse, "
          f"{tally.loads['aborts']} abort), {tally.sizes['checked']} sizes compared")
    print(f"targets: {tally.damaged['checked']} verdicts on damaged files: " +
          ", ".join(f"{n} {what}" for what, n in sorted(tally.damaged.items())
                    if what != "checked"))
    for reason, n in sorted(tally.excepted.items()):
        print(f"targets: {n} excepted: {reason}")
    return 1 if tally.problems or not tally.loads["checked"] else 0


if __name__ == "__main__":
    sys.exit(main())
