"""The county's review of an application: on-site check, opinion, pass, fail or return for correction (Art. 12)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from bson import ObjectId

from documents.applications.application import (
    CountyReview,
    FrozenCheck,
    FrozenIndicator,
    OnSiteCheck,
    ReturnForCorrection,
    StoredApplication,
)
from documents.desk.audit_entry import Change
from documents.records.base import Base
from documents.records.fields import stored_day
from rules.access import Actor, Permission
from rules.applications import OnSite, Verb, refusals_of_text, refusals_to_pass, refusals_to_return
from rules.assessment.checklist import Checks, Condition, refusals_of_checks
from rules.assessment.counting import as_of
from rules.assessment.indicators import VERIFIED, Facts, assess
from rules.assessment.registration import registration_of
from rules.errors import Refusal, Refused
from rules.materials import ON_SITE, Material
from rules.shortfalls import refusals_to_go_on
from services.applications.rounds import ApplicationRound, measures_of, read_round
from services.applications.shortfall import shortfall_of
from services.applications.steps import (
    OPINION,
    at_version,
    count_files,
    demand_step,
    moment_of,
    save_application,
    take_step,
)
from services.applications.submission import plain_indicator
from services.assessment.checklist import Item, checks_within
from services.shared.files import files_of
from services.shared.office_day import office_day
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

OTHER = "other"  # what is to be corrected is none of the ten materials
_MOST_PEOPLE = 200
_MOST_REASON = 500


def save_on_site(
    application_id: ObjectId, on_site: OnSite, *, version: int, actor: Actor, now: datetime
) -> bool:
    """Save the record of the on-site check, whole or not yet; return False when nothing differs.

    Its photos are files of the place `on-site`. Raises Missing, Stale, Refused, NotAllowed.
    """
    refusals = refusals_of_on_site(on_site)
    if refusals:
        raise Refused(*refusals)

    def work(uow: UnitOfWork) -> bool:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.PASS, actor)
        return _save_on_site(uow, raw, on_site)

    return in_one_transaction(work, actor=actor, now=now)


def _save_on_site(uow: UnitOfWork, raw: StoredApplication, on_site: OnSite) -> bool:
    review = raw.get("review", {})
    after = stored_on_site(on_site)
    changes = changes_on_site(review.get("on_site", {}), after)
    if changes:
        reviewed: CountyReview = {**review, "on_site": after}
        save_application(uow, raw, {**raw, "review": reviewed}, action="changed", changes=changes)
    return bool(changes)


def changes_on_site(before: OnSiteCheck, after: OnSiteCheck) -> list[Change]:
    """Return in what two checks on site differ; a blank one and none at all do not."""
    return [
        Change(f"on_site.{key}", before.get(key), after.get(key))
        for key in ("checked_on", "people", "findings")
        if (before.get(key) or None) != (after.get(key) or None)
    ]


def refusals_of_on_site(on_site: OnSite) -> list[Refusal]:
    """Return why what was typed of a check on site cannot be kept."""
    return [
        *refusals_of_text(on_site.people, "people", most=_MOST_PEOPLE),
        *refusals_of_text(on_site.findings, "findings"),
    ]


def stored_on_site(on_site: OnSite) -> OnSiteCheck:
    """Return a check on site as it is stored; without a day there is no `checked_on`."""
    check: OnSiteCheck = {"people": on_site.people.strip(), "findings": on_site.findings.strip()}
    return {"checked_on": stored_day(on_site.checked_on), **check} if on_site.checked_on else check


def on_site_of(raw: StoredApplication, photos: int) -> OnSite:
    """Return the stored record of an application's on-site check."""
    check = raw.get("review", {}).get("on_site", {})
    checked_on = check.get("checked_on")
    return OnSite(
        checked_on.date() if checked_on else None, check.get("people", ""), check.get("findings", ""), photos
    )


def review(
    application_id: ObjectId, verb: Verb, *, opinion: str, on_site: OnSite | None = None, failing_reason: str = "",
    version: int, actor: Actor, now: datetime, today: date,
) -> None:  # fmt: skip
    """Find for (`Verb.PASS`) or against (`Verb.FAIL`) an application, after the on-site check.

    For it only when every operating condition was verified (Art. 6); what was found of them is frozen with it.
    `on_site` is the check as it was typed along with the opinion, None for the one that is stored already. A base that
    misses a condition passes only with `failing_reason`. All of it is stored, or nothing.
    Raises Missing, Stale, Refused (no opinion, no check on site, a condition not verified, no reason), NotAllowed.
    """
    if verb not in (Verb.PASS, Verb.FAIL):
        raise ValueError(verb)

    def work(uow: UnitOfWork) -> None:
        raw = at_version(uow, application_id, version)
        demand_step(raw, verb, actor)
        photos = count_files(application_id, uow).get(ON_SITE, 0)
        submitted_at = moment_of(raw, Verb.SUBMIT) or now
        check = replace(on_site, photos=photos) if on_site else on_site_of(raw, photos)
        refusals = [
            *refusals_to_pass(check, submitted_on=_first_submitted(raw, submitted_at), today=today),
            *refusals_of_on_site(check),
            *refusals_of_text(opinion, "opinion", wanted=OPINION),
        ]
        of_round = read_round(raw["round"], uow.session)
        checks, items = checks_within(uow, raw["base"], of_round.assessed_year)
        further = _further_now(uow, raw, of_round, checks, today)
        if verb is Verb.PASS:
            verified: StoredApplication = {**raw, "review": {**raw.get("review", {}), "further": further}}
            refusals += refusals_of_checks(checks)
            refusals += refusals_to_go_on(shortfall_of(verified), failing_reason)
        if refusals:
            raise Refused(*refusals)
        stored_check = stored_on_site(check)
        reviewed: CountyReview = {
            **raw.get("review", {}), "on_site": stored_check, "opinion": opinion.strip(), "result": verb.value,
            "at": uow.now, "by_name": uow.actor.name, "checks": _frozen_checks(uow, items, raw["base"]),
            "further": further,
        }  # fmt: skip
        take_step(
            uow, raw, verb, opinion=opinion, values={"review": reviewed}, failing_reason=failing_reason,
            changes=changes_on_site(raw.get("review", {}).get("on_site", {}), stored_check),
        )  # fmt: skip

    in_one_transaction(work, actor=actor, now=now)


def _frozen_checks(
    uow: UnitOfWork, items: Mapping[Condition, Item], base: ObjectId
) -> dict[str, FrozenCheck]:
    names = {entry["_id"]: entry["name"] for entry in files_of("bases", base, uow.actor, uow.session)}
    return {
        condition.value: {
            "state": item.state.value,
            "remark": item.remark,
            "files": [names[file] for file in item.files if file in names],
        }
        for condition, item in items.items()
    }


def _further_now(
    uow: UnitOfWork, raw: StoredApplication, of_round: ApplicationRound, checks: Checks, today: date
) -> list[FrozenIndicator]:
    """Return the indicators that the county verifies as they stand now: it does so after the hand-in."""
    base = uow.find(Base, raw["base"])
    facts = Facts(as_of(of_round.assessed_year, today), registration=registration_of(base), conditions=checks)
    measures = measures_of(of_round, today, uow.session)
    return [plain_indicator(line) for line in assess(facts, measures).further if line.key in VERIFIED]


def _first_submitted(raw: StoredApplication, otherwise: datetime) -> date:
    # Checked once, it need not be checked again because a paper was returned.
    first = next((step["at"] for step in raw["steps"] if step["verb"] == Verb.SUBMIT.value), otherwise)
    return office_day(first)


def return_for_correction(
    application_id: ObjectId, reasons: Mapping[str, str], due: date | None, *, opinion: str = "", version: int,
    actor: Actor, now: datetime, today: date,
) -> None:  # fmt: skip
    """Return an application: by item (a material's code, or `other`) what is to be corrected, and until when.

    Raises Missing, Stale, Refused, NotAllowed.
    """
    items = {material.value for material in Material} | {OTHER}
    given = {key: text.strip() for key, text in reasons.items() if key in items and text.strip()}
    refusals = list(refusals_to_return(given, due, today=today))
    for text in given.values():
        refusals += refusals_of_text(text, "reasons", most=_MOST_REASON)
    if refusals:
        # Whether the step can be taken at all is said first.
        actor.demand(Permission.REVIEW_APPLICATIONS)

    def work(uow: UnitOfWork) -> None:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.RETURN, actor)
        if refusals:
            raise Refused(*refusals)
        due_day = stored_day(due) if due else None
        returned: ReturnForCorrection = {"reasons": given, "due": due_day, "at": uow.now}
        take_step(
            uow, raw, Verb.RETURN, opinion=opinion, values={"returned": returned},
            more={"reasons": given, "due": due_day},
            changes=[Change(f"return.{key}", None, text) for key, text in given.items()],
        )  # fmt: skip

    in_one_transaction(work, actor=actor, now=now)
