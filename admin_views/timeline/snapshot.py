"""The page of a base as it stood on a day: its data then, its title, its indicators, and what reads otherwise now."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bson import ObjectId
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.labels import actual_words, indicator_word, set_line, set_warnings
from admin_views.shared.cells import align, shower, shown_change
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import asked_id, office_state, today
from admin_views.shared.view_models import Action, DataSection, FieldChange, Item, Link, figure
from admin_views.timeline.view_models import AsOfPage, PastIndicator
from forms.sentences import article_label
from rules.assessment.indicators import Assessment
from rules.titles import TitleState
from rules.words import N_
from schema.bases import BASES
from schema.field import Field, Kind
from schema.registry import REGISTRY
from services.timeline.snapshot import BaseOnDay, TitleOnDay, base_on, indicators_on, rebuilt_values

_FORMER = Field("former_names", N_("Former names"), "曾用名")
_CERTIFICATE = Field("certificate_number", N_("Certificate number"), "证书编号", Kind.CODE)
_TITLE_KEYS = {
    "status",
    "announced_on",
    "document_number",
    "title_first_day",
    "title_last_day",
    "title_source",
}
_TITLE_LABELS = {
    "uncertified": TitleState.NONE.label, "certified": TitleState.VALID.label, "revoked": TitleState.REVOKED.label,
    "cancelled": TitleState.CANCELLED.label, "expired": N_("Term ended, not decided on"),
}  # fmt: skip
_CONTACT = {"contact_name", "contact_phone", "contact_email", "notes"}


def read_day(text: str) -> tuple[date | None, str]:
    """Return the day that was typed, or why it is none that can be shown; a blank one is today."""
    if not text:
        return today(), ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, gettext(N_("This is not a day; write it as 2026-11-23."))
    if day > today():
        return None, gettext(N_("This day has not come yet."))
    if day.year < 1990:
        return None, gettext(N_("Choose a day after 1990."))
    return day, ""


def show() -> ResponseReturnValue:
    """Show a base as it stood at the end of a day of the past."""
    page, status = as_of_page(asked_id(), request.args.get("day", "").strip())
    return render_template("timeline/snapshot.html", page=page), status


def as_of_page(base_id: ObjectId, text: str) -> tuple[AsOfPage, int]:
    """Return the page and its status: 422 for a day that cannot be shown. Raises Missing."""
    day, problem = read_day(text)
    now, on_day, title = base_on(base_id, day or today(), actor=current_actor())
    state = office_state()
    shared = {
        "title": now["name"],
        "kind": " · ".join((gettext(N_("As it stood on a day")), state.county_names.get(now["county"], ""))),
        "day": text or today().isoformat(),
        "base_id": str(base_id),
        "url": url_for("timeline.as_of"),
        "today": today().isoformat(),
        "actions": (Action(gettext(N_("Timeline")), url_for("timeline.index", id=base_id), icon="history"),),
        "crumbs": (
            Link(gettext(N_("Bases")), url_for("bases.index_view")),
            Link(gettext(N_("Timeline")), url_for("timeline.index", id=base_id)),
        ),
    }
    if problem:
        return AsOfPage(**shared, problem=problem), 422
    return AsOfPage(**shared, **_shown(base_id, now, on_day, title)), 200


def _shown(base_id: ObjectId, now: Mapping[str, Any], on_day: BaseOnDay, title: TitleOnDay) -> dict[str, Any]:
    word, note = title_labels(title)
    parts: dict[str, Any] = {"title_word": word, "title_note": note}
    warnings = _warnings(on_day, title)
    if on_day.values is not None:
        parts["sections"] = _sections(on_day.values)
        parts["changed"] = _changed(on_day.values, rebuilt_values(now))
        parts["changed_note"] = (
            "" if parts["changed"] else gettext(N_("Everything reads today as it did then."))
        )
    judged = indicators_on(base_id, on_day, actor=current_actor())
    if judged is not None:
        assessment, is_in_force = judged
        values = on_day.first if on_day.values is None else on_day.values
        parts["indicators"] = tuple(_indicator(item, assessment, values) for item in assessment.indicators)
        parts["indicators_word"] = set_line(assessment.measures, assessment.facts.as_of)
        warnings += () if is_in_force else set_warnings((assessment.measures, is_in_force), on_day.day.year)
        own_note = (
            N_("The base's own values are the first on record.")
            if on_day.values is None
            else N_("The base's own values are those of that day.")
        )
        counted_note = N_(
            "Companies, partners and the ledger are as recorded now: what was entered later for that time is counted."
        )
        parts["indicators_note"] = f"{gettext(own_note)} {gettext(counted_note)}"
    return parts | {"warnings": warnings}


def title_labels(title: TitleOnDay) -> tuple[str, str]:
    """Return how the title stood on a day, and its term and paper."""
    parts = []
    if title.first_day and title.last_day:
        params = {"first": title.first_day.isoformat(), "last": title.last_day.isoformat()}
        parts.append(gettext(N_("Valid from %(first)s to %(last)s"), **params))
    if title.document_number:
        parts.append(title.document_number)
    return gettext(_TITLE_LABELS[title.status]), " · ".join(parts)


def _warnings(on_day: BaseOnDay, title: TitleOnDay) -> tuple[str, ...]:
    warnings = []
    if on_day.deleted:
        warnings.append(gettext(N_("On that day the record lay in the recycle bin.")))
    elif on_day.values is None and on_day.recorded_on:
        sentence = N_("This base was first recorded here on %(day)s: how it stood before is not known.")
        warnings.append(gettext(sentence, day=on_day.recorded_on.isoformat()))
    elif on_day.values is None:
        warnings.append(gettext(N_("The records do not reach back to this day.")))
    if title.unsure:
        warnings.append(gettext(N_("The title is lost by now, and no decision here says since when.")))
    return tuple(warnings)


def _columns() -> tuple[Field, ...]:
    return (*base_fields(), _FORMER, _CERTIFICATE)


def base_fields() -> tuple[Field, ...]:
    """Return the fields of a base that ship, as the clerk may see them, without those that the office has hidden."""
    seen = REGISTRY["bases"].seen_by(current_actor()).fields
    ships = BASES.by_key
    return tuple(one for one in seen if one.key in ships and (one.section or not ships[one.key].section))


def _text(column: Field, values: Mapping[str, Any]) -> Any:
    if column is _FORMER:
        return "、".join(values.get(column.key, ()))
    value = shower(column, office_state(), "bases", full=True)(values)
    return f"{value} {gettext(column.unit)}" if column.unit and value else value


def _sections(values: Mapping[str, Any]) -> tuple[DataSection, ...]:
    parts: dict[str, list[Item]] = {N_("Who and where"): [], N_("Title"): [], N_("Contact and notes"): []}
    for column in _columns():
        part = N_("Who and where")
        if column.key in _TITLE_KEYS or column is _CERTIFICATE:
            part = N_("Title")
        elif column.key in _CONTACT:
            part = N_("Contact and notes")
        item = Item(
            gettext(column.label),
            _text(column, values),
            align="" if column.kind is Kind.STATUS else align(column),
        )
        parts[part].append(item)
    return tuple(DataSection(gettext(label), tuple(items)) for label, items in parts.items())


def _changed(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    state, changes = office_state(), []
    for column in _columns():
        old, new = then.get(column.key), now.get(column.key)
        if old != new:
            texts = [
                "、".join(value or ()) or "—"
                if column is _FORMER
                else shown_change(column, value, state, "bases")
                for value in (old, new)
            ]
            changes.append(FieldChange(gettext(column.label), *texts))
    return tuple(changes)


def _indicator(item: Any, assessment: Assessment, values: Mapping[str, Any]) -> PastIndicator:
    word, note = indicator_word(item, assessment, values)
    return PastIndicator(
        gettext(item.label), article_label(item.article), figure(item.required), actual_words(item, values),
        gettext(item.unit), "；".join(text for text in (word, note) if text), item.met,
    )  # fmt: skip
