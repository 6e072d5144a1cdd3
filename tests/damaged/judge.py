"""What redis-check-rdb and redis-server say of a file."""
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "integration"))
from redis_server import Connection, ReplyError, end_with_parent  # noqa: E402

ADDRESS_SPACE_BYTES = 8 << 30
CPU_SECONDS = 3  # they need milliseconds; what uses these up hangs
WAIT_SECONDS = 60
SETTINGS = """port 0
unixsocket redis.sock
save ""
databases 16
crash-memcheck-enabled no
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


def confine():
    end_with_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def word_of_end(status, said):
    """Of a program that ended by itself or was killed at its limit."""
    if status in (-9, -24):
        return "hangs"
    return "crashes" if status < 0 or CRASH.search(said) else "refuses"


def ask_check_tool(directory):
    done = subprocess.run(["redis-check-rdb", "dump.rdb"], cwd=directory, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=confine,
                          timeout=WAIT_SECONDS)
    if done.returncode == 0:
        return "accepts"
    return word_of_end(done.returncode, done.stdout.decode(errors="replace")).replace(
        "refuses", "rejects")


def connect(process, directory):
    """Once it has loaded the file; None if it ended before."""
    connection, end = None, time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            connection = connection or Connection(os.path.join(directory, "redis.sock"))
            connection.send("PING")
            if connection.reply() == b"PONG":
                return connection
        except OSError:
            connection = None
        time.sleep(0.002)
    return None


def ask(connection, *command):
    connection.send(*command)
    return connection.reply()


def read_everything(connection):
    for database in range(16):
        ask(connection, "SELECT", database)
        keys = ask(connection, "KEYS", "*")
        for key in keys:
            ask(connection, "OBJECT", "ENCODING", key)
            for command, *rest in READS.get(ask(connection, "TYPE", key), ()):
                ask(connection, *command.split(), key, *rest)


def ask_server(directory, sanitize):
    with open(os.path.join(directory, "redis.conf"), "w", encoding="utf-8") as file:
        file.write(SETTINGS.format(sanitize))
    log = os.path.join(directory, "server.log")
    if os.path.exists(log):
        os.unlink(log)
    process = subprocess.Popen(["redis-server", "redis.conf"], cwd=directory,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, preexec_fn=confine)
    connection = None
    try:
        connection = connect(process, directory)
        if connection:
            connection.socket.settimeout(WAIT_SECONDS)
            read_everything(connection)
            return "loaded"
    except (OSError, ReplyError):
        pass
    finally:
        alive = process.poll() is None
        if alive and not connection:
            process.wait(WAIT_SECONDS)
        process.kill()
        process.wait()
    if connection:
        return "died"
    with open(log, encoding="utf-8", errors="replace") as file:
        return word_of_end(process.returncode, file.read()).replace("crashes", "aborts")


def judge(data):
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "dump.rdb"), "wb") as file:
            file.write(data)
        return {"check": ask_check_tool(directory), "server": ask_server(directory, "no"),
                "sanitizing": ask_server(directory, "yes")}
