"""The office's own templates of papers: tried before they are taken, kept with all that came before them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import Binary, ObjectId
from pymongo.client_session import ClientSession

from documents.desk.audit_entry import Change
from documents.publication.paper_template import PaperTemplate, StoredPaperTemplate
from documents.server.connection import reachable
from office.papers.render import check_template
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused, Stale
from rules.papers import PaperKind
from rules.words import N_
from schema.definitions.configuration import of_entry
from schema.definitions.configured import OwnTemplate
from services.shared.files import clean_name
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

COLLECTION = "paper_templates"


@dataclass(frozen=True)
class TemplateChange:
    """One change: a template put in use (`own`), or the return to the default. `size` in bytes."""

    kind: PaperKind
    version: int
    own: bool
    name: str
    size: int
    sha256: str
    when: datetime | None
    who: str


def template_changes() -> dict[PaperKind, tuple[TemplateChange, ...]]:
    """Return the changes of each kind that has any, the latest (in use) first: one command, without the files."""
    by_kind: dict[PaperKind, tuple[TemplateChange, ...]] = {}
    with reachable():
        rows = PaperTemplate.changes()
    for row in rows:
        change = _as_change(row)
        if change:
            by_kind[change.kind] = (*by_kind.get(change.kind, ()), change)
    return by_kind


def template_for(kind: PaperKind) -> bytes | None:
    """Return the office's own template in use; None when the default one is."""
    with reachable():
        row = PaperTemplate.latest(kind.value, with_data=True)
    data = row.get("data") if row else None
    return bytes(data) if data else None


def template_of_version(kind: PaperKind, version: int) -> tuple[TemplateChange, bytes]:
    """Return a template that is or was in use. Raises Missing."""
    with reachable():
        row = PaperTemplate.of_version(kind.value, version)
    change = _as_change(row) if row else None
    if row is None or change is None or not row.get("data"):
        raise Missing()
    return change, bytes(row["data"])


def put_template(
    kind: PaperKind, name: str, data: bytes, *, version: int, actor: Actor, now: datetime
) -> TemplateChange:
    """Try a template with a sample and put it in use; `version` is the one that was read, 0 when there was none.

    Raises NotAllowed, Refused (with why it cannot be used: then nothing was changed), Stale.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    check_template(data, kind)
    digest = digest_of(data)

    def work(uow: UnitOfWork) -> TemplateChange:
        before = _latest(kind, version, uow)
        if before and before.own and before.sha256 == digest:
            raise Refused(Refusal(N_("This very template is in use already."), field="file"))
        fields = StoredPaperTemplate(name=clean_name(name), data=Binary(data), size=len(data), sha256=digest)
        return _append(kind, version, fields, before, uow)

    return in_one_transaction(work, actor=actor, now=now)


def templates_in_use(session: ClientSession | None = None) -> dict[PaperKind, OwnTemplate]:
    """Return the office's own templates in use, with their files."""
    found: dict[PaperKind, OwnTemplate] = {}
    for kind in PaperKind:
        row = PaperTemplate.latest(kind.value, with_data=True, session=session)
        if row and row.get("data"):
            found[kind] = OwnTemplate(row.get("name") or "", bytes(row["data"]))
    return found


def try_templates(templates: Mapping[PaperKind, OwnTemplate]) -> None:
    """Try with samples those of a file's templates that are not in use; each takes seconds.

    Raises Refused with why one cannot be used, Unavailable.
    """
    with reachable():
        here = templates_in_use()
    for kind, template in templates.items():
        if kind in here and here[kind].data == template.data:
            continue
        try:
            check_template(template.data, kind)
        except Refused as refused:
            raise Refused(*of_entry(kind.zh, refused.refusals)) from refused


def put_templates(uow: UnitOfWork, templates: Mapping[PaperKind, OwnTemplate]) -> None:
    """Put in use those of a file's templates that are not; they were tried (`try_templates`)."""
    for kind, template in templates.items():
        row = PaperTemplate.latest(kind.value, with_data=False, session=uow.session)
        before, name = _as_change(row) if row else None, clean_name(template.name)
        digest = digest_of(template.data)
        if before and before.own and (before.sha256, before.name) == (digest, name):
            continue
        data = template.data
        fields = StoredPaperTemplate(name=name, data=Binary(data), size=len(data), sha256=digest)
        _append(kind, before.version if before else 0, fields, before, uow)


def digest_of(data: bytes) -> str:
    """Return what proves which file a template is."""
    return hashlib.sha256(data).hexdigest()


def drop_template(kind: PaperKind, *, version: int, actor: Actor, now: datetime) -> None:
    """Go back to the default template. Raises NotAllowed, Missing (it is in use already), Stale."""
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> None:
        before = _latest(kind, version, uow)
        if before is None or not before.own:
            raise Missing(N_("The default template is in use already."))
        _append(kind, version, {}, before, uow)

    in_one_transaction(work, actor=actor, now=now)


def _latest(kind: PaperKind, version: int, uow: UnitOfWork) -> TemplateChange | None:
    row = PaperTemplate.latest(kind.value, with_data=False, session=uow.session)
    if (row["version"] if row else 0) != version:
        raise Stale()
    return _as_change(row) if row else None


def _append(
    kind: PaperKind, version: int, fields: StoredPaperTemplate, before: TemplateChange | None, uow: UnitOfWork
) -> TemplateChange:
    row: StoredPaperTemplate = {
        "_id": ObjectId(), "kind": kind.value, "version": version + 1, **fields, "uploaded_at": uow.now,
        "uploaded_by": uow.actor.id, "uploaded_by_name": uow.actor.name,
    }  # fmt: skip
    PaperTemplate.append(row, uow.session)
    after = _as_change(row)
    assert after is not None
    old, new = (_flat(change) if change and change.own else {} for change in (before, after))
    changes = [Change(key, old.get(key), new.get(key)) for key in old | new if old.get(key) != new.get(key)]
    uow.record("changed", COLLECTION, kind.value, kind.zh, changes=changes)
    return after


def _flat(change: TemplateChange) -> dict[str, Any]:
    """Return what the trail shows of a template; its digest proves which file it was."""
    return {"name": change.name, "size": change.size, "sha256": change.sha256}


def _as_change(row: StoredPaperTemplate) -> TemplateChange | None:
    """Return a stored row; None for a kind that this edition does not know."""
    kind = next((kind for kind in PaperKind if kind.value == row["kind"]), None)
    if kind is None:
        return None
    digest = row.get("sha256") or ""
    return TemplateChange(
        kind, row["version"], bool(digest), row.get("name") or "", row.get("size") or 0, digest,
        row.get("uploaded_at"), row.get("uploaded_by_name") or "",
    )  # fmt: skip


# The former names, for the screen of the templates.
