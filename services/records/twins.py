"""Whether another record has what should tell this one apart: the same company entered twice, under two codes."""

from collections.abc import Mapping
from typing import Any

from documents.kinds import RECORDS
from rules.errors import Refusal
from schema.collection import Collection
from services.shared.unit_of_work import UnitOfWork


def warning_of_twin(
    declaration: Collection, raw: Mapping[str, Any], before: Mapping[str, Any] | None, uow: UnitOfWork
) -> Refusal | None:
    """Return the warning that a record in the actor's scope is likely the one being written; None where none is.

    Of a change only one that touches what tells records apart is asked.
    """
    twins = declaration.twins
    if twins is None or any(raw.get(key) is None for key in twins.same[:2]):
        return None
    keys = (*twins.same, twins.but)
    if before is not None and all(raw.get(key) == before.get(key) for key in keys):
        return None
    document = RECORDS[declaration.name]
    wanted = {key: [raw.get(key)] for key in twins.same}
    for other in document.having_all(wanted, session=uow.session):
        if other["_id"] != raw["_id"] and document.is_visible(other, uow.actor):
            params = {"label": document.label_of(other), "code": str(other.get(twins.but) or "")}
            return Refusal(twins.message, params, field=twins.same[0])
    return None
