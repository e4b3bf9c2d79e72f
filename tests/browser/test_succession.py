"""The Measures' successor in Chromium: from its text to its first day, then a round and a decision under it.

The text comes as a Word file in November 2026; the 2021 Measures end on 2026-12-03, the successor begins on
2027-01-11. What is decided afterwards cites the new title, number and article.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import docx
import pytest

from documents.indexes import build_indexes
from documents.revocation.decision import Decision
from documents.server.embedded import open_database
from rules.access import SYSTEM
from rules.applications import Stage
from services.desk.users import create_user
from services.revocation.cases import Hearing, save_hearing
from services.shared.files import add_file
from tests import round_driver as driver
from tests.browser.conftest import Open
from tests.browser.desk import PASSWORD, Desk, Server, in_chinese
from tests.new_measures import FIGURES, NUMBER, TITLE, new_text
from tests.sample_office import PDF

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHEN, BASE = "371522", "莘县光岳科技孵化器"
BEGUN = datetime(2026, 11, 30, 1, tzinfo=UTC)
ENDED = datetime(2026, 12, 4, 1, tzinfo=UTC)
UNDER_NEXT = datetime(2027, 1, 12, 1, tzinfo=UTC)
DECIDED = datetime(2027, 1, 20, 1, tzinfo=UTC)
DECISION = "聊工信发〔2027〕3号"
SHOTS = ((1366, 768), (390, 844))


def fill_office() -> None:
    """Make the clerks and a base that was certified under the 2021 Measures."""
    with open_database():
        build_indexes()
        for name, role in (("boss", "admin"), ("city", "city")):
            create_user(name, role=role, password=PASSWORD, actor=SYSTEM, now=driver.moment(driver.OPENED))
        base = driver.make_base(SHEN, BASE)
        driver.drive(base, driver.make_round(), to=Stage.ANNOUNCED)


def prepare_case() -> None:
    """Bring the evidence and the hearing into the case that the clerk has begun."""
    with open_database():
        now, served = UNDER_NEXT, UNDER_NEXT.date()
        (case,) = Decision.collection().find({"open": True})
        for name, slot in (("核查报告.pdf", "evidence"), ("告知书.pdf", "notice")):
            add_file("decisions", case["_id"], name, BytesIO(PDF), slot=slot, actor=driver.CITY, now=now)
        hearing = Hearing(served, date(2027, 1, 18), "直接送达")
        version = Decision.read(case["_id"], driver.CITY)["version"]
        save_hearing(case["_id"], hearing, version=version, actor=driver.CITY, now=now, today=served)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Serve the office on the day on which the new text comes."""
    server = Server(tmp_path / "data")
    server.run("from tests.browser.test_succession import fill_office; fill_office()")
    try:
        yield server.start_at(BEGUN)
    finally:
        server.stop()


def test_a_successor_is_led_in_without_code_and_what_follows_cites_it(
    server: Server, open_desk: Open, tmp_path: Path
) -> None:
    boss = open_desk(server).sign_in("boss")
    begin_with_the_text(boss, tmp_path)
    look_at(boss, tmp_path, "text")
    see_the_differences(boss)
    look_at(boss, tmp_path, "heading")
    confirm_title_and_days(boss)
    look_at(boss, tmp_path, "figures")
    confirm_the_figures(boss)
    look_at(boss, tmp_path, "articles")
    confirm_the_articles(boss)
    look_at(boss, tmp_path, "what-if")
    try_five_years(boss)
    look_at(boss, tmp_path, "in-force")
    put_in_force(boss)

    server.start_at(ENDED)
    city = open_desk(server).sign_in("city")
    nothing_begins_between_the_sets(city)

    server.start_at(UNDER_NEXT)
    city.sign_in("city")
    enter_a_round(city)
    begin_a_case(city)
    server.run("from tests.browser.test_succession import prepare_case; prepare_case()")

    server.start_at(DECIDED)
    city.sign_in("city")
    decide(city)
    read_what_is_public(open_desk(server))


def look_at(desk: Desk, folder: Path, name: str) -> None:
    """See that the page does not run out of its window, wide or narrow; keep a picture of each."""
    for width, height in SHOTS:
        desk.page.set_viewport_size({"width": width, "height": height})
        wide = desk.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name}: {wide} at {width}"
        desk.page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
    desk.page.set_viewport_size({"width": SHOTS[0][0], "height": SHOTS[0][1]})


# --- The successor --------------------------------------------------------------------------------------


def begin_with_the_text(desk: Desk, folder: Path) -> None:
    document = docx.Document()
    for line in new_text().split("\n"):
        document.add_paragraph(line)
    path = folder / "新办法.docx"
    document.save(str(path))
    desk.go("/admin/rule-sets/")
    desk.click("a[href$='/admin/succession/']")
    desk.save()
    assert in_chinese("Paste the text, or choose its file.") in desk.problems()
    desk.put("#file", ("新办法.pdf", PDF))
    desk.save()
    assert "新办法.pdf" in desk.problems()
    desk.put("#file", ("新办法.docx", path.read_bytes()))
    desk.save()


def see_the_differences(desk: Desk) -> None:
    row = desk.page.locator("table.compared tr.changed", has_text="从业人员")
    assert row.locator("del").all_inner_texts()[:1] != []
    assert "三十" in "".join(row.locator("ins").all_inner_texts())
    assert desk.page.locator("table.compared tr.new").count() == 1
    assert desk.page.locator("table.compared tr.dropped").count() == 1
    desk.click(".save-bar a")


def confirm_title_and_days(desk: Desk) -> None:
    assert desk.page.input_value("#document_title") == TITLE
    assert desk.page.input_value("#first_day") == "2027-01-11"
    desk.save()


def confirm_the_figures(desk: Desk) -> None:
    assert desk.page.locator("[name=take]:checked").count() == 0
    for key in FIGURES:
        desk.page.check(f"[name=take][value='{key}']")
    desk.save()


def confirm_the_articles(desk: Desk) -> None:
    assert desk.page.input_value("[name='article-notice']") == "第十二条"
    assert desk.page.input_value("[name='article-ground.fraud']") == "第十八条第（一）项"
    desk.save()


def try_five_years(desk: Desk) -> None:
    assert desk.page.locator("table.by-county").first.locator("tbody tr").count() == 5
    desk.click(".save-bar a")


def put_in_force(desk: Desk) -> None:
    assert desk.page.locator("[data-problems]").count() == 0
    words = desk.main()
    assert NUMBER in words
    assert "25 → 30" in words
    assert "2026-12-04" in words  # no set is in force between the two
    assert "2026年度申报" in words
    desk.click(".question-foot button")
    assert in_chinese("Not yet in force") in desk.page.inner_text("h1")


# --- After the end of the old one ---------------------------------------------------------------------------


def nothing_begins_between_the_sets(desk: Desk) -> None:
    desk.go("/admin/rounds/new/")
    desk.fill(name="空档期批次", apply_from="2026-12-04", apply_until="2026-12-31")
    desk.save()
    assert "2026-12-03" in desk.problems()
    assert desk.page.input_value("#name") == "空档期批次"


def enter_a_round(desk: Desk) -> None:
    desk.go("/admin/rounds/new/")
    desk.fill(name="2027年度申报", apply_from="2027-01-12", apply_until="2027-03-31")
    desk.save()
    assert NUMBER in desk.main()
    desk.go("/admin/rounds/")
    assert "2027年度申报" in desk.main()


def begin_a_case(desk: Desk) -> None:
    desk.go("/admin/revocation/new/")
    desk.choose("base", BASE[:4], BASE)
    desk.page.check("#kind-revocation", force=True)
    desk.page.check("#ground-fraud")
    desk.page.check("[name=findings-fraud][value=falsified]")
    desk.page.fill("#facts-fraud", "经核查，申报的台账中42家次服务并未发生。")
    desk.save()
    assert BASE in desk.page.inner_text("h1")


def decide(desk: Desk) -> None:
    desk.go("/admin/revocation/")
    desk.click(f"main a:has-text('{BASE}')")
    desk.fill(number=DECISION, dated="2027-01-20")
    desk.click("form[action*='/case/preview/'] .case-save button")
    papers = desk.page.locator(".sign-papers article.official").all_inner_texts()
    for text in papers:
        assert TITLE in text
        assert NUMBER in text
        assert "第十八条" in text
        assert "133号" not in text
    desk.click("form[action*='/case/sign/'] button")
    assert DECISION in desk.page.inner_text("#decision")


def read_what_is_public(visitor: Desk) -> None:
    visitor.go("/notices/")
    visitor.click(f"ul.papers li:has-text('{DECISION}') a")
    text = "".join(visitor.page.inner_text("article.paper").split())
    assert TITLE in text
    assert NUMBER in text
    assert "第十八条第（一）项" in text
