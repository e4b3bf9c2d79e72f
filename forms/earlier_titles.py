"""What is typed of a title older than the system, of its correction, and of why the register is closed or opened."""

from collections.abc import Mapping
from typing import Any, Self

from flask_babel import lazy_gettext
from wtforms import FileField

from forms.fields import field_for
from forms.plain_form import PlainForm
from rules.titles import UNCERTIFIED
from rules.words import N_
from schema.bases import BASES
from schema.field import Field, Kind
from services.records.earlier_titles import EarlierTitle

_MOST_REASON = 500


def _reason(label: str, help: str = "") -> Any:
    return field_for(Field("reason", label, "", Kind.LONG_TEXT, required=True, max_length=_MOST_REASON), help)


class EarlierTitleForm(PlainForm):
    """A title as its announcement gave it, with the paper of that announcement."""

    status = field_for(Field("status", N_("How the title stands now"), "", Kind.STATUS, required=True))
    document_number = field_for(BASES.field("document_number"))
    announced_on = field_for(BASES.field("announced_on"))
    title_first_day = field_for(BASES.field("title_first_day"))
    title_last_day = field_for(BASES.field("title_last_day"))
    paper = FileField(
        lazy_gettext(N_("The announcement's paper")),
        description=lazy_gettext(N_("PDF, pictures, Word, Excel, WPS; at most 20 MB each.")),
    )

    @classmethod
    def of(cls, base: Mapping[str, Any]) -> Self:
        """Return the form with the title that a stored base has."""
        return cls(data=dict(base))

    def offer(self, labels: Mapping[str, str], *, withdrawn: bool) -> Self:
        """Offer the states of a title, and, of a correction, that there was none (`withdrawn`)."""
        codes = [code for code in labels if withdrawn or code != UNCERTIFIED]
        self["status"].choices = [(code, labels[code]) for code in codes]
        return self

    def title(self) -> EarlierTitle:
        """Return the title as typed; call it when the form is valid."""
        return EarlierTitle(
            status=self.typed_text("status"),
            number=self.typed_text("document_number"),
            announced_on=self.typed_day("announced_on"),
            first_day=self.typed_day("title_first_day"),
            last_day=self.typed_day("title_last_day"),
        )


class CorrectionForm(EarlierTitleForm):
    """A wrong entry put right, and why."""

    reason = _reason(
        N_("Why it is corrected"), N_("What stood before stays in the timeline and the audit trail.")
    )


class RegisterForm(PlainForm):
    """Why the register is closed, or opened again."""

    reason = _reason(N_("Reason"))
