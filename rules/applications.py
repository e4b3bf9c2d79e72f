"""The way of an application through Art. 9 to 12: its stages, who may take which step, and why one is refused.

`TRANSITIONS` is the one table: it drives the services, the buttons, the diagram of the docs and the tests.
A base's title is another matter (`rules/titles.py`): a certified base stays certified while its renewal is under way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from rules.access import Permission
from rules.choices import Choice
from rules.errors import Refusal
from rules.rule_sets.articles import ArticleRef
from rules.rule_sets.measures import Measures
from rules.words import N_

MOST_OPINION = 2000  # characters


class ApplicationKind(Choice):
    """What is applied for."""

    CERTIFICATION = "certification", N_("Certification"), "认定"
    RENEWAL = "renewal", N_("Renewal review"), "复核"


class Stage(Choice):
    """Where an application stands, in the order of the way."""

    DRAFT = "draft", N_("Being filled in"), "填报中"
    SUBMITTED = "submitted", N_("To be reviewed by the county"), "待初审"
    RETURNED = "returned", N_("Returned for correction"), "退回补正"
    REVIEWED = "reviewed", N_("To be recommended"), "待推荐"
    RECOMMENDED = "recommended", N_("Under expert review"), "专家评审"
    SCORED = "scored", N_("Preliminary result to be decided"), "待定初步结果"
    SELECTED = "selected", N_("To be put on public notice"), "待公示"
    ON_NOTICE = "on-notice", N_("On public notice"), "公示中"
    ANNOUNCED = "announced", N_("Announced"), "已公布"
    NOT_CERTIFIED = "not-certified", N_("Not certified"), "未通过"
    WITHDRAWN = "withdrawn", N_("Withdrawn"), "已撤回"


class Verb(Choice):
    """A step that somebody takes."""

    SUBMIT = "submit", N_("Submit"), "提交初审"
    RETURN = "return", N_("Return for correction"), "退回补正"
    PASS = "pass", N_("Pass the county review"), "初审合格"
    FAIL = "fail", N_("Fail the county review"), "初审不合格"
    RECOMMEND = "recommend", N_("Recommend"), "行文推荐"
    CONCLUDE = "conclude", N_("Conclude the expert review"), "完成评审"
    SELECT = "select", N_("Select for the notice"), "拟予认定"
    DECLINE = "decline", N_("Do not certify"), "不予认定"
    RECONSIDER = "reconsider", N_("Take up again"), "重新研究"
    OPEN_NOTICE = "open-notice", N_("Open the public notice"), "开始公示"
    ANNOUNCE = "announce", N_("Announce"), "公布"
    WITHDRAW = "withdraw", N_("Withdraw"), "撤回"
    TERMINATE = "terminate", N_("End by a decision on the title"), "因称号处理终止"


@dataclass(frozen=True)
class Transition:
    """Where a step leads, and the permission that it needs."""

    to: Stage
    permission: Permission


_WRITE, _REVIEW, _DECIDE = Permission.WRITE, Permission.REVIEW_APPLICATIONS, Permission.DECIDE_APPLICATIONS
TRANSITIONS: Mapping[tuple[Stage, Verb], Transition] = MappingProxyType(
    {
        # The base hands in, the clerk enters it (Art. 10, 11).
        (Stage.DRAFT, Verb.SUBMIT): Transition(Stage.SUBMITTED, _WRITE),
        (Stage.RETURNED, Verb.SUBMIT): Transition(Stage.SUBMITTED, _WRITE),
        # The county reviews, on site too, and recommends (Art. 12).
        (Stage.SUBMITTED, Verb.RETURN): Transition(Stage.RETURNED, _REVIEW),
        (Stage.SUBMITTED, Verb.PASS): Transition(Stage.REVIEWED, _REVIEW),
        (Stage.SUBMITTED, Verb.FAIL): Transition(Stage.NOT_CERTIFIED, _REVIEW),
        (Stage.REVIEWED, Verb.RECOMMEND): Transition(Stage.RECOMMENDED, _REVIEW),
        # The city has experts review, decides, publishes (Art. 12).
        (Stage.RECOMMENDED, Verb.CONCLUDE): Transition(Stage.SCORED, _DECIDE),
        (Stage.SCORED, Verb.SELECT): Transition(Stage.SELECTED, _DECIDE),
        (Stage.SCORED, Verb.DECLINE): Transition(Stage.NOT_CERTIFIED, _DECIDE),
        # Until it is public a decision may be taken up again; afterwards only by a new one.
        (Stage.SCORED, Verb.RECONSIDER): Transition(Stage.RECOMMENDED, _DECIDE),
        (Stage.SELECTED, Verb.RECONSIDER): Transition(Stage.SCORED, _DECIDE),
        (Stage.SELECTED, Verb.DECLINE): Transition(Stage.NOT_CERTIFIED, _DECIDE),
        (Stage.SELECTED, Verb.OPEN_NOTICE): Transition(Stage.ON_NOTICE, _DECIDE),
        (Stage.ON_NOTICE, Verb.DECLINE): Transition(Stage.NOT_CERTIFIED, _DECIDE),  # an objection upheld
        (Stage.ON_NOTICE, Verb.ANNOUNCE): Transition(Stage.ANNOUNCED, _DECIDE),
        # Until the county has recommended it, the base may take it back there; afterwards only the city records it.
        **{
            (stage, Verb.WITHDRAW): Transition(Stage.WITHDRAWN, _WRITE)
            for stage in (Stage.DRAFT, Stage.RETURNED)
        },
        **{
            (stage, Verb.WITHDRAW): Transition(Stage.WITHDRAWN, _REVIEW)
            for stage in (Stage.SUBMITTED, Stage.REVIEWED)
        },
        **{
            (stage, Verb.WITHDRAW): Transition(Stage.WITHDRAWN, _DECIDE)
            for stage in (Stage.RECOMMENDED, Stage.SCORED, Stage.SELECTED, Stage.ON_NOTICE)
        },
        # A title that is revoked or cancelled ends what its base has applied for (Art. 16, 18).
        **{
            (stage, Verb.TERMINATE): Transition(Stage.NOT_CERTIFIED, _DECIDE)
            for stage in (
                Stage.DRAFT,
                Stage.SUBMITTED,
                Stage.RETURNED,
                Stage.REVIEWED,
                Stage.RECOMMENDED,
                Stage.SCORED,
                Stage.SELECTED,
                Stage.ON_NOTICE,
            )
        },
    }
)
FINAL = frozenset({Stage.ANNOUNCED, Stage.NOT_CERTIFIED, Stage.WITHDRAWN})
# Steps that decide against somebody, or end something, say why.
WITH_REASON = frozenset({Verb.FAIL, Verb.DECLINE, Verb.WITHDRAW, Verb.RECONSIDER, Verb.TERMINATE})
# Steps that no clerk takes by themselves: another decision brings them.
BROUGHT = frozenset({Verb.TERMINATE})


def is_open(stage: Stage) -> bool:
    """Tell whether an application is under way; a base has at most one such."""
    return stage not in FINAL


def steps_from(stage: Stage) -> dict[Verb, Transition]:
    """Return the steps that a clerk may take from a stage."""
    return {
        verb: transition
        for (start, verb), transition in TRANSITIONS.items()
        if start is stage and verb not in BROUGHT
    }


def next_stage(stage: Stage, verb: Verb) -> Stage | None:
    """Return where a step leads; None when it cannot be taken from there."""
    transition = TRANSITIONS.get((stage, verb))
    return transition.to if transition else None


def refusals_to_step(stage: Stage, verb: Verb) -> tuple[Refusal, ...]:
    """Return why a step cannot be taken from a stage: nobody skips one."""
    if (stage, verb) in TRANSITIONS:
        return ()
    sentence = N_("This application stands at “%(stage)s”; “%(step)s” is not the next step.")
    return (Refusal(sentence, {"stage": stage, "step": verb}),)


# --- Applying ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Applicant:
    """What the records say of a base that wants to apply. `status` is the code of the base's status."""

    status: str
    title_last_day: date | None = None
    open_application: str = ""  # the round of the one under way
    operator_certified: str = ""  # another certified base of the same operator
    failed_in_round: bool = (
        False  # it was decided against an application of this base in the round asked about
    )


def is_certified(applicant: Applicant, today: date) -> bool:
    """Tell whether the title is valid today."""
    return (
        applicant.status == "certified"
        and applicant.title_last_day is not None
        and today <= applicant.title_last_day
    )


def refusals_to_apply(
    kind: ApplicationKind, applicant: Applicant, measures: Measures, *, round_open: bool, today: date
) -> tuple[Refusal, ...]:
    """Return why a base may not apply (Art. 16): a valid title, no year of expiry, an application under way.

    `today` decides on validity and on the year of expiry; `kind` is what it would apply for (`kind_for`).
    """
    refusals = []
    if not round_open:
        refusals.append(Refusal(N_("This round does not take applications today."), field="round"))
    if applicant.open_application:
        sentence = N_("The base already has an application under way (%(round)s).")
        refusals.append(Refusal(sentence, {"round": applicant.open_application}, field="base"))
    elif applicant.failed_in_round and not measures.second_renewal_try:
        sentence = N_("In this round it was decided on this base already: it may apply again in a later one.")
        refusals.append(Refusal(sentence, field="base"))
    last = applicant.title_last_day
    day = last.isoformat() if last else ""
    cited = {"article": ArticleRef(measures.articles.get("no_second_application", ""))}
    if kind is ApplicationKind.CERTIFICATION:
        if is_certified(applicant, today):
            sentence = N_("The base is certified until %(day)s and cannot apply anew (%(article)s).")
            refusals.append(Refusal(sentence, {"day": day, **cited}, field="base"))
        elif applicant.status == "certified":
            sentence = N_(
                "The title ended on %(day)s: decide on its renewal or cancellation first (%(article)s)."
            )
            refusals.append(Refusal(sentence, {"day": day, **cited}, field="base"))
        elif applicant.operator_certified:
            sentence = N_(
                "The operator still runs the certified base %(name)s and cannot apply anew (%(article)s)."
            )
            refusals.append(Refusal(sentence, {"name": applicant.operator_certified, **cited}, field="base"))
        return tuple(refusals)
    if applicant.status != "certified" or last is None:
        refusals.append(Refusal(N_("Only a certified base can apply for renewal."), field="base"))
    elif last.year != today.year:
        sentence = N_(
            "Renewal is applied for within the year of expiry; this title ends on %(day)s (%(article)s)."
        )
        refusals.append(Refusal(sentence, {"day": day, **cited}, field="base"))
    return tuple(refusals)


def kind_for(applicant: Applicant, today: date) -> ApplicationKind:
    """Return what a base would apply for today."""
    due = applicant.status == "certified" and applicant.title_last_day is not None
    return ApplicationKind.RENEWAL if due else ApplicationKind.CERTIFICATION


def refusals_of_base_type(base_type: str | None, measures: Measures) -> tuple[Refusal, ...]:
    """Return why a base cannot hand in yet: Art. 3 names the kinds of applicants, and it must be one of them."""
    if base_type:
        return ()
    article = ArticleRef(measures.articles.get("applicants", ""))
    sentence = N_(
        "The kind of applicant is missing (%(article)s): fill in “Base type” in the form of the base."
    )
    return (Refusal(sentence, {"article": article}, field="base_type"),)


# --- County review -----------------------------------------------------------------------------


@dataclass(frozen=True)
class OnSite:
    """The on-site check of Art. 12; `photos` counts the pictures kept with it."""

    checked_on: date | None = None
    people: str = ""
    findings: str = ""
    photos: int = 0


def refusals_to_pass(on_site: OnSite, *, submitted_on: date, today: date) -> tuple[Refusal, ...]:
    """Return why the county cannot find for or against a base yet: Art. 12 asks for an on-site check of each.

    `submitted_on` is the day on which it was handed in first.
    """
    refusals = []
    if on_site.checked_on is None:
        refusals.append(Refusal(N_("Enter the day of the on-site check."), field="checked_on"))
    elif not submitted_on <= on_site.checked_on <= today:
        sentence = N_("The on-site check lies between the submission (%(first)s) and today.")
        refusals.append(Refusal(sentence, {"first": submitted_on.isoformat()}, field="checked_on"))
    if not on_site.people.strip():
        refusals.append(Refusal(N_("Enter who took part in the on-site check."), field="people"))
    if not on_site.findings.strip():
        refusals.append(Refusal(N_("Enter what was found on site."), field="findings"))
    if not on_site.photos:
        refusals.append(Refusal(N_("Add at least one photo of the on-site check."), field="photos"))
    return tuple(refusals)


def refusals_to_return(reasons: Mapping[str, str], due: date | None, *, today: date) -> tuple[Refusal, ...]:
    """Return why an application cannot be returned like this: a reason an item, and a day to come back by.

    `reasons` says by item (a material's code, or `other`) what is to be corrected.
    """
    refusals = []
    if not any(text.strip() for text in reasons.values()):
        refusals.append(Refusal(N_("Say of at least one item what is to be corrected."), field="reasons"))
    if due is None:
        refusals.append(Refusal(N_("Enter the day by which it is to be corrected."), field="due"))
    elif due < today:
        refusals.append(Refusal(N_("The day by which it is to be corrected is past."), field="due"))
    return tuple(refusals)


def refusals_of_text(
    text: str, field: str, *, wanted: str = "", most: int = MOST_OPINION
) -> tuple[Refusal, ...]:
    """Return why a clerk's text cannot be kept: `wanted` is the sentence for a blank one, "" where blank is right."""
    if wanted and not text.strip():
        return (Refusal(wanted, field=field),)
    if len(text) > most:
        return (Refusal(N_("This text has at most %(most)d characters."), {"most": most}, field=field),)
    if any((ord(sign) < 32 and sign not in "\n\t\r") or 0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        return (Refusal(N_("This text holds a character that cannot be shown."), field=field),)
    return ()
