"""Damaged dumps, with a checksum that fits or not, and dumps that hold something twice."""
import struct

POLYNOMIAL = 0x95AC9329AC4BC9B5  # Jones', reflected


def crc_table():
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (POLYNOMIAL if crc & 1 else 0)
        table.append(crc)
    return table


CRC_TABLE = crc_table()


def crc64(data):
    crc = 0
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc


def with_checksum(body):
    return body + struct.pack("<Q", crc64(body))


def string(text):
    return bytes([len(text)]) + text


def listpack(*texts):
    entries = b"".join(b"%c%b%c" % (0x80 | len(text), text, 1 + len(text)) for text in texts)
    return string(struct.pack("<IH", 7 + len(entries), len(texts)) + entries + b"\xff")


def duplicates():
    """{what is there twice: dump}: well-formed, but refused by a server that looks."""
    one = struct.pack("<d", 1)
    records = {
        "key": b"\x00\x01k\x01a" b"\x00\x01k\x01b",
        "set member": b"\x02\x01s\x02\x01a\x01a",
        "sorted set member": b"\x05\x01z\x02\x01a" + one + b"\x01a" + one,
        "hash field": b"\x04\x01h\x02\x01a\x01x\x01a\x01y",
        "hash field in a listpack": b"\x10\x01h" + listpack(b"a", b"x", b"a", b"y"),
        "sorted set member in a listpack": b"\x11\x01z" + listpack(b"a", b"1", b"a", b"2"),
    }
    return {name: with_checksum(b"REDIS0010\xfe\x00" + record + b"\xff")
            for name, record in records.items()}


def damage(random, body):
    """One change to the body of a dump, which always differs from it afterwards."""
    start = random.randrange(len(body))
    end = min(len(body), start + random.choice([1, 1, 2, 4, 8, 40]))
    kind = random.choice(["bit", "byte", "length", "insert", "delete", "duplicate", "move"])
    if kind == "bit":
        return body[:start] + bytes([body[start] ^ 1 << random.randrange(8)]) + body[start + 1:]
    if kind == "byte":
        return body[:start] + bytes([body[start] ^ random.randrange(1, 256)]) + body[start + 1:]
    if kind == "length":  # bytes that mean something where a length or a type is read
        new = random.choice([b"\xff", b"\xfe", b"\xfa", b"\x80\xff\xff\xff\xff", b"\xc3", b"\x00",
                             b"\x81" + b"\xff" * 8, b"\x7f\xff", b"\xc2"])
        return body[:start] + new + body[start + len(new):]
    if kind == "insert":
        return body[:start] + random.randbytes(end - start) + body[start:]
    if kind == "delete":
        return body[:start] + body[end:]
    if kind == "duplicate":
        return body[:end] + body[start:]
    other = random.randrange(len(body))
    cut = body[:start] + body[end:]
    return cut[:other] + body[start:end] + cut[other:]


def mutant(random, body):
    while True:
        changed = body
        for _ in range(random.choice([1, 1, 1, 2, 5])):
            changed = damage(random, changed)
        if changed != body:
            return changed
