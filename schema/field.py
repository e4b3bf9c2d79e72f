"""A column, declared once: it serves the list, the export, the import and the template file.

`key` is the stored name, `label` the message id on screen, `heading` the office's own heading in
its workbooks, with its unit. A table of columns per collection stands in a file of its own.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from rules.choices import Choice, plain


class Kind(StrEnum):
    """What a cell holds, which decides how it is read, written, aligned and typed."""

    TEXT = "text"
    LONG_TEXT = "long-text"
    CODE = "code"  # letters and digits that must stay text: USCC, phone, document number
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    MOMENT = "moment"
    YES_NO = "yes-no"
    CHOICE = "choice"  # one Term, by its code
    CHOICES = "choices"  # a list of Terms
    COUNTY = "county"
    STATUS = "status"
    REFERENCE = "reference"  # the id of another record; the name beside it is a copy
    NAMES = "names"  # a list of names
    COOPERATIONS = "cooperations"


@dataclass(frozen=True)
class Column:
    """One column. `width` is in characters of a workbook; a `required` one may not be blank in an import.

    `name_key` is where the copied name of a reference stands. `readable` ones are exported,
    `writable` ones imported. Which ones a list shows at first is its view's to say.
    """

    key: str
    label: str
    heading: str
    kind: Kind = Kind.TEXT
    width: int = 14
    unit: str = ""
    terms: type[Choice] | None = None
    name_key: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = False
    sortable: bool = False
    writable: bool = True
    readable: bool = True
    most: int = 200  # longest text, in characters

    @property
    def source(self) -> str:
        """The stored key whose value is shown: the copied name of a reference, else the key itself."""
        return self.name_key or self.key

    @cached_property
    def spellings(self) -> frozenset[str]:
        """The headings by which a sheet may call this column, as `heading_key` compares them."""
        return frozenset(heading_key(word) for word in (self.heading, *self.aliases))


def heading_key(text: str) -> str:
    """Return a heading as it is compared: no spaces or line ends, half width, without a unit in brackets."""
    key = plain(text).replace("*", "")
    head, bracket, _ = key.partition("(")
    return head if bracket and head else key


@dataclass(frozen=True)
class Sheet:
    """The columns of one collection as a workbook has them: sheet title, file word, columns in order.

    `identity` names the columns that tell two records apart; `kind` is the word of the command line.
    """

    kind: str
    collection: str
    title: str
    unit_line: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]

    def column(self, key: str) -> Column:
        """Return the column stored under `key`; KeyError if there is none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)

    @property
    def exported(self) -> tuple[Column, ...]:
        """The columns that a workbook carries."""
        return tuple(column for column in self.columns if column.readable)

    @property
    def imported(self) -> tuple[Column, ...]:
        """The columns that an import may set."""
        return tuple(column for column in self.columns if column.writable)
