"""What a strange table seems to hold: kinds, units, words, what names a row and what its county is."""

from datetime import date, datetime

import pytest

from office.recognition.table_shape import flat, heading_row, headings_of, renamed, rows_of, shape_of
from schema.definitions.own_fields import OwnKind

COUNTIES = ["冠县", "莘县", "阳谷县", "东昌府区"]


def column(heading, *values):
    shape = shape_of([heading], [[value] for value in values])
    return shape.columns[0] if shape.columns else None


@pytest.mark.parametrize(
    ("heading", "values", "kind"),
    [
        ("专利数", [1, 2, "3", 1200], OwnKind.INTEGER),
        ("专利数", ["1,200", "3", "/", ""], OwnKind.INTEGER),
        ("营业收入（万元）", [1.5, 2, "3.25"], OwnKind.DECIMAL),
        ("占比（%）", [10, 20.5, 30], OwnKind.PERCENT),
        ("走访日期", ["2026-01-02", "2026年3月4日", date(2026, 5, 6)], OwnKind.DATE),
        ("走访日期", [20260102, 20260304, 20260506], OwnKind.DATE),
        ("createdAt", [datetime(2026, 1, 2, 3), datetime(2026, 2, 2)], OwnKind.MOMENT),
        ("createdAt", [datetime(2026, 1, 2), datetime(2026, 2, 2)], OwnKind.DATE),
        ("是否高新", ["是", "否", "是"], OwnKind.YES_NO),
        ("active", [True, False, True], OwnKind.YES_NO),
        ("联系电话", ["13800000001", "0635-8231234", 13800000002], OwnKind.PHONE),
        ("邮编", ["252000", "252100", "252200"], OwnKind.TEXT),
        ("编号", ["001", "002", "003"], OwnKind.TEXT),
        ("证件编号", [1, 2, 3], OwnKind.TEXT),
        ("邮箱", ["a@b.cn", "c@d.com", "e@f.org"], OwnKind.EMAIL),
        ("网址", ["https://a.cn", "http://b.com/x", "https://c.org"], OwnKind.LINK),
        ("产业", ["化工", "纺织", "化工"] * 5, OwnKind.CHOICE),
        ("标签", ["高新、上市", "高新", "上市、绿色", "绿色"] * 4, OwnKind.CHOICES),
        ("情况", ["很好" * 120, "一般"], OwnKind.LONG_TEXT),
        ("情况", ["第一\n第二", "一般"], OwnKind.LONG_TEXT),
        ("企业名称", ["甲公司", "乙公司", "丙公司"], OwnKind.TEXT),
        ("产业", ["化工，纺织"] + ["甲"] * 3, OwnKind.TEXT),
    ],
)
def test_a_column_is_proposed_as_what_its_values_are(heading, values, kind):
    assert column(heading, *values).kind is kind


def test_a_few_strange_cells_do_not_change_a_columns_kind_and_many_do():
    assert column("专利数", *range(1, 99), "约二十").kind is OwnKind.INTEGER
    assert column("专利数", *range(1, 20), *["约二十"] * 9).kind is OwnKind.TEXT


def test_a_heading_gives_label_and_unit_without_signs_that_no_label_may_hold():
    found = column("营业收入（万元）", 1.5)
    assert (found.label, found.unit, found.heading) == ("营业收入", "万元", "营业收入（万元）")
    assert column("<b>{甲}%", "乙").label == "b 甲"
    assert (column("走访人（姓名）", "张三").label, column("占比（％）", 5).kind) == (
        "走访人（姓名）",
        OwnKind.PERCENT,
    )


def test_cells_that_no_import_takes_are_no_fault_of_the_look():
    assert column("数", "=1+", "#REF!", "a\x00b", "甲").kind is OwnKind.TEXT


def test_words_of_a_list_come_the_most_frequent_first():
    assert column("产业", *["化工"] * 4, *["纺织"] * 6).words == ("纺织", "化工")


def test_what_names_a_row_and_what_its_county_is():
    rows = [
        [number, f"第{number}次走访", "张三" if number % 2 else "李四", COUNTIES[number % 4]]
        for number in range(12)
    ]
    shape = shape_of(["序号", "标题", "走访人", "所在地"], rows)
    assert (shape.name, shape.county, shape.rows) == (1, 3, 12)
    assert shape_of(["数"], [[1], [2]]).name is None
    messy = [["张三" * (number + 1), f"企业{number}" if number % 8 else None] for number in range(40)]
    assert shape_of(["法人代表", "企业名称"], messy).name == 1, (
        "a heading that says so, though some rows lack it"
    )
    assert shape_of(["地"], [["冠县"], ["济南"]]).county is None


def test_columns_without_heading_or_value_or_named_twice_are_left_out():
    shape = shape_of(["甲", "", "乙", "甲"], [["a", "b", None, "c"]])
    assert [one.heading for one in shape.columns] == ["甲"]
    assert shape_of([], []).columns == ()


def test_the_heading_is_found_below_titles_and_not_among_the_rows():
    rows = [["2026年走访情况"], [], ["名称", "日期", "数"], ["甲", "2026-01-01", 3], ["乙", "2026-01-02", 4]]
    assert heading_row(rows) == 2
    assert heading_row([[1, 2], [3, 4]]) is None
    assert heading_row([]) is None


def test_a_document_becomes_one_row_of_plain_cells():
    document = {
        "name": "甲",
        "at": {"county": "冠县", "geo": {"x": 1}},
        "tags": ["a", "b"],
        "rows": [{"x": 1}],
        "no": None,
    }
    assert flat(document) == {"name": "甲", "at.county": "冠县", "at.geo.x": 1, "tags": "a、b"}
    deep = {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}
    assert flat(deep) == {}
    documents = [{"_id": 1, "a": 1}, {"_id": 2, "b": 2}]
    headings = headings_of(documents, ["_id"])
    assert (headings, list(rows_of(documents, headings))) == (["a", "b"], [[1, None], [None, 2]])


def test_labels_that_are_taken_get_a_number():
    shape = renamed(shape_of(["名称", "甲 "], [["a", "b"]]), ["名称", "甲"])
    assert [one.label for one in shape.columns] == ["名称2", "甲2"]
