"""What the forms of the publication desk read, and what they refuse with which sentence."""

from datetime import date, datetime

import pytest
from bson import ObjectId
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from forms.publication import (
    AnnouncementForm,
    CorrectionForm,
    HandlingForm,
    NoticeForm,
    ObjectionForm,
    as_day,
)
from rules.publication import Contact, ObjectorKind, Outcome, Received

BLANK = "Please fill in this field."
ONE, OTHER = ObjectId("5f" * 12), ObjectId("6a" * 12)
NOTICE = {
    "first_day": "2026-03-16", "working_days": "5", "telephone": "0635-8288000", "email": "jidi@example.cn",
    "address": "昌润路1号",
}  # fmt: skip
ANNOUNCEMENT = {"number": "聊工信发〔2026〕9号", "dated": "2026-03-23", "certificate_prefix": "LCSJ"}
CORRECTION = {"words": "更正一处。", "dated": "2026-03-23"}
OBJECTION = {
    "application": str(ONE), "received_on": "2026-03-17", "received": "letter", "objector_kind": "person",
    "objector": "周某某", "objector_contact": "电话", "content": "内容。",
}  # fmt: skip
HANDLING = {"outcome": "rejected", "handling": "核查。", "decided_on": "2026-03-20"}
COMPLETE = {
    NoticeForm: NOTICE, AnnouncementForm: ANNOUNCEMENT, CorrectionForm: CORRECTION, ObjectionForm: OBJECTION,
    HandlingForm: HANDLING,
}  # fmt: skip


def too_long(count, most):
    return f"The text has {count} characters; at most {most} are allowed."


def no_date(text):
    return f"“{text}” is not a date; please write it like 2026-11-23."


def filled(form_class, **changes):
    """Return a form as it is sent, complete but for the changes."""
    form = form_class.typed(MultiDict(COMPLETE[form_class] | changes))
    return form.offer([(str(ONE), "清泉园")]) if form_class is ObjectionForm else form


@pytest.fixture(autouse=True)
def in_english(_app):
    with _app.test_request_context(), force_locale("en"):
        yield


@pytest.mark.parametrize("form_class", COMPLETE)
def test_a_complete_form_is_taken(form_class):
    form = filled(form_class)
    assert form.validate(), form.errors


@pytest.mark.parametrize(
    ("form_class", "field", "typed", "value"),
    [
        (NoticeForm, "first_day", "2026年3月16日", date(2026, 3, 16)),
        (NoticeForm, "working_days", "7", 7),
        # how many days a notice may run is the rules' to say
        (NoticeForm, "working_days", "0", 0),
        (NoticeForm, "telephone", " 0635-1 ", "0635-1"),
        (NoticeForm, "postcode", "", None),
        (AnnouncementForm, "term_first", "", None),
        (AnnouncementForm, "term_first", "2026.4.1", date(2026, 4, 1)),
        # the form of a number is the register's to say
        (AnnouncementForm, "number", "九号", "九号"),
        (CorrectionForm, "words", "第一行\r\n第二行", "第一行\n第二行"),
        (ObjectionForm, "received", "phone", "phone"),
        # which bases are on the notice is the service's to say
        (ObjectionForm, "application", str(OTHER), str(OTHER)),
        (HandlingForm, "outcome", "upheld", "upheld"),
        (HandlingForm, "outcome", "open", "open"),
        (HandlingForm, "decided_on", "2026-3-20", date(2026, 3, 20)),
    ],
)
def test_what_was_typed_is_read(form_class, field, typed, value):
    form = filled(form_class, **{field: typed})
    assert form.validate(), form.errors
    data = form[field].data
    assert (as_day(data) if isinstance(value, date) else data) == value


@pytest.mark.parametrize(
    ("form_class", "field", "typed", "sentence"),
    [
        # Left blank, the working days are those of the rule set.
        *((NoticeForm, field, "", BLANK) for field in NOTICE if field != "working_days"),
        (NoticeForm, "first_day", "后天", no_date("后天")),
        (NoticeForm, "first_day", "2026-02-30", "“2026-02-30” is a day that does not exist."),
        (NoticeForm, "telephone", "1" * 61, too_long(61, 60)),
        (NoticeForm, "email", "a" * 101, too_long(101, 100)),
        (NoticeForm, "address", "路" * 201, too_long(201, 200)),
        (NoticeForm, "postcode", "2" * 11, too_long(11, 10)),
        *((AnnouncementForm, field, " ", BLANK) for field in ANNOUNCEMENT),
        (AnnouncementForm, "number", "号" * 41, too_long(41, 40)),
        (AnnouncementForm, "term_first", "明年", no_date("明年")),
        (AnnouncementForm, "certificate_prefix", "L" * 13, too_long(13, 12)),
        *((CorrectionForm, field, "", BLANK) for field in CORRECTION),
        (CorrectionForm, "words", "字" * 2001, too_long(2001, 2000)),
        *((ObjectionForm, field, "", BLANK) for field in OBJECTION),
        (ObjectionForm, "received", "pigeon", "Choose one from the list."),
        (ObjectionForm, "objector_kind", "firm", "Choose one from the list."),
        (ObjectionForm, "objector", "人" * 101, too_long(101, 100)),
        (ObjectionForm, "objector_contact", "电" * 101, too_long(101, 100)),
        (ObjectionForm, "content", "字" * 2001, too_long(2001, 2000)),
        *((HandlingForm, field, "", BLANK) for field in HANDLING),
        (HandlingForm, "handling", "字" * 2001, too_long(2001, 2000)),
    ],
)
def test_what_cannot_stand_is_refused_beside_its_field(form_class, field, typed, sentence):
    form = filled(form_class, **{field: typed})
    assert not form.validate()
    assert {name: [str(error) for error in errors] for name, errors in form.errors.items()} == {
        field: [sentence]
    }


# --- What a valid form becomes -------------------------------------------------------------------


def test_a_notice_begins_with_what_is_usual_and_becomes_a_draft():
    contact = Contact("0635-8288000", "jidi@example.cn", "昌润路1号", "252000")
    form = NoticeForm.begun(contact, date(2026, 3, 16), 5)
    assert (form.day("first_day"), form.working_days.data, form.text("postcode")) == (
        date(2026, 3, 16), 5, "252000",
    )  # fmt: skip
    draft = filled(NoticeForm, postcode="252000").draft(ONE)
    assert (draft.round, draft.first_day, draft.contact, draft.working_days) == (
        ONE, date(2026, 3, 16), contact, 5,
    )  # fmt: skip


def test_an_announcement_becomes_a_draft_whose_term_begins_on_its_date_unless_said_otherwise():
    draft = filled(AnnouncementForm).draft(ONE, {OTHER: "符合产业导向。"})
    assert (draft.notice, draft.number, draft.certificate_prefix) == (ONE, "聊工信发〔2026〕9号", "LCSJ")
    assert (draft.dated, draft.begins, draft.reasons) == (
        date(2026, 3, 23), date(2026, 3, 23), {OTHER: "符合产业导向。"},
    )  # fmt: skip
    assert filled(AnnouncementForm, term_first="2026-04-01").draft(ONE, {}).begins == date(2026, 4, 1)


def test_an_objection_becomes_a_draft():
    draft = filled(ObjectionForm).draft(OTHER)
    assert (draft.notice, draft.application, draft.received_on) == (OTHER, ONE, date(2026, 3, 17))
    assert (draft.received, draft.objector_kind) == (Received.LETTER, ObjectorKind.PERSON)
    assert (draft.objector, draft.objector_contact, draft.content) == ("周某某", "电话", "内容。")


def test_a_base_that_is_none_becomes_an_id_that_no_notice_holds():
    assert filled(ObjectionForm, application="x").draft(OTHER).application not in (ONE, OTHER)


@pytest.mark.parametrize(
    ("typed", "outcome"),
    [
        ("rejected", Outcome.REJECTED),
        ("upheld", Outcome.UPHELD),
        ("open", Outcome.OPEN),
        ("won", Outcome.OPEN),
    ],
)
def test_an_outcome_that_is_none_of_the_two_leaves_the_objection_open(typed, outcome):
    assert filled(HandlingForm, outcome=typed).chosen() is outcome


@pytest.mark.parametrize(
    ("value", "day"),
    [(None, None), (datetime(2026, 3, 4), date(2026, 3, 4)), (date(2026, 3, 4), date(2026, 3, 4))],
)
def test_a_day_is_a_day_however_it_is_held(value, day):
    assert as_day(value) == day
