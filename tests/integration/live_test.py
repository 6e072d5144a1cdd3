#!/usr/bin/env python3
"""Compares files with living servers, and servers with each other.

usage: live_test.py RDBPROOF GENERATOR CORPUS [WORD]

Starts Debian's redis-server on loopback and unix sockets: alone, with TLS, with access rules, as
primary and replica, as a cluster, under a sentinel. WORD: only scenarios whose name has it.
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from comparison import Problems  # noqa: E402
from redis_server import STARTUP_SECONDS, Connection, RedisServer, ReplyError  # noqa: E402

HANG_SECONDS = 300  # nothing here takes that long; it only ends what would never end
CANARY = "canary-7f3a1c"
READ_COMMANDS = {
    "auth", "select", "ping", "readonly", "client|setname", "client|no-touch", "client|no-evict",
    "info", "time", "dbsize", "cluster|slots", "function|dump", "scan", "type", "pttl",
    "pexpiretime", "dump", "memory|usage", "strlen", "get", "getrange", "llen", "lrange", "scard",
    "sscan", "hlen", "hscan", "zcard", "zscan", "xlen", "xrange", "xinfo|stream", "xinfo|groups",
    "xinfo|consumers", "xpending", "psync", "replconf"}


def free_port():
    """Of those below 20000, so that a cluster's second port (+10000) is one, too."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = 10000 + probe.getsockname()[1] % 10000
        try:
            for wanted in (port, port + 10000):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", wanted))
            return port
        except OSError:
            continue


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


class Run:
    """One scenario: its folder, its servers, what was found wrong."""

    def __init__(self, program, generator, corpus, directory):
        self.program, self.generator, self.corpus = program, generator, corpus
        self.directory = directory
        self.problems = Problems()
        self.outputs = []

    def folder(self, name):
        path = os.path.join(self.directory, name)
        os.makedirs(path, exist_ok=True)
        return path

    def server(self, name, dump=None, **settings):
        folder = self.folder(name)
        if dump:
            shutil.copy(dump, os.path.join(folder, "dump.rdb"))
        port = free_port()
        settings = {"port": str(port), "bind": "127.0.0.1 -::1",
                    **{key.replace("_", "-"): value for key, value in settings.items()}}
        server = RedisServer(folder, settings)
        server.port = port
        server.url = f"redis://127.0.0.1:{port}"
        return server

    def call(self, *arguments, environment=None):
        done = subprocess.run([self.program, *arguments], stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=HANG_SECONDS,
                              env={**os.environ, **(environment or {})})
        out, err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        self.outputs += [out, err]
        if "Sanitizer" in err or done.returncode < 0:
            self.problems.found.append(f"{arguments}: {done.returncode} {err[:2000]}")
        return done.returncode, out, err

    def diff(self, *arguments, status, environment=None):
        returned, out, err = self.call("diff", *arguments, "--json", environment=environment)
        self.problems.require(f"diff {arguments} exits with {status}", returned == status,
                              f"but {returned}: {err[:500]}{out[:1500] if returned != status else ''}")
        report = json.loads(out) if out else {}
        if report:
            counts = report["counts"]
            both = sum(counts[kind] for kind in ("same", "type", "value", "expiry", "unstable"))
            self.problems.expect("the sum of a", both + counts["only_a"] + counts["expired"],
                                 counts["a"])
            self.problems.expect("the sum of b", both + counts["only_b"] + counts["expired_b"],
                                 counts["b"])
        return report

    def refused(self, words, *arguments, environment=None):
        """Exit 2 and one line, with a hint at most, that holds all these words."""
        status, out, err = self.call(*arguments, environment=environment)
        told = out.startswith("COULD NOT BE CHECKED") and out.count("\n") == 1
        self.problems.require(f"{arguments} is refused", status == 2 and (told or not out),
                              f"{status} {out}")
        self.problems.require(f"{arguments} says so in a line", err.count("\n") <= 2, err)
        for word in words:
            self.problems.require(f"{arguments}: {word!r} in the message", word in err, err)

    def small_dump(self):
        return os.path.join(self.corpus, "7.0.15", "small.rdb")

    def generate(self, size):
        path = os.path.join(self.directory, "generated.rdb")
        subprocess.run([self.generator, "--profile", "mixed", "--size", size, "--output", path],
                       check=True, stdout=subprocess.DEVNULL)
        return path


def kinds(report):
    return {(difference["kind"], difference["db"], difference.get("key"))
            for difference in report["differences"]}


def expect_only_reads(run, server):
    stats = server.call("INFO", "commandstats").decode()
    called = {line.split(":")[0][len("cmdstat_"):] for line in stats.splitlines()
              if line.startswith("cmdstat_")}
    ours = called - {"config|resetstat", "config|set", "save"}
    run.problems.require("only read commands reach the server", ours <= READ_COMMANDS,
                         str(ours - READ_COMMANDS))


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


def live_against_live(run):
    with run.server("a", run.small_dump()) as one, run.server("b", run.small_dump()) as other:
        run.diff(one.url, other.url, status=0)
        expected = edit(other)
        run.problems.expect("edits", kinds(run.diff(one.url, other.url, status=1)), expected)


def expiry(run):
    with run.server("a") as server:
        for number in range(50):
            server.call("SET", f"stays:{number}", "x")
            server.call("SET", f"goes:{number}", "x", "PX", "1500")
        server.call("SAVE")
        time.sleep(1.6)
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


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def certificate(folder, name, subject_name, days="2"):
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out",
            f"{name}.csr", "-subj", f"/CN={name}")
    with open(os.path.join(folder, f"{name}.ext"), "w", encoding="utf-8") as file:
        file.write(f"subjectAltName={subject_name}\n")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key",
            "-CAcreateserial", "-out", f"{name}.crt", "-days", days, "-extfile", f"{name}.ext")


def tls(run):
    folder = run.folder("certificates")
    for authority in ("ca", "other"):
        openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                f"{authority}.key", "-out", f"{authority}.crt", "-subj", f"/CN={authority}", "-days",
                "2")
    certificate(folder, "server", "DNS:localhost,IP:127.0.0.1")
    certificate(folder, "client", "DNS:client")
    certificate(folder, "elsewhere", "DNS:elsewhere.example")

    def path(name):
        return os.path.join(folder, name)

    for name in ("server", "elsewhere"):
        tls_port = free_port()
        with run.server(name, run.small_dump(), tls_port=str(tls_port),
                        tls_cert_file=path(f"{name}.crt"), tls_key_file=path(f"{name}.key"),
                        tls_ca_cert_file=path("ca.crt"), tls_auth_clients="yes") as server:
            ours = ["--cert", path("client.crt"), "--key", path("client.key")]
            url = f"rediss://localhost:{tls_port}"
            if name == "elsewhere":
                run.refused(["certificate is not accepted", "mismatch"], "verify", url, "--cacert",
                            path("ca.crt"), *ours)
                status, _, err = run.call("verify", url, "--insecure-tls", *ours)
                run.problems.require("insecure", status == 0 and "nobody checks" in err, err)
                continue
            run.diff(run.small_dump(), url, "--cacert", path("ca.crt"), *ours, status=0)
            run.diff(run.small_dump(), f"rediss://127.0.0.1:{tls_port}", "--cacert",
                     path("ca.crt"), *ours, status=0)
            run.refused(["certificate is not accepted"], "verify", url, "--cacert",
                        path("other.crt"), *ours)
            run.refused(["TLS"], "verify", f"rediss://localhost:{server.port}", "--cacert",
                        path("ca.crt"), *ours)
            run.refused(["localhost"], "verify", url, "--cacert", path("ca.crt"))


def replication(run):
    with run.server("primary", run.small_dump()) as primary, run.server(
            "replica", replicaof=f"127.0.0.1 {primary.port}") as replica:
        wait_for(lambda: b"master_link_status:up" in replica.call("INFO", "replication"))
        run.refused(["is a primary with replicas", f":{replica.port}", "--allow-primary"], "diff",
                    run.small_dump(), primary.url)
        run.diff(run.small_dump(), primary.url, "--allow-primary", status=0)
        report = run.diff(run.small_dump(), replica.url, status=0)
        run.problems.expect("the node", report["b"][0]["server"]["nodes"],
                            [f"127.0.0.1:{replica.port} (replica)"])
        run.refused(["--allow-fork"], "verify", replica.url, "--read-method", "sync")
        synced = run.diff(run.small_dump(), replica.url, "--read-method", "sync", "--allow-fork",
                          status=0)
        run.problems.expect("method", synced["b"][0]["server"]["method"], "sync")
        sentinel(run, primary, replica)


def sentinel(run, primary, replica):
    folder, port = run.folder("sentinel"), free_port()
    with open(os.path.join(folder, "sentinel.conf"), "w", encoding="utf-8") as file:
        file.write(f"port {port}\nbind 127.0.0.1\ndir {folder}\nlogfile sentinel.log\n"
                   f"sentinel monitor main 127.0.0.1 {primary.port} 1\n")
    process = subprocess.Popen(["redis-server", "sentinel.conf", "--sentinel"], cwd=folder,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        def knows_replica():
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(b"SENTINEL REPLICAS main\r\n")
                reply = connection.recv(65536)
                return str(replica.port).encode() in reply and b"\r\n$2\r\nok\r\n" in reply

        wait_for(knows_replica)
        report = run.diff(run.small_dump(), f"redis+sentinel://127.0.0.1:{port}/main", status=0)
        run.problems.expect("the node", report["b"][0]["server"]["nodes"],
                            [f"127.0.0.1:{replica.port} (replica)"])
        run.refused(["knows no master"], "verify", f"redis+sentinel://127.0.0.1:{port}/other")
    finally:
        process.kill()
        process.wait()


def wait_for(condition):
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except (OSError, ReplyError):
            pass
        time.sleep(0.05)
    raise TimeoutError("it did not come about")


def cluster(run):
    nodes = [run.server(f"node{number}", cluster_enabled="yes", cluster_node_timeout="2000",
                        databases="1") for number in range(6)]
    started = []
    try:
        for node in nodes:
            started.append(node.__enter__())
        primaries, replicas = nodes[:3], nodes[3:]
        slots = (range(0, 5461), range(5461, 10923), range(10923, 16384))
        for node, of_node in zip(primaries, slots):
            node.call("CLUSTER", "ADDSLOTSRANGE", of_node[0], of_node[-1])
        for node in nodes[1:]:
            node.call("CLUSTER", "MEET", "127.0.0.1", nodes[0].port)
        wait_for(lambda: all(node.call("CLUSTER", "NODES").count(b"\n") == 6 for node in nodes))
        for node, primary in zip(replicas, primaries):
            node.call("CLUSTER", "REPLICATE", primary.call("CLUSTER", "MYID").decode())
        wait_for(lambda: all(b"cluster_state:ok" in node.call("CLUSTER", "INFO") for node in nodes))
        wait_for(lambda: all(len(slots) == 4 for node in nodes
                             for slots in node.call("CLUSTER", "SLOTS")))
        fill_cluster(run, primaries)
        wait_for(lambda: all(b"master_link_status:up" in node.call("INFO", "replication")
                             for node in replicas))
        compare_cluster(run, primaries, replicas)
    finally:
        for node in started:
            node.__exit__()


def fill_cluster(run, primaries):
    """What the small dump has in database 0, by way of a server of its own."""
    with run.server("loader", run.small_dump()) as loader:
        for number in (1, 9, 15):
            loader.call("SELECT", number)
            loader.call("FLUSHDB")
        loader.call("SELECT", 0)
        loader.call("FUNCTION", "FLUSH")
        loader.call("SAVE")
        shutil.copy(loader.dump, os.path.join(run.directory, "database0.rdb"))
        for key in loader.call("KEYS", "*"):
            payload, expire = loader.call("DUMP", key), loader.call("PEXPIRETIME", key)
            slot = primaries[0].call("CLUSTER", "KEYSLOT", key)
            node = primaries[min(slot // 5461, 2) if slot != 10922 else 1]
            node.call("RESTORE", key, max(expire, 0), payload, "ABSTTL")


def compare_cluster(run, primaries, replicas):
    dump = os.path.join(run.directory, "database0.rdb")
    url = primaries[1].url + "?cluster"
    run.refused(["--from-replicas"], "diff", dump, url)
    report = run.diff(dump, url, "--allow-primary", status=0)
    run.problems.expect("shards", report["b"][0]["server"]["topology"], "cluster of 3 shards")
    report = run.diff(dump, url, "--from-replicas", status=0)
    run.problems.expect("nodes", sorted(report["b"][0]["server"]["nodes"]),
                        sorted(f"127.0.0.1:{node.port} (replica)" for node in replicas))
    for node in primaries:
        for key in (b"{a}x", b"{b}x", b"{c}x"):
            try:
                node.call("SET", key, "1")
            except ReplyError:
                continue
    expected = {("only_b", 0, name) for name in ("{a}x", "{b}x", "{c}x")}
    run.problems.expect("edits", kinds(run.diff(dump, url, "--allow-primary", status=1)), expected)


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


def start_slowly(run, dump, server):
    """A comparison that is under way."""
    before = server.call("INFO", "commandstats").count(b"cmdstat_dump")
    server.call("CONFIG", "RESETSTAT")
    process = subprocess.Popen([run.program, "diff", dump, server.url, "--json", "--rate", "20000",
                                "--timeout", "20s"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(lambda: before >= 0 and b"cmdstat_dump" in server.call("INFO", "commandstats"))
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
        server.call("SAVE")
        for arguments in (["--max-value", "100kB"], ["--read-method", "typed"]):
            report = run.diff(server.dump, server.url, *arguments, status=0)
            run.problems.require("values were read in pages",
                                 report["b"][0]["server"]["large_values"] >= 6)


SCENARIOS = (standalone, live_against_live, expiry, moving, access, proc_has_no_secret, tls,
             replication, cluster, bad_days, large_values)


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
