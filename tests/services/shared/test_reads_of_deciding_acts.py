"""What decides an act is read in the transaction that writes it: nothing may change between the two."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest

from rules.applications import Stage, Verb
from rules.materials import ON_SITE
from rules.rule_sets.measures import Level
from services.applications.county_review import OnSite, review, save_on_site
from services.publication.announcement import AnnouncementDraft, announce
from services.publication.correction import correct
from services.shared.files import add_file
from services.upward.recommendations import UpwardDraft, recommend_upwards
from tests.commands_asked import read_outside_transactions
from tests.round_driver import (
    ANNOUNCED,
    CITY,
    NOTICE_FIRST,
    PNG,
    REASON,
    REVIEWED,
    drive,
    make_base,
    make_round,
    moment,
    stored,
    verify,
    version_of,
    versions_of,
)
from tests.services.applications.acts_of_a_round import SHEN

TODAY = date(2026, 11, 24)
TITLE = {"status": "certified", "announced_on": date(2023, 12, 20), "document_number": "聊工信发〔2023〕9号"}


def test_an_announcement_and_a_correction(db: Any) -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.ON_NOTICE)
    notice, given = (
        stored(application)["notice"],
        {"actor": CITY, "now": moment(ANNOUNCED), "today": ANNOUNCED},
    )
    draft = AnnouncementDraft(notice, "聊工信发〔2026〕901号", ANNOUNCED, reasons={application: REASON})
    versions = versions_of([application])
    assert read_outside_transactions(db, lambda: announce(draft, versions, **given)) == set()

    def work() -> None:
        correct(notice, "运营主体名称应予更正。", dated=NOTICE_FIRST, **given)

    assert read_outside_transactions(db, work) == set()


def test_a_countys_review(db: Any) -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.SUBMITTED)
    verify(stored(application)["base"])
    add_file(
        "applications",
        application,
        "现场.png",
        BytesIO(PNG),
        slot=ON_SITE,
        actor=CITY,
        now=moment(REVIEWED),
    )
    found = OnSite(REVIEWED, "王明、李强", "场地、台账与申报材料一致。")
    save_on_site(application, found, version=version_of(application), actor=CITY, now=moment(REVIEWED))
    given = {
        "version": version_of(application),
        "actor": CITY,
        "now": moment(REVIEWED, 11),
        "today": REVIEWED,
    }

    def work() -> None:
        review(application, Verb.PASS, opinion="同意推荐。", failing_reason=REASON, **given)

    assert read_outside_transactions(db, work) == set()


def test_a_letter_upwards(db: Any, office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bases = tuple(office.base(name, **TITLE) for name in ("甲园", "乙园"))
    draft = UpwardDraft(bases, Level.PROVINCE, 2026, "聊工信发〔2026〕15号", date(2026, 6, 1))
    # The figures that are frozen beside it decide nothing, and are read before.
    monkeypatch.setattr("services.upward.recommendations._frozen_assessments", lambda *_: {})

    def work() -> None:
        recommend_upwards(draft, actor=office.city, now=office.now, today=TODAY)

    assert read_outside_transactions(db, work) == set()
