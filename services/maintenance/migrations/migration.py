"""What a migration is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

# Called with how many of how many documents are done.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Migration:
    """One change of what is stored: `number` in order from 1, `title` a message id, and `run`.

    `run` is safe to repeat and to begin again after it was cut short: it asks of each document whether it is done.
    A program of an earlier schema may go on writing beside it unless `shuts_out`: then what such a program writes
    would be wrong, and it is refused from here on.
    """

    number: int
    title: str
    run: Callable[[datetime, Progress], None]
    shuts_out: bool = False
