"""What is typed of a round: its days, the call's paper, the rule set and the score sheet."""

import re
from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, SelectField

from forms.fields import field_for, reason_to_begin_field
from rules.scoring import Dimension, ScoreSheet
from rules.words import N_
from schema.field import Field, Kind

MOST_DIMENSIONS = 20
_KEY = re.compile(r"[a-z][a-z0-9_]{0,19}")


class _Form(Form):
    class Meta:
        """The page's token is checked by the app; error messages are ours, already translated."""

        csrf = False
        locales = False


class DimensionForm(_Form):
    """One line of the score sheet; `key` is what its scores are stored under, "" for a new one."""

    label = field_for(Field("label", N_("Dimension"), "", required=True, max_length=50))
    weight = field_for(Field("weight", N_("Weight in percent"), "", Kind.INTEGER, required=True))
    of_innovations = BooleanField(lazy_gettext(N_("Scores the innovations")))
    key = HiddenField()


def _day(key: str, label: str, help: str = "", *, required: bool = False) -> Any:
    return field_for(Field(key, label, "", Kind.DATE, required=required), help)


def _number(key: str, label: str, unit: str = "", help: str = "", *, required: bool = True) -> Any:
    return field_for(Field(key, label, "", Kind.INTEGER, required=required, unit=unit), help)


class RoundForm(_Form):
    """One round."""

    year = _number("year", N_("Year"))
    name = field_for(Field("name", N_("Name of the round"), "", required=True, max_length=100))
    call_title = field_for(Field("call_title", N_("Title of the call"), "", max_length=200))
    call_number = field_for(Field("call_number", N_("Number of the call"), "", Kind.CODE, max_length=60))
    call_dated = _day("call_dated", N_("Date of the call"))
    apply_from = _day("apply_from", N_("Applications from"), required=True)
    apply_until = _day("apply_until", N_("Applications until"), required=True)
    recommend_until = _day(
        "recommend_until", N_("Counties recommend until"), N_("A reminder: nothing is refused afterwards.")
    )
    reason_to_begin = reason_to_begin_field()
    rule_set = SelectField(lazy_gettext(N_("Rule set")), validate_choice=False)
    assessed_year = _number(
        "assessed_year",
        N_("Assessed year"),
        "",
        N_("The year whose ledger is counted: usually the one before."),
    )
    dimensions = FieldList(
        FormField(DimensionForm), lazy_gettext(N_("Dimensions")), max_entries=MOST_DIMENSIONS
    )
    least_experts = _number("least_experts", N_("Experts at least"), N_("experts"))
    drop_from = _number(
        "drop_from", N_("Highest and lowest dropped from"), N_("experts"),
        N_("With so many experts or more, one highest and one lowest total do not count."),
    )  # fmt: skip
    pass_score = _number(
        "pass_score", N_("Pass line"), N_("points"),
        N_("Below it, selecting a base needs a written reason. Blank: there is no line."), required=False,
    )  # fmt: skip

    def offer(self, rule_sets: list[tuple[str, str]]) -> None:
        """Offer these rule sets (code and label), and make the row that the page's script copies."""
        self.rule_set.choices = rule_sets
        self.dimensions.blank = DimensionForm(prefix="dimensions-__n__-")

    def sheet(self) -> ScoreSheet:
        """Return the score sheet as typed; call it when the form is valid."""
        return ScoreSheet(
            tuple(self._dimensions()), self.least_experts.data, self.drop_from.data, self.pass_score.data
        )

    def _dimensions(self) -> list[Dimension]:
        """Return the lines of the score sheet: a key that was sent stays its first row's, the others get a free one."""
        rows = [entry.form for entry in self.dimensions.entries]
        sent_keys = {row.key.data for row in rows if _KEY.fullmatch(row.key.data or "")}
        dimensions: list[Dimension] = []
        for row in rows:
            used_keys = {dimension.key for dimension in dimensions}
            is_free = row.key.data in sent_keys - used_keys
            key = row.key.data if is_free else _free_key(sent_keys | used_keys)
            dimensions.append(
                Dimension(key, row.label.data or "", row.weight.data or 0, bool(row.of_innovations.data))
            )
        return dimensions

    def days(self) -> dict[str, date | None]:
        """Return the days by the name of their field; None for a blank."""
        return {
            name: self[name].data for name in ("call_dated", "apply_from", "apply_until", "recommend_until")
        }


def _free_key(taken: set[str]) -> str:
    return next(key for key in (f"line{number}" for number in range(1, 1000)) if key not in taken)
