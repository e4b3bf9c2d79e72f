"""The sample office with a round in it: an application of 莘县 at each stage, and papers of every kind.

Made once in a session through the services; afterwards its rows are put back like the sample's own.
"""

from datetime import date
from io import BytesIO
from types import SimpleNamespace

from bson import ObjectId

from documents.publication.notice import Notice
from documents.records.fields import stored_day
from rules.applications import Stage
from services.publication.correction import correct
from services.shared.files import add_file
from tests import round_driver as driver
from tests.sample_office import MARK, PDF, SHEN, Office, with_more

FUTURE = date(2099, 6, 1)  # the first day of a notice that nobody outside the city bureau knows of yet


def with_round(office: Office) -> Office:
    """Return the sample office with the round; `office.shen.round` names what is in it.

    `round`, `at` (application by stage), `base_at`, `notice` (over, its one base not announced), `future` (a notice
    that begins in 2099), `announcement` with `announced`, `correction`, `objection` (open) and its `evidence`,
    `shown_elsewhere` (a file of a notice that was recorded as published elsewhere).
    """
    whole, office.shen.round = with_more(office, _make)
    return whole


def _make(office: Office) -> SimpleNamespace:
    round_id, at, base_at = driver.make_round(), {}, {}
    for stage in Stage:
        base_at[stage] = driver.make_base(SHEN, f"{MARK}{stage.zh}园")
        at[stage] = driver.drive(base_at[stage], round_id, to=stage)
    late = driver.drive(driver.make_base(SHEN, f"{MARK}将来园"), round_id, to=Stage.SELECTED)
    notice, announced = driver.stored(at[Stage.ON_NOTICE])["notice"], at[Stage.ANNOUNCED]
    announcement = driver.stored(announced)["announcement"]
    disputed = driver.drive(driver.make_base(SHEN, f"{MARK}异议园"), round_id, to=Stage.ON_NOTICE)
    objection = driver.object_to(disputed, objector=f"{MARK}人")
    day, letter = driver.ANNOUNCED, f"{MARK}来信.pdf"
    evidence = add_file(
        "objections", objection, letter, BytesIO(PDF), actor=driver.CITY, now=driver.moment(day)
    )
    correction = correct(
        announcement, "名单以附件为准。", dated=day, actor=driver.CITY, now=driver.moment(day), today=day
    )
    recorded = driver.drive(driver.make_base(SHEN, f"{MARK}补录园"), round_id, to=Stage.SELECTED)
    driver.record_elsewhere([recorded])
    shown = office.db["attachments"].find_one({"collection": "notices"})
    assert shown
    return SimpleNamespace(
        id=round_id, shown_elsewhere=shown["_id"], at=at, base_at=base_at, notice=notice,
        announcement=announcement, announced=announced, future=_put_off(driver.open_together([late])),
        correction=correction,
        disputed_notice=driver.stored(disputed)["notice"], disputed=disputed, objection=objection, evidence=evidence,
    )  # fmt: skip


def _put_off(notice: ObjectId) -> ObjectId:
    """Let a notice begin in 2099, for which no rule set is in force yet; return its id."""
    days = {key: stored_day(FUTURE) for key in ("dated", "first_day", "last_day")}
    Notice.collection().update_one({"_id": notice}, {"$set": days})
    return notice


def version(application: ObjectId) -> str:
    """Return the version of an application, as a form sends it."""
    return str(driver.version_of(application))
