#!/usr/bin/env python3
"""Compares rdbproof with a living redis-server.

usage: redis_server_test.py RDBPROOF [GENERATOR] [--seed N] [--only WORD]

Starts Debian's redis-server on a unix socket, once for each of several configurations, fills it
with random data of every type, saves, and compares what rdbproof says of the dump with what the
server answers. GENERATOR is bench's rdbproof-generate: what it writes is loaded by the server.
"""
import argparse
import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import comparison  # noqa: E402
from comparison import Problems, Proof, run, verify  # noqa: E402
from dataset import Dataset  # noqa: E402
from redis_server import Connection, RedisServer  # noqa: E402

TINY = {
    "hash-max-listpack-entries": "0", "hash-max-listpack-value": "0",
    "zset-max-listpack-entries": "0", "zset-max-listpack-value": "0",
    "set-max-intset-entries": "0", "list-max-listpack-size": "1",
    "stream-node-max-entries": "2",
}
# Listpacks of more elements than their header can count.
HUGE = {
    "hash-max-listpack-entries": "1000000", "hash-max-listpack-value": "100000",
    "zset-max-listpack-entries": "1000000", "zset-max-listpack-value": "100000",
    "set-max-intset-entries": "1000000", "list-max-listpack-size": "-5",
    "stream-node-max-entries": "0", "stream-node-max-bytes": "1000000",
}
CONFIGURATIONS = {
    "default limits": {},
    "tiny limits": TINY,
    "no compression": {"rdbcompression": "no"},
    "no checksum": {"rdbchecksum": "no"},
    "compressed list nodes": {"list-compress-depth": "1", "list-max-listpack-size": "4"},
    "LFU": {"maxmemory-policy": "allkeys-lfu", "maxmemory": "0"},
    "LRU": {"maxmemory-policy": "allkeys-lru", "maxmemory": "0"},
}
# What was done, how, and what undoes it.
CHANGES = (
    ("string", [("SET", "marker", "valuf")], [("SET", "marker", "value")]),
    ("integer", [("INCR", "int:127")], [("DECR", "int:127")]),
    ("zero byte at the end", [("APPEND", "string:zeros", b"\x00")],
     [("SET", "string:zeros", b"\x00" * 3000)]),
    ("new key", [("SET", "new", "")], [("DEL", "new")]),
    ("key of another name", [("RENAME", "marker", "marked")], [("RENAME", "marked", "marker")]),
    ("key in another database", [("MOVE", "marker", 1)],
     [("SELECT", 1), ("MOVE", "marker", 0), ("SELECT", 0)]),
    ("databases swapped", [("SWAPDB", 0, 1)], [("SWAPDB", 0, 1)]),
    ("values swapped between keys", [("SET", "int:127", 128), ("SET", "int:128", 127)],
     [("SET", "int:127", 127), ("SET", "int:128", 128)]),
    ("order of a list", [("LMOVE", "pair", "pair", "LEFT", "RIGHT")],
     [("LMOVE", "pair", "pair", "LEFT", "RIGHT")]),
    ("item twice", [("RPUSH", "pair", "b")], [("RPOP", "pair")]),
    ("type", [("DEL", "set:empty string"), ("RPUSH", "set:empty string", "")],
     [("DEL", "set:empty string"), ("SADD", "set:empty string", "")]),
    ("member", [("SADD", "set:empty string", "0")], [("SREM", "set:empty string", "0")]),
    ("last digit of a score", [("ZADD", "scores", "0.10000000000000002", "a")],
     [("ZADD", "scores", "0.1", "a")]),
    ("scores swapped", [("ZADD", "scores", "0.2", "a", "0.1", "b")],
     [("ZADD", "scores", "0.1", "a", "0.2", "b")]),
    ("field", [("HSET", "pairs", "f", "G")], [("HSET", "pairs", "f", "g")]),
    ("values of fields swapped", [("HSET", "pairs", "f", "i", "h", "g")],
     [("HSET", "pairs", "f", "g", "h", "i")]),
    ("field and value swapped", [("HDEL", "pairs", "f"), ("HSET", "pairs", "g", "f")],
     [("HDEL", "pairs", "g"), ("HSET", "pairs", "f", "g")]),
    ("new group", [("XGROUP", "CREATE", "stream:1", "group", "0")],
     [("XGROUP", "DESTROY", "stream:1", "group")]),
    ("new consumer", [("XGROUP", "CREATECONSUMER", "stream:0", "g", "d")],
     [("XGROUP", "DELCONSUMER", "stream:0", "g", "d")]),
    ("last id of a group", [("XGROUP", "SETID", "stream:0", "g", "7-7")],
     [("XGROUP", "SETID", "stream:0", "g", "0-0")]),
    ("expiry", [("PEXPIREAT", "marker", 4102444800001)], [("PERSIST", "marker")]),
    ("expiry a millisecond later", [("PEXPIREAT", "temporary", 4102444800001)],
     [("PEXPIREAT", "temporary", 4102444800000)]),
)
# FREQ and a byte, IDLE and a length; then the string "marker".
ATTRIBUTES = {"LFU": rb"\xf9.\x00\x06marker", "LRU": rb"\xf8[\x00-\x3f]\x00\x06marker"}
PROFILES = ("small-strings", "mixed", "huge-collections", "json-lzf", "streams", "ttl-heavy",
            "giant")
FLUSH_AND_LOAD = ("DEBUG", "RELOAD", "NOSAVE")


class Run:
    """Options and results of this run, and what scenarios share."""

    def __init__(self, options):
        self.options = options
        self.rdbproof = os.path.abspath(options.rdbproof)
        self.passed = self.failed = 0
        self.first = None  # the proof of the first dump of the data set

    def scenario(self, name, body, *arguments):
        if self.options.only and self.options.only not in name:
            return
        problems = Problems()
        try:
            with tempfile.TemporaryDirectory(prefix="rdbproof-") as directory:
                note = body(self, problems, directory, *arguments)
        except Exception:  # what went wrong in one scenario must not hide the others
            problems.found.append(traceback.format_exc().rstrip())
            note = None
        self.passed += not problems.found
        self.failed += bool(problems.found)
        verdict = "FAIL" if problems.found else "ok  "
        print(f"{verdict} {name}: {problems.comparisons} comparisons{', ' + note if note else ''}",
              flush=True)
        for problem in problems.found[:comparison.SHOWN]:
            print("     " + problem.replace("\n", "\n     "))
        if len(problems.found) > comparison.SHOWN:
            print(f"     and {len(problems.found) - comparison.SHOWN} more", flush=True)

    def fill(self, server, full=True):
        server.call_all(Dataset(self.options.seed, full).commands)

    def proof(self, path):
        return Proof(self.rdbproof, path)


def save(server):
    server.call("SAVE")
    return server.dump


def compare_runs(state, problems, path):
    """The report depends neither on threads nor on where the file is cut."""
    reports = [comparison.without_performance(verify(state.rdbproof, path, *options))
               for options in (["--threads", "1"], ["--threads", "3", "--frame-bytes", "4096"],
                               ["--threads", "2", "--frame-bytes", "1"])]
    problems.expect("report of 3 threads", reports[1], reports[0])
    problems.expect("report of frames as small as can be", reports[2], reports[0])


def configuration(state, problems, directory, name):
    """One configuration: what the server says, and the same fingerprint as all others."""
    with RedisServer(directory, CONFIGURATIONS[name]) as server:
        if name == "tiny limits":
            server.call("DEBUG", "QUICKLIST-PACKED-THRESHOLD", "100b")
        state.fill(server)
        proof = state.proof(save(server))
        comparison.compare_with_server(problems, proof, server)
        status = "disabled" if name == "no checksum" else "match"
        problems.expect("checksum", proof.source["checksum"]["status"], status)
        if name in ATTRIBUTES:
            with open(server.dump, "rb") as file:
                found = re.search(ATTRIBUTES[name], file.read(), re.DOTALL)
            problems.require("the attribute of a key is in the file", found)
        compare_runs(state, problems, server.dump)
    if state.first is None:
        state.first = proof
    comparison.compare_fingerprints(problems, "fingerprint as under other configurations", proof,
                                    state.first)
    return f"{len(proof.rows)} keys, {proof.source['bytes']} bytes"


def reload(state, problems, directory):
    """Rewritten by the server, under other limits each time, the data stays the same."""
    with RedisServer(directory) as server:
        state.fill(server)
        before = state.proof(save(server))
        seen = [before.encodings()]
        defaults = {name: server.call("CONFIG", "GET", name)[1].decode()
                    for name in {**TINY, **HUGE}}
        for name, limits in (("same", {}), ("tiny", TINY), ("huge", HUGE), ("default", defaults)):
            server.configure(limits)
            server.call("DEBUG", "RELOAD")
            after = state.proof(save(server))
            comparison.compare_with_server(problems, after, server)
            comparison.compare_fingerprints(
                problems, f"fingerprint after reload with {name} limits", after, before)
            if limits:
                problems.require(f"{name} limits change encodings", after.encodings() != seen[-1])
            seen.append(after.encodings())
    return f"{len(seen)} dumps"


def copies(state, problems, directory):
    """However the bytes come: captured by a replica, rewritten for the AOF, piped, compressed."""
    with RedisServer(directory) as server:
        state.fill(server)
        saved = state.proof(save(server))
        captured = os.path.join(directory, "captured.rdb")
        subprocess.run(["redis-cli", "-s", server.socket, "--rdb", captured], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        comparison.compare_fingerprints(problems, "fingerprint of redis-cli --rdb",
                                        state.proof(captured), saved)
        raw = synchronise(server)
        report = verify(state.rdbproof, "-", data=raw)
        problems.expect("status of a diskless sync", report["status"], 0)
        problems.expect("findings of a diskless sync", "sync-end-mark" in
                        [f["code"] for f in report["sources"][0]["findings"]], True)
        problems.expect("fingerprint of a diskless sync", report["sources"][0]["fingerprint"],
                        saved.fingerprint)
        comparison.compare_fingerprints(problems, "fingerprint of the base of an AOF",
                                        state.proof(rewrite(server)), saved)
        compare_streams(state, problems, server.dump, saved)
    return None


def rewrite(server):
    """The RDB file with which a multi-part append-only file begins."""
    server.call("CONFIG", "SET", "appendonly", "yes")
    # It is put off while the child that served a replica still runs.
    while re.search(rb"aof_rewrite_(in_progress|scheduled):1", server.call("INFO", "persistence")):
        time.sleep(0.01)
    folder = os.path.join(server.directory, "appendonlydir")
    bases = [name for name in os.listdir(folder) if name.endswith(".base.rdb")]
    return os.path.join(folder, max(bases, key=lambda name: int(name.split(".")[-3])))


def synchronise(server):
    """What a replica reads from the socket: the dump and its end mark."""
    replica = Connection(server.socket)
    replica.call("REPLCONF", "capa", "eof", "capa", "psync2")
    replica.send("PSYNC", "?", "-1")
    replica.line()
    line = b""
    while not line.startswith(b"$EOF:"):
        line = replica.input.readline().strip()
    mark, received = line[5:], bytearray()
    while not received.endswith(mark):
        received += replica.input.read1(1 << 16)
    replica.close()
    return bytes(received)


def compare_streams(state, problems, path, saved):
    with open(path, "rb") as file:
        data = file.read()
    with gzip.open(path + ".gz", "wb") as file:
        file.write(data)
    run("zstd", "-q", path, "-o", path + ".zst")
    run("lz4", "-q", path, path + ".lz4")
    sources = [("-", data)] + [(path + end, None) for end in (".gz", ".zst", ".lz4")]
    with open(path + ".zst", "rb") as file:
        sources.append(("-", file.read()))
    for source, piped in sources:
        report = verify(state.rdbproof, source, "--redis-digest", data=piped)
        name = os.path.basename(source)
        problems.expect(f"status of {name}", report["status"], 0)
        problems.expect(f"fingerprint of {name}", report["sources"][0]["fingerprint"],
                        saved.fingerprint)
        problems.expect(f"digest of {name}", report["sources"][0]["redis_digest_legacy"],
                        saved.source["redis_digest_legacy"])
        problems.expect(f"keyspace of {name}", report["sources"][0]["keyspace"],
                        saved.source["keyspace"])


def expired(state, problems, directory):
    """Keys past their expiry are in the file, and a primary leaves them out when it loads it."""
    with RedisServer(directory) as server:
        server.call("DEBUG", "SET-ACTIVE-EXPIRE", 0)
        state.fill(server, full=False)
        kept = state.proof(save(server))
        # A key whose expiry passes while the command is carried out would be deleted at once.
        server.call_all(command for i in range(20) for command in
                        (("RPUSH", f"past:{i}", "a", i), ("PEXPIRE", f"past:{i}", 2000)))
        server.call("DEBUG", "SLEEP", "2.1")
        proof = state.proof(save(server))
        databases = comparison.read_databases(server)
        space = proof.source["keyspace"]
        problems.expect("keys", space["keys"], sum(d["keys"] for d in databases.values()))
        problems.expect("expires", space["expires"], sum(d["expires"] for d in databases.values()))
        problems.expect("expired", space["expired"], 20)
        # The digest is of the whole file, as a replica answers it.
        comparison.compare_digest(problems, proof, server)
        server.call(*FLUSH_AND_LOAD)
        after = comparison.read_databases(server)
        problems.expect("keys after loading", space["keys"] - space["expired"],
                        sum(d["keys"] for d in after.values()))
        comparison.compare_fingerprints(problems, "fingerprint after loading",
                                        state.proof(save(server)), kept)
    return None


def changes(state, problems, directory):
    """Every change of the data changes the fingerprint, and undoing it brings the old one back."""
    with RedisServer(directory) as server:
        state.fill(server, full=False)
        server.call_all([("RPUSH", "pair", "a", "b"), ("ZADD", "scores", "0.1", "a", "0.2", "b"),
                         ("XGROUP", "CREATE", "stream:0", "g", "0"),
                         ("XGROUP", "CREATECONSUMER", "stream:0", "g", "c"),
                         ("HSET", "pairs", "f", "g", "h", "i"),
                         ("SET", "temporary", "", "PXAT", 4102444800000)])
        before = fingerprint(state, server)
        for name, change, undo in CHANGES:
            server.call_all(change)
            after = fingerprint(state, server)
            same_content = name.startswith("expiry")
            problems.expect(f"{name}: same content", before["content"] == after["content"],
                            same_content)
            problems.require(f"{name}: other content and expiry",
                             before["content_and_expiry"] != after["content_and_expiry"])
            server.call_all(undo)
            problems.expect(f"{name}: undone", fingerprint(state, server), before)
    return f"{len(CHANGES)} changes"


def fingerprint(state, server):
    return verify(state.rdbproof, save(server))["sources"][0]["fingerprint"]


def terminal(state, problems, directory):
    """Names of keys reach a terminal escaped, and scripts unharmed."""
    with RedisServer(directory) as server:
        state.fill(server)
        save(server)
        proof = state.proof(server.dump)
        listing = run(state.rdbproof, "keys", server.dump).stdout
        lines = listing.split(b"\n")[:-1]
        problems.expect("lines of keys", len(lines), len(proof.rows) + 1)
        problems.expect("columns of keys", {line.count(b"\t") for line in lines}, {7})
        problems.require("no control characters in keys",
                         not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", listing))
        text = run(state.rdbproof, "verify", server.dump).stdout.decode()
        for character in ("\x1b", "\x9b", "\x7f", "\u202e"):
            problems.require(f"no {character!r} in keys",
                             character not in listing.decode(errors="replace"))
            problems.require(f"no {character!r} in verify", character not in text)
        names = {(row["db"], comparison.text_key(row)) for row in proof.rows}
        for database in comparison.read_databases(server):
            server.call("SELECT", database)
            for key in server.call("KEYS", "*"):
                problems.require("a key by its name", (database, key) in names, repr(key[:60]))
    return None


def empty(state, problems, directory):
    with RedisServer(directory) as server:
        proof = state.proof(save(server))
        comparison.compare_with_server(problems, proof, server)
        problems.expect("keys", proof.source["keyspace"]["keys"], 0)
    return None


def generated(state, problems, directory, profile):
    """The server loads what the benchmarks' generator writes, checking every blob."""
    path = os.path.join(directory, "dump.rdb")
    run(os.path.abspath(state.options.generator), "--profile", profile, "--size", "30MB", "--seed",
        "1", "--rdb-version", "10", "--output", path)
    proof = state.proof(path)
    with RedisServer(directory) as server:
        problems.expect("exit status of verify", proof.report["status"], 0)
        databases = comparison.read_databases(server)
        types = {}
        for database in databases:
            types[database] = {}
            for name in comparison.read_types(server, database).values():
                types[database][name] = types[database].get(name, 0) + 1
        comparison.compare_counts(problems, proof, databases, types)
        comparison.compare_digest(problems, proof, server)
        again = state.proof(save(server))
        comparison.compare_fingerprints(problems, "fingerprint as saved by the server", again,
                                        proof)
    return f"{len(proof.rows)} keys, {proof.source['bytes']} bytes"


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rdbproof")
    parser.add_argument("generator", nargs="?")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="run only the scenarios whose name holds this word")
    return parser.parse_args()


def main():
    options = parse_options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    missing = [tool for tool in ("redis-server", "redis-cli", "zstd", "lz4")
               if not shutil.which(tool)]
    if missing:
        print(f"FAIL not installed: {', '.join(missing)} (./dev test installs them)")
        print("0 passed, 1 failed")
        return 1
    print(f"seed {options.seed}", flush=True)
    state = Run(options)
    state.scenario("empty server", empty)
    for name in CONFIGURATIONS:
        state.scenario(name, configuration, name)
    state.scenario("reload under other limits", reload)
    state.scenario("changes", changes)
    state.scenario("copies and pipes", copies)
    state.scenario("expired keys", expired)
    state.scenario("names on a terminal", terminal)
    if options.generator:
        for profile in PROFILES:
            state.scenario(f"generated {profile}", generated, profile)
    else:
        print("no generator given: its dumps are not loaded")
    print(f"{state.passed} passed, {state.failed} failed")
    return 1 if state.failed else 0


if __name__ == "__main__":
    sys.exit(main())
