"""Two web processes on one database, the clock of one an hour before or behind."""

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.durability.clerks import Clerk
from tests.durability.running import until
from tests.durability.saving import acknowledged, saving
from tests.torture.judging import Line, judged
from tests.torture.offices import NUMBERS, embedded_office, folder

_PROGRAM = Path(__file__).with_name("hour_wrong.py")


def wrong_clocks(times: int) -> Iterator[Line]:
    """Let clerks save at both processes, so many saves at each; the clock is set in the process, by time-machine."""
    for hours in (1, -1):
        with folder() as place, embedded_office(place) as (house, clerk, base):
            wrong = house.serve(wrap=[sys.executable, str(_PROGRAM)], HOURS=str(hours))
            other = Clerk(wrong.port).sign_in()
            with saving(clerk, base, NUMBERS, 2) as right, saving(other, base, NUMBERS, 2) as late:
                until(lambda: min(acknowledged(right), acknowledged(late)) >= times, 600)
            words = "an hour ahead" if hours > 0 else "an hour behind"
            yield judged(
                f"clock of one of two processes {words}", 1, [*right, *late], house.database, house.command
            )
