"""A field, declared once: list, form, filter, import, export, template, search, history and document follow it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from rules.access import Role
from rules.choices import Choices, plain

# A key becomes a stored name, an argument of addresses and a word in generated code (`office.excel.rows`).
KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")
# What parts the values and the rows of a small table in one cell.
ROW_SIGNS = re.compile(r"[|｜\r\n]")
MOST_REFERRED = 50  # records that one list of references names


class Kind(StrEnum):
    """What a field holds, which decides how it is read, stored, shown, aligned and searched."""

    TEXT = "text"
    LONG_TEXT = "long-text"
    CODE = "code"  # letters and digits that must stay text: USCC, phone, document number
    INTEGER = "integer"  # 0 or more
    DECIMAL = "decimal"  # 0 or more
    DATE = "date"
    MOMENT = "moment"
    YES_NO = "yes-no"
    CHOICE = "choice"  # one word of a closed list, by its code
    CHOICES = "choices"  # several words of a closed list
    COUNTY = "county"
    STATUS = "status"
    REFERENCE = "reference"  # the id of another record; the name beside it is a copy
    REFERENCES = "references"  # the ids of several records, in their order; the names beside them are copies
    NAMES = "names"  # a list of names, each the id of another record where one has it
    COOPERATIONS = "cooperations"
    TEXTS = "texts"  # a list of texts that the program keeps, such as former names
    ROWS = "rows"  # a small table: a list of rows, each with a value for some of its sub-fields
    FILES = (
        "files"  # files of the record that stand in this field: each the id of its particulars and its name
    )


class CodeOf(StrEnum):
    """The codes that have a form of their own."""

    USCC = "uscc"  # GB 32100-2015, 18 characters
    PHONE = "phone"
    DOCUMENT_NUMBER = "document-number"  # 聊工信发〔2021〕133号
    LINK = "link"  # an address of the web
    EMAIL = "email"


class Search(StrEnum):
    """How a field is found."""

    TEXT = "text"  # by any part of it
    NAME = "name"  # by its pinyin initials as well
    PERSON = "person"  # the same, the surname read as one
    COUNTY = "county"  # by every name that the county has
    RELATED = "related"  # a copied name of another record: as a name, but after the records' own


# What may be typed or chosen in a cell of a list: a value that one field of a form holds.
EDITED_IN_PLACE = frozenset(Kind) - {Kind.COUNTY, Kind.COOPERATIONS, Kind.TEXTS, Kind.ROWS, Kind.FILES}


class Carried(StrEnum):
    """Whether a new record begins with the value of the one that was entered just before it."""

    NEVER = ""
    ALWAYS = "always"
    ASKED = "asked"  # where the clerk asks for it


class Input(StrEnum):
    """What a form shows where the kind alone does not say it."""

    USUAL = ""
    RADIO = "radio"  # one of a few, all in sight
    CHECKBOX = "checkbox"  # yes or no, never unknown
    SELECT = "select"  # one of a list without a blank


# Two declarations are the same when they are one: caches are kept by them, and hashing forty values would cost more.
@dataclass(frozen=True, eq=False)
class Field:
    """One field. `key` is the stored name, `label` a message id, `heading` the office's own, with its unit.

    In workbooks: `width` in characters, `aliases` further headings, `sent_as` those that others' workbooks have and
    that are no words of a question or a formula, `not_yet` what a cell says instead of a value that is still to come,
    `exported` and `imported` as said.

    Its value: `max_length` in characters; `minimum` and `maximum` of numbers; `choices` the words of a closed list;
    `refers_to` the collection that a reference names, `name_key` where the copied name stands (of a list of references
    the names, in the order of the ids, "" for one that is not to be seen beside this record), `scopes` when that
    record's county is this one's too, `copied_while` (pairs of key and value) when the copies follow only as long
    as that holds. A field that is not `stored` lives in lists and workbooks alone. A small table has the sub-fields
    `parts` in each of at most `most_rows` rows; a field of files at most `most_files` of them.
    `table` is the small table whose sub-field this is, where that is asked of a record (`columns`).

    In the form and on the record's page: `section` by its key ("": neither), `half` beside its neighbour,
    `form_order` where the order of declaration will not do; one that is not `editable` is shown only.

    In lists: `indexed` when sorting or narrowing by it has an index, `listed` its place among the first columns,
    `filter` its place among the filters (0: none).

    `carried` from one record to the next while many are entered after one another; `counts` names the field of several
    names whose number a form proposes for this one.

    `masked`: lists and pages show its ends alone, until somebody asks for the whole, which the trail tells.

    Rights: the roles that may see it (`seen_by`) and change it (`changed_by`), of those that the collection is open to;
    None: all of them. Who may not see a field may not change it.
    """

    key: str
    label: str
    heading: str = ""
    kind: Kind = Kind.TEXT
    width: int = 14
    unit: str = ""
    choices: Choices | None = None
    name_key: str = ""
    aliases: tuple[str, ...] = ()
    sent_as: tuple[str, ...] = ()
    required: bool = False
    sortable: bool = False
    imported: bool = True
    exported: bool = True
    max_length: int = 200
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    not_yet: tuple[str, ...] = ()
    default: Any = None
    code: CodeOf | None = None
    refers_to: str = ""
    parts: "tuple[Field, ...]" = ()
    most_rows: int = 0
    most_files: int = 0
    table: str = ""
    scopes: bool = False
    copied_while: tuple[tuple[str, Any], ...] = ()
    stored: bool = True
    always: bool = False  # stored in every record, though a form may leave it blank
    section: str = ""
    half: bool = False
    form_order: int = 0
    editable: bool = True
    help: str = ""
    form_label: str = ""  # where a form says more than a heading can
    input: Input = Input.USUAL
    offered: Callable[[], Iterable[str]] | None = None  # the codes of `choices` that a form offers; None: all
    carried: Carried = Carried.NEVER
    counts: str = ""
    depends_on: str = ""  # the reference whose record narrows what this one's look-up finds
    listed: int = 0
    indexed: bool = False
    filter: int = 0
    search: Search | None = None
    most_searched: int = 1000  # of a list, so many are found by
    personal: bool = False
    masked: bool = False
    public: bool = False
    seen_by: frozenset[Role] | None = None
    changed_by: frozenset[Role] | None = None
    reported_at: str = ""  # the key at whose column a workbook's row shows what is wrong with this one
    recycled: bool = False  # it lies in the recycle bin: what it names may be deleted
    traced: bool = True  # whether the trail shows its changes

    def __post_init__(self) -> None:
        for key in (self.key, self.name_key) if self.name_key else (self.key,):
            if not KEY.fullmatch(key):
                raise ValueError(f"{key!r} is no key: small letters, digits, _ and -, a letter first")

    @property
    def source(self) -> str:
        """The stored key whose value is shown: the copied name of a reference, else the key itself."""
        return self.name_key or self.key

    @property
    def filter_key(self) -> str:
        """The stored key that a filter asks."""
        inner = {Kind.COOPERATIONS: ".base", Kind.NAMES: ".company"}
        return self.key + inner.get(self.kind, "")

    def is_seen_by(self, role: Role) -> bool:
        """Tell whether a role may see it."""
        return self.seen_by is None or role in self.seen_by

    def is_changed_by(self, role: Role) -> bool:
        """Tell whether a role may change it, as far as the collection lets it."""
        return self.is_seen_by(role) and (self.changed_by is None or role in self.changed_by)

    @property
    def is_edited_in_place(self) -> bool:
        """Whether whoever may change it may do so where a list shows it; what moves a record elsewhere, in its form."""
        is_plain = (
            self.kind in EDITED_IN_PLACE and self.input in (Input.USUAL, Input.SELECT) and not self.scopes
        )
        return is_plain and self.editable and self.stored and bool(self.section)

    @cached_property
    def is_limited(self) -> bool:
        """Whether a value may be too small, too large or of another form."""
        return self.minimum is not None or self.maximum is not None or bool(self.pattern)

    @cached_property
    def columns(self) -> "tuple[Field, ...]":
        """The sub-fields of a small table as what may be asked of a record: what any of its rows has."""
        return tuple(
            replace(part, key=f"{self.key}__{part.key}", label=f"{self.label}·{part.label}", table=self.key)
            for part in self.parts
        )

    @cached_property
    def parts_by_key(self) -> "dict[str, Field]":
        """The sub-fields of a small table by key."""
        return {part.key: part for part in self.parts}

    @cached_property
    def spellings(self) -> frozenset[str]:
        """The headings by which a sheet may call this field, as `heading_key` compares them, and whole."""
        words = (self.heading, *self.aliases, *self.sent_as)
        return frozenset(key for word in words for key in (heading_key(word), plain(word).replace("*", "")))


def heading_key(text: str) -> str:
    """Return a heading as it is compared: no spaces or line ends, half width, without a unit in brackets."""
    key = plain(text).replace("*", "")
    head, bracket, _ = key.partition("(")
    return head if bracket and head else key
