"""The register of earlier titles: titles older than the system, entered, corrected, and the register closed.

A new base brings its earlier title by form or workbook (`schema/bases.py`); here one is entered for a base that is here
already. Once an administrator has closed the register, both ways are shut; a wrong entry is corrected at any time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.desk.audit_entry import Change
from documents.publication.bases import papers_here
from documents.records.base import Base
from documents.records.title_register import COLLECTION, EARLIER_TITLES, StoredRegister, TitleRegister
from documents.revocation.decision import Decision
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.applications import refusals_of_text
from rules.errors import Refusal, Refused, Stale
from rules.titles import (
    UNCERTIFIED,
    TitleMove,
    TitleMover,
    TitleSource,
    refusals_to_correct,
    refusals_to_enter,
)
from rules.words import N_
from schema.file_places import EARLIER_TITLE
from services.records.records import update_within
from services.records.references import References
from services.shared.files import SentFile, write_with_file
from services.shared.paper_register import read_number
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_REASON = N_("Give the reason.")
_MOST_REASON = 500  # signs


@dataclass(frozen=True)
class EarlierTitle:
    """A title as its announcement gave it. `status` is a code of the bases' statuses; without one, nothing else counts.

    `first_day` None: the day of the announcement; `last_day` None: counted by the rule set of the first day.
    """

    status: str
    number: str = ""
    announced_on: date | None = None
    first_day: date | None = None
    last_day: date | None = None

    def values(self) -> dict[str, Any]:
        """Return what is stored of it. Refused when the number is none, or the announcement lies ahead."""
        if self.status == UNCERTIFIED:
            return {
                "status": UNCERTIFIED, "announced_on": None, "document_number": None, "title_first_day": None,
                "title_last_day": None, "title_source": None,
            }  # fmt: skip
        return {
            "status": self.status, "announced_on": self.announced_on,
            "document_number": read_number(self.number, "document_number"), "title_first_day": self.first_day,
            "title_last_day": self.last_day, "title_source": TitleSource.EARLIER.value,
        }  # fmt: skip


# --- The register itself -------------------------------------------------------------------------


def read_register() -> StoredRegister:
    """Return whether the register is open, since when and why. Raises Unavailable."""
    with reachable():
        return TitleRegister.stored()


def close_register(reason: str, *, version: int, actor: Actor, now: datetime) -> None:
    """Close the register: from now on a title comes from an announcement alone. Raises Refused, Stale, NotAllowed."""
    _set_register(False, reason, version, actor, now)


def reopen_register(reason: str, *, version: int, actor: Actor, now: datetime) -> None:
    """Open the register again. Raises Refused, Stale, NotAllowed."""
    _set_register(True, reason, version, actor, now)


def _set_register(is_open: bool, reason: str, version: int, actor: Actor, now: datetime) -> None:
    actor.demand(Permission.MANAGE_OFFICE)
    _demand_reason(reason)

    def work(uow: UnitOfWork) -> None:
        before = TitleRegister.stored(uow.session)
        if before["open"] == is_open:
            sentence = (
                N_("The register is open already.") if is_open else N_("The register is closed already.")
            )
            raise Refused(sentence)
        if before["version"] != version:
            raise Stale()
        after = {"_id": EARLIER_TITLES, "open": is_open, "reason": reason.strip()}
        uow.save(TitleRegister, before if before["version"] else None, after)
        action = "register-reopened" if is_open else "register-closed"
        uow.record(action, COLLECTION, EARLIER_TITLES, "", changes=[Change("reason", None, reason.strip())])

    in_one_transaction(work, actor=actor, now=now)


def _demand_reason(reason: str) -> None:
    refusals = refusals_of_text(reason, "reason", wanted=_REASON, most=_MOST_REASON)
    if refusals:
        raise Refused(*refusals)


# --- Its entries ---------------------------------------------------------------------------------


def refusals_of_entry(base: Mapping[str, Any], session: Any = None) -> tuple[Refusal, ...]:
    """Return why no earlier title may be entered for a stored base."""
    is_open = TitleRegister.stored(session)["open"]
    return refusals_to_enter(base["status"], papers_here(base["_id"], session), is_open=is_open)


def refusals_of_correction(
    base: Mapping[str, Any], status: str | None = None, session: Any = None
) -> tuple[Refusal, ...]:
    """Return why the title of a stored base may not be corrected; `status` None: as it stands."""
    return refusals_to_correct(
        base.get("title_source", ""), before=base["status"], after=status or base["status"],
        papers=papers_here(base["_id"], session), open_case=Decision.has_open_case(base["_id"], session=session),
    )  # fmt: skip


def enter_earlier_title(
    base_id: ObjectId,
    title: EarlierTitle,
    paper: SentFile | None,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    today: date,
) -> None:
    """Enter the title of a base that is here already and of which nothing else is known, with the announcement's paper.

    Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.RECORD_TITLES)
    if title.status == UNCERTIFIED:
        raise Refused(Refusal(N_("Choose a status from the list."), field="status"))
    values = _checked(title, today)
    if paper is None:
        raise Refused(Refusal(N_("Add the announcement's paper: the title stands on it."), field="paper"))

    def enter(uow: UnitOfWork) -> None:
        base = uow.find(Base, base_id, version=version)
        refusals = refusals_of_entry(base, uow.session)
        if refusals:
            raise Refused(*refusals)
        move = TitleMove(TitleMover.ENTRY, to=title.status)
        refs = References(actor, uow.session, title_move=move)
        update_within(uow, "bases", base_id, values, refs, version=version, action="title-entered")

    _with_paper(base_id, paper, enter, actor=actor, now=now)


def correct_earlier_title(
    base_id: ObjectId, title: EarlierTitle, paper: SentFile | None, *, reason: str, version: int, actor: Actor,
    now: datetime, today: date,
) -> None:  # fmt: skip
    """Mend a wrong entry, and say why; what stood before stays in the trail and the timeline.

    `paper` None: none is added. Raises Missing, Stale, Refused (also when nothing differs), NotAllowed.
    """
    actor.demand(Permission.RECORD_TITLES)
    _demand_reason(reason)
    values = _checked(title, today)

    def correct(uow: UnitOfWork) -> None:
        base = uow.find(Base, base_id, version=version)
        refusals = refusals_of_correction(base, title.status, uow.session)
        if refusals:
            raise Refused(*refusals)
        move = TitleMove(TitleMover.CORRECTION, to=title.status)
        refs = References(actor, uow.session, title_move=move)
        changed = update_within(
            uow,
            "bases",
            base_id,
            values,
            refs,
            version=version,
            action="title-corrected",
            note=reason.strip(),
        )
        if not changed:
            raise Refused(N_("The register says this already: nothing is to be corrected."))

    kept = None if title.status == UNCERTIFIED else paper  # what is taken out stands on nothing
    _with_paper(base_id, kept, correct, actor=actor, now=now)


def _checked(title: EarlierTitle, today: date) -> dict[str, Any]:
    values = title.values()
    if title.status != UNCERTIFIED and title.announced_on is None:
        raise Refused(Refusal(N_("Enter the day of the announcement."), field="announced_on"))
    if title.announced_on is not None and title.announced_on > today:
        sentence = N_("An earlier title was announced before today.")
        raise Refused(Refusal(sentence, field="announced_on"))
    return values


def _with_paper(
    base_id: ObjectId, paper: SentFile | None, work: Callable[[UnitOfWork], None], *, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """Do `work` and keep the paper with the base in one transaction; where it fails the paper is forgotten."""
    if paper is None:
        in_one_transaction(work, actor=actor, now=now)
        return
    write_with_file("bases", base_id, paper, work, slot=EARLIER_TITLE, field="paper", actor=actor, now=now)
