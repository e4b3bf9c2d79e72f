"""Upward recommendations of Art. 17: the list, one recommendation with the figures frozen beside it, its files."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from admin_views.reports.view_models import FilePart, FrozenLine, UpwardPage
from admin_views.shared.filed_list import FiledList
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.history import history_entries
from admin_views.shared.list_query import FilterSpec, ListQuery
from admin_views.shared.request_context import office_state, shown_moment
from admin_views.shared.slot_files import (
    asked_id,
    file_items,
    keep_sent,
    remove_slot_file,
    said_of_upload,
    send_slot_file,
    upload_to,
)
from admin_views.shared.view_models import Action, Empty, Fact, Item, Link, Text, badge, figure, toned
from documents.upward.recommendation import COLLECTION, UpwardRecommendation
from office.tables.upward import UPWARD
from rules.access import Permission
from rules.choices import ServiceFunction
from rules.errors import Missing
from rules.measures import Level
from rules.upward import LEVELS, UpwardOutcome
from rules.words import N_
from services.shared.files import files_by_slot
from services.upward.recommendations import level_of, outcome_of, read_recommendation

upward = Blueprint("upward", __name__, url_prefix="/admin/upward")
TITLE = N_("Upward recommendation")
LETTER, OUTCOME = "letter", "outcome"
SLOTS = {LETTER: N_("Letter"), OUTCOME: N_("Paper of the outcome")}
_COLOURS = {
    UpwardOutcome.PENDING: "amber", UpwardOutcome.GRANTED: "green", UpwardOutcome.REFUSED: "grey",
    UpwardOutcome.ENDED: "red",
}  # fmt: skip
_HISTORY_ROWS = 20
Raw = Mapping[str, Any]


def crumbs(raw: Raw | None = None) -> tuple[Link, ...]:
    """Return the way to a page of the recommendations, or of one."""
    home = Link(gettext(TITLE), url_for("upward.index"))
    return (home, Link(raw["base_name"], show_url(raw["_id"]))) if raw else (home,)


def show_url(identity: Any) -> str:
    """Return the address of a recommendation's page."""
    return url_for("upward.show", id=identity)


def may_decide() -> bool:
    """Tell whether the clerk may recommend."""
    return current_actor().may(Permission.DECIDE_APPLICATIONS)


def outcome_badge(raw: Raw) -> Text:
    """Return what became of a recommendation."""
    outcome = outcome_of(raw)
    return badge(gettext(outcome.label), _COLOURS[outcome])


# --- The list --------------------------------------------------------------------------------------


def _derive(raw: Raw) -> dict[str, Any]:
    frozen = (raw.get("assessment") or {}).get(raw["level"])
    said = "未录入" if frozen is None else ("达标" if frozen["meets"] else "未达标")
    return {**raw, "meets": said, "frozen": frozen}


def _meets_cell(raw: Raw) -> Text:
    frozen = raw.get("frozen")
    if frozen is None:
        return toned(gettext(N_("Not entered yet")), "dim")
    return toned(gettext(N_("Met")), "met") if frozen["meets"] else toned(gettext(N_("Not all met")), "near")


LIST = FiledList(
    endpoint="upward",
    title=TITLE,
    search_hint=N_("Base, number or initials"),
    sheet=UPWARD,
    first_columns=("base_name", "county", "level", "year", "number", "dated", "meets", "outcome", "outcome_on"),
    filters=(
        FilterSpec("level", "choice", N_("Level"), Level),
        FilterSpec("outcome", "choice", N_("Outcome of the recommendation"), UpwardOutcome),
        FilterSpec("dated", "days", N_("Date of the letter")),
    ),
    order=(("dated", -1), ("sort_key", 1), ("_id", 1)),
    records=lambda: UpwardRecommendation.objects.visible_to(current_actor()),
    keys=(
        "base_name", "county", "level", "year", "number", "dated", "outcome", "outcome_on", "outcome_number", "remark",
        *(f"assessment.{level.value}.meets" for level in LEVELS),
    ),
    derive=_derive,
    special={"outcome": outcome_badge, "meets": _meets_cell, "year": lambda raw: str(raw["year"])},
)  # fmt: skip


def _query() -> ListQuery:
    return ListQuery.read(request.args, UPWARD, LIST.filters, bound=current_actor().county)


@upward.route("/")
@needs(Permission.READ)
def index() -> ResponseReturnValue:
    """Show the list."""
    query, actions = _query(), []
    if current_actor().may(Permission.EXPORT):
        url = url_for("upward.export") + query.query()
        actions.append(Action(gettext(N_("Export")), url, icon="download"))
    new = (
        (Action(gettext(N_("Recommend …")), url_for("upward.new"), "primary", "plus"),)
        if may_decide()
        else ()
    )
    text = N_("Certified bases that stand out are put forward to the province or the nation (Art. 17).")
    empty = Empty(gettext(N_("No recommendation yet")), gettext(text), new)
    return render_template("records/list.html", page=LIST.page(query, actions=(*actions, *new), empty=empty))


@upward.route("/export/xlsx/")
@needs(Permission.EXPORT)
def export() -> ResponseReturnValue:
    """Send the list as filtered, as a workbook."""
    return LIST.send(_query())


# --- One recommendation ------------------------------------------------------------------------------


@upward.route("/details/")
@needs(Permission.READ)
def show() -> ResponseReturnValue:
    """Show one recommendation."""
    raw = read_recommendation(asked_id(), current_actor())
    level, files = level_of(raw), files_by_slot(COLLECTION, raw["_id"], current_actor())
    page = UpwardPage(
        title=raw["base_name"],
        kind=" · ".join((gettext(TITLE), office_state().county_names.get(raw["county"], ""))),
        state=outcome_badge(raw),
        facts=_facts(raw, level),
        items=_items(raw),
        parts=tuple(_file_part(raw, slot, files.get(slot, ())) for slot in SLOTS),
        levels=_frozen_heads(raw),
        lines=_frozen_lines(raw),
        frozen_note=_frozen_note(raw),
        actions=_actions(raw),
        history=history_entries(COLLECTION, raw["_id"], most=_HISTORY_ROWS),
        crumbs=crumbs(),
    )
    return render_template("upward/page.html", page=page)


def _facts(raw: Raw, level: Level) -> tuple[Fact, ...]:
    frozen = (raw.get("assessment") or {}).get(level.value)
    word, tone = gettext(N_("Not entered yet")), ""
    if frozen is not None:
        word = gettext(N_("Met")) if frozen["meets"] else gettext(N_("Not all met"))
        tone = "met" if frozen["meets"] else "near"
    made = [
        Fact(gettext(N_("Level")), gettext(level.label)),
        Fact(gettext(N_("Year")), str(raw["year"])),
        Fact(gettext(N_("Number of the letter")), raw.get("number") or "—", note=f"{raw['dated']:%Y-%m-%d}"),
        Fact(gettext(N_("Its level's figures")), word, tone=tone, url="#frozen"),
    ]
    if raw.get("outcome_on"):
        note = raw.get("outcome_number") or ""
        made.append(Fact(gettext(N_("Date of the outcome")), f"{raw['outcome_on']:%Y-%m-%d}", note=note))
    return tuple(made)


def _items(raw: Raw) -> tuple[Item, ...]:
    base = Markup('<a href="%s">%s</a>') % (
        url_for("bases.details_view", id=raw["base"]),
        gettext(N_("The base's record")),
    )
    taken = f"{raw.get('created_by') or ''} {shown_moment(raw.get('created_at'))}"
    return (
        Item(gettext(N_("Base")), base),
        Item(gettext(N_("Taken down by")), taken.strip()),
        Item(gettext(N_("Remark")), raw.get("remark"), wide=True),
    )


def _file_part(raw: Raw, slot: str, files: Any) -> FilePart:
    may = may_decide()
    url = url_for("upward.add_file", id=raw["_id"], slot=slot)
    shown = file_items("upward", files, removable=may, id=raw["_id"])
    return FilePart(gettext(SLOTS[slot]), shown, upload_to(url) if may else None)


def _actions(raw: Raw) -> tuple[Action, ...]:
    outcome = outcome_of(raw)
    if not may_decide() or outcome is UpwardOutcome.ENDED:
        return ()
    made = []
    if outcome is UpwardOutcome.PENDING:
        made.append(Action(gettext(N_("Correct")), url_for("upward.edit", id=raw["_id"]), icon="edit"))
    word = N_("Record the outcome …") if outcome is UpwardOutcome.PENDING else N_("Correct the outcome …")
    style = "primary" if outcome is UpwardOutcome.PENDING else "plain"
    made.append(Action(gettext(word), url_for("upward.decide", id=raw["_id"]), style, "check"))
    return tuple(made)


# --- The figures frozen beside -------------------------------------------------------------------------


def _kept(raw: Raw) -> dict[Level, Any]:
    return {level: (raw.get("assessment") or {}).get(level.value) for level in Level}


def _frozen_heads(raw: Raw) -> tuple[tuple[str, str], ...]:
    return tuple(
        (gettext(level.label), kept["rule_title"] if kept else gettext(N_("Not entered yet")))
        for level, kept in _kept(raw).items()
    )


def _frozen_note(raw: Raw) -> str:
    one = next((kept for kept in _kept(raw).values() if kept), None)
    if one is None:
        return gettext(N_("No figures were kept with this recommendation."))
    said = N_("As counted on %(day)s for %(year)s; later changes of the records do not change it.")
    return str(gettext(said, day=f"{one['as_of']:%Y-%m-%d}", year=one["year"]))


def _frozen_lines(raw: Raw) -> tuple[FrozenLine, ...]:
    kept = _kept(raw)
    known = next((one for one in kept.values() if one), None)
    if known is None:
        return ()
    made = []
    for place, line in enumerate(known["indicators"]):
        cells = tuple(_indicator_cell(one, place) for one in kept.values())
        actual = "" if line["key"] == "functions" else _amount(line["actual"], line["unit"])
        label = line["label"]
        made.append(FrozenLine(gettext(label), actual, cells))
    for place, result in enumerate(known["functions"]):
        label = next(
            (one.label for one in ServiceFunction if one.value == result["function"]), result["function"]
        )
        cells = tuple(_function_cell(one, place) for one in kept.values())
        made.append(FrozenLine("　" + gettext(label), "", cells))
    verdicts = tuple(one and ("", bool(one["meets"]), _met(one["meets"])) for one in kept.values())
    made.append(FrozenLine(gettext(N_("Verdict")), "", verdicts, strong=True))
    return tuple(made)


def _met(met: Any) -> str:
    return str(gettext(N_("Met")) if met else gettext(N_("Not met")))


def _amount(value: Any, unit: str) -> str:
    if value is None:
        return str(gettext(N_("No service")))
    return figure(value, 1) + ("%" if unit == "%" else f" {gettext(unit)}")


def _indicator_cell(one: Any, place: int) -> tuple[str, bool, str] | None:
    if one is None:
        return None
    line = one["indicators"][place]
    word = _met(line["met"])
    if line["key"] == "functions":
        word = f"{word} · {one['functions_met']}/8"
    return f"≥ {_amount(line['required'], line['unit'])}", bool(line["met"]), word


def _function_cell(one: Any, place: int) -> tuple[str, bool, str] | None:
    if one is None:
        return None
    return "", bool(one["functions"][place]["met"]), _met(one["functions"][place]["met"])


# --- Files -------------------------------------------------------------------------------------------


@upward.route("/files/add/", methods=["POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def add_file() -> ResponseReturnValue:
    """Keep the letter, or the paper of the outcome."""
    raw, slot = read_recommendation(asked_id(), current_actor()), request.args.get("slot", "")
    if slot not in SLOTS:
        raise Missing()
    said_of_upload(keep_sent(COLLECTION, raw["_id"], slot))
    return redirect(show_url(raw["_id"]) + "#files", 303)


@upward.route("/files/remove/", methods=["POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def remove_file() -> ResponseReturnValue:
    """Take a file from a recommendation."""
    return redirect(show_url(remove_slot_file((COLLECTION,))) + "#files", 303)


@upward.route("/file/")
@needs(Permission.READ)
def file() -> ResponseReturnValue:
    """Send a file as a download."""
    return send_slot_file((COLLECTION,))
