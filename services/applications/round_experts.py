"""The experts of a round: whose bases they are given, and the private link of each, without an account (Art. 12)."""

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from bson import ObjectId

from documents.applications.application import COLLECTION as APPLICATIONS
from documents.applications.application import Application, StoredApplication
from documents.applications.round import COLLECTION, Round, StoredRound, StoredRoundExpert
from documents.desk.audit_entry import Change
from documents.records.attachment import StoredAttachment, open_bytes
from documents.records.fields import stored_day
from documents.server.connection import reachable
from rules.access import Actor, Permission, Role
from rules.applications import Stage, Verb, refusals_of_text, refusals_to_step
from rules.errors import Missing, Refusal, Refused, Stale
from rules.innovations import SLOTS as INNOVATIONS
from rules.materials import FORM, ON_SITE, Material
from rules.requests.origin import Origin
from rules.scoring import refusals_of_own_base
from rules.words import N_
from services.applications.expert_review import (
    MOST_EXPERTS,
    MOST_NAME,
    MOST_ORGANIZATION,
    Expert,
    refusals_of_expert,
    stored_expert,
)
from services.applications.rounds import ApplicationRound, as_round, read_round
from services.applications.score_grid import as_expert, mark_of
from services.applications.steps import save_application, stage_of
from services.shared.files import files_of
from services.shared.office_day import office_day
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_LINK_BYTES = 32
_ANONYMOUS = "评审专家"
_READER = Actor("expert", "expert", Role.READER)
# What others wrote of a base, its scores and what is decided, no expert sees.
_SHOWN_PLACES = frozenset({*(material.value for material in Material), FORM, ON_SITE, *INNOVATIONS})
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_LINES = re.compile(r"[，,、;；\t]")
_CHOOSE = N_("Choose at least one application.")


@dataclass(frozen=True)
class Named:
    """An expert as the office names them."""

    name: str
    organization: str = ""


def named_in(text: str) -> tuple[Named, ...]:
    """Read a list of experts, one a line: the name, and after a comma or a tab the organisation."""
    lines = [
        [part.strip() for part in _LINES.split(line, maxsplit=1)]
        for line in text.splitlines()
        if line.strip()
    ]
    return tuple(Named(*parts) for parts in lines)


def experts_given(round_id: ObjectId, *, actor: Actor) -> list[StoredRoundExpert]:
    """Return the experts of a round, as they were added. Raises Missing, NotAllowed."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    with reachable():
        return list(Round.read(round_id).get("experts", []))


def give_experts(
    round_id: ObjectId, experts: Sequence[Named], applications: Iterable[ObjectId], *, version: int, actor: Actor,
    now: datetime,
) -> int:  # fmt: skip
    """Give experts bases of a round to score: several at once; one who is there already has these bases afterwards.

    Return how many they are. Raises Missing, Stale, Refused (nobody, nothing, too many, their own base), NotAllowed.
    """
    chosen = list(dict.fromkeys(applications))
    refusals = _refusals_of_names(experts)
    if not chosen:
        refusals.append(Refusal(_CHOOSE, field="applications"))
    if refusals:
        raise Refused(*refusals)

    def change(uow: UnitOfWork, before: StoredRound) -> tuple[list[StoredRoundExpert], list[Change]]:
        bases = _under_review(uow, round_id, chosen)
        own = [
            refusal
            for expert in experts
            for raw in bases
            for refusal in refusals_of_own_base(
                expert.organization, base_name=raw["base_name"], operator=raw.get("operator", "")
            )
        ]
        if own:
            raise Refused(*(Refusal(refusal.message, refusal.params, "experts") for refusal in own))
        there = {entry["name"]: entry for entry in before.get("experts", [])}
        for expert in experts:
            entry: StoredRoundExpert = there.get(expert.name) or {
                "key": secrets.token_hex(6),
                "name": expert.name,
            }
            there[expert.name] = {
                **entry, "organization": expert.organization or entry.get("organization", ""), "applications": chosen,
            }  # fmt: skip
        if len(there) > MOST_EXPERTS:
            raise Refused(Refusal(N_("There are too many experts."), field="experts"))
        words = "、".join(raw["base_name"] for raw in bases)
        return list(there.values()), [
            Change("experts", None, f"{expert.name}：{words}") for expert in experts
        ]

    _change_experts(round_id, version, change, "experts-given", actor, now)
    return len(experts)


def _refusals_of_names(experts: Sequence[Named]) -> list[Refusal]:
    refusals = [] if experts else [Refusal(N_("Enter the expert's name."), field="experts")]
    for expert in experts:
        refusals += refusals_of_text(
            expert.name, "experts", wanted=N_("Enter the expert's name."), most=MOST_NAME
        )
        refusals += refusals_of_text(expert.organization, "experts", most=MOST_ORGANIZATION)
    if len({expert.name for expert in experts}) != len(experts):
        refusals.append(Refusal(N_("An expert stands there twice."), field="experts"))
    return refusals


def _under_review(uow: UnitOfWork, round_id: ObjectId, chosen: Sequence[ObjectId]) -> list[StoredApplication]:
    bases = [raw for raw in Application.of_ids(chosen, uow.session) if uow.actor.sees(raw["county"])]
    if len(bases) != len(chosen) or any(raw["round"] != round_id for raw in bases):
        raise Missing()
    for raw in bases:
        if refusals := refusals_to_step(stage_of(raw), Verb.CONCLUDE):
            raise Refused(*(Refusal(reason.message, reason.params, "applications") for reason in refusals))
    return bases


def remove_expert_of_round(
    round_id: ObjectId, key: str, *, version: int, actor: Actor, now: datetime
) -> None:
    """Take an expert off the list of a round, and the link with them; scores that were given stay.

    Raises Missing, Stale, NotAllowed.
    """

    def change(uow: UnitOfWork, before: StoredRound) -> tuple[list[StoredRoundExpert], list[Change]]:
        removed = _of_key(before, key)
        kept = [entry for entry in before["experts"] if entry["key"] != key]
        return kept, [Change("experts", removed["name"], None)]

    _change_experts(round_id, version, change, "expert-removed", actor, now)


def make_link(
    round_id: ObjectId, key: str, *, until: date | None, version: int, actor: Actor, now: datetime
) -> str:
    """Make the private link of an expert, valid until a day; return its secret, which is stored nowhere.

    An earlier one is worth nothing any more. Raises Missing, Stale, Refused (no day, a day past), NotAllowed.
    """
    if until is None:
        raise Refused(Refusal(N_("Enter until when the link is valid."), field="until"))
    if until < office_day(now):
        raise Refused(Refusal(N_("The link would be over already: choose a later day."), field="until"))
    secret = secrets.token_urlsafe(_LINK_BYTES)

    def change(uow: UnitOfWork, before: StoredRound) -> tuple[list[StoredRoundExpert], list[Change]]:
        if before.get("closed"):
            raise Refused(N_("The round is closed."))
        entry = _of_key(before, key)
        linked: StoredRoundExpert = {
            "key": key, "name": entry["name"], "organization": entry["organization"],
            "applications": entry["applications"], "token": _digest(secret), "until": stored_day(until),
            "linked_at": uow.now,
        }  # fmt: skip
        return _with(before, linked), [Change("expert_link", None, f"{entry['name']} {until.isoformat()}")]

    _change_experts(round_id, version, change, "expert-link-made", actor, now)
    return secret


def revoke_link(round_id: ObjectId, key: str, *, version: int, actor: Actor, now: datetime) -> None:
    """Take an expert's link back: it opens nothing from now on. Raises Missing, Stale, NotAllowed."""

    def change(uow: UnitOfWork, before: StoredRound) -> tuple[list[StoredRoundExpert], list[Change]]:
        entry = _of_key(before, key)
        if not entry.get("token") or entry.get("revoked_at"):
            raise Missing()
        return _with(before, {**entry, "revoked_at": uow.now}), [Change("expert_link", entry["name"], None)]

    _change_experts(round_id, version, change, "expert-link-revoked", actor, now)


_Changing = Callable[[UnitOfWork, StoredRound], tuple[list[StoredRoundExpert], list[Change]]]


def _change_experts(
    round_id: ObjectId, version: int, change: _Changing, action: str, actor: Actor, now: datetime
) -> None:
    actor.demand(Permission.DECIDE_APPLICATIONS)

    def work(uow: UnitOfWork) -> None:
        before = Round.read(round_id, uow.session)
        if before["version"] != version:
            raise Stale()
        experts, changes = change(uow, before)
        uow.save(Round, before, {**before, "experts": experts})
        uow.record(action, COLLECTION, round_id, before["name"], changes=changes)

    in_one_transaction(work, actor=actor, now=now)


def _of_key(stored_round: StoredRound, key: str) -> StoredRoundExpert:
    found = next((entry for entry in stored_round.get("experts", []) if entry["key"] == key), None)
    if found is None:
        raise Missing()
    return found


def _with(stored_round: StoredRound, entry: StoredRoundExpert) -> list[StoredRoundExpert]:
    return [entry if other["key"] == entry["key"] else other for other in stored_round.get("experts", [])]


# --- What the link opens ------------------------------------------------------------------------------


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class OpenedLink:
    """What an expert's link opens: the round, who they are, the bases given to them, until when."""

    round: ApplicationRound
    key: str
    expert: Named
    applications: tuple[StoredApplication, ...]
    until: date

    def application(self, application_id: ObjectId) -> StoredApplication:
        """Return one of the bases given. Raises Missing."""
        found = next((raw for raw in self.applications if raw["_id"] == application_id), None)
        if found is None:
            raise Missing()
        return found


def open_link(secret: str, *, today: date, session: Any = None) -> OpenedLink:
    """Return what a link opens today. Raises Missing for one that is over, taken back, of a closed round, or none."""
    if not _TOKEN.fullmatch(secret):
        raise Missing()
    digest = _digest(secret)
    with reachable():
        found = Round.of_link(digest, session)
        if found is None:
            raise Missing()
        entry = next(entry for entry in found["experts"] if entry.get("token") == digest)
        until = entry["until"].date()
        if found.get("closed") or entry.get("revoked_at") or until < today:
            raise Missing()
        rows = {raw["_id"]: raw for raw in Application.of_ids(entry["applications"], session)}
    given = tuple(rows[one] for one in entry["applications"] if one in rows and _is_shown(rows[one]))
    return OpenedLink(
        as_round(found), entry["key"], Named(entry["name"], entry["organization"]), given, until
    )


def _is_shown(raw: StoredApplication) -> bool:
    return stage_of(raw) is Stage.RECOMMENDED


def entry_of(raw: StoredApplication, name: str) -> Expert | None:
    """Return what an expert has given a base so far; None for nothing."""
    entry = next((entry for entry in raw.get("experts", ()) if entry["name"] == name), None)
    return as_expert(entry) if entry is not None else None


def files_shown(raw: StoredApplication) -> list[StoredAttachment]:
    """Return the files of a base that its experts look at: what was handed in, and what the county saw on site."""
    return [
        entry
        for entry in files_of(APPLICATIONS, raw["_id"], _READER)
        if entry.get("slot", "") in _SHOWN_PLACES
    ]


def open_shown_file(opened: OpenedLink, file_id: ObjectId) -> tuple[StoredAttachment, IO[bytes]]:
    """Return a file that the holder of a link may read, and its bytes. Raises Missing."""
    for raw in opened.applications:
        for entry in files_shown(raw):
            if entry["_id"] == file_id:
                return entry, open_bytes(entry["stored"])
    raise Missing()


def score_by_link(
    secret: str, application_id: ObjectId, scores: Mapping[str, float | None], opinion: str, *, mark: str,
    origin: Origin, now: datetime,
) -> None:  # fmt: skip
    """Save the scores and the opinion of who holds a link, of a base given to them; `mark` is what they had read.

    The trail has the key and, with the scores, the name of the expert.
    Raises Missing (as `open_link`; another base), Stale, Refused.
    """
    opened = open_link(secret, today=office_day(now))
    # Who judged a base its county does not learn: the name stands with the scores, which are the city's to read.
    actor = Actor(f"expert:{opened.key}", _ANONYMOUS, Role.READER, origin=origin)

    def work(uow: UnitOfWork) -> None:
        link = open_link(secret, today=office_day(now), session=uow.session)
        raw = link.application(application_id)
        sheet = read_round(raw["round"], uow.session).sheet
        expert = Expert(link.expert.name, link.expert.organization, scores, opinion)
        names = {"base_name": raw["base_name"], "operator": raw.get("operator", "")}
        refusals = [
            *refusals_to_step(stage_of(raw), Verb.CONCLUDE), *refusals_of_expert(expert, sheet),
            *refusals_of_own_base(expert.organization, **names),
            *(() if opinion.strip() else (Refusal(N_("Enter the opinion."), field="opinion"),)),
        ]  # fmt: skip
        if refusals:
            raise Refused(*refusals)
        experts = list(raw.get("experts", ()))
        at = next((place for place, entry in enumerate(experts) if entry["name"] == expert.name), None)
        found = experts[at] if at is not None else None
        entry = stored_expert(expert, sheet)
        if mark_of(entry) == mark_of(found):
            return
        if mark_of(found) != mark:
            raise Stale()
        if at is None:
            experts.append(entry)
        else:
            experts[at] = entry
        was = f"{found['name']} {found['total']:g}" if found else None
        change = Change("experts", was, f"{entry['name']} {entry['total']:g}")
        save_application(uow, raw, {**raw, "experts": experts}, action="scored-by-link", changes=[change])

    in_one_transaction(work, actor=actor, now=now)
