"""达标评估: every base of a year against the rule set, by county, the nearest to failing first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup, escape

from admin_views.assessment.labels import (
    SHORT_LABELS,
    actual_words,
    asked_level,
    asked_year,
    counting_note,
    is_blank,
    level_label,
    met_word,
    set_line,
    set_warnings,
    sets_by_level,
    short_word,
)
from admin_views.assessment.view_models import CountyTally, IndicatorHead, OverviewPage, Tab
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import (
    Action,
    Empty,
    Filter,
    ListColumn,
    Option,
    badge,
    figure,
    toned,
)
from documents.assessment.assessment_counts import BaseRow
from documents.assessment.base_years import first_year
from office.tables.assessment import overview_table
from rules.assessment.counting import as_of
from rules.assessment.indicators import Assessment, Indicator
from rules.errors import Missing
from rules.rule_sets.measure_lines import CONDITIONS, INDICATORS
from rules.rule_sets.measures import Level, Measures
from rules.words import N_
from services.assessment.assess import assess_bases

_LINES = {INDICATORS[line.key]: line for line in CONDITIONS}  # by the indicator that each is the threshold of
SORTS = ("name", "county", "status", "meets", *_LINES)
Assessed = tuple[BaseRow, Assessment]
# What may be asked of an indicator, or of the whole.
_VERDICTS = ("yes", "no", "near", "ample")
_MOST_YEARS = 8
_ROW = Markup(
    '<tr><th scope="row"><a href="%s" title="%s">%s</a></th><td class="verdict">%s</td><td>%s</td>'
    '<td class="state">%s</td>%s</tr>\n'
)


# --- What the address asks for -----------------------------------------------------------------


@dataclass(frozen=True)
class OverviewQuery:
    """Year, level, county and filters; without `sort` the nearest to failing come first."""

    year: int
    level: Level = Level.CITY
    county: str = ""
    indicator: str = ""
    met: str = ""  # "yes", "no", "near" its limit, "ample" or ""
    status: str = ""
    sort: str = ""
    descending: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether filters (the county apart) leave bases out."""
        return bool(self.met or self.status)

    def pairs(self, **changes: Any) -> list[tuple[str, str]]:
        """Return the query arguments, with `changes` made; a change to None takes one away."""
        sort = ("-" if self.descending else "") + self.sort if self.sort else None
        arguments = {
            "year": self.year, "level": None if self.level is Level.CITY else self.level.value,
            "county": self.county if current_actor().county is None else None, "indicator": self.indicator,
            "met": self.met, "status": self.status, "sort": sort,
        } | changes  # fmt: skip
        if arguments["level"] == Level.CITY.value:
            arguments["level"] = None
        return [(name, str(value)) for name, value in arguments.items() if value not in (None, "")]

    def url(self, endpoint: str = "assessment.index", **changes: Any) -> str:
        """Return the address of the overview, or of its export, with `changes` made."""
        return f"{url_for(endpoint)}?{urlencode(self.pairs(**changes))}"


def read_query() -> tuple[OverviewQuery, str]:
    """Read the present address; what makes no sense is left out, a year that is none is spoken of."""
    args, actor, state = request.args, current_actor(), office_state()
    year, year_note = asked_year()
    county = actor.county or (args.get("county", "") if args.get("county") in state.county_names else "")
    met = args.get("met", "") if args.get("met") in _VERDICTS else ""
    indicator = args.get("indicator", "") if args.get("indicator") in ("meets", *_LINES) else ""
    status = args.get("status", "")
    sort = args.get("sort", "")
    key = sort.removeprefix("-")
    query = OverviewQuery(
        year,
        asked_level(),
        county,
        indicator,
        met,
        status if status in state.status_labels("bases") else "",
        key if key in SORTS else "",
        sort.startswith("-") and key in SORTS,
    )
    return query, year_note


def narrowed(assessed: Iterable[Assessed], query: OverviewQuery) -> list[Assessed]:
    """Return the bases that the filters leave; without an indicator `met` is asked of the whole."""

    def fits(base: BaseRow, assessment: Assessment) -> bool:
        if query.status and base.get("status") != query.status:
            return False
        if not query.met:
            return True
        whole = query.indicator in ("", "meets")
        asked = assessment.indicators if whole else (assessment.indicator(query.indicator),)
        met = assessment.meets if whole else asked[0].met
        if query.met in ("yes", "no"):
            return met is (query.met == "yes")
        return met and any(item.is_near for item in asked) is (query.met == "near")

    return [(base, assessment) for base, assessment in assessed if fits(base, assessment)]


def ordered(assessed: list[Assessed], query: OverviewQuery) -> list[Assessed]:
    """Return the bases in the order asked for; equal ones stay in the order of their names."""
    if not query.sort:
        return sorted(assessed, key=lambda pair: _nearness(pair[1]))
    if query.sort == "name":
        return assessed[::-1] if query.descending else assessed
    counties = {code: place for place, (code, _, _) in enumerate(office_state().counties)}
    statuses = {code: place for place, code in enumerate(office_state().status_labels("bases"))}

    def key(pair: Assessed) -> Any:
        base, assessment = pair
        if query.sort == "county":
            return counties.get(base["county"], len(counties))
        if query.sort == "status":
            return statuses.get(base.get("status", ""), len(statuses))
        return (
            _nearness(assessment) if query.sort == "meets" else _value(assessment.indicator(query.sort), base)
        )

    return sorted(assessed, key=key, reverse=query.descending)


def _nearness(assessment: Assessment) -> tuple[bool, float]:
    """Return the key that puts the nearest to failing first, then those that fail by what they lack."""
    return (not assessment.meets, assessment.margin if assessment.meets else assessment.gap)


def _value(indicator: Indicator, base: BaseRow) -> float:
    """Return an indicator to sort by; what is not known comes before every number."""
    return -1.0 if indicator.actual is None or is_blank(indicator, base) else float(indicator.actual)


# --- The page ----------------------------------------------------------------------------------


def index() -> ResponseReturnValue:
    """Show all bases of a year."""
    query, year_note = read_query()
    sets = sets_by_level(query.year)
    rule_set = sets[query.level]
    if rule_set is None:
        return render_template("assessment/overview.html", page=_without_set(query, year_note))
    measures = rule_set[0]
    assessed = assess_bases(query.year, measures, today=today(), actor=current_actor())
    warnings = (*([year_note] if year_note else []), *set_warnings(rule_set, query.year))
    return render_template("assessment/overview.html", page=_page(query, measures, assessed, warnings))


def export() -> ResponseReturnValue:
    """Send the same bases, in the same order, as a workbook."""
    query, _ = read_query()
    rule_set = sets_by_level(query.year)[query.level]
    if rule_set is None:
        raise Missing(N_("No rule set of this level has been entered yet."))
    measures, is_in_force = rule_set
    assessed = assess_bases(query.year, measures, today=today(), actor=current_actor())
    rows = ordered(narrowed(_of_county(assessed, query.county), query), query)
    state, day = office_state(), as_of(query.year, today())
    doubts = (
        "" if is_in_force else "该日无施行中的标准，数字仅供参考",
        "数字可能已失效，请核对" if measures.superseded else "",
    )
    table = overview_table(
        rows, measures, query.year, day, counties=state.county_names, statuses=state.status_labels("bases"),
        note="    ".join(doubt for doubt in doubts if doubt),
    )  # fmt: skip
    return send_tables([table], f"达标评估-{query.year}-{today():%Y%m%d}.xlsx", shown=_filters(query))


def _of_county(assessed: list[Assessed], county: str) -> list[Assessed]:
    return [pair for pair in assessed if not county or pair[0]["county"] == county]


def _page(
    query: OverviewQuery, measures: Measures, assessed: list[Assessed], warnings: tuple[str, ...]
) -> OverviewPage:
    of_county = _of_county(assessed, query.county)
    rows = ordered(narrowed(of_county, query), query)
    meeting = sum(assessment.meets for _, assessment in of_county)
    day, filters = as_of(query.year, today()), _filters(query)
    return OverviewPage(
        title=gettext(N_("Assessment")),
        subtitle=set_line(measures, day),
        url=url_for("assessment.index"),
        arguments=tuple(query.pairs()),
        years=_years(query),
        levels=_levels(query),
        counties=_counties(query, assessed),
        county_fixed=current_actor().county is not None,
        warnings=warnings,
        plain=_plain_heads(query),
        heads=tuple(_head(key, query, measures, of_county) for key in _LINES),
        rows=overview_rows(rows, query.year),
        meeting=meeting,
        total=len(of_county),
        filters=filters,
        clear_url=query.url(indicator=None, met=None, status=None)
        if query.narrowed or query.indicator
        else "",
        order=_order_words(query),
        note=counting_note(),
        actions=(Action(gettext(N_("Export")), query.url("assessment.export"), icon="download"),),
        empty=None if rows else _empty(query, bool(of_county)),
    )


def _without_set(query: OverviewQuery, year_note: str) -> OverviewPage:
    return OverviewPage(
        title=gettext(N_("Assessment")), subtitle=level_label(query.level), url=url_for("assessment.index"),
        arguments=tuple(query.pairs()), years=_years(query), levels=_levels(query), counties=(),
        county_fixed=current_actor().county is not None, warnings=(year_note,) if year_note else (),
        empty=Empty(
            gettext(N_("No rule set of this level has been entered yet.")),
            gettext(N_("Once an administrator has entered its figures, every base is held against them here.")),
        ),
    )  # fmt: skip


def _empty(query: OverviewQuery, any_base: bool) -> Empty:
    if any_base:
        every = Action(gettext(N_("Remove all filters")), query.url(indicator=None, met=None, status=None))
        return Empty(gettext(N_("No base fits these filters.")), actions=(every,))
    return Empty(gettext(N_("No base here yet")), gettext(N_("Bases that are entered are assessed at once.")))


def _years(query: OverviewQuery) -> tuple[Tab, ...]:
    this = today().year
    first = max(min(first_year(current_actor()) or this, this), this - _MOST_YEARS + 1)
    years = sorted({*range(first, this + 1), query.year})
    return tuple(Tab(str(year), query.url(year=year), year == query.year) for year in years)


def _levels(query: OverviewQuery) -> tuple[Tab, ...]:
    return tuple(
        Tab(level_label(level), query.url(level=level.value), level is query.level) for level in Level
    )


def _counties(query: OverviewQuery, assessed: list[Assessed]) -> tuple[CountyTally, ...]:
    actor, state = current_actor(), office_state()
    tallies = []
    if actor.county is None:
        whole = gettext(N_("Whole city"))
        tallies.append(_tally(whole, whole, query.url(county=None), assessed, not query.county))
    for code, name, short in state.counties:
        if actor.sees(code):
            of_county = _of_county(assessed, code)
            tallies.append(_tally(short, name, query.url(county=code), of_county, query.county == code))
    return tuple(tallies)


def _tally(label: str, name: str, url: str, assessed: list[Assessed], active: bool) -> CountyTally:
    return CountyTally(
        label, name, url, sum(assessment.meets for _, assessment in assessed), len(assessed), active
    )


def _sort_url(key: str, query: OverviewQuery) -> tuple[str, str]:
    is_sorted_by = query.sort == key
    turned = f"-{key}" if is_sorted_by and not query.descending else key
    direction = ("descending" if query.descending else "ascending") if is_sorted_by else ""
    return query.url(sort=turned), direction


def _plain_heads(query: OverviewQuery) -> tuple[ListColumn, ...]:
    columns = (
        ("name", N_("Base"), ""), ("meets", N_("Verdict"), ""), ("county", N_("County"), ""),
        ("status", N_("Status"), "state"),
    )  # fmt: skip
    heads = []
    for key, label, align in columns:
        url, direction = _sort_url(key, query)
        heads.append(ListColumn(key, gettext(label), align=align, sort_url=url, sorted=direction))
    return tuple(heads)


def _head(key: str, query: OverviewQuery, measures: Measures, of_county: list[Assessed]) -> IndicatorHead:
    url, direction = _sort_url(key, query)
    met = sum(assessment.indicator(key).met for _, assessment in of_county)
    is_narrowed = query.indicator == key and query.met == "no"
    line = _LINES[key]
    return IndicatorHead(
        label=gettext(SHORT_LABELS[key]),
        required=f"≥ {figure(line.asked(measures))} {gettext(line.unit)}".replace(" %", "%"),
        met=met,
        total=len(of_county),
        sort_url=url,
        sorted=direction,
        unmet_url=query.url(indicator=None if is_narrowed else key, met=None if is_narrowed else "no"),
        narrowed=is_narrowed,
    )


def _order_words(query: OverviewQuery) -> str:
    return (
        ""
        if query.sort
        else gettext(N_("The nearest to failing first, then those that fail by what is missing"))
    )


def _filters(query: OverviewQuery) -> tuple[Filter, ...]:
    indicators = (
        Option("meets", gettext(N_("Verdict as a whole")), query.indicator == "meets"),
        *(Option(key, gettext(label), query.indicator == key) for key, label in SHORT_LABELS.items()),
    )
    words = (
        met_word(True),
        met_word(False),
        gettext(N_("Near its limit")),
        gettext(N_("With room to spare")),
    )
    verdicts = tuple(
        Option(value, word, query.met == value) for value, word in zip(_VERDICTS, words, strict=True)
    )
    statuses = tuple(
        Option(code, label, code == query.status)
        for code, label in office_state().status_labels("bases").items()
    )
    return (
        Filter("indicator", gettext(N_("Indicator")), options=indicators, many=False),
        Filter("met", gettext(N_("Verdict")), options=verdicts, many=False),
        Filter("status", gettext(N_("Status")), options=statuses, many=False),
    )


# --- The rows ----------------------------------------------------------------------------------


def overview_rows(assessed: Iterable[Assessed], year: int) -> tuple[Markup, ...]:
    """Return a whole `<tr>` for each base: 300 of them are too many cells for a template."""
    state, url = office_state(), url_for("base_assessment.base")
    shorts = {code: short for code, _, short in state.counties}
    badges = {code: badge(word.label, word.colour) for code, word in state.statuses.get("bases", {}).items()}
    met = escape(met_word(True))
    return tuple(
        _ROW % (
            f"{url}?id={base['_id']}&year={year}", base["name"], base["name"], _verdict(assessment),
            shorts.get(base["county"], base["county"]), badges.get(base.get("status", ""), ""),
            _cells(base, assessment, met),
        )
        for base, assessment in assessed
    )  # fmt: skip


def _cells(base: BaseRow, assessment: Assessment, met: str) -> Markup:
    """Return the cells of the indicators; `met` is the word for it, which most of 2,000 cells say."""
    cells = []
    labels = {key: escape(gettext(label)) for key, label in SHORT_LABELS.items()}
    for item in assessment.indicators:
        word = met if item.met else escape(short_word(item, base))
        text = escape(_with_unit(item.key, actual_words(item, base)))
        tone = "met" if item.met else "miss"
        cells.append(
            f'<td class="fig {tone}" data-label="{labels[item.key]}"><b>{text}</b><i>{word}</i></td>'
        )
    return Markup("".join(cells))  # noqa: S704 - every part is escaped above


def _with_unit(key: str, text: str) -> str:
    if key == "functions":
        return f"{text}/8"
    return f"{text}%" if key == "low_fee_share" and text[:1].isdecimal() else text


def _verdict(assessment: Assessment) -> Markup:
    """Return the verdict, and beside it how near it is to turning: the smallest surplus, or all that is missing."""
    if assessment.meets:
        word, percent = toned(met_word(True), "met"), min(int(assessment.margin * 100), 999)
        near = gettext(N_("%(percent)s%% to spare"), percent=percent)
        explanation = gettext(N_("The smallest surplus over what is asked"))
    else:
        count = sum(not item.met for item in assessment.indicators)
        word = toned(gettext(N_("%(count)s not met"), count=count), "due")
        near = gettext(N_("%(percent)s%% lacking"), percent=max(1, round(assessment.gap * 100)))
        explanation = gettext(N_("What is missing, as shares of what is asked, added up"))
    return Markup('%s <small title="%s">%s</small>') % (word, explanation, near)
