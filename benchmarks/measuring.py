"""One measurement: seconds, the database's commands and their seconds, bytes sent; taken in turns and summed up."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pymongo import monitoring

_HOUSEKEEPING = frozenset({"hello", "ping", "endSessions", "isMaster", "ismaster"})


class Commands(monitoring.CommandListener):
    """Counts the database's commands and their durations, as the driver sees them."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def reset(self) -> None:
        """Begin a new count."""
        self.count, self.seconds = 0, 0.0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Nothing: a command is counted when it ends."""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Count a command."""
        if event.command_name not in _HOUSEKEEPING:
            self.count += 1
            self.seconds += event.duration_micros / 1e6

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Count a command that failed: it took its time too."""
        self.count += 1
        self.seconds += event.duration_micros / 1e6


COMMANDS = Commands()


@dataclass(frozen=True)
class Cost:
    """What one call cost. `growth` is memory in bytes, only of exports; `rows` those of an export.

    `first` are the seconds until the first bytes of an export had arrived.
    """

    seconds: float
    commands: int = 0
    database: float = 0.0
    size: int = 0
    status: int = 200
    growth: int = 0
    rows: int = 0
    rate: float = 0.0  # requests per second, of many clients
    estimated: bool = False  # scaled up from a sample
    first: float = 0.0


Call = Callable[[], tuple[int, int]]  # returns the status and the bytes of the answer


def once(call: Call) -> Cost:
    """Measure one call."""
    COMMANDS.reset()
    began = time.perf_counter()
    status, size = call()
    seconds = time.perf_counter() - began
    return Cost(seconds, COMMANDS.count, COMMANDS.seconds, size, status)


def in_turns(calls: Mapping[str, Call], runs: Mapping[str, int]) -> dict[str, Cost]:
    """Measure each call `runs` times, in turns (A B C A B C …), after one that warms up; return the medians.

    A call of one run is not warmed up: it is too slow to be made twice.
    """
    taken: dict[str, list[Cost]] = {name: [] for name in calls}
    for name, call in calls.items():
        if runs[name] > 1 and (status := once(call).status) != 200:
            raise RuntimeError(f"the column {name} answered {status}")
    for turn in range(max(runs.values())):
        for name, call in calls.items():
            if turn < runs[name]:
                taken[name].append(once(call))
    return {name: median(costs) for name, costs in taken.items()}


def median(costs: Sequence[Cost]) -> Cost:
    """Return the middle of several costs, each figure by itself; the worst status.

    That a session was used is written once a minute: of many runs one has a command more, the middle has not.
    """
    middle = {
        field: statistics.median(getattr(cost, field) for cost in costs)
        for field in ("seconds", "commands", "database", "size", "growth", "rows", "rate", "first")
    }
    worst = max(cost.status for cost in costs)
    return Cost(
        middle["seconds"], int(middle["commands"]), middle["database"], int(middle["size"]), worst,
        int(middle["growth"]), int(middle["rows"]), middle["rate"], costs[0].estimated, middle["first"],
    )  # fmt: skip
