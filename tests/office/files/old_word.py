"""A Word file of 1997 to 2003 made byte by byte: a compound file that holds the two streams its text is read from."""

import struct

_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_SECTOR = 512


def old_word(text: str, *, encrypted: bool = False, compressed: str = "") -> bytes:
    """Return a .doc whose text is `text` in two bytes a sign, then `compressed` in one byte a sign."""
    start = 0x800
    body = text.encode("utf-16-le")
    document = bytearray(start) + body + compressed.encode("cp1252")
    struct.pack_into("<HH", document, 0, 0xA5EC, 0x00C1)
    struct.pack_into("<H", document, 10, 0x0200 | (0x0100 if encrypted else 0))
    pieces = [(start, len(text))]
    if compressed:
        pieces.append((((start + len(body)) * 2) | 0x40000000, len(compressed)))
    ends, at = [0], 0
    for _, length in pieces:
        at += length
        ends.append(at)
    plc = struct.pack(f"<{len(ends)}I", *ends)
    plc += b"".join(struct.pack("<HIH", 0, where, 0) for where, _ in pieces)
    clx = b"\x01" + struct.pack("<H", 2) + b"\0\0" + b"\x02" + struct.pack("<I", len(plc)) + plc
    struct.pack_into("<III", document, 0x1A2, 0, len(clx), 0)
    return _compound({"WordDocument": bytes(document), "1Table": clx})


def _compound(streams: dict[str, bytes]) -> bytes:
    """Return a compound file of 512-byte sectors; each stream has 4096 bytes at least: none is a small one."""
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    sectors: list[bytes] = []
    chain: list[int] = []
    first: dict[str, int] = {}
    for name, data in padded.items():
        first[name] = len(sectors)
        parts = [data[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(data), _SECTOR)]
        chain += [len(sectors) + place + 1 for place in range(len(parts) - 1)] + [_END]
        sectors += parts
    names = sorted(padded, key=lambda name: (len(name), name))
    entries = [_entry("Root Entry", 5, _NONE, 1, _END, 0)]
    for place, name in enumerate(names, 1):
        right = place + 1 if place < len(names) else _NONE
        entries.append(_entry(name, 2, right, _NONE, first[name], len(padded[name])))
    entries += [bytes(128)] * (-len(entries) % 4)
    directory = len(sectors)
    sectors.append(b"".join(entries))
    chain.append(_END)
    fat_sectors = -(-(len(sectors) + 1) // 127)
    fat_places = list(range(len(sectors), len(sectors) + fat_sectors))
    chain += [_FAT] * fat_sectors
    chain += [_FREE] * (fat_sectors * 128 - len(chain))
    fat = struct.pack(f"<{len(chain)}I", *chain)
    sectors += [fat[at : at + _SECTOR] for at in range(0, len(fat), _SECTOR)]
    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, fat_sectors, directory, 0, 4096, _END, 0, _END, 0)
    places = fat_places + [_FREE] * (109 - fat_sectors)
    return header + struct.pack("<109I", *places) + b"".join(sectors)


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    entry = wide.ljust(64, b"\0") + struct.pack("<HBB", len(wide), kind, 1)
    entry += struct.pack("<III", _NONE, right, child) + bytes(36)
    return entry + struct.pack("<IQ", start, size)
