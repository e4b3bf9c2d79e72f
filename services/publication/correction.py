"""Corrections: what is published stays as it is, and a new paper says what was wrong with it (Art. 12)."""

from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.publication.notice import COLLECTION, Notice, StoredNotice
from documents.records.fields import stored_day
from office.papers.facts import CorrectionFacts
from office.papers.paper_text import PaperText
from office.papers.texts import correction
from rules.access import Actor, Permission
from rules.applications import refusals_of_text
from rules.errors import Refusal, Refused
from rules.publication import NoticeKind
from rules.release import NOTHING_DECIDED, Treatments
from rules.words import N_
from services.assessment.rule_sets import recorded_set
from services.publication.release import as_released, release
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_MOST_CORRECTION = 2000


def correction_text(
    notice: StoredNotice, words: str, dated: date, *, today: date, session: Any = None
) -> PaperText:
    """Return a correction as it would read. Raises Refused for a blank text or a date out of order."""
    refusals = list(
        refusals_of_text(words, "words", wanted=N_("Say what is corrected."), most=_MOST_CORRECTION)
    )
    if dated < notice["dated"].date():
        refusals.append(Refusal(N_("A correction is not dated before the paper it corrects."), field="dated"))
    if dated > today:
        refusals.append(Refusal(N_("A correction cannot be dated in the future."), field="dated"))
    if refusals:
        raise Refused(*refusals)
    facts = CorrectionFacts(
        measures=recorded_set(notice.get("rule_set"), notice["dated"].date(), session), old_title=notice["title"],
        old_date=notice["dated"].date(), old_number=notice.get("number") or "",
        correction=words.replace("\r\n", "\n").strip(), dated=dated,
    )  # fmt: skip
    return correction(facts)


def correct(
    notice_id: ObjectId,
    words: str,
    *,
    dated: date,
    actor: Actor,
    now: datetime,
    today: date,
    treatments: Treatments = NOTHING_DECIDED,
) -> ObjectId:
    """Publish a correction: a new paper that names the old one, which stays as it is. Return its id.

    `treatments` say what becomes of the personal numbers in it.

    The same correction sent twice at once is published once. Raises Missing, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)

    def work(uow: UnitOfWork) -> ObjectId:
        notice = Notice.read(notice_id, uow.session)
        text = correction_text(notice, words, dated, today=today, session=uow.session)
        if Notice.has_correction(notice_id, as_released(text, treatments).stored(), uow.session):
            raise Refused(Refusal(N_("This correction is published already."), field="words"))
        correction_id = ObjectId()
        row = {
            "_id": correction_id, "kind": NoticeKind.CORRECTION.value,
            "round": notice.get("round"), "rule_set": notice.get("rule_set"),
            "dated": stored_day(dated), "first_day": stored_day(dated), "corrects": notice_id, "entries": [],
            "published_at": uow.now, "published_by": uow.actor.name,
        }  # fmt: skip
        released = release(uow, row, text, treatments)
        counties = sorted({entry["county"] for entry in notice["entries"]})
        uow.record(
            "corrected", COLLECTION, correction_id, released.title, counties=counties, note=released.note
        )
        return correction_id

    return in_one_transaction(work, actor=actor, now=now)
