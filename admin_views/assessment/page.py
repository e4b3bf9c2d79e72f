"""One base against the Measures: indicators, functions, Art. 6, years and levels, every figure explained."""

from collections.abc import Mapping
from typing import Any, cast

from bson import ObjectId
from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.indicator_lines import (
    function_cards,
    further_lines,
    indicator_lines,
    satisfaction_line,
)
from admin_views.assessment.labels import (
    actual_words,
    asked_year,
    level_label,
    met_word,
    set_line,
    set_warnings,
    sets_by_level,
)
from admin_views.assessment.trends import trends
from admin_views.assessment.view_models import BasePage, CheckLine, LevelHead, LevelLine, Tab
from admin_views.shared.articles import article_of
from admin_views.shared.exporting import send_tables
from admin_views.shared.files import shown_name
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import asked_id, office_state, today
from admin_views.shared.view_models import Action, Link, badge, figure
from documents.assessment.assessment_counts import BaseRow
from documents.records.base import Base
from office.tables.assessment import base_tables
from rules.access import Permission
from rules.assessment.checklist import CheckState, Condition
from rules.assessment.indicators import Assessment, assess
from rules.rule_sets.measures import Figure, Level, Measures
from rules.rule_sets.provisions import condition_key
from rules.words import N_
from services.assessment.base_years import BaseYears, years_of_base
from services.assessment.checklist import ChecklistOfYear, Item, read_checklist
from services.shared.files import files_of

TONES = {CheckState.MET: "met", CheckState.NOT_MET: "due", CheckState.UNKNOWN: "dim"}
Levels = Mapping[Level, tuple[Assessment, bool] | None]


def asked_base() -> BaseRow:
    """Return the stored base that the address names, in the actor's scope. Raises Missing."""
    return cast("BaseRow", Base.read(asked_id(), current_actor()))


def year_tabs(
    endpoint: str, base: BaseRow, years: tuple[int, ...], year: int, **more: Any
) -> tuple[Tab, ...]:
    """Return the years to choose from: those with data, and the one that is shown."""
    return tuple(
        Tab(str(shown_year), url_for(endpoint, id=base["_id"], year=shown_year, **more), shown_year == year)
        for shown_year in sorted({*years, year})
    )


def assessed_levels(years: BaseYears, year: int) -> Levels:
    """Return the base's assessment under the rule set of each level."""
    facts = years.facts(year)
    return {
        level: rule_set and (assess(facts, rule_set[0]), rule_set[1])
        for level, rule_set in sets_by_level(year).items()
    }


def city_assessment(levels: Levels) -> tuple[Assessment, bool]:
    """Return the assessment under the city's rule set, which is always there: one is shipped."""
    assessed = levels[Level.CITY]
    assert assessed is not None
    return assessed


def show() -> ResponseReturnValue:
    """Show one base."""
    base, (year, year_note) = asked_base(), asked_year()
    years = years_of_base(base, today=today(), actor=current_actor())
    levels = assessed_levels(years, year)
    assessment, is_in_force = city_assessment(levels)
    warnings = (*([year_note] if year_note else []), *set_warnings((assessment.measures, is_in_force), year))
    page = _page(years, year, levels, warnings)
    return render_template("assessment/page.html", page=page)


def export() -> ResponseReturnValue:
    """Send the whole assessment of one base as a workbook."""
    base, (year, _) = asked_base(), asked_year()
    years = years_of_base(base, today=today(), actor=current_actor())
    levels = assessed_levels(years, year)
    assessment, _ = city_assessment(levels)
    checklist, names = read_checklist(base["_id"], year), _file_names(base["_id"])
    checks = []
    for condition in Condition:
        item = checklist.of_this_year(condition)
        files = "、".join(names[file] for file in item.files if file in names)
        checks.append((condition, item.state, item.remark, files))
    tables = base_tables(
        base, assessment, year, levels={level: pair and pair[0] for level, pair in levels.items()},
        years=_by_year(years, assessment, year), checks=checks,
    )  # fmt: skip
    return send_tables(tables, f"{base['name']}-达标评估-{year}.xlsx".replace("/", "-"))


def _by_year(years: BaseYears, assessment: Assessment, year: int) -> dict[int, Assessment]:
    """Return every year under the rule set of the chosen one, so that they can be compared."""
    shown = sorted({*years.years, year})
    return {
        shown_year: assessment if shown_year == year else assess(years.facts(shown_year), assessment.measures)
        for shown_year in shown
    }


def _page(years: BaseYears, year: int, levels: Levels, warnings: tuple[str, ...]) -> BasePage:
    base, state = years.base, office_state()
    assessment, _ = city_assessment(levels)
    status = state.statuses.get("bases", {}).get(base.get("status", ""))
    checklist = read_checklist(base["_id"], year)
    by_year, failing = _by_year(years, assessment, year), sum(not item.met for item in assessment.indicators)
    may_write = current_actor().may(Permission.WRITE)
    return BasePage(
        title=base["name"],
        kind=" · ".join((gettext(N_("Assessment")), state.county_names.get(base["county"], ""))),
        state=badge(status.label, status.colour) if status else "",
        subtitle=set_line(assessment.measures, assessment.facts.as_of),
        verdict=met_word(True) if assessment.meets else gettext(N_("%(count)s not met"), count=failing),
        meets=assessment.meets,
        lacking=lacking(assessment),
        warnings=warnings,
        years=year_tabs("base_assessment.base", base, years.years, year),
        actions=(
            Action(gettext(N_("The base's record")), url_for("bases.details_view", id=base["_id"]), icon="base"),
            Action(
                gettext(N_("As it stood on a day")), url_for("timeline.as_of", id=base["_id"]), icon="history"
            ),
            Action(
                gettext(N_("Export")), url_for("base_assessment.export", id=base["_id"], year=year), icon="download"
            ),
        ),
        indicators=indicator_lines(years, assessment, year),
        satisfaction=satisfaction_line(years, assessment, year),
        nameless=_nameless(assessment),
        functions=function_cards(years, assessment, year),
        functions_word=gettext(
            N_("%(met)s of 8 met, %(required)s asked"),
            met=assessment.functions_met, required=assessment.measures.functions_required,
        ),
        checks=check_lines(checklist, base["_id"], assessment.measures),
        functions_article=article_of("functions", assessment.measures),
        checks_article=article_of("conditions", assessment.measures),
        checks_word=_checks_word(checklist),
        checks_said=_checks_said(checklist, year),
        checks_url=url_for("checklist.edit", id=base["_id"], year=year) if may_write else "",
        trends=trends(by_year, year) if len(by_year) > 1 else (),
        trend_note=_trend_note(assessment, by_year),
        further=further_lines(assessment, base, year),
        levels=level_heads(levels),
        level_lines=level_lines(base, levels),
        crumbs=(Link(gettext(N_("Assessment")), url_for("assessment.index", year=year)),),
    )  # fmt: skip


def _nameless(assessment: Assessment) -> str:
    """Return how many entries name no company, and whether they count; "" when each names one."""
    count = assessment.facts.nameless.entries
    if not count:
        return ""
    counting = assessment.measures.entries_without_company_count
    sentence = (
        N_("%(count)s entries of the year name no company; they count under this rule set.")
        if counting
        else N_("%(count)s entries of the year name no company; they do not count under this rule set.")
    )
    return gettext(sentence, count=figure(count))


def _trend_note(assessment: Assessment, by_year: Mapping[int, Assessment]) -> str:
    if len(by_year) < 2:
        return str(
            gettext(N_("There are data for one year only: the first comparison comes with the next year."))
        )
    sentence = N_(
        "Every year is held against %(title)s. Sizes and employees of companies are those registered now."
    )
    return str(gettext(sentence, title=assessment.measures.title))


def _file_names(base_id: ObjectId) -> dict[ObjectId, str]:
    return {
        attachment["_id"]: shown_name(attachment)
        for attachment in files_of("bases", base_id, current_actor())
    }


def check_lines(checklist: ChecklistOfYear, base_id: ObjectId, measures: Measures) -> tuple[CheckLine, ...]:
    """Return what was found of each operating condition in the year of the checklist, with its evidence."""
    names = _file_names(base_id) if checklist.version else {}
    return tuple(
        _check(condition, checklist.of_this_year(condition), names, measures) for condition in Condition
    )


def _check(condition: Condition, item: Item, names: Mapping[ObjectId, str], measures: Measures) -> CheckLine:
    gone = sum(file not in names for file in item.files)
    return CheckLine(
        label=gettext(condition.label),
        article=article_of(condition_key(condition), measures),
        word=gettext(item.state.label),
        tone=TONES[item.state],
        remark=item.remark,
        files=tuple(
            Link(names[file], url_for("bases.file_view", file=file)) for file in item.files if file in names
        ),
        lost=gettext(N_("%(count)s evidence files were removed"), count=gone) if gone else "",
    )


def _checks_word(checklist: ChecklistOfYear) -> str:
    if not checklist.version:
        return str(gettext(N_("Not filled in for this year")))
    met, all_of = checklist.count(CheckState.MET), len(Condition)
    return str(gettext(N_("%(met)s of %(all)s fulfilled"), met=figure(met), all=figure(all_of)))


def _checks_said(checklist: ChecklistOfYear, year: int) -> str:
    if checklist.version and checklist.when:
        sentence = N_("Filled in by %(who)s on %(day)s")
        return str(gettext(sentence, who=checklist.who, day=f"{checklist.when:%Y-%m-%d}"))
    if checklist.year:
        return str(gettext(N_("The one of %(year)s stands ready in the form."), year=checklist.year))
    return ""


# --- The levels of Art. 17 ----------------------------------------------------------------------


def lacking(assessment: Assessment) -> str:
    """Return what is not met, by name; "" when all is."""
    return "、".join(gettext(item.label) for item in assessment.indicators if not item.met)


def level_heads(levels: Levels) -> tuple[LevelHead, ...]:
    """Return the levels of Art. 17, each with its rule set or that there is none."""
    return tuple(_level_head(level, assessed) for level, assessed in levels.items())


def _level_head(level: Level, assessed: tuple[Assessment, bool] | None) -> LevelHead:
    if assessed is None:
        return LevelHead(level_label(level), gettext(N_("Not entered yet")), known=False)
    measures, is_in_force = assessed[0].measures, assessed[1]
    warn = ""
    if measures.superseded:
        warn = gettext(N_("The figures may be out of date: check them."))
    elif not is_in_force:
        warn = gettext(N_("Not in force on the day of counting"))
    return LevelHead(level_label(level), measures.title, warn, note=measures.note)


def level_lines(base: BaseRow, levels: Levels) -> tuple[LevelLine, ...]:
    """Return every indicator and function under every level; what no level asks has no line."""
    known = [assessed[0] for assessed in levels.values() if assessed]
    if not known:
        return ()
    lines = []
    for item in known[0].indicators:
        cells = tuple(_level_cell(assessed, item.key) for assessed in levels.values())
        # How many functions are met depends on the level: there is no one figure for all.
        actual = "" if item.key == "functions" else _with_unit(actual_words(item, base), item.unit)
        lines.append(LevelLine(gettext(item.label), actual, cells))
    for position, result in enumerate(known[0].functions):
        cells = tuple(_function_cell(assessed, position) for assessed in levels.values())
        lines.append(LevelLine("　" + gettext(result.function.label), "", cells))
    verdicts = tuple(
        assessed and ("", assessed[0].meets, met_word(assessed[0].meets)) for assessed in levels.values()
    )
    lines.append(LevelLine(gettext(N_("Verdict")), "", verdicts, strong=True))
    return tuple(lines)


def _with_unit(text: str, unit: str) -> str:
    if not text[:1].isdecimal():
        return text
    return f"{text}%" if unit == "%" else f"{text} {gettext(unit)}"


def _level_cell(assessed: tuple[Assessment, bool] | None, key: str) -> tuple[str, bool, str] | None:
    if assessed is None:
        return None
    item = assessed[0].indicator(key)
    word = met_word(item.met)
    if key == "functions":
        word = f"{word} · {figure(item.actual)}/8"
    return f"≥ {_with_unit(figure(item.required), item.unit)}", item.met, word


def _function_cell(assessed: tuple[Assessment, bool] | None, position: int) -> tuple[str, bool, str] | None:
    if assessed is None:
        return None
    result = assessed[0].functions[position]
    asked = " · ".join(
        figure(required) for kind, required, _, _ in result.figures if required and kind is not Figure.ONLINE
    )
    return f"≥ {asked}" if asked else "", result.met, met_word(result.met)
