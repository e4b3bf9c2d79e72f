"""What a comparison of two rule sets says: counts beside each figure, where the bases stand, what turns a base."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median_low
from typing import Any

from flask import url_for
from flask_babel import gettext

from admin_views.assessment.view_models_rule_sets import (
    CellGroup,
    CountyChange,
    FigureCell,
    Spread,
    TurnedBase,
)
from admin_views.shared.view_models import badge, figure
from documents.records.office_state import StatusWord
from rules.assessment import FunctionResult, Indicator
from rules.measures import Measures
from rules.words import N_
from services.assessment.what_if import Compared, Comparison, Counts, Failing


def counted_cells(groups: Sequence[CellGroup], found: Comparison) -> tuple[CellGroup, ...]:
    """Return the figures with how many bases fail each, and where the bases stand."""
    by_name = {one.line.name: one for one in found.lines}
    return tuple(
        replace(
            group,
            cells=tuple(
                _counted(cell, by_name[cell.name], found.before, found.after) for cell in group.cells
            ),
        )
        for group in groups
    )


def _counted(cell: FigureCell, one: Failing, before: Measures, after: Measures) -> FigureCell:
    return replace(
        cell,
        failing_before=figure(one.before),
        failing=figure(one.after),
        alone_before="" if one.alone_before is None else figure(one.alone_before),
        alone="" if one.alone_after is None else figure(one.alone_after),
        spread=_spread(one, before, after),
    )


def _spread(one: Failing, before: Measures, after: Measures) -> Spread | None:
    values = one.values
    if not values:
        return None
    if one.line.yes_no:
        word = gettext(N_("%(count)s of %(total)s have it"), count=sum(map(bool, values)), total=len(values))
        return Spread("", 0, 0, word)
    asked = [float(one.line.asked(measures) or 0) for measures in (before, after)]
    most = max(values[-1], *asked, 1) * 1.02
    places = sorted({round(value * 100 / most, 1) for value in values})
    path = "".join(f"M{place:g} 2V10" for place in places)
    word = gettext(
        N_("least %(least)s, middle %(middle)s, most %(most)s"),
        least=figure(values[0], 1), middle=figure(median_low(values), 1), most=figure(values[-1], 1),
    )  # fmt: skip
    return Spread(path, *(round(value * 100 / most, 1) for value in asked), word)


def county_change(name: str, counts: Counts) -> CountyChange:
    """Return one line of the counts side by side."""
    return CountyChange(
        name, counts.bases, counts.before, counts.after, counts.newly_failing, counts.newly_passing
    )


def turned_base(one: Compared, counties: Mapping[str, str], statuses: Mapping[str, StatusWord]) -> TurnedBase:
    """Return a base that would turn, with the indicators that turn it."""
    base = one.base
    status: Any = statuses.get(base.get("status", ""))
    return TurnedBase(
        base["name"],
        url_for("bases.details_view", id=base["_id"]),
        counties.get(base["county"], base["county"]),
        badge(status.label, status.colour) if status else "",
        tuple(said for old, new in one.turned for said in _reasons(old, new, one)),
    )


def _reasons(old: Indicator, new: Indicator, one: Compared) -> list[str]:
    said = [_reason(gettext(new.label), new.actual, new.required, new.unit, met=new.met)]
    if new.key == "functions":
        for before, after in zip(one.before.functions, one.after.functions, strict=True):
            if before.met != after.met:
                said += _function_reasons(before, after)
    return said


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
    said = {"label": label, "required": figure(required) + sign}
    if actual is None:
        return gettext(N_("%(label)s not known → %(required)s needed"), **said)
    said["actual"] = figure(actual, 1) + sign
    if met:
        return gettext(N_("%(label)s %(actual)s, only %(required)s needed now"), **said)
    missing = figure(max(0, required - actual), 1) + sign
    return gettext(
        N_("%(label)s %(actual)s → %(required)s needed, %(missing)s short"), **said, missing=missing
    )
