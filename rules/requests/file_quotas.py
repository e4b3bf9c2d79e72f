"""How much may be kept in files: of a record, of a user in all and on one day, of the whole office."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass

from rules.errors import Refusal
from rules.words import N_

NEAR = 0.8  # of a quota: from here on the page says how much is left
MEGABYTE = 1 << 20
MOST_WAITING, MOST_WAITING_BYTES = 50, 200 * MEGABYTE  # a user's files of a day that no record has taken yet

FULL = (
    N_("The files of this record may hold %(most)s MB together; %(left)s MB are left, and this file has %(size)s MB."),
    N_("Your files may hold %(most)s MB together; %(left)s MB are left, and this file has %(size)s MB."),
    N_("You may send %(most)s MB of files a day; %(left)s MB are left today, and this file has %(size)s MB."),
    N_("The office's files may hold %(most)s MB together; %(left)s MB are left, and this file has %(size)s MB. "
       "Please tell the administrator."),
)  # fmt: skip
WAITING = N_(
    "At most %(most)d files, %(size)d MB together, may wait to be saved. Please save the records for which you chose "
    "files; those that are never saved are forgotten after a day."
)
LEFT = (
    N_("The files of this record hold %(used)s of %(most)s MB."),
    N_("Your files hold %(used)s of %(most)s MB."),
    N_("You have sent %(used)s of %(most)s MB of files today."),
    N_("The office's files hold %(used)s of %(most)s MB. Please tell the administrator."),
)  # fmt: skip


@dataclass(frozen=True)
class FileBytes:
    """Bytes of files: of one record, of one user in all, of that user today, of the office. Used, or allowed."""

    record: int
    user: int
    day: int
    office: int


def refusals_of_quota(used: FileBytes, allowed: FileBytes, size: int) -> tuple[Refusal, ...]:
    """Return why a file of `size` bytes cannot be kept beside what is used; () when it can."""
    return tuple(
        Refusal(
            sentence, {"most": most // MEGABYTE, "left": _tenths(max(most - taken, 0)), "size": _tenths(size)}
        )
        for sentence, taken, most in _compared(FULL, used, allowed)
        if taken + size > most
    )


def refusals_of_waiting(count: int, size: int) -> tuple[Refusal, ...]:
    """Return why so many files of a user, of so many bytes together, cannot wait to be saved; () when they can."""
    if count <= MOST_WAITING and size <= MOST_WAITING_BYTES:
        return ()
    return (Refusal(WAITING, {"most": MOST_WAITING, "size": MOST_WAITING_BYTES // MEGABYTE}),)


def quotas_nearly_used(used: FileBytes, allowed: FileBytes) -> tuple[Refusal, ...]:
    """Return a sentence for each quota of which NEAR or more is used."""
    return tuple(
        Refusal(sentence, {"used": _tenths(taken), "most": most // MEGABYTE})
        for sentence, taken, most in _compared(LEFT, used, allowed)
        if taken >= NEAR * most
    )


def _compared(
    sentences: tuple[str, ...], used: FileBytes, allowed: FileBytes
) -> Iterator[tuple[str, int, int]]:
    yield from zip(sentences, astuple(used), astuple(allowed), strict=True)


def _tenths(size: int) -> str:
    return f"{size / MEGABYTE:.1f}"
