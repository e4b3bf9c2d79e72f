"""Yearly reports: who owes one, what is kept, how a year stands for the city and for a county (Art. 14, 15)."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest

from documents.records.fields import stored_day
from rules.annual_reports import Finding, Inspection, Point, Timeliness
from rules.errors import Missing, NotAllowed, Refused, Stale
from rules.rule_sets.measures import CITY_2021
from services.assessment.rule_sets import create_draft, put_in_force
from services.desk import trail as audit_trail
from services.reports.annual_reports import (
    Summary,
    read_report,
    reports_of_year,
    save_inspection,
    save_summary,
    situation_table,
)
from services.reports.county_reports import read_county_report, save_county_report
from services.shared.files import add_file, files_by_slot, remove_file

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
TODAY = date(2026, 1, 15)
GUAN, SHEN = "371525", "371522"


def certified(office, name="", county=SHEN, **more):
    usual = {
        "status": "certified",
        "announced_on": date(2023, 12, 20),
        "document_number": "聊工信发〔2023〕9号",
    }
    return office.base(name, county, **(usual | more))


def summary(office, base, given=None, *, year=2025, version=0, actor=None, today=TODAY):
    usual = Summary(date(2026, 1, 9), "全年服务企业120家次", {"tenants": 30, "low_fee_share": 45.5})
    return save_summary(
        base, year, given or usual, version=version, actor=actor or office.shen, now=office.now, today=today
    )


def inspect(office, base, given, *, version=0, actor=None):
    return save_inspection(
        base, 2025, given, version=version, actor=actor or office.shen, now=office.now, today=TODAY
    )


def year_of(office, actor=None, today=TODAY, year=2025):
    return reports_of_year(year, today=today, actor=actor or office.city)


def states(found):
    return {one.base["name"]: one.state for one in found.bases}


def test_every_base_that_held_the_title_within_the_year_owes_a_summary(office):
    certified(office, "有效")
    certified(office, "次年认定", announced_on=date(2026, 1, 5), document_number="聊工信发〔2026〕1号")
    certified(office, "早已到期", announced_on=date(2018, 5, 1), document_number="聊工信发〔2018〕1号")
    office.base("未认定")
    certified(office, "早已撤销", status="revoked")
    assert states(year_of(office)) == {"有效": Timeliness.MISSING}
    assert states(year_of(office, today=date(2026, 1, 10))) == {"有效": Timeliness.NOT_DUE}
    assert year_of(office).base_due == date(2026, 1, 10)
    assert year_of(office).county_due == date(2026, 1, 20)


def test_a_base_revoked_after_the_summary_was_due_still_owes_it(office):
    base = certified(office, "后撤销", status="revoked")
    decision = {
        "base": base,
        "kind": "revocation",
        "state": "decided",
        "dated": stored_day(date(2026, 1, 12)),
    }
    office.db["decisions"].insert_one(decision)
    assert states(year_of(office)) == {"后撤销": Timeliness.MISSING}
    office.db["decisions"].update_one({}, {"$set": {"dated": stored_day(date(2025, 8, 1))}})
    assert states(year_of(office)) == {}


def test_a_summary_is_kept_and_read_again_with_what_the_records_count(office):
    base = certified(office)
    office.company(base, size_override="micro", size_reason="认定", people=12, moved_in=date(2024, 1, 1))
    entry = {"served_on": date(2025, 3, 1), "status": "submitted", "company_times": 4, "person_times": 50}
    office.entry(base, fee_kind="free", **entry)
    office.entry(base, fee_kind="market", **(entry | {"company_times": 12}))
    made = summary(office, base)
    one = read_report(base, 2025, today=TODAY, actor=office.shen)
    assert one.report["_id"] == made
    assert one.report["figures"] == {"tenants": 30, "low_fee_share": 45.5}
    assert (one.version, one.due) == (1, date(2026, 1, 10))
    assert one.counted["tenants"] == 1
    assert one.counted["people"] == 12
    assert (one.counted["company_times"], one.counted["person_times"]) == (16, 100)
    assert one.counted["low_fee_share"] == 25.0
    made_list, entry = audit_trail.history("annual_reports", made, office.city)[:2]
    assert made_list["action"] == "file-generated"  # the year's table, as of the day it was received
    assert entry["action"] == "summary-kept"
    assert {change["field"] for change in entry["changes"]} == {
        "received_on", "summary", "figures.tenants", "figures.low_fee_share",
    }  # fmt: skip


def test_each_year_is_counted_as_its_own_rule_set_counts(office):
    successor = replace(
        CITY_2021,
        title="新办法",
        first_day=date(2026, 12, 4),
        last_day=None,
        entries_without_company_count=False,
    )
    code = create_draft(successor, actor=office.system, now=office.now)
    put_in_force(code, version=1, actor=office.system, now=office.now)
    base = certified(office)
    given = {
        "status": "submitted",
        "request": "培训",
        "person_times": 9,
        "fee_kind": "free",
        "company_times": 1,
    }
    for year in (2025, 2026):
        office.entry(base, served_on=date(year, 5, 6), **(given | {"company_times": 3}))
        office.entry(
            base, served_on=date(year, 5, 7), companies=[{"name": "甲"}], **(given | {"fee_kind": "market"})
        )
    today = date(2027, 1, 5)
    counted = {year: read_report(base, year, today=today, actor=office.shen).counted for year in (2025, 2026)}
    keys = ("company_times", "person_times", "low_fee_share")
    assert [counted[2025][key] for key in keys] == [4, 18, 75.0]
    assert [counted[2026][key] for key in keys] == [
        1,
        9,
        0.0,
    ]  # an entry that names no company counts no more
    table = situation_table(base, 2026, today=today, actor=office.shen)
    beside = {row[1]: row[3:5] for row in table.rows}
    assert beside["服务家次"] == (4, 1)
    assert beside["公益低收费占比"] == (75.0, 0.0)
    assert beside["人员培训·培训人次"] == (18, 9)


def test_last_years_figures_stand_beside(office):
    base = certified(office)
    summary(office, base, Summary(date(2025, 1, 8), "", {"tenants": 28}), year=2024)
    assert read_report(base, 2025, today=TODAY, actor=office.shen).before["figures"] == {"tenants": 28}


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 1, 10), Timeliness.ON_TIME),
        (date(2026, 1, 11), Timeliness.LATE),
        (None, Timeliness.LATE),  # today, where nothing else is said
    ],
)
def test_the_day_of_receipt_decides(office, day, state):
    base = certified(office, "甲")
    summary(office, base, Summary(day, "要点"))
    assert states(year_of(office)) == {"甲": state}


def test_two_clerks_lose_nothing(office):
    base = certified(office)
    summary(office, base)
    with pytest.raises(Stale):
        summary(office, base, Summary(date(2026, 1, 8)))  # both began with nothing
    with pytest.raises(Stale):
        inspect(office, base, Inspection(date(2025, 11, 1), {Point.LEDGER: Finding.GOOD}))
    inspect(office, base, Inspection(date(2025, 11, 1), {Point.LEDGER: Finding.GOOD}), version=1)
    kept = read_report(base, 2025, today=TODAY, actor=office.city)
    assert kept.version == 2
    assert kept.report["summary"] == "全年服务企业120家次"


def test_saving_the_same_again_writes_nothing(office):
    base = certified(office)
    summary(office, base)
    before = office.db["audit_entries"].count_documents({})
    summary(office, base, version=1)
    assert office.db["audit_entries"].count_documents({}) == before
    assert read_report(base, 2025, today=TODAY, actor=office.city).version == 1


def test_what_cannot_be_is_refused_and_nothing_is_written(office):
    base = certified(office)
    with pytest.raises(Refused) as refused:
        summary(office, base, Summary(date(2026, 1, 16), "", {"functions_met": 9}))
    assert [one.field for one in refused.value.refusals] == ["received_on", "functions_met"]
    with pytest.raises(Refused):
        summary(office, base, Summary(None, "x" * 5001))
    with pytest.raises(Refused):
        inspect(office, base, Inspection(date(2025, 11, 1), {Point.FEES: Finding.PROBLEM}))
    assert office.db["annual_reports"].count_documents({}) == 0


def test_an_inspection_is_kept_point_by_point_and_can_be_taken_away(office):
    base = certified(office)
    given = Inspection(
        date(2025, 11, 1),
        {Point.LEDGER: Finding.GOOD, Point.FEES: Finding.PROBLEM},
        {Point.FEES: "未公示收费标准"},
    )
    made = inspect(office, base, given)
    kept = office.get("annual_reports", made)["inspection"]
    assert kept["fees"] == {"finding": "problem", "remark": "未公示收费标准"}
    assert kept["ledger"] == {"finding": "good"}
    assert year_of(office).bases[0].inspected
    inspect(office, base, Inspection(), version=1)
    assert office.get("annual_reports", made)["inspection"] == {}
    assert not year_of(office).bases[0].inspected


def test_another_county_sees_and_writes_nothing(office):
    base = certified(office, "莘县的")
    summary(office, base)
    with pytest.raises(Missing):
        read_report(base, 2025, today=TODAY, actor=office.guan)
    with pytest.raises(Missing):
        summary(office, base, version=1, actor=office.guan)
    with pytest.raises(NotAllowed):
        summary(office, base, version=1, actor=office.reader)
    assert year_of(office, office.guan).bases == ()


def test_a_base_that_owes_none_has_no_page(office):
    base = office.base("未认定")
    with pytest.raises(Missing):
        read_report(base, 2025, today=TODAY, actor=office.city)
    with pytest.raises(Missing):
        summary(office, base)


def test_the_counties_side_by_side(office):
    first, second = certified(office, "甲"), certified(office, "乙")
    certified(office, "丙", GUAN)
    summary(office, first)
    summary(office, second, Summary(date(2026, 1, 12)))
    inspect(office, first, Inspection(date(2025, 11, 1), {Point.LEDGER: Finding.GOOD}), version=1)
    found = year_of(office)
    line = found.county(SHEN)
    assert (line.bases, line.inspected, line.state) == (2, 1, Timeliness.NOT_DUE)
    assert (line.states[Timeliness.ON_TIME], line.states[Timeliness.LATE]) == (1, 1)
    assert found.county(GUAN).states[Timeliness.MISSING] == 1
    assert found.county("371502").state is None  # it has no base


def test_a_county_reports_to_the_city_once(office):
    certified(office)

    def keep(actor=office.shen, **given):
        usual = {"submitted_on": date(2026, 1, 12), "text": "全县概况", "version": 0}
        return save_county_report(SHEN, 2025, **(usual | given), actor=actor, now=office.now, today=TODAY)

    made = keep()
    assert year_of(office).county(SHEN).state is Timeliness.ON_TIME
    assert year_of(office, today=date(2026, 1, 21)).county(SHEN).submitted_on == date(2026, 1, 12)
    with pytest.raises(Stale):
        keep(text="另一份")
    with pytest.raises(Missing):
        keep(actor=office.guan, version=1)
    with pytest.raises(NotAllowed):
        keep(actor=office.reader, version=1)
    with pytest.raises(Refused):
        keep(submitted_on=date(2026, 1, 16), version=1)
    with pytest.raises(Missing):
        read_county_report(SHEN, 2025, office.guan)
    keep(submitted_on=None, text="", version=1)  # taken back
    assert "submitted_on" not in office.get("county_reports", made)
    assert year_of(office).county(SHEN).state is Timeliness.NOT_DUE
    assert audit_trail.history("county_reports", made, office.city)[0]["action"] == "county-report-kept"


def test_files_stand_in_their_places(office):
    base = certified(office)
    made = summary(office, base)

    def keep(name, slot, actor=office.shen):
        return add_file("annual_reports", made, name, BytesIO(PDF), slot=slot, actor=actor, now=office.now)

    file = keep("总结.pdf", "summary")
    keep("检查表.pdf", "inspection")
    with pytest.raises(Refused):
        keep("别的.pdf", "letter")
    with pytest.raises(Missing):
        keep("外县.pdf", "summary", office.guan)
    assert {slot: len(files) for slot, files in files_by_slot("annual_reports", made, office.shen).items()} == {
        "summary": 1, "inspection": 1, "situation": 1,
    }  # fmt: skip
    remove_file(file, actor=office.shen, now=office.now)
    assert "summary" not in files_by_slot("annual_reports", made, office.shen)
