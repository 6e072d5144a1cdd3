"""Damage of the file as a whole: header, footer, order and kinds of records."""
from case import AFTER, BEFORE, END, Table
from rdb_bytes import (aux, checked, double, dump, expire_ms, gzip_stored, header, intset, key,
                       length, listpack, lz4_stored, module, module_id, resize, select, stream,
                       string, text_key, u32, u64, zstd_stored)

TABLE = Table()
SOUND = dump(10, select(0), BEFORE, AFTER)
APPEND_ONLY = b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"
SYNC_MARK = b"0123456789abcdef0123456789abcdef01234567"
DRAGONFLY = aux(b"redis-ver", b"6.2.11") + aux(b"df-ver", b"df-v1.21.0")


def zero_footer(body):
    return body + b"\xff" + bytes(8)


def with_header(text):
    return checked(text + SOUND[9:-8])


def add_headers():
    add = TABLE.add
    add("empty-file", "file-empty", "no bytes at all", b"", at=0)
    for name, what, text in (
            ("lower-case", "the magic in small letters", b"redis0010"),
            ("one-bit", "one bit of the magic flipped", b"REDIR0010"),
            ("zeros", "zero bytes in place of the header", bytes(9))):
        add("bad-magic", f"magic-{name}", what, with_header(text), at=0)
    add("bad-magic", "magic-line-feed-first", "a line feed in front of the file", b"\n" + SOUND, at=0)
    for name, what, text in (
            ("letters", "letters for digits", b"REDISabcd"),
            ("space", "a space among the digits, which servers skip", b"REDIS 010"),
            ("bit-flipped", "the last digit is 0x10: servers read version 1, and no checksum",
             b"REDIS001\x10"),
            ("text-behind", "the number ends early: servers read version 10", b"REDIS10xx"),
            ("zero", "version 0", b"REDIS0000"),
            ("negative", "a minus sign", b"REDIS-001"),
            ("valkey-too-old", "Valkey's magic came with version 80", b"VALKEY011")):
        add("bad-version", f"version-{name}", what, with_header(text), at=(5, 8))
    for name, text in (("redis-16", b"REDIS0016"), ("valkey-82", b"VALKEY082")):
        add("newer-version", f"version-{name}", "a version from the future", with_header(text),
            at=(5, 8))
    add("foreign-format", "file-append-only", "an append-only file", APPEND_ONLY, at=0)
    add("foreign-format", "file-vcs-unknown-codec", "Valkey's envelope with a codec that is none",
        b"VCS\x01\x09\x00\x01" + b"\x04\x22\x4d\x18" + bytes(20), at=0)
    add("trailing-bytes", "version-lowered",
        "one flipped bit made version 11 version 1, of which servers want no checksum",
        with_header(b"REDIS0001"), at=len(SOUND) - 8, goes_on=False)


def add_ends():
    add = TABLE.add
    cut = key(0, b"k", length(20) + b"only seven")
    add("truncated", "file-cut-in-value", "cut in the middle of a string",
        header(10) + select(0) + BEFORE + cut, at=cut, keys=1)
    add("truncated", "file-cut-in-header", "cut in the header", b"REDIS", at=END)
    cut = key(7, b"somekey", module_id(b"test-type", 1))
    add("truncated", "a26-module-value-cut",
        "a module value that ends behind the module's id: redis-check-rdb and servers hang",
        header(9) + select(0) + cut, at=cut, keys=0)
    cut = b"\xf7" + module_id(b"test-type", 1) + b"\x02\x02"
    add("truncated", "a26-module-aux-cut", "module data that end behind when to load them",
        header(9) + cut, at=cut, keys=0)
    for name, form in (("32-bit", b"\x80\xff\xff\xff\xff"), ("2-31", b"\x80\x80\x00\x00\x00"),
                       ("2-32", b"\x81\x00\x00\x00\x01\x00\x00\x00\x00"),
                       ("2-63", b"\x81\x80" + bytes(7)), ("64-bit", b"\x81" + b"\xff" * 8),
                       ("14-bit", b"\x7f\xff"), ("6-bit", b"\x3f")):
        record = key(0, b"k", form + b"only this")
        add("truncated", f"a16-length-{name}", "the length of the last string is beyond the end",
            dump(10, select(0), BEFORE, record), at=record + b"\xff", goes_on=False, keys=1)
        add("length-beyond-end", f"a16-length-{name}", "the length of a string is beyond the end",
            dump(10, select(0), BEFORE, record, AFTER), at=record, keys=2, intact=(b"after",))
    for name, kind, rest in (("list", 1, b""), ("set", 2, b""), ("hash", 4, b""),
                             ("zset", 5, b""), ("quicklist", 18, b""), ("stream", 15, b"")):
        record = key(kind, b"k", b"\x81\x40" + bytes(7) + rest)
        add("truncated", f"lengths-count-2-62-{name}",
            f"a {name} of 2^62 elements: nothing may be allocated by such a number",
            dump(10, select(0), BEFORE, record), goes_on=False, keys=1,
            instead=("bad-string", "bad-length"))
    add("truncated", "a14-string-of-4-gib", "a string of 4 GiB less one byte, of which ten are there",
        dump(10, select(0), key(0, b"k", b"\x80\xff\xff\xff\xfe" + b"ten bytes!")), at=None,
        goes_on=False)
    add("missing-end", "file-header-only", "the header alone", header(10), at=END, keys=0)
    add("missing-end", "file-cut-between-keys", "cut between two keys",
        header(10) + select(0) + BEFORE + AFTER, at=END, keys=2)
    add("missing-footer", "file-without-footer", "cut behind the end mark", SOUND[:-8], at=END, keys=2)
    add("missing-footer", "file-cut-in-footer", "cut in the checksum", SOUND[:-3], at=END, keys=2)
    for name, what, tail in (
            ("text", "text behind the end", b"the end of a longer file"),
            ("zeros", "zeros behind the end", bytes(100)),
            ("line-feed", "a line feed behind the end", b"\n"),
            ("second-dump", "two files in one", SOUND),
            ("bad-mark", "40 bytes that are no end mark", SYNC_MARK[:-1] + b"X")):
        add("trailing-bytes", f"file-tail-{name}", what, SOUND + tail, at=len(SOUND), keys=2)
    padded = zero_footer(b"REDIS0009" + DRAGONFLY + select(0) + BEFORE)
    add("alignment-padding", "file-padded", "a Dragonfly snapshot in a block of 4096 bytes",
        padded + bytes(4096 - len(padded)), at=len(padded), verdict="reservations",
        also=("checksum-disabled",), keys=1)
    add("sync-end-mark", "file-from-a-sync", "the mark that ends a diskless sync",
        SOUND + SYNC_MARK, at=len(SOUND), keys=2)
    add("appended-log", "file-aof-preamble", "an append-only file with a preamble",
        dump(9, aux(b"redis-ver", b"6.2.16"), aux(b"aof-preamble", b"1"), select(0), BEFORE) +
        APPEND_ONLY, at=APPEND_ONLY, keys=1)


def add_checksums():
    add = TABLE.add
    flipped = bytearray(SOUND)
    flipped[SOUND.index(b"text")] ^= 1
    add("checksum-mismatch", "crc-value-changed", "one bit of a value flipped", bytes(flipped), at=END,
        keys=2)
    add("checksum-mismatch", "crc-footer-changed", "one bit of the checksum flipped",
        SOUND[:-1] + bytes([SOUND[-1] ^ 0x40]), at=END, keys=2)
    add("checksum-disabled", "crc-zero", "rdbchecksum no", SOUND[:-8] + bytes(8), at=END, keys=2)
    add("checksum-absent", "crc-not-yet", "version 4 has no checksum", dump(4, select(0), BEFORE),
        at=END, keys=1)


def add_versions():
    """Records in files of a version that did not have them."""
    one = string(b"one")
    rows = (
        ("set-listpack-in-9", 9, key(20, b"k", string(listpack(b"a", b"b")))),
        ("listpack-in-9", 9, key(16, b"k", string(listpack(b"f", b"v")))),
        ("quicklist-2-in-9", 9, key(18, b"k", b"\x01\x02" + string(listpack(b"a")))),
        ("stream-in-8", 8, key(15, b"k", stream([], 0, 0))),
        ("module-in-7", 7, key(7, b"k", module(b"test-type", 1))),
        ("zset-2-in-7", 7, key(5, b"k", b"\x01" + one + double(1))),
        ("quicklist-in-6", 6, key(14, b"k", b"\x01" + string(
            b"\x0f\0\0\0\x0a\0\0\0\x01\0\x00\x02ab\xff"))),
        ("resize-in-6", 6, resize(1, 0)),
        ("frequency-in-8", 8, b"\xf9\x05" + text_key(b"k")),
        ("expiry-ms-in-2", 2, expire_ms(1_900_000_000_000) + text_key(b"k")),
        ("intset-in-1", 1, key(11, b"k", string(intset(2, 5, 6)))),
        ("function-in-9", 9, b"\xf5" + string(b"#!lua name=lib\nredis.register_function("
                                              b"'f', function() return 1 end)")),
        ("field-expiry-in-11", 11, key(24, b"k", u64(1_900_000_000_000) + b"\x01\x01" +
                                       string(b"f") + string(b"v"))),
    )
    for name, version, record in rows:
        records = [select(0), record]
        if name.startswith(("aux", "function")):
            records.reverse()
        TABLE.records("newer-record", f"newer-{name}", f"a record that version {version} had not",
                      version, *records, BEFORE, at=record, goes_on=False)


def add_unknown():
    add = TABLE.records
    for byte, what in ((8, "a type that never was"), (0x41, "a type that is not assigned"),
                       (0xD0, "an opcode that is not assigned")):
        record = bytes([byte]) + string(b"k") + string(b"v")
        add("unknown-opcode", f"file-record-{byte}", what, 10, select(0), BEFORE, record,
            at=len(header(10) + select(0) + BEFORE), goes_on=False)
    broken = b"\x08\x01k\x81\x7f" + b"\xff" * 3
    add("unknown-opcode", "file-damaged-in-the-middle", "nonsense between two sound keys", 10,
        select(0), BEFORE, broken, AFTER, text_key(b"last"), at=broken, keys=3,
        intact=(b"before", b"after", b"last"))
    record = key(1, b"k", b"\x50\x00" + string(b"only item"))
    add("bad-string", "file-count-too-large", "a list's count takes in the keys that follow",
        10, select(0), BEFORE, record, AFTER, text_key(b"last"), at=None, goes_on=False, keys=3)
    for name, byte, version in (("enterprise", 100, 10), ("template-dump-only", 29, 15),
                                ("33", 33, 15)):
        record = bytes([byte]) + b"\x01k\x01v"
        add("unsupported-record", f"file-{name}", "a record that nobody documents", version,
            select(0), BEFORE, record, at=len(header(10) + select(0) + BEFORE), goes_on=False)
    chunk = b"\xe0" + u32(1) + u32(4) + b"\x00\x01kx"
    TABLE.add("unsupported-record", "dragonfly-tagged-chunk", "a value in pieces",
              zero_footer(b"REDIS0009" + DRAGONFLY + select(0) + chunk + BEFORE), at=chunk,
              also=("checksum-disabled",), keys=1, db=0)
    add("pre-release-record", "function-pre-ga", "a function as 7.0-rc wrote it", 10,
        b"\xf6" + string(b"lib") + string(b"LUA") + b"\x00" + string(b"code"), select(0), BEFORE,
        at=9, keys=1)
    add("pre-release-record", "module-pre-ga", "a module value as 4.0-rc wrote it", 8, select(0),
        BEFORE, key(6, b"k", module_id(b"test-type") + b"\x01\x02"),
        at=len(header(8) + select(0) + BEFORE), goes_on=False)


def add_lengths():
    add = TABLE.records
    for byte in (0x82, 0xA0, 0xBF):
        record = key(0, b"k", bytes([byte]) + b"text")
        add("bad-length", f"lengths-prefix-{byte:02x}", "a length with a first byte that is not defined",
            10, select(0), BEFORE, record, AFTER, at=bytes([byte]) + b"text", intact=(b"before", b"after"))
    for form in range(5):
        record = key(1, b"k", bytes([0xC0 | form]) + b"\x01\x01a")
        add("bad-length", f"lengths-count-c{form}", "a string's special form where a count must stand",
            10, select(0), BEFORE, record, AFTER, at=bytes([0xC0 | form]) + b"\x01\x01a",
            intact=(b"before", b"after"))
    add("bad-length", "lengths-database-special-form",
        "a database number as an integer string: servers take it for 0", 10, b"\xfe\xc0\x05",
        BEFORE, at=b"\xc0\x05", goes_on=False)
    add("bad-length", "file-database-2-40", "database 2^40", 10, b"\xfe" + length(2**40), BEFORE,
        at=length(2**40), goes_on=False)
    add("bad-length", "file-idle-without-end", "an idle time of 2^64-1", 10, select(0),
        b"\xf8" + length(2**64 - 1), BEFORE, at=b"\xf8" + length(2**64 - 1),
        goes_on=False)
    # Blocks have a length of their own, so what is cut in one is not the file's end.
    for name, inner in (("string", key(0, b"k", length(30) + b"nine more")),
                        ("count", key(2, b"k", length(9) + string(b"a")))):
        block = b"\xc9" + string(zstd_stored(inner))
        TABLE.add("length-beyond-end", f"dragonfly-block-{name}",
                  f"a {name} in a compressed block is longer than the block",
                  zero_footer(b"REDIS0009" + DRAGONFLY + select(0) + block + AFTER), at=block,
                  also=("checksum-disabled",), keys=1, db=0, maybe=("truncated",))
    block = b"\xc9" + string(zstd_stored(BEFORE)[:-2])
    TABLE.add("bad-envelope", "dragonfly-block-cut", "a compressed block that is cut",
              zero_footer(b"REDIS0009" + DRAGONFLY + select(0) + block + AFTER), at=block,
              also=("checksum-disabled",), keys=1, db=0)
    block = b"\xca" + string(b"\x04\x22\x4d\x18" + bytes(9))
    TABLE.add("bad-envelope", "dragonfly-block-no-lz4", "a compressed block whose header is nonsense",
              zero_footer(b"REDIS0009" + DRAGONFLY + select(0) + block + AFTER), at=block,
              also=("checksum-disabled",), keys=1, db=0)


def add_envelopes():
    """Of whole files."""
    def add(name, what, data, code="bad-envelope", **expected):
        TABLE.add(code, f"envelope-{name}", what, data, **expected)

    vcs = b"VCS\x01\x01\x00\x01"
    unchecked = SOUND[:-8] + bytes(8)
    add("gzip-checksum", "a gzip file whose checksum is wrong", gzip_stored(SOUND, 0x12345678), keys=2)
    add("gzip-cut", "a gzip file that is cut", gzip_stored(SOUND)[:-20], goes_on=False,
        instead=("truncated",))
    add("gzip-block-type", "a gzip file with a block of a type that does not exist",
        gzip_stored(SOUND).replace(b"\xff\x01", b"\xff\x07", 1))
    add("zstd-block-type", "a zstd file with a block of a type that does not exist",
        zstd_stored(SOUND).replace(SOUND, b"", 1)[:6] + b"\x07\x00\x00")
    add("lz4-block-huge", "an LZ4 file with a block of 2 GiB", lz4_stored(SOUND)[:7] +
        b"\xff\xff\xff\xff" + SOUND)
    add("vcs-no-frame", "Valkey's envelope with text in it", vcs + b"text that is no LZ4 frame")
    add("vcs-two-frames", "Valkey's envelope with two frames", vcs + lz4_stored(unchecked) * 2,
        goes_on=False)
    add("vcs-header-alone", "Valkey's envelope with nothing in it", vcs, code="truncated")
    add("vcs-header-cut", "Valkey's envelope, cut in the header", vcs[:5], code="truncated")
    for name, data in (("gzip", gzip_stored(SOUND)), ("zstd", zstd_stored(SOUND)),
                       ("lz4", lz4_stored(SOUND))):
        add(name, f"a sound file in {name}", data, code="none", keys=2)


def add_attributes():
    late = expire_ms(1_900_000_000_000)
    add = TABLE.records
    for name, what, records, at in (
            ("expiry-then-end", "an expiry before the end mark", (BEFORE, late), late),
            ("expiry-then-select", "an expiry before the choice of a database",
             (late, select(1), BEFORE), late),
            ("expiry-then-aux", "an expiry before an AUX field",
             (late, aux(b"used-mem", b"1000000"), BEFORE), late),
            ("idle-then-resize", "an idle time before the size of a database",
             (b"\xf8\x0a", resize(1, 0), BEFORE), b"\xf8\x0a"),
            ("frequency-then-end", "a frequency before the end mark", (BEFORE, b"\xf9\x07"),
             b"\xf9\x07")):
        add("misplaced-attribute", f"file-{name}", what, 10, select(0), *records, at=at,
            maybe=("missing-end",))
    for name, what, both in (
            ("two-expiries", "two expiries", late + expire_ms(1_800_000_000_000)),
            ("expiry-in-both-units", "an expiry in seconds and one in milliseconds",
             b"\xfd" + u32(1_900_000_000) + late),
            ("idle-and-frequency", "an idle time and a frequency", b"\xf8\x0a\xf9\x07")):
        add("repeated-attribute", f"file-{name}", f"a key with {what}", 10, select(0), BEFORE,
            both + text_key(b"k"), AFTER, at=both + text_key(b"k"), db=0, key=b"k", keys=3)
    for name, what, time in (("negative", "before 1970", -5), ("zero", "at 1970", 0),
                             ("far", "after the year 10000", 2**62)):
        record = expire_ms(time) + text_key(b"k")
        add("implausible-expiry", f"expiry-{name}", f"an expiry {what}", 10, select(0), BEFORE,
            record, AFTER, at=record, db=0, key=b"k", keys=3)
    record = b"\xf8" + length(2**62) + text_key(b"k")
    add("implausible-idle", "file-idle-2-62", "an idle time of 2^62 seconds", 10, select(0), BEFORE,
        record, AFTER, at=record, db=0, key=b"k", keys=3)


def add_databases():
    add = TABLE.records
    for name, what, field in (
            ("ctime-text", "the time of saving is no number", aux(b"ctime", b"yesterday")),
            ("ctime-future", "saved in the year 5138", aux(b"ctime", b"99999999999")),
            ("repl-id-short", "a replication id of four digits", aux(b"repl-id", b"beef")),
            ("used-mem-negative", "memory of less than nothing", aux(b"used-mem", b"-5"))):
        add("implausible-aux", f"aux-{name}", what, 10, aux(b"redis-ver", b"7.0.15"), field,
            select(0), BEFORE, at=field, keys=1)
    field = aux(b"ctime", b"1700000001")
    add("implausible-aux", "aux-twice", "a field about the file twice", 10,
        aux(b"redis-ver", b"7.0.15"), aux(b"ctime", b"1700000000"), field, select(0), BEFORE,
        at=field, keys=1)
    add("size-hint", "hint-too-few", "two keys announced, three there", 10, select(0), resize(2, 0),
        BEFORE, text_key(b"k"), AFTER, keys=3, db=0, at=resize(2, 0))
    add("size-hint", "hint-expires", "two expiries announced, none there", 10, select(0),
        resize(2, 2), BEFORE, AFTER, keys=2, db=0, at=resize(2, 2))
    for name, size in (("2-31", 2**31), ("2-40", 2**40), ("2-60", 2**60)):
        add("huge-size-hint", f"hint-{name}", f"{name.replace('-', '^')} keys announced for two", 10,
            select(0), resize(size, 0), BEFORE, AFTER, keys=2, db=0, at=resize(size, 0),
            maybe=("size-hint", "target-depends"))
    add("database-order", "file-databases-descend", "database 1 before database 0", 10, select(1),
        BEFORE, select(0), AFTER, keys=2, at=select(0))
    add("database-order", "file-database-twice", "database 0 twice, with 1 between", 10, select(0),
        BEFORE, select(1), text_key(b"k"), b"\xfe\x00", AFTER, keys=3, at=b"\xfe\x00" + AFTER)
    add("duplicate-key", "file-key-twice", "a key twice in its database: servers abort", 10,
        select(0), BEFORE, text_key(b"k", b"one"), AFTER, text_key(b"k", b"two"),
        at=text_key(b"k", b"two"), db=0, key=b"k", keys=4)
    add("duplicate-key", "file-key-twice-other-type", "a key as string and as set", 10, select(3),
        text_key(b"k"), key(2, b"k", b"\x01\x01a"), at=key(2, b"k", b"\x01\x01a"), db=3, key=b"k",
        keys=2)
    add("duplicates-unchecked", "keys-more-than-memory", "more keys than fit into memory, and no place to spill", 10,
        select(0), *(text_key(b"key:%02d" % i, b"v") for i in range(60)), at=None, keys=60,
        arguments=("--max-memory", "100", "--temp-dir", "/proc"))


def add_clusters():
    def slots(*numbers):
        return b"\xf4" + b"".join(length(number) for number in numbers)

    def slot_import(job, *ranges):
        return (b"\xf3" + string(job) + length(len(ranges) // 2) +
                b"".join(length(number) for number in ranges))

    add = TABLE.records
    for name, slot in (("16384", 16384), ("2-31", 2**31), ("2-63", 2**63)):
        add("bad-slot", f"a06-slot-info-{name}", f"sizes of slot {name.replace('-', '^')}", 12,
            select(0), slots(slot, 1, 0), BEFORE, at=slots(slot, 1, 0), goes_on=False)
    job = b"0123456789" * 4
    for name, what, record in (
            ("short-name", "a job name of five bytes", slot_import(b"short", 1, 2)),
            ("descending", "a range that ends before it begins", slot_import(job, 9, 2)),
            ("16384", "a slot that does not exist", slot_import(job, 1, 16384))):
        add("bad-slot", f"a07-slot-import-{name}", what, 80, record, select(0), BEFORE, at=record,
            goes_on=False)
    add("slot-mismatch", "slot-of-another-key", "a key of slot 12182 in slot 1", 12, select(0),
        slots(1, 1, 0), text_key(b"foo"), goes_on=True, maybe=("target-depends",),
        at=slots(1, 1, 0) + text_key(b"foo"), keys=1)
    add("slot-mismatch", "slot-of-fewer-keys", "two keys announced for a slot that has one", 12,
        select(0), slots(12182, 2, 0), text_key(b"foo"), maybe=("target-depends",),
        at=slots(12182, 2, 0) + text_key(b"foo"), keys=1)


def add_targets():
    add = TABLE.records
    newer = key(20, b"k", string(listpack(b"a", b"b")))
    add("target-refuses", "target-older-version", "version 11, which Redis 7.0 does not read", 11,
        select(0), newer, at=None, arguments=("--target", "redis:7.0"))
    add("target-refuses", "target-databases", "database 16 of a server with 16", 10, select(16),
        BEFORE, at=None, arguments=("--target", "redis:7.0,databases=16"))
    add("target-refuses", "target-module", "a module value for a server without modules", 10,
        select(0), key(7, b"k", module(b"test-type", 1)), at=None, maybe=("opaque-module",),
        arguments=("--target", "redis:7.0,modules="))
    importing = b"\xf3" + string(b"0123456789" * 4) + b"\x01\x05\x09"
    add("target-aborts", "target-slot-import-outside-cluster",
        "Valkey 9 aborts when it reads a slot import outside cluster mode", 80, importing, select(0),
        BEFORE, at=None, arguments=("--target", "valkey:9.0,cluster=no"))
    add("target-depends", "target-database-16", "a server has 16 databases unless told otherwise",
        10, select(16), BEFORE, at=None, keys=1)
    add("target-depends", "target-slot-import", "a slot import is for cluster mode only", 80,
        importing, select(0), BEFORE, at=None, keys=1)


for group in (add_headers, add_ends, add_checksums, add_versions, add_unknown, add_lengths,
              add_envelopes, add_attributes, add_databases, add_clusters, add_targets):
    group()
