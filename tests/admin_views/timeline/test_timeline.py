"""A base's past on screen: the timeline, its dossier, and the base as it stood on a day."""

import html
import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from docx import Document

from rules.applications import Stage
from services.records import records
from tests.office_with_reports import with_reports
from tests.round_driver import drive, make_base, make_round, object_to
from tests.sample_office import GUAN

ROLES = ("boss", "city", "guan", "reader", "guan_reader")


@pytest.fixture
def way(office):
    """A base of 冠县 with a whole round behind it, and the id of its application."""
    base = make_base(GUAN, "大事园")
    application = drive(base, make_round(), to=Stage.ANNOUNCED)
    return base, application


@pytest.mark.parametrize("name", ROLES)
def test_everybody_of_the_county_reads_its_past(way, sign_in, name):
    base, application = way
    page = sign_in(name).get(f"/admin/bases/timeline/?id={base}").text
    assert "大事园" in page
    assert f"/admin/applications/details/?id={application}" in page
    assert "同意推荐" in page
    assert "申请报告.pdf" in page


def test_one_kind_is_chosen_and_an_unknown_one_is_all(way, sign_in):
    base, _ = way
    browser = sign_in("city")
    every = browser.get(f"/admin/bases/timeline/?id={base}").text.count("<time>")
    papers = browser.get(f"/admin/bases/timeline/?id={base}&kind=paper").text.count("<time>")
    assert papers == 2
    assert every > papers
    assert browser.get(f"/admin/bases/timeline/?id={base}&kind=%00x").text.count("<time>") == every


def test_the_objector_is_named_on_no_page_of_the_past(office, sign_in):
    base = make_base(GUAN, "异议园")
    object_to(drive(base, make_round(), to=Stage.ON_NOTICE), objector="周某某")
    for name in ROLES:
        browser = sign_in(name)
        assert "周某某" not in browser.get(f"/admin/bases/timeline/?id={base}").text
        book = Document(BytesIO(browser.get(f"/admin/bases/timeline/dossier.docx?id={base}").data))
        assert "周某某" not in book.element.xml


@pytest.mark.parametrize("page", ["timeline/", "timeline/dossier.docx", "as-of/"])
@pytest.mark.parametrize("wanted", ["", "x", "%00", "0" * 24, "{shen}"])
def test_another_countys_base_and_none_at_all_are_not_found(office, sign_in, page, wanted):
    key = wanted.format(shen=office.shen.base)
    assert sign_in("guan").get(f"/admin/bases/{page}?id={key}").status_code == 404


def test_the_dossier_is_a_paper_in_chinese_with_seven_sections(way, sign_in):
    base, _ = way
    browser = sign_in("city")
    browser.send("/account/language", {"locale": "en"})
    answer = browser.get(f"/admin/bases/timeline/dossier.docx?id={base}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    paper = Document(BytesIO(answer.data))
    heads = [one.text.partition("、")[2] for one in paper.paragraphs if one.style.name == "一级标题"]
    assert heads == ["基本信息", "称号沿革", "申报", "年度报告", "变更", "处理决定", "大事记"]
    said = [[cell.text for cell in row.cells] for table in paper.tables for row in table.rows]
    (term,) = [row for row in said if row[0] == "2026-03-23" and "至" in row[2]]
    assert term[2] == "2026-03-23 至 2031-03-22"
    assert term[3].startswith("LCSJ-2026-")
    # The chronicle tells of the application, not of each edit of the record.
    assert ["2026-03-23"] in [row[:1] for row in said[-3:]]


# --- As it stood on a day ------------------------------------------------------------------------


def test_a_day_of_the_past_shows_what_stood_there(office, sign_in):
    city = office.actor("city")
    raw = office.one("bases", office.guan.base)
    changes = {"address": "新迁路9号", "service_staff": 3}
    at = datetime(2026, 6, 1, 2, tzinfo=UTC)
    records.update("bases", raw["_id"], changes, version=raw["version"], actor=city, now=at)
    browser = sign_in("guan")
    before = browser.get(f"/admin/bases/as-of/?id={raw['_id']}&day=2026-05-31").text
    assert f"{raw['address']}" in before.partition('id="data"')[2].partition("</section>")[0]
    assert "新迁路9号" in before  # beside it, as it reads today
    after = browser.get(f"/admin/bases/as-of/?id={raw['_id']}&day=2026-06-01").text
    assert raw["address"] not in after
    assert "2023-12-20" in after  # its title


def test_a_day_before_the_record_says_so_and_still_tells_the_title(office, sign_in):
    page = sign_in("guan").get(f"/admin/bases/as-of/?id={office.guan.base}&day=2024-05-05").text
    assert 'id="data"' not in page
    assert "2026-03-02" in page  # when it was first recorded
    assert "2028-12-19" in page  # the title of that day


@pytest.mark.parametrize(
    "day", ["2026-02-30", "x", "%00", "99999-01-01", "2999-01-01", "1500-01-01", "0000-00-00", "'\"><b>"]
)
def test_a_day_that_cannot_be_is_refused_in_words(office, sign_in, day):
    answer = sign_in("guan").get(f"/admin/bases/as-of/?id={office.guan.base}&day={day}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "><b>" not in answer.text.partition("<main")[2]


def test_without_a_day_it_is_today(office, sign_in):
    answer = sign_in("reader").get(f"/admin/bases/as-of/?id={office.guan.base}")
    assert answer.status_code == 200


def test_a_deleted_base_still_has_its_past(office, sign_in):
    city = office.actor("city")
    base = make_base(GUAN, "撤销登记园", actor=city)
    records.delete("bases", base, version=1, actor=city, now=datetime(2026, 4, 1, tzinfo=UTC))
    for name in ("city", "guan"):
        browser = sign_in(name)
        page = browser.get(f"/admin/bases/timeline/?id={base}").text
        assert "撤销登记园" in page
        assert f"/admin/bases/details/?id={base}" not in page
        assert 'id="data"' in browser.get(f"/admin/bases/as-of/?id={base}&day=2026-03-15").text
        assert 'id="data"' not in browser.get(f"/admin/bases/as-of/?id={base}&day=2026-04-02").text
        assert browser.get(f"/admin/bases/timeline/dossier.docx?id={base}").status_code == 200
    assert sign_in("shen").get(f"/admin/bases/timeline/?id={base}").status_code == 404


def test_days_are_the_offices(office, sign_in):
    # The sample was made at nine in the morning of 2 March in the office.
    page = sign_in("guan").get(f"/admin/bases/as-of/?id={office.guan.base}&day=2026-03-02").text
    assert 'id="data"' in page
    assert (
        'id="data"'
        not in sign_in("guan").get(f"/admin/bases/as-of/?id={office.guan.base}&day=2026-03-01").text
    )


@pytest.mark.parametrize("name", ["boss", "city", "shen", "reader"])
def test_every_link_of_the_past_leads_somewhere(office, sign_in, name):
    full = with_reports(office)
    full.reset()
    base = full.shen.base
    browser = sign_in(name)
    page = browser.get(f"/admin/bases/timeline/?id={base}").text.partition("<main")[2]
    links = {html.unescape(one) for one in re.findall(r'href="(/[^"]+)"', page)}
    made = full.shen.reports
    for wanted in (
        f"/admin/annual-reports/report/?base={base}&year=2025", f"/admin/change-filings/details/?id={made.filing}",
        f"/admin/upward/details/?id={made.upward}", f"/admin/bases/file/?file={full.shen.files['bases']}",
    ):  # fmt: skip
        assert wanted in links
    for link in links:
        assert browser.get(link).status_code == 200, link
