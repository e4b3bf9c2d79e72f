"""Typed expressions and records at random: a collection of every type, nasty values, and the smallest disagreement."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from bson import Decimal128, Int64, ObjectId

from schema.expressions import Name, Relation, Scope
from schema.expressions.tree import FieldValue, Tree, children, walk
from schema.expressions.types import (
    BOOLEAN,
    DAY,
    DECIMAL,
    INTEGER,
    MOMENT,
    NUMBER_LIST,
    ROW_LIST,
    TEXT,
    Base,
    Type,
)

WORDS = (("housed", "在驻"), ("moved-out", "已迁出"), ("none", "未知"))
CHOICE, WORD_LIST = Type(Base.CHOICE, WORDS), Type(Base.LIST, WORDS, Base.CHOICE)
TEXT_LIST = Type(Base.LIST, (), Base.TEXT)
TODAY = date(2026, 3, 2)


def _names(prefix: str = "") -> tuple[Name, ...]:
    kinds = {
        "people": ("从业人员", INTEGER), "staff": ("人数", INTEGER), "revenue": ("营业收入", DECIMAL),
        "assets": ("资产 总额（万元）", DECIMAL), "name": ("名称", TEXT), "notes": ("备注", TEXT),
        "moved_in": ("入驻日期", DAY), "moved_out": ("迁出日期", DAY), "changed_at": ("变更时间", MOMENT),
        "made_at": ("登记时间", MOMENT), "checked": ("是否核验", BOOLEAN), "size": ("规模", CHOICE),
        "status": ("且", CHOICE), "tags": ("标签", WORD_LIST), "former_names": ("曾用名", TEXT_LIST),
    }  # fmt: skip
    found = [Name(key, prefix + label, kind) for key, (label, kind) in kinds.items()]
    found.append(Name("partner", f"{prefix}2号机构", TEXT, path="partner_name"))
    found.append(Name("companies", f"{prefix}参与企业", TEXT_LIST, item="name"))
    found.append(Name("products", f"{prefix}产品", ROW_LIST))
    found.append(Name("products__p2", f"{prefix}产品·等级", WORD_LIST, path="products", item="p2"))
    found.append(
        Name("products__p1", f"{prefix}产品·年产量", NUMBER_LIST, (f"{prefix}产品.年产量",), "products", "p1")
    )
    return tuple(found)


ROWS = Relation("rows_by_thing", "台账", "expression_rows", "thing", _names("行"))
SCOPE = Scope("expression_things", _names(), (ROWS,))


# --- records

_INTEGERS = (
    0,
    1,
    -1,
    2,
    3,
    7,
    10,
    100,
    2**53 - 1,
    10**15 - 1,
    10**15,
    1 - 10**15,
    Int64(5),
    Int64(2**62),
    400,
    12,
)
_DECIMALS = (
    0.0, -0.0, 0.1, 0.2, 0.3, 1 / 3, 2.5, -2.5, 0.5, 1.5, 1.005, 1e-5, 1e-12, -3e-11, 123456789.1234, 99999999999.9999,
    1e12, 999999999999999.9, 1e300, -1e300, float("nan"), float("inf"), 1000000000000.125, 0.00005, 0.00015,
    Decimal128("0.1"), Decimal128("1E-30"), Decimal128("NaN"), Decimal128("123456789012345.67890123456789"), 7, 3,
)  # fmt: skip
_TEXTS = (
    "a", "A", "aZ", "中文", "中文科技有限公司", "科技", "é", "É", "ß", "İ", "𠮷田", "$where", "$people", "  ", "\n", "",
    "0", "2026-01-01", "a\0b", "housed", "公司", "x" * 60,
)  # fmt: skip
_DAYS = (
    datetime(1000, 1, 1), datetime(9999, 12, 31), datetime(2024, 2, 29), datetime(2026, 1, 1), datetime(2026, 3, 2),
    datetime(2025, 12, 31, 13, 45), datetime(999, 12, 31), datetime(1, 1, 1), datetime(2026, 1, 31),
    datetime(9999, 12, 31, 23, 59, 59, 999000), datetime(1900, 3, 1),
)  # fmt: skip
_OTHERS = (
    "text",
    5,
    2.5,
    True,
    [],
    {},
    ["a"],
    {"a": 1},
    [["a"]],
    datetime(2026, 1, 1, tzinfo=UTC),
    ObjectId(b"x" * 12),
)


class Records:
    """Stored records at random."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._by_base: dict[Base, Callable[[], Any]] = {
            Base.INTEGER: lambda: self.one_of(_INTEGERS, lambda: random.randint(-50, 5000)),
            Base.DECIMAL: lambda: self.one_of(_DECIMALS, self.decimal),
            Base.TEXT: lambda: random.choice(_TEXTS),
            Base.DAY: lambda: self.one_of(_DAYS, self.day).replace(tzinfo=UTC),
            Base.MOMENT: lambda: self.one_of(_DAYS, self.moment).replace(tzinfo=UTC),
            Base.BOOLEAN: lambda: random.random() < 0.5,
            Base.CHOICE: lambda: random.choice(["housed", "moved-out", "none", "gone", ""]),
        }

    def one_of(self, nasty: tuple[Any, ...], usual: Callable[[], Any]) -> Any:
        return self.random.choice(nasty) if self.random.random() < 0.5 else usual()

    def decimal(self) -> float:
        value = self.random.uniform(-1000, 100000)
        return round(value, 4) if self.random.random() < 0.7 else value

    def day(self) -> datetime:
        return datetime(2020, 1, 1) + timedelta(days=self.random.randrange(3000))

    def moment(self) -> datetime:
        return self.day() + timedelta(milliseconds=self.random.randrange(86_400_000))

    def record(self, names: tuple[Name, ...] = SCOPE.names, **more: Any) -> dict[str, Any]:
        found = dict(more)
        for name in names:
            chance = self.random.random()
            if chance < 0.12:
                continue
            found[name.path or name.key] = (
                None if chance < 0.17 else self.random.choice(_OTHERS) if chance < 0.22 else self.value(name)
            )
        return found

    def value(self, name: Name) -> Any:
        if name.type.base is not Base.LIST:
            return self._by_base[name.type.base]()
        if name.type == NUMBER_LIST:  # a small table as it is stored, and what may stand there all the same
            rows = [
                {"p1": self._by_base[Base.DECIMAL](), "p2": self._by_base[Base.CHOICE]()}
                for _ in range(self.random.randrange(4))
            ]
            return [row if self.random.random() < 0.8 else self.random.choice(({}, *_OTHERS)) for row in rows]
        made = self._by_base[Base.CHOICE if name.type.words else Base.TEXT]
        rows = [
            made() if self.random.random() < 0.9 else self.random.choice(_OTHERS)
            for _ in range(self.random.randrange(4))
        ]
        return (
            [{name.item: row} if self.random.random() < 0.9 else row for row in rows] if name.item else rows
        )


# --- expressions, as a person types them: by label or key, in CEL's signs or in Chinese ones


class Expressions:
    """Texts of expressions at random that are right by their types."""

    def __init__(self, random: Random, scope: Scope = SCOPE) -> None:
        self.random, self.scope = random, scope
        self._makers: dict[Base, tuple[Callable[[int], str], ...]] = {
            Base.BOOLEAN: (self.comparison, self.comparison, self.logic, self.logic, self.negation, self.blank_asked,
                           self.among, self.among, self.text_asked, self.this_year, self.choice_of(BOOLEAN)),
            Base.INTEGER: (self.arithmetic_of(INTEGER), self.arithmetic_of(INTEGER), self.modulo, self.rounding,
                           self.size, self.part, self.days_between, self.choice_of(INTEGER), self.function_of(INTEGER),
                           self.aggregate_of(INTEGER)),
            Base.DECIMAL: (self.arithmetic_of(DECIMAL), self.arithmetic_of(DECIMAL), self.division, self.division,
                           self.rounding_to, self.total, self.choice_of(DECIMAL), self.function_of(DECIMAL),
                           self.aggregate_of(DECIMAL)),
            Base.TEXT: (self.concat, self.case, self.as_text, self.choice_of(TEXT), self.coalesce_of(TEXT)),
            Base.DAY: (self.added, self.added, self.choice_of(DAY), self.function_of(DAY), self.day_of,
                       self.aggregate_of(DAY)),
            Base.MOMENT: (self.choice_of(MOMENT), self.function_of(MOMENT), self.aggregate_of(MOMENT)),
            Base.CHOICE: (self.choice_of(CHOICE), self.coalesce_of(CHOICE)),
        }  # fmt: skip

    def pick(self, *words: str) -> str:
        return self.random.choice(words)

    def any(self) -> tuple[Type, str]:
        kind = self.random.choice((BOOLEAN, BOOLEAN, INTEGER, DECIMAL, DECIMAL, TEXT, DAY, MOMENT, CHOICE))
        return kind, self.of(kind, self.random.choice((2, 3, 4)))

    def of(self, kind: Type, depth: int) -> str:
        if depth <= 0 or self.random.random() < 0.12:
            return self.leaf(kind)
        return self.random.choice(self._makers[kind.base])(depth - 1)

    def leaf(self, kind: Type) -> str:
        if (self.random.random() < 0.72 and kind != DECIMAL) or self.random.random() < 0.6 or kind == MOMENT:
            return self.field(kind)
        return (
            {
                Base.BOOLEAN: lambda: self.pick("true", "false", "真", "假"),
                Base.INTEGER: lambda: self.pick("0", "1", "2", "3", "10", "１２", "-1", "999999999999999"),
                Base.DECIMAL: lambda: self.pick(
                    "0.1", "0.5", "2.50", "-0.3333333333", "100", "999999999999999.9999"
                ),
                Base.TEXT: lambda: self.pick(
                    '"科技"', "“公司”", "'a'", '"$where"', '"\\"\\\\"', '"a\\nb"', '"A"'
                ),
                Base.DAY: lambda: self.pick(
                    'date("2026-01-01")', "日期(“2024-02-29”)", "today()", '日期("9999-12-31")'
                ),
                Base.CHOICE: lambda: f"c({self.pick(*(code for code, _ in WORDS))})",
            }[kind.base]()
            if kind.base is not Base.CHOICE
            else self.field(kind)
        )

    def field(self, kind: Type) -> str:
        names = [one for one in self.scope.names if one.type == kind]
        one = self.random.choice(names)
        return f"`{one.key if self.random.random() < 0.5 else one.label}`"

    def arguments(self, kind: Type, depth: int, most: int = 3) -> str:
        return self.pick(", ", "，").join(self.of(kind, depth) for _ in range(self.random.randint(2, most)))

    def comparison(self, depth: int) -> str:
        kind = self.random.choice((INTEGER, DECIMAL, DECIMAL, TEXT, DAY, MOMENT, BOOLEAN, CHOICE))
        if kind == CHOICE:
            other = self.pick('"在驻"', "“none”", "`size`")
            return f"({self.field(CHOICE)} {self.pick('==', '!=')} {other})"
        equal = kind in (TEXT, BOOLEAN)
        sign = self.pick("==", "!=") if equal else self.pick("==", "!=", "<", "<=", ">", ">=", "≥", "≤", "≠")
        return f"({self.of(kind, depth)} {sign} {self.of(kind, depth)})"

    def logic(self, depth: int) -> str:
        sign = self.pick("&&", "||", "且", "或")
        return "(" + f" {sign} ".join(self.of(BOOLEAN, depth) for _ in range(self.random.randint(2, 3))) + ")"

    def negation(self, depth: int) -> str:
        return f"{self.pick('!', '非 ')}({self.of(BOOLEAN, depth)})"

    def blank_asked(self, depth: int) -> str:
        kind = self.random.choice((INTEGER, DECIMAL, TEXT, DAY, MOMENT, CHOICE, WORD_LIST, TEXT_LIST))
        asked = self.field(kind) if kind.base is Base.LIST or depth < 1 else self._made(kind, depth)
        return f"({asked} {self.pick('==', '!=')} {self.pick('null', '空')})"

    def _made(self, kind: Type, depth: int) -> str:
        return self.random.choice(self._makers[kind.base])(depth - 1)

    def among(self, depth: int) -> str:
        sign = self.pick("in", "属于")
        return self.random.choice((
            lambda: f"({self.of(INTEGER, depth)} {sign} [1, 2, 10, -1])",
            lambda: f"({self.of(DECIMAL, depth)} {sign} [0.1, 100, 0.5])",
            lambda: f'({self.of(TEXT, depth)} {sign} ["a", "科技"])',
            lambda: f'({self.field(CHOICE)} {sign} ["在驻", "none"])',
            lambda: f'({self.of(DAY, depth)} {sign} [date("2026-01-01"), "2024-02-29"])',
            lambda: f"({self.field(CHOICE)} {sign} {self.field(WORD_LIST)})",
            lambda: f"({self.of(TEXT, depth)} {sign} {self.field(TEXT_LIST)})",
        ))()  # fmt: skip

    def text_asked(self, depth: int) -> str:
        name = self.pick("contains", "startsWith", "endsWith", "包含", "开头是", "结尾是")
        if self.random.random() < 0.3:
            return f'contains({self.field(WORD_LIST)}, "在驻")'
        if self.random.random() < 0.3:
            return f"{self.field(TEXT)}.{self.pick('contains', 'startsWith')}({self.of(TEXT, depth)})"
        return f"{name}({self.of(TEXT, depth)}, {self.of(TEXT, depth)})"

    def this_year(self, depth: int) -> str:
        return f"{self.pick('thisYear', '本年度')}({self.of(DAY, depth)})"

    def arithmetic_of(self, kind: Type) -> Callable[[int], str]:
        def made(depth: int) -> str:
            sign = self.pick("+", "-", "*", "×", "－")
            if self.random.random() < 0.15:
                return f"-({self.of(kind, depth)})"
            text = f" {sign} ".join(self.of(kind, depth) for _ in range(self.random.randint(2, 3)))
            return text if self.random.random() < 0.3 else f"({text})"

        return made

    def division(self, depth: int) -> str:
        by = self.of(self.random.choice((INTEGER, DECIMAL)), depth)
        return f"({self.of(DECIMAL, depth)} {self.pick('/', '÷')} {by})"

    def modulo(self, depth: int) -> str:
        return f"({self.of(INTEGER, depth)} % {self.of(INTEGER, depth)})"

    def rounding(self, depth: int) -> str:
        return f"{self.pick('round', 'floor', 'ceil', '向下取整', '四舍五入')}({self.of(DECIMAL, depth)})"

    def rounding_to(self, depth: int) -> str:
        return f"round({self.of(DECIMAL, depth)}, {self.random.randint(0, 10)})"

    def size(self, depth: int) -> str:
        inner = (
            self.of(TEXT, depth)
            if self.random.random() < 0.5
            else self.field(self.random.choice((WORD_LIST, TEXT_LIST, ROW_LIST, NUMBER_LIST)))
        )
        return f"{self.pick('size', '长度')}({inner})"

    def total(self, depth: int) -> str:
        if self.scope is SCOPE and self.random.random() < 0.3:
            return self.pick("合计(产品.年产量)", "sum(`products__p1`)")
        return f"{self.pick('total', '列合计')}({self.field(NUMBER_LIST)})"

    def part(self, depth: int) -> str:
        return f"{self.pick('year', 'month', 'dayOfMonth', '年', '月', '日')}({self.of(DAY, depth)})"

    def days_between(self, depth: int) -> str:
        return f"daysBetween({self.of(DAY, depth)}, {self.of(DAY, depth)})"

    def choice_of(self, kind: Type) -> Callable[[int], str]:
        def made(depth: int) -> str:
            other = "null" if self.random.random() < 0.15 else self.of(kind, depth)
            more = (
                f"{self.of(BOOLEAN, depth)} ? {self.of(kind, depth)} : " if self.random.random() < 0.3 else ""
            )
            return f"({self.of(BOOLEAN, depth)} ? ({self.of(kind, depth)}) : {more}{other})"

        return made

    def function_of(self, kind: Type) -> Callable[[int], str]:
        def made(depth: int) -> str:
            if kind.is_number and self.random.random() < 0.3:
                return f"abs({self.of(kind, depth)})"
            return f"{self.pick('min', 'max', 'coalesce', '最小', '首个非空')}({self.arguments(kind, depth)})"

        return made

    def coalesce_of(self, kind: Type) -> Callable[[int], str]:
        return lambda depth: f"coalesce({self.arguments(kind, depth)})"

    def concat(self, depth: int) -> str:
        return f"({self.of(TEXT, depth)} + {self.of(TEXT, depth)})"

    def case(self, depth: int) -> str:
        return f"{self.pick('upper', 'lower', '大写')}({self.of(TEXT, depth)})"

    def as_text(self, depth: int) -> str:
        return f"text({self.of(self.random.choice((INTEGER, DAY)), depth)})"

    def added(self, depth: int) -> str:
        return (
            f"{self.pick('addDays', 'addMonths', '加月数')}({self.of(DAY, depth)}, {self.of(INTEGER, depth)})"
        )

    def day_of(self, depth: int) -> str:
        return f"dayOf({self.of(MOMENT, depth)})"

    def aggregate_of(self, kind: Type) -> Callable[[int], str]:
        def made(depth: int) -> str:
            if not self.scope.relations or self.random.random() < 0.5:
                return self.leaf(kind)
            relation = self.scope.relations[0]
            inner = Expressions(self.random, relation.scope)
            condition = f", {inner.of(BOOLEAN, min(depth, 2))}" if self.random.random() < 0.6 else ""
            word = f"`{self.pick(relation.label, relation.key)}`"
            if kind == INTEGER and self.random.random() < 0.5:
                return f"count({word}{condition})"
            names = {Base.INTEGER: ("sum",), Base.DECIMAL: ("sum", "average", "合计"), Base.DAY: ("latest", "earliest"),
                     Base.MOMENT: ("latest", "最早")}[kind.base]  # fmt: skip
            return f"{self.pick(*names)}({word}.{inner.field(kind)}{condition})"

        return made


# --- the smallest disagreement


def smallest(
    tree: Tree, record: Mapping[str, Any], disagrees: Callable[[Tree, Mapping[str, Any]], bool]
) -> tuple[Tree, dict[str, Any]]:
    """Return the smallest part of a tree, and of the record, over which the two meanings still disagree."""
    while (inner := next((one for one in children(tree) if disagrees(one, record)), None)) is not None:
        tree = inner
    left = dict(record)
    for key in record:
        without = {name: value for name, value in left.items() if name != key}
        if disagrees(tree, without):
            left = without
    paths = {one.path for one in walk(tree) if isinstance(one, FieldValue)}
    return tree, {key: value for key, value in left.items() if key in paths or key == "_id"}
