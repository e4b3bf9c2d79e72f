"""The dictionary of statuses as a configuration's file brings it."""

import re
from collections.abc import Collection as Container
from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from documents.desk.audit_entry import Change
from documents.records.status import Status, StoredStatus
from rules.choices import Colour
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.definitions.configuration import of_entry
from schema.definitions.configured import StatusWord, refusal_of_name
from schema.registry import REGISTRY
from schema.statuses import STATUSES, open_collections
from services.shared.unit_of_work import UnitOfWork

Words = Mapping[str, Mapping[str, StatusWord]]
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_LETTERS, _MOST_ORDER = 20, 9999
NO_STATUSES = N_("There is no collection “%(collection)s” that has statuses.")
BAD_CODE = N_("“%(code)s” cannot be the code of a status: small letters, digits and _, a letter first.")
BAD_LABEL = N_("A status has a name of at most %(most)d characters in one line.")
BAD_ORDER = N_("The order is a number from 0 to %(most)d.")
DOUBLE = N_("Two statuses of one collection would be called “%(label)s”.")
CLOSED = N_("The statuses of these records are fixed by the Measures; new ones cannot be added.")
STAYS = N_("Whether a status is final stays where the rules speak of it.")


def statuses_by_code(session: ClientSession | None = None) -> dict[str, dict[str, StatusWord]]:
    """Return every word of the dictionary, by collection and code, in their order."""
    found: dict[str, dict[str, StatusWord]] = {}
    for row in Status.in_order(session):
        found.setdefault(row["collection"], {})[row["code"]] = _word_of(row)
    return found


def _word_of(row: StoredStatus) -> StatusWord:
    colour = next((one for one in Colour if one.value == row.get("colour")), Colour.GREY)
    final, public = bool(row.get("final")), bool(row.get("public"))
    return StatusWord(row["label"], colour, row.get("order", StatusWord("").order), final, public)


def put_statuses(uow: UnitOfWork, wanted: Words, new: Container[str]) -> None:
    """Add and change these words, codes included; those that are the same are left alone.

    They are judged as they stand together afterwards. `new` are own collections that the same transaction makes. Raises
    Refused.
    """
    rows: dict[str, dict[str, StoredStatus]] = {}
    for row in Status.in_order(uow.session):
        rows.setdefault(row["collection"], {})[row["code"]] = row
    for collection, words in wanted.items():
        declaration = REGISTRY.get(collection)
        if collection not in new and (declaration is None or not declaration.has_status):
            raise Refused(NO_STATUSES, collection=collection[:60])
        here = rows.get(collection, {})
        is_open = collection in new or collection in open_collections()
        for code, word in words.items():
            before = here.get(code)
            if before is not None and _word_of(before) == word:
                continue
            if reasons := _refusals(code, word, before, is_open=is_open):
                raise Refused(*of_entry(word.label or code, reasons))
        _demand_told_apart({code: _word_of(row) for code, row in here.items()} | dict(words))
        renamed = [row for code, row in here.items() if code in words and words[code].label != row["label"]]
        Status.free_labels([row["_id"] for row in renamed], uow.session)
        for code, word in words.items():
            _put(uow, collection, code, word, here.get(code))


def _refusals(
    code: str, word: StatusWord, before: StoredStatus | None, *, is_open: bool
) -> tuple[Refusal, ...]:
    reasons = list(refusal_of_name(word.label, _MOST_LETTERS, BAD_LABEL))
    if not 0 <= word.order <= _MOST_ORDER:
        reasons.append(Refusal(BAD_ORDER, {"most": _MOST_ORDER}))
    if before is None:
        if not is_open:
            reasons.append(Refusal(CLOSED))
        if not _CODE.fullmatch(code):
            reasons.append(Refusal(BAD_CODE, {"code": code[:40]}))
    elif before.get("needed") and bool(before.get("final")) is not word.final:
        reasons.append(Refusal(STAYS))
    return tuple(reasons)


def _demand_told_apart(words: Mapping[str, StatusWord]) -> None:
    labels = [word.label for word in words.values()]
    for label in labels:
        if labels.count(label) > 1:
            raise Refused(DOUBLE, label=label)


def _put(uow: UnitOfWork, collection: str, code: str, word: StatusWord, before: StoredStatus | None) -> None:
    old = _shown(_word_of(before)) if before else {}
    changes = [Change(key, old.get(key), value) for key, value in _shown(word).items()]
    changes = [change for change in changes if change.old != change.new]
    if not changes:
        return
    values: dict[str, Any] = {
        "label": word.label, "colour": word.colour.value, "order": word.order, "final": word.final,
        "public": word.public,
    }  # fmt: skip
    fresh = {"_id": ObjectId(), "collection": collection, "code": code, "needed": False}
    raw = uow.save(Status, before, {**(before or fresh), **values})
    uow.record("changed" if before else "created", STATUSES.name, raw["_id"], word.label, changes=changes)


def _shown(word: StatusWord) -> dict[str, Any]:
    """Return a word as the trail keeps it: a no as nothing."""
    return {
        "label": word.label, "colour": word.colour.value, "order": word.order, "final": word.final or None,
        "public": word.public or None,
    }  # fmt: skip
