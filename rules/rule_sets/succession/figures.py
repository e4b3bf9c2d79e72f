"""The figures that a text of the Measures names, each with the sentence that names it: proposed alone."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rules.choices import ServiceFunction
from rules.rule_sets.articles import Article, item_of
from rules.rule_sets.measure_lines import LINES
from rules.rule_sets.measures import Figure
from rules.rule_sets.succession.numerals import NUMERAL, number_of

# Days of every year by which something is handed in; every other figure is a line of `rules.rule_sets.measure_lines`.
SUMMARIES = ("base_summary_by", "county_summary_by")
FigureValue = int | tuple[int, int]
_N = f"(?P<n>{NUMERAL})"
_SENTENCE = re.compile(r"[^。；;\n]+[。；;]?")
_OPEN = "[^。；;]"  # within one sentence


@dataclass(frozen=True)
class NamedFigure:
    """A figure that the text names: the key of its line (or of `SUMMARIES`), its value, its article and sentence."""

    key: str
    value: FigureValue
    reference: str
    sentence: str


def _patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text) for text in texts)


_LEAST = "(?:不少于|不低于|不得少于|达到|至少)"
_UP = "(?:及以上|以上)"
# The first pattern that is found in a sentence counts.
_PATTERNS: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "years_operated": _patterns(
        rf"运营{_OPEN}{{0,14}}?(?:时间)?{_LEAST}?满?{_N}年{_UP}",
        rf"运营{_OPEN}{{0,14}}?{_LEAST}{_N}年",
        rf"运营{_OPEN}{{0,10}}?满{_N}年",
    ),
    "tenants": _patterns(
        rf"入驻{_OPEN}{{0,10}}?(?:小型微型|小微|中小){_OPEN}{{0,8}}?{_N}[家户个]{_UP}",
        rf"入驻{_OPEN}{{0,10}}?(?:小型微型|小微|中小){_OPEN}{{0,8}}?{_LEAST}{_N}[家户个]",
    ),
    "people": _patterns(rf"从业人员{_OPEN}{{0,8}}?{_N}[人名]{_UP}", rf"从业人员{_OPEN}{{0,8}}?{_LEAST}{_N}[人名]"),
    "staff": _patterns(rf"专职{_OPEN}{{0,24}}?{_LEAST}{_N}[人名]", rf"专职[^。；;，,]{{0,24}}?{_N}[人名]{_UP}"),
    "partners": _patterns(rf"服务机构{_OPEN}{{0,6}}?{_LEAST}{_N}[家个]", rf"服务机构{_OPEN}{{0,6}}?{_N}[家个]{_UP}"),
    "low_fee_percent": _patterns(
        rf"(?:公益|免费|低收费){_OPEN}{{0,40}}?{_LEAST}{_OPEN}{{0,14}}?{_N}\s*[%％]",
        rf"(?:公益|免费|低收费){_OPEN}{{0,40}}?{_LEAST}{_OPEN}{{0,14}}?百分之{_N}",
        rf"(?:公益|免费|低收费){_OPEN}{{0,40}}?{_N}\s*[%％]{_UP}",
        rf"(?:公益|免费|低收费){_OPEN}{{0,40}}?百分之{_N}{_UP}",
    ),
    "functions_required": _patterns(
        rf"{_LEAST}(?:以下|下列)?{_N}[种项类个](?!工作日){_OPEN}{{0,12}}?(?:服务)?功能",
        rf"(?:以下|下列){_N}[种项类个]{_UP}{_OPEN}{{0,12}}?(?:服务)?功能",
        rf"功能{_OPEN}{{0,8}}?{_N}[种项类个]{_UP}",
    ),
    "years_of_validity": _patterns(
        rf"有效期(?:限)?(?:为|是)?{_N}年", rf"有效期(?:限)?{_OPEN}{{0,6}}?{_N}年"
    ),
    "notice_working_days": _patterns(
        rf"公示{_OPEN}{{0,16}}?{_N}个?工作日", rf"{_N}个?工作日{_OPEN}{{0,4}}?公示"
    ),
    "change_filing_working_days": _patterns(rf"变更{_OPEN}{{0,40}}?{_N}个?工作日"),
    "case_characters": _patterns(rf"案例{_OPEN}{{0,12}}?不(?:得)?超过{_N}字", rf"案例{_OPEN}{{0,12}}?{_N}字以内"),
    "satisfaction_percent": _patterns(
        rf"满意(?:度|率){_OPEN}{{0,8}}?(?:低于|不足|不低于|不少于|达到){_N}\s*[%％]",
        rf"满意(?:度|率){_OPEN}{{0,8}}?(?:低于|不足|不低于|不少于|达到)百分之{_N}",
    ),
}  # fmt: skip
_BY = rf"(?:每年|次年|年度终了后)?(?P<m>{NUMERAL})月(?P<d>{NUMERAL})日(?:之)?前"
_SUMMARY_PATTERNS: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "county_summary_by": _patterns(rf"{_BY}{_OPEN}{{0,60}}?报(?:送|告)?(?:至|给)?市"),
    "base_summary_by": _patterns(rf"{_BY}{_OPEN}{{0,60}}?报(?:送|告)?(?:至|给)?(?:所在|所属|辖区)?县"),
}
# Of a service function: what stands before and behind the number.
_TIMES = {
    Figure.OFFLINE_COMPANY_TIMES: ("", "家次"),
    Figure.COMPANY_TIMES: ("", "家次"),
    Figure.PERSON_TIMES: ("", "人次"),
    Figure.ACTIVITIES: ("活动", "[次场]"),
    Figure.MEETINGS: ("(?:对接会|洽谈会|路演|推介会|对接活动)", "[次场]"),
    Figure.EXHIBITIONS: ("(?:展览|展销|洽谈|推介)", "[次场]"),
    Figure.MATCHMAKING: ("(?:龙头|对接)", "[次场]"),
}
_ONLINE = re.compile(r"信息系统|在线服务|线上平台|信息平台")


def named_figures(articles: Sequence[Article]) -> tuple[NamedFigure, ...]:
    """Return the figures that articles name, in the order of the lines; of one key each different value once."""
    named = [*_plain(articles), *_of_functions(articles)]
    order = {key: place for place, key in enumerate((*(line.key for line in LINES), *SUMMARIES))}
    seen: set[tuple[str, FigureValue]] = set()
    kept = []
    for figure in sorted(named, key=lambda figure: order[figure.key]):
        if (figure.key, figure.value) not in seen:
            seen.add((figure.key, figure.value))
            kept.append(figure)
    return tuple(kept)


def not_named(figures: Iterable[NamedFigure]) -> tuple[str, ...]:
    """Return the keys of which a text names nothing: they are set by hand."""
    found = {figure.key for figure in figures}
    return tuple(key for key in (*(line.key for line in LINES), *SUMMARIES) if key not in found)


def _sentences(articles: Iterable[Article]) -> Iterator[tuple[str, str]]:
    """Yield each sentence with the article, or the item, that it stands in."""
    for article in articles:
        for line in article.lines:
            item = item_of(line)
            reference = f"{article.number}({item})" if item else str(article.number)
            for match in _SENTENCE.finditer(line):
                yield reference, match[0].strip()


def _plain(articles: Sequence[Article]) -> Iterator[NamedFigure]:
    for reference, sentence in _sentences(articles):
        for key, patterns in _PATTERNS.items():
            if key == "years_of_validity" and "本办法" in sentence:
                continue  # the text's own validity
            match = next(filter(None, (pattern.search(sentence) for pattern in patterns)), None)
            if match and (value := _number(match["n"])) is not None:
                yield NamedFigure(key, value, reference, sentence)
        for key, patterns in _SUMMARY_PATTERNS.items():
            match = next(filter(None, (pattern.search(sentence) for pattern in patterns)), None)
            if match is None:
                continue
            month, day = _number(match["m"]), _number(match["d"])
            if month is not None and day is not None and 1 <= month <= 12 and 1 <= day <= 31:
                yield NamedFigure(key, (month, day), reference, sentence)


def _of_functions(articles: Sequence[Article]) -> Iterator[NamedFigure]:
    for article in articles:
        for line in article.lines:
            item = item_of(line)
            words = line.partition("）")[2].strip() if item else line
            function = next((term for term in ServiceFunction if words.startswith(term.zh)), None)
            if item and function is not None:
                yield from _of_function(function, f"{article.number}({item})", line)


def _of_function(function: ServiceFunction, reference: str, line: str) -> Iterator[NamedFigure]:
    for measure_line in LINES:
        if measure_line.function is not function or measure_line.figure is None:
            continue
        if measure_line.yes_no:
            match = _ONLINE.search(line)
            value: int | None = 1 if match else None
        else:
            before, unit = _TIMES[measure_line.figure]
            match = re.search(rf"{before}[^。；;，,\d]{{0,12}}?{_LEAST}?{_N}\s*{unit}(?:{_UP})?", line)
            value = _number(match["n"]) if match else None
        if match is not None and value is not None:
            yield NamedFigure(measure_line.key, value, reference, _around(line, match))


def _around(line: str, match: re.Match[str]) -> str:
    """Return the sentence of a line in which something was found."""
    for sentence in _SENTENCE.finditer(line):
        if sentence.start() <= match.start() < sentence.end():
            return sentence[0].strip()
    return line


def _number(text: str) -> int | None:
    try:
        return number_of(text)
    except ValueError:
        return None
