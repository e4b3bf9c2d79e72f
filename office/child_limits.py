"""A child process's own side: it reads its job, binds itself to its limits and shuts the door behind itself."""

import codecs
import json
import os
import resource
import sys
from typing import Any

# Python loads each at its first use; afterwards nothing can be loaded.
_ENCODINGS = (
    "ascii", "latin-1", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk", "gb2312",
    "big5", "cp437", "cp932", "cp936", "cp950", "cp1252", "mac-roman", "unicode-escape", "charmap",
)  # fmt: skip


def begin() -> dict[str, Any]:
    """Return the job from standard input, its limits of memory, processor and output now in force."""
    job: dict[str, Any] = json.load(sys.stdin.buffer)
    limit(resource.RLIMIT_AS, job["memory"])
    # A second apart: the first signal says that it was the time, the kill that follows could be anything.
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"] + 1))
    limit(resource.RLIMIT_FSIZE, job["output"])
    limit(resource.RLIMIT_CORE, 0)
    return job


def limit(what: int, most: int) -> None:
    """Lower a limit of this process for good."""
    _, hard = resource.getrlimit(what)
    lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (lowest, lowest))


def open_nothing_more() -> None:
    """Forbid this process to open anything from here on: no file, no socket, so not the key and not the database.

    Call it when all modules are imported and the input is open or read: whatever the file then makes of the parser, it
    has its input and its output, and no more.
    """
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.close(descriptor)
    limit(resource.RLIMIT_NOFILE, descriptor)
