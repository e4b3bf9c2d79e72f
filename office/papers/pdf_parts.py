"""Several PDF files in one stream, as the child process that sets them writes them: before each its length."""

from collections.abc import Iterable

_LENGTH = 8  # bytes


def joined(files: Iterable[bytes]) -> bytes:
    """Return files as one."""
    return b"".join(len(data).to_bytes(_LENGTH, "big") + data for data in files)


def parted(stream: bytes) -> list[bytes]:
    """Return the files of `joined`. Raises ValueError for what is cut off."""
    files, at = [], 0
    while at < len(stream):
        begin = at + _LENGTH
        at = begin + int.from_bytes(stream[at:begin], "big")
        if at > len(stream):
            raise ValueError("a file is cut off")
        files.append(stream[begin:at])
    return files
