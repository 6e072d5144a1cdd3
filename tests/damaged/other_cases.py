"""Damage of what later or other servers write: modules, vector sets, arrays, templates, metadata,
functions, Dragonfly's values."""
from case import AFTER, BEFORE, Table
from rdb_bytes import (aux, double, header, key, length, listpack, module, module_id, select, string,
                       text_key, tokens, u32)

TABLE = Table()
MODULE, ARRAY = 7, 28
DRAGONFLY = aux(b"redis-ver", b"6.2.11") + aux(b"df-ver", b"df-v1.21.0")
VECTORS = b"vectorset"
MODULE_MAY = ("target-depends", "opaque-module")
FUNCTION = b"\nredis.register_function('f', function() return 1 end)\n"


def add_modules():
    add = TABLE.value
    add("opaque-module", "module-unknown", "a module nobody here knows", MODULE,
        module(b"test-type", 1, b"text", 2.5), maybe=MODULE_MAY)
    for name, what, body in (
            ("token-6", "a token of kind 6", module_id(b"test-type") + b"\x06\x01\x00"),
            ("token-huge", "a token of kind 2^40", module_id(b"test-type") + length(2**40) + b"\x00")):
        add("bad-module", f"module-{name}", what, MODULE, body, goes_on=False)
    # Of modules whose values are not read: nothing can be said but that.
    for name, what, body in (
            ("a04-bloom-filters-2-64", "a Bloom filter of 2^64-1 filters",
             module(b"MBbloom--", 1, 2**64 - 1, 0, 2, version=4)),
            ("a04-cuckoo-no-buckets", "a cuckoo filter without buckets",
             module(b"MBbloomCF", 0, 0, 2, 500, 1, 0, version=4)),
            ("a04-top-k-overflow", "a top-k list whose width times depth is 2^64",
             module(b"TopK-TYPE", 10, 2**32, 2**32, 0.9, b"", b"")),
            ("a04-t-digest-nodes", "a t-digest with more nodes than it has room for",
             module(b"TDIS-TYPE", 100.0, 0.0, 1.0, 10, 99, 0, 1.0, 0.0)),
            ("a05-count-min-overflow", "a count-min sketch of 2^32 times 2^32 counters of no bytes",
             module(b"CMSk-TYPE", 2**32, 2**32, 0, b"")),
            ("a25-json-array", "a JSON array of 2^32-1 elements",
             module(b"ReJSON-RL", 32, 2**32 - 1)),
            ("a25-bloom-ratio", "a Bloom filter with a tightening ratio of 2",
             module(b"bloomfltr", 1, 2, 2.0, 0.01))):
        add("opaque-module", name, what, MODULE, body, maybe=MODULE_MAY)
    data = b"\xf7" + module_id(b"test-type") + tokens(2)[:-1] + tokens(b"text")
    TABLE.records("opaque-module", "module-aux", "data of a module", 10, data, select(0), BEFORE,
                  at=data, maybe=MODULE_MAY, keys=1)
    bad = b"\xf7" + module_id(b"test-type") + b"\x02\x02\x09"
    TABLE.records("bad-module", "module-aux-token-9", "data of a module with a token of kind 9", 10,
                  bad, select(0), BEFORE, at=bad, goes_on=False)
    # The answer to DEBUG DIGEST-VALUE is the module's own.


def vectors(dimension, count, quantisation, flags, *elements):
    config = quantisation if isinstance(quantisation, bytes) else 16 << 8 | quantisation
    return module(VECTORS, dimension, count, config, flags, *elements)


def graph(number, *neighbours, level=0):
    """What follows a vector: how many numbers, and these: the element's own, its level, links."""
    return (6 + len(neighbours), number, 1 << 24 | level, len(neighbours), 32, *neighbours, 0,
            0x3F38AA3B29AB2A5D)


def add_vector_sets():
    def add(name, what, body, **expected):
        TABLE.value("bad-vector-set", f"vectorset-{name}", what, MODULE, body, version=12,
                    maybe=MODULE_MAY, **expected)

    vector = b"\0\0\x80\x3f" * 2
    one = (b"one", vector, *graph(1, 2))
    two = (b"two", vector, *graph(2, 1))
    alone = (b"one", vector, *graph(1))
    add("a08-quantisation", "a quantisation that does not exist", vectors(2, 1, 9, 0, *alone))
    add("dimension-0", "vectors of no dimension", vectors(0, 1, 0, 0, b"one", b"", *graph(1)))
    add("vector-short", "a vector shorter than its dimension", vectors(4, 1, 0, 0, *alone),
        path=r"element \d")
    add("element-missing", "three elements announced, two there", vectors(2, 3, 0, 0, *one, *two))
    add("element-too-many", "one element announced, two there", vectors(2, 1, 0, 0, *one, *two))
    add("text-for-number", "text where a number must stand", vectors(2, 1, b"f32", 0, *alone))
    add("a08-level", "an element on level 255",
        vectors(2, 1, 0, 0, b"one", vector, *graph(1, level=255)))
    add("a08-id-twice", "two elements of one number",
        vectors(2, 2, 0, 0, *one, b"two", vector, *graph(1, 1)))
    TABLE.value("duplicate-member", "vectorset-element-twice", "an element twice", MODULE,
                vectors(2, 2, 0, 0, *one, b"one", *two[1:]), version=12, maybe=MODULE_MAY,
                instead=("bad-vector-set",), path=r"element 1")
    TABLE.value("bad-vector-set", "a08-vectorset-no-elements", "a vector set without elements",
                MODULE, vectors(2, 0, 0, 0), version=12, maybe=MODULE_MAY,
                instead=("bad-vector-set",))
    TABLE.value("none", "vectorset-two-elements", "two elements that are linked", MODULE,
                vectors(2, 2, 0, 0, *one, *two), version=12, maybe=MODULE_MAY, keys=3)


def add_arrays():
    def item(index, tag, value):
        return length(index) + length(tag) + value

    def add(name, what, body, code="bad-array", **expected):
        TABLE.value(code, f"array-{name}", what, ARRAY, body, version=14, **expected)

    add("no-elements", "no elements", b"\x00\x00")
    add("not-rising", "indexes that do not rise",
        b"\x02\x00" + item(5, 0, string(b"a")) + item(3, 0, string(b"b")), path=r"item 1")
    add("index-twice", "an index twice",
        b"\x02\x00" + item(5, 0, string(b"a")) + item(5, 0, string(b"b")), path=r"item 1")
    add("index-2-64", "an index of 2^64-1", b"\x01\x00" + item(2**64 - 1, 0, string(b"a")))
    add("short-string-long", "a short string of eight bytes",
        b"\x01\x00" + item(0, 3, string(b"too long")), path=r"item 0")
    add("insert-index-2-64", "an insert index of 2^64-1",
        b"\x01\x01" + length(2**64 - 1) + item(0, 0, string(b"a")))
    add("tag-9", "an element of kind 9", b"\x01\x00" + item(0, 9, string(b"a")), goes_on=False,
        intact=(b"before",))


def add_templates():
    def template(number, *fields):
        return b"\xf2" + length(number) + length(len(fields)) + b"".join(map(string, fields))

    def add(name, what, record, value, at=None, **expected):
        TABLE.records("bad-template", f"template-{name}", what, 15, record, select(0), BEFORE, value,
                      AFTER, at=value if at is None else at, **{"keys": 2, "db": 0, "key": b"k",
                                                                **expected})

    ab = template(0, b"a", b"b")
    add("unknown", "a hash of a template that is not there", ab,
        key(30, b"k", string(listpack(7, b"x", b"y"))))
    add("values-missing", "one value for two fields", ab, key(30, b"k", string(listpack(0, b"x"))))
    add("values-too-many", "three values for two fields", ab,
        key(30, b"k", string(listpack(0, b"x", b"y", b"z"))))
    add("id-text", "text for the number of the template", ab,
        key(30, b"k", string(listpack(b"zero", b"x", b"y"))))
    add("array-unknown", "a hash of a template that is not there: its end cannot be found", ab,
        key(32, b"k", length(9) + string(b"x") + string(b"y")), goes_on=False, keys=None, key=None, db=None)
    value = key(30, b"k", string(listpack(0, b"x", b"y")))
    for name, what, bad in (
            ("not-rising", "fields that do not rise", template(0, b"b", b"a")),
            ("field-twice", "a field twice", template(0, b"a", b"a"))):
        twice = name == "field-twice"
        add(name, what, bad, value, at=bad, keys=2 if twice else 3, key=None, db=None,
            maybe=("duplicate-member",) if twice else ())
    bad = template(5)
    add("no-fields", "a template without fields", ab + bad, value, at=bad, keys=3, key=None, db=None)
    bad = template(0, b"c", b"d")
    add("id-twice", "two templates of one number", bad + ab, value, at=bad, keys=3, key=None,
        db=None)


def add_metadata():
    def classes(count, *words):
        return b"\xf3" + length(count) + b"".join(u32(word) + b"\x02\x07\x00" for word in words)

    bad = classes(8, *range(256, 2304, 256))
    TABLE.records("bad-key-metadata", "metadata-eight-classes", "metadata of eight classes", 13,
                  select(0), BEFORE, bad + text_key(b"k"), AFTER, at=bad,
                  goes_on=False)
    member = aux(b"keydb-subexpire-key", b"a")
    keydb = aux(b"redis-ver", b"6.3.4")
    members = key(2, b"k", b"\x02\x01a\x01b")
    for name, what, records in (
            ("expiry-missing", "a member's expiry is missing", member + AFTER),
            ("expiry-text", "a member's expiry is text",
             member + aux(b"keydb-subexpire-when", b"soon") + AFTER)):
        TABLE.records("bad-key-metadata", f"keydb-{name}", what, 9, keydb, select(0), BEFORE, members,
                      records, at=members + records, db=0, key=b"k", goes_on=False)


def add_functions():
    def function(source):
        return b"\xf5" + string(source)

    def add(code, name, what, *sources, at=None, **expected):
        records = [function(source) for source in sources]
        TABLE.records(code, f"function-{name}", what, 10, *records, select(0), BEFORE,
                      at=records[-1] if at is None else at, **{"keys": 1, **expected})

    good = b"#!lua name=lib" + FUNCTION
    add("function-not-compiled", "sound", "a function library", good)
    add("bad-function", "no-header", "a library without a first line", FUNCTION,
        maybe=("function-not-compiled",))
    add("bad-function", "no-name", "a library without a name", b"#!lua" + FUNCTION,
        maybe=("function-not-compiled",))
    add("bad-function", "bad-name", "a name with a space and a dot", b"#!lua name=a.b" + FUNCTION,
        maybe=("function-not-compiled",))
    twice = function(good) * 2
    add("bad-function", "twice", "a library twice", good, good, maybe=("function-not-compiled",),
        at=(9 + len(function(good)), 9 + len(twice) - 1))


def add_dragonfly():
    def add(code, name, what, kind, body, **expected):
        record = key(kind, b"k", body)
        data = (header(9) + DRAGONFLY + select(0) + BEFORE + record + AFTER + b"\xff" + bytes(8))
        broken = expected.get("goes_on", True) is False
        TABLE.add(code, name, what, data, **{"at": record, "db": None if broken else 0,
                                             "key": None if broken else b"k",
                                             "keys": None if broken else 2,
                                             "intact": (b"before", b"after"),
                                             "also": () if broken else ("checksum-disabled",),
                                             **expected})

    def bloom(options=0, growth=2.0, rate=0.01, bits=bytes(8)):
        return (length(options) + double(growth) + double(rate) + length(100) + length(0) + length(0) +
                b"\x01\x07" + string(bits))

    bad = "bad-sketch"
    add(bad, "a04-bloom-bits", "a Bloom filter of seven bytes", 33, bloom(bits=bytes(7)))
    add(bad, "a04-bloom-rate-nan", "an error rate that is NaN", 33, bloom(rate=float("nan")))
    add(bad, "a04-bloom-growth-infinite", "a growth without end", 33, bloom(growth=float("inf")))
    add(bad, "a25-bloom-rate-2", "an error rate of 2", 33, bloom(rate=2.0))
    add("truncated", "a04-bloom-filters-2-64", "a Bloom filter of 2^64-1 filters", 33,
        length(0) + double(2) + double(0.01) + b"\0\0\0" + length(2**64 - 1), goes_on=False,
        at=None, instead=("length-beyond-end",))
    add("unsupported-value", "dragonfly-bloom-options", "a Bloom filter with options", 33,
        bloom(options=1), instead=("unsupported-record",), goes_on=False, at=None)
    add(bad, "a04-cuckoo-no-buckets", "a cuckoo filter without buckets", 37,
        length(2) + length(20) + length(1) + length(0) + b"\0\0\x01" + length(4) + string(bytes(4)))
    add(bad, "a04-cuckoo-buckets-3", "a cuckoo filter of three buckets", 37,
        length(2) + length(20) + length(1) + length(3) + b"\0\0\x01" + length(4) + string(bytes(4)))
    add(bad, "a04-top-k-decay", "a top-k list with a decay of 2", 36,
        b"\x00\x02\x02\x02" + double(2) + b"\x00" + string(bytes(16)))
    add(bad, "a04-top-k-counters", "a top-k list with fewer counters than width times depth", 36,
        b"\x00\x02\x02\x02" + double(0.9) + b"\x00" + string(bytes(4)))
    add(bad, "a05-count-min-no-width", "a count-min sketch of no width", 35, b"\x00\x02\x00")
    add("truncated", "a05-count-min-overflow", "a count-min sketch of 2^32 times 2^32 counters", 35,
        length(2**32) + length(2**32) + b"\x00", goes_on=False, at=None,
        instead=("bad-sketch", "length-beyond-end"))
    add("bad-string", "dragonfly-json-empty", "a JSON document without text", 30, b"\x00")
    for name, what, expiry in (("text", "is text", b"soon"), ("negative", "is -2", b"-2"),
                               ("2-40", "is 2^40 seconds away", b"1099511627776")):
        add("bad-expiry", f"dragonfly-member-{name}", f"the expiry of a member {what}", 32,
            b"\x01" + string(b"m") + string(expiry), path=r"member 0")
    gcra = key(29, b"k", length(5))
    TABLE.records("unsupported-value", "gcra", "a rate limiter as builds of 8.8 held out wrote it", 14,
                  select(0), BEFORE, gcra, AFTER, at=gcra, db=0, key=b"k", keys=2)


for part in (add_modules, add_vector_sets, add_arrays, add_templates, add_metadata, add_functions,
             add_dragonfly):
    part()
