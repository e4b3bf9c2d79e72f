"""What the pages of the definitions show."""

from collections.abc import Mapping
from dataclasses import dataclass

from admin_views.shared.view_models import Link, Text


@dataclass(frozen=True, slots=True)
class OwnFieldLine:
    """One own field of the list; `up_url` and `down_url` are "" at the ends."""

    label: str
    kind: str
    section: str
    uses: str
    hidden: bool
    version: int
    url: str
    show_url: str  # hides it where it is shown
    delete_url: str
    up_url: str
    down_url: str
    kind_url: str = ""  # "" where it cannot hold anything else, or not now
    changing_url: str = ""  # the batch that changes what it holds


@dataclass(frozen=True, slots=True)
class OwnFieldsOf:
    """One collection with its own fields: what the others are called, and what is said where it has none of its own."""

    title: str
    lines: tuple[OwnFieldLine, ...]
    new_url: str
    shipped_url: str
    shipped_label: str
    nothing: str
    slug: str = ""


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One condition of the list: what it is for (a colour as a badge), its sentence, as it is read, and its field."""

    purpose: Text
    sentence: str
    shown: str
    field: str
    resting: bool
    url: str
    delete_url: str


@dataclass(frozen=True, slots=True)
class ConditionsOf:
    """One collection with its conditions."""

    title: str
    lines: tuple[ConditionLine, ...]
    new_url: str


@dataclass(frozen=True, slots=True)
class ConditionsPage:
    """definitions/own_conditions.html: every collection's conditions."""

    title: str
    groups: tuple[ConditionsOf, ...]
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be picked for a formula: what a click `inserts`, how it is called, of which kind or to what use."""

    inserts: str
    label: str
    kind: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TriedRecord:
    """A record and what a formula gives of it; `reason` says why it gives nothing."""

    label: str
    value: Text
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TriedFormula:
    """definitions/tried.html: the `problem` of a formula, or how it was read, what it gives, and some records."""

    problem: str = ""
    shown: str = ""
    gives: str = ""
    rows: tuple[TriedRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class FormulaHelp:
    """definitions/formula_form.html, beside the form: what may be picked, and what was tried."""

    try_url: str
    fields: tuple[Offered, ...]
    related: tuple[tuple[str, tuple[Offered, ...]], ...]
    functions: tuple[Offered, ...]
    tried: TriedFormula | None = None


@dataclass(frozen=True, slots=True)
class OwnFieldsPage:
    """definitions/own_fields.html: every collection's own fields."""

    title: str
    groups: tuple[OwnFieldsOf, ...]
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfigurationLine:
    """One entry that differs: `changes` are label, old and new; `sign` tells the outcome to the style sheet.

    `records` is how many records here a change concerns, where that can be said.
    """

    label: str
    outcome: str
    sign: str
    changes: tuple[tuple[str, str, str], ...]
    records: int | None = None


@dataclass(frozen=True, slots=True)
class ConfigurationPart:
    """One part of a configuration with what differs; `kept` is how many entries stand only here."""

    title: str
    lines: tuple[ConfigurationLine, ...]
    kept: int


@dataclass(frozen=True, slots=True)
class ConfigurationPage:
    """definitions/configuration.html: the file to fetch, the file to send, and what it would change.

    `upload` names the file that was read, and comes back from who takes it with what was `seen` here; `problems` say
    why it was not taken; `left_out` what no such file holds, each with why.
    """

    title: str
    action: str
    file_url: str
    take_url: str
    parts: tuple[ConfigurationPart, ...] = ()
    upload: str = ""
    seen: str = ""
    moves: int = 0
    left_out: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnCollectionLine:
    """One own collection of the list; an address is "" where there is nothing to do there."""

    label: str
    word: str
    scope: str
    counties: str
    records: int
    version: int
    hidden: bool
    deleted: bool
    url: str
    list_url: str
    fields_url: str
    show_url: str
    delete_url: str


@dataclass(frozen=True, slots=True)
class OwnCollectionsPage:
    """definitions/own_collections.html: every own collection."""

    title: str
    lines: tuple[OwnCollectionLine, ...]
    new_url: str
    from_data_url: str
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ExposureBeginPage:
    """definitions/exposing_begin.html: the strange collections, each with its number of documents, or a file."""

    title: str
    action: str
    collections: tuple[tuple[str, int], ...]
    most_size: str
    problems: tuple[str, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ExposedColumn:
    """A column of a strange table: what was seen in it, and what it is to become."""

    heading: str
    label: str
    kind: str
    filled: int
    distinct: int
    samples: str
    taken: bool
    filtered: bool
    searched: bool
    listed: bool


@dataclass(frozen=True, slots=True)
class ExposePage:
    """definitions/exposing.html: what was seen in a table, to be corrected; `errors` are sentences by field."""

    title: str
    action: str
    again_url: str
    source: str
    rows: int
    label: str
    word: str
    scope: str
    scopes: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    name: int | None
    scoping: int | None
    columns: tuple[ExposedColumn, ...]
    errors: Mapping[str | None, str]
    problems: tuple[str, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ShippedFieldLine:
    """One field that ships: `was` what it is called as it ships, where it is called otherwise; `stays` why it stays."""

    label: str
    was: str
    kind: str
    uses: str
    stays: str
    hidden: bool
    version: int
    url: str
    up_url: str
    down_url: str


@dataclass(frozen=True, slots=True)
class ShippedFieldsPage:
    """definitions/shipped_fields.html: the fields of a collection that ship, by section."""

    title: str
    sections: tuple[tuple[str, tuple[ShippedFieldLine, ...]], ...]
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class FailedValue:
    """A value that does not convert: whose it is, what it is, and why not."""

    label: str
    url: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class KindTrialShown:
    """What becomes of a field's values; `refusals` say why the change is not possible."""

    filled: int
    converts: int
    fails: int
    rows: tuple[FailedValue, ...]
    refusals: tuple[str, ...]
    before: str
    after: str
