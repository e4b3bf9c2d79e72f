"""A few figures of a base through the years, drawn by the server: bars, what is asked, the same in words."""

from collections.abc import Callable, Mapping

from flask_babel import gettext

from admin_views.assessment.view_models import Trend, TrendBar
from admin_views.shared.view_models import figure
from rules.assessment.indicators import Assessment
from rules.assessment.shares import floored
from rules.words import N_

_STEP, _BAR, _HIGH, _TOP = 44.0, 26.0, 64.0, 16.0  # of the drawing, in its own units
Value = Callable[[Assessment], float | None]


def _indicator(key: str) -> Value:
    return lambda assessment: assessment.indicator(key).actual


# What is drawn: label, unit, the figure, and the indicator whose threshold is the line.
_SHOWN: tuple[tuple[str, str, Value, str], ...] = (
    (N_("Small and micro tenants"), N_("companies"), _indicator("tenants"), "tenants"),
    (N_("People employed"), N_("people"), _indicator("people"), "people"),
    (N_("Service partners"), N_("partners"), _indicator("partners"), "partners"),
    (N_("Service functions met"), N_("functions"), _indicator("functions"), "functions"),
    (N_("Company-times"), N_("company-times"), lambda one: float(one.facts.company_times), ""),
    (N_("Free or low-fee service"), "%", _indicator("low_fee_share"), "low_fee_share"),
)


def trends(by_year: Mapping[int, Assessment], chosen: int) -> tuple[Trend, ...]:
    """Return the small charts; `by_year` holds every year under the same rule set, in order."""
    return tuple(_trend(label, unit, value, key, by_year, chosen) for label, unit, value, key in _SHOWN)


def _trend(
    label: str, unit: str, value: Value, key: str, by_year: Mapping[int, Assessment], chosen: int
) -> Trend:
    required = next(iter(by_year.values())).indicator(key).required if key else 0
    values = {year: value(assessment) for year, assessment in by_year.items()}
    most = max([*(number or 0 for number in values.values()), required * 1.15, 1])
    bars = []
    for place, (year, number) in enumerate(values.items()):
        high = (number or 0) / most * _HIGH
        met = by_year[year].indicator(key).met if key else True
        bars.append(
            TrendBar(
                x=place * _STEP + (_STEP - _BAR) / 2,
                y=round(_TOP + _HIGH - high, 1),
                height=round(high, 1),
                year=str(year),
                value="—" if number is None else figure(floored(number) if unit == "%" else number, 1),
                met=met,
                active=year == chosen,
            )
        )
    in_words = "；".join(f"{bar.year} {bar.value}" for bar in bars)
    return Trend(
        label=gettext(label),
        unit=unit if unit == "%" else gettext(unit),
        required=figure(required) if required else "",
        bars=tuple(bars),
        width=_STEP * len(bars),
        bar=_BAR,
        line=round(_TOP + _HIGH - required / most * _HIGH, 1) if required else None,
        in_words=in_words,
    )
