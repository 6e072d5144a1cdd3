"""Bytes of RDB files, sound unless the caller passes something else in place of what is right."""
import struct
import zlib

POLYNOMIAL = 0x95AC9329AC4BC9B5  # Jones', reflected
NOW_MS = 1_700_000_000_000


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


def u16(number):
    return struct.pack("<H", number)


def u32(number):
    return struct.pack("<I", number)


def u64(number):
    return struct.pack("<Q", number & 2**64 - 1)


def double(number):
    return struct.pack("<d", number)


def length(number):
    """In the shortest form."""
    if number < 1 << 6:
        return bytes([number])
    if number < 1 << 14:
        return bytes([0x40 | number >> 8, number & 0xFF])
    if number < 1 << 32:
        return length32(number)
    return length64(number)


def length14(number):
    return bytes([0x40 | number >> 8, number & 0xFF])


def length32(number):
    return b"\x80" + struct.pack(">I", number)


def length64(number):
    return b"\x81" + struct.pack(">Q", number)


def string(text):
    return length(len(text)) + text


def lzf(packed, plain_bytes):
    return b"\xc3" + length(len(packed)) + length(plain_bytes) + packed


def lzf_run(text, count):
    """A byte and `count` repetitions of it, count at least 1: text must be one byte."""
    packed = b"\x00" + text
    while count:
        now = min(count, 264)
        now -= 2 if 0 < count - now < 3 else 0
        packed += (b"\xe0" + bytes([now - 9]) if now >= 9 else bytes([(now - 2) << 5])) + b"\x00"
        count -= now
    return packed


def zipped_run(text, size):
    """A string of `size` times the same byte, compressed."""
    return lzf(lzf_run(text, size - 1), size)


# Files and records.

def header(version):
    return b"VALKEY%03d" % version if version >= 80 else b"REDIS%04d" % version


def checked(body):
    return body + struct.pack("<Q", crc64(body))


def dump(version, *records):
    """A whole file around the records; without a checksum before version 5."""
    body = header(version) + b"".join(records) + b"\xff"
    return checked(body) if version >= 5 else body


def select(database):
    return b"\xfe" + length(database)


def resize(keys, expires):
    return b"\xfb" + length(keys) + length(expires)


def aux(name, value):
    return b"\xfa" + string(name) + string(value)


def key(kind, name, body):
    return bytes([kind]) + string(name) + body


def text_key(name, text=b"text"):
    return key(0, name, string(text))


def expire_ms(time):
    return b"\xfc" + u64(time)


# Listpacks: entries without their back-lengths.

def lp_text(text):
    if len(text) < 64:
        return bytes([0x80 | len(text)]) + text
    if len(text) < 4096:
        return bytes([0xE0 | len(text) >> 8, len(text) & 0xFF]) + text
    return b"\xf0" + u32(len(text)) + text


def lp_integer(number):
    if 0 <= number < 128:
        return bytes([number])
    if -4096 <= number < 4096:
        return bytes([0xC0 | (number & 0x1FFF) >> 8, number & 0xFF])
    if -2**15 <= number < 2**15:
        return b"\xf1" + struct.pack("<h", number)
    if -2**31 <= number < 2**31:
        return b"\xf3" + struct.pack("<i", number)
    return b"\xf4" + struct.pack("<q", number)


def lp_item(item):
    return lp_integer(item) if isinstance(item, int) else lp_text(item)


def lp_back(size):
    groups = 1 if size <= 127 else 2 if size < 16383 else 3
    back = [size >> 7 * i & 127 | 128 for i in reversed(range(groups))]
    back[0] &= 127
    return bytes(back)


def lp_entry(item):
    """With its back-length; bytes are text, numbers integers."""
    entry = lp_item(item)
    return entry + lp_back(len(entry))


def listpack_of(entries, count=None, total=None, end=b"\xff"):
    """Of whole entries, back-lengths included."""
    body = b"".join(entries)
    count = min(len(entries), 0xFFFF) if count is None else count
    total = 6 + len(body) + len(end) if total is None else total
    return u32(total) + u16(count) + body + end


def listpack(*items, **wrong):
    return listpack_of([lp_entry(item) for item in items], **wrong)


# Ziplists: entries without the lengths of the previous ones.

def zl_item(item):
    if isinstance(item, bytes):
        if len(item) < 64:
            return bytes([len(item)]) + item
        return bytes([0x40 | len(item) >> 8, len(item) & 0xFF]) + item
    if 0 <= item <= 12:
        return bytes([0xF1 + item])
    if -128 <= item < 128:
        return b"\xfe" + struct.pack("<b", item)
    if -2**15 <= item < 2**15:
        return b"\xc0" + struct.pack("<h", item)
    if -2**31 <= item < 2**31:
        return b"\xd0" + struct.pack("<i", item)
    return b"\xe0" + struct.pack("<q", item)


def ziplist_of(entries, count=None, total=None, tail=None, end=b"\xff"):
    """Of entries with the lengths of the previous ones; `tail`: where the last one begins."""
    body = b"".join(entries)
    last = 10 + len(body) - (len(entries[-1]) if entries else 0)
    return (u32(11 + len(body) if total is None else total) + u32(last if tail is None else tail) +
            u16(len(entries) if count is None else count) + body + end)


def zl_entries(*items):
    entries, previous = [], 0
    for item in items:
        entries.append(bytes([previous]) + zl_item(item))
        previous = len(entries[-1])
    return entries


def ziplist(*items, **wrong):
    return ziplist_of(zl_entries(*items), **wrong)


def intset(width, *integers, count=None):
    forms = {2: "<h", 4: "<i", 8: "<q"}
    return (u32(width) + u32(len(integers) if count is None else count) +
            b"".join(struct.pack(forms.get(width, "<h"), integer) for integer in integers))


def zipmap(*pairs, count=None, end=b"\xff"):
    body = b"".join(string(field) + bytes([len(text), 0]) + text for field, text in pairs)
    return bytes([len(pairs) if count is None else count]) + body + end


# Streams of types 15, 19 and 21.

def raw_id(ms, sequence=0):
    return struct.pack(">QQ", ms, sequence)


def entry(ms, fields=1, flags=2, sequence=0, size=None):
    """Items of an entry with the fields of the master entry; ms counts from the node's id."""
    return [flags, ms, sequence] + [b"v"] * fields + [3 + fields if size is None else size]


def node_items(*entries, live=None, deleted=0, names=(b"f",), count=None):
    live = len(entries) - deleted if live is None else live
    items = [live, deleted, len(names) if count is None else count, *names, 0]
    for one in entries:
        items += one
    return items


def node(ms, *entries, **wrong):
    return string(raw_id(ms)) + string(listpack(*node_items(*entries, **wrong)))


def pending(ms, deliveries=1):
    return raw_id(ms) + u64(NOW_MS) + length(deliveries)


def consumer(name, *ids, active=False):
    clocks = u64(NOW_MS) * (2 if active else 1)
    return string(name) + clocks + length(len(ids)) + b"".join(raw_id(ms) for ms in ids)


def group(name, last, pendings, *consumers, read=None):
    """`read`: entries read, which type 15 does not have."""
    return (string(name) + length(last) + length(0) + (b"" if read is None else length(read)) +
            length(len(pendings)) + b"".join(pendings) +
            length(len(consumers)) + b"".join(consumers))


def stream(nodes, size, last, *groups):
    """Type 15."""
    return (length(len(nodes)) + b"".join(nodes) + length(size) + length(last) + length(0) +
            length(len(groups)) + b"".join(groups))


def stream_2(nodes, size, last, *groups, first=1, deleted=0, added=None):
    """Types 19 and 21."""
    return (length(len(nodes)) + b"".join(nodes) + length(size) + length(last) + length(0) +
            length(first) + length(0) + length(deleted) + length(0) +
            length(size if added is None else added) +
            length(len(groups)) + b"".join(groups))


# Module values.

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def module_id(name, version=0):
    number = 0
    for letter in name:
        number = number << 6 | ALPHABET.index(letter)
    return length64(number << 10 | version)


def tokens(*values):
    """Text as string, whole numbers as unsigned, others as double; with the end mark."""
    out = b""
    for value in values:
        if isinstance(value, bytes):
            out += length(5) + string(value)
        elif isinstance(value, int):
            out += length(2) + length(value)
        else:
            out += length(4) + double(value)
    return out + length(0)


def module(name, *values, version=0):
    return module_id(name, version) + tokens(*values)


# Compressed envelopes that hold their bytes as they are.

def zstd_stored(data):
    """A frame of one raw block, for at most 255 bytes."""
    block = (len(data) << 3 | 1).to_bytes(3, "little")
    return b"\x28\xb5\x2f\xfd\x20" + bytes([len(data)]) + block + data


def gzip_stored(data, checksum=None):
    block = b"\x01" + u16(len(data)) + u16(len(data) ^ 0xFFFF) + data
    checksum = zlib.crc32(data) if checksum is None else checksum
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + block + u32(checksum) + u32(len(data))


def lz4_stored(data):
    return b"\x04\x22\x4d\x18\x60\x40\x82" + u32(1 << 31 | len(data)) + data + u32(0)
