"""What if: other figures beside those in force, and at once who would newly fail or pass. For drafting a successor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median_low

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.rule_set_labels import cell_groups, line_groups
from admin_views.assessment.rule_set_view_models import (
    CellGroup,
    CountyChange,
    FigureCell,
    Spread,
    TurnedBase,
    WhatIfPage,
)
from admin_views.assessment.rule_sets import copy_of
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import Link, Option, badge, figure
from documents.records.office_state import StatusWord
from forms.rule_sets import FiguresForm, sent_fields
from rules.assessment.counting import as_of
from rules.assessment.indicators import FunctionResult, Indicator
from rules.assessment.shares import floored
from rules.rule_sets.measure_lines import LINES
from rules.rule_sets.measures import Measures
from rules.words import N_
from services.assessment.rule_sets import Edition, read_editions, set_in_force
from services.assessment.what_if import (
    BaseCounts,
    ComparedBase,
    Comparison,
    LineFailures,
    comparison_table,
    try_out,
)

_YEARS = 6  # how many years back may be tried


@dataclass(frozen=True)
class Trial:
    """What the address asks for: two rule sets, the year, and the figures typed."""

    start: Measures
    draft: Edition | None  # the rule set that the figures began as; None: a copy of `start`
    sets: tuple[Edition, ...]
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
    args, sets = request.args, read_editions()
    by_code = {edition.measures.code: edition for edition in sets}
    start = by_code.get(args.get("start", ""))
    draft = by_code.get(args.get("draft", ""))
    measures = start.measures if start and not start.draft else set_in_force(today())[0]
    begun_as = draft.measures if draft else measures
    typed = args.get("of") == begun_as.code
    form = FiguresForm.typed(args) if typed else FiguresForm.filled(begun_as)
    year = args.get("year", type=int) or today().year - 1
    return Trial(
        measures, draft, sets, min(max(year, today().year - _YEARS + 1), today().year),
        args.get("certified") == "1", form, form.validate() if typed else True,
    )  # fmt: skip


def _compare(trial: Trial) -> Comparison:
    return try_out(
        trial.start, trial.after, trial.year, today=today(), actor=current_actor(),
        counties=[code for code, _, _ in office_state().counties], certified_only=trial.certified_only,
    )  # fmt: skip


def index() -> ResponseReturnValue:
    """Show the figures beside who would turn by them."""
    trial = _read()
    comparison = _compare(trial) if trial.valid else None
    groups = cell_groups(line_groups()[:-1], trial.start, trial.form.figures())
    page = WhatIfPage(
        form=trial.form,
        url=url_for("what_if.index"),
        years=tuple(_year(year, trial.year) for year in range(today().year, today().year - _YEARS, -1)),
        starts=tuple(_option(edition, trial.start.code) for edition in trial.sets if not edition.draft),
        drafts=_drafts(trial),
        certified_only=trial.certified_only,
        before=trial.start.title,
        after=trial.draft.measures.title if trial.draft else gettext(N_("Draft rules")),
        start=trial.start.code,
        draft=trial.draft.measures.code if trial.draft else "",
        begun_as=trial.begun_as.code,
        year=trial.year,
        groups=counted_cells(groups, comparison) if comparison else groups,
        note=_note(trial),
        crumbs=(Link(gettext(N_("Rule sets")), url_for("rule_sets.index")),),
        **(
            _result(trial, comparison)
            if comparison
            else {"problems": (gettext(N_("Please correct the figures marked red.")),)}
        ),
    )
    return render_template("assessment/what_if.html", page=page), 200 if comparison else 422


def _result(trial: Trial, comparison: Comparison) -> dict[str, object]:
    state = office_state()
    names, shorts = state.county_names, {code: short for code, _, short in state.counties}
    statuses = state.statuses.get("bases", {})
    is_own_draft = trial.draft is not None and trial.draft.draft
    to_save = trial.after if is_own_draft else _as_new(trial)
    return {
        "total": county_change(gettext(N_("Whole city")), comparison.total),
        "counties": tuple(
            county_change(names.get(code, code), counts) for code, counts in comparison.counties.items()
        ),
        "failing": tuple(turned_base(compared, shorts, statuses) for compared in comparison.newly_failing),
        "passing": tuple(turned_base(compared, shorts, statuses) for compared in comparison.newly_passing),
        "changed": sum(line.asked(trial.start) != line.asked(trial.after) for line in LINES),
        "export_url": url_for("what_if.export") + "?" + request.query_string.decode("ascii", "ignore"),
        "save_url": url_for("rule_sets.edit", code=trial.draft.measures.code) if is_own_draft and trial.draft
        else url_for("rule_sets.new", start=trial.start.code),
        "save_fields": tuple((key, value) for key, value in sent_fields(to_save).items() if key != "title"),
        "save_version": trial.draft.version if is_own_draft and trial.draft else None,
        "save_title": to_save.title,
        "draft_url": url_for("rule_sets.show", code=trial.draft.measures.code) if trial.draft else "",
    }  # fmt: skip


def _as_new(trial: Trial) -> Measures:
    """Return the figures tried as a new rule set of the first one's level, to follow it."""
    return trial.form.measures(copy_of(trial.start))


def _year(year: int, chosen: int) -> Option:
    label = str(year) if year < today().year else gettext(N_("%(year)s, until today"), year=year)
    return Option(str(year), label, year == chosen)


def _option(edition: Edition, chosen: str) -> Option:
    measures = edition.measures
    label = f"{measures.title} · {gettext(measures.level.label)}"
    return Option(measures.code, label, measures.code == chosen)


def _drafts(trial: Trial) -> tuple[Option, ...]:
    chosen = trial.draft.measures.code if trial.draft else ""
    editions = sorted(
        (edition for edition in trial.sets if edition.measures != trial.start),
        key=lambda edition: not edition.draft,
    )
    return (
        Option("", gettext(N_("a copy of it")), not chosen),
        *(_option(edition, chosen) for edition in editions),
    )


def _note(trial: Trial) -> str:
    day = as_of(trial.year, today()).isoformat()
    return gettext(N_("Counted as the records are on %(day)s."), day=day)


def export() -> ResponseReturnValue:
    """Send the comparison as a workbook: every base under both rule sets."""
    trial = _read()
    comparison = _compare(trial) if trial.valid else None
    if comparison is None:
        return index()
    state, shorts = office_state(), {code: short for code, _, short in office_state().counties}
    reasons = {
        compared.base["_id"]: turned_base(compared, shorts, {}).reasons for compared in comparison.bases
    }
    note = f"{trial.year}年度　{trial.start.title} → {trial.begun_as.title if trial.draft else '草案'}"
    table = comparison_table(comparison, reasons, state=state, note=note)
    return send_tables([table], f"办法试算-{trial.year}.xlsx")


# --- What it says -------------------------------------------------------------------------------


def counted_cells(groups: Sequence[CellGroup], comparison: Comparison) -> tuple[CellGroup, ...]:
    """Return the figures with how many bases fail each, and where the bases stand."""
    by_name = {failures.line.name: failures for failures in comparison.lines}
    return tuple(
        replace(
            group,
            cells=tuple(
                _counted(cell, by_name[cell.name], comparison.before, comparison.after)
                for cell in group.cells
            ),
        )
        for group in groups
    )


def _counted(cell: FigureCell, failures: LineFailures, before: Measures, after: Measures) -> FigureCell:
    return replace(
        cell,
        failing_before=figure(failures.before),
        failing=figure(failures.after),
        alone_before="" if failures.alone_before is None else figure(failures.alone_before),
        alone="" if failures.alone_after is None else figure(failures.alone_after),
        spread=_spread(failures, before, after),
    )


def _spread(failures: LineFailures, before: Measures, after: Measures) -> Spread | None:
    values = failures.values
    if not values:
        return None
    if failures.line.yes_no:
        word = gettext(N_("%(count)s of %(total)s have it"), count=sum(map(bool, values)), total=len(values))
        return Spread("", 0, 0, word)
    asked = [float(failures.line.asked(measures) or 0) for measures in (before, after)]
    most = max(values[-1], *asked, 1) * 1.02
    positions = sorted({round(value * 100 / most, 1) for value in values})
    path = "".join(f"M{place:g} 2V10" for place in positions)
    least, middle, most_of_all = (
        figure(floored(value), 1) for value in (values[0], median_low(values), values[-1])
    )
    word = gettext(
        N_("least %(least)s, middle %(middle)s, most %(most)s"), least=least, middle=middle, most=most_of_all
    )
    before_at, after_at = (round(value * 100 / most, 1) for value in asked)
    return Spread(path, before_at, after_at, word)


def county_change(name: str, counts: BaseCounts) -> CountyChange:
    """Return one line of the counts side by side."""
    return CountyChange(
        name, counts.bases, counts.before, counts.after, counts.newly_failing, counts.newly_passing
    )


def turned_base(
    compared: ComparedBase, counties: Mapping[str, str], statuses: Mapping[str, StatusWord]
) -> TurnedBase:
    """Return a base that would turn, with the indicators that turn it."""
    base = compared.base
    status = statuses.get(base.get("status", ""))
    return TurnedBase(
        base["name"],
        url_for("bases.details_view", id=base["_id"]),
        counties.get(base["county"], base["county"]),
        badge(status.label, status.colour) if status else "",
        tuple(reason for old, new in compared.turned for reason in _reasons(old, new, compared)),
    )


def _reasons(old: Indicator, new: Indicator, compared: ComparedBase) -> list[str]:
    reasons = [_reason(gettext(new.label), new.actual, new.required, new.unit, met=new.met)]
    if new.key == "functions":
        for before, after in zip(compared.before.functions, compared.after.functions, strict=True):
            if before.met != after.met:
                reasons += _function_reasons(before, after)
    return reasons


def _function_reasons(before: FunctionResult, after: FunctionResult) -> list[str]:
    name = gettext(after.function.label)
    if after.met:
        return [gettext(N_("%(function)s is met now"), function=name)]
    failing = [
        _reason(f"{name} · {gettext(kind.label)}", actual, required, "", met=False)
        for kind, required, actual, met in after.figures
        if not met
    ]
    return failing or [gettext(N_("%(function)s is no longer among the functions"), function=name)]


def _reason(label: str, actual: float | None, required: float, unit: str, *, met: bool) -> str:
    sign = "%" if unit == "%" else ""
    params = {"label": label, "required": figure(required) + sign}
    if actual is None:
        return gettext(N_("%(label)s not known → %(required)s needed"), **params)
    actual = floored(actual) if sign else actual
    params["actual"] = figure(actual, 1) + sign
    if met:
        return gettext(N_("%(label)s %(actual)s, only %(required)s needed now"), **params)
    missing = figure(max(0, required - actual), 1) + sign
    return gettext(
        N_("%(label)s %(actual)s → %(required)s needed, %(missing)s short"), **params, missing=missing
    )
