"""One scenario with living servers: its folder, its servers, what rdbproof says of them."""
import json
import os
import shutil
import socket
import subprocess
import time

from comparison import Problems
from redis_server import STARTUP_SECONDS, RedisServer, ReplyError

HANG_SECONDS = 300  # nothing here takes that long; it only ends what would never end
READ_COMMANDS = {
    "auth", "select", "ping", "readonly", "client|setname", "client|no-touch", "client|no-evict",
    "info", "time", "cluster|slots", "cluster|nodes", "function|dump", "scan", "type", "pttl",
    "pexpiretime", "dump", "memory|usage", "strlen", "get", "getrange", "llen", "lrange", "scard",
    "sscan", "hlen", "hscan", "zcard", "zscan", "xlen", "xrange", "xinfo|stream", "xinfo|groups",
    "xinfo|consumers", "xpending", "psync", "replconf"}
given_ports = set()


def free_port():
    """Of those below 20000, so that a cluster's second port (+10000) is one, too; each once."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = 10000 + probe.getsockname()[1] % 10000
        if port in given_ports:
            continue
        try:
            for wanted in (port, port + 10000):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", wanted))
            given_ports.add(port)
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


def calls_of(server, command):
    """How often the server was sent that command since CONFIG RESETSTAT."""
    for line in server.call("INFO", "commandstats").decode().splitlines():
        if line.startswith(f"cmdstat_{command}:"):
            return int(line.split("calls=")[1].split(",")[0])
    return 0


def wait_until_reading(server):
    """A few keys are asked for before the reading begins."""
    wait_for(lambda: calls_of(server, "dump") > 20)


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
