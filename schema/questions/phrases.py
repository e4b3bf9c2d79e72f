"""Words in which clerks ask for records, where no label or status says it: 到期, 迁出, 小微企业."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Phrase:
    """Words with what they mean of a record.

    With a period beside them: that its day `day` lies in it (`is_future`: 三个月内 is the next three months). Without
    one: that `field` has one of `values`, or that the day is there; `is_past`: that it is over. Denied, 未认定: that
    `field` has one of `opposite`, or none of `values`.
    With a field alone the words are another name of it: 员工 of a company's people.
    `elsewhere`: the collection whose records tell the day, and what they then must have, by key.
    """

    words: tuple[str, ...]
    day: str = ""
    is_future: bool = False
    is_past: bool = False
    field: str = ""
    values: tuple[str, ...] = ()
    opposite: tuple[str, ...] = ()
    elsewhere: str = ""
    also: tuple[tuple[str, str], ...] = ()

    @property
    def names_field(self) -> bool:
        """Whether the words are another name of a field, and say nothing of it."""
        return bool(self.field) and not self.values and not self.day
