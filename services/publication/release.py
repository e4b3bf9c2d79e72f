"""The one door to the public: a paper goes through when of each personal number in it something was decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from documents.publication.notice import Notice
from office.files.screening import screen_file
from office.papers.paper_text import PaperText
from office.papers.screening import findings_in, treated_paper, treated_values, treated_words
from rules.errors import Refusal, Refused
from rules.personal_numbers import PersonalKind, values_in
from rules.publication import Contact
from rules.release import (
    UNREAD,
    Finding,
    Treated,
    Treatment,
    Treatments,
    refusals_to_release,
    refusals_to_release_file,
    release_note,
)
from rules.words import N_
from schema.settings import ADDRESS, EMAIL, TELEPHONE
from services.desk.settings import office_settings
from services.shared.unit_of_work import UnitOfWork

# Of the lines typed for one notice only these are the office's beyond doubt: a mobile may be anyone's.
_OF_AN_OFFICE = (PersonalKind.TELEPHONE, PersonalKind.EMAIL)
_LEFT = N_("What is left beside a removed number reads as a personal number: mask it instead.")


def numbers_to_decide(text: PaperText, contact: Contact | None = None) -> tuple[Finding, ...]:
    """Return the personal numbers in a paper that is to be published, but for the office's own.

    `contact` are the contact lines of this paper.
    """
    return findings_in(text, _own_numbers(contact))


def _own_numbers(contact: Contact | None) -> frozenset[str]:
    settings = office_settings()
    own = values_in(*(str(settings[line]) for line in (TELEPHONE, EMAIL, ADDRESS)))
    if contact is None:
        return own
    return own | values_in(contact.telephone, contact.email, contact.address, kinds=_OF_AN_OFFICE)


@dataclass(frozen=True)
class Released:
    """A paper as it was published: its title, and what the audit trail says of the numbers in it."""

    title: str
    note: str


def release(
    uow: UnitOfWork,
    notice: Mapping[str, Any],
    text: PaperText,
    treatments: Treatments,
    contact: Contact | None = None,
) -> Released:
    """Publish a paper with its words and its list as they may be read.

    `notice` is the row without its title and words. Raises Refused while anything is undecided, with the key of the
    number as the field of each reason.
    """
    treated = as_released(text, treatments, contact)
    findings = numbers_to_decide(text, contact)
    values = treated_values(findings, treatments)
    entries = [_entry(entry, values) for entry in notice["entries"]]
    row = {**notice, "title": treated.title, "text": treated.stored(), "entries": entries}
    if "elsewhere" in row:
        row["elsewhere"] = {**row["elsewhere"], "where": treated_words(row["elsewhere"]["where"], values)}
    Notice.publish(row, uow.session)
    return Released(treated.title, release_note(findings, treatments))


def as_released(text: PaperText, treatments: Treatments, contact: Contact | None = None) -> PaperText:
    """Return a paper as it may be read. Raises what `release` does."""
    allowed = _own_numbers(contact)
    findings = findings_in(text, allowed)
    refusals = refusals_to_release(findings, treatments)
    if refusals:
        raise Refused(*refusals)
    treated = treated_paper(text, findings, treatments, allowed)
    values = treated_values(findings, treatments)
    kept = {value for value, done in values.items() if done.treatment is Treatment.KEEP}
    if findings_in(treated, allowed | kept):
        raise Refused(Refusal(_LEFT))
    return treated


def release_file(path: Path, treatments: Treatments) -> str:
    """Let a file become public, and return what the audit trail is to say of it.

    Nothing publishes a file as yet: papers are rendered from their words. Whatever comes to do so calls this first.
    Raises Refused while a number in it or what could not be read of it is undecided.
    """
    screening = screen_file(path, _own_numbers(None))
    refusals = refusals_to_release_file(screening.findings, screening.unread, treatments)
    if refusals:
        raise Refused(*refusals)
    notes = [release_note(screening.findings, treatments)]
    if screening.unread:
        notes.append(f"未能识读 {len(screening.unread)} 处（{treatments[UNREAD].reason.strip()}）")
    return "；".join(note for note in notes if note)


def _entry(entry: Mapping[str, Any], values: Mapping[str, Treated]) -> dict[str, Any]:
    names = {
        name: treated_words(entry[name], values) for name in ("base_name", "operator") if entry.get(name)
    }
    return {**entry, **names}
