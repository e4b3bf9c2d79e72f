"""Which ledger entries a figure of Art. 5(4) and 7 sums, and why another entry adds nothing to it.

Whether an entry counts at all is said in `rules.counting`; here it is asked for one figure alone.
"""

from collections.abc import Mapping
from typing import Any

from rules.choices import Choice, ServiceFunction, ServiceMode
from rules.counting import LOW_FEES
from rules.measures import ACTIVITIES, Figure
from rules.words import N_


class NotInFigure(Choice):
    """Why an entry that counts adds nothing to one figure."""

    NO_ACTIVITY = "no-activity", N_("Activity type not filled in"), "活动类型未填"
    OTHER_ACTIVITY = "other-activity", N_("Another activity type"), "活动类型不符"
    NO_MODE = "no-mode", N_("Service mode not filled in"), "服务方式未填"
    NOT_ON_SITE = "not-on-site", N_("Not on site"), "非线下服务"
    NO_FEE_KIND = "no-fee-kind", N_("Fee not filled in"), "收费方式未填"
    FULL_PRICE = "full-price", N_("Neither free nor low-fee"), "非免费或低收费"


# What a figure sums, where it is not the number of entries.
SUMMED: Mapping[Figure, str] = {
    Figure.COMPANY_TIMES: "company_times",
    Figure.OFFLINE_COMPANY_TIMES: "company_times",
    Figure.PERSON_TIMES: "person_times",
}


def why_not_in_figure(
    entry: Mapping[str, Any], function: ServiceFunction, figure: Figure
) -> NotInFigure | None:
    """Return why an entry of `function` adds nothing to `figure`; None when it does (Art. 7)."""
    if figure is Figure.OFFLINE_COMPANY_TIMES:
        mode = entry.get("mode")
        if not mode:
            return NotInFigure.NO_MODE
        return None if mode == ServiceMode.OFFLINE else NotInFigure.NOT_ON_SITE
    wanted = ACTIVITIES.get((function, figure))
    if wanted is None:
        return None
    activity = entry.get("activity")
    if not activity:
        return NotInFigure.NO_ACTIVITY
    return None if activity in wanted else NotInFigure.OTHER_ACTIVITY


def why_not_low_fee(entry: Mapping[str, Any]) -> NotInFigure | None:
    """Return why an entry is no free or low-fee service; None when it is one (Art. 5(4))."""
    kind = entry.get("fee_kind")
    if not kind:
        return NotInFigure.NO_FEE_KIND
    return None if kind in LOW_FEES else NotInFigure.FULL_PRICE


def amount_in(entry: Mapping[str, Any], figure: Figure) -> int:
    """Return what a counted entry adds to `figure`: company-times, person-times or itself."""
    key = SUMMED.get(figure)
    return 1 if key is None else int(entry.get(key) or 0)
