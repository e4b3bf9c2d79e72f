"""Every function and operator, once: its name, what it takes and gives, its meaning in Python and in MongoDB.

The two meanings stand side by side; `tests/schema/expressions` hold them together over random records. A function that
is `strict` is not asked when an operand is blank: the result is that blank.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from rules.words import N_
from schema.expressions.blanks import DIVIDED_BY_ZERO, NO_SUCH_DAY, TOO_LARGE, Blank
from schema.expressions.mongo_parts import (
    DAY_MILLISECONDS,
    FIRST_DAY,
    LAST_DAY,
    OFFICE_MILLISECONDS,
    Mongo,
    between,
    bounded,
    calendar_day,
    half_up,
    known,
)
from schema.expressions.types import (
    BLANK,
    BOOLEAN,
    DAY,
    DECIMAL,
    DECIMAL128,
    INTEGER,
    NUMBER_LIST,
    TEXT,
    Base,
    Type,
    joined,
    rounded,
)
from schema.expressions.types import bounded as kept


class Accepts(Enum):
    """What a parameter takes: the sentence is said of what does not fit."""

    sentence: str

    def __new__(cls, code: str, sentence: str) -> "Accepts":
        """Build a member from its code and its sentence."""
        member = object.__new__(cls)
        member._value_ = code
        member.sentence = sentence
        return member

    NUMBER = "number", N_("Character %(position)s, “%(word)s”: a number must stand here.")
    INTEGER = (
        "integer",
        N_("Character %(position)s, “%(word)s”: a whole number must stand here, such as round(…)."),
    )
    PLACES = "places", N_("Character %(position)s, “%(word)s”: a number from 0 to 10 must be written here.")
    TEXT = "text", N_("Character %(position)s, “%(word)s”: a text must stand here.")
    BOOLEAN = (
        "boolean",
        N_("Character %(position)s, “%(word)s”: a condition must stand here, such as a comparison."),
    )
    DAY = (
        "day",
        N_("Character %(position)s, “%(word)s”: a day must stand here; a moment becomes one by dayOf(…)."),
    )
    MOMENT = "moment", N_("Character %(position)s, “%(word)s”: a moment must stand here.")
    WHEN = "when", N_("Character %(position)s, “%(word)s”: a day or a moment must stand here.")
    ORDERED = (
        "ordered",
        N_("Character %(position)s, “%(word)s”: a number, a day or a moment must stand here."),
    )
    COMPARED = "compared", N_("Character %(position)s, “%(word)s”: several words are asked by contains(…).")
    CONTAINER = (
        "container",
        N_("Character %(position)s, “%(word)s”: a text or a field with several words must stand here."),
    )
    NUMBERS = (
        "numbers",
        N_(
            "Character %(position)s, “%(word)s”: the numbers of a sub-field of a small table must stand here."
        ),
    )
    WRITTEN = "written", N_("Character %(position)s, “%(word)s”: a whole number or a day must stand here.")
    ANY = "any", N_("Character %(position)s, “%(word)s”: this cannot stand here.")


_FITTING: dict[Accepts, Callable[[Type], bool]] = {
    Accepts.NUMBER: lambda kind: kind.is_number,
    Accepts.INTEGER: lambda kind: kind.base is Base.INTEGER,
    Accepts.PLACES: lambda kind: kind.base is Base.INTEGER,
    Accepts.TEXT: lambda kind: kind.base is Base.TEXT,
    Accepts.BOOLEAN: lambda kind: kind.base is Base.BOOLEAN,
    Accepts.DAY: lambda kind: kind.base is Base.DAY,
    Accepts.MOMENT: lambda kind: kind.base is Base.MOMENT,
    Accepts.WHEN: lambda kind: kind.base in (Base.DAY, Base.MOMENT),
    Accepts.ORDERED: lambda kind: kind.is_ordered,
    Accepts.COMPARED: lambda kind: kind.base not in (Base.LIST, Base.BLANK),
    Accepts.CONTAINER: lambda kind: kind.base in (Base.TEXT, Base.LIST),
    Accepts.NUMBERS: lambda kind: kind == NUMBER_LIST,
    Accepts.WRITTEN: lambda kind: kind.base in (Base.INTEGER, Base.DAY),
    Accepts.ANY: lambda kind: True,
}


def fits(kind: Type, accepts: Accepts) -> bool:
    """Tell whether a value of this type may stand at such a parameter."""
    return _FITTING[accepts](kind)


Result = Callable[[tuple[Type, ...]], Type]


@dataclass(frozen=True, eq=False)
class Function:
    """A function: `name` as it is stored, `zh` as it is shown; the last of `parameters` may be said up to `most` times.

    `alike` asks that the operands have one type; `dated` puts the office's day before them; `mongo_of` is said
    of a first operand of that type, where MongoDB has another operator for it. An operator has no `zh`.
    """

    name: str
    parameters: tuple[Accepts, ...]
    result: Result
    python: Callable[..., Any]
    mongo: Callable[..., Mongo]
    zh: str = ""
    help: str = ""
    example: str = ""
    least: int = 0  # 0: as many as there are parameters
    most: int = 0
    strict: bool = True
    alike: bool = False
    dated: bool = False
    mongo_of: Mapping[Base, Callable[..., Mongo]] = field(default_factory=dict)

    def mongo_for(self, first: Type) -> Callable[..., Mongo]:
        """Return its meaning in MongoDB where the first operand is of this type."""
        return self.mongo_of.get(first.base, self.mongo)

    @property
    def fewest(self) -> int:
        """How many operands it takes at least."""
        return self.least or len(self.parameters)

    @property
    def largest(self) -> int:
        """How many operands it takes at most."""
        return self.most or len(self.parameters)

    def parameter(self, place: int) -> Accepts:
        """Return what the operand at `place` (from 0) must be."""
        return self.parameters[min(place, len(self.parameters) - 1)]


def _always(kind: Type) -> Result:
    return lambda kinds: kind


def _first(kinds: tuple[Type, ...]) -> Type:
    return kinds[0]


def together(kinds: tuple[Type, ...]) -> Type:
    """Return the type that all have in common; BLANK where there is none."""
    found = kinds[0]
    for one in kinds[1:]:
        both = joined(found, one)
        if both is None:
            return BLANK
        found = both
    return found


# --- numbers


def _kept(value: Decimal) -> Decimal | Blank:
    found = kept(value)
    return Blank(TOO_LARGE) if found is None else found


def _add(*values: Decimal) -> Decimal | Blank:
    total = Decimal(0)
    for value in values:
        total = DECIMAL128.add(total, value)
    return _kept(total)


def _divide(value: Decimal, by: Decimal) -> Decimal | Blank:
    return _kept(DECIMAL128.divide(value, by)) if by else Blank(DIVIDED_BY_ZERO)


def _modulo(value: Decimal, by: Decimal) -> Decimal | Blank:
    return _kept(DECIMAL128.remainder(value, by)) if by else Blank(DIVIDED_BY_ZERO)


def _not_zero(by: Mongo) -> Mongo:
    return {"$cond": [{"$eq": [by, 0]}, None, by]}


def _round(value: Decimal, places: Decimal = Decimal(0)) -> Decimal | Blank:
    return _kept(rounded(value, int(places)))


def _round_mongo(value: Mongo, places: Mongo = None) -> Mongo:
    # The places are a number that stands in the formula.
    return bounded(half_up(value, int(places["$toDecimal"]) if places else 0), is_exact=True)


def _rounded_to(kinds: tuple[Type, ...]) -> Type:
    return INTEGER if len(kinds) == 1 else DECIMAL


def _whole(rounding: str) -> Callable[[Decimal], Decimal | Blank]:
    return lambda value: _kept(value.to_integral_value(rounding))


# --- texts

_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _text(value: Decimal | date) -> str:
    return value.isoformat() if isinstance(value, date) else str(int(value))


def _ends_with_mongo(text: Mongo, end: Mongo) -> Mongo:
    before = {"$subtract": [{"$strLenCP": text}, {"$strLenCP": end}]}
    tail = {"$substrCP": [text, {"$max": [before, 0]}, {"$strLenCP": end}]}
    return {"$and": [{"$gte": [before, 0]}, {"$eq": [tail, end]}]}


# --- days

_MOST_DAYS, _MOST_MONTHS = 400_000, 12_000


def _add_days(day: date, count: Decimal) -> date | Blank:
    if abs(count) > _MOST_DAYS:
        return Blank(NO_SUCH_DAY)
    ordinal = day.toordinal() + int(count)
    inside = FIRST_DAY.toordinal() <= ordinal <= LAST_DAY.toordinal()
    return date.fromordinal(ordinal) if inside else Blank(NO_SUCH_DAY)


def _add_months(day: date, count: Decimal) -> date | Blank:
    if abs(count) > _MOST_MONTHS:
        return Blank(NO_SUCH_DAY)
    year, month = divmod(day.year * 12 + day.month - 1 + int(count), 12)
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        return Blank(NO_SUCH_DAY)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _date_add(unit: str, most: int) -> Callable[[Mongo, Mongo], Mongo]:
    def build(day: Mongo, count: Mongo) -> Mongo:
        amount = {"$cond": [between(count, -most, most), {"$toLong": count}, None]}
        return calendar_day({"$dateAdd": {"startDate": day, "unit": unit, "amount": amount}})

    return known(build)


def _day_of(moment: datetime) -> date | Blank:
    if moment.date() == LAST_DAY and moment.hour >= 16:
        return Blank(NO_SUCH_DAY)
    return (moment + timedelta(milliseconds=OFFICE_MILLISECONDS)).date()


def _day_of_mongo(moment: Mongo) -> Mongo:
    return {"$dateTrunc": {"date": {"$add": [moment, OFFICE_MILLISECONDS]}, "unit": "day"}}


def _part(operator: str) -> Callable[[Mongo], Mongo]:
    return lambda day: {"$toDecimal": {operator: day}}


def _days_between_mongo(first: Mongo, last: Mongo) -> Mongo:
    return {"$toDecimal": {"$divide": [{"$subtract": [last, first]}, DAY_MILLISECONDS]}}


# --- conditions: of three values, yes, no and unknown (blank), as Kleene's logic and SQL join them


def _and(*values: bool | Blank) -> bool | Blank:
    if any(value is False for value in values):
        return False
    return next((value for value in values if isinstance(value, Blank)), True)


def _or(*values: bool | Blank) -> bool | Blank:
    if any(value is True for value in values):
        return True
    return next((value for value in values if isinstance(value, Blank)), False)


def _joined_by(decides: bool) -> Callable[..., Mongo]:
    def build(*operands: Mongo) -> Mongo:
        unless = {"$cond": [{"$in": [None, "$$v"]}, None, not decides]}
        return {
            "$let": {
                "vars": {"v": list(operands)},
                "in": {"$cond": [{"$in": [decides, "$$v"]}, decides, unless]},
            }
        }

    return build


def _choose(*values: Any) -> Any:
    """Return the value behind the first condition that holds, else the last; blank where a condition is unknown."""
    for condition, value in zip(values[:-1:2], values[1::2], strict=True):
        if isinstance(condition, Blank) or condition:
            return condition if isinstance(condition, Blank) else value
    return values[-1]


def _choose_mongo(*operands: Mongo) -> Mongo:
    names = {f"c{place}": one for place, one in enumerate(operands[:-1:2])}
    branches = []
    for name, value in zip(names, operands[1::2], strict=True):
        branches += [
            {"case": {"$eq": [f"$${name}", None]}, "then": None},
            {"case": f"$${name}", "then": value},
        ]
    return {"$let": {"vars": names, "in": {"$switch": {"branches": branches, "default": operands[-1]}}}}


def _chosen(kinds: tuple[Type, ...]) -> Type:
    return together((*kinds[1::2], kinds[-1]))


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if not isinstance(value, Blank)), values[0])


def _total(numbers: tuple[Decimal, ...]) -> Decimal | Blank:
    total = Decimal(0)
    for number in numbers:
        total = DECIMAL128.add(total, number)
    found = kept(total)
    return Blank(TOO_LARGE) if found is None else found


def _is_blank(value: Any) -> bool:
    return isinstance(value, Blank) or value == ()


def _compared(operator: str) -> Callable[..., Mongo]:
    return known(lambda one, other: {operator: [one, other]})


def _comparison(name: str, accepts: Accepts, python: Callable[[Any, Any], bool], operator: str) -> Function:
    return Function(name, (accepts, accepts), _always(BOOLEAN), python, _compared(operator), alike=True)


_OPERATORS = (
    Function("add", (Accepts.NUMBER,), together, _add, lambda *all_of: bounded({"$add": list(all_of)}, is_exact=True)),
    Function("negate", (Accepts.NUMBER,), _first, lambda value: -value, lambda value: {"$multiply": [value, -1]}),
    Function("multiply", (Accepts.NUMBER, Accepts.NUMBER), together,
             lambda one, other: _kept(DECIMAL128.multiply(one, other)),
             lambda one, other: bounded({"$multiply": [one, other]})),
    Function("divide", (Accepts.NUMBER, Accepts.NUMBER), _always(DECIMAL), _divide,
             known(lambda one, by: bounded({"$divide": [one, _not_zero(by)]}))),
    Function("modulo", (Accepts.INTEGER, Accepts.INTEGER), _always(INTEGER), _modulo,
             known(lambda one, by: bounded({"$mod": [one, _not_zero(by)]}, is_exact=True))),
    Function("concat", (Accepts.TEXT,), _always(TEXT), lambda *texts: "".join(texts),
             lambda *texts: {"$concat": list(texts)}),
    _comparison("equals", Accepts.COMPARED, lambda one, other: one == other, "$eq"),
    _comparison("notEquals", Accepts.COMPARED, lambda one, other: one != other, "$ne"),
    _comparison("less", Accepts.ORDERED, lambda one, other: one < other, "$lt"),
    _comparison("lessOrEquals", Accepts.ORDERED, lambda one, other: one <= other, "$lte"),
    _comparison("greater", Accepts.ORDERED, lambda one, other: one > other, "$gt"),
    _comparison("greaterOrEquals", Accepts.ORDERED, lambda one, other: one >= other, "$gte"),
    Function("in", (Accepts.COMPARED, Accepts.ANY), _always(BOOLEAN), lambda value, among: value in among,
             known(lambda value, among: {"$in": [value, among]})),
    Function("isBlank", (Accepts.ANY,), _always(BOOLEAN), _is_blank,
             lambda value: {"$in": [value, [None, []]]}, strict=False),
    Function("not", (Accepts.BOOLEAN,), _always(BOOLEAN), lambda value: not value,
             known(lambda value: {"$not": [value]})),
    Function("and", (Accepts.BOOLEAN,), _always(BOOLEAN), _and, _joined_by(False), strict=False, most=200),
    Function("or", (Accepts.BOOLEAN,), _always(BOOLEAN), _or, _joined_by(True), strict=False, most=200),
    Function("choose", (Accepts.ANY,), _chosen, _choose, _choose_mongo, strict=False),
)  # fmt: skip

_NAMED = (
    Function("abs", (Accepts.NUMBER,), _first, abs, lambda value: {"$abs": value}, zh="绝对值",
             help=N_("The number without its sign."), example="绝对值(资产总额 - 营业收入)"),
    Function("round", (Accepts.NUMBER, Accepts.PLACES), _rounded_to, _round, _round_mongo, zh="四舍五入", least=1,
             help=N_("The number at so many places, 0 if none are said; halves go up."),
             example="四舍五入(营业收入 / 从业人员, 2)"),
    Function("floor", (Accepts.NUMBER,), _always(INTEGER), _whole("ROUND_FLOOR"),
             lambda value: bounded({"$floor": value}, is_exact=True), zh="向下取整",
             help=N_("The next whole number below."), example="向下取整(营业收入)"),
    Function("ceil", (Accepts.NUMBER,), _always(INTEGER), _whole("ROUND_CEILING"),
             lambda value: bounded({"$ceil": value}, is_exact=True), zh="向上取整",
             help=N_("The next whole number above."), example="向上取整(营业收入)"),
    Function("min", (Accepts.ORDERED,), together, min, known(lambda *all_of: {"$min": list(all_of)}), zh="最小",
             least=2, most=20, alike=True, help=N_("The smallest, or the earliest."),
             example="最小(营业收入, 资产总额)"),
    Function("max", (Accepts.ORDERED,), together, max, known(lambda *all_of: {"$max": list(all_of)}), zh="最大",
             least=2, most=20, alike=True, help=N_("The largest, or the latest."),
             example="最大(营业收入, 资产总额)"),
    Function("coalesce", (Accepts.COMPARED,), together, _coalesce, lambda *all_of: {"$ifNull": list(all_of)},
             zh="首个非空", least=2, most=20, alike=True, strict=False,
             help=N_("The first that is not blank."), example="首个非空(从业人员, 0)"),
    Function("size", (Accepts.CONTAINER,), _always(INTEGER), lambda value: Decimal(len(value)),
             known(lambda text: {"$toDecimal": {"$strLenCP": text}}), zh="长度",
             mongo_of={Base.LIST: lambda words: {"$toDecimal": {"$size": words}}},
             help=N_("How many signs a text has, or how many words a list."), example="长度(企业名称)"),
    Function("total", (Accepts.NUMBERS,), _always(DECIMAL), _total,
             lambda numbers: bounded({"$sum": [{"$toDecimal": "0"}, {"$sum": numbers}]}), zh="列合计",
             help=N_("The sum of a sub-field over the rows of a small table."), example="列合计(产品·年产量)"),
    Function("contains", (Accepts.CONTAINER, Accepts.COMPARED), _always(BOOLEAN), lambda value, part: part in value,
             known(lambda text, part: {"$gte": [{"$indexOfCP": [text, part]}, 0]}), zh="包含",
             mongo_of={Base.LIST: known(lambda words, word: {"$in": [word, words]})},
             help=N_("Whether a text has this part, or a list this word."), example='包含(企业名称, "科技")'),
    Function("startsWith", (Accepts.TEXT, Accepts.TEXT), _always(BOOLEAN), str.startswith,
             known(lambda text, start: {"$eq": [{"$indexOfCP": [text, start]}, 0]}), zh="开头是",
             help=N_("Whether a text begins so."), example='开头是(统一社会信用代码, "91")'),
    Function("endsWith", (Accepts.TEXT, Accepts.TEXT), _always(BOOLEAN), str.endswith, known(_ends_with_mongo),
             zh="结尾是", help=N_("Whether a text ends so."), example='结尾是(企业名称, "有限公司")'),
    Function("upper", (Accepts.TEXT,), _always(TEXT), lambda text: text.translate(_UPPER),
             known(lambda text: {"$toUpper": text}), zh="大写",
             help=N_("The text with capital letters (a to z only)."), example="大写(统一社会信用代码)"),
    Function("lower", (Accepts.TEXT,), _always(TEXT), lambda text: text.translate(_LOWER),
             known(lambda text: {"$toLower": text}), zh="小写",
             help=N_("The text with small letters (A to Z only)."), example="小写(统一社会信用代码)"),
    Function("text", (Accepts.WRITTEN,), _always(TEXT), _text,
             lambda number: {"$toString": {"$toLong": number}}, zh="文字",
             mongo_of={Base.DAY: lambda day: {"$dateToString": {"date": day, "format": "%Y-%m-%d"}}},
             help=N_("A whole number or a day as a text."), example='文字(从业人员) + "人"'),
    Function("today", (), _always(DAY), lambda today: today, lambda today: today, zh="今天", dated=True,
             help=N_("Today, by the office's clock."), example="今天()"),
    Function("thisYear", (Accepts.DAY,), _always(BOOLEAN), lambda today, day: day.year == today.year,
             known(lambda today, day: {"$eq": [{"$year": day}, {"$year": today}]}), zh="本年度", dated=True,
             help=N_("Whether a day lies in this year."), example="本年度(入驻日期)"),
    Function("year", (Accepts.DAY,), _always(INTEGER), lambda day: Decimal(day.year), _part("$year"), zh="年",
             help=N_("The year of a day."), example="年(入驻日期)"),
    Function("month", (Accepts.DAY,), _always(INTEGER), lambda day: Decimal(day.month), _part("$month"), zh="月",
             help=N_("The month of a day, 1 to 12."), example="月(入驻日期)"),
    Function("dayOfMonth", (Accepts.DAY,), _always(INTEGER), lambda day: Decimal(day.day), _part("$dayOfMonth"),
             zh="日", help=N_("The day within its month, 1 to 31."), example="日(入驻日期)"),
    Function("dayOf", (Accepts.MOMENT,), _always(DAY), _day_of, lambda moment: calendar_day(_day_of_mongo(moment)),
             zh="所在日", help=N_("The office's day of a moment."), example="所在日(登记时间)"),
    Function("daysBetween", (Accepts.DAY, Accepts.DAY), _always(INTEGER),
             lambda first, last: Decimal((last - first).days), _days_between_mongo, zh="相隔天数",
             help=N_("How many days the second lies after the first."), example="相隔天数(入驻日期, 今天())"),
    Function("addDays", (Accepts.DAY, Accepts.INTEGER), _always(DAY), _add_days, _date_add("day", _MOST_DAYS),
             zh="加天数", help=N_("The day so many days later."), example="加天数(入驻日期, 30)"),
    Function("addMonths", (Accepts.DAY, Accepts.INTEGER), _always(DAY), _add_months,
             _date_add("month", _MOST_MONTHS), zh="加月数",
             help=N_("The day so many months later; of 31 January one month later, the last of February."),
             example="加月数(入驻日期, 36)"),
)  # fmt: skip

FUNCTIONS = {one.name: one for one in (*_OPERATORS, *_NAMED)}
NAMED_FUNCTIONS = _NAMED
BY_WORD = {word: one for one in _NAMED for word in (one.name, one.zh)}


@dataclass(frozen=True)
class AggregateFunction:
    """A value over related records: `takes` what its field must hold, None where it takes no field."""

    name: str
    zh: str
    takes: Accepts | None
    result: Callable[[Type], Type] = field(compare=False)
    help: str
    example: str


AGGREGATES = (
    AggregateFunction("count", "计数", None, lambda kind: INTEGER,
                      N_("How many related records there are, of all or of those that a condition holds for."),
                      "计数(服务台账, 本年度(服务日期))"),
    AggregateFunction("sum", "合计", Accepts.NUMBER, lambda kind: kind,
                      N_("The sum of a field of the related records; 0 where there is none."),
                      "合计(服务台账.家次, 本年度(服务日期))"),
    AggregateFunction("average", "平均", Accepts.NUMBER, lambda kind: DECIMAL,
                      N_("The average of a field of the related records that have it."), "平均(入驻企业.从业人员)"),
    AggregateFunction("latest", "最近", Accepts.WHEN, lambda kind: kind,
                      N_("The latest day of the related records."), "最近(服务台账.服务日期)"),
    AggregateFunction("earliest", "最早", Accepts.WHEN, lambda kind: kind,
                      N_("The earliest day of the related records."), "最早(服务台账.服务日期)"),
)  # fmt: skip
AGGREGATES_BY_WORD = {word: one for one in AGGREGATES for word in (one.name, one.zh)}
