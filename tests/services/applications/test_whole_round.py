"""A whole round by the services, from the call to the announcement."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest

from documents.applications.letter import Letter
from rules.applications import OnSite, Stage, Verb
from rules.materials import Material
from rules.publication import Outcome
from services.applications.county_review import OTHER, return_for_correction, review, save_on_site
from services.applications.submission import submit
from services.publication.notice import select
from services.publication.objections import decide_objection
from services.shared.files import add_file
from tests.round_driver import (
    ANNOUNCED,
    CITY,
    REVIEWED,
    SELECTED,
    announce_together,
    drive,
    let_meet,
    make_base,
    make_renewable,
    make_round,
    moment,
    object_to,
    open_together,
    recommend_together,
    stored,
    version_of,
)
from tests.sample_office import PDF
from tests.services.applications.acts_of_a_round import (
    GUAN,
    GUAN_CLERK,
    SHEN,
    SHEN_CLERK,
    add_photo,
    base_of,
    check_and_pass,
    score,
    whole,
)

pytestmark = pytest.mark.usefixtures("db")


def test_a_round_from_call_to_announcement(db: Any) -> None:
    """Six bases of three counties: one returned and resubmitted, one failed, one objected to, one renewed."""
    one = make_round()
    names = [
        (GUAN, "冠县甲园"),
        (GUAN, "冠县乙园"),
        (SHEN, "莘县甲园"),
        (SHEN, "莘县乙园"),
        ("kfq", "开发区园"),
    ]
    fresh = [drive(make_base(county, name), one, to=Stage.SUBMITTED) for county, name in names]
    renewed = drive(make_renewable("kfq", "复核园"), one, to=Stage.REVIEWED)
    returned, failed = fresh[1], fresh[3]
    return_for_correction(
        returned, {Material.AUDIT.value: "缺盖章", OTHER: "目录不清"}, date(2026, 3, 10), version=version_of(returned),
        actor=GUAN_CLERK, now=moment(date(2026, 3, 4)), today=date(2026, 3, 4),
    )  # fmt: skip
    add_file(
        "applications",
        returned,
        "审计.pdf",
        BytesIO(PDF),
        slot="audit",
        actor=GUAN_CLERK,
        now=moment(REVIEWED),
    )
    submit(
        returned,
        version=version_of(returned),
        actor=GUAN_CLERK,
        now=moment(date(2026, 3, 4), 15),
        today=date(2026, 3, 4),
    )
    let_meet([*fresh, renewed])
    for application in (*fresh[:3], fresh[4]):
        check_and_pass(application)
    add_photo(failed)
    save_on_site(
        failed,
        OnSite(REVIEWED, "王明", "无服务场所"),
        version=version_of(failed),
        actor=CITY,
        now=moment(REVIEWED),
    )
    review(failed, Verb.FAIL, opinion="不具备服务场所", version=version_of(failed), actor=SHEN_CLERK,
           now=moment(REVIEWED), today=REVIEWED)  # fmt: skip
    letter = recommend_together(fresh[:2], number="冠工信字[2026]12号")
    recommend_together([fresh[2]], number="莘工信字〔2026〕3号")
    recommend_together([fresh[4], renewed], number="聊开经发〔2026〕8号")
    assert Letter.read(letter, GUAN_CLERK)["number"] == "冠工信字〔2026〕12号"
    going = [*fresh[:3], fresh[4], renewed]
    for application in going:
        score(application)
        select(application, version=version_of(application), actor=CITY, now=moment(SELECTED))
    notice = open_together(going)
    objected = object_to(fresh[2])
    paper = announce_together([*fresh[:2], fresh[4], renewed], number="聊工信发〔2026〕20号")

    published = db["notices"].find_one({"_id": paper})
    assert [entry["base_name"] for entry in published["entries"]] == [
        "冠县甲园",
        "冠县乙园",
        "复核园",
        "开发区园",
    ]
    assert published["answers"] == notice
    # A renewal's term follows the one that it renews (Art. 16).
    terms = {"复核园": (date(2026, 12, 20), date(2031, 12, 19))}
    numbers = [entry["certificate_number"] for entry in published["entries"]]
    assert numbers == [f"LCSJ-2026-00{n}" for n in range(1, 5)]
    for entry in published["entries"]:
        base = db["bases"].find_one({"_id": entry["base"]})
        assert (base["status"], base["document_number"]) == ("certified", "聊工信发〔2026〕20号")
        assert base["certificate_number"] == entry["certificate_number"]
        days = terms.get(base["name"], (ANNOUNCED, date(2031, 3, 22)))
        assert (base["title_first_day"].date(), base["title_last_day"].date()) == days
        assert (entry["term_first"].date(), entry["term_last"].date()) == days
        assert stored(entry["application"])["stage"] == "announced"
    again = db["bases"].find_one({"name": "复核园"})
    assert [term["title_last_day"].date() for term in again["earlier_terms"]] == [date(2026, 12, 19)]
    assert (stored(fresh[2])["stage"], stored(failed)["stage"]) == ("on-notice", "not-certified")
    assert base_of(fresh[2])["status"] == "uncertified"

    decide_objection(objected, Outcome.REJECTED, handling="经核查属实无误", decided_on=ANNOUNCED, version=1,
                     actor=CITY, now=moment(ANNOUNCED), today=ANNOUNCED)  # fmt: skip
    last = announce_together([fresh[2]], number="聊工信发〔2026〕21号")
    words = [db["notices"].find_one({"_id": one})["text"]["paragraphs"][0]["text"] for one in (paper, last)]
    assert "现将公示无异议的2026年度" in words[0]
    assert "现将提出异议经核查异议不成立的1家2026年度" in words[1]
    assert base_of(fresh[2])["certificate_number"] == "LCSJ-2026-005"
    assert [line["verb"] for line in stored(returned)["steps"]] == [
        "submit", "return", "submit", "pass", "recommend", "conclude", "select", "open-notice", "announce",
    ]  # fmt: skip
    assert whole()
