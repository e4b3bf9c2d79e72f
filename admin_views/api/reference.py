"""The readable page of the programming interface: addresses, fields and filters of each collection."""

from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from admin_views.api.door import Door, seen_collections
from admin_views.api.openapi import written_fields
from admin_views.shared.addresses import public_address
from admin_views.shared.request_context import office_state
from admin_views.shared.translation import gettext
from rules.access import Act
from rules.words import N_
from schema.field import Field, Kind

_KINDS = {
    Kind.TEXT: N_("text"), Kind.LONG_TEXT: N_("text"), Kind.CODE: N_("text"), Kind.INTEGER: N_("whole number"),
    Kind.DECIMAL: N_("number"), Kind.DATE: N_("day"), Kind.MOMENT: N_("moment"), Kind.YES_NO: N_("true or false"),
    Kind.CHOICE: N_("a code of the list"), Kind.CHOICES: N_("codes of the list"), Kind.COUNTY: N_("a county's code"),
    Kind.STATUS: N_("a status's code"), Kind.REFERENCE: N_("id of a record"),
    Kind.REFERENCES: N_("list of ids of records"), Kind.NAMES: N_("list of names"),
    Kind.COOPERATIONS: N_("list of cooperations"), Kind.TEXTS: N_("list of texts"),
    Kind.ROWS: N_("list of rows"), Kind.FILES: N_("list of files"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field as the page shows it."""

    key: str
    label: str
    kind: str
    is_required: bool
    is_written: bool
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CollectionPart:
    """One collection as the page shows it."""

    slug: str
    label: str
    url: str
    may_write: bool
    has_files: bool
    fields: tuple[FieldLine, ...]
    filters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReferencePage:
    """api/reference.html."""

    title: str
    address: str
    tokens_url: str
    collections: tuple[CollectionPart, ...]


def index() -> ResponseReturnValue:
    """Show the page, as far as the clerk's own rights go."""
    page = ReferencePage(
        title=gettext(N_("How programs ask")),
        address=public_address(url_for("api.index")).rstrip("/"),
        tokens_url=url_for("api_tokens.index"),
        collections=tuple(_part(Door(declaration)) for declaration in seen_collections()),
    )
    return render_template("api/reference.html", page=page)


def _part(door: Door) -> CollectionPart:
    written = {field.key for field in (*written_fields(door), *written_fields(door, {}))}
    filters = []
    for spec in door.records.asked_filters:
        names = [f"{spec.name}_from", f"{spec.name}_to"] if spec.kind == "days" else [spec.name]
        filters += [(name, gettext(spec.label)) for name in names]
    return CollectionPart(
        slug=door.declaration.slug,
        label=gettext(door.declaration.label),
        url=url_for("api.records", collection=door.declaration.slug),
        may_write=door.may(Act.CHANGE),
        has_files=door.declaration.has_files,
        fields=tuple(_line(door, field, field.key in written) for field in door.fields),
        filters=tuple(filters),
    )


def _line(door: Door, field: Field, is_written: bool) -> FieldLine:
    words: tuple[tuple[str, str], ...] = ()
    if field.kind is Kind.STATUS:
        words = tuple(office_state().status_labels(door.name).items())
    elif field.choices is not None:
        words = tuple((word.value, gettext(word.label)) for word in field.choices)
    kind = gettext(_KINDS.get(field.kind, "")) or field.kind.value
    unit = f"（{gettext(field.unit)}）" if field.unit else ""
    return FieldLine(
        field.key, gettext(field.label) + unit, kind, field.required and is_written, is_written, words
    )
