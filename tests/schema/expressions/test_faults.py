"""What is refused, where and with which sentence; and that nothing but fields and functions can be reached."""

import time

import pytest
from bson import BSON

from schema.expressions import (
    ExpressionError,
    Name,
    Relation,
    Scope,
    check,
    read_stored,
    show,
    to_mongo,
)
from schema.expressions.types import BOOLEAN, DAY, DECIMAL, INTEGER, TEXT, Type
from tests.schema.expressions.random_expressions import CHOICE, SCOPE, TODAY


def fault(text: str, scope: Scope = SCOPE, expects: Type | None = None) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        check(text, scope, expects)
    return caught.value


@pytest.mark.parametrize(
    ("text", "position", "word", "sentence"),
    [
        ("营业收人 / 2", 1, "营业收人", "no such field"),
        ("营业收入 / 从业 人员", 11, "人员", "Is a sign missing"),
        ("营业收入 从业人员", 6, "从业人员", "Is a sign missing"),
        ("营业收入 = 1", 6, "=", "written “==”"),
        ("核验 & 真", 4, "&", "“and” is written"),
        ("1 < 2 < 3", 7, "<", "two values only"),
        ("真 ? 1", 5, "1", "ends too early"),
        ("真 ? 1 , 2", 7, ",", "“:” and the other value"),
        ("(1 + 2", 6, "2", "ends too early"),
        ("1 + 2)", 6, ")", "Is a sign missing"),
        ("名称 == “甲", 7, "“甲", "quotation mark"),
        ('名称 == ""', 7, '""', "no empty text"),
        ('名称 == "\\x41"', 8, "\\x", "may follow"),
        ("2年 + 1", 1, "2年", "digits only"),
        ("1e400", 1, "1e400", "digits only"),
        ("0x10", 1, "0x10", "digits only"),
        ("1.12345678901", 1, "1.12345678901", "digits only"),
        ("9999999999999999", 1, "9999999999999999", "digits only"),
        ("营业收入；1", 5, "；", "no meaning"),
        ("营业收入 + #", 8, "#", "no meaning"),
        ("营业\u200b收入", 3, "U+200B", "cannot be seen"),
        ("营业收入 \u202e+ 1", 6, "U+202E", "cannot be seen"),
        ("名称 == “a\u202eb”", 9, "U+202E", "cannot be seen"),
        ("计算(1)", 1, "计算(1)", "no such function"),
        ("round(1, 2, 3)", 1, "round(1, 2, 3)", "takes 1 to 2 values"),
        ("round(1.5, 从业人员)", 12, "从业人员", "from 0 to 10"),
        ("round(1.5, 11)", 12, "11", "from 0 to 10"),
        ("名称 + 1", 6, "1", "joined to texts only"),
        ("名称 - 名称", 1, "名称", "a number must stand here"),
        ("入驻日期 + 30", 1, "入驻日期", "daysBetween"),
        ("名称 > 1", 1, "名称", "a number, a day or a moment"),
        ("营业收入 == “在驻”", 1, "营业收入 == “在驻”", "different kinds"),
        ("规模 == “在住”", 7, "“在住”", "it has 在驻、已迁出、未知"),
        ("入驻日期 > “2026-02-30”", 8, "“2026-02-30”", "no day of the years"),
        ("入驻日期 > 登记时间", 1, "入驻日期 > 登记时间", "different kinds"),
        ("year(登记时间)", 6, "登记时间", "dayOf"),
        ("营业收入 + null", 8, "null", "ask for what is blank"),
        ("null", 1, "null", "always be blank"),
        ("真 ? null : null", 1, "真 ? null : null", "different kinds"),
        ("标签", 1, "标签", "several words"),
        ("标签 == “在驻”", 1, "标签", "contains"),
        ("[1, 2]", 1, "[1, 2]", "after “in” only"),
        ("营业收入 in 从业人员", 9, "从业人员", "a list must stand"),
        ("从业人员 in []", 9, "[]", "of one kind"),
        ("从业人员 in [1, 人数]", 13, "人数", "of one kind"),
        ("从业人员 in [1, “a”]", 13, "“a”", "different kinds"),
        ("营业收入 且 真", 1, "营业收入", "a condition must stand"),
        ("台账", 1, "台账", "of related records"),
        ("台账.行人数", 1, "台账.行人数", "of related records"),
        ("count(备注)", 7, "备注", "no such records"),
        ("count()", 1, "count()", "a comma and a condition"),
        ("sum(台账)", 5, "台账", "a comma and a condition"),
        ("sum(台账.行名称)", 5, "台账.行名称", "a number must stand"),
        ("sum(台账.人数)", 5, "台账.人数", "no such field"),
        ("count(台账, count(台账) > 1)", 11, "count(台账)", "their own fields"),
        ("count(台账, 从业人员 > 1)", 11, "从业人员", "no such field"),
        ("", 1, "", "The formula is empty"),
        (" \n\u3000", 1, "", "The formula is empty"),
        ("营业收入 +", 6, "+", "ends too early"),
        ("date(名称)", 1, "date(名称)", "no day"),
        ("coalesce(1, 名称)", 1, "coalesce(1, 名称)", "different kinds"),
        ("min(营业收入, 名称)", 11, "名称", "a number, a day or a moment"),
        ("coalesce(营业收入)", 1, "coalesce(营业收入)", "takes 2 to 20"),
        ("今天(1)", 1, "今天(1)", "takes 0 to 0"),
    ],
)
def test_a_fault_says_where_and_what_to_do(text: str, position: int, word: str, sentence: str) -> None:
    found = fault(text)
    (refusal,) = found.refusals
    assert (refusal.params["position"], refusal.params["word"]) == (position, word)
    assert sentence in str(refusal)


@pytest.mark.parametrize(
    ("text", "expects", "sentence"),
    [
        ("营业收入", BOOLEAN, "must be a condition"),
        ("营业收入", INTEGER, "a whole number"),
        ("名称", DECIMAL, "give a number"),
        ("1", TEXT, "give a text"),
        ("登记时间", DAY, "give a day"),
        ("名称", CHOICE, "a word of the list"),
    ],
)
def test_an_expression_must_give_what_its_field_holds(text: str, expects: Type, sentence: str) -> None:
    assert sentence in str(fault(text, expects=expects))
    assert check("从业人员", SCOPE, DECIMAL).type == INTEGER
    assert check("真 ? “在驻” : “已迁出”", SCOPE, CHOICE).type == CHOICE


# --- names


def test_two_fields_of_one_label_are_refused_until_one_is_meant_by_its_key() -> None:
    twins = Scope(
        "things", (Name("one", "数量", INTEGER), Name("two", "数 量", INTEGER), Name("three", "one", INTEGER))
    )
    assert "several fields are called so (one、two)" in str(fault("数量 + 1", twins))
    assert "several fields are called so (one、three)" in str(fault("one + 1", twins))
    tree = check("`one` + `two` + three", twins)
    assert show(tree, twins) == "`one` + `two` + `three`"
    assert check(show(tree, twins), twins) == tree


@pytest.mark.parametrize(
    "key", ["$where", "a.b", "a$b", "", "__class__", "A", "名称", "a-b", "a b", "_id", "a\0"]
)
def test_no_key_that_could_mean_more_than_a_field_gets_into_a_scope(key: str) -> None:
    with pytest.raises(ValueError):
        Name(key, "名称", TEXT)
    with pytest.raises(ValueError):
        Name("a", "名称", TEXT, item=key or "$")
    for change in ({"key": key}, {"collection": key}, {"reference": key if key != "a.b" else "a..b"}):
        with pytest.raises(ValueError):
            Relation(
                **{
                    "key": "a_by_b",
                    "label": "台账",
                    "collection": "a",
                    "reference": "b",
                    "names": (),
                    **change,
                }
            )


# --- attacks


@pytest.mark.parametrize(
    "text",
    [
        "__class__", "名称.__class__", "名称.__class__()", "().__class__", "__import__(“os”)", "eval(“1”)", "lambda: 1",
        "$where", "$function", "$$ROOT", "名称.$where", "`$where`", "`$$ROOT`", "`people.$`", "`__class__`", "{}",
        "{“$where”: 1}",
        "people;", "this.name", "名称[0]", "[名称][0]", "名称.name.name", "台账.thing", "count(users)",
        "count(`system.users`)",
        "sum(台账.password)", "_id", "`_id`", "search_tokens", "регион", "ｅval(1)", "nаme", "count(台账).size()",
    ],
)  # fmt: skip
def test_nothing_but_fields_and_listed_functions_can_be_reached(text: str) -> None:
    fault(text)
    with pytest.raises(ExpressionError):
        read_stored(text, SCOPE)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1000 + "1" + ")" * 900, "!" * 1900 + "真", "-" * 1900 + "1", "1" + "+1" * 900, "1" + "*1" * 900,
        "真" + " ? 1 : 真" * 300 + " ? 1 : 2", "[" * 1900, "abs(" * 450 + "1", "名称" + ".a" * 900, "1" * 1999,
        "`" * 1999,
        "“" * 1999, "x" * 3000, " " * 5000, "(真 ? " * 300, "1" + " in [1" * 300, "\ud800", "名" + "\u0301" * 1900,
        "真" + "&&(真||真)" * 250, "\\" * 1999, '"' + "\\" * 1998,
    ],
)  # fmt: skip
def test_nothing_takes_long_or_breaks(text: str) -> None:
    began = time.process_time()
    fault(text)
    assert time.process_time() - began < 0.5


def test_the_compiled_form_grows_with_the_formula_and_no_faster() -> None:
    def size(count: int) -> int:
        text = " + ".join(["(营业收入 > 1 ? 营业收入 / 从业人员 : 0)"] * count)
        return len(BSON.encode({"value": to_mongo(check(text, SCOPE), today=TODAY).value}))

    one, ten = size(2), size(20)
    assert ten < one * 10
