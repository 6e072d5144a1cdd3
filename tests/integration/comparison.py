"""What a server says it holds, what rdbproof says a dump holds, and where the two differ."""
import base64
import collections
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from corpus_test import encoding_matches, key_of  # noqa: E402  (of the folder above)

LENGTH_COMMANDS = {"string": "STRLEN", "list": "LLEN", "set": "SCARD", "zset": "ZCARD",
                   "hash": "HLEN", "stream": "XLEN"}
HANG_SECONDS = 300  # nothing here takes seconds; this only ends what would never end
SHOWN = 8


class Problems:
    """What a scenario found wrong, and how much it compared."""

    def __init__(self):
        self.found = []
        self.comparisons = 0

    def expect(self, what, ours, theirs):
        self.comparisons += 1
        if ours != theirs:
            self.found.append(f"{what}: we say {short(ours)}, expected {short(theirs)}")

    def require(self, what, holds, detail=""):
        self.comparisons += 1
        if not holds:
            self.found.append(f"{what} {detail}".rstrip())


def short(value):
    text = repr(value)
    return text if len(text) < 300 else text[:300] + "..."


def run(*arguments, data=None):
    """Ends abnormally where a sanitizer does, too."""
    done = subprocess.run(arguments, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=HANG_SECONDS)
    if done.returncode < 0 or b"Sanitizer" in done.stderr or b"runtime error:" in done.stderr:
        raise RuntimeError(f"{' '.join(map(str, arguments))} crashed: status {done.returncode}, "
                           f"{done.stderr[-2000:].decode(errors='replace')}")
    return done


def read_databases(server):
    """{database: {"keys": n, "expires": n}} by INFO, and DBSIZE of each."""
    counts = {}
    for line in server.call("INFO", "keyspace").decode().splitlines():
        if line.startswith("db"):
            name, _, fields = line.partition(":")
            values = dict(field.split("=") for field in fields.split(","))
            counts[int(name[2:])] = {"keys": int(values["keys"]), "expires": int(values["expires"])}
    for database, entry in counts.items():
        server.call("SELECT", database)
        entry["dbsize"] = server.call("DBSIZE")
    return counts


def read_types(server, database):
    """{key: type} of a database."""
    server.call("SELECT", database)
    keys = server.call("KEYS", "*")
    types = server.call_all(("TYPE", key) for key in keys)
    return dict(zip(keys, (name.decode() for name in types)))


def read_keys(server, database):
    """All that the server says of each key of a database."""
    types = read_types(server, database)
    keys = list(types)
    lengths = server.call_all((LENGTH_COMMANDS[types[key]], key) for key in keys)
    expiries = server.call_all(("PEXPIRETIME", key) for key in keys)
    encodings = server.call_all(("OBJECT", "ENCODING", key) for key in keys)
    digests = server.call_all(("DEBUG", "DIGEST-VALUE", key) for key in keys)
    return {key: {"type": types[key], "length": length, "expiry": expiry,
                  "enc": encoding.decode(), "digest": digest[0].decode()}
            for key, length, expiry, encoding, digest
            in zip(keys, lengths, expiries, encodings, digests)}


class Proof:
    """What rdbproof says of one dump."""

    def __init__(self, rdbproof, path):
        self.report = verify(rdbproof, path, "--redis-digest")
        self.source = self.report["sources"][0]
        listing = run(rdbproof, "keys", "--json", "--redis-digest", path)
        self.status = listing.returncode
        self.rows = [json.loads(line) for line in listing.stdout.splitlines()]

    @property
    def fingerprint(self):
        return self.source.get("fingerprint")

    def by_key(self):
        return {key_of(row): row for row in self.rows}

    def encodings(self):
        return self.source["keyspace"]["encodings"]


def verify(rdbproof, path, *options, data=None):
    done = run(rdbproof, "verify", "--json", *options, path, data=data)
    if not done.stdout:
        raise RuntimeError(f"verify {path} printed nothing: {done.stderr.decode()}")
    report = json.loads(done.stdout)
    report["status"] = done.returncode
    return report


def without_performance(report):
    for source in report["sources"]:
        source.pop("performance", None)
    return report


def compare_counts(problems, proof, databases, types):
    """Counts by database and type; `types` is {database: Counter}."""
    ours = {entry["db"]: entry for entry in proof.source["keyspace"]["databases"]}
    problems.expect("databases", sorted(ours), sorted(databases))
    for database in sorted(set(ours) & set(databases)):
        theirs, entry = databases[database], ours[database]
        problems.expect(f"keys of database {database}", entry["keys"], theirs["keys"])
        problems.expect(f"DBSIZE of database {database}", entry["keys"], theirs["dbsize"])
        problems.expect(f"expires of database {database}", entry["expires"], theirs["expires"])
        problems.expect(f"types of database {database}", entry["types"], dict(types[database]))
    space = proof.source["keyspace"]
    problems.expect("keys in all", space["keys"], sum(d["keys"] for d in databases.values()))
    problems.expect("expires in all", space["expires"],
                    sum(d["expires"] for d in databases.values()))


def compare_key(problems, name, row, theirs, version):
    problems.expect(f"type of {name}", row["type"], theirs["type"])
    length = row["bytes"] if row["type"] == "string" else row["elements"]
    problems.expect(f"length of {name}", length, theirs["length"])
    expiry = -1 if row["expire_at_ms"] is None else row["expire_at_ms"]
    problems.expect(f"expiry of {name}", expiry, theirs["expiry"])
    problems.require(f"encoding of {name}", encoding_matches(row, theirs, version),
                     f"is {row['encoding']}, {theirs['enc']} in the server")
    problems.expect(f"DEBUG DIGEST-VALUE of {name}", row["redis_digest_legacy"], theirs["digest"])


def compare_with_server(problems, proof, server):
    """Everything that the server, which wrote or loaded the dump, can be asked."""
    problems.expect("exit status of verify", proof.report["status"], 0)
    problems.expect("exit status of keys", proof.status, 0)
    databases = read_databases(server)
    keys = {database: read_keys(server, database) for database in databases}
    types = {database: collections.Counter(key["type"] for key in of.values())
             for database, of in keys.items()}
    compare_counts(problems, proof, databases, types)
    ours, theirs = proof.by_key(), {(db, key): said for db, of in keys.items()
                                    for key, said in of.items()}
    problems.expect("rows of keys", len(proof.rows), len(theirs))
    problems.expect("keys only we see", sorted(set(ours) - set(theirs)), [])
    problems.expect("keys only the server sees", sorted(set(theirs) - set(ours)), [])
    for database, key in sorted(set(ours) & set(theirs)):
        compare_key(problems, f"key {short(key)} of database {database}", ours[database, key],
                    theirs[database, key], proof.source["rdb_version"])
    problems.expect("functions", proof.source["functions"], len(server.call("FUNCTION", "LIST")))
    compare_digest(problems, proof, server)


def compare_digest(problems, proof, server):
    problems.expect("DEBUG DIGEST", proof.source["redis_digest_legacy"],
                    server.call("DEBUG", "DIGEST").decode())


def compare_fingerprints(problems, what, ours, theirs):
    """Two proofs of what should be the same data."""
    same = ours.fingerprint == theirs.fingerprint
    problems.require(what, same, f"{ours.fingerprint} is not {theirs.fingerprint}")
    if same:
        return
    left, right = ours.by_key(), theirs.by_key()
    for key in sorted(set(left) | set(right)):
        for field in ("fingerprint", "fingerprint_and_expiry", "expire_at_ms"):
            problems.expect(f"{field} of key {short(key)}", left.get(key, {}).get(field),
                            right.get(key, {}).get(field))


def text_key(row):
    return base64.b64decode(row["key_b64"]) if "key_b64" in row else row["key"].encode()
