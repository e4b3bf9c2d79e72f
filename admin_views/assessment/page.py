"""One base against the Measures: indicators, functions, Art. 6, years and levels, every figure explained."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.labels import (
    article_words,
    asked_year,
    met_word,
    set_line,
    set_warnings,
    sets_by_level,
)
from admin_views.assessment.sections import (
    function_cards,
    indicator_lines,
    lacking,
    level_heads,
    level_lines,
)
from admin_views.assessment.trends import trends
from admin_views.assessment.view_models import BasePage, CheckLine, Tab
from admin_views.shared.exporting import send_written
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import Action, Link, badge, figure
from documents.records.base import Base
from office.excel.tables_writer import write_tables
from office.tables.assessment import base_tables
from rules.access import Permission
from rules.assessment import Assessment, assess
from rules.checklist import ARTICLES, CheckState, Condition
from rules.errors import Missing
from rules.measures import Level
from rules.words import N_
from services.assessment.base_assessment import BaseYears, years_of_base
from services.assessment.checklist import Kept, read_checklist
from services.shared.files import files_of

base_assessment = Blueprint("base_assessment", __name__, url_prefix="/admin/assessment/base")
TONES = {CheckState.MET: "met", CheckState.NOT_MET: "due", CheckState.UNKNOWN: "dim"}
Levels = Mapping[Level, tuple[Assessment, bool] | None]


def asked_base() -> dict[str, Any]:
    """Return the base that the address names, in the actor's scope; Missing when there is none."""
    text = request.args.get("id", "")
    if not ObjectId.is_valid(text):
        raise Missing()
    found = Base.by_ids([ObjectId(text)], current_actor()).as_pymongo().first()
    if found is None:
        raise Missing()
    return dict(found)


def year_tabs(
    endpoint: str, base: Mapping[str, Any], years: tuple[int, ...], year: int, **more: Any
) -> tuple[Tab, ...]:
    """Return the years to choose from: those with data, and the one that is shown."""
    return tuple(
        Tab(str(one), url_for(endpoint, id=base["_id"], year=one, **more), one == year)
        for one in sorted({*years, year})
    )


def assessed_levels(years: BaseYears, year: int) -> Levels:
    """Return the base's assessment under the rule set of each level."""
    facts = years.facts(year)
    return {
        level: found and (assess(facts, found[0]), found[1]) for level, found in sets_by_level(year).items()
    }


def city_assessment(levels: Levels) -> tuple[Assessment, bool]:
    """Return the assessment under the city's rule set, which is always there: one is shipped."""
    found = levels[Level.CITY]
    assert found is not None
    return found


@base_assessment.route("/")
@needs(Permission.READ)
def base() -> ResponseReturnValue:
    """Show one base."""
    raw, (year, said) = asked_base(), asked_year()
    years = years_of_base(raw, today=today(), actor=current_actor())
    levels = assessed_levels(years, year)
    one, really = city_assessment(levels)
    warnings = (*([said] if said else []), *set_warnings((one.measures, really), year))
    page = _page(years, year, levels, warnings)
    return render_template("assessment/page.html", page=page)


@base_assessment.route("/export/xlsx/")
@needs(Permission.EXPORT)
def export() -> ResponseReturnValue:
    """Send the whole assessment of one base as a workbook."""
    raw, (year, _) = asked_base(), asked_year()
    years = years_of_base(raw, today=today(), actor=current_actor())
    levels = assessed_levels(years, year)
    one, _ = city_assessment(levels)
    kept, names = read_checklist(raw["_id"], year), _file_names(raw["_id"])
    checks = [
        (
            condition, _state(kept, condition), kept.item(condition).remark if kept.version else "",
            "、".join(names[key] for key in kept.item(condition).files if key in names) if kept.version else "",
        )
        for condition in Condition
    ]  # fmt: skip
    tables = base_tables(
        raw, one, year, levels={level: pair and pair[0] for level, pair in levels.items()},
        years=_by_year(years, one, year), checks=checks,
    )  # fmt: skip
    return send_written(
        lambda path: write_tables(path, tables), f"{raw['name']}-达标评估-{year}.xlsx".replace("/", "-")
    )


def _by_year(years: BaseYears, one: Assessment, year: int) -> dict[int, Assessment]:
    """Return every year under the rule set of the chosen one, so that they can be compared."""
    shown = sorted({*years.years, year})
    return {each: one if each == year else assess(years.facts(each), one.measures) for each in shown}


def _page(years: BaseYears, year: int, levels: Levels, warnings: tuple[str, ...]) -> BasePage:
    raw, state = years.base, office_state()
    one, _ = city_assessment(levels)
    status = state.statuses.get("bases", {}).get(raw.get("status", ""))
    kept = read_checklist(raw["_id"], year)
    by_year, failing = _by_year(years, one, year), sum(not item.met for item in one.indicators)
    may = current_actor().may(Permission.WRITE)
    return BasePage(
        title=raw["name"],
        kind=" · ".join((gettext(N_("Assessment")), state.county_names.get(raw["county"], ""))),
        state=badge(status.label, status.colour) if status else "",
        subtitle=set_line(one.measures, one.facts.as_of),
        verdict=met_word(True) if one.meets else gettext(N_("%(count)s not met"), count=failing),
        meets=one.meets,
        lacking=lacking(one),
        warnings=warnings,
        years=year_tabs("base_assessment.base", raw, years.years, year),
        actions=(
            Action(gettext(N_("The base's record")), url_for("bases.details_view", id=raw["_id"]), icon="base"),
            Action(
                gettext(N_("As it stood on a day")), url_for("timeline.as_of", id=raw["_id"]), icon="history"
            ),
            Action(
                gettext(N_("Export")), url_for("base_assessment.export", id=raw["_id"], year=year), icon="download"
            ),
        ),
        indicators=indicator_lines(years, one, year),
        functions=function_cards(years, one, year),
        functions_word=gettext(
            N_("%(met)s of 8 met, %(required)s asked"),
            met=one.functions_met, required=one.measures.functions_required,
        ),
        checks=_checks(kept, raw["_id"]),
        checks_word=_checks_word(kept),
        checks_said=_checks_said(kept, year),
        checks_url=url_for("checklist.edit", id=raw["_id"], year=year) if may else "",
        trends=trends(by_year, year) if len(by_year) > 1 else (),
        trend_note=_trend_note(one, by_year),
        levels=level_heads(levels),
        level_lines=level_lines(raw, levels),
        crumbs=(Link(gettext(N_("Assessment")), url_for("assessment.index", year=year)),),
    )  # fmt: skip


def _trend_note(one: Assessment, by_year: Mapping[int, Assessment]) -> str:
    if len(by_year) < 2:
        return str(
            gettext(N_("There are data for one year only: the first comparison comes with the next year."))
        )
    sentence = N_(
        "Every year is held against %(title)s. Sizes and employees of companies are those registered now."
    )
    return str(gettext(sentence, title=one.measures.title))


def _file_names(base_id: ObjectId) -> dict[ObjectId, str]:
    return {one["_id"]: one["name"] for one in files_of("bases", base_id)}


def _state(kept: Kept, condition: Condition) -> CheckState:
    """Return what was found this year: an earlier year's checklist fills the form, never the page."""
    return kept.item(condition).state if kept.version else CheckState.UNKNOWN


def _checks(kept: Kept, base_id: ObjectId) -> tuple[CheckLine, ...]:
    names = _file_names(base_id) if kept.version else {}
    return tuple(_check(kept, condition, names) for condition in Condition)


def _check(kept: Kept, condition: Condition, names: Mapping[ObjectId, str]) -> CheckLine:
    state = _state(kept, condition)
    item = kept.item(condition)
    files = item.files if kept.version else ()
    gone = sum(key not in names for key in files)
    return CheckLine(
        label=gettext(condition.label),
        article=article_words(ARTICLES[condition]),
        word=gettext(state.label),
        tone=TONES[state],
        remark=item.remark if kept.version else "",
        files=tuple(Link(names[key], url_for("bases.file_view", file=key)) for key in files if key in names),
        lost=gettext(N_("%(count)s evidence files were removed"), count=gone) if gone else "",
    )


def _checks_word(kept: Kept) -> str:
    if not kept.version:
        return str(gettext(N_("Not filled in for this year")))
    met, all_of = kept.count(CheckState.MET), len(Condition)
    return str(gettext(N_("%(met)s of %(all)s fulfilled"), met=figure(met), all=figure(all_of)))


def _checks_said(kept: Kept, year: int) -> str:
    if kept.version and kept.when:
        sentence = N_("Filled in by %(who)s on %(day)s")
        return str(gettext(sentence, who=kept.who, day=f"{kept.when:%Y-%m-%d}"))
    if kept.year:
        return str(gettext(N_("The one of %(year)s stands ready in the form."), year=kept.year))
    return ""
