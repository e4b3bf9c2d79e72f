"""What is typed about public notices, objections, announcements and corrections."""

from datetime import date, datetime
from typing import Any, Self

from bson import ObjectId
from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, MultipleFileField, RadioField
from wtforms.fields.choices import SelectChoice

from forms.fields import ChoiceField, Wanted, field_for, reason_to_begin_field
from rules.publication import MOST_WHERE, Contact, ObjectorKind, Outcome, PublishedElsewhere, Received
from rules.words import N_
from schema.field import Field, Kind
from schema.settings import CERTIFICATE_PREFIX
from services.desk.settings import office_settings
from services.publication.announcement import AnnouncementDraft
from services.publication.notice import NoticeDraft
from services.publication.objections import ObjectionDraft


def as_day(value: Any) -> date | None:
    """Return what a day field holds as a day; None for a blank."""
    return value.date() if isinstance(value, datetime) else value


class _DeskForm(Form):
    """What the forms of this desk share."""

    class Meta:
        """Error messages are ours, already translated."""

        csrf = False
        locales = False

    @classmethod
    def typed(cls, sent: MultiDict[str, str]) -> Self:
        """Return the form as it was sent."""
        return cls(formdata=sent)

    def text(self, name: str) -> str:
        """Return what stands in a text field."""
        return self._fields[name].data or ""

    def day(self, name: str) -> date | None:
        """Return what stands in a day field."""
        return as_day(self._fields[name].data)


def _day(name: str, label: str, help: str = "", *, wanted: bool = True) -> Any:
    return field_for(Field(name, label, "", Kind.DATE, required=wanted), help)


def _line(name: str, label: str, most: int, help: str = "", *, wanted: bool = True) -> Any:
    return field_for(Field(name, label, "", max_length=most, required=wanted), help)


class NoticeForm(_DeskForm):
    """The period of a public notice and where objections go; of one published elsewhere, where and until when."""

    first_day = _day(
        "first_day", N_("First day of the notice"), N_("Today or later; it counts as a working day.")
    )
    working_days = field_for(
        Field(
            "working_days",
            N_("Length of the notice"),
            "",
            Kind.INTEGER,
            unit=N_("working days"),
        )
    )
    elsewhere = BooleanField(
        lazy_gettext(N_("It was published elsewhere before, and is recorded here as that"))
    )
    published_where = _line(
        "published_where", N_("Where it was published"), MOST_WHERE,
        N_("The website and the address of the page."), wanted=False,
    )  # fmt: skip
    last_day = _day(
        "last_day", N_("Last day as it was published"),
        N_("The first day is entered above; both lie before today."), wanted=False,
    )  # fmt: skip
    telephone = _line("telephone", N_("The office's telephone"), 60)
    email = _line("email", N_("The office's e-mail"), 100)
    address = _line("address", N_("The office's address"), 200)
    postcode = _line("postcode", N_("Postcode"), 10, wanted=False)
    reason_to_begin = reason_to_begin_field()

    @classmethod
    def begun(cls, contact: Contact, first_day: date, working_days: int) -> "NoticeForm":
        """Return the form with what is usual."""
        lines = {key: getattr(contact, key) for key in ("telephone", "email", "address", "postcode")}
        return cls(data={"first_day": first_day, "working_days": working_days, **lines})

    def draft(self, round_id: ObjectId) -> NoticeDraft:
        """Return the notice as typed; call it when the form is valid."""
        contact = Contact(*(self.text(key) for key in ("telephone", "email", "address", "postcode")))
        elsewhere = None
        if self.elsewhere.data:
            elsewhere = PublishedElsewhere(self.text("published_where"), self.day("last_day"))
        days = self.working_days.data
        return NoticeDraft(
            round_id,
            self.day("first_day"),
            contact,
            int(days) if days is not None else None,
            reason_to_begin=self.text("reason_to_begin"),
            elsewhere=elsewhere,
        )


class AnnouncementForm(_DeskForm):
    """Number, date and term of an announcement, and how its certificates are numbered."""

    number = _line(
        "number", N_("Document number"), 40, N_("Like 聊工信发〔2026〕133号; every number is used once.")
    )
    dated = _day("dated", N_("Date of the announcement"))
    term_first = _day(
        "term_first",
        N_("First day of the term"),
        N_("Blank: the announcement's date. A renewal's term begins when the present one has ended."),
        wanted=False,
    )
    certificate_prefix = _line(
        "certificate_prefix",
        N_("Certificate numbers begin with"),
        12,
        N_("Year and serial number follow, like LCSJ-2026-001."),
    )
    reason_to_begin = reason_to_begin_field()

    @classmethod
    def begun(cls, dated: date) -> "AnnouncementForm":
        """Return the form with what is usual."""
        return cls(data={"dated": dated, "certificate_prefix": office_settings()[CERTIFICATE_PREFIX]})

    def draft(self, notice: ObjectId, reasons: dict[ObjectId, str]) -> AnnouncementDraft:
        """Return the announcement as typed; call it when the form is valid."""
        dated = self.day("dated")
        assert dated is not None  # it is wanted
        return AnnouncementDraft(
            notice,
            self.text("number"),
            dated,
            self.day("term_first"),
            reasons,
            self.text("reason_to_begin"),
            self.text("certificate_prefix"),
        )


class CorrectionForm(_DeskForm):
    """What a correction says."""

    words = field_for(
        Field("words", N_("What is corrected"), "", Kind.LONG_TEXT, max_length=2000, required=True),
        N_("Each line becomes a paragraph. The paper that is corrected stays as it is."),
    )
    dated = _day("dated", N_("Date of the correction"))


class _BaseField(ChoiceField):
    """One base of the notice."""

    def pre_validate(self, form: Any) -> None:
        """Leave to the service which bases are on the notice."""


class ObjectionForm(_DeskForm):
    """An objection as it was received."""

    application = _BaseField(lazy_gettext(N_("Base objected to")), validators=[Wanted()])
    received_on = _day(
        "received_on",
        N_("Received on"),
        N_("The day on which it came in; after the period it is marked as late."),
    )
    received = field_for(
        Field("received", N_("How it was received"), "", Kind.CHOICE, choices=Received, required=True)
    )
    objector_kind = field_for(
        Field("objector_kind", N_("Who objects"), "", Kind.CHOICE, choices=ObjectorKind, required=True)
    )
    objector = _line(
        "objector",
        N_("Name of the objector"),
        100,
        N_("The real name, or the organisation of the seal. Only the city bureau sees it."),
    )
    objector_contact = _line("objector_contact", N_("How the objector can be reached"), 100)
    content = field_for(
        Field("content", N_("What is objected to"), "", Kind.LONG_TEXT, max_length=2000, required=True)
    )
    content.kwargs["id"] = "objected"  # "content" is the page's main part

    evidence = MultipleFileField(
        lazy_gettext(N_("Evidence")),
        description=lazy_gettext(N_("PDF, pictures, Word, Excel, WPS; at most 20 MB each.")),
    )

    def offer(self, bases: list[tuple[str, str]]) -> "ObjectionForm":
        """Set the bases to choose from."""
        self.application.choices = [("", ""), *bases]
        return self

    def draft(self, notice: ObjectId) -> ObjectionDraft:
        """Return the objection as typed; call it when the form is valid."""
        chosen = self.text("application")
        return ObjectionDraft(
            notice, ObjectId(chosen) if ObjectId.is_valid(chosen) else ObjectId(), self.day("received_on"),
            next(term for term in Received if term.value == self.received.data),
            next(term for term in ObjectorKind if term.value == self.objector_kind.data),
            self.text("objector"), self.text("objector_contact"), self.text("content"),
        )  # fmt: skip


class HandlingForm(_DeskForm):
    """What became of an objection."""

    outcome = RadioField(
        lazy_gettext(N_("Outcome")),
        choices=[
            SelectChoice(outcome.value, lazy_gettext(outcome.label))
            for outcome in (Outcome.REJECTED, Outcome.UPHELD)
        ],
        validators=[Wanted()],
        validate_choice=False,
    )
    handling = field_for(
        Field("handling", N_("How it was handled"), "", Kind.LONG_TEXT, max_length=2000, required=True)
    )
    decided_on = _day("decided_on", N_("Decided on"))

    def chosen(self) -> Outcome:
        """Return the outcome; one that is none of the two leaves the objection open, which the service refuses."""
        return next((outcome for outcome in Outcome if outcome.value == self.outcome.data), Outcome.OPEN)
