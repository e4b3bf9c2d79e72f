"""The fields that come with the program, for administrators: what one is called, where it stands, asked or hidden."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.definitions.own_fields import crumbs, is_own, shipped_of
from admin_views.definitions.view_models import ShippedFieldLine, ShippedFieldsPage
from admin_views.shared.articles import article_of
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, typed_version
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import FormPage, FormSection
from forms.definitions.shipped_fields import ShippedFieldForm
from forms.sentences import show_refusals
from rules.errors import Missing, Refused, Stale
from rules.words import N_
from schema.collection import Collection
from schema.definitions.needed_fields import Needed, why_needed, why_seen_by_all
from schema.definitions.shipped_fields import own_label, unchanged, with_changes
from schema.field import Field, Kind
from services.definitions import own_fields as service
from services.definitions.own_fields import StoredOwnField

# Of a collection that ships, and of one that the office made.
_TITLES = (
    N_("Fields of %(collection)s that come with the program"),
    N_("Fields that %(collection)s has from the start"),
)
_KINDS = {
    Kind.TEXT: N_("One line of text"), Kind.LONG_TEXT: N_("Several lines of text"),
    Kind.CODE: N_("Code of a given form"),
    Kind.INTEGER: N_("Whole number"), Kind.DECIMAL: N_("Number with decimals"), Kind.DATE: N_("Day"),
    Kind.MOMENT: N_("Moment"), Kind.YES_NO: N_("Yes or no"), Kind.CHOICE: N_("One word of a list"),
    Kind.CHOICES: N_("Several words of a list"), Kind.COUNTY: N_("County"), Kind.STATUS: N_("Status"),
    Kind.REFERENCE: N_("Another record"), Kind.REFERENCES: N_("List"),
    Kind.NAMES: N_("List"), Kind.COOPERATIONS: N_("List"), Kind.TEXTS: N_("List"), Kind.FILES: N_("Files"),
}  # fmt: skip
_NOWHERE = N_("In lists and workbooks alone")


def index(slug: str) -> ResponseReturnValue:
    """Show the fields of a collection that ship, by section as they stand now."""
    shipped = shipped_of(slug)
    changes = service.shipped_fields_of(shipped.name)
    present = with_changes(shipped, [one.field for one in changes.values()])
    hidden = {key for key, one in changes.items() if one.field.hidden}
    groups = []
    for section in shipped.sections:
        fields = present.in_section(section.key)
        moved = [one.key for one in fields if one.editable]
        lines = [_line(shipped, one, changes.get(one.key), moved) for one in fields]
        lines += [
            _line(shipped, shipped.field(key), changes[key], [])
            for key in hidden if shipped.field(key).section == section.key
        ]  # fmt: skip
        groups.append((gettext(section.title), tuple(lines)))
    others = [one for one in shipped.fields if not one.section and (one.exported or one.key in hidden)]
    groups.append(
        (
            gettext(_NOWHERE),
            tuple(_line(shipped, present.field(one.key), changes.get(one.key), []) for one in others),
        )
    )
    page = ShippedFieldsPage(
        gettext(_TITLES[is_own(shipped)], collection=gettext(shipped.label)),
        tuple(one for one in groups if one[1]),
        crumbs(),
    )
    return render_template("definitions/shipped_fields.html", page=page)


def _reason(needed: Needed) -> str:
    """Return why a field stays, with the articles of the rule set in force."""
    articles = dict.fromkeys(filter(None, map(article_of, needed.provisions)))
    return gettext(needed.why) + (f"（{'、'.join(articles)}）" if articles else "")


def _line(
    shipped: Collection, field: Field, stored: StoredOwnField | None, moved: list[str]
) -> ShippedFieldLine:
    change = stored.field if stored else unchanged(shipped.name, field.key)
    ships = shipped.field(field.key)
    address: dict[str, Any] = {"slug": shipped.slug, "key": field.key}
    uses = [gettext(N_("must be filled in"))] if field.required else []
    if change.unseen_by:
        kept = "、".join(gettext(role.label) for role in change.unseen_by)
        uses.append(gettext(N_("not for %(roles)s"), roles=kept))
    if change.unchanged_by:
        locked = "、".join(gettext(role.label) for role in change.unchanged_by)
        uses.append(gettext(N_("not changed by %(roles)s"), roles=locked))
    needed = why_needed(shipped.name, field.key)
    place = moved.index(field.key) if field.key in moved else -1
    return ShippedFieldLine(
        gettext(change.label or ships.label), gettext(ships.label) if change.label else "",
        gettext(_KINDS[ships.kind]), "、".join(uses), _reason(needed) if needed else "", change.hidden,
        stored.version if stored else 0, url_for("own_fields.change_shipped", **address),
        url_for("own_fields.move_shipped", **address, way="up") if place > 0 else "",
        url_for("own_fields.move_shipped", **address, way="down") if 0 <= place < len(moved) - 1 else "",
    )  # fmt: skip


def edit(slug: str, key: str) -> ResponseReturnValue:
    """Change a field that ships."""
    shipped = shipped_of(slug)
    field = shipped.by_key.get(key)
    if field is None:
        raise Missing()
    stored = service.shipped_fields_of(shipped.name).get(key)
    change, version = (stored.field, stored.version) if stored else (unchanged(shipped.name, key), 0)
    form = (
        ShippedFieldForm.of(change, field)
        if request.method == "GET"
        else ShippedFieldForm.typed(request.form)
    )
    form.offer(shipped, field)
    if request.method == "POST":
        version = typed_version() or 0
        if form.validate():
            try:
                service.change_shipped_field(
                    form.change(shipped.name, key), version=version, actor=current_actor(), now=now()
                )
            except (Refused, Stale) as problem:
                show_refusals(form, problem)
            else:
                flash(gettext(N_("Saved.")), "success")
                return redirect(url_for("own_fields.shipped", slug=slug), 303)
    page = _form_page(shipped, field, form, version)
    return render_template("records/form.html", page=page), 422 if request.method == "POST" else 200


def _form_page(shipped: Collection, field: Field, form: ShippedFieldForm, version: int) -> FormPage:
    given = (
        (N_("Names"), (("label", "english"), ("help",), ("aliases",))),
        (N_("Where it stands"), (("section",), ("required", "hidden"))),
        (
            N_("Who sees it"),
            (("unseen_city", "unchanged_city"), ("unseen_county", "unchanged_county"), ("unseen_reader",)),
        ),
    )
    sections = []
    for heading, rows in given:
        left = tuple(tuple(name for name in row if name in form) for row in rows)
        if any(left):
            sections.append(FormSection(gettext(heading), tuple(row for row in left if row)))
    told = [gettext(N_("As it comes with the program: %(label)s."), label=own_label(field) or field.key)]
    if needed := why_needed(shipped.name, field.key):
        told.append(gettext(N_("This field stays: %(reason)s"), reason=_reason(needed)))
        told.append(gettext(N_("For the same reason it is kept from nobody who may see the record.")))
    elif seen := why_seen_by_all(shipped.name, field.key):
        told.append(
            gettext(N_("Everyone who may see the record sees this field: %(reason)s"), reason=_reason(seen))
        )
    if field.search and "unseen_city" in form:
        told.append(gettext(N_("What is kept from a role is not found by the search any more, for anybody.")))
    title = gettext(
        N_("%(collection)s: %(label)s"), collection=gettext(shipped.label), label=gettext(field.label)
    )
    return FormPage(
        title, form, tuple(sections), url_for("own_fields.change_shipped", slug=shipped.slug, key=field.key),
        url_for("own_fields.shipped", slug=shipped.slug), gettext(N_("Save")), version, help=" ".join(told),
        crumbs=crumbs(),
    )  # fmt: skip


def move(slug: str, key: str, way: str) -> ResponseReturnValue:
    """Let a field change places with the one before or after it in its section."""
    shipped = shipped_of(slug)
    if way not in ("up", "down"):
        raise Missing()
    service.move_shipped_field(
        shipped.name, key, up=way == "up", version=typed_version() or 0, actor=current_actor(), now=now()
    )
    return redirect(url_for("own_fields.shipped", slug=slug), 303)
