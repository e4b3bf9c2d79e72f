"""Each part stopped where it stands (SIGSTOP) for some seconds: it holds its connections and answers nothing."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from tests.durability.running import until
from tests.durability.saving import Saver, acknowledged, saving
from tests.torture.judging import Line, judged
from tests.torture.offices import NUMBERS, deployed_office, embedded_office, folder

_CLERKS = 4
SECONDS = 8.0  # that each part stands still


def frozen_embedded_database(times: int) -> Iterator[Line]:
    """Stop the mongod of an embedded office."""
    with folder() as place, embedded_office(place) as (house, clerk, base):
        with saving(clerk, base, NUMBERS, _CLERKS) as savers:
            during = [
                _stopped(
                    savers,
                    lambda: os.kill(house.mongod, signal.SIGSTOP),
                    lambda: os.kill(house.mongod, signal.SIGCONT),
                )
                for _ in range(times)
            ]  # fmt: skip
        yield judged(
            "embedded database stood still", times, savers, house.database, house.command, _note(during)
        )


def frozen_parts_of_a_deployed_office(times: int) -> Iterator[Line]:
    """Stop a web process, the primary and a secondary, one kind after the other."""
    with folder() as place, deployed_office(place) as (site, clerk, base):

        def web() -> tuple[Callable[[], None], Callable[[], None]]:
            process = site.webs[0].process
            return lambda: process.send_signal(signal.SIGSTOP), lambda: process.send_signal(signal.SIGCONT)

        def primary() -> tuple[Callable[[], None], Callable[[], None]]:
            member = site.set.primary()
            return member.freeze, member.thaw

        def secondary() -> tuple[Callable[[], None], Callable[[], None]]:
            member = site.set.secondaries()[0]
            return member.freeze, member.thaw

        for name, part in (
            ("web process of two", web),
            ("primary of three", primary),
            ("secondary", secondary),
        ):
            with saving(clerk, base, NUMBERS, _CLERKS) as savers:
                during = []
                for _ in range(times):
                    during.append(_stopped(savers, *part()))
                    site.set.wait_until_whole()
            yield judged(f"{name} stood still", times, savers, site.set.database, site.command, _note(during))


def _stopped(savers: list[Saver], stop: Callable[[], None], go_on: Callable[[], None]) -> int:
    """Let a part stand still; return how many saves were acknowledged meanwhile."""
    before = acknowledged(savers)
    until(lambda: acknowledged(savers) >= before + 5, 120)
    stop()
    try:
        since = acknowledged(savers)
        time.sleep(SECONDS)
        meanwhile = acknowledged(savers) - since
    finally:
        with suppress(ProcessLookupError):
            go_on()
    before = acknowledged(savers)
    until(lambda: acknowledged(savers) >= before + 5, 120)
    return meanwhile


def _note(during: list[int]) -> str:
    return f"saves in the {SECONDS:.0f} s: {min(during)} at least, {max(during)} at most"
