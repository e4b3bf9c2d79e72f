"""What the forms of an application read, and what they refuse with which sentence."""

from datetime import UTC, date, datetime

import pytest
from bson import ObjectId
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from forms.applications import (
    SCORE,
    BeginForm,
    ConcludeForm,
    LetterForm,
    ReasonForm,
    ReturnForm,
    ReviewForm,
    day_of,
    expert_form,
)
from rules.applications import OnSite
from rules.materials import Material
from rules.scoring import STANDARD_SHEET

BLANK = "Please fill in this field."
BASE = "5f" * 12


def not_a_number(typed):
    return f"“{typed}” is not a number; please give one in figures, such as 12."


def too_long(count, most):
    return f"The text has {count} characters; at most {most} are allowed."


@pytest.fixture(autouse=True)
def in_english(_app):
    with _app.test_request_context(), force_locale("en"):
        yield


def expert(sent):
    return expert_form(STANDARD_SHEET, sent)


@pytest.mark.parametrize(
    ("form_class", "typed", "field", "value"),
    [
        (BeginForm, {"base": BASE}, "base", ObjectId(BASE)),
        (BeginForm, {"base": BASE, "round": "r1"}, "round", "r1"),
        (ReviewForm, {"checked_on": "2026-03-04"}, "checked_on", date(2026, 3, 4)),
        (ReviewForm, {"checked_on": "2026年3月4日"}, "checked_on", date(2026, 3, 4)),
        (ReviewForm, {"checked_on": ""}, "checked_on", None),
        (ReviewForm, {"people": " 王明、李强 "}, "people", "王明、李强"),
        (ReviewForm, {"people": "人" * 200}, "people", "人" * 200),
        (ReviewForm, {"findings": "第一行\r\n第二行"}, "findings", "第一行\n第二行"),
        (ConcludeForm, {"opinion": "　"}, "opinion", None),
        (ConcludeForm, {"opinion": "字" * 2000}, "opinion", "字" * 2000),
        (ReasonForm, {"reason": " 企业撤回 "}, "reason", "企业撤回"),
        (ReturnForm, {"due": "2026.3.10"}, "due", date(2026, 3, 10)),
        (ReturnForm, {"audit": "缺页"}, "audit", "缺页"),
        (LetterForm, {"number": "冠工信字[2026]7号", "dated": "2026-3-6"}, "number", "冠工信字[2026]7号"),
        (LetterForm, {"number": "七号", "dated": "2026-3-6"}, "dated", date(2026, 3, 6)),
        (expert, {"name": "赵教授"}, "name", "赵教授"),
        (expert, {"name": "赵教授", "score_ability": "82.5"}, "score_ability", 82.5),
        (expert, {"name": "赵教授", "score_ability": "0"}, "score_ability", 0),
        (expert, {"name": "赵教授", "score_ability": ""}, "score_ability", None),
        # whether points are within the limits is the rules' to say
        (expert, {"name": "赵教授", "score_ability": "101"}, "score_ability", 101),
    ],
)
def test_what_was_typed_is_read(form_class, typed, field, value):
    form = form_class(MultiDict(typed))
    assert form.validate(), form.errors
    assert form[field].data == value


@pytest.mark.parametrize(
    ("form_class", "typed", "field", "sentence"),
    [
        (BeginForm, {}, "base", BLANK),
        (BeginForm, {"base": "清泉孵化器"}, "base", "Choose one from the list."),
        (ReviewForm, {"checked_on": "2026-02-30"}, "checked_on", "“2026-02-30” is a day that does not exist."),
        (
            ReviewForm, {"checked_on": "后天"}, "checked_on",
            "“后天” is not a date; please write it like 2026-11-23.",
        ),
        (ReviewForm, {"people": "人" * 201}, "people", too_long(201, 200)),
        (ReviewForm, {"findings": "字" * 2001}, "findings", too_long(2001, 2000)),
        (ConcludeForm, {"opinion": "字" * 2001}, "opinion", too_long(2001, 2000)),
        (ReasonForm, {}, "reason", BLANK),
        (ReasonForm, {"reason": "  "}, "reason", BLANK),
        (ReturnForm, {"audit": "缺" * 501}, "audit", too_long(501, 500)),
        (ReturnForm, {"other": "缺" * 501}, "other", too_long(501, 500)),
        (LetterForm, {"dated": "2026-3-6"}, "number", BLANK),
        (LetterForm, {"number": "冠工信字〔2026〕7号"}, "dated", BLANK),
        (expert, {}, "name", BLANK),
        (expert, {"name": "名" * 51}, "name", too_long(51, 50)),
        (expert, {"name": "赵教授", "score_ability": "-1"}, "score_ability", "“-1”: the number may not be negative."),
        (expert, {"name": "赵教授", "score_ability": "优"}, "score_ability", not_a_number("优")),
        (expert, {"name": "赵教授", "score_ability": "nan"}, "score_ability", not_a_number("nan")),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(form_class, typed, field, sentence):
    form = form_class(MultiDict(typed))
    assert not form.validate()
    assert form.errors[field] == [sentence]


def test_a_check_on_site_is_read_as_a_whole():
    typed = {"checked_on": "2026-03-04", "people": "王明", "findings": "与材料一致"}
    form = ReviewForm(MultiDict(typed))
    assert form.validate()
    assert form.on_site() == OnSite(date(2026, 3, 4), "王明", "与材料一致")
    blank = ConcludeForm(MultiDict())
    assert blank.validate()
    assert blank.on_site() == OnSite()


def test_a_return_has_a_field_for_each_material_and_gives_the_reasons_that_were_typed():
    form = ReturnForm(MultiDict({"audit": "缺第三页", "report": " ", "other": "装订顺序"}))
    assert form.validate()
    assert {material.value for material in Material} <= set(form._fields)
    assert form.reasons() == {"audit": "缺第三页", "other": "装订顺序"}


def test_an_expert_scores_every_dimension_of_the_rounds_sheet():
    form = expert_form(STANDARD_SHEET, MultiDict({"name": "赵教授", "score_effect": "90"}))
    assert form.validate()
    assert form.scores() == {"operation": None, "ability": None, "effect": 90, "novelty": None}


def test_scores_that_are_stored_fill_the_form_to_be_corrected():
    form = expert_form(STANDARD_SHEET, filled={"name": "赵教授", f"{SCORE}effect": 86.5})
    assert form.name._value() == "赵教授"
    assert form[f"{SCORE}effect"]._value() == "86.5"


def test_a_stored_day_is_given_to_a_form_as_a_day():
    assert day_of(datetime(2026, 3, 4, tzinfo=UTC)) == date(2026, 3, 4)
    assert day_of(None) is None
