"""Sound RDB files of versions 1 to 10 as records of tokens, for changes that keep the framing.

A record is an opcode or a key with its value. A token is what stands in it: a length, a string or
bytes of fixed size. A file put together from its own tokens is the file again.
"""
import struct

from rdb_bytes import length, lzf_decompress, string

HEADER_BYTES = 9
FIRST_OPCODE = 0xF4
EXPIRE_SECONDS, EXPIRE, SELECT, RESIZE, AUX, FREQUENCY, IDLE, FUNCTION, END = (
    0xFD, 0xFC, 0xFE, 0xFB, 0xFA, 0xF9, 0xF8, 0xF5, 0xFF)
ATTRIBUTES = (EXPIRE_SECONDS, EXPIRE, FREQUENCY, IDLE)
LISTPACK, ZIPLIST, INTSET, ZIPMAP, TEXT = "listpack", "ziplist", "intset", "zipmap", "text"
BLOB_OF_TYPE = {9: ZIPMAP, 10: ZIPLIST, 11: INTSET, 12: ZIPLIST, 13: ZIPLIST, 14: ZIPLIST,
                15: LISTPACK, 16: LISTPACK, 17: LISTPACK, 18: LISTPACK, 19: LISTPACK}


class Unreadable(Exception):
    """The file holds what this reader does not know, such as modules."""


class Token:
    """`written` is what stands in the file; `kind` is length, string or fixed."""

    def __init__(self, kind, written, value=None, blob=None):
        self.kind, self.written, self.value, self.blob = kind, written, value, blob

    def with_value(self, value):
        """The same, holding something else: in the plain form."""
        written = {"length": length, "string": string, "fixed": bytes}[self.kind](value)
        return Token(self.kind, written, value, self.blob)


class Record:
    """`byte` is an opcode or a type; `groups` are the tokens' ranges that repeat: (count, size)."""

    def __init__(self, byte):
        self.byte, self.tokens, self.repeats = byte, [], []

    def copy(self):
        other = Record(self.byte)
        other.tokens, other.repeats = list(self.tokens), list(self.repeats)
        return other

    def is_key(self):
        return self.byte < FIRST_OPCODE

    def written(self):
        return bytes([self.byte]) + b"".join(token.written for token in self.tokens)


class Reader:
    def __init__(self, data):
        self.data, self.at, self.record = data, HEADER_BYTES, None

    def take(self, count):
        if self.at + count > len(self.data):
            raise Unreadable("it ends early")
        self.at += count
        return self.data[self.at - count:self.at]

    def read_length(self):
        """(value, None), or (None, form) of an encoded string."""
        first = self.take(1)[0]
        if first >> 6 == 0:
            return first, None
        if first >> 6 == 1:
            return (first & 0x3F) << 8 | self.take(1)[0], None
        if first == 0x80:
            return struct.unpack(">I", self.take(4))[0], None
        if first == 0x81:
            return struct.unpack(">Q", self.take(8))[0], None
        return None, first & 0x3F

    def add(self, kind, start, value, blob=None):
        self.record.tokens.append(Token(kind, self.data[start:self.at], value, blob))
        return value

    def length(self):
        start = self.at
        return self.add("length", start, self.read_length()[0])

    def fixed(self, count):
        return self.add("fixed", self.at, self.take(count)) if count else b""

    def string(self, blob=TEXT):
        start = self.at
        size, form = self.read_length()
        if form is None:
            value = self.take(size)
        elif form < 3:
            width = 1 << form
            value = str(int.from_bytes(self.take(width), "little", signed=True)).encode()
        elif form == 3:
            packed, plain = self.read_length()[0], self.read_length()[0]
            value = lzf_decompress(self.take(packed), plain)
            if value is None:
                raise Unreadable("bad LZF")
        else:
            raise Unreadable("unknown string")
        return self.add("string", start, value, blob)

    def repeat(self, *parts):
        """A count and as many groups of parts, each a method of this class."""
        place = len(self.record.tokens)
        count = self.length()
        start = len(self.record.tokens)
        for _ in range(count):
            for part in parts:
                part()
        tokens = len(self.record.tokens) - start
        if count and tokens % count == 0:
            self.record.repeats.append((place, count, tokens // count))

    def old_score(self):
        start = self.at
        size = self.take(1)[0]
        self.take(size if size < 253 else 0)
        self.add("fixed", start, self.data[start:self.at])

    def value(self, type_byte):
        blob = BLOB_OF_TYPE.get(type_byte)
        if type_byte == 0:
            self.string()
        elif type_byte in (1, 2):
            self.repeat(self.string)
        elif type_byte == 3:
            self.repeat(self.string, self.old_score)
        elif type_byte == 4:
            self.repeat(self.string, self.string)
        elif type_byte == 5:
            self.repeat(self.string, lambda: self.fixed(8))
        elif type_byte == 14:
            self.repeat(lambda: self.string(blob))
        elif type_byte == 18:
            self.repeat(self.length, lambda: self.string(blob))
        elif type_byte in (15, 19):
            self.stream(type_byte == 19)
        elif blob:
            self.string(blob)
        else:
            raise Unreadable(f"type {type_byte}")

    def stream(self, is_second):
        self.repeat(self.string, lambda: self.string(LISTPACK))
        for _ in range(8 if is_second else 3):
            self.length()
        self.repeat(lambda: self.group(is_second))

    def group(self, is_second):
        self.string()
        for _ in range(3 if is_second else 2):
            self.length()
        self.repeat(lambda: self.fixed(16), lambda: self.fixed(8), self.length)
        self.repeat(self.consumer)

    def consumer(self):
        self.string()
        self.fixed(8)
        self.repeat(lambda: self.fixed(16))

    def next(self):
        byte = self.take(1)[0]
        self.record = Record(byte)
        if byte < FIRST_OPCODE:
            self.string()
            self.value(byte)
        elif byte in (AUX, FUNCTION):
            for _ in range(2 if byte == AUX else 1):
                self.string()
        elif byte in (SELECT, RESIZE, IDLE):
            for _ in range(2 if byte == RESIZE else 1):
                self.length()
        elif byte in (EXPIRE, EXPIRE_SECONDS, FREQUENCY):
            self.fixed({EXPIRE: 8, EXPIRE_SECONDS: 4, FREQUENCY: 1}[byte])
        elif byte != END:
            raise Unreadable(f"opcode {byte}")
        return self.record


def read(data):
    """(header, records) of a file; the last record is the end mark."""
    reader, records = Reader(data), []
    while True:
        records.append(reader.next())
        if records[-1].byte == END:
            return data[:HEADER_BYTES], records


def write(header, records):
    """The file without its footer."""
    return header + b"".join(record.written() for record in records)
