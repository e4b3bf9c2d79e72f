"""The expert review: scores once each, corrected, taken away, averaged; kept from the county."""

from io import BytesIO

import pytest

from rules.applications import OnSite, Stage
from rules.errors import Missing, Refused
from services.applications.expert_review import (
    average_of,
    conclude,
    put_expert,
    remove_expert,
    save_expert_on_site,
)
from services.applications.rounds import read_round
from services.shared.files import add_file, files_by_slot, open_file
from tests.round_driver import CITY, SCORED, drive, make_base, make_round, moment, stored, version_of
from tests.sample_office import PDF
from tests.services.applications.acts_of_a_round import SHEN, SHEN_CLERK, expert

pytestmark = pytest.mark.usefixtures("db")


def test_experts_score_once_each_and_can_be_corrected() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.RECOMMENDED)
    for name, points in (("甲", 90), ("乙", 60)):
        put_expert(
            application, expert(name, points), version=version_of(application), actor=CITY, now=moment(SCORED)
        )
    with pytest.raises(Refused, match="entered already"):
        put_expert(application, expert("甲"), version=version_of(application), actor=CITY, now=moment(SCORED))
    with pytest.raises(Refused, match="At least 3 experts"):
        conclude(application, opinion="通过", version=version_of(application), actor=CITY, now=moment(SCORED))
    put_expert(application, expert("丙", 75), version=version_of(application), actor=CITY, now=moment(SCORED))
    put_expert(
        application,
        expert("乙", 66),
        place=1,
        version=version_of(application),
        actor=CITY,
        now=moment(SCORED),
    )
    put_expert(application, expert("丁", 0), version=version_of(application), actor=CITY, now=moment(SCORED))
    remove_expert(application, 3, version=version_of(application), actor=CITY, now=moment(SCORED))
    save_expert_on_site(application, OnSite(SCORED, "专家组", "属实"), version=version_of(application), actor=CITY,
                        now=moment(SCORED), today=SCORED)  # fmt: skip
    conclude(application, opinion="通过", version=version_of(application), actor=CITY, now=moment(SCORED))
    raw = stored(application)
    assert raw["conclusion"]["average"] == 77 == average_of(raw, read_round(raw["round"]).sheet).value  # type: ignore[union-attr]


def test_single_scores_and_objections_are_kept_from_the_county() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.RECOMMENDED)
    sheet = add_file(
        "applications",
        application,
        "评分表.pdf",
        BytesIO(PDF),
        slot="score-sheets",
        actor=CITY,
        now=moment(SCORED),
    )
    with pytest.raises(Missing):
        open_file(sheet, actor=SHEN_CLERK)
    open_file(sheet, actor=CITY)[1].close()
    assert "score-sheets" not in files_by_slot("applications", application, SHEN_CLERK)
