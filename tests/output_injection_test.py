#!/usr/bin/env python3
"""Names that somebody chose to hurt whoever reads a report.

usage: output_injection_test.py RDBPROOF [SEED]

Keys, AUX fields, module types and names of files with every byte and every character that moves,
hides or reorders text: no output holds such a character, JSON parses, and gives the names back.
Then 100,000 random keys through `keys --json`.
"""
import base64
import json
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "damaged"))
from rdb_bytes import aux, dump, key, length64, listpack_of, select, string, text_key  # noqa: E402

RANDOM_KEYS = 100_000
HARMFUL = [*range(0x00, 0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0xAD, 0x61C,
           *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xE0001,
           0xE0020, 0xE007F]
PAYLOADS = [b"\x1b]0;title\x07", b"\x1b[2J\x1b[H", b"\r\nverdict: ok", b"a\tb\nc", b'","db":9,"x":"',
            b"\\u0000\\", b"</script>", "\u202egpj.exe".encode(), "\U0001f600".encode(), b"", b"\\x1b"]


def harmful_names():
    for byte in range(256):
        yield b"byte" + bytes([byte]) + b"end"
    for character in HARMFUL:
        yield f"character{chr(character)}end".encode()
    yield from (b"payload:" + payload for payload in PAYLOADS)
    yield bytes(range(256))


def harmful_dump(names):
    records = [aux(b"name" + name, b"value" + name) for name in names[:500]]
    records += [select(0), *(text_key(name) for name in names)]
    for number in range(64):  # module types: every letter of their alphabet, in all places
        records.append(key(7, b"module%d" % number, length64(sum(
            number << 6 * i for i in range(9)) << 10) + b"\x00"))
    records += [key(16, b"damaged" + name, string(listpack_of([b"\xf5\x01"]))) for name in names]
    return dump(10, *records)


def random_names(seed):
    source = random.Random(seed)
    alphabet = [bytes([byte]) for byte in range(256)] + [chr(c).encode() for c in HARMFUL] * 2
    names = {b"".join(source.choices(alphabet, k=source.randrange(24))) for _ in range(RANDOM_KEYS)}
    while len(names) < RANDOM_KEYS:
        names.add(source.randbytes(12))
    return sorted(names)


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command}: exit status {done.returncode}\n{done.stderr[:1000]}")
    return done.stdout, done.stderr


def check_safe(what, output, allowed=""):
    text = output.decode("utf-8")  # strict: no output is anything else
    found = {c for c in HARMFUL if chr(c) in text} - {ord(c) for c in allowed}
    if found:
        raise SystemExit(f"{what}: holds {', '.join(f'U+{c:04X}' for c in sorted(found))}")
    return text


def name_in(row):
    return base64.b64decode(row["key_b64"]) if "key_b64" in row else row["key"].encode()


def check_equal(what, ours, expected):
    if sorted(ours) != sorted(expected):
        lost = sorted(set(expected) - set(ours))[:3]
        raise SystemExit(f"{what}: {len(ours)} names, not {len(expected)}; missing: {lost}")


def check_harmful(rdbproof, directory):
    names = list(harmful_names())
    path = os.path.join(directory, "name\x1b[31m\u202e\n.rdb")
    with open(path, "wb") as file:
        file.write(harmful_dump(names))
    text = check_safe("verify", run(rdbproof, "verify", path)[0])
    if "\\x1b" not in text:
        raise SystemExit("verify: no name is shown, so nothing was tried")
    listing, said = run(rdbproof, "keys", path)
    check_safe("keys", listing, allowed="\t")
    if listing.count(b"\n") != 1 + len(names) + 64:
        raise SystemExit("keys: a name holds a line feed")
    check_safe("keys, standard error", said)
    report = json.loads(check_safe("verify --json", run(rdbproof, "verify", "--json", path)[0]))
    findings = report["sources"][0]["findings"]
    check_equal("verify --json", [name_in(row) for row in findings if row["code"] == "bad-listpack"],
                [b"damaged" + name for name in names])
    shown = report["sources"][0]["aux"]
    for name in names[:500]:
        if is_text(name) and shown.get("name" + name.decode()) != "value" + name.decode():
            raise SystemExit(f"verify --json: AUX field {name} is not there")
    check_listing(rdbproof, path, names + [b"module%d" % number for number in range(64)])
    return len(names)


def is_text(name):
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def check_listing(rdbproof, path, names):
    lines = check_safe("keys --json", run(rdbproof, "keys", "--json", path)[0]).split("\n")
    check_equal("keys --json", [name_in(json.loads(line)) for line in lines[:-1]], names)


def main():
    rdbproof, seed = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "1"
    with tempfile.TemporaryDirectory() as directory:
        harmful = check_harmful(rdbproof, directory)
        names = random_names(seed)
        path = os.path.join(directory, "random.rdb")
        with open(path, "wb") as file:
            file.write(dump(10, select(0), *(text_key(name, b"v") for name in names)))
        check_listing(rdbproof, path, names)
        text, _ = run(rdbproof, "keys", path)
        check_safe("keys", text, allowed="\t")
    print(f"output: {harmful} harmful and {len(names)} random names (seed {seed})")


if __name__ == "__main__":
    main()
