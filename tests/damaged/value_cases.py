"""Damage inside of values: strings, packed encodings, sets, sorted sets and hashes."""
import struct

from case import BEFORE, Table
from rdb_bytes import (double, expire_ms, intset, key, length, length14, length32, length64, listpack,
                       listpack_of, lp_entry, lp_item, lzf, lzf_run, select, string, text_key, u32,
                       u64, zipmap, zipped_run, ziplist, ziplist_of, zl_entries, zl_item)

TABLE = Table()
STRING, LIST, SET, ZSET, HASH, ZSET_2 = 0, 1, 2, 3, 4, 5
ZIPMAP, LIST_ZIPLIST, INTSET, ZSET_ZIPLIST, HASH_ZIPLIST, QUICKLIST = 9, 10, 11, 12, 13, 14
HASH_LISTPACK, ZSET_LISTPACK, QUICKLIST_2, SET_LISTPACK = 16, 17, 18, 20
HASH_2, HASH_PRE_GA, HASH_LISTPACK_PRE_GA, HASH_METADATA, HASH_LISTPACK_EX = 22, 22, 23, 24, 25
LATE = 1_900_000_000_000
TOO_LATE = 2**48


def add_lzf():
    def add(name, what, packed, plain_bytes, **expected):
        TABLE.value("bad-lzf", f"lzf-{name}", what, STRING, lzf(packed, plain_bytes),
                    at=lzf(packed, plain_bytes), **expected)

    add("literal-past-input", "a run of 32 literal bytes, of which three are there", b"\x1fabc", 32)
    add("before-start", "a reference to what stands before the output", b"\x00a\x20\x05", 4)
    add("offset-missing", "the last reference has no offset", b"\x00a\x20", 4)
    add("long-length-missing", "the last reference has no length", b"\x00a\xe0", 10)
    add("longer", "more comes out than is announced", lzf_run(b"a", 50), 40)
    add("shorter", "less comes out than is announced", lzf_run(b"a", 50), 60)
    add("no-input", "nothing is to become ten bytes", b"", 10)
    add("bomb", "2^40 bytes out of seven: nothing may be allocated by such a number",
        lzf_run(b"b", 300), 2**40)
    add("bomb-89-to-1", "more than 88 bytes out of each", lzf_run(b"b", 300), 89 * 7)
    packed = lzf(b"\x00a\x20\x05", 4)
    TABLE.value("bad-lzf", "lzf-in-list", "a damaged item of a list", LIST,
                b"\x03" + string(b"one") + packed + string(b"three"), at=packed, path=r"item 1")
    TABLE.value("bad-lzf", "lzf-in-listpack", "a damaged listpack", HASH_LISTPACK, packed, at=packed)
    for form in (4, 5, 0x3F):
        TABLE.value("bad-string", f"lengths-string-form-{0xC0 | form:02x}",
                    "a string in a special form that does not exist", STRING,
                    bytes([0xC0 | form]) + b"\x01", at=bytes([0xC0 | form]) + b"\x01",
                    goes_on=False)
    TABLE.value("limit-exceeded", "lzf-larger-than-memory",
                "20,000 bytes with 16 KiB of memory allowed", STRING, zipped_run(b"a", 20000),
                arguments=("--max-memory", "16384"))


def add_listpacks():
    def add(name, what, blob, at=None, kind=HASH_LISTPACK, **expected):
        code = expected.pop("code", "bad-listpack")
        TABLE.value(code, f"listpack-{name}", what, kind, string(blob),
                    at=string(blob) if at is None else at, **expected)

    good = [lp_entry(item) for item in (b"field", b"value")]
    size = len(listpack_of(good))
    add("total-short", "its length field is one too small", listpack_of(good, total=size - 1))
    add("total-long", "its length field is one too large", listpack_of(good, total=size + 1))
    add("a14-total-2-32", "its length field is 2^32-1", listpack_of(good, total=2**32 - 1))
    add("a14-total-2-31", "its length field is 2^31", listpack_of(good, total=2**31))
    add("no-end-mark", "the end mark is overwritten", listpack_of(good, end=b"\x01"))
    add("no-bytes", "shorter than its header", b"\x06\0\0\0\0\xff")
    add("empty-string", "not a byte", b"", at=key(HASH_LISTPACK, b"k", b"\0"))
    add("count-high", "its count of entries is too high", listpack_of(good, count=4))
    add("count-low", "its count of entries is too low", listpack_of(good, count=1))
    for name, what, head in (("6-bit", "six", b"\xbf"), ("12-bit", "twelve", b"\xef\xff"),
                             ("32-bit", "32", b"\xf0\xff\xff\xff\x7f")):
        add(f"length-{name}", f"a string with a length of {what} bits beyond the end",
            listpack_of([good[0], head + b"text\x06"]), at=head + b"text\x06")
    wrong = lp_item(b"field") + b"\x05"
    add("back-length-low", "a back-length is one too small", listpack_of([wrong, good[1]]), at=wrong)
    wide = lp_item(b"field") + b"\x00\x86"
    add("back-length-wide", "a back-length in two bytes where one is enough",
        listpack_of([wide, good[1]]), at=wide)
    five = lp_item(b"field") + b"\x00\x80\x80\x80\x86"
    add("back-length-five-bytes", "a back-length in five bytes", listpack_of([five, good[1]]), at=five)
    add("end-mark-first", "an end mark before the first entry", listpack_of([b"\xff", *good], count=2))
    add("end-mark-inside", "an end mark between two entries",
        listpack_of([good[0], b"\xff", good[1]], count=2))
    for byte in (0xF5, 0xFE):
        add(f"encoding-{byte:02x}", "an entry in an encoding that does not exist",
            listpack_of([good[0], bytes([byte]) + b"\x01"]), at=bytes([byte]) + b"\x01")
    add("covers-end-mark", "the last entry takes in the end mark",
        listpack_of([good[0], b"\x85valu"], end=b"\xff"), at=b"\x85valu\xff")
    add("in-set", "a back-length of a set is wrong", listpack_of([lp_item(b"a") + b"\x09"]),
        kind=SET_LISTPACK, version=11, path=r"member 0")
    add("a27-odd-pairs", "a field without a value", listpack(b"f1", b"v1", b"f2"),
        code="tuple-incomplete", at=lp_entry(b"f2") + b"\xff")
    add("a27-odd-scores", "a member without a score", listpack(b"m1", 1, b"m2"),
        kind=ZSET_LISTPACK, code="tuple-incomplete", at=lp_entry(b"m2") + b"\xff")
    add("odd-triples", "a field without an expiry", listpack(b"f1", b"v1", LATE, b"f2", b"v2"),
        kind=HASH_LISTPACK_PRE_GA, version=12, code="tuple-incomplete",
        at=lp_entry(b"f2") + lp_entry(b"v2") + b"\xff", maybe=("target-refuses", "pre-release-record"))


def add_ziplists():
    def add(name, what, blob, at=None, kind=HASH_ZIPLIST, **expected):
        code = expected.pop("code", "bad-ziplist")
        TABLE.value(code, f"ziplist-{name}", what, kind, string(blob), version=9,
                    at=string(blob) if at is None else at, **expected)

    good = zl_entries(b"field", b"value")
    size = len(ziplist_of(good))
    add("total-short", "its length field is one too small", ziplist_of(good, total=size - 1))
    add("total-2-32", "its length field is 2^32-1", ziplist_of(good, total=2**32 - 1))
    add("tail-outside", "the last entry is said to be outside", ziplist_of(good, tail=size + 5))
    add("tail-not-last", "the first entry is said to be the last", ziplist_of(good, tail=10))
    add("count-high", "its count of entries is too high", ziplist_of(good, count=4))
    add("count-low", "its count of entries is too low", ziplist_of(good, count=1))
    add("count-zero", "its count of entries is zero", ziplist_of(good, count=0))
    second = zl_item(b"value")
    add("previous-wrong", "a length of the previous entry is wrong",
        ziplist_of([good[0], b"\x06" + second]), at=b"\x06" + second)
    add("previous-before-start", "the entry before the first one has 90 bytes",
        ziplist_of([b"\x5a" + zl_item(b"field"), b"\x07" + second]), at=b"\x5a" + zl_item(b"field"))
    for byte in (0xC1, 0xEF):
        entry = b"\x07" + bytes([byte]) + b"\x01\x02"
        add(f"encoding-{byte:02x}", "an entry in an encoding that does not exist",
            ziplist_of([good[0], entry]), at=entry)
    for name, what, head in (("6-bit", "six", b"\x3f"), ("14-bit", "14", b"\x7f\xff"),
                             ("32-bit", "32", b"\x80\x7f\xff\xff\xff")):
        add(f"length-{name}", f"a string with a length of {what} bits beyond the end",
            ziplist_of([good[0], b"\x07" + head + b"text"]), at=b"\x07" + head + b"text")
    add("end-mark-inside", "an end mark between two entries",
        ziplist_of([good[0], b"\xff", good[1]], count=2))
    add("bytes-behind-end-mark", "an end mark, and bytes behind it",
        ziplist_of(good, end=b"\xff\x00\xff"))
    add("no-end-mark", "the end mark is overwritten", ziplist_of(good, end=b"\x00"))
    add("no-bytes", "shorter than its header", b"\x0a\0\0\0\x0a\0\0\0\0\xff")
    odd = zl_entries(b"f1", b"v1", b"f2")
    add("odd-pairs", "a field without a value", ziplist_of(odd), code="tuple-incomplete", at=odd[2] + b"\xff")
    add("in-list", "an entry of a list is too long", ziplist_of([zl_entries(b"a")[0], b"\x03\x30z"]),
        kind=LIST_ZIPLIST, at=b"\x03\x30z", path=r"item 1")


def add_intsets_and_zipmaps():
    def add(name, what, blob, at=None):
        TABLE.value("bad-intset", f"intset-{name}", what, INTSET, string(blob),
                    at=string(blob) if at is None else at)

    add("width-3", "a width of three bytes", u32(3) + u32(1) + b"abc")
    add("width-0", "a width of no bytes", u32(0) + u32(1) + b"ab")
    add("count-high", "its count is too high", intset(2, 5, 6, count=3))
    add("count-low", "its count is too low", intset(2, 5, 6, count=1))
    add("a15-product-overflows", "a count that times its width is 8 in 32 bits",
        u32(8) + u32(0x20000001) + u64(7))
    add("a15-count-2-32", "a count of 2^32-1", u32(2) + u32(2**32 - 1) + bytes(4))
    add("no-integers", "it is empty", intset(2))
    add("no-bytes", "shorter than its header", b"\x02\0\0")
    add("not-sorted", "its integers do not ascend", intset(2, 7, 6, 9))
    add("duplicate", "an integer twice", intset(2, 5, 5, 9))

    def add_zipmap(name, what, blob, at=None, code="bad-zipmap"):
        TABLE.value(code, f"zipmap-{name}", what, ZIPMAP, string(blob), version=6,
                    at=string(blob) if at is None else at)

    long_form = b"\x01\xfe\x05\0\0\0field\x05\x00value\xff"
    add_zipmap("a01-overlong-field", "a short length in its long form, in which servers disagreed",
               long_form)
    add_zipmap("a01-overlong-value", "the same for a value",
               b"\x01\x05field\xfe\x05\0\0\0\x00value\xff")
    add_zipmap("a01-end-mark-as-length", "an end mark for the length of a value",
               b"\x01\x05field\xff\x05\0\0\0\x00value\xff")
    add_zipmap("count-high", "its count of pairs is too high", zipmap((b"f", b"v"), count=2))
    add_zipmap("count-low", "its count of pairs is too low",
               zipmap((b"f", b"v"), (b"g", b"w"), count=1))
    add_zipmap("no-end-mark", "the end mark is overwritten", zipmap((b"f", b"v"), end=b"\x01"))
    add_zipmap("free-bytes-past-end", "unused bytes behind a value go beyond the end",
               b"\x01\x01f\x01\x7fv\xff")
    add_zipmap("length-past-end", "a field is longer than the map", b"\x01\x7ffield\xff")
    add_zipmap("no-pairs", "it is empty", b"\x00\xff")
    add_zipmap("no-bytes", "a single byte", b"\xff")
    add_zipmap("odd", "a field without a value", b"\x01\x01f\xff", code="tuple-incomplete")


def add_quicklists():
    def add(name, what, body, at=None, kind=QUICKLIST_2, code="bad-quicklist", **expected):
        TABLE.value(code, f"quicklist-{name}", what, kind, body, at=at, **expected)

    sound = b"\x02" + string(listpack(b"a", b"b"))
    for container in (0, 3):
        bad = bytes([container]) + string(b"plain")
        add(f"container-{container}", "a node of a kind that does not exist", b"\x02" + sound + bad,
            at=bad, path=r"node 1(, item \d+)?")
    add("plain-empty", "a plain node without bytes", b"\x02" + sound + b"\x01\x00", path=r"node 1.*")
    add("packed-without-bytes", "a packed node without bytes", b"\x02" + sound + b"\x02\x00",
        code="bad-listpack", path=r"node 1.*")
    damaged = listpack_of([lp_item(b"c") + b"\x09"])
    add("second-node", "a back-length in the second node is wrong",
        b"\x02" + sound + b"\x02" + string(damaged), at=damaged, code="bad-listpack",
        path=r"node 1, item \d+")
    damaged = ziplist_of([b"\x00\x30z"])
    add("a23-ziplist-node", "an entry of a ziplist node is too long",
        b"\x02" + string(ziplist(b"a")) + string(damaged), at=damaged, kind=QUICKLIST,
        code="bad-ziplist", version=9, path=r"node 1, item 1")
    add("ziplist-node-without-bytes", "a ziplist node without bytes", b"\x01\x00", kind=QUICKLIST,
        code="bad-ziplist", version=9)
    damaged = ziplist(b"a", end=b"\xff\x00")
    add("ziplist-node-tail", "a byte behind the end mark of a ziplist node", b"\x01" + string(damaged),
        kind=QUICKLIST, code="bad-ziplist", version=9, at=damaged)
    add("no-nodes", "no nodes", b"\x00", code="empty-container")
    add("all-nodes-empty", "two nodes without entries", b"\x02" + (b"\x02" + string(listpack())) * 2,
        code="empty-container")


def add_scores():
    def text_score(text):
        return b"\x02" + string(b"a") + b"\x011" + string(b"m") + string(text)

    def add(name, what, kind, body, **expected):
        TABLE.value("bad-score", f"zset-{name}", what, kind, body, **expected)

    for name, text in (("nan", b"nan"), ("not-a-number", b"abc"), ("text-behind", b"1x"),
                       ("1e999", b"1e999"), ("empty", b"")):
        add(f"text-{name}", f"the score {text.decode() or 'without a digit'}", ZSET, text_score(text),
            at=string(b"m") + string(text), path=r"member 1")
    add("text-nan-byte", "the byte that stands for NaN", ZSET, b"\x01" + string(b"m") + b"\xfd",
        at=string(b"m") + b"\xfd")
    nan = struct.pack("<Q", 0x7FF8000000000000)
    add("binary-nan", "a score that is NaN", ZSET_2, b"\x01" + string(b"m") + nan,
        at=string(b"m") + nan)
    pairs = lp_entry(b"m") + lp_entry(b"nan")
    add("a24-listpack-nan", "a score nan", ZSET_LISTPACK, string(listpack(b"a", 1, b"m", b"nan")),
        at=pairs, path=r"member 1")
    many = listpack(*(item for i in range(130) for item in (b"m%03d" % i, b"nan")))
    add("a24-listpack-nan-130", "130 scores nan: redis-check-rdb and servers crash", ZSET_LISTPACK,
        string(many), at=many)
    add("listpack-text", "a score abc", ZSET_LISTPACK, string(listpack(b"m", b"abc")),
        at=lp_entry(b"m") + lp_entry(b"abc"))
    bad = zl_entries(b"m", b"nan")
    add("ziplist-nan", "a score nan", ZSET_ZIPLIST, string(ziplist_of(bad)), at=b"".join(bad),
        version=9)
    for name, kind, blob, version in (
            ("listpack", ZSET_LISTPACK, listpack(b"a", 2, b"b", 1), 10),
            ("ziplist", ZSET_ZIPLIST, ziplist(b"a", 2, b"b", 1), 9),
            ("listpack-equal-scores", ZSET_LISTPACK, listpack(b"b", 1, b"a", 1), 10)):
        TABLE.value("bad-order", f"zset-{name}-not-sorted", "its members do not ascend", kind,
                    string(blob), at=string(blob), version=version, keys=2)


def add_duplicates():
    def add(name, what, kind, body, version=10, path=None, **expected):
        TABLE.value("duplicate-member", f"duplicate-{name}", what, kind, body, version=version,
                    path=path, **expected)

    one, a = double(1), string(b"a")
    add("a24-hash", "a field twice", HASH, b"\x02" + a + string(b"x") + a + string(b"y"),
        path=r"field 1")
    add("a24-set", "a member twice", SET, b"\x03" + a + string(b"b") + a, path=r"member 2")
    add("zset", "a member twice, in text", ZSET, b"\x02" + a + b"\x011" + a + b"\x012", version=7,
        path=r"member 1")
    add("a24-zset-2", "a member twice", ZSET_2, b"\x02" + a + one + a + one, path=r"member 1")
    add("hash-listpack", "a field twice", HASH_LISTPACK,
        string(listpack(b"a", b"x", b"b", b"y", b"a", b"z")), path=r"field 2")
    add("hash-listpack-integer", "a field as integer and as its text", HASH_LISTPACK,
        string(listpack(12, b"x", b"12", b"y")), path=r"field 1")
    add("zset-listpack", "a member twice", ZSET_LISTPACK, string(listpack(b"a", 1, b"a", 2)),
        path=r"member 1")
    add("set-listpack", "a member twice", SET_LISTPACK, string(listpack(b"a", b"b", b"a")),
        version=11, path=r"member 2")
    add("hash-ziplist", "a field twice", HASH_ZIPLIST, string(ziplist(b"a", b"x", b"a", b"y")),
        version=9, path=r"field 1")
    add("zset-ziplist", "a member twice", ZSET_ZIPLIST, string(ziplist(b"a", 1, b"a", 2)), version=9,
        path=r"member 1")
    add("zipmap", "a field twice", ZIPMAP, string(zipmap((b"a", b"x"), (b"a", b"y"))), version=6,
        path=r"field 1")
    add("hash-listpack-600", "600 fields, the first once more at the end: servers panic",
        HASH_LISTPACK, string(many_pairs(600)), path=r"field 600")
    pair = b"\x00" + a + string(b"x")
    add("hash-metadata", "a field twice", HASH_METADATA, u64(LATE) + b"\x02\x01" + pair[1:] + pair,
        version=12, path=r"field 1")
    add("hash-listpack-ex", "a field twice", HASH_LISTPACK_EX,
        u64(LATE) + string(listpack(b"a", b"x", LATE, b"a", b"y", 0)), version=12, path=r"field 1")


def many_pairs(count):
    """A listpack of that many pairs and the first once more."""
    items = [item for i in range(count) for item in (b"%03d" % i, b"v")] + [b"000", b"w"]
    return listpack(*items)


def add_field_expiry():
    def add(name, what, kind, body, version=12, code="bad-expiry", **expected):
        TABLE.value(code, f"hash-ttl-{name}", what, kind, body, version=version, **expected)

    field = string(b"f") + string(b"v")
    add("relative-too-late", "an expiry after 2^48", HASH_METADATA,
        u64(LATE) + b"\x01" + length(TOO_LATE) + field, path=r"field 0")
    add("minimum-too-late", "the earliest expiry is after 2^48", HASH_METADATA,
        u64(TOO_LATE) + b"\x01\x01" + field)
    add("sum-wraps", "the sum of both parts wraps around", HASH_METADATA,
        u64(2**47) + b"\x01" + length(2**64 - 2**47 + 1000) + field)
    add("absolute-too-late", "an expiry after 2^48", HASH_PRE_GA, b"\x01" + length(TOO_LATE) + field,
        maybe=("target-refuses", "pre-release-record"))
    add("valkey-negative", "an expiry of -2", HASH_2, b"\x01" + field + u64(-2), version=80)
    triple = [lp_entry(item) for item in (b"f", b"v", TOO_LATE)]
    add("listpack-too-late", "an expiry after 2^48", HASH_LISTPACK_EX,
        u64(LATE) + string(listpack_of(triple)), at=b"".join(triple) + b"\xff")
    add("listpack-negative", "an expiry of -1", HASH_LISTPACK_EX,
        u64(LATE) + string(listpack(b"f", b"v", -1)))
    add("listpack-text", "an expiry that is text", HASH_LISTPACK_EX,
        u64(LATE) + string(listpack(b"f", b"v", b"soon")))
    add("listpack-not-sorted", "expiries that do not ascend", HASH_LISTPACK_EX,
        u64(LATE) + string(listpack(b"a", b"v", LATE + 5, b"b", b"v", LATE)), path=r"field 1")
    add("listpack-none-first", "a field without an expiry before one with", HASH_LISTPACK_EX,
        u64(LATE) + string(listpack(b"a", b"v", 0, b"b", b"v", LATE)), path=r"field 1")
    add("listpack-not-a-triple", "pairs where triples must stand", HASH_LISTPACK_EX,
        u64(LATE) + string(listpack(b"a", b"v", LATE, b"b", b"v")), code="tuple-incomplete")
    add("hint-too-early", "the earliest expiry announced is none of its fields'", HASH_METADATA,
        u64(LATE) + b"\x01" + length(5001) + field, code="field-expiry-hint")
    add("hint-too-late", "a field expires before what is announced as earliest", HASH_LISTPACK_EX,
        u64(LATE) + string(listpack(b"f", b"v", LATE - 5000)), code="field-expiry-hint")


def add_empty():
    def add(name, what, kind, body, version=10, **expected):
        TABLE.value("empty-container", f"empty-{name}", what, kind, body, version=version, **expected)

    for name, kind in (("list", LIST), ("set", SET), ("zset", ZSET), ("hash", HASH),
                       ("zset-2", ZSET_2)):
        add(name, f"a {name} of no elements", kind, b"\x00")
    add("hash-listpack", "a listpack of no entries", HASH_LISTPACK, string(listpack()))
    add("zset-listpack", "a listpack of no entries", ZSET_LISTPACK, string(listpack()))
    add("set-listpack", "a listpack of no entries", SET_LISTPACK, string(listpack()), version=11)
    add("hash-ziplist", "a ziplist of no entries", HASH_ZIPLIST, string(ziplist()), version=9)


def add_hyperloglogs():
    def sketch(encoding, body):
        return b"HYLL" + bytes([encoding, 0, 0, 0]) + bytes(8) + body

    def add(name, what, text):
        TABLE.value("bad-hyperloglog", f"a09-{name}", what, STRING, string(text))

    empty = b"\x7f\xff"  # a run of 16384 zero registers
    add("sparse-too-long", "runs over more than 16384 registers", sketch(1, empty + empty))
    add("sparse-overruns-by-one", "a run that ends one register behind the last",
        sketch(1, empty + b"\x80"))
    add("sparse-too-short", "runs over fewer than 16384 registers", sketch(1, b"\x7f\xfe"))
    add("sparse-cut", "a long run without its second byte", sketch(1, b"\x7f"))
    add("encoding-2", "an encoding that does not exist", sketch(2, empty))
    add("dense-short", "a dense body of 100 bytes", sketch(0, bytes(100)))


def add_canonical():
    def add(name, what, kind, body, version=10, at=None):
        TABLE.value("not-canonical", name, what, kind, body, version=version, at=at, keys=3)

    text = b"text of no use"
    for name, form in (("14", length14), ("32", length32), ("64", length64)):
        add(f"lengths-{name}-bit", f"a short length in {name} bits", STRING, form(len(text)) + text)
    add("string-integer-as-text", "an integer as text", STRING, string(b"12345"))
    add("string-integer-wide", "a small integer in four bytes", STRING, b"\xc2\x05\0\0\0")
    add("listpack-integer-wide", "a small integer in eight bytes", HASH_LISTPACK,
        string(listpack_of([lp_entry(b"f"), b"\xf4" + u64(5) + b"\x09"])))
    for name, what, kind, body in (
            ("listpack-integer-as-text", "an integer as text: servers do not mind", HASH_LISTPACK,
             string(listpack_of([lp_entry(b"f"), b"\x8212\x03"]))),
            ("intset-wide", "eight bytes for small integers: what is left when a large one goes",
             INTSET, string(intset(8, 1, 2, 3)))):
        TABLE.value("none", name, what, kind, body, keys=3)
    add("lzf-longer-than-plain", "a compressed form that saves nothing", STRING,
        lzf(b"\x13" + b"abcdefghijklmnopqrst", 20))


def add_sound():
    """What looks wrong and is not."""
    def add(name, what, kind, body, version=10, **expected):
        TABLE.value("none", name, what, kind, body, version=version, **{"keys": 3, **expected})

    add("listpack-count-unknown", "65535 for the count: walk it", HASH_LISTPACK,
        string(listpack(b"f", b"v", count=0xFFFF)))
    add("ziplist-count-unknown", "65535 for the count: walk it", HASH_ZIPLIST,
        string(ziplist(b"f", b"v", count=0xFFFF)), version=9)
    entries = [b"\x00" + zl_item(b"field"), b"\xfe\x07\0\0\0" + zl_item(b"value")]
    add("ziplist-previous-in-five-bytes", "servers leave the long form when an entry shrinks",
        HASH_ZIPLIST, string(ziplist_of(entries)), version=9)
    add("zipmap-count-254", "254 for the count: walk it", ZIPMAP,
        string(zipmap((b"f", b"v"), count=254)), version=6)
    add("zipmap-free-bytes", "unused bytes behind a value", ZIPMAP,
        string(b"\x01\x01f\x01\x03v   \xff"), version=6)
    add("a12-nan-in-hash", "nan and inf as values of a hash", HASH,
        b"\x02" + string(b"f") + string(b"nan") + string(b"g") + string(b"inf"))
    add("zset-infinite", "infinite scores", ZSET,
        b"\x02" + string(b"a") + b"\xff" + string(b"b") + b"\xfe", version=7)
    add("quicklist-node-empty", "a node without entries beside a full one", QUICKLIST_2,
        b"\x02\x02" + string(listpack()) + b"\x02" + string(listpack(b"a")))
    add("quicklist-plain-short", "a plain node for a short item", QUICKLIST_2, b"\x01\x01\x05plain")
    sizes = (31, 32, 255, 256, 65535, 65536)
    add("a11-size-classes", "strings at the edges of servers' size classes", LIST,
        bytes([len(sizes)]) + b"".join(zipped_run(b"s", size) for size in sizes))
    add("lzf-bomb-88-to-1", "20,000 bytes out of 230: as dense as it gets", STRING,
        zipped_run(b"a", 20000))
    add("lzf-overlapping", "a reference that overlaps what it writes", STRING,
        lzf(b"\x02abc\xe0\x32\x02", 3 + 7 + 0x32 + 2))
    TABLE.records("none", "file-no-database", "no choice of a database: keys go to 0", 10, BEFORE,
                  keys=1)
    TABLE.records("none", "file-key-in-two-databases", "the same key in two databases", 10,
                  select(0), text_key(b"k"), select(1), text_key(b"k"), keys=2)
    TABLE.records("none", "file-empty-key-name", "a key whose name is empty", 10, select(0),
                  text_key(b""), keys=1)
    TABLE.records("none", "file-expired", "a key that expired in 2020", 10, select(0),
                  expire_ms(1_600_000_000_000) + text_key(b"k"), keys=1)


for group in (add_lzf, add_listpacks, add_ziplists, add_intsets_and_zipmaps, add_quicklists,
              add_scores, add_duplicates, add_field_expiry, add_empty, add_hyperloglogs,
              add_canonical, add_sound):
    group()
