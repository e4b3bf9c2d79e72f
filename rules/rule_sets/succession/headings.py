"""What the title lines and the last article of a text say of it: title, number, body, first and last day."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from rules.rule_sets.articles import Article, articles_of
from rules.rule_sets.succession.comparison import lines_before
from rules.rule_sets.succession.numerals import NUMERAL, digits_of, number_of
from rules.titles import last_valid_day

_NUMBER = re.compile(r"([\u4e00-\u9fff]{2,12})\s*[〔\[［（(【]\s*(\d{4})\s*[〕\]］）)】]\s*(\d+)\s*号")
_PRINTED = re.compile(r"印发《(.+?)》")
_TITLE = re.compile(r"[\u4e00-\u9fff“”（）()、]*(?:办法|细则|规定|规程)(?:（[\u4e00-\u9fff]+）)?")
_HALF = re.compile(r"[\u4e00-\u9fff]+")
_SHORT = 16  # signs: a title that has fewer may be the second half of one
_BODY = re.compile(r"([\u4e00-\u9fff]{2,30}?(?:局|委员会|委|厅|部|人民政府|办公室))(?:文件)?")
_EXPLAINED = re.compile(r"由([\u4e00-\u9fff]{2,30}?(?:局|委员会|厅|部|人民政府))负责解释")
_PART = r"([0-9一二三四五六七八九十]{1,3})"
_DAY = rf"([0-9〇零○一二三四五六七八九]{{4}})\s*年\s*{_PART}\s*月\s*{_PART}\s*日"
_FIRST = re.compile(rf"自\s*{_DAY}\s*起\s*(?:正式)?(?:施行|实施|执行)")
_LAST = re.compile(rf"(?:有效期|有效期限)\s*(?:截止|截至|到|至)\s*{_DAY}")
_YEARS = re.compile(rf"有效期(?:限)?(?:为)?\s*({NUMERAL})\s*年")


@dataclass(frozen=True)
class Proposed:
    """What the text says of one thing, "" where it says nothing, and the line or sentence that it comes from."""

    value: str = ""
    source: str = ""


@dataclass(frozen=True)
class Heading:
    """What a text says of itself; days in ISO 8601."""

    title: Proposed = Proposed()
    number: Proposed = Proposed()
    body: Proposed = Proposed()
    first_day: Proposed = Proposed()
    last_day: Proposed = Proposed()


def heading_of(text: str) -> Heading:
    """Return what a text says of itself."""
    lines, articles = lines_before(text), articles_of(text)
    first, last = _days(articles)
    return Heading(_title(lines), _number(lines), _body(lines, articles), first, last)


def _title(lines: tuple[str, ...]) -> Proposed:
    joined = "".join(line.replace(" ", "") for line in lines)
    printed = _PRINTED.search(joined)
    if printed:
        return Proposed(printed[1], printed[0])
    plain = ["", *(line.replace(" ", "") for line in lines)]
    for before, line in reversed(tuple(pairwise(plain))):
        if not _TITLE.fullmatch(line):
            continue
        # A title that a scan broke in two: its first half is neither a body nor a number.
        if len(line) < _SHORT and _HALF.fullmatch(before) and not _BODY.fullmatch(before):
            line = before + line
        return Proposed(line, line)
    return Proposed()


def _number(lines: tuple[str, ...]) -> Proposed:
    for line in lines:
        match = _NUMBER.search(line)
        if match and "《" not in line[: match.start()]:
            return Proposed(f"{match[1]}〔{match[2]}〕{int(match[3])}号", line)
    return Proposed()


def _body(lines: tuple[str, ...], articles: tuple[Article, ...]) -> Proposed:
    for line in lines:
        match = _BODY.fullmatch(line.replace(" ", ""))
        if match:
            return Proposed(match[1], line)
    for article in reversed(articles):
        for sentence in article.lines:
            match = _EXPLAINED.search(sentence)
            if match:
                return Proposed(match[1], sentence)
    return Proposed()


def _days(articles: tuple[Article, ...]) -> tuple[Proposed, Proposed]:
    for article in reversed(articles):
        for sentence in article.lines:
            match = _FIRST.search(sentence)
            if match is None:
                continue
            first = _day(match)
            last_match, years = _LAST.search(sentence), _YEARS.search(sentence)
            last = _day(last_match) if last_match else None
            if last is None and first and years:
                last = last_valid_day(first, number_of(years[1]))
            return _proposed(first, sentence), _proposed(last, sentence)
    return Proposed(), Proposed()


def _proposed(day: date | None, sentence: str) -> Proposed:
    return Proposed(day.isoformat(), sentence) if day else Proposed()


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(digits_of(match[1])), number_of(match[2]), number_of(match[3]))
    except ValueError:
        return None
