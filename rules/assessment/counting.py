"""What counts toward a figure on a day or in a year, and why something does not: said once, for rules and pages.

First whether a record counts at all, then what a counted ledger entry adds to one figure of Art. 5(4) and 7.
The database counts by the same words (`documents/assessment/assessment_counts.py`);
`tests/services/assessment/test_assess.py` holds the two together.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from rules.choices import Choice, CompanySize, Employment, FeeKind, Satisfaction, ServiceFunction, ServiceMode
from rules.rule_sets.measures import ACTIVITIES, Figure
from rules.words import N_

COUNTED_SIZES = (CompanySize.SMALL, CompanySize.MICRO)
COUNTED_STATUSES = ("submitted", "verified")
MOVED_OUT = "moved_out"  # the status of companies that have moved out, with or without a day
STAFF_LEFT = "left"  # the status of those who left, with or without a day
LOW_FEES = (FeeKind.FREE, FeeKind.LOW)
# The answers that Art. 15 and 18(4) call satisfied (decision: 一般, 基本满意 is none of them).
SATISFIED = (Satisfaction.VERY_GOOD, Satisfaction.GOOD)


class NotCounted(Choice):
    """Why a record does not count."""

    NO_DATE = "no-date", N_("No date"), "日期缺失"
    LATER = "later", N_("Not there yet"), "尚未入驻"
    MOVED_OUT = "moved-out", N_("Has moved out"), "已迁出"
    NO_SIZE = "no-size", N_("Size unknown"), "规模不明"
    TOO_LARGE = "too-large", N_("Not small or micro"), "非小微企业"
    NOT_YET = "not-yet", N_("Cooperation not begun"), "合作未开始"
    ENDED = "ended", N_("Cooperation ended"), "合作已结束"
    DRAFT = "draft", N_("Not submitted"), "未提交"
    OTHER_YEAR = "other-year", N_("Another year"), "非本年度"
    FUTURE = "future", N_("After the day of counting"), "晚于统计日"
    NO_COMPANY = "no-company", N_("Names no company"), "未列明企业"


def as_of(year: int, today: date) -> date:
    """Return the day on which a year is counted: its last day, or today within it."""
    return min(date(year, 12, 31), max(today, date(year, 1, 1)))


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def why_not_tenant(company: Mapping[str, Any], day: date) -> NotCounted | None:
    """Return why a company is no counted tenant on `day`; None when it is one (Art. 5(2))."""
    moved_in, size = _day(company.get("moved_in")), company.get("size")
    if moved_in is None:
        return NotCounted.NO_DATE
    if moved_in > day:
        return NotCounted.LATER
    if has_moved_out(company, day):
        return NotCounted.MOVED_OUT
    if size is None:
        return NotCounted.NO_SIZE
    return None if size in COUNTED_SIZES else NotCounted.TOO_LARGE


def has_moved_out(company: Mapping[str, Any], day: date) -> bool:
    """Tell whether a company is gone on `day`, which may be its first day away.

    One that moved out on no known day is left out of every day, as staff that left are.
    """
    moved_out = _day(company.get("moved_out"))
    return company.get("status") == MOVED_OUT if moved_out is None else moved_out <= day


def why_not_partner(cooperation: Mapping[str, Any], day: date) -> NotCounted | None:
    """Return why a cooperation does not cover `day`; None when it does (Art. 5(3))."""
    first, last = _day(cooperation.get("first_day")), _day(cooperation.get("last_day"))
    if first is None:
        return NotCounted.NO_DATE
    if first > day:
        return NotCounted.NOT_YET
    return NotCounted.ENDED if last is not None and last < day else None


def is_on_staff(member: Mapping[str, Any], day: date) -> bool:
    """Tell whether a member of staff works for the base on `day`; one without a first day has always done so.

    `left_on` is the first day without the person; one who left on no known day is left out of every day.
    """
    started, left = _day(member.get("started_on")), _day(member.get("left_on"))
    has_left = member.get("status") == STAFF_LEFT if left is None else left <= day
    return not has_left and (started is None or started <= day)


def is_full_time_on(member: Mapping[str, Any], day: date) -> bool:
    """Tell whether a member of staff counts on `day`: there, and full-time (Art. 5(3))."""
    return member.get("employment") == Employment.FULL_TIME and is_on_staff(member, day)


def why_not_entry(
    entry: Mapping[str, Any], year: int, day: date, *, with_nameless: bool = True
) -> NotCounted | None:
    """Return why a ledger entry does not count for a year counted on `day`; None when it does.

    `with_nameless`: one that names no company counts too (`Measures.entries_without_company_count`).
    """
    if entry.get("status") not in COUNTED_STATUSES:
        return NotCounted.DRAFT
    served = _day(entry.get("served_on"))
    if served is None:
        return NotCounted.NO_DATE
    if served.year != year:
        return NotCounted.OTHER_YEAR
    if served > day:
        return NotCounted.FUTURE
    return NotCounted.NO_COMPANY if not with_nameless and names_no_company(entry) else None


# --- One figure of the ledger ---------------------------------------------------------------------


class NotInFigure(Choice):
    """Why an entry that counts adds nothing to one figure."""

    NO_ACTIVITY = "no-activity", N_("Activity type not filled in"), "活动类型未填"
    OTHER_ACTIVITY = "other-activity", N_("Another activity type"), "活动类型不符"
    NO_MODE = "no-mode", N_("Service mode not filled in"), "服务方式未填"
    NOT_ON_SITE = "not-on-site", N_("Not on site"), "非线下服务"
    NO_FEE_KIND = "no-fee-kind", N_("Fee not filled in"), "收费方式未填"
    FULL_PRICE = "full-price", N_("Neither free nor low-fee"), "非免费或低收费"


# What a figure sums, where it is not the number of entries.
SUMMED: Mapping[Figure, Literal["company_times", "person_times"]] = {
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


def names_no_company(entry: Mapping[str, Any]) -> bool:
    """Tell whether an entry names no company; whether such a one counts is a setting of the rule set."""
    return not entry.get("companies")


class NotSatisfied(Choice):
    """Why a counted entry is no satisfied answer."""

    NO_ANSWER = "no-answer", N_("No answer"), "未作评价"
    DISSATISFIED = "not-satisfied", N_("Not satisfied"), "未达到满意"


def why_not_satisfied(entry: Mapping[str, Any]) -> NotSatisfied | None:
    """Return why an entry is no satisfied answer; None when it is one (Art. 15, 18(4))."""
    answer = entry.get("satisfaction")
    if not answer:
        return NotSatisfied.NO_ANSWER
    return None if answer in SATISFIED else NotSatisfied.DISSATISFIED


def is_satisfied(entry: Mapping[str, Any]) -> bool | None:
    """Tell whether the companies were satisfied with a service; None where they gave no answer (Art. 15)."""
    reason = why_not_satisfied(entry)
    return None if reason is NotSatisfied.NO_ANSWER else reason is None


def amount_in(entry: Mapping[str, Any], figure: Figure) -> int:
    """Return what a counted entry adds to `figure`: company-times, person-times or itself."""
    key = SUMMED.get(figure)
    return 1 if key is None else int(entry.get(key) or 0)
