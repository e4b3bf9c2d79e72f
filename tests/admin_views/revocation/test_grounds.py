"""Which ground stands, from the desk to the case: a draft hides nothing, and a term that runs is not cut short."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine

from documents.applications.application import Application
from documents.records.base import Base
from documents.reports.annual_report import AnnualReport
from documents.revocation.decision import Decision
from rules.applications import Stage
from rules.change_filings import OperatorChange
from services.reports.change_filings import FilingDraft, accept_filing, file_change
from tests import round_driver as driver
from tests.page_reader import problems, text_of
from tests.sample_office import SHEN

HOME, NEW = "/admin/revocation/", "/admin/revocation/new/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def failed(office):
    """A base whose renewal failed in March, and a second round of the year that is open still."""
    base = driver.make_renewable(SHEN, "复核未过园")
    first = driver.make_round()
    driver.drive(base, first, to=Stage.NOT_CERTIFIED)
    return base, first


def test_a_draft_does_not_hide_that_the_renewal_failed(sign_in, failed):
    base, _ = failed
    driver.drive(base, driver.make_round("2026年度第二批"), to=Stage.DRAFT)
    city = sign_in("city")
    assert "经复核未达标" in text_of(city.get(HOME).text)
    assert "经复核未达标" in text_of(city.get("/admin/").text)
    given = {"base": str(base), "kind": "cancellation", "grounds": "renewal-failed"}
    answer = city.send(NEW, given | {"facts-renewal-failed": "现场审核不达标。"})
    assert answer.status_code == 303
    refused = city.send(NEW, given | {"grounds": "no-renewal", "facts-no-renewal": "未申请。"})
    assert refused.status_code == 422


def test_a_second_try_in_the_same_round_is_refused(sign_in, failed):
    base, first = failed
    before = Application.collection().count_documents({})
    with time_machine.travel(datetime(2026, 3, 24, 2, 0, tzinfo=UTC), tick=True):
        answer = sign_in("city").send("/admin/applications/new/", {"base": str(base), "round": str(first)})
    assert answer.status_code == 422
    assert "该基地在本批次的申报已有结果（未通过），可在以后批次再次申请。" in text_of(answer.text)
    assert Application.collection().count_documents({}) == before


@pytest.mark.parametrize(("day", "status"), [("2026-11-19", 422), ("2026-11-20", 303), ("2026-12-03", 303)])
def test_a_title_that_runs_is_not_cancelled_when_the_case_is_opened(sign_in, office, day, status):
    title = {
        "status": "certified",
        "announced_on": date(2021, 11, 20),
        "document_number": "聊工信发〔2021〕178号",
    }
    base = driver.make_base(SHEN, "期满园", **title)  # to 2026-11-19
    given = {
        "base": str(base),
        "kind": "cancellation",
        "grounds": "no-renewal",
        "facts-no-renewal": "未申请。",
    }
    with time_machine.travel(datetime.fromisoformat(f"{day}T02:00:00+00:00"), tick=True):
        answer = sign_in("city").send(NEW, given)
    assert answer.status_code == status
    if status == 422:
        assert problems(answer.text) == {"grounds": "称号有效期至 2026-11-19，期满后方可取消。"}
    assert Decision.collection().count_documents({}) == (status == 303)


def test_a_summary_that_never_came_is_proposed_and_the_form_is_filled(sign_in, office):
    base = driver.make_base(
        SHEN,
        "未报园",
        status="certified",
        announced_on=date(2023, 5, 8),
        document_number="聊工信发〔2023〕77号",
    )
    city = sign_in("city")
    page = city.get(HOME).text
    assert "该基地2025年度工作总结应于2026年1月10日前报送，截至2026年11月24日仍未报送。" in text_of(page)
    link = re.search(rf'href="([^"]*revocation/new/[^"]*base={base})"', page)[1].replace("&amp;", "&")
    form = city.get(link).text
    assert re.search(r'value="no-reports"[^>]*checked|checked[^>]*value="no-reports"', form)
    assert "总结逾期未报立案" in text_of(city.get("/admin/").text)
    AnnualReport.collection().insert_one(
        {"base": base, "base_name": "未报园", "county": SHEN, "year": 2025, "version": 1,
         "received_on": datetime(2026, 1, 5, tzinfo=UTC)}
    )  # fmt: skip
    assert "未报园" not in city.get(HOME).text
    assert Base.collection().find_one({"_id": base})["status"] == "certified"


def test_the_years_call_waits_for_the_city_until_a_round_is_made(sign_in, office):
    assert "组织年度申报" in text_of(sign_in("city").get("/admin/").text)
    assert "组织年度申报" not in text_of(sign_in("shen").get("/admin/").text)
    driver.make_round()
    assert "组织年度申报" not in text_of(sign_in("city").get("/admin/").text)


def test_a_former_operator_is_shown_as_a_name(sign_in, office):
    base = driver.make_renewable(SHEN, "改名园")
    day, now = date(2026, 11, 23), driver.moment(date(2026, 11, 23))
    filing = file_change(
        FilingDraft(base, {"operator": "新运营有限公司"}, date(2026, 11, 20), day,
                    operator_change=OperatorChange.RENAMED),
        actor=driver.CITY, now=now, today=day,
    )  # fmt: skip
    accept_filing(filing, version=1, actor=driver.CITY, now=now)
    for page in ("/admin/", f"/admin/bases/details/?id={base}", f"/admin/bases/timeline/?id={base}"):
        text = text_of(sign_in("city").get(page).text)
        assert "改名园运营有限公司" in text and "['" not in text, page
