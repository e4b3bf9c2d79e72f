"""The form of an application in Chromium: fetched, filled in by the operator, taken back with its differences."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from docx import Document

from documents.indexes import build_indexes
from documents.server.embedded import open_database
from rules.access import SYSTEM
from rules.applications import Stage
from services.desk.users import create_user
from services.records import records
from tests import round_driver as driver
from tests.browser.conftest import Open
from tests.browser.desk import PASSWORD, Server
from tests.browser.workbooks import GUAN, code

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COUNTY, PHONE, ADDRESS = "371525", "13906351234", "聊城市冠县振兴路18号"
LONG = "鲁西北农村电子商务与智能装备小微企业创业创新示范基地（二期）"


def fill_office() -> None:
    """Make a clerk, a base and its application that is being filled in; run in the office's own data."""
    now = driver.moment(driver.OPENED)
    with open_database():
        build_indexes()
        create_user("guan", role="county", county=COUNTY, password=PASSWORD, actor=SYSTEM, now=now)
        base = {
            "name": LONG, "operator": f"{GUAN}鲁西北示例产业园运营管理有限公司", "uscc": code(601, COUNTY),
            "county": COUNTY, "base_type": "incubator", "legal_representative": "翟敏",
            "address": "聊城市冠县示例路1号",
            "floor_area": 12_000, "operating_since": date(2018, 5, 1), "service_staff": 8, "online_system": True,
            "contact_name": "解娜", "contact_phone": "13906350001", "contact_email": "base@example.cn",
        }  # fmt: skip
        base_id = records.create("bases", base, actor=SYSTEM, now=now)
        driver.drive(base_id, driver.make_round(), to=Stage.DRAFT)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "data")
    made.run("from tests.browser.test_application_form import fill_office; fill_office()")
    try:
        yield made.start_at(driver.moment(date(2026, 3, 4), 9))
    finally:
        made.stop()


def test_an_operators_changes_come_back_by_the_form_and_reach_the_record(
    server: Server, open_desk: Open, tmp_path: Path
) -> None:
    desk = open_desk(server).sign_in("guan")
    desk.go("/admin/applications/")
    desk.click(f"tbody a:has-text('{LONG}')")
    assert "已由系统预填" in desk.page.locator("#application-form").inner_text()
    path = tmp_path / "申请表.docx"
    desk.download("#application-form a:has-text('.docx')").save_as(path)

    paper = Document(str(path))
    cells = [cell for row in paper.tables[0].rows for cell in row.cells]
    for label, value in (("联系电话", PHONE), ("基地地址", ADDRESS)):
        place = next(place for place, cell in enumerate(cells) if cell.text.strip() == label)
        cells[place + 1].text = value
    paper.save(str(path))

    desk.put("#form-file", ("申请表.docx", path.read_bytes()))
    desk.press("读取并核对")
    shown = desk.page.locator(".differences tbody tr")
    assert shown.count() == 2
    words = desk.main()
    for word in ("13906350001", PHONE, "聊城市冠县示例路1号", ADDRESS, "表中已改"):
        assert word in words
    assert desk.page.locator("[name=take]:checked").count() == 2
    desk.press("采用勾选的内容")
    assert "已采用表中 2 项内容" in desk.page.locator(".flash").inner_text()
    assert "申请表.docx" in desk.page.locator("#application-form").inner_text()
    desk.press("基地资料")
    record = desk.main()
    assert PHONE in record and ADDRESS in record
