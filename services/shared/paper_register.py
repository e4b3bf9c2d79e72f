"""The register of official papers: a number belongs to one paper, for ever."""

import re
from datetime import date
from typing import Any

from bson import ObjectId

from documents.publication.paper import Paper
from documents.records.fields import stored_day
from office.excel.cell_codes import document_number_of
from rules.errors import Refusal, Refused
from rules.words import N_
from services.shared.unit_of_work import UnitOfWork


def read_number(text: str, field: str = "number") -> str:
    """Return a document number in the form of GB/T 9704. Refused when it is blank or none."""
    try:
        number = document_number_of(text)
    except Refused as problem:
        reason = problem.refusals[0]
        raise Refused(Refusal(reason.message, reason.params, field=field)) from problem
    if number is None:
        raise Refused(Refusal(N_("Enter the document number."), field=field))
    return number


def refusals_of_number(number: str, *, field: str = "number", session: Any = None) -> tuple[Refusal, ...]:
    """Return why a paper cannot bear this number: another one does."""
    held = Paper._get_collection().find_one({"_id": number}, session=session)
    if held is None:
        return ()
    params = {"number": number, "date": f"{held['dated']:%Y-%m-%d}"}
    sentence = N_("The document number %(number)s is already used, by a paper of %(date)s.")
    return (Refusal(sentence, params, field=field),)


def claim(
    uow: UnitOfWork, number: str, *, kind: str, dated: date, paper: ObjectId, field: str = "number"
) -> None:
    """Enter a number for a paper that is being made, in its transaction. Refused when it is used."""
    reasons = refusals_of_number(number, field=field, session=uow.session)
    if reasons:
        raise Refused(*reasons)
    row = {"_id": number, "kind": kind, "dated": stored_day(dated), "paper": paper}
    Paper._get_collection().insert_one(row, session=uow.session)


def next_certificate_numbers(uow: UnitOfWork, prefix: str, year: int, count: int) -> list[str]:
    """Return the next free certificate numbers of a year, e.g. LCSJ-2026-001; one transaction at a time sees them."""
    start = f"{prefix}-{year}-"
    clause = {"_id": {"$regex": "^" + re.escape(start)}, "kind": "certificate"}
    taken = [
        row["_id"].removeprefix(start) for row in Paper._get_collection().find(clause, session=uow.session)
    ]
    last = max((int(serial) for serial in taken if serial.isdecimal()), default=0)
    return [f"{start}{last + number:03d}" for number in range(1, count + 1)]
