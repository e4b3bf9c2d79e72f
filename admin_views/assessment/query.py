"""What the address of the overview asks for, and the bases that it wants, in its order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from admin_views.assessment.labels import asked_level, asked_year, is_blank
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state
from rules.assessment import Assessment, Indicator
from rules.measures import Level

INDICATORS = ("operated_one_year", "tenants", "people", "staff", "partners", "low_fee_share", "functions")
SORTS = ("name", "county", "status", "meets", *INDICATORS)
Assessed = tuple[Mapping[str, Any], Assessment]


@dataclass(frozen=True)
class OverviewQuery:
    """Year, level, county and filters; without `sort` the nearest to failing come first."""

    year: int
    level: Level = Level.CITY
    county: str = ""
    indicator: str = ""
    met: str = ""  # "yes", "no" or ""
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
        kept = {
            "year": self.year, "level": None if self.level is Level.CITY else self.level.value,
            "county": self.county if current_actor().county is None else None, "indicator": self.indicator,
            "met": self.met, "status": self.status, "sort": sort,
        } | changes  # fmt: skip
        if kept["level"] == Level.CITY.value:
            kept["level"] = None
        return [(name, str(value)) for name, value in kept.items() if value not in (None, "")]

    def url(self, endpoint: str = "assessment.index", **changes: Any) -> str:
        """Return the address of the overview, or of its export, with `changes` made."""
        return f"{url_for(endpoint)}?{urlencode(self.pairs(**changes))}"


def read_query() -> tuple[OverviewQuery, str]:
    """Read the present address; what makes no sense is left out, a year that is none is spoken of."""
    args, actor, state = request.args, current_actor(), office_state()
    year, said = asked_year()
    county = actor.county or (args.get("county", "") if args.get("county") in state.county_names else "")
    met = args.get("met", "") if args.get("met") in ("yes", "no") else ""
    indicator = args.get("indicator", "") if args.get("indicator") in ("meets", *INDICATORS) else ""
    status = args.get("status", "")
    sort = args.get("sort", "")
    key = sort.removeprefix("-")
    found = OverviewQuery(
        year,
        asked_level(),
        county,
        indicator,
        met,
        status if status in state.status_labels("bases") else "",
        key if key in SORTS else "",
        sort.startswith("-") and key in SORTS,
    )
    return found, said


def narrowed(assessed: Iterable[Assessed], query: OverviewQuery) -> list[Assessed]:
    """Return the bases that the filters leave; without an indicator `met` is asked of the whole."""

    def fits(base: Mapping[str, Any], one: Assessment) -> bool:
        if query.status and base.get("status") != query.status:
            return False
        if not query.met:
            return True
        whole = query.indicator in ("", "meets")
        return (one.meets if whole else one.indicator(query.indicator).met) is (query.met == "yes")

    return [(base, one) for base, one in assessed if fits(base, one)]


def ordered(assessed: list[Assessed], query: OverviewQuery) -> list[Assessed]:
    """Return the bases in the order asked for; equal ones stay in the order of their names."""
    if not query.sort:
        return sorted(assessed, key=lambda pair: _nearness(pair[1]))
    if query.sort == "name":
        return assessed[::-1] if query.descending else assessed
    counties = {code: place for place, (code, _, _) in enumerate(office_state().counties)}
    statuses = {code: place for place, code in enumerate(office_state().status_labels("bases"))}

    def key(pair: Assessed) -> Any:
        base, one = pair
        if query.sort == "county":
            return counties.get(base["county"], len(counties))
        if query.sort == "status":
            return statuses.get(base.get("status", ""), len(statuses))
        return _nearness(one) if query.sort == "meets" else _value(one.indicator(query.sort), base)

    return sorted(assessed, key=key, reverse=query.descending)


def _nearness(one: Assessment) -> tuple[bool, float]:
    """Return the key that puts the nearest to failing first, then those that fail by what they lack."""
    return (not one.meets, one.margin if one.meets else one.gap)


def _value(indicator: Indicator, base: Mapping[str, Any]) -> float:
    """Return an indicator to sort by; what is not known comes before every number."""
    return -1.0 if indicator.actual is None or is_blank(indicator, base) else float(indicator.actual)
