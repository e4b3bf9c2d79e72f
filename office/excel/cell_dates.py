"""Days as cells and form fields bring them: real dates, eight spellings, Excel's day numbers.

A month without a day is its first day (the office's habit for 2022年8月). Of a day a time is
dropped, of a moment it is kept. Decision: years from 1900 to 2200; anything else is a slip of the keyboard.
"""

import datetime as dt
import re
import unicodedata
from typing import Never

from office.excel.cell_numbers import NOTHING
from office.excel.cell_texts import as_text, cleaned, folded, one_line, refuse
from rules.errors import Refused
from rules.words import N_

FIRST_YEAR, LAST_YEAR = 1900, 2200
OFFICE_TIME = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991
# 31 December 1899 was day 0 for Excel, which then counts a 29 February 1900 that never was.
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_EXCEL_START = dt.datetime.combine(_EXCEL_EPOCH, dt.time.min)
_LAST_SERIAL = (dt.date(LAST_YEAR, 12, 31) - _EXCEL_EPOCH).days

_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
_CHINESE_DATE = re.compile(
    r"([〇○零Oo一二三四五六七八九\d]{4})年([一二三四五六七八九十\d]{1,3})月(?:([一二三四五六七八九十\d]{1,4})[日号]?)?"
)
_TIME = r"(?:(?:T|上午|下午|[AP]M)?\s*\d{1,2}[:时点]\d{1,2}(?:[:分]\d{0,2}秒?(?:\.\d+)?)?(?:[AP]M|Z|[+-]\d\d:?\d\d)?)?"
_WEEKDAY = r"(?:\(?(?:星期|周)[一二三四五六日天]\)?)?"
_PLAIN = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_SIGN = r"[-./、,。·_\\–—]"
_FULL = re.compile(rf"(\d{{4}})(?:年|{_SIGN})(\d{{1,2}})(?:月|{_SIGN})(\d{{1,2}})[日号.。]{{0,2}}{_WEEKDAY}")
_PARTED = re.compile(r"(\d{4}) (\d{1,2})(?: (\d{1,2}))?")  # by nothing but spaces, which folding takes away
_TORN_NUMBER = re.compile(
    r"[\d〇○零一二三四五六七八九十]\s+[\d〇○零一二三四五六七八九十]"
)  # folding would make one of two
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED_MONTH = rf"({'|'.join(_MONTHS)})[a-z]{{0,6}}"
_ENGLISH = (  # as programs of other languages write a day into a text
    re.compile(rf"(?P<d>\d{{1,2}})[-/ ]?{_NAMED_MONTH}\.?[-/, ]{{0,2}}(?P<y>\d{{4}})", re.IGNORECASE),
    re.compile(rf"{_NAMED_MONTH}\.? ?(?P<d>\d{{1,2}}),? ?(?P<y>\d{{4}})", re.IGNORECASE),
    re.compile(rf"(?P<y>\d{{4}})[-/ ]{_NAMED_MONTH}[-/ ](?P<d>\d{{1,2}})", re.IGNORECASE),
)
_MONTH = re.compile(rf"(\d{{4}})(?:年|{_SIGN})(\d{{1,2}})(?:月份?)?")
_WITHOUT_YEAR = re.compile(r"(\d{1,2})[-./月](\d{1,2})[日号]?")
_HALF_A_YEAR = dt.timedelta(days=183)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_NOT_A_DATE = N_("“%(value)s” is not a date; please write it like 2026-11-23.")
_SPELLED_TIME = re.compile(
    r"\s*(?:T|(?P<half>上午|下午|中午|晚上|早上|[AP]M))?\s*(?P<hour>\d{1,2})(?::|时|点)"
    r"(?:(?P<minute>\d{1,2})(?:(?::|分)(?:(?P<second>\d{1,2})(?:\.\d{1,9})?秒?)?)?)?\s*(?P<end>[AP]M)?\Z",
    re.IGNORECASE,
)
_MORNING, _AFTERNOON = frozenset({"上午", "早上", "AM"}), frozenset({"下午", "晚上", "中午", "PM"})
_TRAILING_TIME = re.compile(rf"(?<=[\d日号])\s+{_TIME}$|(?<=\d)T{_TIME}$|(?<=[日号]){_TIME}$")


def day_of(value: object) -> dt.date | None:
    """Return the day that a cell or text names, None when blank; refused with a sentence when it names none."""
    match value:
        case dt.datetime():
            return _in_range(value.date(), value)
        case dt.date():
            return _in_range(value, value)
        case bool():
            _not_a_date(value)
        case int() | float():
            return _of_number(float(value), value)
    if isinstance(value, str) and (match := _PLAIN.fullmatch(value)):  # as most are written
        return _built(match, value)
    # The time must go while the space before it still parts it from the day: 2021-2-26 8:30.
    spaced = " ".join(unicodedata.normalize("NFKC", cleaned(value)).split()).strip("'`’‘")
    spaced = _TRAILING_TIME.sub("", spaced)
    text = folded(spaced).strip("'`’‘")
    if not text or text.upper() in NOTHING:
        return None
    return _of_words(text, spaced, value)


def _of_words(text: str, spaced: str, value: object) -> dt.date:
    """Read a day that is written out, without its time: `text` has no spaces, in `spaced` they are as they were."""
    if match := _PARTED.fullmatch(spaced):
        return _built(match, value)
    for pattern in _ENGLISH:
        if match := pattern.fullmatch(spaced):
            month = next(text for text in match.groups() if text.lower() in _MONTHS)
            return _day(int(match["y"]), _MONTHS.index(month.lower()) + 1, int(match["d"]), value)
    if _TORN_NUMBER.search(spaced):  # 2021.1 2 is no 2021.12
        _not_a_date(value)
    if re.fullmatch(r"\d{5,6}(\.\d+)?", text) and not _looks_like_month(text):
        return _of_number(float(text), value)
    if match := _FULL.fullmatch(text) or _MONTH.fullmatch(text) or _COMPACT.fullmatch(text):
        return _built(match, value)
    if match := _CHINESE_DATE.fullmatch(text):
        year, month, day = match.groups()
        return _day(int(year.translate(_DIGITS)), _chinese_number(month), _chinese_number(day or "1"), value)
    _not_a_date(value)


def with_year(text: str, today: dt.date) -> str:
    """Return a day that was typed without its year (3.5, 3月5日, 3/5) with it; any other text as it is.

    It is of `today`'s year; one that lies more than half a year ahead is of the last.
    """
    match = _WITHOUT_YEAR.fullmatch(folded(text).strip())
    if match is None or _TORN_NUMBER.search(text):
        return text
    month, day = match.groups()
    try:
        ahead = dt.date(today.year, int(month), int(day)) - today
    except ValueError:
        return f"{today.year}-{month}-{day}"
    return f"{today.year - (ahead > _HALF_A_YEAR)}-{month}-{day}"


def moment_of(value: object) -> dt.datetime | None:
    """Return a moment as aware UTC; a time without a zone is the office's, a day without a time its midnight.

    None when blank; refused with a sentence when it names none.
    """
    match value:
        case dt.datetime():
            return _of_office(value, value)
        case bool():
            _not_a_moment(value)
        case int() | float() if (
            LAST_YEAR < value <= _LAST_SERIAL + 1
        ):  # Excel's day number, the time its fraction
            return _of_office(_EXCEL_START + dt.timedelta(seconds=round(value * 86_400)), value)
        case str():
            return _of_text(one_line(unicodedata.normalize("NFKC", value)).strip("'`’"), value)
    return _of_day(value)


def _of_text(text: str, value: str) -> dt.datetime | None:
    if not text or text.upper() in NOTHING:
        return None
    try:
        return _of_office(dt.datetime.fromisoformat(text), value)
    except ValueError:
        if match := _SPELLED_TIME.search(text):
            return _of_spelled(match, text[: match.start()], value)
    return moment_of(float(text)) if re.fullmatch(r"\d{5}\.\d{1,12}", text) else _of_day(value)


def _of_day(value: object) -> dt.datetime | None:
    try:
        day = day_of(value)
    except Refused as refused:
        if refused.refusals[0].message == _NOT_A_DATE:
            _not_a_moment(value)
        raise
    return None if day is None else _of_office(dt.datetime.combine(day, dt.time.min), value)


def _of_office(moment: dt.datetime, value: object) -> dt.datetime:
    _in_range(moment.date(), value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=OFFICE_TIME)).astimezone(dt.UTC)


def _of_spelled(match: re.Match[str], before: str, value: object) -> dt.datetime:
    """Read 2026年11月23日 下午3时05分: the day before the time as any day, then the time."""
    day = day_of(before.strip())
    half = (match["half"] or match["end"] or "").upper()
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in _MORNING and hour == 12:
        hour = 0
    if day is None or hour > 23 or minute > 59 or second > 59:
        _not_a_moment(value)
    return _of_office(dt.datetime.combine(day, dt.time(hour, minute, second)), value)


def _looks_like_month(text: str) -> bool:
    return (
        len(text) == 6
        and text.isdigit()
        and FIRST_YEAR <= int(text[:4]) <= LAST_YEAR
        and 1 <= int(text[4:]) <= 12
    )


def _built(match: re.Match[str], value: object) -> dt.date:
    parts = [int(part) for part in match.groups() if part]
    return _day(parts[0], parts[1], parts[2] if len(parts) == 3 else 1, value)


def _day(year: int, month: int, day: int, value: object) -> dt.date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        _out_of_range(value)
    try:
        return dt.date(year, month, day)
    except ValueError:
        refuse(N_("“%(value)s” is a day that does not exist."), value=as_text(value))


def _of_number(number: float, value: object) -> dt.date:
    """Read a bare number: 20250116, 202208, Excel's day 45653, or 2022.8, which Excel made of a month."""
    if number != number or not 0 < number < 1e8:
        _not_a_date(value)
    whole = int(number)
    if match := _COMPACT.fullmatch(str(whole)) if number == whole and whole > _LAST_SERIAL else None:
        return _built(match, value)
    if FIRST_YEAR <= number < LAST_YEAR + 1:
        return _of_year_and_month(number, value)
    if LAST_YEAR < whole <= _LAST_SERIAL:
        return _EXCEL_EPOCH + dt.timedelta(days=whole)
    _not_a_date(value)


def _of_year_and_month(number: float, value: object) -> dt.date:
    year, point, month = as_text(number).partition(".")
    if not point:
        refuse(
            N_("“%(value)s” is only a year; please give the month as well, like 2022-08."),
            value=as_text(value),
        )
    if month == "1":  # 2022.1 and 2022.10 are the same number
        refuse(
            N_("“%(value)s” may be January or October; please write it like 2022-01."), value=as_text(value)
        )
    return _day(int(year), int(month), 1, value)


def _chinese_number(text: str) -> int:
    """Return 31 for 三十一; a mixture that is no number gives 0, which no month or day is."""
    tens, ten, ones = text.partition("十")
    if not ten:
        digits = text.translate(_DIGITS)
        return int(digits) if len(digits) <= 2 else 0
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return int((tens or "一").translate(_DIGITS)) * 10 + int((ones or "0").translate(_DIGITS))


def _in_range(day: dt.date, value: object) -> dt.date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        _out_of_range(value)
    return day


def _out_of_range(value: object) -> Never:
    refuse(
        N_("“%(value)s”: the year must be between %(first)d and %(last)d."),
        value=as_text(value), first=FIRST_YEAR, last=LAST_YEAR,
    )  # fmt: skip


def _not_a_date(value: object) -> Never:
    refuse(_NOT_A_DATE, value=as_text(value))


def _not_a_moment(value: object) -> Never:
    refuse(
        N_("“%(value)s” is not a date and time; please write it like 2026-11-23 09:30."), value=as_text(value)
    )
