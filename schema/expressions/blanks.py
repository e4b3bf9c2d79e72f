"""Why a value is blank: a formula never fails over a record, it gives nothing and says why."""

from dataclasses import dataclass

from rules.words import N_

FIELD_BLANK = N_("“%(label)s” is blank.")
DIVIDED_BY_ZERO = N_("It would be divided by zero.")
TOO_LARGE = N_("The number would be too large.")
NO_SUCH_DAY = N_("The day would lie outside the years 1000 to 9999.")
NO_RECORD = N_("There is no such record.")
SAID_SO = N_("The formula leaves it blank here.")


@dataclass(frozen=True)
class Blank:
    """No value, and why: `reason` is one of this module's sentences, `key` the field at fault, if one is."""

    reason: str
    key: str = ""
