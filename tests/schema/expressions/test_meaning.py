"""What an expression means: values, blanks and their reasons, exact numbers, days, related records."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from rules.errors import Refused
from schema.expressions import check, scope_of, show, stored_text, to_mongo, to_mongo_condition, to_python
from schema.expressions.circles import order_of
from schema.expressions.picker import picker
from schema.expressions.tree import asks_today, fields_read
from schema.ledger_entries import LEDGER_ENTRIES
from schema.registry import REGISTRY
from schema.tenant_companies import TENANT_COMPANIES
from tests.schema.expressions.random_expressions import SCOPE, TODAY

COMPANY = scope_of(TENANT_COMPANIES, REGISTRY, sees=lambda collection, field: True)


def value(text: str, /, **record: Any) -> Any:
    return to_python(check(text, SCOPE), today=TODAY)(record)


def reason(text: str, /, **record: Any) -> str:
    found = to_python(check(text, SCOPE), today=TODAY).explained(record, SCOPE)
    assert found.value is None
    assert found.reason is not None
    return str(found.reason)


DAY = datetime(2026, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "record", "expected"),
    [
        # by Chinese names and signs as an input method writes them
        ("营业收入 / 从业人员", {"revenue": 100.5, "people": 4}, 25.125),
        ("营业收入÷（从业人员＋1）", {"revenue": 100.5, "people": 4}, 20.1),
        ("`资产 总额（万元）` × 2", {"assets": 1.5}, 3.0),
        ("`资产总额(万元)` * 2", {"assets": 1.5}, 3.0),
        # exact, as money must be
        ("0.1 + 0.2 == 0.3", {}, True),
        ("营业收入 * 3 == 0.3", {"revenue": 0.1}, True),
        ("1 / 3 * 3", {}, 1.0),
        ("round(2.5)", {}, 3),
        ("round(-2.5)", {}, -3),
        ("round(1.005, 2)", {}, 1.01),
        ("营业收入", {"revenue": 0.00005}, 0.0001),
        ("7 % 3", {}, 1),
        ("-7 % 3", {}, -1),
        ("floor(-1.5) + ceil(1.2)", {}, 0),
        ("10 - 2 - 3", {}, 5),
        ("10 - (2 - 3)", {}, 11),
        ("2 + 3 * 4", {}, 14),
        ("8 / 4 / 2", {}, 1.0),
        # a whole number stays one
        ("从业人员 + 1", {"people": 2**53 - 1}, None),
        ("从业人员 + 1", {"people": 999999999999998}, 999999999999999),
        ("从业人员 + 1", {"people": 999999999999999}, None),
        # yes, no, unknown
        ("营业收入 > 1", {}, None),
        ("!(营业收入 > 1)", {}, None),
        ("营业收入 > 1 && false", {}, False),
        ("营业收入 > 1 或 真", {}, True),
        ("营业收入 > 1 且 真", {}, None),
        ("营业收入 == 空", {}, True),
        ("营业收入 != null", {"revenue": 0}, True),
        ("营业收入 > 1 ? “大” : “小”", {}, None),
        ("首个非空(营业收入, 0) > 1 ? “大” : “小”", {}, "小"),
        ("从业人员 > 100 ? “大” : 从业人员 > 10 ? “中” : “小”", {"people": 50}, "中"),
        # words by label or by code
        ("规模 == “在驻”", {"size": "housed"}, True),
        ("规模 == “housed”", {"size": "housed"}, True),
        ("规模 in [“在驻”, “未知”]", {"size": "moved-out"}, False),
        ("包含(标签, “已迁出”)", {"tags": ["housed", "moved-out"]}, True),
        ("标签 == 空", {}, True),
        ("size(标签)", {}, 0),
        ("参与企业.contains(“甲公司”)", {"companies": [{"name": "甲公司"}]}, True),
        # texts by characters
        ("长度(名称)", {"name": "𠮷田a"}, 3),
        ("大写(名称)", {"name": "aß中"}, "Aß中"),
        ("名称 + “:” + 文字(从业人员)", {"name": "甲", "people": 3}, "甲:3"),
        ("文字(入驻日期)", {"moved_in": DAY}, "2026-01-31"),
        ("名称", {"name": ""}, None),
        # days
        ("加月数(入驻日期, 1)", {"moved_in": DAY}, date(2026, 2, 28)),
        ("addMonths(入驻日期, -11)", {"moved_in": DAY}, date(2025, 2, 28)),
        ("相隔天数(入驻日期, 今天())", {"moved_in": DAY}, 30),
        ("本年度(入驻日期)", {"moved_in": DAY}, True),
        ("入驻日期 >= “2026-02-01”", {"moved_in": DAY}, False),
        ("年(入驻日期) * 100 + 月(入驻日期)", {"moved_in": date(2026, 1, 31)}, 202601),
        ("加天数(入驻日期, 9999999)", {"moved_in": DAY}, None),
        # the office's day: 16:30 UTC is past midnight
        ("所在日(登记时间)", {"made_at": datetime(2026, 1, 31, 16, 30, tzinfo=UTC)}, date(2026, 2, 1)),
        ("最大(入驻日期, 日期(“2026-02-03”))", {"moved_in": DAY}, date(2026, 2, 3)),
        ("入驻日期", {"moved_in": date(1000, 1, 1)}, date(1000, 1, 1)),
        ("入驻日期", {"moved_in": date(9999, 12, 31)}, date(9999, 12, 31)),
        ("入驻日期", {"moved_in": date(999, 12, 31)}, None),
        ("首个非空(规模, “在驻”)", {}, "housed"),
        # what is stored in another type is blank
        ("从业人员", {"people": "12"}, None),
        ("从业人员", {"people": True}, None),
        ("营业收入", {"revenue": float("nan")}, None),
    ],
)  # fmt: skip
def test_an_expression_means(text: str, record: dict[str, Any], expected: Any) -> None:
    found = value(text, **record)
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize(
    ("text", "record", "sentence"),
    [
        ("营业收入 / 从业人员", {"people": 0, "revenue": 1}, "It would be divided by zero."),
        ("营业收入 / 从业人员", {"revenue": 1}, "“从业人员” is blank."),
        ("营业收入 * 营业收入", {"revenue": 1e9}, "The number would be too large."),
        ("营业收入", {"revenue": 2e12}, "The number would be too large."),
        (
            "addDays(入驻日期, 5)",
            {"moved_in": date(9999, 12, 31)},
            "The day would lie outside the years 1000 to 9999.",
        ),
        ("true ? null : 营业收入", {}, "The formula leaves it blank here."),
    ],
)
def test_a_blank_says_why(text: str, record: dict[str, Any], sentence: str) -> None:
    assert reason(text, **record) == sentence


# --- over related records

ROWS = [
    {
        "company_times": 3,
        "served_on": datetime(2026, 2, 1, tzinfo=UTC),
        "status": "verified",
        "fee_amount": 0.1,
    },
    {
        "company_times": 4,
        "served_on": datetime(2025, 2, 1, tzinfo=UTC),
        "status": "verified",
        "fee_amount": 0.2,
    },
    {"served_on": datetime(2026, 3, 1, tzinfo=UTC), "status": "draft"},
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("计数(服务台账)", 3),
        ("count(服务台账, 本年度(服务日期))", 2),
        ("count(服务台账, 状态 == “已核验” 且 本年度(服务日期))", 1),
        ("sum(服务台账.家次)", 7),
        ("sum(服务台账.家次, 家次 > 100)", 0),
        ("sum(服务台账.收费金额)", 0.3),
        ("average(服务台账.家次)", 3.5),
        ("average(服务台账.家次, 家次 > 100)", None),
        ("latest(服务台账.服务日期)", date(2026, 3, 1)),
        ("earliest(服务台账.服务日期, 状态 == “草稿”)", date(2026, 3, 1)),
        ("sum(服务台账.家次, 本年度(服务日期)) / 从业人员", 1.5),
    ],
)
def test_related_records_are_counted_and_summed(text: str, expected: Any) -> None:
    compiled = to_python(check(text, COMPANY), today=TODAY)
    found = compiled({"people": 2}, {"ledger_entries_by_companies": ROWS})
    assert (type(found), found) == (type(expected), expected)


def test_nothing_is_asked_of_related_records_without_their_scope() -> None:
    tree = check("计数(服务台账)", COMPANY)
    with pytest.raises(ValueError, match="ledger_entries_by_companies"):
        to_mongo(tree, today=TODAY)
    with pytest.raises(ValueError, match="ledger_entries_by_companies"):
        to_python(tree, today=TODAY)({})
    with pytest.raises(ValueError, match="related"):
        to_mongo_condition(check("计数(服务台账) > 1", COMPANY), today=TODAY)
    seen = {"county": "371525"}
    (stage,) = to_mongo(tree, today=TODAY, scope={"ledger_entries_by_companies": seen}).stages
    assert stage["$lookup"]["from"] == "ledger_entries"
    assert stage["$lookup"]["foreignField"] == "companies.company"
    assert stage["$lookup"]["pipeline"][0] == {"$match": seen}


def test_what_its_writer_may_not_see_does_not_exist_for_a_formula() -> None:
    blind = scope_of(
        TENANT_COMPANIES, REGISTRY,
        sees=lambda collection, field: not field.personal and collection is not LEDGER_ENTRIES,
    )  # fmt: skip
    for text in ("长度(法定代表人)", "计数(服务台账)", "长度(`legal_representative`)"):
        check(text, COMPANY)
        with pytest.raises(Refused, match="no such"):
            check(text, blind)


def test_what_a_formula_reads_is_known_and_whether_it_changes_by_the_day() -> None:
    tree = check("sum(服务台账.家次, 本年度(服务日期)) / 从业人员", COMPANY)
    assert fields_read(tree, "tenant_companies") == {
        ("ledger_entries", "company_times"), ("ledger_entries", "served_on"), ("tenant_companies", "people"),
    }  # fmt: skip
    assert asks_today(tree)
    assert not asks_today(check("营业收入 / 从业人员", COMPANY))


def test_a_new_label_changes_nothing_that_is_stored() -> None:
    kept = stored_text(check("营业收入 / 从业人员 > 10 且 状态 == “在驻”", COMPANY))
    assert kept == 'revenue / people > 10 && status == "housed"'
    renamed = scope_of(
        TENANT_COMPANIES, REGISTRY, sees=lambda collection, field: True,
        label=lambda collection, field: {"revenue": "年收入", "people": "人数 合计"}.get(field.key, field.key),
        words=lambda collection, field: (("housed", "驻园"),) if field.key == "status" else (),
    )  # fmt: skip
    assert show(check(kept, renamed), renamed) == '年收入 / `人数 合计` > 10 且 status == "驻园"'


def test_circles_are_found_also_over_related_records() -> None:
    own = check("从业人员 + 1", SCOPE)
    assert order_of({("things", "b"): own, ("things", "people"): check("人数 + 1", SCOPE)}) == (
        ("things", "people"), ("things", "b"),
    )  # fmt: skip
    computed = {
        ("expression_things", "people"): check("sum(台账.行人数)", SCOPE),
        ("expression_rows", "staff"): check("行从业人员 + 1", SCOPE.relations[0].scope),
        ("expression_rows", "people"): check("行人数 + 1", SCOPE.relations[0].scope),
    }
    labels = {place: f"{place[0][11:]}.{place[1]}" for place in computed}
    with pytest.raises(Refused, match=r"circle: .*rows.staff.* → .*rows.people"):
        order_of(computed, labels)
    with pytest.raises(Refused, match="circle: 人员 → 人员"):
        order_of({("things", "people"): own}, {("things", "people"): "人员"})


def test_the_picker_has_every_name_and_function_and_its_examples_are_right() -> None:
    offered = picker(COMPANY)
    assert {"营业收入", "从业人员", "状态"} <= {one.inserts for one in offered.fields}
    status = next(one for one in offered.fields if one.label == "状态")
    assert (status.kind, status.words) == ("Word of a list", ('"在驻"', '"已迁出"'))
    assert dict(offered.related)["服务台账"]
    for one in (*offered.functions, *offered.aggregates):
        assert one.word
        assert one.help
        assert one.fewest <= one.largest
        scope = SCOPE if "登记时间" in one.example or "产品·" in one.example else COMPANY
        if "入驻企业" in one.example:
            scope = scope_of(REGISTRY["bases"], REGISTRY, sees=lambda collection, field: True)
        tree = check(one.example, scope)
        assert check(show(tree, scope), scope) == tree
