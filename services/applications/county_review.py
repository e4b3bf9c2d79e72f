"""The county's review of an application: on-site check, opinion, pass, fail or return for correction (Art. 12)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.desk.audit_entry import Change
from documents.records.fields import stored_day
from rules.access import Actor, Permission
from rules.applications import OnSite, Verb, refusals_of_text, refusals_to_pass, refusals_to_return
from rules.errors import Refused
from rules.materials import ON_SITE, Material
from services.applications.steps import (
    OPINION,
    Raw,
    at_version,
    count_files,
    demand_step,
    keep_changed,
    moment_of,
    take_step,
)
from services.shared.office_day import office_day
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

OTHER = "other"  # what is to be corrected is none of the ten materials
_MOST_PEOPLE = 200


def keep_on_site(
    application_id: ObjectId, on_site: OnSite, *, version: int, actor: Actor, now: datetime
) -> bool:
    """Keep the record of the on-site check, whole or not yet; return False when nothing differs.

    Its photos are files of the place `on-site`. Raises Missing, Stale, Refused, NotAllowed.
    """
    reasons = [
        *refusals_of_text(on_site.people, "people", most=_MOST_PEOPLE),
        *refusals_of_text(on_site.findings, "findings"),
    ]
    if reasons:
        raise Refused(*reasons)

    def work(uow: UnitOfWork) -> bool:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.PASS, actor)
        return _keep_on_site(uow, raw, on_site) is not None

    return in_one_transaction(work, actor=actor, now=now)


def _keep_on_site(uow: UnitOfWork, raw: Raw, on_site: OnSite) -> Raw | None:
    fresh = _plain(on_site)
    before = raw.get("review", {}).get("on_site", {})
    if fresh == before:
        return None
    changes = [
        Change(f"on_site.{key}", before.get(key), fresh.get(key))
        for key in ("checked_on", "people", "findings")
        if before.get(key) != fresh.get(key)
    ]
    kept = {**raw, "review": {**raw.get("review", {}), "on_site": fresh}}
    return keep_changed(uow, raw, kept, action="changed", changes=changes)


def _plain(on_site: OnSite) -> dict[str, Any]:
    day = {"checked_on": stored_day(on_site.checked_on)} if on_site.checked_on else {}
    return {**day, "people": on_site.people.strip(), "findings": on_site.findings.strip()}


def on_site_of(raw: Mapping[str, Any], photos: int) -> OnSite:
    """Return the stored record of an application's on-site check."""
    kept = raw.get("review", {}).get("on_site", {})
    checked = kept.get("checked_on")
    return OnSite(
        checked.date() if checked else None, kept.get("people", ""), kept.get("findings", ""), photos
    )


def review(
    application_id: ObjectId,
    verb: Verb,
    *,
    opinion: str,
    version: int,
    actor: Actor,
    now: datetime,
    today: date,
) -> None:
    """Find for (`Verb.PASS`) or against (`Verb.FAIL`) an application, after the on-site check.

    Raises Missing, Stale, Refused (no opinion, no check on site), NotAllowed.
    """
    if verb not in (Verb.PASS, Verb.FAIL):
        raise ValueError(verb)

    def work(uow: UnitOfWork) -> None:
        raw = at_version(uow, application_id, version)
        demand_step(raw, verb, actor)
        photos = count_files(application_id, uow).get(ON_SITE, 0)
        handed_in = moment_of(raw, Verb.SUBMIT) or now
        reasons = [
            *refusals_to_pass(
                on_site_of(raw, photos), submitted_on=_first_handed_in(raw, handed_in), today=today
            ),
            *refusals_of_text(opinion, "opinion", wanted=OPINION),
        ]
        if reasons:
            raise Refused(*reasons)
        found = {
            **raw.get("review", {}), "opinion": opinion.strip(), "result": verb.value, "at": uow.now,
            "by_name": uow.actor.name,
        }  # fmt: skip
        take_step(uow, raw, verb, opinion=opinion, values={"review": found})

    in_one_transaction(work, actor=actor, now=now)


def _first_handed_in(raw: Mapping[str, Any], otherwise: datetime) -> date:
    # Checked once, it need not be checked again because a paper was returned.
    first = next((line["at"] for line in raw["steps"] if line["verb"] == Verb.SUBMIT.value), otherwise)
    return office_day(first)


def return_for_correction(
    application_id: ObjectId, reasons: Mapping[str, str], due: date | None, *, opinion: str = "", version: int,
    actor: Actor, now: datetime, today: date,
) -> None:  # fmt: skip
    """Return an application: by item (a material's code, or `other`) what is to be corrected, and until when.

    Raises Missing, Stale, Refused, NotAllowed.
    """
    known = {material.value for material in Material} | {OTHER}
    given = {key: text.strip() for key, text in reasons.items() if key in known and text.strip()}
    refusals = list(refusals_to_return(given, due, today=today))
    for text in given.values():
        refusals += refusals_of_text(text, "reasons", most=500)
    if refusals:
        # Whether the step can be taken at all is said first.
        actor.demand(Permission.REVIEW_APPLICATIONS)

    def work(uow: UnitOfWork) -> None:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.RETURN, actor)
        if refusals:
            raise Refused(*refusals)
        back = {"reasons": given, "due": stored_day(due) if due else None, "at": uow.now}
        take_step(
            uow, raw, Verb.RETURN, opinion=opinion, values={"returned": back},
            more={"reasons": given, "due": back["due"]},
            changes=[Change(f"return.{key}", None, text) for key, text in given.items()],
        )  # fmt: skip

    in_one_transaction(work, actor=actor, now=now)
