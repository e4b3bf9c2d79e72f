"""Each part killed under load, again and again, as by a power cut."""

import random
import signal
import time
from collections.abc import Callable, Iterator

from tests.durability.running import alive, kill, until
from tests.durability.saving import Saver, acknowledged, saving
from tests.torture.judging import Line, judged
from tests.torture.offices import NUMBERS, deployed_office, embedded_office, folder

_CLERKS = 4
_BETWEEN = 6  # saves that are acknowledged from one kill to the next, at least


def killed_web(times: int) -> Iterator[Line]:
    """Kill the one web process of an embedded office."""
    with folder() as place, embedded_office(place) as (house, clerk, base):

        def strike() -> None:
            house.webs[-1].end(signal.SIGKILL)
            house.webs = []
            house.serve(clerk.port)

        with saving(clerk, base, NUMBERS, _CLERKS) as savers:
            _again_and_again(times, savers, strike)
        yield judged("web process killed", times, savers, house.database, house.command)


def killed_embedded_database(times: int) -> Iterator[Line]:
    """Kill the mongod of an embedded office; the program brings it back."""
    with folder() as place, embedded_office(place) as (house, clerk, base):

        def strike() -> None:
            killed = house.mongod
            kill(killed)
            until(lambda: house.mongod != killed and alive(house.mongod), 60)

        with saving(clerk, base, NUMBERS, _CLERKS) as savers:
            _again_and_again(times, savers, strike)
        yield judged("embedded database killed", times, savers, house.database, house.command)


def killed_primary(times: int) -> Iterator[Line]:
    """Kill the primary of a set of three; it comes back as a secondary."""
    with folder() as place, deployed_office(place) as (site, clerk, base):

        def strike() -> None:
            primary = site.set.primary()
            primary.kill()
            site.set.primary()
            primary.start()
            site.set.wait_until_whole()

        with saving(clerk, base, NUMBERS, _CLERKS) as savers:
            _again_and_again(times, savers, strike)
        yield judged("primary of three killed", times, savers, site.set.database, site.command)


def _again_and_again(times: int, savers: list[Saver], strike: Callable[[], None]) -> None:
    """Strike at a moment that is not foreseen, each time that the clerks are saving again."""
    chance = random.Random(2021133)
    for _ in range(times):
        before = acknowledged(savers)
        until(lambda before=before: acknowledged(savers) >= before + _BETWEEN, 120)
        time.sleep(chance.uniform(0, 0.2))
        strike()
    before = acknowledged(savers)
    until(lambda: acknowledged(savers) >= before + _BETWEEN, 120)
