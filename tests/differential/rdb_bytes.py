"""Bytes of RDB files: checksum, lengths, strings, LZF, and the packed encodings' entries."""
import struct

POLYNOMIAL = 0x95AC9329AC4BC9B5  # Jones', reflected
FOOTER_BYTES = 8


def crc_table():
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (POLYNOMIAL if crc & 1 else 0)
        table.append(crc)
    return table


CRC_TABLE = crc_table()


def crc64(data, crc=0):
    table = CRC_TABLE
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc


def with_checksum(body):
    return body + struct.pack("<Q", crc64(body))


def version_of(data):
    """The number in the header, or 0."""
    digits = data[5:9] if data[:5] == b"REDIS" else data[6:9]
    return int(digits) if digits.isdigit() else 0


def length(number):
    """In the shortest form."""
    if number < 1 << 6:
        return bytes([number])
    if number < 1 << 14:
        return bytes([0x40 | number >> 8, number & 0xFF])
    if number < 1 << 32:
        return b"\x80" + struct.pack(">I", number)
    return b"\x81" + struct.pack(">Q", number)


def string(text):
    return length(len(text)) + text


def lzf_decompress(data, size):
    """None if it is malformed."""
    out, at = bytearray(), 0
    while at < len(data):
        control = data[at]
        at += 1
        if control < 32:
            out += data[at:at + control + 1]
            at += control + 1
            continue
        count = control >> 5
        needed = 2 if count == 7 else 1
        if at + needed > len(data):
            return None
        if count == 7:
            count += data[at]
            at += 1
        back = len(out) - ((control & 31) << 8) - data[at] - 1
        at += 1
        if back < 0:
            return None
        for i in range(count + 2):
            out.append(out[back + i])
    return bytes(out) if len(out) == size else None


def listpack_entry_bytes(data, at):
    """Of the entry at `at`, its back-length included; 0 if it is none."""
    if at >= len(data):
        return 0
    first = data[at]
    if first < 0x80:
        size = 1
    elif first < 0xC0:
        size = 1 + (first & 0x3F)
    elif first < 0xE0:
        size = 2
    elif first < 0xF0:
        size = 2 + ((first & 0x0F) << 8) + data[at + 1]
    elif first == 0xF0:
        size = 5 + struct.unpack_from("<I", data, at + 1)[0]
    else:
        size = {0xF1: 3, 0xF2: 4, 0xF3: 5, 0xF4: 9}.get(first, 0)
        if size == 0:
            return 0
    back = 1
    while size >= 1 << 7 * back:
        back += 1
    return size + back


def listpack_entries(blob):
    """The entries of a sound listpack as bytes, or None."""
    if len(blob) < 7 or struct.unpack_from("<I", blob)[0] != len(blob) or blob[-1] != 0xFF:
        return None
    entries, at = [], 6
    try:
        while at < len(blob) - 1:
            size = listpack_entry_bytes(blob, at)
            if size == 0:
                return None
            entries.append(blob[at:at + size])
            at += size
    except (IndexError, struct.error):
        return None
    return entries if at == len(blob) - 1 else None


def listpack(entries, count=None):
    body = b"".join(entries)
    count = len(entries) if count is None else count
    return struct.pack("<IH", 7 + len(body), min(count, 0xFFFF)) + body + b"\xff"


def listpack_text(text):
    """An entry for at most 63 bytes of text."""
    return b"%c%b%c" % (0x80 | len(text), text, 1 + len(text))


def ziplist_entries(blob):
    """The entries of a sound ziplist without their previous lengths, or None."""
    if len(blob) < 11 or struct.unpack_from("<I", blob)[0] != len(blob) or blob[-1] != 0xFF:
        return None
    entries, at = [], 10
    try:
        while at < len(blob) - 1:
            at += 5 if blob[at] == 0xFE else 1
            size = ziplist_body_bytes(blob, at)
            if size == 0 or at + size >= len(blob):
                return None
            entries.append(blob[at:at + size])
            at += size
    except (IndexError, struct.error):
        return None
    return entries


def ziplist_body_bytes(blob, at):
    first = blob[at]
    if first < 0x40:
        return 1 + first
    if first < 0x80:
        return 2 + ((first & 0x3F) << 8) + blob[at + 1]
    if first < 0xC0:
        return 5 + struct.unpack_from(">I", blob, at + 1)[0]
    if 0xF1 <= first <= 0xFD:
        return 1
    return {0xC0: 3, 0xD0: 5, 0xE0: 9, 0xF0: 4, 0xFE: 2}.get(first, 0)


def ziplist(entries, count=None):
    out, previous, last = bytearray(), 0, 10
    for entry in entries:
        last = 10 + len(out)
        head = bytes([previous]) if previous < 254 else b"\xfe" + struct.pack("<I", previous)
        out += head + entry
        previous = len(head) + len(entry)
    count = len(entries) if count is None else count
    return struct.pack("<IIH", 11 + len(out), last, min(count, 0xFFFF)) + bytes(out) + b"\xff"


def intset_entries(blob):
    if len(blob) < 8:
        return None
    width, count = struct.unpack_from("<II", blob)
    if width not in (2, 4, 8) or 8 + width * count != len(blob):
        return None
    return [blob[8 + i * width:8 + (i + 1) * width] for i in range(count)]


def intset(entries, count=None):
    width = len(entries[0]) if entries else 2
    return struct.pack("<II", width, len(entries) if count is None else count) + b"".join(entries)
