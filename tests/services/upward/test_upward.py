"""Upward recommendation: who may be put forward, one letter for several, once a year and level, outcome (Art. 17)."""

from datetime import date

import pytest

from rules.errors import Missing, NotAllowed, Refused, Stale
from rules.rule_sets.measures import Level
from rules.upward import UpwardOutcome
from services.desk import trail as audit_trail
from services.shared.paper_register import refusals_of_number
from services.upward.recommendations import (
    UpwardDraft,
    candidates,
    correct_recommendation,
    read_recommendation,
    recommend_upwards,
    record_outcome,
)

TODAY = date(2026, 11, 23)
NUMBER = "聊工信发〔2026〕15号"


def certified(office, name="", county="371522", **more):
    usual = {
        "status": "certified",
        "announced_on": date(2023, 12, 20),
        "document_number": "聊工信发〔2023〕9号",
    }
    return office.base(name, county, **(usual | more))


def draft(
    *bases, level=Level.PROVINCE, year=2026, number="聊工信发[2026]15号", dated=date(2026, 6, 1), **more
):
    return UpwardDraft(bases, level, year, number, dated, **more)


def recommend(office, *bases, actor=None, **more):
    return recommend_upwards(draft(*bases, **more), actor=actor or office.city, now=office.now, today=TODAY)


def outcome(
    office, identity, result=UpwardOutcome.GRANTED, *, on=date(2026, 9, 1), number="", version=1, actor=None
):
    record_outcome(
        identity, result, outcome_on=on, number=number, version=version, actor=actor or office.city, now=office.now,
        today=TODAY,
    )  # fmt: skip


def test_bases_with_a_valid_title_stand_side_by_side_under_three_levels(office):
    certified(office, "有效", service_staff=8)
    certified(office, "已到期", announced_on=date(2021, 11, 1), document_number="聊工信发〔2021〕1号")
    office.base("未认定")
    certified(office, "已撤销", status="revoked")
    (one,) = candidates(2026, today=TODAY, actor=office.city)
    assert one.base["name"] == "有效"
    assert one.levels[Level.PROVINCE] is None  # no figures entered
    assert one.levels[Level.CITY].indicator("staff").met
    assert not one.levels[Level.NATION].indicator("staff").met


def test_one_letter_puts_several_bases_forward_with_their_figures_frozen(office):
    first, second = certified(office, "甲", service_staff=8), certified(office, "乙")
    made = recommend(office, first, second, remark="带动作用突出")
    assert len(made) == 2
    raw = read_recommendation(made[0], office.shen)
    assert (raw["number"], raw["dated"].date(), raw["level"], raw["year"]) == (
        NUMBER,
        date(2026, 6, 1),
        "province",
        2026,
    )
    assert raw["outcome"] == "pending"
    assert set(raw["assessment"]) == {"city", "nation"}
    assert raw["assessment"]["city"]["rule_set"] == "city-2021"
    office.update("bases", first, service_staff=1)
    again = read_recommendation(made[0], office.shen)
    assert again["assessment"] == raw["assessment"]
    entry = audit_trail.history("upward_recommendations", made[0], office.city)[0]
    assert (entry["action"], entry["label"]) == ("recommended-upwards", "甲（2026）")


def test_a_base_is_put_forward_to_a_level_once_a_year(office):
    base, other = certified(office, "甲"), certified(office, "乙")
    recommend(office, base)
    with pytest.raises(Refused) as refused:
        recommend(office, other, base)
    assert [one.field for one in refused.value.refusals] == ["bases"]
    assert office.db["upward_recommendations"].count_documents({}) == 1  # neither of the two
    recommend(office, base, level=Level.NATION)
    recommend(office, base, year=2025, dated=date(2025, 6, 1), number="聊工信发〔2025〕3号")


def test_bases_of_one_letter_share_its_number_others_do_not(office):
    first, second = certified(office, "甲"), certified(office, "乙")
    recommend(office, first)
    with pytest.raises(Refused) as refused:
        recommend(office, second, dated=date(2026, 6, 2))  # the same number, another date
    assert [one.field for one in refused.value.refusals] == ["number"]
    recommend(office, second)
    with pytest.raises(Refused):
        recommend(
            office,
            first,
            level=Level.NATION,
            number="聊工信发〔2023〕9号",
            dated=date(2023, 12, 20),
            year=2023,
        )
    assert refusals_of_number(NUMBER)


@pytest.mark.parametrize(
    "more",
    [
        {"number": ""},
        {"number": "无此格式"},
        {"dated": None},
        {"dated": date(2026, 11, 24)},
        {"year": 2020},
        {"level": Level.CITY},
        {"remark": "长" * 2001},
    ],
)
def test_bad_input_is_refused_and_no_number_is_used(office, more):
    base = certified(office)
    before = office.db["papers"].count_documents({})
    with pytest.raises(Refused):
        recommend(office, base, **more)
    assert office.db["upward_recommendations"].count_documents({}) == 0
    assert office.db["papers"].count_documents({}) == before


def test_without_a_valid_title_nobody_is_put_forward(office):
    with pytest.raises(Refused):
        recommend(office, office.base("未认定"))
    with pytest.raises(Refused):
        recommend(office)


def test_a_letter_is_corrected_while_the_outcome_is_open_and_its_number_goes_along(office):
    base, other = certified(office, "甲"), certified(office, "乙")
    (made,) = recommend(office, base)

    def correct(version=1, **more):
        usual = {"number": "聊工信发〔2026〕16号", "dated": date(2026, 6, 2), "level": Level.NATION}
        correct_recommendation(
            made,
            draft(base, **(usual | more)),
            version=version,
            actor=office.city,
            now=office.now,
            today=TODAY,
        )

    correct()
    raw = read_recommendation(made, office.city)
    assert (raw["number"], raw["level"], raw["version"]) == ("聊工信发〔2026〕16号", "nation", 2)
    assert not refusals_of_number(NUMBER)  # free again: nobody bears it
    with pytest.raises(Stale):
        correct()
    recommend(office, other, level=Level.NATION, number="聊工信发〔2026〕16号", dated=date(2026, 6, 2))
    with pytest.raises(Refused):
        correct(2, dated=date(2026, 6, 3))  # the other base's letter has another date
    outcome(office, made, version=2)
    with pytest.raises(Refused):
        correct(3)


def test_an_outcome_is_recorded_and_can_be_corrected(office):
    (made,) = recommend(office, certified(office))
    for wrong in (
        {"on": None},
        {"on": date(2026, 5, 1)},
        {"result": UpwardOutcome.PENDING},
        {"number": "乱写"},
    ):
        with pytest.raises(Refused):
            outcome(office, made, **wrong)
    outcome(office, made, number="鲁工信发[2026]6号")
    raw = read_recommendation(made, office.city)
    assert (raw["outcome"], raw["outcome_number"]) == ("granted", "鲁工信发〔2026〕6号")
    with pytest.raises(Stale):
        outcome(office, made)
    outcome(office, made, UpwardOutcome.REFUSED, version=2)
    raw = read_recommendation(made, office.city)
    assert raw["outcome"] == "refused"
    assert "outcome_number" not in raw


def test_what_ended_with_the_citys_title_stays_ended(office):
    (made,) = recommend(office, certified(office))
    office.db["upward_recommendations"].update_one({"_id": made}, {"$set": {"outcome": "ended"}})
    with pytest.raises(Refused):
        outcome(office, made)


def test_who_may_do_what(office):
    base = certified(office)
    (made,) = recommend(office, base)
    assert read_recommendation(made, office.shen)["base"] == base
    with pytest.raises(Missing):
        read_recommendation(made, office.guan)
    for actor in (office.shen, office.reader):
        with pytest.raises(NotAllowed):
            recommend(office, base, level=Level.NATION, actor=actor)
        with pytest.raises(NotAllowed):
            outcome(office, made, actor=actor)
