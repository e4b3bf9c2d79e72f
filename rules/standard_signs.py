"""Private-use characters of old Chinese fonts as the standard characters that they stand for.

GBK kept 80 characters (0xFE50–0xFEA0) and some more in Unicode's private use area, since Unicode had none for them
then: what old input methods and databases give as U+E863 is 䶮, U+4DAE. GB 18030-2022, annex D, tells which is which.
"""

from collections.abc import Iterator


def _of_radicals() -> Iterator[tuple[int, int]]:
    """Yield the 80 of 0xFE50–0xFEA0: Python's table knows all but those that came to Unicode after the year 2000."""
    trails = [*range(0x50, 0x7F), *range(0x80, 0xA1)]
    for private, trail in enumerate(trails, 0xE815):
        yield private, _SINCE.get(private) or ord(bytes((0xFE, trail)).decode("gb18030"))


_SINCE = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6,
    0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA,
    0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip
_UPRIGHT = (0xFE10, 0xFE12, 0xFE11, 0xFE13, 0xFE14, 0xFE15, 0xFE16, 0xFE17, 0xFE18, 0xFE19)
STANDARD: dict[int, int] = {
    **dict(_of_radicals()),
    **dict(enumerate(_UPRIGHT, 0xE78D)),
    0xE7C7: 0x1E3F, 0xE7C8: 0x01F9,
    **dict(enumerate((0x303E, *range(0x2FF0, 0x2FFC)), 0xE7E7)),
}  # fmt: skip


def standard_signs(text: str) -> str:
    """Return `text` with each private-use character of GBK as its standard one; others of private use stay."""
    return text if text.isascii() else text.translate(STANDARD)
