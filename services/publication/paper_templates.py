"""The office's own templates of papers: tried before they are taken, kept with all that came before them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import Binary, ObjectId

from documents.desk.audit_entry import Change
from documents.publication.paper_template import PaperTemplate
from documents.server.connection import reachable
from office.papers.render import check_template
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused, Stale
from rules.papers import PaperKind
from rules.words import N_
from services.shared.files import clean_name
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

COLLECTION = "paper_templates"
_WITHOUT_DATA = {"data": 0}


@dataclass(frozen=True)
class KeptTemplate:
    """One change: a template put in use (`own`), or the return to the default. `size` in bytes."""

    kind: PaperKind
    version: int
    own: bool
    name: str
    size: int
    sha256: str
    when: datetime | None
    who: str


def kept_templates() -> dict[PaperKind, tuple[KeptTemplate, ...]]:
    """Return the changes of each kind that has any, the latest (in use) first: one command, without the files."""
    found: dict[PaperKind, tuple[KeptTemplate, ...]] = {}
    with reachable():
        rows = list(
            PaperTemplate._get_collection().find({}, _WITHOUT_DATA).sort([("kind", 1), ("version", -1)])
        )
    for raw in rows:
        one = _kept(raw)
        if one:
            found[one.kind] = (*found.get(one.kind, ()), one)
    return found


def template_for(kind: PaperKind) -> bytes | None:
    """Return the office's own template in use; None when the default one is."""
    with reachable():
        raw = PaperTemplate._get_collection().find_one({"kind": kind.value}, sort=[("version", -1)])
    data = raw.get("data") if raw else None
    return bytes(data) if data else None


def template_of_version(kind: PaperKind, version: int) -> tuple[KeptTemplate, bytes]:
    """Return a template that is or was in use. Raises Missing."""
    with reachable():
        raw = PaperTemplate._get_collection().find_one({"kind": kind.value, "version": version})
    one = _kept(raw) if raw else None
    if raw is None or one is None or not raw.get("data"):
        raise Missing()
    return one, bytes(raw["data"])


def put_template(
    kind: PaperKind, name: str, data: bytes, *, version: int, actor: Actor, now: datetime
) -> KeptTemplate:
    """Try a template with a sample and put it in use; `version` is the one that was read, 0 when there was none.

    Raises NotAllowed, Refused (with why it cannot be used: then nothing was changed), Stale.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    check_template(data, kind)
    digest = hashlib.sha256(data).hexdigest()

    def work(uow: UnitOfWork) -> KeptTemplate:
        before = _latest(kind, version, uow)
        if before and before.own and before.sha256 == digest:
            raise Refused(Refusal(N_("This very template is in use already."), field="file"))
        fields = {"name": clean_name(name), "data": Binary(data), "size": len(data), "sha256": digest}
        return _append(kind, version, fields, before, uow)

    return in_one_transaction(work, actor=actor, now=now)


def drop_template(kind: PaperKind, *, version: int, actor: Actor, now: datetime) -> None:
    """Go back to the default template. Raises NotAllowed, Missing (it is in use already), Stale."""
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> None:
        before = _latest(kind, version, uow)
        if before is None or not before.own:
            raise Missing(N_("The default template is in use already."))
        _append(kind, version, {}, before, uow)

    in_one_transaction(work, actor=actor, now=now)


def _latest(kind: PaperKind, version: int, uow: UnitOfWork) -> KeptTemplate | None:
    raw = PaperTemplate._get_collection().find_one(
        {"kind": kind.value}, _WITHOUT_DATA, sort=[("version", -1)], session=uow.session
    )
    if (raw["version"] if raw else 0) != version:
        raise Stale()
    return _kept(raw) if raw else None


def _append(
    kind: PaperKind, version: int, fields: Mapping[str, Any], before: KeptTemplate | None, uow: UnitOfWork
) -> KeptTemplate:
    row = {
        "_id": ObjectId(), "kind": kind.value, "version": version + 1, **fields, "uploaded_at": uow.now,
        "uploaded_by": uow.actor.id, "uploaded_by_name": uow.actor.name,
    }  # fmt: skip
    PaperTemplate._get_collection().insert_one(row, session=uow.session)
    after = _kept(row)
    assert after is not None
    old, new = (_flat(one) if one and one.own else {} for one in (before, after))
    changes = [Change(key, old.get(key), new.get(key)) for key in old | new if old.get(key) != new.get(key)]
    uow.record("changed", COLLECTION, kind.value, kind.zh, changes=changes)
    return after


def _flat(one: KeptTemplate) -> dict[str, Any]:
    """Return what the trail shows of a template; its digest proves which file it was."""
    return {"name": one.name, "size": one.size, "sha256": one.sha256}


def _kept(raw: Mapping[str, Any]) -> KeptTemplate | None:
    """Return a stored row; None for a kind that this edition does not know."""
    kind = next((kind for kind in PaperKind if kind.value == raw["kind"]), None)
    if kind is None:
        return None
    digest = raw.get("sha256") or ""
    return KeptTemplate(
        kind, raw["version"], bool(digest), raw.get("name") or "", raw.get("size") or 0, digest,
        raw.get("uploaded_at"), raw.get("uploaded_by_name") or "",
    )  # fmt: skip
