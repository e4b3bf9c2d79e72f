"""What forms and questions show."""

from dataclasses import dataclass
from typing import Any

from admin_views.shared.view_models.components import Link, Pairs, Text
from admin_views.shared.view_models.records import FieldChange, Item


@dataclass(frozen=True, slots=True)
class FormSection:
    """Fields under one heading. Each row names one field, or two short ones that stand side by side.

    `facts` are what is shown only, with a `link` to where it is changed.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    help: str = ""
    facts: tuple[Item, ...] = ()
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class FormPage:
    """form.html over a WTForms form; parts/fields.html says what `render_kw` may ask for.

    `problems` are those of the record as a whole; those of fields are read from the form.
    """

    title: str
    form: Any
    sections: tuple[FormSection, ...]
    action: str
    cancel_url: str
    save_label: str
    version: int | None = None
    drawn: str | None = None  # the office's own fields that it shows, sent with it; None: it does not say
    problems: tuple[str, ...] = ()
    help: str = ""
    multipart: bool = False
    save_and_new: bool = False  # a second button, sent as `again`=1
    hidden: Pairs = ()
    warnings: tuple[Text, ...] = ()  # what is asked once, before it is saved all the same
    note: str = ""  # where the values of a new record come from
    carried: tuple[str, ...] = ()  # the fields that another record filled, or left blank
    carries_more: str = ""  # the fields that the next record takes over where `whole` is sent, in words
    is_carried_whole: bool = False
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ConflictField:
    """One field that both savers changed; `prefer_mine` chooses mine at first.

    The radio is sent as `choose-<name>` = "mine" or "theirs".
    """

    name: str
    label: str
    read: Text
    theirs: Text
    mine: Text
    prefer_mine: bool = True


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """conflict.html: both versions side by side; `carried` is all that was typed, resent with `version`."""

    title: str
    saved_by: str
    saved_at: str
    fields: tuple[ConflictField, ...]
    action: str
    version: int
    carried: Pairs
    cancel_url: str
    also_changed: tuple[FieldChange, ...] = ()  # what only they changed: kept without a question
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Referrers:
    """The records of one kind that refer to a thing that was to be deleted."""

    title: str
    total: int
    links: tuple[Link, ...]
    all_url: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that is chosen along with a question: its name, what it is about, (value, words, chosen) each."""

    name: str
    label: str
    options: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """confirm.html: a question that names the thing, or, with `referrers`, why it cannot be done."""

    title: str
    question: str
    action: str
    button: str
    cancel_url: str
    consequences: tuple[str, ...] = ()
    facts: tuple[Item, ...] = ()
    referrers: tuple[Referrers, ...] = ()
    refusal: str = ""
    hidden: Pairs = ()
    choices: tuple[Choice, ...] = ()
    touches: tuple[Referrers, ...] = ()  # what names the thing, and goes on otherwise afterwards
    danger: bool = True
    crumbs: tuple[Link, ...] = ()
