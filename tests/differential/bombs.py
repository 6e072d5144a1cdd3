"""Small files that ask for much: of memory, of time or of output. Made when they are needed.

Each is a list of chunks, so that none is in memory twice. Checksums are zero: they say nothing.
"""
import struct
import subprocess

from rdb_bytes import length, listpack, listpack_text, string

NO_CHECKSUM = bytes(8)
MANY = 1_000_000
PACKED_ZERO = b"\xc0\x00"  # a string: the integer 0


def dump(*chunks, version=b"REDIS0011"):
    return [version, *chunks, b"\xff", NO_CHECKSUM]


def lzf_zeros(size, claimed=None):
    """A string of zeros in LZF, which packs 264 of them into three bytes."""
    body = b"\x00\x00" + b"\xe0\xff\x00" * ((size - 1) // 264)
    rest = (size - 1) % 264
    while rest:
        run = min(32, rest)
        body += bytes([run - 1]) + bytes(run)
        rest -= run
    return b"\xc3" + length(len(body)) + length(size if claimed is None else claimed) + body


def numbered(count, form, *before):
    """`count` times bytes made of a number."""
    step = 10_000
    return [*before, *(b"".join(form(i) for i in range(start, min(start + step, count)))
                       for start in range(0, count, step))]


def name(i):
    return b"\x04" + struct.pack("<I", i)


def wide_length(number):
    return b"\x81" + struct.pack(">Q", number)


def lengths():
    """A count or a size that the file cannot hold."""
    huge = {"2^31": 1 << 31, "2^32-1": (1 << 32) - 1, "2^40": 1 << 40, "2^62": 1 << 62,
            "2^64-1": (1 << 64) - 1}
    for text, number in huge.items():
        big = wide_length(number)
        yield f"string of {text}", dump(b"\x00\x01k", big, b"abc")
        yield f"key name of {text}", dump(b"\x00", big, b"abc")
        for kind, byte in (("list", 1), ("set", 2), ("zset", 3), ("hash", 4), ("zset2", 5),
                           ("quicklist", 14), ("quicklist2", 18), ("hash with expiry", 24),
                           ("stream", 15), ("stream3", 21)):
            yield f"{kind} of {text}", dump(bytes([byte]) + b"\x01k", big, b"\x01a\x01b")
        yield f"RESIZEDB {text}", dump(b"\xfe\x00\xfb", big, big, b"\x00\x01k\x01v")
        yield f"SELECTDB {text}", dump(b"\xfe", big, b"\x00\x01k\x01v")
        yield f"LZF to {text}", dump(b"\x00\x01k\xc3\x04", big, b"\x00\x00\xe0\xff")
        yield f"LZF from {text}", dump(b"\x00\x01k\xc3", big, b"\x40\xff", b"\x00\x00\xe0\xff")
        yield f"AUX of {text}", dump(b"\xfa\x01a", big)
        yield f"function of {text}", dump(b"\xf5", big)
        yield f"slot info {text}", dump(b"\xf4", big * 3, version=b"REDIS0012")
        yield f"template of {text}", dump(b"\xf2\x01", big, b"\x01a", version=b"REDIS0015")
        yield f"module token {text}", dump(b"\x07\x01k", big, b"\x05", big)
        yield f"array of {text}", dump(b"\x1c\x01k", big, big, big, version=b"REDIS0014")
        yield f"Dragonfly block of {text}", dump(b"\xfa\x06df-ver\x011", b"\xc9", big)
    for text, number in list(huge.items())[:2]:
        word = struct.pack("<I", number)
        blobs = {
            "listpack size": (16, word + b"\x02\x00\x81a\x02\x81b\x02\xff"),
            "listpack element": (16, b"\x12\x00\x00\x00\x02\x00\xf0" + word + b"a" * 6 + b"\xff"),
            "ziplist size": (13, word + b"\x0a\x00\x00\x00\x02\x00\x00\x01a\x03\x01b\xff"),
            "ziplist tail": (13, b"\x11\x00\x00\x00" + word + b"\x02\x00\x00\x01a\x03\x01b\xff"),
            "ziplist element": (13, b"\x12\0\0\0\x0a\0\0\0\x01\0\0\x80" + word[::-1] + b"\xff"),
            "intset length": (11, b"\x08\x00\x00\x00" + word + b"a" * 8),
            "intset width": (11, word + b"\x02\x00\x00\x00" + b"a" * 8),
            "zipmap length": (9, b"\x02\xfe" + word + b"a\x01\x00b\xff"),
        }
        for kind, (byte, blob) in blobs.items():
            yield f"{kind} {text}", dump(bytes([byte]) + b"\x01k", string(blob))
    yield "intset 2^29+1 by 8", dump(b"\x0b\x01k", string(struct.pack("<IIQ", 8, 0x20000001, 5)))


def expansions():
    """Little that becomes much by LZF."""
    mega, many = 1 << 20, 500
    one = lzf_zeros(mega)
    yield "LZF string of 400 MiB", dump(b"\x00\x01k", lzf_zeros(400 << 20))
    yield "LZF list of 500 times 1 MiB", dump(b"\x01\x01k", length(many), *[one] * many)
    yield "LZF quicklist nodes", dump(b"\x0e\x01k", length(many), *[one] * many)
    yield "LZF hash pairs of 30 MiB", dump(b"\x04\x01k\x03", *[lzf_zeros((30 << 20) + i) +
                                                             PACKED_ZERO for i in range(3)])
    yield "LZF strings of 60 MiB", dump(*numbered(8, lambda i: b"\x00" + name(i)),
                                        *[b"\x00" + name(i) + lzf_zeros(60 << 20)
                                          for i in range(100, 108)])
    yield "LZF names of keys", dump(*[b"\x00" + lzf_zeros(mega + i) + b"\x01v"
                                      for i in range(many)])
    yield "LZF names in findings", dump(*[b"\x02" + lzf_zeros(mega + i) + b"\x02\x01a\x01a"
                                          for i in range(many)])
    yield "LZF names of keys that occur twice", dump(*[b"\x00" + lzf_zeros(mega + i // 2) + b"\x01v"
                                                       for i in range(many)])
    yield "LZF AUX", dump(*[b"\xfa" + one + one for i in range(many // 2)])
    yield "LZF functions", dump(*[b"\xf5" + one for i in range(many)])
    yield "LZF template", dump(b"\xf2\x01", length(many), *[one] * many, version=b"REDIS0015")
    yield "LZF templates", dump(*[b"\xf2" + length(i) + b"\x01" + one for i in range(many)],
                                version=b"REDIS0015")
    yield "LZF module strings", dump(b"\x07\x01k", wide_length(1 << 40), *[b"\x05" + one] * many,
                                     b"\x00")
    yield "LZF names of consumers", dump(stream_head(), b"\x01\x01g\x01\x01\x00", length(many),
                                         *[one + bytes(8) + b"\x00"] * many, version=b"REDIS0009")


def dragonfly_blocks():
    """Blocks of 20 MiB of zeros each: (chunks, bytes of zeros)."""
    size, count = 20 << 20, 20
    blocks = []
    for i in range(count):
        record = b"\x00" + name(i) + length(size) + bytes(size)
        blocks.append(b"\xc9" + string(subprocess.run(
            ("zstd", "-q", "-c"), input=record, stdout=subprocess.PIPE, check=True).stdout))
    return dump(b"\xfa\x06df-ver\x011", *blocks, version=b"REDIS0009"), size * count


def stream_head():
    """Of type 15, up to the number of groups."""
    return b"\x0f\x01s\x00\x00\x01\x01"


def stream_id(i):
    return struct.pack(">QQ", 1, i)


def floods():
    """Very many small things."""
    yield "a million databases without keys", dump(
        *numbered(MANY, lambda i: b"\xfe\x80" + struct.pack(">I", i)))
    yield "a million databases with a key each", dump(
        *numbered(MANY, lambda i: b"\xfe\x80" + struct.pack(">I", i) + b"\x00\x01k\x01v"))
    yield "SELECTDB 0 a million times", dump(b"\xfe\x00" * MANY)
    yield "RESIZEDB a million times", dump(b"\xfb\x01\x01" * MANY)
    yield "an expiry for no key a million times", dump(b"\xfc" + bytes(8), b"\xf9\x01" * MANY)
    yield "AUX a million times", dump(b"\xfa\x01a\x01b" * MANY)
    yield "AUX of other names", dump(*numbered(MANY, lambda i: b"\xfa" + name(i) + b"\x01b"))
    yield "a million functions", dump(b"\xf5\x01a" * MANY)
    yield "a million templates", dump(*numbered(
        MANY // 4, lambda i: b"\xf2\x80" + struct.pack(">I", i) + b"\x01\x01a"), version=b"REDIS0015")
    yield "a million findings", dump(*numbered(
        MANY, lambda i: b"\x02" + name(i) + b"\x02\x01a\x01a"))
    yield "a million findings of long names", dump(*numbered(
        20_000, lambda i: b"\x02\x43\xe8" + struct.pack("<I", i) * 250 + b"\x02\x01a\x01a"))
    yield "a million empty sets", dump(*numbered(MANY, lambda i: b"\x02" + name(i) + b"\x00"))
    yield "one key a million times", dump(b"\x00\x01k\xc0\x00" * MANY)
    yield "each of half a million keys twice", dump(
        *numbered(MANY, lambda i: b"\x00" + name(i // 2) + b"\x00"))
    yield "four million keys", dump(*numbered(4 * MANY, lambda i: b"\x00" + name(i) + b"\x00"))
    yield "eight million keys", dump(*numbered(8 * MANY, lambda i: b"\x00" + name(i) + b"\x00"))
    yield "hash of three million fields", dump(
        b"\x04\x01h", length(3 * MANY), *numbered(3 * MANY, lambda i: name(i) + b"\x00"))
    for count in (1, 2, 4):
        members = 8 * MANY // count
        yield f"sets of eight million members in {count}", dump(*[
            chunk for k in range(count)
            for chunk in numbered(members, name, b"\x02\x01%c" % (65 + k), length(members))])
    yield "set of one member ten million times", dump(b"\x02\x01s", length(10 * MANY),
                                                      PACKED_ZERO * (10 * MANY))
    yield "sorted set of a million equal members", dump(
        b"\x05\x01z", length(MANY), (PACKED_ZERO + bytes(8)) * MANY)
    yield "quicklist of a million nodes", dump(
        b"\x12\x01l", length(MANY), (b"\x02" + string(listpack([listpack_text(b"a")]))) * MANY)
    yield "listpack of a million entries", dump(
        b"\x10\x01h", string(listpack([listpack_text(b"a")] * MANY)))
    yield "intset of two million", dump(
        b"\x0b\x01s", string(struct.pack("<II", 4, 2 * MANY) +
                             b"".join(numbered(2 * MANY, lambda i: struct.pack("<I", i)))))
    yield "module integers", dump(b"\x07\x01k", wide_length(1 << 40), b"\x02\x01" * (5 * MANY),
                                  b"\x00")
    yield "module strings", dump(b"\x07\x01k", wide_length(1 << 40), b"\x05\x00" * (5 * MANY),
                                 b"\x00")
    yield "module data of a million modules", dump(
        (b"\xf7" + wide_length(1 << 40) + b"\x02\x02\x00") * (MANY // 2))
    yield "a million groups", dump(stream_head(), length(MANY), *numbered(
        MANY, lambda i: name(i) + b"\x01\x01\x00\x00"), version=b"REDIS0009")
    yield "a million groups of one name", dump(stream_head(), length(MANY), *numbered(
        MANY, lambda i: b"\x01g\x01\x01\x00\x00"), version=b"REDIS0009")
    yield "a million consumers", dump(stream_head(), b"\x01\x01g\x01\x01\x00", length(MANY),
                                      *numbered(MANY, lambda i: name(i) + bytes(8) + b"\x00"),
                                      version=b"REDIS0009")
    yield "a million pending entries", dump(
        stream_head(), b"\x01\x01g\x01\x01", length(MANY),
        *numbered(MANY, lambda i: stream_id(i) + bytes(8) + b"\x01"), b"\x01\x01c" + bytes(8),
        length(MANY), *numbered(MANY, stream_id), version=b"REDIS0009")
    yield "one pending entry a million times", dump(
        stream_head(), b"\x01\x01g\x01\x01", length(MANY),
        *numbered(MANY, lambda i: stream_id(1) + bytes(8) + b"\x01"), b"\x01\x01c" + bytes(8),
        length(MANY), *numbered(MANY, lambda i: stream_id(1)), version=b"REDIS0009")
    yield "a million pending entries of no group", dump(
        stream_head(), b"\x01\x01g\x01\x01\x00\x01\x01c" + bytes(8), length(MANY),
        *numbered(MANY, stream_id), version=b"REDIS0009")


# As commands that read standard input.
PACKERS = {"gzip": ("gzip", "-1"), "zstd": ("zstd", "-q"), "zstd --long": ("zstd", "-q", "--long=27"),
           "lz4": ("lz4", "-q")}


def packed():
    """What gzip, zstd and LZ4 pack well."""
    size = 60 << 20
    zeros = bytes(1 << 20)
    yield "string of 300 MB", dump(b"\x00\x01k", length(300 << 20), *[zeros] * 300)
    yield "ten strings of 60 MiB", dump(*[
        chunk for i in range(10)
        for chunk in [b"\x00" + name(i) + length(size), *[zeros] * 60]])
    yield "zeros of 200 MB", [zeros] * 200
    yield "AUX of 100 MB", dump(*[b"\xfa\x01a" + length(1 << 20) + zeros] * 100)
    yield "attributes of 100 MB", dump(b"\xfc" + bytes(8), *[b"\xf9\x00" * (1 << 19)] * 100)
    yield "hash of five million pairs", dump(b"\x04\x01h", length(5 * MANY),
                                             b"\x00\x00" * (5 * MANY))


class Bomb:
    """`chunks`, through `command`, are the file; `plain_bytes` what it decompresses to at most."""

    def __init__(self, bomb_name, chunks, plain_bytes, command=("cat",)):
        self.name, self.chunks, self.plain_bytes = bomb_name, chunks, plain_bytes
        self.command = command


def bombs():
    for group in (lengths, floods):
        for title, chunks in group():
            yield Bomb(title, chunks, 0)
    for title, chunks in expansions():
        # Almost all of them is LZF at its best.
        yield Bomb(title, chunks, 87 * sum(map(len, chunks)))
    yield Bomb("Dragonfly blocks", *dragonfly_blocks())
    for title, chunks in packed():
        for packer, command in PACKERS.items():
            yield Bomb(f"{packer}: {title}", chunks, sum(map(len, chunks)), command)
