"""Whether another record has what should tell this one apart: the same company entered twice, under two codes."""

from collections.abc import Mapping
from typing import Any

from documents.kinds import RECORDS
from rules.errors import Refusal
from schema.collection import Collection
from schema.field import Kind
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
    named = [key for key in twins.same if declaration.by_key[key].kind is Kind.NAMES]
    wanted = {key: [raw.get(key)] for key in twins.same if key not in named}
    for other in document.having_all(wanted, session=uow.session):
        if other["_id"] == raw["_id"] or not document.is_visible(other, uow.actor):
            continue
        if all(_names(raw, key) == _names(other, key) for key in named):
            params = {"label": document.label_of(other), "code": str(other.get(twins.but) or "")}
            about = (declaration.name, other["_id"])
            return Refusal(twins.message, params, field=twins.same[0], about=about)
    return None


def _names(raw: Mapping[str, Any], key: str) -> frozenset[str]:
    return frozenset(str(one.get("name") or "") for one in raw.get(key) or ())
