"""Every step by whoever may not take it, and every one that is not the next: refused, and nothing changes."""

from collections.abc import Callable
from typing import Any

import pytest
from bson import ObjectId

from rules.access import Actor
from rules.applications import TRANSITIONS, OnSite, Stage, Verb
from rules.errors import Missing, NotAllowed, Refused, Stale
from services.applications.county_review import return_for_correction, review, save_on_site
from services.applications.expert_review import conclude, put_expert
from services.applications.recommendation import LetterDraft, recommend
from services.applications.submission import submit, withdraw
from services.publication.announcement import AnnouncementDraft, announce
from services.publication.notice import NoticeDraft, decline, open_notice, reconsider, select
from tests.round_driver import (
    ANNOUNCED,
    CITY,
    CONTACT,
    REVIEWED,
    SCORED,
    SELECTED,
    drive,
    make_base,
    make_round,
    moment,
    stored,
    verify,
    version_of,
    versions_of,
)
from tests.services.applications.acts_of_a_round import (
    GUAN_CLERK,
    READER,
    SHEN,
    SHEN_CLERK,
    add_photo,
    expert,
    fill_in,
    whole,
)

pytestmark = pytest.mark.usefixtures("db")


Step = Callable[[ObjectId, Actor], object]
LETTERS = iter(range(1, 10_000))


def _letter(application: ObjectId, actor: Actor) -> object:
    draft = LetterDraft(stored(application)["round"], f"莘工信字〔2026〕{next(LETTERS)}号", ANNOUNCED)
    return recommend(draft, versions_of([application]), actor=actor, now=moment(ANNOUNCED), today=ANNOUNCED)


def _notice(application: ObjectId, actor: Actor) -> object:
    draft = NoticeDraft(stored(application)["round"], ANNOUNCED, CONTACT)
    return open_notice(draft, versions_of([application]), actor=actor, now=moment(ANNOUNCED), today=ANNOUNCED)


def _announce(application: ObjectId, actor: Actor) -> object:
    notice = stored(application).get("notice") or _any_notice()
    draft = AnnouncementDraft(notice, f"聊工信发〔2026〕{next(LETTERS)}号", ANNOUNCED)
    return announce(draft, versions_of([application]), actor=actor, now=moment(ANNOUNCED), today=ANNOUNCED)


def _any_notice() -> ObjectId:
    other = drive(
        make_base("kfq", f"陪衬园{next(LETTERS)}"), make_round(f"批次{next(LETTERS)}"), to=Stage.ON_NOTICE
    )
    return ObjectId(stored(other)["notice"])


def _review(verb: Verb) -> Step:
    def step(application: ObjectId, actor: Actor) -> object:
        review(application, verb, opinion="意见", version=version_of(application), actor=actor,
               now=moment(ANNOUNCED), today=ANNOUNCED)  # fmt: skip
        return None

    return step


STEPS: dict[Verb, Step] = {
    Verb.SUBMIT: lambda one, actor: submit(
        one, version=version_of(one), actor=actor, now=moment(ANNOUNCED), today=ANNOUNCED
    ),
    Verb.RETURN: lambda one, actor: return_for_correction(
        one, {"audit": "缺"}, ANNOUNCED, version=version_of(one), actor=actor, now=moment(ANNOUNCED), today=ANNOUNCED
    ),
    Verb.PASS: _review(Verb.PASS),
    Verb.FAIL: _review(Verb.FAIL),
    Verb.RECOMMEND: _letter,
    Verb.CONCLUDE: lambda one, actor: conclude(
        one, opinion="通过", version=version_of(one), actor=actor, now=moment(ANNOUNCED)
    ),
    Verb.SELECT: lambda one, actor: select(one, version=version_of(one), actor=actor, now=moment(ANNOUNCED)),
    Verb.DECLINE: lambda one, actor: decline(
        one, reason="理由", version=version_of(one), actor=actor, now=moment(ANNOUNCED)
    ),
    Verb.RECONSIDER: lambda one, actor: reconsider(
        one, reason="理由", version=version_of(one), actor=actor, now=moment(ANNOUNCED)
    ),
    Verb.OPEN_NOTICE: _notice,
    Verb.ANNOUNCE: _announce,
    Verb.WITHDRAW: lambda one, actor: withdraw(
        one, reason="理由", version=version_of(one), actor=actor, now=moment(ANNOUNCED)
    ),
}  # fmt: skip


@pytest.mark.parametrize("stage", Stage, ids=lambda one: one.value)
def test_no_step_outside_the_table_changes_anything(stage: Stage, db: Any) -> None:
    _any_notice()
    application = drive(make_base(SHEN, "试园"), make_round(), to=stage)
    for verb, step in STEPS.items():
        if (stage, verb) in TRANSITIONS:
            continue
        before = stored(application)
        with pytest.raises(Refused):
            step(application, CITY)
        assert stored(application) == before, verb
    assert whole()


@pytest.mark.parametrize(
    ("stage", "verb"),
    [pair for pair in TRANSITIONS if pair[1] is not Verb.TERMINATE],
    ids=lambda one: one.value,
)
def test_a_step_is_refused_to_whoever_may_not_take_it(stage: Stage, verb: Verb) -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=stage)
    if stage is Stage.DRAFT:
        fill_in(application)
    if stage is Stage.RECOMMENDED:
        for name in ("甲", "乙", "丙"):
            put_expert(
                application, expert(name), version=version_of(application), actor=CITY, now=moment(SCORED)
            )
    if stage is Stage.SUBMITTED:
        verify(stored(application)["base"])
        add_photo(application)
        found = OnSite(REVIEWED, "王明", "属实")
        save_on_site(application, found, version=version_of(application), actor=CITY, now=moment(REVIEWED))
    before = stored(application)
    permission = TRANSITIONS[(stage, verb)].permission
    for actor in (READER, GUAN_CLERK, SHEN_CLERK):
        if actor is SHEN_CLERK and actor.may(permission):
            continue
        with pytest.raises((NotAllowed, Missing)):
            STEPS[verb](application, actor)
        assert stored(application) == before
    STEPS[verb](application, SHEN_CLERK if SHEN_CLERK.may(permission) else CITY)
    assert stored(application)["stage"] == TRANSITIONS[(stage, verb)].to.value


def test_every_single_step_demands_the_version_that_was_read() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.SCORED)
    old = version_of(application) - 1
    for verb in (select, decline, reconsider):
        with pytest.raises(Stale):
            verb(application, reason="理由", version=old, actor=CITY, now=moment(SELECTED))
    assert stored(application)["stage"] == "scored"
