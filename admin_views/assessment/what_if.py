"""What if: other figures beside those in force, and at once who would newly fail or pass. For drafting a successor."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.rule_set_edits import copy_of
from admin_views.assessment.rule_set_labels import cell_groups, line_groups
from admin_views.assessment.view_models_rule_sets import WhatIfPage
from admin_views.assessment.what_if_labels import counted_cells, county_change, turned_base
from admin_views.shared.exporting import send_written
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import Link, Option
from forms.rule_sets import FiguresForm, sent_fields
from rules.access import Permission
from rules.counting import as_of
from rules.measure_lines import LINES
from rules.measures import Level, Measures
from rules.words import N_
from services.assessment.rule_sets import KeptSet, kept_sets
from services.assessment.what_if import Comparison, try_out
from services.assessment.what_if_report import write_comparison

what_if = Blueprint("what_if", __name__, url_prefix="/admin/what-if")
_YEARS = 6  # how many years back may be tried


@dataclass(frozen=True)
class Trial:
    """What the address asks for: two rule sets, the year, and the figures typed."""

    start: Measures
    draft: KeptSet | None  # the rule set that the figures began as; None: a copy of `start`
    sets: tuple[KeptSet, ...]
    year: int
    certified_only: bool
    form: FiguresForm
    valid: bool

    @property
    def begun_as(self) -> Measures:
        """The rule set that the figures began as."""
        return self.draft.measures if self.draft else self.start

    @property
    def after(self) -> Measures:
        """The rule set to try: its figures as typed."""
        return self.form.measures(self.begun_as)


def _read() -> Trial:
    args, sets = request.args, kept_sets()
    by_code = {one.measures.code: one for one in sets}
    start = by_code.get(args.get("start", ""))
    draft = by_code.get(args.get("draft", ""))
    measures = start.measures if start and not start.draft else _city_set(sets)
    begun_as = draft.measures if draft else measures
    typed = args.get("of") == begun_as.code
    form = FiguresForm.typed(args) if typed else FiguresForm.filled(begun_as)
    year = args.get("year", type=int) or today().year - 1
    return Trial(
        measures, draft, sets, min(max(year, today().year - _YEARS + 1), today().year),
        args.get("certified") == "1", form, form.validate() if typed else True,
    )  # fmt: skip


def _city_set(sets: tuple[KeptSet, ...]) -> Measures:
    """Return the city's rule set in force, or the last one that was."""
    city = [one.measures for one in sets if not one.draft and one.measures.level is Level.CITY]
    return max(
        (one for one in city if one.first_day <= today()), key=lambda one: one.first_day, default=city[0]
    )


def _compare(trial: Trial) -> Comparison:
    return try_out(
        trial.start, trial.after, trial.year, today=today(), actor=current_actor(),
        counties=[code for code, _, _ in office_state().counties], certified_only=trial.certified_only,
    )  # fmt: skip


@what_if.route("/")
@needs(Permission.DRAFT_RULES)
def index() -> ResponseReturnValue:
    """Show the figures beside who would turn by them."""
    trial = _read()
    found = _compare(trial) if trial.valid else None
    groups = cell_groups(line_groups()[:-1], trial.start, trial.form.figures())
    page = WhatIfPage(
        form=trial.form,
        url=url_for("what_if.index"),
        years=tuple(_year(year, trial.year) for year in range(today().year, today().year - _YEARS, -1)),
        starts=tuple(_option(one, trial.start.code) for one in trial.sets if not one.draft),
        drafts=_drafts(trial),
        certified_only=trial.certified_only,
        before=trial.start.title,
        after=trial.draft.measures.title if trial.draft else gettext(N_("Draft rules")),
        start=trial.start.code,
        draft=trial.draft.measures.code if trial.draft else "",
        begun_as=trial.begun_as.code,
        year=trial.year,
        groups=counted_cells(groups, found) if found else groups,
        note=_note(trial),
        crumbs=(Link(gettext(N_("Rule sets")), url_for("rule_sets.index")),),
        **(
            _result(trial, found)
            if found
            else {"problems": (gettext(N_("Please correct the figures marked red.")),)}
        ),
    )
    return render_template("assessment/what_if.html", page=page), 200 if found else 422


def _result(trial: Trial, found: Comparison) -> dict[str, object]:
    state = office_state()
    names, shorts = state.county_names, {code: short for code, _, short in state.counties}
    statuses = state.statuses.get("bases", {})
    own = trial.draft is not None and trial.draft.draft
    kept = trial.after if own else _as_new(trial)
    return {
        "total": county_change(gettext(N_("Whole city")), found.total),
        "counties": tuple(county_change(names.get(code, code), one) for code, one in found.counties.items()),
        "failing": tuple(turned_base(one, shorts, statuses) for one in found.newly_failing),
        "passing": tuple(turned_base(one, shorts, statuses) for one in found.newly_passing),
        "changed": sum(line.asked(trial.start) != line.asked(trial.after) for line in LINES),
        "export_url": url_for("what_if.export") + "?" + request.query_string.decode("ascii", "ignore"),
        "save_url": url_for("rule_sets.edit", code=trial.draft.measures.code) if own and trial.draft
        else url_for("rule_sets.new", start=trial.start.code),
        "save_fields": tuple((key, value) for key, value in sent_fields(kept).items() if key != "title"),
        "save_version": trial.draft.version if own and trial.draft else None,
        "save_title": kept.title,
        "draft_url": url_for("rule_sets.show", code=trial.draft.measures.code) if trial.draft else "",
    }  # fmt: skip


def _as_new(trial: Trial) -> Measures:
    """Return the figures tried as a new rule set of the first one's level, to follow it."""
    return trial.form.measures(copy_of(trial.start))


def _year(year: int, chosen: int) -> Option:
    label = str(year) if year < today().year else gettext(N_("%(year)s, until today"), year=year)
    return Option(str(year), label, year == chosen)


def _option(kept: KeptSet, chosen: str) -> Option:
    one = kept.measures
    label = f"{one.title} · {gettext(one.level.label)}"
    return Option(one.code, label, one.code == chosen)


def _drafts(trial: Trial) -> tuple[Option, ...]:
    chosen = trial.draft.measures.code if trial.draft else ""
    ordered = sorted(
        (one for one in trial.sets if one.measures != trial.start), key=lambda one: not one.draft
    )
    return (Option("", gettext(N_("a copy of it")), not chosen), *(_option(one, chosen) for one in ordered))


def _note(trial: Trial) -> str:
    day = as_of(trial.year, today()).isoformat()
    return gettext(N_("Counted as the records are on %(day)s."), day=day)


@what_if.route("/export/")
@needs(Permission.DRAFT_RULES)
def export() -> ResponseReturnValue:
    """Send the comparison as a workbook: every base under both rule sets."""
    trial = _read()
    found = _compare(trial) if trial.valid else None
    if found is None:
        return index()
    state, shorts = office_state(), {code: short for code, _, short in office_state().counties}
    reasons = {one.base["_id"]: turned_base(one, shorts, {}).reasons for one in found.bases}
    note = f"{trial.year}年度　{trial.start.title} → {trial.begun_as.title if trial.draft else '草案'}"
    return send_written(
        lambda path: write_comparison(path, found, reasons, state=state, note=note),
        f"办法试算-{trial.year}.xlsx",
    )
