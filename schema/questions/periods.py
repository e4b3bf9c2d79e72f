"""Days and periods as they are typed in a question: 今年, 上季度, 2026年9月, 近三个月, 2026年1月到3月."""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from schema.questions.numbers import chinese_number

_NUMBER = r"(?:\d{1,4}|[零〇一二三四五六七八九十两百]{1,6})"
_MONTH = "1[0-2]|0?[1-9]|十[一二]|[一二三四五六七八九十]"
_YEAR = re.compile(
    r"(今年|本年度|本年|当年|去年|上年度|上一?年|前年|明年|下一?年|后年|(\d{4}|[二〇零一三四五六七八九]{4})年?度?)度?"
)
_RELATIVE_YEARS = {
    "今年": 0, "本年": 0, "本年度": 0, "当年": 0, "去年": -1, "上年": -1, "上年度": -1, "上一年": -1, "前年": -2,
    "明年": 1, "下年": 1, "下一年": 1, "后年": 2,
}  # fmt: skip
_PART = re.compile(
    rf"[的]?(?:(?P<half>上半年|下半年)|第?(?P<quarter>[1-4一二三四])季度|q(?P<q>[1-4])|"
    rf"[-./年]?(?P<month>{_MONTH})(?:月份|月)(?:(?P<day>{_NUMBER})[日号])?)"
)
# 9月1日至15日, 1至9月, 1-9月: one end says less than the other.
_TO = re.compile(r"[到至~—–-]+")
_LAST_DAY = re.compile(rf"{_TO.pattern}({_NUMBER})[日号]")
_MONTHS = re.compile(rf"({_MONTH}){_TO.pattern}({_MONTH})(?:月份|月)(?!\d)")
_QUARTERS = re.compile(r"前([二三两23])个?季度")
_SAME_TIME = re.compile(r"的?同期")
_YEAR_END = re.compile(r"(年|月|季)(?:底|末)(?:以前|之前|前)")
_ISO = re.compile(r"(?P<year>\d{4})[-./](?P<month>\d{1,2})(?:[-./](?P<day>\d{1,2}))?(?!\d)")
_NOW = re.compile(
    r"(?P<which>本|这个?|当|上上?一?个?|下下?一?个?)(?P<unit>月份?|季度|季|周|星期)|(?P<said>今天|今日|昨天|昨日|明天|前天|后天)"
)
_SPAN = re.compile(
    rf"(?P<way>最近|近|过去|未来|今后|接下来)?(?P<many>{_NUMBER}|半)(?P<each>个)?(?P<unit>天|日|周|星期|月|季度|年)"
    r"(?P<within>以?内|之内|(?P<lacks>(?=[都里来]*(?:还|仍)?(?:没|未|无))))?"
)
_SINCE = re.compile(r"以来|以后|之后|至今|后|起")
_UNTIL = re.compile(r"年?底?(?:以前|之前|前)")


@dataclass(frozen=True)
class Period:
    """From a day to a day, both included; None leaves an end open. `is_bare`: a month without its year.

    `turned` is the same the other way, where the words do not say whether past or future is meant: 三个月内.
    """

    first: date | None
    last: date | None
    is_bare: bool = False
    turned: "Period | None" = None


def year_of(year: int) -> Period:
    """Return a whole year."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def month_of(year: int, month: int) -> Period:
    """Return a whole month; months are counted on beyond December and before January."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _quarter_of(year: int, quarter: int) -> Period:
    first = month_of(year, quarter * 3 - 2)
    return Period(first.first, month_of(year, quarter * 3).last)


def period_at(text: str, place: int, today: date) -> tuple[Period, int] | None:
    """Return the period that stands at a place of a text, and where it ends; None where none does."""
    try:
        return _period_at(text, place, today)
    except (ValueError, OverflowError):  # no such day; after the last that there is, or before the first
        return None


def _period_at(text: str, place: int, today: date) -> tuple[Period, int] | None:
    found = _one_at(text, place, today)
    if found is None:
        return None
    period, end = found
    if (day := _LAST_DAY.match(text, end)) and period.first and period.first == period.last:
        last = period.first.replace(day=_whole(day[1]))
        return (Period(period.first, last), day.end()) if last >= period.first else (period, end)
    joined = _TO.match(text, end)
    if joined and (other := _one_at(text, joined.end(), today)) and period.first:
        return _from_to(period, other[0]), other[1]
    if after := _SINCE.match(text, end):
        # 今年以来 goes on to today and beyond it as far as anything does.
        return Period(
            period.first if after[0] in ("以来", "至今", "起") else _after(period), None
        ), after.end()
    if before := _UNTIL.match(text, end):
        whole = before[0].startswith("年底") or before[0].startswith("底")
        return Period(None, period.last if whole else _before(period)), before.end()
    return period, end


def _from_to(period: Period, other: Period) -> Period:
    """Return what lies between two periods: 2026年1月到3月 is of one year, 11月到2月 of two."""
    assert period.first is not None
    first, last = period.first, other.last
    if other.is_bare and last is not None:
        last = _in_year(last, first.year)
        if last < first and period.is_bare:
            first = _in_year(first, first.year - 1)
        elif last < first:
            last = _in_year(last, first.year + 1)
    return Period(first, last)


def _in_year(day: date, year: int) -> date:
    """Return the same day of another year; the last of February stays its last."""
    end = calendar.monthrange(year, day.month)[1]
    return day.replace(year=year, day=end if (day + timedelta(days=1)).day == 1 else min(day.day, end))


def _after(period: Period) -> date | None:
    return period.last + timedelta(days=1) if period.last else None


def _before(period: Period) -> date | None:
    return period.first - timedelta(days=1) if period.first else None


def _one_at(text: str, place: int, today: date) -> tuple[Period, int] | None:
    for read in (_iso, _months, _quarters, _year_end, _year, _now, _span, _bare_part):
        try:
            found = read(text, place, today)
        except (ValueError, OverflowError):  # the 31st of February, the year 0
            found = None
        if found is not None:
            return found
    return None


def _iso(text: str, place: int, today: date) -> tuple[Period, int] | None:
    found = _ISO.match(text, place)
    if not found:
        return None
    year, month = int(found["year"]), int(found["month"])
    if not 1 <= month <= 12:
        return None
    if found["day"]:
        day = date(year, month, int(found["day"]))
        return Period(day, day), found.end()
    return month_of(year, month), found.end()


def _months(text: str, place: int, today: date) -> tuple[Period, int] | None:
    found = _MONTHS.match(text, place)
    return (_of_months(found, today.year), found.end()) if found else None


def _of_months(found: re.Match[str], year: int) -> Period:
    first, last = month_of(year, _whole(found[1])), month_of(year, _whole(found[2]))
    return _from_to(replace(first, is_bare=True), replace(last, is_bare=True))


def _quarters(text: str, place: int, today: date) -> tuple[Period, int] | None:
    """Read 前三季度: from the beginning of the year to the end of the third quarter."""
    found = _QUARTERS.match(text, place)
    return (_first_quarters(found, today.year), found.end()) if found else None


def _first_quarters(found: re.Match[str], year: int) -> Period:
    return Period(date(year, 1, 1), _quarter_of(year, 2 if found[1] == "两" else _whole(found[1])).last)


def _year_end(text: str, place: int, today: date) -> tuple[Period, int] | None:
    """Read 年底前, 月底前: until then."""
    found = _YEAR_END.match(text, place)
    if not found:
        return None
    if found[1] == "季":
        return Period(None, _quarter_of(today.year, (today.month + 2) // 3).last), found.end()
    return Period(None, month_of(today.year, 12 if found[1] == "年" else today.month).last), found.end()


def _year(text: str, place: int, today: date) -> tuple[Period, int] | None:
    found = _YEAR.match(text, place)
    if not found:
        return None
    word = found[1].rstrip("度")
    if word in _RELATIVE_YEARS:
        year = today.year + _RELATIVE_YEARS[word]
    else:
        bare = word.rstrip("年")
        if bare == word and not bare.isdecimal():
            return None  # 二〇二六 without 年 is a number like any other
        year = int(bare) if bare.isdecimal() else chinese_number(bare) or 0
        if not 1990 <= year <= 2100:
            return None
        # A number of four digits alone, 2026, is a year only where nothing is counted: 2026人 is none.
        if bare == word and re.match(r"[人家个万元天]|平方", text[found.end() :]):
            return None
    if (same := _SAME_TIME.match(text, found.end())) and year < today.year:
        # 去年同期: as far as this year has come.
        return Period(date(year, 1, 1), _in_year(today, year)), same.end()
    if months := _MONTHS.match(text, found.end()):
        return _of_months(months, year), months.end()
    if quarters := _QUARTERS.match(text, found.end()):
        return _first_quarters(quarters, year), quarters.end()
    part = _PART.match(text, found.end())
    if not part:
        return year_of(year), found.end()
    return _part(part, year), part.end()


def _part(part: re.Match[str], year: int) -> Period:
    if part["half"]:
        first, last = (1, 6) if part["half"] == "上半年" else (7, 12)
        return Period(month_of(year, first).first, month_of(year, last).last)
    if quarter := part["quarter"] or part["q"]:
        return _quarter_of(year, _whole(quarter))
    month = _whole(part["month"])
    if part["day"]:
        day = date(year, month, _whole(part["day"]))
        return Period(day, day)
    return month_of(year, month)


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else chinese_number(text) or 0


def _bare_part(text: str, place: int, today: date) -> tuple[Period, int] | None:
    found = _PART.match(text, place)
    if not found or text[place] in "的年-./":
        return None
    return replace(_part(found, today.year), is_bare=True), found.end()


def _now(text: str, place: int, today: date) -> tuple[Period, int] | None:
    found = _NOW.match(text, place)
    if not found:
        return None
    if said := found["said"]:
        day = today + timedelta(days={"昨天": -1, "昨日": -1, "明天": 1, "前天": -2, "后天": 2}.get(said, 0))
        return Period(day, day), found.end()
    which = found["which"]
    step = {"上": -1, "下": 1}.get(which[0], 0) * (2 if which[:2] in ("上上", "下下") else 1)
    unit = found["unit"]
    if unit.startswith("月"):
        return month_of(today.year, today.month + step), found.end()
    if unit.startswith("季"):
        quarter = (today.month + 2) // 3 + step
        year, quarter = today.year + (quarter - 1) // 4, (quarter - 1) % 4 + 1
        return _quarter_of(year, quarter), found.end()
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
    return Period(monday, monday + timedelta(days=6)), found.end()


def _span(text: str, place: int, today: date) -> tuple[Period, int] | None:
    found = _SPAN.match(text, place)
    if not found or not (found["way"] or found["within"] is not None):
        return None
    if found["lacks"] is not None and not _is_span(found):
        return None
    many, unit, way = found["many"], found["unit"], found["way"] or ""
    if many == "半":
        if unit != "年":
            return None
        count, unit = 6, "月"
    else:
        count = _whole(many)
    past = Period(_moved(today, unit, -count), today)
    future = Period(today, _moved(today, unit, count))
    if way in ("未来", "今后", "接下来"):
        return future, found.end()
    # 近三个月入驻 has been, 近三个月到期 is to come.
    return (past if way == "过去" else replace(past, turned=future)), found.end()


def _is_span(found: re.Match[str]) -> bool:
    """Tell whether a span before 没有 is one at all: 三个月没有, but neither 10月没有 nor 10日没有."""
    return bool(
        found["way"] or found["each"] or found["unit"] in ("天", "周", "星期")
        or (found["unit"] == "年" and len(found["many"]) == 1)
    )  # fmt: skip


def _moved(day: date, unit: str, count: int) -> date:
    if unit in ("天", "日"):
        return day + timedelta(days=count)
    if unit in ("周", "星期"):
        return day + timedelta(weeks=count)
    months = day.year * 12 + day.month - 1 + count * {"月": 1, "季度": 3, "年": 12}[unit]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
