"""Commands that fill a server with data of every type: the same for the same seed."""
import random

FAR = 4_102_444_800  # 2100-01-01, in seconds
WIDTHS = (4, 6, 7, 8, 11, 12, 13, 15, 16, 23, 24, 31, 32, 52, 53, 62, 63)
LENGTHS = (1, 11, 20, 21, 43, 44, 45, 62, 63, 64, 65, 253, 254, 255, 4095, 4096, 16383, 16384)
DATABASES = (0, 1, 7, 15)
LIBRARY = """#!lua name=library{0}
redis.register_function('first{0}', function(keys, args) return args[1] end)
"""
ODD_NAMES = (
    b"", b"12345", b"-7", b"9223372036854775808", b"\x00", b"\xff\xfe\x00binary", b"caf\xc3\xa9",
    b"\x1b[31mred\x1b[0m", b"\x1b]0;title\x07", b"line\nbreak\r\n", b"tab\tstop", b"\xc2\x9b31m",
    b'quo"te\\back', b"\xe2\x80\xaeright to left", b"\x7f", b"\xed\xa0\x80", b"{slot}",
    b"k" * 70000)


def integer_edges():
    """Integers around each width in which one of the encodings stores them."""
    edges = {0, 1, -1, 10000}
    for width in WIDTHS:
        power = 1 << width
        edges |= {power - 1, power, power + 1, 1 - power, -power, -power - 1}
    return sorted(edge for edge in edges if -(1 << 63) <= edge < 1 << 63)


class Dataset:
    """Collects commands, database by database."""

    def __init__(self, seed, full=True):
        self.random = random.Random(seed)
        self.full = full
        self.commands = []
        self.libraries = 2
        self.build()

    def add(self, *command):
        self.commands.append(command)

    def binary(self, length):
        return self.random.randbytes(length)

    def compressible(self, length):
        words = [b"lorem", b"ipsum", b"dolor", b"0000000000", b"\x00\x00\x00", b'{"id":']
        out = bytearray()
        while len(out) < length:
            out += self.random.choice(words)
        return bytes(out[:length])

    def text(self):
        """A value of a kind drawn at random."""
        draw = self.random.randrange(6)
        length = self.random.choice(LENGTHS[:12])
        if draw == 0:
            return str(self.random.choice(integer_edges())).encode()
        if draw == 1:
            return str(self.random.getrandbits(self.random.randint(1, 62))).encode()
        if draw == 2:
            return self.compressible(length)
        if draw == 3:
            return self.binary(length)
        return b"word:%d" % self.random.randrange(10**6)

    def texts(self, count):
        return [self.text() for _ in range(count)]

    def score(self):
        draw = self.random.randrange(5)
        if draw == 0:
            return repr(self.random.uniform(-1000, 1000))
        if draw == 1:
            return repr(self.random.random() * 10.0 ** self.random.randint(-300, 300))
        if draw == 2:
            return self.random.choice(["inf", "-inf", "-0", "0", "0.1", "1e21", "-5e-324",
                                       "1.7976931348623157e308", "3.0000000000000004"])
        if draw == 3:
            return str(self.random.choice(integer_edges()))
        return str(self.random.randint(-(10**6), 10**6))

    def strings(self):
        for edge in integer_edges():
            self.add("SET", f"int:{edge}", edge)
        for value in ("", "-0", "007", "+5", " 12", "1e3", "9223372036854775808", "-",
                      "18446744073709551616"):
            self.add("SET", b"notint:" + value.encode(), value)
        for length in LENGTHS:
            self.add("SET", f"string:packed:{length}", self.compressible(length))
            self.add("SET", f"string:binary:{length}", self.binary(length))
        self.add("SET", "string:zeros", b"\x00" * 3000)
        self.add("APPEND", "string:appended", "12")
        self.add("APPEND", "string:appended", "34")
        self.add("SETRANGE", "string:range", 500, "tail")
        self.add("INCRBYFLOAT", "string:float", "3.25")
        if self.full:
            self.add("SET", "string:1M:packed", self.compressible(1 << 20))
            self.add("SET", "string:1M:binary", self.binary(1 << 20))

    def bitmaps_and_sketches(self):
        for bit in self.random.sample(range(20000), 40):
            self.add("SETBIT", "bitmap", bit, 1)
        self.add("BITFIELD", "bitfield", "SET", "u5", 3, 17, "INCRBY", "i16", 40, -1000)
        for count in (1, 50, 5000 if self.full else 300):
            self.add("PFADD", f"hll:{count}", *[f"visitor:{i}" for i in range(count)])
        self.add("PFMERGE", "hll:all", "hll:1", "hll:50")

    def lists(self):
        self.add("RPUSH", "list:edges", *integer_edges())
        self.add("RPUSH", "list:lengths", *[self.binary(length) for length in LENGTHS])
        self.add("RPUSH", "list:packed", *[self.compressible(length) for length in LENGTHS])
        self.add("RPUSH", "list:empty strings", "", "", "")
        self.add("RPUSH", "list:one", "1")
        self.add("RPUSH", "list:wide", *[self.compressible(9000) for _ in range(3)])
        for i in range(6):
            self.add(self.random.choice(["LPUSH", "RPUSH"]), f"list:{i}",
                     *self.texts(self.random.randint(1, 60)))
        self.add("LINSERT", "list:edges", "BEFORE", 0, "inserted")
        self.add("LREM", "list:edges", 1, "10000")

    def sets(self):
        for width in (16, 32, 64):
            top = (1 << (width - 1)) - 1
            some = [self.random.randint(-top - 1, top) for _ in range(20)]
            self.add("SADD", f"set:intset{width}", top, -top - 1, *some)
        self.add("SADD", "set:edges", *integer_edges())
        self.add("SADD", "set:integers", *range(700))
        self.add("SADD", "set:empty string", "")
        self.add("SADD", "set:lengths", *[self.binary(length) for length in LENGTHS])
        for i in range(6):
            self.add("SADD", f"set:{i}", *self.texts(self.random.randint(1, 60)))

    def sorted_sets(self):
        for i, count in enumerate((1, 3, 20, 60, 129, 200)):
            pairs = [part for member in self.texts(count) for part in (self.score(), member)]
            self.add("ZADD", f"zset:{i}", *pairs)
        edges = [part for edge in integer_edges() for part in (edge, f"m{edge}")]
        self.add("ZADD", "zset:edges", *edges)
        self.add("ZADD", "zset:zeros", "-0", "negative", "0", "zero", "-0", "7")
        self.add("ZADD", "zset:zeros wide", "-0", "n" * 100, "0", "zero")
        self.add("ZADD", "zset:infinite", "inf", "a", "-inf", "b", "inf", "")
        self.add("ZADD", "zset:wide", "1.5", b"w" * 65, "-2.25", self.binary(300))
        for i in range(25):
            self.add("GEOADD", "geo", round(self.random.uniform(-180, 180), 6),
                     round(self.random.uniform(-85, 85), 6), f"place{i}")

    def hashes(self):
        for i, count in enumerate((1, 4, 50, 127, 200, 600)):
            pairs = [part for name in self.texts(count) for part in (name, self.text())]
            self.add("HSET", f"hash:{i}", *pairs)
        edges = [part for edge in integer_edges() for part in (edge, -edge)]
        self.add("HSET", "hash:edges", *edges)
        self.add("HSET", "hash:empty strings", "", "", "field", "")
        self.add("HSET", "hash:lengths",
                 *[part for length in LENGTHS for part in (length, self.binary(length))])
        self.add("HINCRBYFLOAT", "hash:float", "f", "10.5")

    def entries(self, key, count):
        """Adds entries, most with the fields of the one before; returns their ids."""
        ids, milliseconds, sequence = [], 1_600_000_000_000, 0
        fields = self.texts(3)
        for _ in range(count):
            if self.random.randrange(4) == 0:
                milliseconds, sequence = milliseconds + self.random.randint(1, 10**7), 0
            else:
                sequence += self.random.randint(1, 300)
            if self.random.randrange(5) == 0:
                fields = self.texts(self.random.randint(1, 5))
            ids.append(f"{milliseconds}-{sequence}")
            self.add("XADD", key, ids[-1], *[part for f in fields for part in (f, self.text())])
        return ids

    def group(self, key, ids, name):
        """A group with consumers, pending and acknowledged entries, claims."""
        self.add("XGROUP", "CREATE", key, name, self.random.choice(["0", ids[len(ids) // 3]]))
        self.add("XGROUP", "CREATECONSUMER", key, name, "idle\x00consumer")
        for consumer in ("alice", "bob", "\x1b[1mcarol"):
            self.add("XREADGROUP", "GROUP", name, consumer, "COUNT", self.random.randint(1, 12),
                     "STREAMS", key, ">")
        self.add("XACK", key, name, *self.random.sample(ids, min(5, len(ids))))
        self.add("XCLAIM", key, name, "dave", 0, *self.random.sample(ids, min(6, len(ids))),
                 "RETRYCOUNT", self.random.randint(0, 300))
        self.add("XAUTOCLAIM", key, name, "erin", 0, ids[len(ids) // 2], "COUNT", 2, "JUSTID")

    def streams(self):
        for i, count in enumerate((1, 7, 120, 350)):
            key = f"stream:{i}"
            ids = self.entries(key, count)
            for name in self.random.sample(["g1", "g2", "\xff\x01", ""], i):
                self.group(key, ids, name)
            # Pending entries outlive the entries themselves.
            self.add("XDEL", key, *self.random.sample(ids, count // 4 + 1))
        self.entries("stream:trimmed", 90)
        self.add("XTRIM", "stream:trimmed", "MAXLEN", 11)
        self.add("XSETID", "stream:trimmed", "18446744073709551615-7", "ENTRIESADDED", 1 << 40,
                 "MAXDELETEDID", "1600000000000-0")
        many = [part for i in range(400) for part in (f"field{i}", self.text())]
        self.add("XADD", "stream:many fields", "1-1", *many)
        self.add("XADD", "stream:many fields", "18446744073709551614-18446744073709551615", "a", "")
        self.add("XGROUP", "CREATE", "stream:empty", "group", "$", "MKSTREAM")
        self.add("XADD", "stream:emptied", "5-5", "only", "one")
        self.add("XDEL", "stream:emptied", "5-5")

    def odd_names(self):
        for name in ODD_NAMES:
            self.add("SET", name, self.text())
            self.add("RPUSH", b"list\x1b[2J" + name, *self.texts(3))

    def expiring(self):
        for i in range(12):
            self.add("SET", f"expiring:s:{i}", self.text())
            self.add("EXPIREAT", f"expiring:s:{i}", FAR + self.random.randrange(10**8))
            self.add("SADD", f"expiring:ms:{i}", *self.texts(4))
            self.add("PEXPIREAT", f"expiring:ms:{i}", FAR * 1000 + self.random.randrange(10**12))
        self.add("HSET", "expiring:last", "a", "1")
        self.add("PEXPIREAT", "expiring:last", (1 << 63) - 1)
        self.add("SET", "expiring:no more", "1", "EXAT", FAR)
        self.add("PERSIST", "expiring:no more")

    def large(self):
        for start in range(0, 100_000, 5000):
            part = range(start, start + 5000)
            self.add("SADD", "large:set", *[f"member:{i}" for i in part])
            self.add("SADD", "large:integers", *[i * 7919 for i in part])
            self.add("HSET", "large:hash", *[x for i in part for x in (f"field:{i}", i * i)])
            self.add("ZADD", "large:zset", *[x for i in part for x in (i / 3, f"member:{i}")])
            self.add("RPUSH", "large:list", *[f"item:{i}" for i in part])
        for i in range(100_000):
            self.add("XADD", "large:stream", f"{1000 + i // 3}-{i}", "reading", i)

    def build(self):
        for i in range(self.libraries):
            self.add("FUNCTION", "LOAD", LIBRARY.format(i))
        for database in DATABASES:
            self.add("SELECT", database)
            self.add("SET", "marker", "value")
            self.strings()
            self.bitmaps_and_sketches()
            self.lists()
            self.sets()
            self.sorted_sets()
            self.hashes()
            self.streams()
            self.expiring()
            if database == DATABASES[-1]:
                self.odd_names()
            if not self.full:
                break
        if self.full:
            self.add("SELECT", DATABASES[1])
            self.large()
