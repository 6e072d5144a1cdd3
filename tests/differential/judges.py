"""What redis-check-rdb, redis-server and rdbproof say of a file, each under limits of its own.

No verdict comes from an exit status of the server or from a clock: the log and the socket tell.
"""
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                                "integration"))
from redis_server import LIBC, PR_SET_PDEATHSIG, Connection, encode  # noqa: E402

ADDRESS_SPACE_BYTES = 8 << 30
JUDGE_CPU_SECONDS = 4  # they need milliseconds; one that uses these up is called hung
ENDLESS_SECONDS = 300  # ends what neither works nor ends
SETTINGS = """port 0
unixsocket redis.sock
save ""
databases 16
enable-debug-command yes
crash-memcheck-enabled no
client-output-buffer-limit normal 1gb 0 0
logfile server.log
sanitize-dump-payload {}
"""
READS = {
    b"string": [("GET",), ("PFCOUNT",)],
    b"list": [("LRANGE", 0, -1)],
    b"set": [("SMEMBERS",)],
    b"hash": [("HGETALL",)],
    b"zset": [("ZRANGE", 0, -1, "WITHSCORES")],
    b"stream": [("XRANGE", "-", "+"), ("XINFO STREAM", "FULL", "COUNT", 0)],
}
CRASH = re.compile(r"ASSERTION FAILED|BUG REPORT|Guru Meditation|crashed by signal|"
                   r"Out Of Memory allocating")
# A log line of a refusal, and what it depends on other than the bytes.
CONFIGURED = (
    ("modules", re.compile(r"module (type|value|data)|AUX module|module that is not loaded", re.I)),
    ("functions", re.compile(r"Failed creating.*librar|compiling function|library .*already exists|"
                             r"Function.*already exists|No functions registered|Library names|"
                             r"Missing library|Engine .* not found|Invalid library|Unknown metadata|"
                             r"Failed to create.*librar|Failed loading library|registering functions", re.I)),
)


class Outcome:
    """`word` is what became of it, `log` what was said."""

    def __init__(self, word, log="", reason=None, keys=None, digest=None):
        self.word, self.log, self.reason, self.keys, self.digest = word, log, reason, keys, digest

    def __str__(self):
        return self.word

    def last_words(self):
        lines = [line for line in self.log.splitlines()
                 if (" # " in line or "offset" in line) and "overcommit" not in line]
        return " | ".join(line.split(" # ")[-1][:160] for line in lines[-3:])


def scratch():
    """A temporary folder in memory, where there is such a thing."""
    memory = "/dev/shm"
    return tempfile.TemporaryDirectory(prefix="rdbproof-",
                                       dir=memory if os.access(memory, os.W_OK) else None)


def reason_of(log):
    """What a refusal rests on other than the bytes; None if on nothing else."""
    return next((name for name, pattern in CONFIGURED if pattern.search(log)), None)


def confine(address_space=ADDRESS_SPACE_BYTES, cpu_seconds=JUDGE_CPU_SECONDS):
    """For the child: it ends with its parent, and cannot eat the machine."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))


def is_out_of_time(status):
    return status in (-signal.SIGXCPU, -signal.SIGKILL)


def check(path):
    """redis-check-rdb: accepts, rejects, crashed or hung."""
    try:
        done = subprocess.run(["redis-check-rdb", path], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              preexec_fn=confine, timeout=ENDLESS_SECONDS)
    except subprocess.TimeoutExpired:
        return Outcome("hung")
    said = done.stdout[-20000:].decode(errors="replace")
    if is_out_of_time(done.returncode):
        return Outcome("hung", said)
    if CRASH.search(said) or done.returncode < 0:
        return Outcome("crashed", said)
    return Outcome("rejects" if done.returncode else "accepts", said)


class Server:
    """Starts a server on one file after the other, in a folder of its own."""

    def __init__(self, directory, sanitize):
        self.directory = directory
        os.makedirs(directory)
        with open(self.path("redis.conf"), "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(sanitize))

    def path(self, name):
        return os.path.join(self.directory, name)

    def judge(self, data):
        """loaded, refused, aborted, died (when its keys were read) or hung."""
        for name in ("redis.sock", "server.log"):
            if os.path.exists(self.path(name)):
                os.unlink(self.path(name))
        with open(self.path("dump.rdb"), "wb") as file:
            file.write(data)
        with open(self.path("output.log"), "wb") as output:
            process = subprocess.Popen(
                ["redis-server", "redis.conf"], cwd=self.directory, stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, preexec_fn=confine)
        keys = digest = None
        loaded = read = False
        try:
            connection = self.connect(process)
            loaded = connection is not None
            if loaded:
                keys, digest = read_everything(connection)
                read = True
        except OSError:
            pass
        finally:
            status = self.end(process, alive=read)
        return self.outcome(status, loaded, read, keys, digest)

    def connect(self, process):
        """Once it has loaded the file; None if it ended before."""
        connection, end = None, time.monotonic() + ENDLESS_SECONDS
        while time.monotonic() < end:
            try:
                if connection is None:
                    connection = Connection(self.path("redis.sock"))
                    connection.socket.settimeout(ENDLESS_SECONDS)
                connection.send("PING")
                if connection.reply() == b"PONG":
                    return connection
            except OSError:
                connection = None
                if process.poll() is not None:
                    return None
            time.sleep(0.001)
        return None

    @staticmethod
    def end(process, alive):
        """Its exit status; None if it was well until here."""
        if alive:
            process.kill()
            process.wait()
            return None
        try:
            return process.wait(ENDLESS_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return -signal.SIGKILL

    def outcome(self, status, loaded, read, keys, digest):
        log = ""
        for name in ("output.log", "server.log"):
            if os.path.exists(self.path(name)):
                with open(self.path(name), encoding="utf-8", errors="replace") as file:
                    log += file.read(200_000)
        reason = reason_of(log)
        if read:
            return Outcome("loaded", log, None, keys, digest)
        if loaded:
            return Outcome("died", log, reason)
        if is_out_of_time(status):
            return Outcome("hung", log, reason)
        return Outcome("aborted" if CRASH.search(log) or status < 0 else "refused", log, reason)


def ask(connection, commands, batch=200):
    """The replies, errors among them; what was read last may kill the server."""
    replies, commands = [], list(commands)
    for start in range(0, len(commands), batch):
        part = commands[start:start + batch]
        connection.socket.sendall(b"".join(encode(command) for command in part))
        replies += [connection.reply() for _ in part]
    return replies


def read_everything(connection):
    """Every element of every key. Returns the number of keys and DEBUG DIGEST."""
    total = 0
    digest = connection.call("DEBUG", "DIGEST").decode()  # first: PFCOUNT changes a sketch
    keyspace = connection.call("INFO", "keyspace")
    for database in re.findall(rb"^db(\d+):", keyspace, re.MULTILINE):
        connection.call("SELECT", database)
        total += connection.call("DBSIZE")
        keys = connection.call("KEYS", "*")
        types = ask(connection, (("TYPE", key) for key in keys))
        ask(connection, (("OBJECT", "ENCODING", key) for key in keys))
        reads = [(*command.split(), key, *rest) for key, kind in zip(keys, types)
                 for command, *rest in READS.get(kind, ())]
        # One by one, as replies of a broken value may never end.
        ask(connection, reads, batch=20)
    return total, digest


class Proof:
    """What rdbproof says of one source."""

    def __init__(self, source):
        self.verdict = source["verdict"]
        self.codes = {finding["code"] for finding in source.get("findings", ())
                      if finding["severity"] != "note"}
        space = source.get("keyspace", {})
        self.keys, self.expired = space.get("keys"), space.get("expired")
        self.digests = {source.get("redis_digest"), source.get("redis_digest_legacy")}

    @property
    def accepts(self):
        return self.verdict in ("ok", "reservations")

    def __str__(self):
        return f"{self.verdict} ({', '.join(sorted(self.codes)) or 'no findings'})"


class Crashed:
    """In place of a Proof, where there is none."""

    verdict, codes, accepts = "CRASHED", frozenset(), False

    def __init__(self, said):
        self.said = said

    def __str__(self):
        return f"CRASHED: {self.said}"


def crash_of(done):
    """What went wrong other than by verdict, or an empty text."""
    said = done.stderr[-1500:].decode(errors="replace")
    if done.returncode not in (0, 1, 2):
        return f"status {done.returncode} {said}"
    return said if "Sanitizer" in said or "runtime error:" in said else ""


def prove(rdbproof, paths, *options):
    """One Proof a path. A run that crashes is repeated file by file, to tell which one it was."""
    done = subprocess.run(
        [rdbproof, "verify", "--json", "--redis-digest", "--threads", "1", *options, "--", *paths],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        timeout=None if len(paths) > 1 else ENDLESS_SECONDS)
    crash = crash_of(done)
    if crash or not done.stdout:
        if len(paths) == 1:
            return [Crashed(crash or "no output")]
        return [proof for path in paths for proof in prove(rdbproof, [path], *options)]
    sources = json.loads(done.stdout)["sources"]
    return [Proof(source) for source in sources]
