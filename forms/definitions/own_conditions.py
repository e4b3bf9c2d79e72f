"""What an administrator types of a condition: what must hold or is coloured, its sentence, the field it belongs to."""

from typing import Any, Self

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, RadioField, SelectField

from forms.fields import field_for
from forms.plain_form import PlainForm
from rules.words import N_
from schema.collection import Collection
from schema.definitions.conditions import LONGEST_SENTENCE, Colour, OwnCondition, Purpose
from schema.expressions.tokens import MOST_CHARACTERS
from schema.field import Field, Kind


class ConditionForm(PlainForm):
    """A condition on the records of a collection."""

    purpose = RadioField(lazy_gettext(N_("What it is for")), default=Purpose.MUST.value)
    formula = field_for(
        Field("formula", N_("Condition"), "", Kind.LONG_TEXT, max_length=MOST_CHARACTERS, required=True),
        N_("Of a rule: what must hold, such as 迁出日期 >= 入驻日期. Of a colour: when it is coloured."),
        formula="1",
    )
    sentence = field_for(
        Field("sentence", N_("Sentence"), required=True, max_length=LONGEST_SENTENCE),
        N_("What a clerk reads where the rule does not hold; of a colour what it stands for."),
    )
    at = SelectField(
        lazy_gettext(N_("Field it belongs to")), validate_choice=False,
        description=lazy_gettext(N_("Beside it the sentence stands; of a colour its cell, or the whole row.")),
    )  # fmt: skip
    colour = RadioField(
        lazy_gettext(N_("Colour")), default=Colour.AMBER.value, render_kw={"data-swatches": "1"},
        description=lazy_gettext(N_("Only for what is coloured.")),
    )  # fmt: skip
    resting = BooleanField(lazy_gettext(N_("Switched off")))

    def offer(self, declared: Collection) -> None:
        """Offer the words, and the fields of a collection."""
        self.purpose.choices = [(one.value, gettext(one.label)) for one in Purpose]
        self.colour.choices = [(one.value, gettext(one.label)) for one in Colour]
        fields = [(one.key, gettext(one.label)) for one in declared.fields if one.section]
        self.at.choices = [("", gettext(N_("None of them: the whole record"))), *fields]

    @classmethod
    def of(cls, one: OwnCondition, shown: str) -> Self:
        """Return the form with a stored condition, its formula as it is `shown`."""
        values: dict[str, Any] = {
            "purpose": one.purpose.value, "formula": shown, "sentence": one.sentence, "at": one.at,
            "colour": one.colour.value, "resting": one.resting,
        }  # fmt: skip
        return cls(data=values)

    def condition(self, collection: str, key: str = "") -> OwnCondition:
        """Return the condition as typed; call it when the form is valid."""
        return OwnCondition(
            collection, key, Purpose(self.purpose.data), (self.formula.data or "").strip(),  # type: ignore[call-arg]
            (self.sentence.data or "").strip(), self.at.data or "", Colour(self.colour.data), bool(self.resting.data),  # type: ignore[call-arg]
        )  # fmt: skip
