"""Rules between the fields of one record, declared with its collection: a refusal, or a warning that asks once.

The same rules judge forms, acts on many records, imports, the grid, the restoring of a version and, where a rule names
its doubt, the check of what is stored. A write is judged by the rules alone whose fields it changes: what is amiss
already does not hold up a new telephone number (decision 0037).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from rules.doubts.doubt import Doubt
from rules.errors import Refusal
from schema.values import Stored, day_of, in_order

Judge = Callable[[Stored, date], Iterable[Refusal]]


@dataclass(frozen=True, eq=False)
class RecordRule:
    """One rule. `judge(values, today)` says what is amiss, each at its field; `reads` are the keys that it compares.

    The values are as a form has them or as they are stored. A `warning` may be saved all the same; any other rule
    refuses. `doubt` is what the check of stored records calls a breach (None: it does not look for it).
    """

    key: str
    reads: tuple[str, ...]
    judge: Judge
    warning: bool = False
    doubt: Doubt | None = None

    def is_touched(self, values: Stored, before: Stored | None) -> bool:
        """Tell whether a write from `before` (None: there was no record) changes what the rule compares."""
        return before is None or any(values.get(key) != before.get(key) for key in self.reads)


@dataclass(frozen=True)
class Twins:
    """What two records should not have in common under two values of `but`: a warning, or in an import a question.

    `message` speaks of another record (`label`, and `code`, its value of `but`), `in_file` of an earlier `row`
    ("": a file may well say it twice).
    """

    same: tuple[str, ...]
    but: str
    message: str
    in_file: str = ""


def refusing(key: str, reads: tuple[str, ...], judge: Judge) -> RecordRule:
    """Return a rule that refuses whatever `judge` finds."""
    return RecordRule(key, reads, judge)


def order(key: str, first: str, last: str, message: str) -> RecordRule:
    """Return the rule that the day `last` does not lie before the day `first`; both may be blank."""
    return RecordRule(key, (first, last), lambda values, today: in_order(values, first, last, message))


def warning(
    key: str, reads: tuple[str, ...], amiss: Callable[[Stored, date], bool], message: str, *, at: str = "",
    doubt: Doubt | None = None,
) -> RecordRule:  # fmt: skip
    """Return the rule that warns with `message`, at the field `at` (else the last one read), where `amiss` holds."""
    found = (Refusal(message, field=at or reads[-1]),)
    return RecordRule(
        key, reads, lambda values, today: found if amiss(values, today) else (), warning=True, doubt=doubt
    )


@dataclass(frozen=True)
class StaySentences:
    """What is said of a status that contradicts the days of coming and leaving."""

    no_day: str
    still_there: str
    not_yet_left: str
    not_yet_there: str


def stay(first: str, last: str, *, there: str, gone: str, said: StaySentences) -> tuple[RecordRule, ...]:
    """Return the warnings of a status that contradicts the day of coming or the first day away."""

    def is_gone_later(values: Stored, today: date) -> bool:
        day = day_of(values.get(last))
        return values.get("status") == gone and day is not None and day > today

    def is_there_still(values: Stored, today: date) -> bool:
        day = day_of(values.get(last))
        return values.get("status") == there and day is not None and day <= today

    def is_there_early(values: Stored, today: date) -> bool:
        day = day_of(values.get(first))
        return values.get("status") == there and day is not None and day > today

    reads = ("status", last)
    return (
        warning(
            "left-without-day", reads, lambda values, today: values.get("status") == gone and not values.get(last),
            said.no_day, doubt=Doubt.LEFT_WITHOUT_DAY,
        ),
        warning("leaves-later", reads, is_gone_later, said.not_yet_left, doubt=Doubt.LEAVES_LATER),
        warning("day-but-there", reads, is_there_still, said.still_there, doubt=Doubt.DAY_BUT_THERE),
        warning("comes-later", ("status", first), is_there_early, said.not_yet_there, doubt=Doubt.COMES_LATER),
    )  # fmt: skip


# --- Asking them


def breaches(
    rules: Iterable[RecordRule], values: Stored, today: date, *, before: Stored | None = None, warnings: bool
) -> Iterator[Refusal]:
    """Yield what the refusing rules find or, with `warnings`, the warning ones, in a write from `before`."""
    for rule in rules:
        if rule.warning is warnings and rule.is_touched(values, before):
            yield from rule.judge(values, today)


def doubts_of(rules: Iterable[RecordRule], record: Stored, today: date) -> tuple[Doubt, ...]:
    """Return what is doubtful about a stored record on a day, by the rules of its collection."""
    return tuple(
        rule.doubt
        for rule in rules
        if rule.doubt is not None and any(True for _ in rule.judge(record, today))
    )
