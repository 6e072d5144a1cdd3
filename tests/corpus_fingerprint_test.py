#!/usr/bin/env python3
"""The same data saved by different servers must have the same fingerprint.

usage: corpus_fingerprint_test.py RDBPROOF DIRECTORY...

Servers of many releases were given the same keys. Where DEBUG DIGEST-VALUE, which servers compute,
calls two values of one key equal, their fingerprints must be equal, and where it calls them
different, different. The digest leaves out what streams hold besides entries, and vector sets say
less in it, so for these only the second half can be asked.
"""
import collections
import json
import os
import subprocess
import sys

DIGEST_TELLS_ALL = {"string", "list", "set", "zset", "hash", "array"}


def digest_tells_more(name):
    """Values of the corpus that differ for DEBUG DIGEST alone.

    Redis marks hash fields with an expiry, Valkey does not; the text of -0 differs from that of 0.
    """
    key = name[0] or ""
    return "hfe" in key or "hsetex" in key or key.startswith("zset:scores") or key == "myzset"


def find_dumps(directories):
    for directory in directories:
        for folder, _, names in sorted(os.walk(directory)):
            if "corrupt" in folder or "damaged" in folder:
                continue
            for name in sorted(names):
                if name.endswith(".rdb"):
                    yield os.path.join(folder, name)


def read_keys(rdbproof, path):
    listing = subprocess.run([rdbproof, "keys", "--json", "--redis-digest", path],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    for line in listing.stdout.splitlines():
        row = json.loads(line)
        if row["redis_digest_legacy"] is None:
            continue
        expires = row["expire_at_ms"] is not None
        name = (row.get("key"), row.get("key_b64"), row["type"], expires)
        yield name, row["redis_digest_legacy"], row["fingerprint"], row["encoding"]


def main():
    rdbproof, directories = sys.argv[1], sys.argv[2:]
    by_digest = collections.defaultdict(lambda: collections.defaultdict(set))
    by_fingerprint = collections.defaultdict(lambda: collections.defaultdict(set))
    encodings = collections.defaultdict(set)
    for path in find_dumps(directories):
        for name, digest, fingerprint, encoding in read_keys(rdbproof, path):
            by_digest[name][digest].add(fingerprint)
            by_fingerprint[name][fingerprint].add(digest)
            encodings[name, digest].add(encoding)
    failures = 0
    for name, digests in by_digest.items():
        for digest, fingerprints in digests.items():
            if name[2] in DIGEST_TELLS_ALL and len(fingerprints) > 1:
                failures += 1
                print(f"{name}: one digest, {digest}, several fingerprints: {sorted(fingerprints)}")
    for name, fingerprints in by_fingerprint.items():
        for fingerprint, digests in fingerprints.items():
            if len(digests) > 1 and not digest_tells_more(name):
                failures += 1
                print(f"{name}: one fingerprint, {fingerprint}, several digests: {sorted(digests)}")
    mixed = sum(len(names) > 1 for names in encodings.values())
    print(f"fingerprints: {len(encodings)} values, {mixed} of them in several encodings, "
          f"{failures} disagree with the servers' digests")
    return 1 if failures or mixed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
