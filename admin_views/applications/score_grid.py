"""The scores of a round in one grid, by keyboard or Excel; its experts, and the private link of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from admin_views.applications.labels import stage_badge_of
from admin_views.applications.shared import page_url
from admin_views.applications.view_models import (
    GridCell,
    RoundExpertRow,
    ScoreBase,
    ScoreGridPage,
    ScoreRow,
)
from admin_views.shared.addresses import public_address
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, office_state, parse_object_id, today, typed_version
from admin_views.shared.view_models import Action, Empty, Link, Text, badge
from documents.applications.application import StoredApplication
from documents.applications.round import StoredRoundExpert
from forms.sentences import sentence
from office.excel.cells import parse
from rules.applications import MOST_OPINION
from rules.errors import Refusal, Refused, Stale
from rules.scoring import ScoreSheet, total
from rules.words import N_
from schema.field import Field, Kind
from services.applications.expert_review import Expert, average_of
from services.applications.round_experts import (
    experts_given,
    give_experts,
    make_link,
    named_in,
    remove_expert_of_round,
    revoke_link,
)
from services.applications.rounds import ApplicationRound, read_round
from services.applications.score_grid import (
    GridBase,
    GridRow,
    TypedBase,
    TypedRow,
    read_grid,
    row_id,
    save_grid,
)
from services.applications.score_workbook import FilledRow, read_scores, score_table
from services.applications.steps import stage_of
from services.shared.files import clean_name

TITLE = N_("Experts and scores")
_OPINION = "opinion"
_POINTS = Field("points", N_("Points"), "", Kind.DECIMAL)


@dataclass(frozen=True)
class _Typed:
    """What the grid's form sent: cells by name, marks by row, joint opinions, and which bases are to be concluded."""

    cells: Mapping[str, str]
    marks: Mapping[str, str]
    concluding: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Shown:
    """What a page of the grid says beside what is stored; `marks` of the rows whose cells are of an earlier reading."""

    cells: Mapping[str, str]
    marks: Mapping[str, str] = field(default_factory=dict)
    concluding: frozenset[str] = frozenset()
    refusals: tuple[Refusal, ...] = ()
    message: str = ""
    changed: bool = False


def scores(text: str) -> ResponseReturnValue:
    """Show the grid; save what was typed, conclude what is ticked, or take a workbook's values into it."""
    stored_round = read_round(parse_object_id(text))
    assert stored_round.id is not None
    bases = read_grid(stored_round.id, actor=current_actor())
    if request.method == "GET":
        return _page(stored_round, bases)
    if request.form.get("action") == "read":
        return _read_workbook(stored_round, bases)
    typed = _typed(request.form)
    try:
        rows = _rows_typed(typed, stored_round.sheet)
        saved = save_grid(stored_round.id, rows, actor=current_actor(), now=now())
    except (Refused, Stale) as problem:
        fresh = read_grid(stored_round.id, actor=current_actor())
        kept = _touched(typed, stored_round.sheet)
        marks = _marks_again(kept.marks, problem)
        shown = _Shown(kept.cells, marks, typed.concluding, problem.refusals, changed=True)
        return _page(stored_round, fresh, shown, status=409 if isinstance(problem, Stale) else 422)
    if saved.concluded:
        message = N_("Saved %(rows)s rows; the review of %(bases)s bases is concluded.")
        flash(gettext(message, rows=saved.rows, bases=saved.concluded), "success")
        if not any(base.is_open for base in read_grid(stored_round.id, actor=current_actor())):
            return redirect(url_for("publication.results", round=stored_round.id), 303)
    else:
        flash(gettext(N_("Saved %(rows)s rows."), rows=saved.rows), "success")
    return redirect(url_for("rounds.scores", text=stored_round.id), 303)


def _touched(typed: _Typed, sheet: ScoreSheet) -> _Typed:
    """Return what was typed without the rows that say what was read: they are shown as they are stored by now."""
    left = set()
    for named in typed.marks:
        row, refusals = _row_typed(typed, named, sheet)
        if not refusals and row.is_untouched(sheet):
            left.add(named)
    return replace(
        typed,
        cells={name: value for name, value in typed.cells.items() if name.rpartition("-")[0] not in left},
        marks={named: mark for named, mark in typed.marks.items() if named not in left},
    )


def _marks_again(marks: Mapping[str, str], problem: Refused | Stale) -> dict[str, str]:
    """Return the marks that go out again as they came: all but those of rows that are now said to have changed."""
    told = {reason.field for reason in problem.refusals} if isinstance(problem, Stale) else set()
    return {
        named: mark
        for named, mark in marks.items()
        if not told & {named, f"{_OPINION}-{named.partition('-')[0]}"}
    }


def export(text: str) -> ResponseReturnValue:
    """Send the grid as a workbook that may be filled in and read back."""
    stored_round = read_round(parse_object_id(text))
    assert stored_round.id is not None
    bases = read_grid(stored_round.id, actor=current_actor())
    table = score_table(stored_round.name, bases, stored_round.sheet, office_state().county_names)
    return send_tables([table], f"{clean_name(stored_round.name)}-专家评分表.xlsx", about=False)


def _typed(form: MultiDict[str, str]) -> _Typed:
    cells = {name: value for name, value in form.items() if not name.startswith(("csrf", "form_", "mark-"))}
    marks = {name.removeprefix("mark-"): value for name, value in form.items() if name.startswith("mark-")}
    concluding = form.getlist("conclude") if form.get("action") == "conclude" else ()
    return _Typed(cells, marks, frozenset(concluding))


def _rows_typed(typed: _Typed, sheet: ScoreSheet) -> dict[ObjectId, TypedBase]:
    """Return what was typed by base. Raises Refused for what is no number, Missing for an id that is none."""
    refusals: list[Refusal] = []
    rows: dict[ObjectId, list[TypedRow]] = {}
    for named in typed.marks:
        application_id = parse_object_id(named.partition("-")[0])
        row, wrong = _row_typed(typed, named, sheet)
        refusals += wrong
        rows.setdefault(application_id, []).append(row)
    if refusals:
        raise Refused(*refusals)
    if typed.concluding - {str(application_id) for application_id in rows}:
        raise Refused(N_("No expert has scored yet."))
    return {
        application_id: TypedBase(
            tuple(of_base),
            typed.cells.get(f"{_OPINION}-{application_id}", "")
            if str(application_id) in typed.concluding
            else None,
        )
        for application_id, of_base in rows.items()
    }


def _row_typed(typed: _Typed, named: str, sheet: ScoreSheet) -> tuple[TypedRow, list[Refusal]]:
    """Return one row as it was typed, and why cells of it are no numbers."""
    refusals: list[Refusal] = []
    points: dict[str, float | None] = {}
    for line in sheet.dimensions:
        try:
            points[line.key] = parse(_POINTS, typed.cells.get(f"{named}-{line.key}", ""))
        except Refused as problem:
            reason = problem.refusals[0]
            refusals.append(Refusal(reason.message, reason.params, f"{named}-{line.key}"))
    expert = Expert(
        typed.cells.get(f"{named}-name", "").strip(), typed.cells.get(f"{named}-organization", "").strip(),
        points, typed.cells.get(f"{named}-{_OPINION}", ""),
    )  # fmt: skip
    return TypedRow(expert, typed.marks[named]), refusals


# --- A workbook that was filled in ----------------------------------------------------------------------


def _read_workbook(stored_round: ApplicationRound, bases: Sequence[GridBase]) -> ResponseReturnValue:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        refusal = Refusal(N_("Choose a file."), field="file")
        return _page(stored_round, bases, _Shown({}, refusals=(refusal,)), status=422)
    try:
        filled = read_scores(upload.stream, upload.filename, stored_round.sheet)
    except Refused as problem:
        refusals = tuple(Refusal(reason.message, reason.params, "file") for reason in problem.refusals)
        return _page(stored_round, bases, _Shown({}, refusals=refusals), status=422)
    return _page(stored_round, bases, _taken(filled, bases, stored_round.sheet))


def _taken(filled: Iterable[FilledRow], bases: Sequence[GridBase], sheet: ScoreSheet) -> _Shown:
    """Return the grid with what was filled in since the workbook went out; rows that are not in the grid are named.

    Each goes with the mark of what went out then: one that somebody changed meanwhile is asked about.
    """
    ids = {
        (base.application["base_name"], row.expert.name): (
            row_id(base.application["_id"], row.expert.name),
            row,
        )
        for base in bases
        if base.is_open
        for row in base.rows
    }
    cells: dict[str, str] = {}
    marks: dict[str, str] = {}
    marks_now: dict[str, str] = {}
    count, unknown = 0, []
    for row in filled:
        found = ids.get((row.base, row.expert))
        if found is None:
            unknown.append(f"{row.base} {row.expert}".strip())
            continue
        if not row.opinion and not any(row.points.values()):
            continue
        count += 1
        named, current = found
        cells |= {f"{named}-{key}": points for key, points in row.points.items()}
        cells |= {
            f"{named}-name": current.expert.name, f"{named}-organization": current.expert.organization,
            f"{named}-{_OPINION}": row.opinion,
        }  # fmt: skip
        marks[named], marks_now[named] = row.mark, current.mark
    message = gettext(N_("%(count)s rows were read from the workbook; nothing is saved yet."), count=count)
    if unknown:
        left = N_("Not in this grid, or concluded already: %(rows)s.")
        message += " " + gettext(left, rows="；".join(dict.fromkeys(unknown)))
    kept = _touched(_Typed(cells, marks), sheet)
    kept = _touched(replace(kept, marks={named: marks_now[named] for named in kept.marks}), sheet)
    marks = {named: marks[named] for named in kept.marks}
    return _Shown(kept.cells, marks, message=message, changed=count > 0)


# --- The page -------------------------------------------------------------------------------------------


def _page(
    stored_round: ApplicationRound, bases: Sequence[GridBase], shown: _Shown = _Shown({}), *, status: int = 200,
    **more: Any,
) -> ResponseReturnValue:  # fmt: skip
    given = experts_given(stored_round.id, actor=current_actor()) if stored_round.id else []
    sheet = stored_round.sheet
    made = tuple(_base(base, sheet, shown) for base in bases)
    open_bases = {base.application["_id"] for base in bases if base.is_open}
    empty = Empty(
        gettext(N_("No base has come to the experts yet")),
        gettext(N_("Bases come here when their county has recommended them.")),
        (Action(gettext(N_("To the board")), url_for("publication.index", round=stored_round.id)),),
    )
    least = gettext(N_("At least %(count)d experts."), count=sheet.least_experts)
    page = ScoreGridPage(
        title=f"{gettext(TITLE)} · {stored_round.name}",
        action=url_for("rounds.scores", text=stored_round.id),
        experts_action=url_for("rounds.experts", text=stored_round.id),
        export_url=url_for("rounds.scores_export", text=stored_round.id),
        version=read_round(stored_round.id).version if stored_round.id else 0,
        dimensions=tuple((line.label, line.weight) for line in sheet.dimensions),
        bases=made,
        experts=tuple(_expert(entry, open_bases) for entry in given),
        problems=_problems(shown.refusals, made),
        message=shown.message,
        note=least,
        changed=shown.changed,
        is_closed=stored_round.closed,
        most_opinion=MOST_OPINION,
        empty=None if bases else empty,
        crumbs=(
            Link(gettext(N_("Rounds")), url_for("rounds.index")),
            Link(stored_round.name, url_for("rounds.show", text=stored_round.id)),
        ),
        actions=(Action(gettext(N_("To the board")), url_for("publication.index", round=stored_round.id)),),
    )
    return render_template("applications/score_grid.html", page=replace(page, **more)), status


def _problems(refusals: Sequence[Refusal], bases: Sequence[ScoreBase]) -> tuple[tuple[str, str], ...]:
    """Return each reason with the id of the field that it belongs to, "" for none: a cell of the grid is named."""
    named = {
        cell.name: f"{base.name} {row.name}："
        for base in bases
        for row in base.rows
        for cell in (*row.cells, row.opinion)
    }
    return tuple(
        (refusal.field or "", named.get(refusal.field or "", "") + sentence(refusal)) for refusal in refusals
    )


def _base(base: GridBase, sheet: ScoreSheet, shown: _Shown) -> ScoreBase:
    raw, wrong = base.application, {refusal.field: sentence(refusal) for refusal in shown.refusals}
    name = f"{_OPINION}-{raw['_id']}"
    average = average_of(raw, sheet)
    latest = (raw.get("conclusion") or {}).get("opinion", "")
    return ScoreBase(
        id=str(raw["_id"]),
        name=raw["base_name"],
        url=page_url(raw["_id"], "experts"),
        county=office_state().county_names.get(raw["county"], raw["county"]),
        rows=tuple(_row(raw, row, sheet, shown, wrong) for row in base.rows),
        is_open=base.is_open,
        average=f"{average.value:.2f}" if average else "—",
        opinion=shown.cells.get(name, latest),
        opinion_problem=wrong.get(name, ""),
        concluding=bool(base.rows) and (str(raw["_id"]) in shown.concluding or not shown.refusals),
        state=None if base.is_open else stage_badge_of(stage_of(raw)),
    )


def _row(
    raw: StoredApplication, row: GridRow, sheet: ScoreSheet, shown: _Shown,
    wrong: Mapping[str | None, str],
) -> ScoreRow:  # fmt: skip
    named, stored = row_id(raw["_id"], row.expert.name), row.expert.scores or {}

    def cell(key: str, value: str, label: str, weight: int = 0) -> GridCell:
        name = f"{named}-{key}"
        said = f"{raw['base_name']} {row.expert.name} {label}"
        return GridCell(name, shown.cells.get(name, value), said, weight, wrong.get(name, ""))

    whole = {key: points for key, points in stored.items() if points is not None}
    summed = f"{float(total(whole, sheet)):.2f}" if len(whole) == len(sheet.dimensions) else "—"
    return ScoreRow(
        id=named,
        name=row.expert.name,
        organization=row.expert.organization,
        cells=tuple(
            cell(line.key, f"{stored[line.key]:g}" if stored.get(line.key) is not None else "", line.label, line.weight)
            for line in sheet.dimensions
        ),
        opinion=cell(_OPINION, row.expert.opinion, gettext(N_("Opinion"))),
        total=summed,
        hidden=(
            (f"mark-{named}", shown.marks.get(named, row.mark)), (f"{named}-name", row.expert.name),
            (f"{named}-organization", row.expert.organization),
        ),
        problem=wrong.get(named, ""),
    )  # fmt: skip


def _expert(entry: StoredRoundExpert, open_bases: set[ObjectId]) -> RoundExpertRow:
    given = len(entry["applications"])
    open_ones = len(open_bases.intersection(entry["applications"]))
    has_link = bool(entry.get("token")) and not entry.get("revoked_at")
    return RoundExpertRow(
        key=entry["key"],
        name=entry["name"],
        organization=entry["organization"],
        bases=gettext(N_("%(given)s given, %(open)s under review"), given=given, open=open_ones),
        link=_link_state(entry),
        has_link=has_link and entry["until"].date() >= today(),
    )


def _link_state(entry: StoredRoundExpert) -> Text:
    if not entry.get("token"):
        return badge(gettext(N_("no link")), "grey")
    if entry.get("revoked_at"):
        return badge(gettext(N_("taken back")), "grey")
    until = entry["until"].date()
    if until < today():
        return badge(gettext(N_("over since %(day)s"), day=until.isoformat()), "grey")
    return badge(gettext(N_("valid until %(day)s"), day=until.isoformat()), "green")


# --- The experts of the round ---------------------------------------------------------------------------


def experts(text: str) -> ResponseReturnValue:
    """Give experts bases, make or take back a link, or take an expert off the list."""
    stored_round = read_round(parse_object_id(text))
    assert stored_round.id is not None
    round_id, action = stored_round.id, request.form.get("action", "")
    key, secret = request.form.get("key", ""), ""
    at: dict[str, Any] = {"version": typed_version(), "actor": current_actor(), "now": now()}
    try:
        if action == "link":
            until = parse(
                Field("until", N_("Link valid until"), "", Kind.DATE), request.form.get("until", "")
            )
            secret = make_link(round_id, key, until=until, **at)
        elif action == "revoke":
            revoke_link(round_id, key, **at)
            flash(gettext(N_("The link was taken back: it opens nothing any more.")), "success")
        elif action == "remove":
            remove_expert_of_round(round_id, key, **at)
            flash(gettext(N_("The expert is off the list; scores that were given stay.")), "success")
        else:
            chosen = [parse_object_id(one) for one in request.form.getlist("applications")]
            count = give_experts(round_id, named_in(request.form.get("experts", "")), chosen, **at)
            flash(gettext(N_("%(count)s experts were given their bases."), count=count), "success")
    except (Refused, Stale) as problem:
        return _page(
            stored_round, read_grid(round_id, actor=current_actor()), status=409 if isinstance(problem, Stale) else 422,
            typed_experts=request.form.get("experts", ""), ticked=frozenset(request.form.getlist("applications")),
            experts_problems=tuple(sentence(refusal) for refusal in problem.refusals),
            until=request.form.get("until", ""), link_of=key,
        )  # fmt: skip
    if secret:
        # Shown in this answer alone: only its digest is stored.
        return _page(
            stored_round, read_grid(round_id, actor=current_actor()),
            secret_url=public_address(url_for("expert_link.index", secret=secret)), link_of=key,
        )  # fmt: skip
    return redirect(url_for("rounds.scores", text=round_id) + "#experts", 303)
