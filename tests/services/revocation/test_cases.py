"""Titles lost and restored by the services: every path, every illegal step, and that all of it agrees each time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from bson import ObjectId

from documents.records.fields import stored_day
from documents.revocation.impact import impact_on
from documents.upward.recommendation import UpwardRecommendation
from office.papers.paper_text import PaperText
from rules.applications import Stage
from rules.decisions import DecisionState, Overturning
from rules.errors import Missing, NotAllowed, Refused, Stale
from rules.grounds import FINDINGS, DecisionKind, Ground, OverturnedBy
from rules.rule_sets.measures import CITY_2021
from rules.waiting import TaskKind
from services.assessment.rule_sets import create_draft, put_in_force
from services.desk.today import all_tasks
from services.desk.trail import verify
from services.publication.public_bases import find_certificate, read_directory
from services.publication.public_notices import papers_of_base
from services.reports.annual_reports import Summary, save_summary
from services.revocation import cases
from services.revocation.cases import Hearing, begin_case, drop_case, save_grounds, save_hearing
from services.revocation.decide import decide, preview_decision
from services.revocation.proposals import proposal_for, proposals, revocation_proposals
from services.shared.files import add_file, files_by_slot, open_file, remove_file
from tests import round_driver as driver
from tests.commands_asked import read_outside_transactions
from tests.sample_office import PDF

LATER = datetime(2026, 12, 20, 2, 0, tzinfo=UTC)

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BEGUN = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)  # before the prior notice was served
NUMBER = "聊工信发〔2026〕201号"
REVOCATION, CANCELLATION, REVERSAL = DecisionKind
FRAUD = {Ground.FRAUD: "虚报服务台账十七场次。"}
REVIEW = Overturning(OverturnedBy.REVIEW, "聊城市人民政府", "聊政复决字〔2026〕3号", TODAY)
HEARD = Hearing(date(2026, 11, 16), date(2026, 11, 20), "当面送达")


@pytest.fixture
def base(office):
    """Give a certified base whose title runs until 2026-12-19."""
    return certified(office, "清泉创业园")


def certified(office, name, announced=date(2021, 12, 20), number="聊工信发〔2021〕150号", **more):
    title = {"status": "certified", "announced_on": announced, "document_number": number}
    return office.base(name, **title | more)


def ended(office, name="到期园"):
    return certified(office, name, date(2021, 10, 20), f"聊工信发〔2021〕{len(name)}9号")


def version(case):
    return cases.read_case(case, driver.CITY)["version"]


def begun(office, base, kind=REVOCATION, grounds=None, *, evidence=True, heard=True, now=BEGUN):
    grounds = grounds or FRAUD
    findings = tuple(FINDINGS[ground][0] for ground in grounds if ground in FINDINGS)
    case = begin_case(kind, base, grounds, findings, actor=office.city, now=now)
    if evidence:
        add_file("decisions", case, "核查笔录.pdf", BytesIO(PDF), actor=office.city, now=NOW, slot="evidence")
    if heard:
        add_notice(office, case)
        save_hearing(case, HEARD, version=version(case), actor=office.city, now=NOW, today=TODAY)
    return case


def add_notice(office, case):
    """Add the file of a prior notice that was made elsewhere."""
    add_file("decisions", case, "告知书.pdf", BytesIO(PDF), actor=office.city, now=NOW, slot="notice")


def sign(office, case, number=NUMBER, dated=TODAY, **more):
    given = {"version": version(case), "actor": office.city, "now": NOW, "today": TODAY}
    return decide(case, number, dated, **given | more)


def revoked(office, base, number=NUMBER):
    case = begun(office, base)
    sign(office, case, number)
    return case


def restoring(office, base):
    grounds = {Ground.OVERTURNED: "复议撤销原决定。"}
    case = begun(office, base, REVERSAL, grounds, heard=False)
    save_grounds(case, grounds, None, REVIEW, version=version(case), actor=office.city, now=NOW)
    return case


def put_upward(office, base, outcome="pending", year=2026):
    raw = {
        "_id": ObjectId(), "base": base, "base_name": "清泉创业园", "county": "371522", "level": "province",
        "year": year, "dated": stored_day(TODAY), "outcome": outcome, "version": 1,
    }  # fmt: skip
    office.db["upward_recommendations"].insert_one(raw | UpwardRecommendation.search_fields(raw))
    return raw["_id"]


def fields(problem):
    return [one.field for one in problem.value.refusals]


def untouched(office, before):
    """Tell whether the database is as it was: what a transaction refused left nothing behind."""
    return office.db.command("dbHash")["collections"] == before


def digest(office):
    return office.db.command("dbHash")["collections"]


# --- Revocation --------------------------------------------------------------------------------


def test_a_revocation_makes_everything_agree(office, base):
    case = begun(office, base)
    seen = preview_decision(case, NUMBER, TODAY, actor=office.city, today=TODAY)
    notice = sign(office, case, seen=seen.fingerprint)
    raw, stored = office.get("decisions", case), office.get("bases", base)
    assert (stored["status"], stored["version"]) == ("revoked", 2)
    assert (raw["state"], raw["open"], raw["number"], raw["notice"]) == ("decided", False, NUMBER, notice)
    assert (raw["dated"].date(), raw["decided_by"], raw["decided_at"]) == (TODAY, office.city.name, NOW)
    assert PaperText.from_stored(raw["text"]) == seen.paper
    published = office.get("notices", notice)
    assert PaperText.from_stored(published["text"]) == seen.public
    assert (published["kind"], published["decision"]) == ("revocation", case)
    assert [one["base"] for one in published["entries"]] == [base]
    paper = office.get("papers", NUMBER)
    assert (paper["kind"], paper["paper"], paper["dated"].date()) == ("decision", case, TODAY)
    acts = [one["action"] for one in office.db["audit_entries"].find({"at": NOW}).sort("_id", 1)]
    assert acts[-3:] == ["changed", "published", "decided-revocation"]
    assert verify() is None
    assert office.tallies_are_right()


def test_the_public_list_says_so_from_the_same_moment(office):
    base = certified(office, "公示园", certificate_number="LCSJ-2021-007")
    assert [one.name for one in read_directory(today=TODAY).rows] == ["公示园"]
    notice = sign(office, begun(office, base))
    directory = read_directory(today=TODAY)
    assert directory.rows == ()
    assert [(one.name, one.status.label) for one in directory.ended] == [("公示园", "已撤销")]
    assert find_certificate("LCSJ-2021-007", today=TODAY).base.status.label == "已撤销"
    assert [one.id for one in papers_of_base(base, today=TODAY)] == [str(notice)]
    sign(office, restoring(office, base), "聊工信发〔2026〕202号")
    directory = read_directory(today=TODAY)
    assert ([one.name for one in directory.rows], directory.ended) == (["公示园"], ())


def test_the_base_stays_and_can_be_found(office, base):
    revoked(office, base)
    found = office.db["bases"].find_one({"search_tokens": {"$exists": True}, "_id": base})
    assert found["name"] == "清泉创业园"
    with pytest.raises(Refused):
        office.delete("bases", base)


@pytest.mark.parametrize("ground", [Ground.FRAUD, Ground.UNFIT, Ground.NO_REPORTS, Ground.OTHER])
def test_each_ground_alone(office, base, ground):
    case = begun(office, base, grounds={ground: "查明的事实。"})
    sign(office, case)
    found = FINDINGS[ground][0].zh if ground in FINDINGS else ground.zh
    assert found in str(office.get("decisions", case)["text"])


def test_it_ends_what_the_base_has_applied_for(office):
    base = driver.make_renewable("371522", "复核园")
    application = driver.drive(base, driver.make_round(), to=Stage.REVIEWED)
    sign(office, begun(office, base))
    raw = office.get("applications", application)
    assert (raw["stage"], raw["open"]) == ("not-certified", False)
    assert (raw["steps"][-1]["verb"], raw["steps"][-1]["number"]) == ("terminate", NUMBER)


@pytest.mark.parametrize(
    "stage",
    [Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED, Stage.RECOMMENDED, Stage.SCORED, Stage.SELECTED, Stage.ON_NOTICE],
)  # fmt: skip
def test_an_application_at_any_stage_ends(office, stage):
    base = driver.make_renewable("371522", "复核园")
    application = driver.drive(base, driver.make_round(), to=stage)
    sign(office, begun(office, base))
    assert office.get("applications", application)["stage"] == "not-certified"


def test_it_ends_recommendations_that_wait_and_leaves_the_others(office, base):
    waiting, granted = put_upward(office, base), put_upward(office, base, "granted", 2025)
    case = begun(office, base)
    assert [one[0] for one in impact_on(base, TODAY).upward] == [waiting]
    sign(office, case)
    assert office.get("upward_recommendations", waiting)["outcome"] == "ended"
    assert office.get("upward_recommendations", granted)["outcome"] == "granted"
    assert office.get("decisions", case)["touched"]["upward"] == [waiting]


def test_what_it_touches_is_counted(office, base):
    other = office.base("别的园")
    office.company(base)
    office.company(base, moved_out=date(2026, 1, 1), status="moved_out")
    office.company(other)
    office.partner(base, name="独家机构")
    office.partner(base, other, name="两家机构")
    office.entry(base, served_on=date(2026, 3, 1))
    office.entry(base, served_on=date(2025, 3, 1))
    found = impact_on(base, TODAY)
    assert (found.tenants, found.partners, found.lone_partners) == (1, 2, ("独家机构",))
    assert (found.entries_this_year, found.applications, found.public_entries) == (1, (), 0)
    sign(office, begun(office, base))
    assert impact_on(base, TODAY).public_entries == 1


# --- Cancellation ------------------------------------------------------------------------------


def test_the_system_proposes_a_title_past_its_term(office):
    base = ended(office)
    certified(office, "有效园", number="聊工信发〔2021〕151号")
    (found,) = proposals(office.city, today=TODAY)
    assert (found.base, found.ground, found.last_day) == (base, Ground.NO_RENEWAL, date(2026, 10, 19))
    assert found.facts == "该基地称号有效期至2026年10月19日，期满当年未按程序申请复核。"
    assert proposals(office.city, today=date(2026, 10, 19)) == ()
    assert [one.base for one in proposals(office.shen, today=TODAY)] == [base]
    assert proposals(office.guan, today=TODAY) == ()
    assert proposals(office.city, today=TODAY, county="371525") == ()
    assert proposals(office.city, today=TODAY, words="没有的") == ()


def test_a_proposal_taken_up_is_proposed_no_more(office):
    base = ended(office)
    proposed = proposal_for(base, office.city, today=TODAY)
    case = begun(office, base, CANCELLATION, {proposed.ground: proposed.facts})
    assert proposals(office.city, today=TODAY) == ()
    sign(office, case)
    assert office.get("bases", base)["status"] == "cancelled"
    assert "取消" in office.get("decisions", case)["text"]["title"]
    assert proposals(office.city, today=TODAY) == ()


def test_a_title_whose_renewal_failed_is_cancelled_within_its_term(office):
    base = driver.make_renewable("371522", "复核未过园")
    driver.drive(base, driver.make_round(), to=Stage.NOT_CERTIFIED)
    proposed = proposal_for(base, office.city, today=TODAY)
    assert proposed.ground is Ground.RENEWAL_FAILED
    assert proposed.failed_on == driver.SELECTED
    assert (
        proposed.facts
        == "该基地称号有效期至2026年12月19日，在2026年度申报中申请复核，2026年3月13日经审核未达标。"
    )
    case = begun(office, base, CANCELLATION, {proposed.ground: proposed.facts})
    sign(office, case)
    assert office.get("bases", base)["status"] == "cancelled"


def test_a_case_about_a_title_that_runs_or_is_under_renewal_is_not_opened(office, base):
    before = digest(office)
    with pytest.raises(Refused, match="runs until 2026-12-19") as problem:
        begun(office, base, CANCELLATION, {Ground.NO_RENEWAL: "实。"})
    assert fields(problem) == ["grounds"]
    with pytest.raises(Refused, match="No renewal review of this title has failed"):
        begun(office, base, CANCELLATION, {Ground.RENEWAL_FAILED: "实。"})
    assert untouched(office, before)
    renewing = driver.make_renewable("371522", "复核园")
    driver.drive(renewing, driver.make_round(), to=Stage.SUBMITTED)
    later = date(2026, 12, 20)
    assert [found.base for found in proposals(office.city, today=later)] == [base]
    with pytest.raises(Refused, match="wait for the outcome"):
        begun(office, renewing, CANCELLATION, {Ground.NO_RENEWAL: "实。"}, now=LATER)


def test_the_grounds_of_a_case_under_way_are_asked_the_same(office):
    base = ended(office)
    case = begun(office, base, CANCELLATION, {Ground.NO_RENEWAL: "实。"})
    before = digest(office)
    with pytest.raises(Refused, match="No renewal review of this title has failed"):
        save_grounds(case, {Ground.RENEWAL_FAILED: "实。"}, version=version(case), actor=office.city, now=NOW)
    assert untouched(office, before)


@pytest.mark.parametrize(("day", "is_open"), [(19, False), (20, True), (30, True)])
def test_the_day_after_the_term_is_the_first_to_open_the_case(office, day, is_open):
    base = certified(office, "期满园", date(2021, 11, 20), "聊工信发〔2021〕177号")  # to 2026-11-19
    at = datetime(2026, 11, day, 2, 0, tzinfo=UTC)
    if is_open:
        assert begin_case(CANCELLATION, base, {Ground.NO_RENEWAL: "实。"}, actor=office.city, now=at)
    else:
        with pytest.raises(Refused):
            begin_case(CANCELLATION, base, {Ground.NO_RENEWAL: "实。"}, actor=office.city, now=at)


def test_a_draft_begun_after_a_failed_renewal_hides_nothing(office):
    base = driver.make_renewable("371522", "复核未过园")
    driver.drive(base, driver.make_round(), to=Stage.NOT_CERTIFIED)
    driver.drive(base, driver.make_round("2026年度第二批"), to=Stage.DRAFT)
    proposed = proposal_for(base, office.city, today=TODAY)
    assert proposed.ground is Ground.RENEWAL_FAILED
    assert [found.base for found in proposals(office.city, today=TODAY)] == [base]
    case = begun(office, base, CANCELLATION, {proposed.ground: proposed.facts})
    sign(office, case)
    assert office.get("bases", base)["status"] == "cancelled"


def test_one_handed_in_again_is_under_way_until_its_own_outcome(office):
    base = driver.make_renewable("371522", "再次复核园")
    driver.drive(base, driver.make_round(), to=Stage.NOT_CERTIFIED)
    driver.drive(base, driver.make_round("2026年度第二批"), to=Stage.SUBMITTED)
    assert proposals(office.city, today=TODAY) == ()


def test_a_draft_is_nothing_that_was_applied_for(office):
    title = {
        "status": "certified",
        "announced_on": date(2021, 11, 20),
        "document_number": "聊工信发〔2021〕178号",
    }
    base = driver.make_base("371522", "只填报园", **title)  # to 2026-11-19
    application = driver.drive(base, driver.make_round(), to=Stage.DRAFT)
    after, begun_at = date(2026, 11, 20), datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    assert [one.ground for one in proposals(office.city, today=after)] == [Ground.NO_RENEWAL]
    case = begun(office, base, CANCELLATION, {Ground.NO_RENEWAL: "实。"}, now=begun_at, heard=False)
    add_notice(office, case)
    told = Hearing(after, date(2026, 11, 23), "当面送达")
    save_hearing(case, told, version=version(case), actor=office.city, now=begun_at, today=after)
    sign(office, case)
    assert office.get("applications", application)["open"] is False


# --- What is proposed to be looked into -------------------------------------------------------


def test_a_summary_that_never_came_is_proposed_after_the_time_of_reminding(office, base):
    # The summary of 2025 was due on 2026-01-10; the office reminds of it for thirty days.
    assert [found.ground for found in revocation_proposals(office.city, today=TODAY)] == [Ground.NO_REPORTS]
    (found,) = revocation_proposals(office.shen, today=date(2026, 2, 10))
    assert (found.base, found.kind, found.last_day) == (base, REVOCATION, date(2026, 1, 10))
    assert found.facts == "该基地2025年度工作总结应于2026年1月10日前报送，截至2026年2月10日仍未报送。"
    assert revocation_proposals(office.guan, today=TODAY) == ()
    (earlier,) = revocation_proposals(office.city, today=date(2026, 2, 9))  # that of 2024 is still open
    assert "2024年度" in earlier.facts
    assert proposal_for(base, office.city, today=TODAY) == revocation_proposals(office.city, today=TODAY)[0]
    assert proposal_for(base, office.city, today=TODAY, kind=CANCELLATION) is None
    given = Summary(date(2026, 3, 1), "要点")
    save_summary(base, 2025, given, version=0, actor=office.shen, now=NOW, today=TODAY)
    assert revocation_proposals(office.city, today=TODAY) == ()


def test_each_title_is_pursued_by_the_due_day_of_the_rule_set_that_it_runs_by(office):
    successor = replace(
        CITY_2021, title="新办法", first_day=date(2026, 12, 4), last_day=None, base_summary_by=(3, 31)
    )
    code = create_draft(successor, actor=office.system, now=office.now)
    put_in_force(code, version=1, actor=office.system, now=office.now)
    old = certified(office, "老园", date(2023, 12, 20), "聊工信发〔2023〕9号")
    new = certified(office, "新园", date(2026, 12, 10), "聊工信发〔2026〕9号")

    def pursued(day):
        """Return what is proposed, and for how many bases and since when it waits on the page of the day."""
        proposed = {
            found.base: (found.last_day, found.ground)
            for found in revocation_proposals(office.city, today=day)
        }
        waits = [task for task in all_tasks(office.city, day) if task.kind is TaskKind.NO_REPORTS]
        return proposed, [(task.count, task.since) for task in waits]

    of_old = {old: (date(2027, 1, 10), Ground.NO_REPORTS)}
    assert pursued(date(2027, 2, 10)) == (of_old, [(1, date(2027, 1, 10))])
    assert pursued(date(2027, 4, 30)) == (of_old, [(1, date(2027, 1, 10))])  # thirty days after 31 March
    both = of_old | {new: (date(2027, 3, 31), Ground.NO_REPORTS)}
    assert pursued(date(2027, 5, 1)) == (both, [(2, date(2027, 1, 10))])


def test_a_base_with_a_case_or_due_for_cancellation_is_not_proposed_twice(office, base):
    ended(office)
    begun(office, base)
    assert revocation_proposals(office.city, today=TODAY) == ()


def test_low_satisfaction_is_marked_and_decides_nothing(office, base):
    given = Summary(date(2026, 1, 5), "要点")
    save_summary(base, 2025, given, version=0, actor=office.shen, now=NOW, today=TODAY)
    for answer in ("poor", "fair", "good", "very-good", "poor"):
        office.entry(base, served_on=date(2025, 5, 6), satisfaction=answer, status="submitted")
    before = digest(office)
    (found,) = revocation_proposals(office.city, today=TODAY)
    assert (found.ground, found.kind) == (Ground.OTHER, REVOCATION)
    assert found.facts == "该基地2025年度服务台账中有企业意见反馈5条，其中满意2条，满意率40.0%，低于60%。"
    assert untouched(office, before)


# --- Overturning ---------------------------------------------------------------------------------


def test_overturning_restores_the_old_term_and_erases_nothing(office, base):
    first = revoked(office, base)
    before = office.get("bases", base)
    second = restoring(office, base)
    assert office.get("decisions", second)["reverses"] == first
    sign(office, second, "聊工信发〔2026〕202号")
    after = office.get("bases", base)
    same = ("announced_on", "document_number", "title_first_day", "title_last_day")
    assert after["status"] == "certified"
    assert [after[key] for key in same] == [before[key] for key in same]
    old = office.get("decisions", first)
    assert (old["state"], old["number"], old["reversed_by"]) == ("decided", NUMBER, second)
    text = str(office.get("decisions", second)["text"])
    assert f"我局于2026年11月24日作出{NUMBER}决定。" in text
    told, restored = office.db["notices"].find().sort("_id", 1)
    assert (told["kind"], restored["kind"], restored["overturns"]) == ("revocation", "reversal", told["_id"])
    assert f"因原决定（{NUMBER}）被依法撤销，根据聊城市人民政府聊政复决字〔2026〕3号行政复议决定" in str(
        restored["text"]
    )
    assert office.tallies_are_right()


def test_what_a_decision_says_is_read_in_its_own_transaction(office, base):
    revoked(office, base)
    case = restoring(office, base)
    given = {"version": version(case), "actor": office.city, "now": NOW, "today": TODAY}

    def work():
        decide(case, "聊工信发〔2026〕202号", TODAY, **given)

    assert read_outside_transactions(office.db, work) == set()


def test_after_that_it_may_be_revoked_anew_and_each_reversal_names_its_own(office, base):
    revoked(office, base)
    sign(office, restoring(office, base), "聊工信发〔2026〕202号")
    again = revoked(office, base, "聊工信发〔2026〕203号")
    case = restoring(office, base)
    assert office.get("decisions", case)["reverses"] == again


def test_a_renewal_that_the_decision_ended_does_not_count_as_failed_afterwards(office):
    base = driver.make_renewable("371522", "复核园")
    driver.drive(base, driver.make_round(), to=Stage.SUBMITTED)
    revoked(office, base)
    sign(office, restoring(office, base), "聊工信发〔2026〕202号")
    assert proposal_for(base, office.city, today=TODAY, kind=CANCELLATION) is None


def test_a_loss_that_is_only_on_record_can_be_overturned(office):
    base = certified(office, "早年撤销园", status="revoked")
    case = restoring(office, base)
    assert office.get("decisions", case).get("reverses") is None
    sign(office, case)
    assert office.get("bases", base)["status"] == "certified"


# --- Refused: nothing is changed -------------------------------------------------------------------


def _without_evidence(office, base):
    return begun(office, base, evidence=False), {}, ["evidence"]


def _without_hearing(office, base):
    return begun(office, base, heard=False), {}, ["served_on"]


def _within_the_time(office, base):
    case = begun(office, base, heard=False)
    add_notice(office, case)
    hearing = replace(HEARD, served_on=date(2026, 11, 23), statement_by=date(2026, 11, 26))
    save_hearing(case, hearing, version=version(case), actor=office.city, now=NOW, today=TODAY)
    return case, {}, ["statement_on", "dated"]


def _number_of_an_announcement(office, base):
    return begun(office, base), {"number": "聊工信发〔2021〕150号"}, ["number"]


def _number_of_a_decision(office, base):
    revoked(office, certified(office, "先撤销园", number="聊工信发〔2021〕152号"))
    return begun(office, base), {}, ["number"]


def _no_number(office, base):
    return begun(office, base), {"number": "  "}, ["number"]


def _no_such_number(office, base):
    return begun(office, base), {"number": "二〇一号"}, ["number"]


def _before_the_announcement(office, base):
    return begun(office, base), {"dated": date(2021, 12, 19)}, ["dated", "dated", "dated"]


def _in_the_future(office, base):
    return begun(office, base), {"dated": date(2026, 11, 25)}, ["dated"]


def _revoked_meanwhile(office, base):
    case = begun(office, base)
    office.db["bases"].update_one(
        {"_id": base}, {"$set": {"status": "revoked"}}
    )  # as no door of the program does
    return case, {}, ["base"]


@pytest.mark.parametrize(
    "make",
    [
        _without_evidence, _without_hearing, _within_the_time, _number_of_an_announcement, _number_of_a_decision,
        _no_number, _no_such_number, _before_the_announcement, _in_the_future, _revoked_meanwhile,
    ],
)  # fmt: skip
def test_a_decision_that_is_refused_changes_nothing(office, base, make):
    case, given, at_fault = make(office, base)
    before = digest(office)
    with pytest.raises(Refused) as problem:
        sign(office, case, **given)
    assert fields(problem) == at_fault
    number, dated = given.get("number", NUMBER), given.get("dated", TODAY)
    with pytest.raises(Refused) as same:
        preview_decision(case, number, dated, actor=office.city, today=TODAY)
    assert fields(same) == at_fault
    assert untouched(office, before)


def test_what_was_not_previewed_is_not_signed(office, base):
    case = begun(office, base)
    seen = preview_decision(case, NUMBER, TODAY, actor=office.city, today=TODAY).fingerprint
    office.update("bases", base, name="改名后的创业园")
    before = digest(office)
    with pytest.raises(Stale):
        sign(office, case, seen=seen)
    assert untouched(office, before)
    fresh = preview_decision(case, NUMBER, TODAY, actor=office.city, today=TODAY)
    sign(office, case, seen=fresh.fingerprint)
    raw = office.get("decisions", case)
    assert raw["base_name"] == "改名后的创业园"
    assert "改名后的创业园" in raw["text"]["title"]


def test_a_stale_page_decides_nothing(office, base):
    case = begun(office, base)
    old = version(case)
    save_grounds(case, {Ground.OTHER: "另有事实。"}, version=old, actor=office.city, now=NOW)
    before = digest(office)
    with pytest.raises(Stale):
        sign(office, case, version=old)
    with pytest.raises(Stale):
        save_grounds(case, FRAUD, version=old, actor=office.city, now=NOW)
    with pytest.raises(Stale):
        save_hearing(case, HEARD, version=old, actor=office.city, now=NOW, today=TODAY)
    with pytest.raises(Stale):
        drop_case(case, reason="不再处理。", version=old, actor=office.city, now=NOW)
    assert untouched(office, before)


def test_a_closed_case_is_closed_for_everything(office, base):
    case = revoked(office, base)
    (file,) = files_by_slot("decisions", case, office.city)["evidence"]
    now = version(case)
    before = digest(office)
    for act in (
        lambda: sign(office, case, "聊工信发〔2026〕209号"),
        lambda: save_grounds(case, FRAUD, version=now, actor=office.city, now=NOW),
        lambda: save_hearing(case, HEARD, version=now, actor=office.city, now=NOW, today=TODAY),
        lambda: drop_case(case, reason="不再处理。", version=now, actor=office.city, now=NOW),
        lambda: remove_file(file["_id"], actor=office.city, now=NOW),
        lambda: begin_case(REVOCATION, base, FRAUD, actor=office.city, now=NOW),
        lambda: begin_case(CANCELLATION, base, {Ground.NO_RENEWAL: "实"}, actor=office.city, now=NOW),
    ):
        with pytest.raises(Refused):
            act()
        assert untouched(office, before)
    with pytest.raises(Refused):
        add_file("decisions", case, "迟到.pdf", BytesIO(PDF), actor=office.city, now=NOW, slot="evidence")


@pytest.mark.parametrize(
    ("kind", "grounds", "at_fault"),
    [
        (REVOCATION, {}, ["grounds"]),
        (REVOCATION, {Ground.FRAUD: "  "}, ["facts-fraud"]),
        (REVOCATION, {Ground.FRAUD: "长" * 2001}, ["facts-fraud"]),
        (REVOCATION, {Ground.FRAUD: "坏\x00字"}, ["facts-fraud"]),
        (REVOCATION, {Ground.NO_RENEWAL: "实"}, ["grounds"]),
        (REVERSAL, {Ground.OVERTURNED: "实"}, ["base"]),
    ],
)
def test_a_case_that_cannot_be_begun(office, base, kind, grounds, at_fault):
    before = digest(office)
    with pytest.raises(Refused) as problem:
        begin_case(kind, base, grounds, actor=office.city, now=NOW)
    assert fields(problem) == at_fault
    assert untouched(office, before)


def test_one_case_about_a_base_at_a_time(office, base):
    begun(office, base)
    with pytest.raises(Refused, match="under way already"):
        begin_case(REVOCATION, base, FRAUD, actor=office.city, now=NOW)


@pytest.mark.parametrize(
    ("hearing", "at_fault"),
    [
        (replace(HEARD, served_on=None), ["served_on"]),
        (replace(HEARD, served_on=date(2026, 11, 9)), ["served_on"]),  # the case was opened on the 10th
        (replace(HEARD, served_on=date(2026, 11, 25), statement_by=date(2026, 11, 30)), ["served_on"]),
        (replace(HEARD, statement_by=date(2026, 11, 18)), ["statement_by"]),
        (replace(HEARD, statement="口头陈述。"), ["statement_on"]),
        (replace(HEARD, statement_on=date(2026, 11, 18)), ["statement"]),
        (replace(HEARD, statement_on=date(2026, 11, 15), statement="早。"), ["statement_on"]),
        (replace(HEARD, statement_on=date(2026, 11, 25), statement="晚。"), ["statement_on"]),
        (replace(HEARD, served_how="长" * 201), ["served_how"]),
    ],
)
def test_a_hearing_out_of_order(office, base, hearing, at_fault):
    case = begun(office, base, heard=False)
    before = digest(office)
    with pytest.raises(Refused) as problem:
        save_hearing(case, hearing, version=1, actor=office.city, now=NOW, today=TODAY)
    assert fields(problem) == at_fault
    assert untouched(office, before)


def test_the_same_said_again_is_no_change(office, base):
    case = begun(office, base)
    now = version(case)
    assert not save_grounds(case, FRAUD, version=now, actor=office.city, now=NOW)
    assert not save_hearing(case, HEARD, version=now, actor=office.city, now=NOW, today=TODAY)
    assert version(case) == now


def test_a_dropped_case_leaves_the_title_and_lets_a_new_one_begin(office, base):
    case = begun(office, base)
    with pytest.raises(Refused):
        drop_case(case, reason=" ", version=version(case), actor=office.city, now=NOW)
    drop_case(case, reason="证据不足。", version=version(case), actor=office.city, now=NOW)
    raw = office.get("decisions", case)
    assert (raw["state"], raw["open"], raw["closed_reason"]) == ("dropped", False, "证据不足。")
    assert office.get("bases", base)["status"] == "certified"
    begun(office, base)
    assert DecisionState.DROPPED not in cases.OPEN_STATES


# --- Who may ---------------------------------------------------------------------------------------


def test_only_the_city_bureau_prepares_and_decides(office, base):
    case = begun(office, base)
    now = version(case)
    before = digest(office)
    for actor in (office.shen, office.reader):
        for act in (
            lambda actor=actor: begin_case(REVOCATION, base, FRAUD, actor=actor, now=NOW),
            lambda actor=actor: save_grounds(case, FRAUD, version=now, actor=actor, now=NOW),
            lambda actor=actor: save_hearing(case, HEARD, version=now, actor=actor, now=NOW, today=TODAY),
            lambda actor=actor: drop_case(case, reason="不。", version=now, actor=actor, now=NOW),
            lambda actor=actor: preview_decision(case, NUMBER, TODAY, actor=actor, today=TODAY),
            lambda actor=actor: sign(office, case, actor=actor),
        ):
            with pytest.raises(NotAllowed):
                act()
    assert untouched(office, before)


def test_a_county_reads_its_case_but_not_the_evidence(office, base):
    case = begun(office, base)
    (file,) = files_by_slot("decisions", case, office.city)["evidence"]
    assert cases.read_case(case, office.shen)["base"] == base
    assert list(files_by_slot("decisions", case, office.shen)) == ["notice"]
    with pytest.raises(Missing):
        open_file(file["_id"], actor=office.shen)
    with pytest.raises(Missing):
        cases.read_case(case, office.guan)
    entry, stream = open_file(file["_id"], actor=office.reader)
    stream.close()
    assert entry["name"] == "核查笔录.pdf"


# --- At once ---------------------------------------------------------------------------------------


def test_thirty_at_once_decide_exactly_once(office, base):
    case = begun(office, base)
    read = version(case)

    def one(place):
        try:
            sign(office, case, f"聊工信发〔2026〕{300 + place}号", version=read)
        except (Refused, Stale) as problem:
            return type(problem)
        return None

    with ThreadPoolExecutor(30) as pool:
        found = list(pool.map(one, range(30)))
    assert found.count(None) == 1
    assert office.db["notices"].count_documents({}) == 1
    assert office.db["papers"].count_documents({"kind": "decision"}) == 1
    assert office.get("bases", base)["version"] == 2
    assert office.db["audit_entries"].count_documents({"action": "decided-revocation"}) == 1
    assert office.tallies_are_right()


def test_two_cases_with_one_number_at_once(office, base):
    other = certified(office, "另一园", number="聊工信发〔2021〕153号")
    pair = [begun(office, base), begun(office, other)]

    def one(case):
        try:
            sign(office, case)
        except Refused as problem:
            return [reason.field for reason in problem.refusals]
        return None

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(one, pair))
    assert sorted(found, key=bool) == [None, ["number"]]
    assert sorted(office.get("bases", one)["status"] for one in (base, other)) == ["certified", "revoked"]


def test_thirty_cases_at_once_begin_once(office, base):
    def one(_):
        try:
            begin_case(REVOCATION, base, FRAUD, actor=office.city, now=NOW)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(30) as pool:
        assert sum(pool.map(one, range(30))) == 1
    assert office.db["decisions"].count_documents({}) == 1
