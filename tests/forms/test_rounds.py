"""What the form of a round reads, and what it refuses with which sentence."""

from datetime import date

import pytest
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from forms.rounds import MOST_DIMENSIONS, RoundForm
from rules.scoring import Dimension, ScoreSheet

BLANK = "Please fill in this field."
WHOLE = {
    "year": "2026", "name": "2026年度申报", "apply_from": "2026-03-02", "apply_until": "2026年6月30日",
    "rule_set": "city-2021", "assessed_year": "2025", "least_experts": "3", "drop_from": "5", "pass_score": "",
    "dimensions-0-key": "operation", "dimensions-0-label": "运营", "dimensions-0-weight": "60",
    "dimensions-1-key": "", "dimensions-1-label": "特色", "dimensions-1-weight": "40",
}  # fmt: skip


@pytest.fixture(autouse=True)
def in_english(_app):
    with _app.test_request_context(), force_locale("en"):
        yield


def sent(**changes):
    """Return a whole form with changes; `dimensions_0_key` is the key of the first dimension."""
    names = {name.replace("_", "-"): name for name in changes if name.startswith("dimensions_")}
    of_lines = {field: changes.pop(name) for field, name in names.items()}
    return RoundForm(MultiDict(WHOLE | changes | of_lines))


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({}, "year", 2026),
        ({}, "apply_until", date(2026, 6, 30)),
        ({}, "rule_set", "city-2021"),
        ({"call_dated": "2026.2.26"}, "call_dated", date(2026, 2, 26)),
        ({"recommend_until": ""}, "recommend_until", None),
        ({"call_number": "聊工信发[2026]8号"}, "call_number", "聊工信发[2026]8号"),
        ({"call_title": " 关于组织申报的通知 "}, "call_title", "关于组织申报的通知"),
        ({"pass_score": "60"}, "pass_score", 60),
    ],
)
def test_what_was_typed_is_read(changes, field, value):
    form = sent(**changes)
    assert form.validate(), form.errors
    assert form[field].data == value


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"year": "二〇二六"}, "year", "“二〇二六” is not a number; please give one in figures, such as 12."),
        ({"year": ""}, "year", BLANK),
        ({"name": " "}, "name", BLANK),
        ({"name": "名" * 101}, "name", "The text has 101 characters; at most 100 are allowed."),
        ({"apply_from": ""}, "apply_from", BLANK),
        ({"apply_until": "2026-02-30"}, "apply_until", "“2026-02-30” is a day that does not exist."),
        ({"assessed_year": ""}, "assessed_year", BLANK),
        ({"least_experts": ""}, "least_experts", BLANK),
        ({"drop_from": "-2"}, "drop_from", "“-2”: the number may not be negative."),
        (
            {"pass_score": "六十"},
            "pass_score",
            "“六十” is not a number; please give one in figures, such as 12.",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(changes, field, sentence):
    form = sent(**changes)
    assert not form.validate()
    assert form.errors == {field: [sentence]}


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"dimensions_1_label": ""}, {"label": [BLANK]}),
        ({"dimensions_1_weight": ""}, {"weight": [BLANK]}),
        (
            {"dimensions_1_weight": "x"},
            {"weight": ["“x” is not a number; please give one in figures, such as 12."]},
        ),
        ({"dimensions_1_weight": "-1"}, {"weight": ["“-1”: the number may not be negative."]}),
    ],
)
def test_a_line_of_the_score_sheet_is_refused_in_its_own_field(changes, errors):
    form = sent(**changes)
    assert not form.validate()
    assert form.errors["dimensions"][1] == errors


def test_the_days_are_read_by_name_and_blank_ones_are_none():
    assert sent(call_dated="2026-02-26").days() == {
        "call_dated": date(2026, 2, 26),
        "apply_from": date(2026, 3, 2),
        "apply_until": date(2026, 6, 30),
        "recommend_until": None,
    }


def test_the_score_sheet_is_read_and_a_new_line_gets_a_key():
    dimensions = (Dimension("operation", "运营", 60), Dimension("line1", "特色", 40))
    assert sent(pass_score="60").sheet() == ScoreSheet(dimensions, 3, 5, 60)


@pytest.mark.parametrize(
    ("keys", "read"),
    [
        (("operation", "novelty"), ["operation", "novelty"]),
        (("operation", "operation"), ["operation", "line1"]),
        (("line1", ""), ["line1", "line2"]),
        (("", "line1"), ["line2", "line1"]),
        (("$where.x", "Operation"), ["line1", "line2"]),
        (("a" * 21, "a" * 20), ["line1", "a" * 20]),
    ],
)
def test_every_line_has_a_key_of_its_own_whatever_was_sent(keys, read):
    form = sent(dimensions_0_key=keys[0], dimensions_1_key=keys[1])
    assert [dimension.key for dimension in form.sheet().dimensions] == read


def test_no_more_lines_are_read_than_a_score_sheet_may_have():
    lines = {f"dimensions-{number}-label": "指标" for number in range(MOST_DIMENSIONS + 2)}
    assert len(RoundForm(MultiDict(lines)).dimensions.entries) == MOST_DIMENSIONS


def test_rule_sets_are_offered_with_an_empty_line_for_the_score_sheet():
    form = RoundForm()
    form.offer([("city-2021", "聊城市办法（市级）")])
    assert form.rule_set.choices == [("city-2021", "聊城市办法（市级）")]
    assert form.dimensions.blank.label.name == "dimensions-__n__-label"
