"""Damage of streams, and of what stands in their groups."""
from case import Table
from rdb_bytes import (consumer, entry, group, length, listpack, node, node_items, pending, raw_id,
                       stream, stream_2, string)

TABLE = Table()
STREAM, STREAM_2, STREAM_3, STREAM_4, STREAM_5 = 15, 19, 21, 26, 27
TWO = node(1000, entry(0), entry(5))  # entries 1000-0 and 1005-0


def add(name, what, nodes, size=2, last=1005, *groups, code="bad-stream", **expected):
    TABLE.value(code, f"stream-{name}", what, STREAM, stream(nodes, size, last, *groups), version=9,
                **expected)


def raw_node(ms, blob):
    return string(raw_id(ms)) + string(blob)


def add_nodes():
    add("node-id-short", "a node's id of 15 bytes",
        [string(raw_id(1000)[1:]) + string(listpack(*node_items(entry(0))))], 1, 1000,
        path=r"node 0.*")
    add("node-twice", "a node twice", [TWO, TWO], 4, path=r"node 1.*")
    add("nodes-descend", "nodes that do not ascend", [node(2000, entry(0)), TWO], 3, 2000,
        path=r"node 1.*")
    add("node-empty", "a node's listpack without entries", [raw_node(1000, listpack())], 0, 0,
        path=r"node 0.*")
    add("node-without-bytes", "a node without bytes", [raw_node(1000, b"")], 0, 0,
        code="bad-listpack", path=r"node 0.*")
    damaged = listpack(*node_items(entry(0)), count=99)
    add("node-count-of-listpack", "a node's listpack announces 99 entries", [raw_node(1000, damaged)],
        1, 1000, code="bad-listpack", at=damaged, instead=("bad-stream",))
    for name, what, items in (
            ("count-text", "a node's count is text", [b"two", 0, 1, b"f", 0, *entry(0)]),
            ("count-negative", "a node's count is negative", [-1, 0, 1, b"f", 0, *entry(0)]),
            ("count-high", "a node announces 9 entries and has one", node_items(entry(0), live=9)),
            ("deleted-count", "a node announces 3 deleted entries and has none",
             node_items(entry(0), live=1, deleted=3)),
            ("fields-huge", "a node's master entry has 2^40 fields", node_items(entry(0), count=2**40)),
            ("fields-negative", "a node's master entry has -1 fields", node_items(entry(0), count=-1)),
            ("master-without-end", "a node's master entry has no end",
             [1, 0, 1, b"f", 7, *entry(0)]),
            ("entry-size", "an entry's size is wrong", node_items(entry(0, size=99))),
            ("flags-text", "an entry's flags are text", node_items([b"x", 0, 0, b"v", 4])),
            ("flags-unknown", "an entry has flag 4", node_items(entry(0, flags=4 | 2))),
            ("id-text", "an entry's id is text", node_items([2, b"x", 0, b"v", 4])),
            ("entry-cut", "a node ends in an entry", node_items([2, 0, 0, b"v"])),
            ("entry-fields-huge", "an entry of 2^40 fields",
             node_items([0, 0, 0, 2**40, b"f", b"v", 6])),
            ("entry-fields-negative", "an entry of -1 fields",
             node_items([0, 0, 0, -1, b"f", b"v", 6]))):
        blob = listpack(*items)
        add(name, what, [raw_node(1000, blob)], 1, 1000, at=blob, path=r"node 0.*")
    for name, what, entries in (
            ("ids-descend", "entries that do not ascend", (entry(5), entry(0))),
            ("id-twice", "two entries of one id", (entry(5), entry(5))),
            ("id-before-node", "an entry older than its node", (entry(-5), entry(5))),
            ("id-wraps", "an entry's id wraps around", (entry(2**63 - 1), entry(5)))):
        blob = listpack(*node_items(*entries))
        last = 1000 + 2**63 - 1 if name == "id-wraps" else 1005
        add(name, what, [raw_node(1000, blob)], 2, last, at=blob, path=r"node 0.*")
    add("nodes-overlap", "the second node begins before the first one's last entry",
        [TWO, node(1003, entry(0), entry(7))], 4, 1010, path=r"node 1.*")
    add("length-without-nodes", "a length of 7 and no nodes", [], 7, 0)
    add("length-too-high", "a length of 99 for two entries", [TWO], 99, code="stream-length")
    add("length-too-low", "a length of one for two entries", [TWO], 1, code="stream-length")


def add_groups():
    two = [pending(1000), pending(1005)]
    for name, what, *groups in (
            ("a02-two-owners", "an entry that is pending for two consumers: use after free",
             group(b"g", 1005, two, consumer(b"c1", 1000, 1005), consumer(b"c2", 1000))),
            ("a03-twice-in-consumer", "an entry twice in one consumer's list: double free",
             group(b"g", 1005, two, consumer(b"c1", 1000, 1000))),
            ("pending-without-owner", "a pending entry that no consumer has",
             group(b"g", 1005, two, consumer(b"c1", 1000))),
            ("pending-of-consumer-only", "a consumer's pending entry that its group has not",
             group(b"g", 1005, [pending(1000)], consumer(b"c1", 1000, 1005))),
            ("pending-twice", "a pending entry twice in its group",
             group(b"g", 1005, [pending(1000), pending(1000)], consumer(b"c1", 1000)))):
        add(name, what, [TWO], 2, 1005, *groups, path=r"group 0.*")
    same = [group(b"g", 1005, []), group(b"g", 1000, [])]
    add("group-twice", "two groups of one name", [TWO], 2, 1005, *same, path=r"group 1.*",
        instead=("duplicate-member",))
    twice = group(b"g", 1005, [pending(1000)], consumer(b"c1", 1000), consumer(b"c1"))
    add("consumer-twice", "two consumers of one name", [TWO], 2, 1005, twice, path=r"group 0.*",
        instead=("duplicate-member",))
    five = stream_2([TWO], 2, 1005, group(b"g", 1005, [pending(1000)], read=2) + b"\x02" +
                    raw_id(1000) * 2) + length(100) + length(100) + b"\x00\x00\x00"
    TABLE.value("bad-stream", "stream-handed-back-twice", "an entry handed back twice", STREAM_5,
                five, version=14, path=r"group 0.*")
    four = stream_2([TWO], 2, 1005) + length(0) + length(100) + b"\x00\x00\x00"
    TABLE.value("bad-stream", "stream-ids-kept-for-0-s", "a duration of no seconds for producers' ids",
                STREAM_4, four, version=13)


def add_metadata():
    def add_2(name, what, *groups, code="stream-metadata", last=1005, **wrong):
        body = stream_2([TWO], 2, last, *groups, **{"first": 1000, **wrong})
        TABLE.value(code, f"stream-{name}", what, STREAM_2, body)

    add_2("last-id-too-low", "its last id is before its last entry", last=1000,
          code="bad-stream")
    add_2("first-id-wrong", "its first id is that of no entry", first=7)
    add_2("deleted-beyond-last", "an entry was deleted that is newer than the last id", deleted=9999)
    add_2("added-too-low", "two entries, of which one was ever added", added=1)
    add_2("group-beyond-last", "a group read further than the stream goes",
          group(b"g", 9999, [], read=2), code="none")
    add_2("read-more-than-added", "a group read more than was ever added",
          group(b"g", 1005, [], read=77), code="none")
    add_2("pending-beyond-group", "an entry is pending that the group has not read",
          group(b"g", 1000, [pending(1005)], consumer(b"c", 1005), read=1),
          code="none")
    add("last-id-too-low-5-0", "its last id is before its last entry", [TWO], 2, 1000)


def add_sound():
    def sound(name, what, nodes, size, last, *groups):
        add(name, what, nodes, size, last, *groups, code="none", keys=3)

    sound("a13-pending-of-deleted", "entries are pending that were deleted", [TWO], 2, 1005,
          group(b"g", 1005, [pending(1000), pending(1003)], consumer(b"c", 1000, 1003)))
    sound("deleted-entries", "a deleted entry stays in its node",
          [node(1000, entry(0), entry(5, flags=3), deleted=1)], 1, 1005)
    sound("no-entries", "a stream whose entries are all gone", [], 0, 1005)


for part in (add_nodes, add_groups, add_metadata, add_sound):
    part()
