"""The disk of the embedded database full under load, and with room again."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from pymongo.errors import PyMongoError

from tests.durability.running import House, until
from tests.durability.saving import acknowledged, saving
from tests.torture.judging import Line, judged
from tests.torture.offices import NUMBERS, embedded_office, small_disk

_MEGABYTES = 1500
_FULL_SECONDS = 15.0


def full_disk(times: int) -> Iterator[Line]:
    """Fill the disk with something else, let the clerks save, and make room."""
    with small_disk(_MEGABYTES) as place:
        if place is None:
            yield Line("disk full", 0, 0, 0, note="not run: a disk of its own needs the right to mount one")
            return
        with embedded_office(place) as (house, clerk, base):
            with saving(clerk, base, NUMBERS, 4) as savers:
                for _ in range(times):
                    _filled(place, house, lambda: acknowledged(savers))
            said = sum("磁盘" in answer.text for saver in savers for answer in saver.answers)
            yield judged(
                "disk full", times, savers, house.database, house.command, f"{said} pages named the disk"
            )


def _filled(place: Path, house: House, saved: Callable[[], int]) -> None:
    before = saved()
    until(lambda: saved() >= before + 5, 120)
    ballast = place / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 65_536)
    deadline = time.monotonic() + _FULL_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), ballast.open("ab", buffering=0) as file:  # what the database lets go of
            file.write(b"\0" * 65_536)
        # The database would write its data files once a minute by itself, and have its journal until then.
        with suppress(OSError, PyMongoError), house.database() as db:
            db.client.admin.command("fsync")
        time.sleep(0.2)
    ballast.unlink()
    before = saved()
    until(lambda: saved() >= before + 5, 180)
