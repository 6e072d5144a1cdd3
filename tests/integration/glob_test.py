#!/usr/bin/env python3
"""Globs match the names that KEYS of a living redis-server answers.

usage: glob_test.py GLOB_MATCHES
"""
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from redis_server import RedisServer  # noqa: E402

SKIPPED = 0
NAMES = [b"", b"a", b"b", b"ab", b"abc", b"aab", b"aaaab", b"user:1", b"user:1:tmp", b"*", b"?", b"[", b"]",
         b"[a]", b"\\", b"a\\", b"a*b", b"a-b", b"-", b"^", b"^a", b"a\0b", b"\0", b"\n", b"\xff", b"\xc3\xa9",
         b"a\xffb", b" ", b"A", b"a]", b"\\a", b"abcabcabc"]
PATTERNS = [b"*", b"a*", b"*a", b"*a*b*", b"?", b"??", b"[ab]", b"[^ab]", b"[a-c]b", b"[c-a]b", b"[", b"[^", b"[a",
            b"[]", b"[]a]", b"[^]", b"[a-]", b"[-a]", b"[a-]]", b"[\\]]", b"[\\]", b"[\\", b"[\\^a]", b"[^^]", b"\\",
            b"\\\\", b"\\*", b"\\?", b"\\[a\\]", b"a\\", b"a\\*b", b"*\\", b"*[", b"*[^a]", b"a\0b", b"\xff",
            b"\xc3?", b"a?b", b"user:*:tmp", b"***a***", b"]", b"a]", b"^*", b"[a-b-c]", b"[ ]", b"[^\xff]"]
# "?" and the like are more frequent than letters; no byte beyond ASCII, since the sign of a byte in
# a range depends on the server's machine.
ALPHABET = b"aabbc*?[]^-\\"


def random_bytes(rng, alphabet, most):
    return bytes(rng.choice(alphabet) for _ in range(rng.randrange(most)))


def is_comparable(pattern):
    """KEYS never gives the empty name to several stars, but does to one."""
    return pattern == b"*" or pattern.strip(b"*") != b""


def ours(program, questions):
    lines = "".join(f"x{pattern.hex()} x{name.hex()}\n" for pattern, name in questions)
    run = subprocess.run([program], input=lines, capture_output=True, text=True, check=True)
    answers = run.stdout.split()
    assert len(answers) == len(questions)
    return [answer == "1" for answer in answers]


def main():
    program = os.path.abspath(sys.argv[1])
    if not RedisServer.is_installed():
        print("no redis-server: skipped")
        return SKIPPED
    rng = random.Random(5)
    names = sorted({*NAMES, *(random_bytes(rng, b"abc*?[]^-\\", 7) for _ in range(200))})
    patterns = {*PATTERNS, *(random_bytes(rng, ALPHABET, 8) for _ in range(3000))}
    patterns = sorted(filter(is_comparable, patterns))
    with tempfile.TemporaryDirectory() as directory, RedisServer(directory) as server:
        server.call_all([("SET", name, "") for name in names])
        theirs = [set(reply) for reply in server.call_all([("KEYS", pattern) for pattern in patterns])]
    questions = [(pattern, name) for pattern in patterns for name in names]
    expected = [name in found for found in theirs for name in names]
    wrong = [(question, answer) for question, answer, right
             in zip(questions, ours(program, questions), expected) if answer != right]
    for (pattern, name), answer in wrong[:20]:
        print(f"{pattern!r} {'matches' if answer else 'does not match'} {name!r}; the server says otherwise")
    print(f"globs: {len(patterns)} patterns, {len(names)} names, {sum(expected)} matches, {len(wrong)} wrong")
    return 1 if wrong or not any(expected) else 0


if __name__ == "__main__":
    sys.exit(main())
