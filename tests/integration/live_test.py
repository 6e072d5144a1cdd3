#!/usr/bin/env python3
"""Compares files with living servers, and servers with each other.

usage: live_test.py RDBPROOF GENERATOR CORPUS [WORD]

Starts Debian's redis-server on loopback and unix sockets: alone, with TLS, with access rules, as
primary and replica, as a cluster, under a sentinel. WORD: only scenarios whose name has it.
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from live_run import (HANG_SECONDS, Run, expect_only_reads, has_ipv6, kinds,  # noqa: E402
                      wait_for, wait_until_reading)
from live_tls import tls  # noqa: E402
from live_topologies import cluster, replication  # noqa: E402
from redis_server import Connection, RedisServer, ReplyError  # noqa: E402

CANARY = "canary-7f3a1c"
EDITS = (
    (("SET", "str:new", "1"), ("only_b", 0, "str:new")),
    (("DEL", "zset:n3"), ("only_a", 0, "zset:n3")),
    (("HSET", "hash:longfield", "added", "1"), ("value", 0, "hash:longfield")),
    (("PEXPIREAT", "zset:big", "4102444800000"), ("expiry", 0, "zset:big")),
    (("SREM", "set:str", "nothing"), None),
)


def edit(server):
    expected = set()
    for command, difference in EDITS:
        server.call(*command)
        if difference:
            expected.add(difference)
    server.call("DEL", "set:n8")
    server.call("RPUSH", "set:n8", "x")
    return expected | {("type", 0, "set:n8")}


def standalone(run):
    with run.server("a", run.small_dump()) as server:
        server.call("CONFIG", "RESETSTAT")
        sources = [server.url, f"unix://{server.socket}"]
        if has_ipv6():
            sources.append(f"redis://[::1]:{server.port}")
        for source in sources:
            run.diff(run.small_dump(), source, status=0)
            run.diff(source, run.small_dump(), status=0)
        status, out, _ = run.call("verify", server.url, "--json", "--redis-digest")
        report = json.loads(out)
        run.problems.expect("verify", status, 0)
        run.problems.expect("keys", report["total"]["keyspace"]["keys"],
                            sum(report["sources"][0]["server"]["dbsize"].values()))
        run.problems.expect("function libraries", report["sources"][0]["functions"], 2)
        status, out, _ = run.call("keys", server.url, "--json")
        run.problems.expect("lines of keys", len(out.splitlines()),
                            report["total"]["keyspace"]["keys"])
        expect_only_reads(run, server)
        run.problems.expect("digest", report["total"]["redis_digest_legacy"],
                            server.call("DEBUG", "DIGEST").decode())
        expected = edit(server)
        run.problems.expect("edits", kinds(run.diff(run.small_dump(), server.url, status=1)),
                            expected)
        deep = run.diff(run.small_dump(), server.url, "--deep", "--match", "hash:longfield",
                        status=1)
        run.problems.expect("the field", deep["differences"][0]["inside"]["changes"][0]["name"],
                            "added")


def proof_of_a_server(run):
    """A pipe and a server can be read once only."""
    with run.server("a", run.small_dump()) as server:
        proof = os.path.join(run.directory, "small.proof")
        run.problems.expect("saving", run.call("verify", "--quiet", "--save", proof,
                                               run.small_dump())[0], 0)
        run.problems.expect("the same", run.call("diff", proof, server.url)[0], 0)
        server.call("SET", "str:new", "1")
        for sides in ((proof, server.url), (server.url, proof)):
            status, out, err = run.call("diff", *sides, "--json")
            run.problems.require("it differs", status == 1, f"{status} {err}")
            suspects = {key.get("key") for key in json.loads(out)["differences"]}
            run.problems.require("the new key is named", "str:new" in suspects, str(suspects))


def live_against_live(run):
    with run.server("a", run.small_dump()) as one, run.server("b", run.small_dump()) as other:
        run.diff(one.url, other.url, status=0)
        expected = edit(other)
        run.problems.expect("edits", kinds(run.diff(one.url, other.url, status=1)), expected)


def expiry(run):
    with run.server("a") as server:
        server.call_all([("SET", f"stays:{number}", "x") for number in range(50)])
        server.call_all([("SET", f"goes:{number}", "x", "PX", "4000") for number in range(50)])
        server.call("SAVE")
        time.sleep(4.1)
        report = run.diff(server.dump, server.url, status=0)
        run.problems.expect("expired", report["counts"]["expired"], 50)
        run.problems.expect("same", report["counts"]["same"], 50)


def moving(run):
    with run.server("a") as server:
        server.call_all([("SET", f"key:{number}", number) for number in range(20000)])
        server.call("SAVE")
        stop = threading.Event()

        def write():
            connection, number = Connection(server.socket), 0
            while not stop.is_set():
                number += 1
                for name in ("key:7", "key:8", "new"):
                    connection.call("SET", name, f"changed {number}")
            connection.close()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            report = run.diff(server.dump, server.url, status=2)
        finally:
            stop.set()
            writer.join()
        run.problems.expect("unstable", kinds(report), {("unstable", 0, "key:7"),
                                                        ("unstable", 0, "key:8"),
                                                        ("unstable", 0, "new")})
        run.problems.expect("same", report["counts"]["same"], 19998)


def access(run):
    users = ("user default off", f"user reader on >{CANARY} ~* &* -@all +@read +info +ping +select "
             "+client +auth +time +function|dump", f"user blind on >{CANARY} ~* -@all +@read +info +ping "
             "+select -dump -scan +client +auth +time")
    folder = run.folder("a")
    acl = os.path.join(folder, "users.acl")
    with open(acl, "w", encoding="utf-8") as file:
        file.write(f"user admin on nopass ~* &* +@all\n" + "\n".join(users[1:]) + "\n")
        file.write("user default on nopass ~* &* +@all\n")
    with run.server("a", run.small_dump(), aclfile="users.acl") as server:
        address = f"127.0.0.1:{server.port}"
        secret = {"REDISCLI_AUTH": CANARY}
        run.diff(run.small_dump(), f"redis://reader@{address}", status=0, environment=secret)
        pass_file = os.path.join(folder, "password")
        with open(pass_file, "w", encoding="utf-8") as file:
            file.write(CANARY + "\n")
        os.chmod(pass_file, 0o600)
        run.diff(run.small_dump(), f"redis://reader@{address}", "--pass-file", pass_file, status=0)
        os.chmod(pass_file, 0o640)
        run.refused(["others may read", "chmod 600"], "verify", f"redis://reader@{address}",
                    "--pass-file", pass_file)
        run.refused(["wrong user or password"], "verify", f"redis://reader@{address}",
                    environment={"REDISCLI_AUTH": CANARY + "x"})
        run.refused(["no permission for scan", "ACL SETUSER blind +scan"], "verify",
                    f"redis://blind@{address}", environment=secret)
        run.refused(["must not hold a password"], "verify", f"redis://reader:{CANARY}@{address}")
        run.problems.require("the password is in no output",
                             not any(CANARY in output for output in run.outputs))


def proc_has_no_secret(run):
    with run.server("a") as server:
        server.call("CONFIG", "SET", "requirepass", CANARY)
        server.call_all([("SET", f"key:{number}", number) for number in range(5000)])
        process = subprocess.Popen(
            [run.program, "verify", server.url, "--rate", "2000"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "REDISCLI_AUTH": CANARY})
        seen = b""
        while process.poll() is None:
            for name in ("cmdline", "comm", "status"):
                try:
                    with open(f"/proc/{process.pid}/{name}", "rb") as file:
                        seen += file.read()
                except OSError:
                    pass
            time.sleep(0.05)
        out, err = process.communicate()
        run.problems.expect("verify", process.returncode, 0)
        run.problems.require("no secret in /proc or outputs",
                             CANARY.encode() not in seen + out + err)


def bad_days(run):
    dump = run.generate("20MB")
    with run.server("a", dump) as server:
        run.diff(dump, server.url, status=0)
        process = start_slowly(run, dump, server)
        server.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        out, err = process.communicate(timeout=HANG_SECONDS)
        run.problems.require("it goes on where it was", process.returncode == 0, err.decode())
        report = json.loads(out)
        run.problems.require("it connected again",
                             report["b"][0]["server"]["reconnections"] > 0)
        process = start_slowly(run, dump, server)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=HANG_SECONDS)
        run.problems.require("interrupted", process.returncode == 2 and b"interrupted" in err,
                             f"{process.returncode} {err}")
        process = start_slowly(run, dump, server)
        server.process.kill()
        out, err = process.communicate(timeout=HANG_SECONDS)
        run.problems.require("the server was killed", process.returncode == 2 and not out and
                             err.count(b"\n") <= 2 and b"cannot connect" in err,
                             f"{process.returncode} {err}")
    run.refused(["cannot connect", "connection refused"], "verify", server.url)
    run.refused(["host is not known"], "verify", "redis://nowhere.invalid")


def busy(run):
    """A script that does not end."""
    with run.server("a", run.small_dump(), busy_reply_threshold="50") as server:
        scripts = Connection(server.socket)
        scripts.send("EVAL", "while true do end", 0)
        wait_for(lambda: is_busy(server))
        run.refused(["busy with a script"], "verify", server.url)
        server.call("SCRIPT", "KILL")
        scripts.close()


def is_busy(server):
    try:
        server.call("GET", "key")
        return False
    except ReplyError as error:
        return "BUSY" in str(error)


def paced(run):
    """However values are read."""
    with run.server("a") as server:
        server.call_all([("SET", f"key:{number}", number) for number in range(600)])
        for method in ("scan", "typed"):
            begin = time.monotonic()
            status, _, err = run.call("verify", server.url, "--rate", "500", "--read-method", method)
            run.problems.require(f"{method} keeps to the rate",
                                 status == 0 and time.monotonic() - begin >= 0.9, err)


def start_slowly(run, dump, server):
    """A comparison that is under way."""
    server.call("CONFIG", "RESETSTAT")
    process = subprocess.Popen([run.program, "diff", dump, server.url, "--json", "--rate", "20000",
                                "--timeout", "20s"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_until_reading(server)
    return process


def large_values(run):
    with run.server("a") as server:
        server.call("SET", "string", "x" * 3_000_000)
        server.call_all([("RPUSH", "list", *range(start, start + 100))
                         for start in range(0, 50_000, 100)])
        server.call_all([("HSET", "hash", f"field {number}", f"value {number}")
                         for number in range(30_000)])
        server.call_all([("SADD", "set", f"member {number}") for number in range(30_000)])
        server.call_all([("ZADD", "zset", number / 7, f"member {number}")
                         for number in range(30_000)])
        server.call_all([("XADD", "stream", f"{number}-1", "a", number, "b", "c")
                         for number in range(1, 5000)])
        server.call("XGROUP", "CREATE", "stream", "group", "0")
        server.call("XREADGROUP", "GROUP", "group", "consumer", "COUNT", "700", "STREAMS",
                    "stream", ">")
        # More than is asked for at a time.
        server.call_all([("SET", f"large {number}", "x" * 4_000_000) for number in range(20)])
        server.call("SAVE")
        run.diff(server.dump, server.url, status=0)
        server.call_all([("APPEND", f"large {number}", "y") for number in range(20)])
        report = run.diff(server.dump, server.url, status=1)
        run.problems.expect("large values", report["counts"]["value"], 20)
        server.call("SAVE")
        for arguments in (["--max-value", "100kB"], ["--read-method", "typed"]):
            report = run.diff(server.dump, server.url, *arguments, status=0)
            run.problems.require("values were read in pages",
                                 report["b"][0]["server"]["large_values"] >= 6)


SCENARIOS = (standalone, proof_of_a_server, live_against_live, expiry, moving, access, proc_has_no_secret, tls,
             replication, cluster, bad_days, large_values, busy, paced)


def main():
    program, generator, corpus = (os.path.abspath(path) for path in sys.argv[1:4])
    word = sys.argv[4] if len(sys.argv) > 4 else ""
    if not RedisServer.is_installed():
        print("redis-server is not installed")
        return 1
    failed = passed = 0
    for scenario in SCENARIOS:
        if word not in scenario.__name__:
            continue
        begin = time.monotonic()
        with tempfile.TemporaryDirectory() as directory:
            run = Run(program, generator, corpus, directory)
            try:
                scenario(run)
            except Exception:  # pylint: disable=broad-except
                run.problems.found.append(traceback.format_exc())
        failed += bool(run.problems.found)
        passed += not run.problems.found
        print(f"{'FAIL' if run.problems.found else 'ok'} {scenario.__name__}: "
              f"{run.problems.comparisons} comparisons, {time.monotonic() - begin:.1f} s")
        for problem in run.problems.found:
            print("  " + problem.replace("\n", "\n  "))
    print(f"live: {passed} scenarios passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
