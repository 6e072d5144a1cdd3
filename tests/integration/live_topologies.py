"""Scenarios of several servers: replication, sentinel, cluster."""
import json
import os
import shutil
import socket
import subprocess

from live_run import HANG_SECONDS, free_port, kinds, wait_for, wait_until_reading
from redis_server import ReplyError


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
        run.refused(["all databases"], "verify", replica.url + "/3", "--read-method", "sync",
                    "--allow-fork")
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


def cluster(run):
    # No node may be taken for dead because the machine is busy.
    nodes = [run.server(f"node{number}", cluster_enabled="yes", cluster_node_timeout="20000",
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
        move_slot(run, primaries)
        interrupt_moving(run, primaries)
        fail_over(run, primaries, replicas)
        lose_slots(run, primaries)
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


def verify_slowly(run, url, server, meanwhile):
    """The report of `verify` while something happens to the cluster."""
    server.call("CONFIG", "RESETSTAT")
    process = subprocess.Popen([run.program, "verify", url, "--allow-primary", "--json", "--rate",
                                "500"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    wait_until_reading(server)
    meanwhile()
    out, err = process.communicate(timeout=HANG_SECONDS)
    run.problems.require("verify while the cluster changes", process.returncode == 0,
                         f"{process.returncode} {err.decode()} {out[:1000]}")
    return json.loads(out) if out else None


def contents(report):
    return report["total"]["keyspace"]["keys"], report["total"]["fingerprint"]


def verify(run, url):
    status, out, err = run.call("verify", url, "--allow-primary", "--json")
    run.problems.require("verify", status == 0, err)
    return json.loads(out)


def owner(primaries, key):
    """Who has the slot of the key, and the slot."""
    slot = primaries[0].call("CLUSTER", "KEYSLOT", key)
    for first, last, node, *_ in primaries[0].call("CLUSTER", "SLOTS"):
        if first <= slot <= last:
            return next(primary for primary in primaries if primary.port == node[1]), slot
    raise LookupError(key)


class Move:
    """A slot on its way from one shard to another."""

    def __init__(self, primaries, key):
        self.primaries = primaries
        self.source, self.slot = owner(primaries, key)
        self.target = next(node for node in primaries if node is not self.source)
        self.target_id = self.target.call("CLUSTER", "MYID")

    def begin(self):
        source_id = self.source.call("CLUSTER", "MYID")
        self.target.call("CLUSTER", "SETSLOT", self.slot, "IMPORTING", source_id)
        self.source.call("CLUSTER", "SETSLOT", self.slot, "MIGRATING", self.target_id)

    def move_some(self, count):
        keys = self.source.call("CLUSTER", "GETKEYSINSLOT", self.slot, count)
        if keys:
            self.source.call("MIGRATE", "127.0.0.1", self.target.port, "", 0, 10000, "KEYS", *keys)
        return bool(keys)

    def end(self):
        while self.move_some(500):
            pass
        for node in (self.target, self.source, *self.primaries):
            node.call("CLUSTER", "SETSLOT", self.slot, "NODE", self.target_id)

    def run(self):
        self.begin()
        self.end()


def move_slot(run, primaries):
    """A slot with many keys goes to another shard while the cluster is read."""
    move = Move(primaries, "{moving}")
    url = move.source.url + "?cluster"
    move.source.call_all([("SET", f"{{moving}}{number}", number) for number in range(3000)])
    before = verify(run, url)
    report = verify_slowly(run, url, move.source, move.run)
    if not report:
        return
    run.problems.expect("contents when a slot moved", contents(report), contents(before))
    notes = report["sources"][0]["server"]["notes"]
    run.problems.require("it is said that a slot moved",
                         any("1 slot moved" in note for note in notes), str(notes))


def interrupt_moving(run, primaries):
    """A slot whose keys are in two places, as a resharding leaves it that was interrupted."""
    move = Move(primaries, "{moving}")
    move.begin()
    move.move_some(10)
    for node in (move.source, move.target):
        run.refused([f"slot {move.slot} of the cluster is on its way"], "verify",
                    node.url + "?cluster", "--allow-primary")
    # One node alone: the keys that it must not give are not passed over in silence.
    status, out, _ = run.call("verify", move.target.url, "--allow-primary", "--json")
    report = json.loads(out)
    run.problems.expect("a node with keys of another", status, 2)
    run.problems.expect("unreadable keys", report["sources"][0]["server"]["unreadable"], 10)
    move.end()


def fail_over(run, primaries, replicas):
    """A replica becomes the primary of its shard while the cluster is read."""
    before = verify(run, primaries[0].url + "?cluster")
    report = verify_slowly(run, primaries[0].url + "?cluster", primaries[2], lambda: (
        replicas[2].call("CLUSTER", "FAILOVER"),
        wait_for(lambda: b"role:master" in replicas[2].call("INFO", "replication")),
        wait_for(lambda: f":{replicas[2].port}@".encode() in b"".join(
            line for line in primaries[0].call("CLUSTER", "NODES").splitlines()
            if b"master" in line))))
    if report:
        run.problems.expect("contents after a failover", contents(report), contents(before))
        notes = report["sources"][0]["server"]["notes"]
        run.problems.require("the slots of the shard were read again",
                             any("slots moved" in note for note in notes), str(notes))


def lose_slots(run, primaries):
    """What nobody serves is not passed over in silence."""
    primaries[0].call("CLUSTER", "DELSLOTS", 0)
    run.refused(["nobody serves 1 of the 16384 slots"], "verify", primaries[0].url + "?cluster",
                "--allow-primary")
