"""A redis-server of one's own on a unix socket, and the little of RESP that talking to it needs."""
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time

PR_SET_PDEATHSIG = 1
STARTUP_SECONDS = 120
LIBC = ctypes.CDLL(None)
SETTINGS = {
    "port": "0",
    "unixsocket": "redis.sock",
    "save": '""',
    "databases": "16",
    "enable-debug-command": "yes",
    "sanitize-dump-payload": "yes",
    "repl-diskless-sync": "yes",
    "repl-diskless-sync-delay": "0",
    "logfile": "server.log",
}


class ReplyError(Exception):
    """The server answered a command with an error."""


class ServerDied(Exception):
    """The server ended, or refused to start; `log` is what it said, the text the end of that."""

    def __init__(self, log):
        super().__init__(log[-600:])
        self.log = log


def encode(command):
    parts = [b"*%d\r\n" % len(command)]
    for argument in command:
        if not isinstance(argument, bytes):
            argument = str(argument).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(argument), argument))
    return b"".join(parts)


class Connection:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.input = self.socket.makefile("rb", buffering=1 << 16)

    def close(self):
        self.input.close()
        self.socket.close()

    def send(self, *command):
        self.socket.sendall(encode(command))

    def line(self):
        line = self.input.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server closed the connection")
        return line[:-2]

    def reply(self):
        line = self.line()
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return rest
        if kind == b"-":
            return ReplyError(rest.decode(errors="replace"))
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.input.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self.reply() for _ in range(int(rest))]
        raise ConnectionError(f"not RESP: {line[:40]!r}")

    def call(self, *command):
        self.send(*command)
        reply = self.reply()
        if isinstance(reply, ReplyError):
            raise ReplyError(f"{describe(command)}: {reply}")
        return reply

    def call_all(self, commands, batch=500):
        """The replies to all commands, which are sent in batches."""
        replies = []
        commands = list(commands)
        for start in range(0, len(commands), batch):
            part = commands[start:start + batch]
            self.socket.sendall(b"".join(encode(command) for command in part))
            for command in part:
                reply = self.reply()
                if isinstance(reply, ReplyError):
                    raise ReplyError(f"{describe(command)}: {reply}")
                replies.append(reply)
        return replies


def describe(command):
    return " ".join(str(argument)[:40] for argument in command[:6])


def end_with_parent():
    """In the child: whatever kills the test takes the server along."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class RedisServer:
    """Use it in a with statement: the server is killed at its end whatever happens."""

    def __init__(self, directory, settings=None):
        self.directory = directory
        self.process = None
        self.connection = None
        settings = {**SETTINGS, **(settings or {})}
        with open(os.path.join(directory, "redis.conf"), "w", encoding="utf-8") as file:
            file.writelines(f"{name} {value}\n" for name, value in settings.items())

    @staticmethod
    def is_installed():
        return shutil.which("redis-server") is not None

    @property
    def dump(self):
        return os.path.join(self.directory, "dump.rdb")

    @property
    def socket(self):
        return os.path.join(self.directory, "redis.sock")

    def __enter__(self):
        with open(os.path.join(self.directory, "output.log"), "wb") as output:
            self.process = subprocess.Popen(
                ["redis-server", "redis.conf"], cwd=self.directory, stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, preexec_fn=end_with_parent)
        try:
            self.await_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.connection:
            self.connection.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def await_ready(self):
        deadline = time.monotonic() + STARTUP_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ServerDied(self.log())
            if self.answers():
                return
            time.sleep(0.01)
        raise ServerDied("it does not answer: " + self.log())

    def answers(self):
        """Whether it listens and has loaded its dump."""
        try:
            if self.connection is None:
                self.connection = Connection(self.socket)
            self.connection.send("PING")
            reply = self.connection.reply()
        except OSError:
            self.connection = None
            return False
        return reply == b"PONG"

    def log(self):
        text = ""
        for name in ("output.log", "server.log"):
            try:
                with open(os.path.join(self.directory, name), encoding="utf-8",
                          errors="replace") as file:
                    text += file.read()
            except FileNotFoundError:
                pass
        return text

    def call(self, *command):
        return self.connection.call(*command)

    def call_all(self, commands):
        return self.connection.call_all(commands)

    def configure(self, settings):
        for name, value in settings.items():
            self.call("CONFIG", "SET", name, value.strip('"'))
