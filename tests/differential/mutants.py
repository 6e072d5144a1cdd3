"""Damaged dumps. Mutant `number` of `seed` is the same however many are made."""
import os
import random
import struct

import rdb_tokens
from rdb_bytes import (FOOTER_BYTES, intset, intset_entries, length, listpack, listpack_entries,
                       listpack_text, string, version_of, with_checksum, ziplist, ziplist_entries)
from rdb_tokens import AUX, EXPIRE, EXPIRE_SECONDS, FUNCTION, RESIZE, SELECT

WHOLE_BYTES = 2000  # smaller dumps are taken as they are, of larger ones a few keys
BOMBS = (b"\xff", b"\xfe", b"\xfa", b"\x00", b"\xc3", b"\xc2", b"\x7f\xff", b"\x80\xff\xff\xff\xff",
         b"\x80\x7f\xff\xff\xff", b"\x80\x80\x00\x00\x00", b"\x81" + b"\xff" * 8,
         b"\x81\x00\x00\x00\x01\x00\x00\x00\x00", b"\x81\x7f" + b"\xff" * 7,
         b"\x81\x40" + b"\x00" * 7)
COUNTS = (0, 1, 2, 63, 64, 16384, 0xFFFF, 1 << 31, (1 << 32) - 1, 1 << 40, 1 << 62, (1 << 64) - 1)
TEXTS = (b"", b"0", b"-1", b"nan", b"inf", b"-inf", b"1e999", b"abc", b"1x", b" 1", b"007", b"-0",
         b"9223372036854775807", b"9223372036854775808", b"\x00" * 16, b"\xff" * 16)
BLOBS = {rdb_tokens.LISTPACK: (listpack_entries, listpack),
         rdb_tokens.ZIPLIST: (ziplist_entries, ziplist),
         rdb_tokens.INTSET: (intset_entries, intset)}
NEWEST_VERSION = 10  # of Redis 7.0


class Dump:
    """A file of the corpus that every mutant of it starts from."""

    def __init__(self, name, data):
        self.name, self.data = name, data
        self.header, self.records = rdb_tokens.read(data)

    def has_footer(self):
        return version_of(self.data) >= 5

    def body(self, records):
        return rdb_tokens.write(self.header, records)


def dumps(corpus):
    """All with keys that real servers wrote and Redis 7.0 has version, types and opcodes for."""
    found = []
    for folder, _, names in sorted(os.walk(corpus)):
        if "damaged" in folder:
            continue
        for name in sorted(names):
            if not name.endswith(".rdb") or name[:-4] + ".oracle.json" not in names:
                continue
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                data = file.read()
            try:
                if 1 <= version_of(data) <= NEWEST_VERSION:
                    dump = Dump(os.path.relpath(path, corpus), data)
                    found += [dump] if databases(dump.records) else []
            except rdb_tokens.Unreadable:
                pass
    return found


def databases(records):
    """[(number, units)]: a unit is a key with the opcodes before it."""
    result, attributes = [(0, [])], []
    for record in records:
        if record.byte == SELECT:
            result.append((record.tokens[0].value, []))
        elif record.byte in rdb_tokens.ATTRIBUTES:
            attributes.append(record)
        elif record.is_key():
            result[-1][1].append(attributes + [record])
            attributes = []
    return [(number, units) for number, units in result if units]


def opcode(byte, *numbers):
    record = rdb_tokens.Record(byte)
    record.tokens = [rdb_tokens.Token("length", length(number), number) for number in numbers]
    return record


def sample(draw, dump):
    """Some of the records of a dump, put together as a server would write them."""
    if len(dump.data) <= WHOLE_BYTES and draw.random() < 0.5:
        return dump.records
    chosen = [record for record in dump.records if record.byte == AUX and draw.random() < 0.3 or
              record.byte == FUNCTION and draw.random() < 0.1]
    for number, units in databases(dump.records):
        some = draw.sample(units, min(len(units), draw.choice([1, 1, 2, 3, 5, 9])))
        expiring = sum(1 for unit in some
                       if any(record.byte in (EXPIRE, EXPIRE_SECONDS) for record in unit))
        chosen.append(opcode(SELECT, number))
        if version_of(dump.data) >= 7:
            chosen.append(opcode(RESIZE, len(some), expiring))
        chosen += [record for unit in some for record in unit]
    return chosen + [dump.records[-1]]


# Changes of bytes: each takes a random.Random and a body, and returns what was done and the body.

def change_bit(draw, body):
    at, bit = draw.randrange(len(body)), draw.randrange(8)
    return f"bit {bit} of byte {at}", body[:at] + bytes([body[at] ^ 1 << bit]) + body[at + 1:]


def change_byte(draw, body):
    at, new = draw.randrange(len(body)), draw.randrange(256)
    return f"byte {at} to {new:#x}", body[:at] + bytes([new]) + body[at + 1:]


def span(draw, body):
    start = draw.randrange(len(body))
    return start, min(len(body), start + draw.choice([1, 1, 2, 4, 8, 40]))


def delete_bytes(draw, body):
    start, end = span(draw, body)
    return f"bytes {start} to {end} deleted", body[:start] + body[end:]


def duplicate_bytes(draw, body):
    start, end = span(draw, body)
    return f"bytes {start} to {end} twice", body[:end] + body[start:]


def insert_bytes(draw, body):
    start, end = span(draw, body)
    return f"{end - start} bytes inserted at {start}", (
        body[:start] + draw.randbytes(end - start) + body[start:])


def move_bytes(draw, body):
    start, end = span(draw, body)
    rest, to = body[:start] + body[end:], draw.randrange(len(body) - (end - start) + 1)
    return f"bytes {start} to {end} moved to {to}", rest[:to] + body[start:end] + rest[to:]


def put_bomb(draw, body):
    at, bomb = draw.randrange(len(body)), draw.choice(BOMBS)
    return f"{bomb.hex()} over byte {at}", body[:at] + bomb + body[at + len(bomb):]


def overwrite_chunk(draw, body):
    start, end = span(draw, body)
    source = draw.randrange(len(body))
    chunk = body[source:source + end - start]
    return (f"{len(chunk)} bytes from {source} over {start}",
            body[:start] + chunk + body[start + len(chunk):])


BYTE_CHANGES = (change_byte, change_byte, change_byte, change_bit, delete_bytes, duplicate_bytes,
                insert_bytes, move_bytes, put_bomb, put_bomb, overwrite_chunk)


# Changes of records: each takes a random.Random and a list of records of its own, changes it, and
# returns what was done, or None where there is nothing to do it to.

def pick(draw, records, wanted):
    """The index of a record, which is then a copy of its own."""
    places = [i for i, record in enumerate(records) if wanted(record)]
    if not places:
        return None
    place = draw.choice(places)
    records[place] = records[place].copy()
    return place


def change_length(draw, records):
    place = pick(draw, records, lambda r: any(t.kind == "length" for t in r.tokens))
    if place is None:
        return None
    tokens = records[place].tokens
    at = draw.choice([i for i, token in enumerate(tokens) if token.kind == "length"])
    old = tokens[at].value
    new = draw.choice([old + 1, max(0, old - 1), old * 2, draw.choice(COUNTS)]) % (1 << 64)
    tokens[at] = tokens[at].with_value(new)
    return f"length {at} of record {place} from {old} to {new}"


def change_group(draw, records):
    """Members, pairs, nodes, pending entries: twice, dropped, swapped, one over another."""
    place = pick(draw, records, lambda r: r.repeats)
    if place is None:
        return None
    tokens = records[place].tokens
    counter, count, size = draw.choice(records[place].repeats)
    groups = [tokens[counter + 1 + i * size:counter + 1 + (i + 1) * size] for i in range(count)]
    rest = tokens[counter + 1 + count * size:]
    one, other = draw.randrange(count), draw.randrange(count)
    kind = draw.choice(["twice", "dropped", "swapped with", "over", "first of"])
    if kind == "twice":
        groups.insert(other, groups[one])
    elif kind == "dropped":
        del groups[one]
    elif kind == "swapped with":
        groups[one], groups[other] = groups[other], groups[one]
    elif kind == "over":
        groups[other] = groups[one]
    else:
        groups[other] = groups[one][:1] + groups[other][1:]
    number = tokens[counter].with_value(len(groups))
    records[place].tokens = (tokens[:counter] + [number] +
                             [token for group in groups for token in group] + rest)
    records[place].repeats = []
    return f"group {one} of token {counter} of record {place} {kind} {other}"


def pick_string(draw, records, wanted):
    place = pick(draw, records, lambda r: any(t.kind == "string" and wanted(t) for t in r.tokens))
    if place is None:
        return None, None
    tokens = records[place].tokens
    return place, draw.choice([i for i, token in enumerate(tokens)
                               if token.kind == "string" and wanted(token)])


def change_entries(draw, records):
    """Entries of a packed value, whose sizes are made to fit."""
    place, at = pick_string(draw, records, lambda t: t.blob in BLOBS)
    if place is None:
        return None
    token = records[place].tokens[at]
    take_apart, put_together = BLOBS[token.blob]
    entries = take_apart(token.value)
    if not entries:
        return None
    one, other = draw.randrange(len(entries)), draw.randrange(len(entries))
    count = None
    kind = draw.choice(["twice", "dropped", "swapped with", "over", "miscounted", "text", "all gone"])
    if kind == "twice":
        entries.insert(other, entries[one])
    elif kind == "dropped":
        del entries[one]
    elif kind == "swapped with":
        entries[one], entries[other] = entries[other], entries[one]
    elif kind == "over":
        entries[other] = entries[one]
    elif kind == "miscounted":
        count = draw.choice([len(entries) + 1, len(entries) - 1, 0, 0xFFFF])
    elif kind == "text":
        entries[one] = packed_text(draw, token.blob, len(entries[one]))
    else:
        entries = []
    records[place].tokens[at] = token.with_value(put_together(entries, count))
    return f"entry {one} of string {at} of record {place} {kind} {other}"


def packed_text(draw, blob, width):
    if blob == rdb_tokens.INTSET:
        return draw.randbytes(width)
    text = draw.choice(TEXTS)
    return listpack_text(text) if blob == rdb_tokens.LISTPACK else bytes([len(text)]) + text


def change_blob(draw, records):
    """A byte of a packed value, also where it was compressed; the length outside is made to fit."""
    place, at = pick_string(draw, records, lambda t: t.blob != rdb_tokens.TEXT and t.value)
    if place is None:
        return None
    token = records[place].tokens[at]
    edge = min(12, len(token.value))  # headers are worth more than the middle
    value = token.value
    if draw.random() < 0.3:
        value = value[:edge]
    what, changed = draw.choice(BYTE_CHANGES)(draw, value)
    changed += token.value[len(value):]
    records[place].tokens[at] = token.with_value(changed)
    return f"in string {at} of record {place}: {what}"


def change_text(draw, records):
    place, at = pick_string(draw, records, lambda t: t.blob == rdb_tokens.TEXT)
    if place is None:
        return None
    text = draw.choice(TEXTS)
    records[place].tokens[at] = records[place].tokens[at].with_value(text)
    return f"string {at} of record {place} is {text!r}"


def change_fixed(draw, records):
    """Expiry times, scores, stream ids of pending entries."""
    place = pick(draw, records, lambda r: any(t.kind == "fixed" for t in r.tokens))
    if place is None:
        return None
    tokens = records[place].tokens
    at = draw.choice([i for i, token in enumerate(tokens) if token.kind == "fixed"])
    size = len(tokens[at].written)
    new = draw.choice([bytes(size), b"\xff" * size, draw.randbytes(size),
                       struct.pack("<d", float("nan"))[:size].rjust(size, b"\x00")])
    tokens[at] = tokens[at].with_value(new)
    return f"{size} bytes of token {at} of record {place} are {new.hex()}"


def change_order(draw, records):
    if len(records) < 2:
        return None
    one, other = draw.randrange(len(records)), draw.randrange(len(records))
    kind = draw.choice(["twice", "dropped", "swapped with", "moved to"])
    if kind == "twice":
        records.insert(other, records[one])
    elif kind == "dropped":
        del records[one]
    elif kind == "swapped with":
        records[one], records[other] = records[other], records[one]
    else:
        records.insert(other, records.pop(one))
    return f"record {one} {kind} {other}"


def change_type(draw, records):
    place = pick(draw, records, lambda r: True)
    new = draw.choice([0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
                       244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255])
    old, records[place].byte = records[place].byte, new
    return f"record {place} from type {old} to {new}"


def rename_key(draw, records):
    """A key gets the name of another."""
    keys = [i for i, record in enumerate(records) if record.is_key() and record.tokens]
    if len(keys) < 2:
        return None
    one, other = draw.sample(keys, 2)
    records[one] = records[one].copy()
    records[one].tokens[0] = records[other].tokens[0]
    return f"record {one} has the name of record {other}"


RECORD_CHANGES = (change_length, change_length, change_group, change_group, change_entries,
                  change_entries, change_entries, change_blob, change_blob, change_text,
                  change_fixed, change_order, change_type, rename_key)


def duplicates():
    """{what is there twice: dump}: well-formed, but refused by a server that looks."""
    one = struct.pack("<d", 1)
    packed = {text: string(listpack([listpack_text(part) for part in (b"a", text, b"a", b"2")]))
              for text in (b"1", b"x")}
    records = {
        "key": b"\x00\x01k\x01a" b"\x00\x01k\x01b",
        "set member": b"\x02\x01s\x02\x01a\x01a",
        "sorted set member": b"\x05\x01z\x02\x01a" + one + b"\x01a" + one,
        "hash field": b"\x04\x01h\x02\x01a\x01x\x01a\x01y",
        "hash field in a listpack": b"\x10\x01h" + packed[b"x"],
        "sorted set member in a listpack": b"\x11\x01z" + packed[b"1"],
    }
    return {name: with_checksum(b"REDIS0010\xfe\x00" + record + b"\xff")
            for name, record in records.items()}


class Mutant:
    """`data` is the file, `origin` the sound one that it was made of."""

    def __init__(self, seed, number, name, changes, origin, data):
        self.seed, self.number, self.name = seed, number, name
        self.changes, self.origin, self.data = changes, origin, data

    def __str__(self):
        return (f"mutant {self.number} of seed {self.seed}, of {self.name}: "
                f"{'; '.join(self.changes)}")


def change(draw, dump, records):
    """One to five changes: (what was done, the body)."""
    count = draw.choice([1] * 12 + [2] * 3 + [3, 5])
    records, done, before = list(records), [], dump.body(records)
    of_records = draw.randint(0, count) if draw.random() < 0.6 else 0
    while len(done) < of_records and records:
        what = draw.choice(RECORD_CHANGES)(draw, records)
        if what:
            done.append(what)
    body = dump.body(records)
    while len(done) < count or body == before:
        what, body = draw.choice(BYTE_CHANGES)(draw, body)
        done.append(what)
        if not body:
            body = b"R"
    return done, body


def make(dumps_of_corpus, seed, number):
    draw = random.Random(f"{seed}/{number}")
    dump = draw.choice(dumps_of_corpus)
    records = sample(draw, dump)
    body = dump.body(records)
    done, changed = change(draw, dump, records)
    if not dump.has_footer():
        return Mutant(seed, number, dump.name, done, body, changed)
    origin = with_checksum(body)
    footer = draw.choice(["fits"] * 37 + ["stale"] * 2 + ["zero"])
    if footer == "fits":
        data = with_checksum(changed)
    else:
        data = changed + (origin[-FOOTER_BYTES:] if footer == "stale" else bytes(FOOTER_BYTES))
    return Mutant(seed, number, dump.name, done + [f"checksum {footer}"], origin, data)
