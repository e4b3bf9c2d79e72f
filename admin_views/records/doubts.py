"""数据体检: what is doubtful about the records, found by a job; each with the way to settle it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.jobs.labels import job_url, progress_text, state_badge
from admin_views.records.view_models import DoubtLine, DoubtsPage
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of
from admin_views.shared.list_page import SIZE, simple_pager
from admin_views.shared.request_context import now, office_state, shown_moment, today
from admin_views.shared.requests.undoing import flash_with_undo
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Action, CountyPill, Link, badge
from documents.jobs.job import ENDED, JobState
from documents.kinds import RECORDS
from documents.records.doubt import DoubtRow, StoredDoubt
from forms.sentences import sentence
from rules.access import Permission
from rules.doubts.doubt import Doubt, DoubtGroup
from rules.errors import Refused
from rules.likeness.verdict import Reason
from rules.words import N_
from services.jobs import queue
from services.records import doubts as service

TITLE = N_("Check of the records")
REASONS: Mapping[Reason, str] = {
    Reason.NAME: N_("the same name"), Reason.SOUND: N_("names that sound the same"),
    Reason.SLIP: N_("names one sign apart"), Reason.ORDER: N_("names with signs in another order"),
    Reason.LONGER: N_("one name continues the other"), Reason.CODE: N_("codes of one organisation, or a slip apart"),
    Reason.PERSON: N_("the same legal representative"), Reason.PHONE: N_("the same phone"),
    Reason.BASE: N_("the same base"),
}  # fmt: skip
_COLOURS = {
    DoubtGroup.DOUBLE: "violet", DoubtGroup.FIGURE: "red", DoubtGroup.CODE: "amber", DoubtGroup.DAY: "blue",
}  # fmt: skip


@dataclass(frozen=True)
class _Query:
    """What the address asks for: a county, a kind, and whether what was settled is shown."""

    county: str
    kind: str
    is_settled: bool

    def url(self, **changed: Any) -> str:
        """Return the address of this page with some of it changed."""
        given = {
            "county": self.county, "kind": self.kind, "settled": "1" if self.is_settled else "", **changed
        }  # fmt: skip
        arguments = {key: value for key, value in given.items() if value}
        return url_for("doubts.index") + (f"?{urlencode(arguments)}" if arguments else "")

    def doubts(self) -> Any:
        """Return the doubts of this county in the actor's scope, settled or not."""
        return (
            DoubtRow.objects.visible_to(current_actor())
            .in_county(self.county or None)
            .dismissed(self.is_settled)
        )

    def shown(self) -> Any:
        """Return those of the chosen kind."""
        kinds = [doubt.value for doubt in Doubt if self.kind in (doubt.value, doubt.group.value)]
        return self.doubts().of_kinds(kinds) if kinds else self.doubts()


def _read() -> _Query:
    args, actor = request.args, current_actor()
    codes = {code for code, _, _ in office_state().counties}
    county = args.get("county", "") if args.get("county") in codes else ""
    words = {*(doubt.value for doubt in Doubt), *(group.value for group in DoubtGroup)}
    kind = args.get("kind", "") if args.get("kind") in words else ""
    return _Query(actor.county or county, kind, bool(args.get("settled")))


def index() -> ResponseReturnValue:
    """Show what the last check has found."""
    query, actor = _read(), current_actor()
    url = url_for("doubts.index")
    counts = query.doubts().counts_by_kind()
    pager = simple_pager(query.shown().count(), request.args, url)
    rows = query.shown().page(max(pager.first - 1, 0), SIZE)
    last, is_running = _last_check()
    page = DoubtsPage(
        title=gettext(TITLE), lines=_lines(rows, may_write=actor.may(Permission.WRITE)), pager=pager, url=url,
        arguments=tuple(request.args.items(multi=True)), counties=_pills(query),
        county_fixed=actor.county is not None, kinds=_kinds(query, counts), chosen=query.kind,
        settled=(
            Link(gettext(N_("To be settled")), query.url(settled="", kind="")),
            Link(gettext(N_("Said to be right")), query.url(settled="1", kind="")),
        ),
        is_settled=query.is_settled, last=last,
        check_url=url_for("doubts.check") if actor.may(Permission.WRITE) and not is_running else "",
        actions=_actions(query),
    )  # fmt: skip
    return render_template("records/doubts.html", page=page)


def _actions(query: _Query) -> tuple[Action, ...]:
    if not current_actor().may(Permission.EXPORT):
        return ()
    address = url_for("doubts.export") + query.url().partition(url_for("doubts.index"))[2]
    return (Action(gettext(N_("Export")), address, icon="download"),)


def _last_check() -> tuple[Link | None, bool]:
    """Return the way to the last check in the actor's scope with how far it is, and whether it is under way."""
    checks = queue.jobs_of(current_actor(), kind=service.CHECK.name, most=1)
    if not checks:
        return None, False
    job = checks[0]
    is_running = JobState(job["state"]) not in ENDED
    when = shown_moment(job.get("finished_at") or job["asked_at"])
    words = progress_text(job, now()) if is_running else f"{when} {name_of(job.get('actor_name'))}"
    return Link(words.strip() or when, job_url(job["_id"]), state_badge(job)), is_running


def _pills(query: _Query) -> tuple[CountyPill, ...]:
    state, bound = office_state(), current_actor().county
    if bound is not None:
        return (CountyPill(state.county_names.get(bound, ""), query.url(), None, active=True),)
    whole = CountyPill(gettext(N_("Whole city")), query.url(county=""), None, active=not query.county)
    shorts = (
        CountyPill(short, query.url(county=code), None, name, query.county == code)
        for code, name, short in state.counties
    )
    return (whole, *shorts)


def _kinds(query: _Query, counts: Mapping[str, int]) -> tuple[tuple[Link, bool], ...]:
    """Return the kinds that there are, with their counts, and which is chosen; all of them first."""
    links = [(Link(gettext(N_("All")), query.url(kind=""), f"{sum(counts.values()):,}"), not query.kind)]
    links += [
        (
            Link(gettext(doubt.label), query.url(kind=doubt.value), f"{counts[doubt.value]:,}"),
            query.kind == doubt.value,
        )
        for doubt in Doubt
        if counts.get(doubt.value)
    ]
    return tuple(links)


def _lines(rows: Sequence[StoredDoubt], *, may_write: bool) -> tuple[DoubtLine, ...]:
    records = _records_of(rows)
    names = office_state().county_names
    return tuple(
        _line(row, [records[key] for key in row["records"] if key in records], names, may_write=may_write)
        for row in rows
    )


def _records_of(rows: Iterable[StoredDoubt]) -> dict[ObjectId, Mapping[str, Any]]:
    """Return the records of these doubts that are still there, one command a collection."""
    wanted: dict[str, set[ObjectId]] = {}
    for row in rows:
        wanted.setdefault(row["collection"], set()).update(row["records"])
    actor = current_actor()
    return {
        raw["_id"]: RECORDS[collection].declaration.hooks.in_sight(raw, actor)
        for collection, ids in wanted.items()
        for raw in RECORDS[collection].by_ids(ids, actor).as_pymongo()
    }


def _line(
    row: StoredDoubt, records: Sequence[Mapping[str, Any]], names: Mapping[str, str], *, may_write: bool
) -> DoubtLine:
    doubt = Doubt(row["kind"])  # type: ignore[call-arg]
    is_open = "dismissed_at" not in row and service.still_holds(row, records, today())
    details = url_for(f"{row['collection']}.details_view")
    document = RECORDS[row["collection"]]
    links = tuple(
        Link(
            document.label_of(raw),
            f"{details}?id={raw['_id']}",
            raw.get("uscc") or raw.get("base_name") or "",
        )
        for raw in records
    )
    missing = list(row["labels"]) if not records else []
    can_merge = may_write and is_open and doubt is Doubt.SAME_COMPANY
    first, second = (row["records"] * 2)[:2]
    return DoubtLine(
        badge(gettext(doubt.label), _COLOURS[doubt.group]), links, "、".join(missing),
        "、".join(gettext(REASONS[Reason(reason)]) for reason in row.get("reasons", ())),
        "、".join(names.get(code, code) for code in row["counties"]), _said(row, is_open),
        url_for("doubts.merge", first=first, second=second) if can_merge else "",
        url_for("doubts.dismiss", doubt=row["_id"]) if may_write and is_open else "",
        url_for("doubts.again", doubt=row["_id"]) if may_write and "dismissed_at" in row else "",
        url_for(f"{row['collection']}.edit_view", id=first) if may_write and is_open and len(records) == 1 else "",
        gettext(N_("These are two")) if doubt is Doubt.SAME_COMPANY else gettext(N_("It is right")),
    )  # fmt: skip


def _said(row: StoredDoubt, is_open: bool) -> str:
    if "dismissed_at" in row:
        return f"{name_of(row.get('dismissed_by'))} {shown_moment(row['dismissed_at'])}"
    return "" if is_open else gettext(N_("Put right since"))


def check() -> ResponseReturnValue:
    """Ask for a check of all records in the actor's scope."""
    job_id = queue.ask_once(service.CHECK, {}, actor=current_actor(), now=now())
    return redirect(job_url(job_id), 303)


def dismiss() -> ResponseReturnValue:
    """Remember that a doubt is none."""
    return _settled(service.dismiss, gettext(N_("Noted: it will not be asked again.")), "doubts.again")


def again() -> ResponseReturnValue:
    """Take that back."""
    return _settled(service.doubt_again, gettext(N_("It is to be settled again.")), "doubts.dismiss")


def _settled(act: Any, done: str, undo: str) -> ResponseReturnValue:
    doubt = request.args.get("doubt", "")
    try:
        act(doubt, actor=current_actor(), now=now())
    except Refused as problem:
        flash(" ".join(sentence(refusal) for refusal in problem.refusals), "error")
    else:
        flash_with_undo(done, url_for(undo, doubt=doubt))
    return redirect(url_for("doubts.index"), 303)


def export() -> ResponseReturnValue:
    """Send what the page shows, all pages of it, as a workbook."""
    query, actor, state = _read(), current_actor(), office_state()
    table = service.doubts_table(query.shown(), actor=actor, state=state)
    words = [gettext(doubt.label) for doubt in (*Doubt, *DoubtGroup) if doubt.value == query.kind]
    words.append(gettext(N_("Said to be right") if query.is_settled else N_("To be settled")))
    words.insert(0, state.county_names.get(query.county, ""))
    return send_tables(
        [table], f"数据体检-{today():%Y%m%d}.xlsx", filters="；".join(word for word in words if word)
    )
