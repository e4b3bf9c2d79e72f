"""Inputs are drawn as WTForms draws them, sign for sign."""

import pytest
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    Form,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from forms.drawing.inputs import QuickDrawing

CHOICES = [
    SelectChoice("", ""),
    SelectChoice("a", "甲", render_kw={"data_colour": "red"}),
    SelectChoice("b", "乙 <b> \"&'"),
]


class Fields(Form):
    text = StringField(
        "文字", [InputRequired(), Length(max=20)], render_kw={"data_lookup": "bases", "autofocus": True}
    )
    number = IntegerField("数", render_kw={"min": 0, "readonly": False})
    day = DateField("日")
    hidden = StringField("隐", widget=HiddenInput())
    area = TextAreaField("长", [Length(max=2000), InputRequired()])
    one = SelectField("单选", [InputRequired()], choices=CHOICES)
    many = SelectMultipleField("多选", choices=CHOICES)
    grouped = SelectField("组", choices=[*CHOICES, SelectChoice("c", "丙", optgroup="二")])
    ticked = BooleanField("勾")


class Quick(Fields):
    class Meta(QuickDrawing):
        pass


SENT = MultiDict(
    [("text", "“\"'<&>\r\n"), ("number", "12"), ("day", "2026-03-01"), ("hidden", 'a"b'), ("area", "</textarea> \"x\""),
     ("one", "b"), ("many", "a"), ("many", "b"), ("grouped", "c"), ("ticked", "y")]
)  # fmt: skip


@pytest.mark.parametrize("sent", [MultiDict(), SENT], ids=["blank", "typed"])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"class_": "form-control is-invalid", "aria_describedby": "e-x"},
        {"id": "other", "title": Markup('"&amp;"')},
    ],
)
def test_each_field_is_drawn_as_by_the_library(sent, more):
    for usual, quick in zip(Fields(sent), Quick(sent), strict=True):
        assert str(quick(**more)) == str(usual(**more)), usual.name
