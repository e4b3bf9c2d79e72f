"""The first day of an office, from the one-time password to the history of a record."""

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.browser.conftest import Open
from tests.browser.desk import PASSWORD, Desk, Server
from tests.browser.workbooks import SHEN, code, office_workbooks, rows_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# What an empty office does first; it imports in the order in which one list names another.
STEPS = [
    "填写本局联系方式", "为每位工作人员建立账号", "导入示范基地", "导入入驻企业", "导入服务机构",
    "导入服务人员", "导入服务台账", "既有称号登记",
]  # fmt: skip
HEADINGS = {
    "bases": "基地名称", "tenant-companies": "企业名称", "service-partners": "机构名称", "staff-members": "姓名",
    "ledger-entries": "服务诉求",
}  # fmt: skip


def test_a_clerk_opens_a_new_office_fills_it_from_excel_and_works_in_it(
    new_office: Server, open_desk: Open, tmp_path: Path
) -> None:
    desk = open_desk(new_office)
    sign_in_for_the_first_time(desk, new_office.once)
    books = office_workbooks(tmp_path)
    for kind, path in books.items():
        import_by_trial_then_write(desk, kind, path)
    bases = {row["基地名称"]: row for row in rows_of(books["bases"], "基地名称")}
    companies = rows_of(books["tenant-companies"], "企业名称")
    of_shen = [row for row in companies if bases[row["所属基地"]]["所属县（市、区）"] == SHEN]

    find_the_companies_of_a_county(desk, of_shen)
    row = of_shen[1]
    another = next(
        name for name, base in bases.items() if base["所属县（市、区）"] == SHEN and name != row["所属基地"]
    )
    edit_with_mistakes_first(desk, row, another)
    export_and_reopen(desk, row["企业名称"], len(of_shen), tmp_path)
    delete_and_restore(desk, row["企业名称"], another)


def sign_in_for_the_first_time(desk: Desk, once: str) -> None:
    desk.sign_in("admin", once)
    assert desk.page.url.endswith("/account/password")
    desk.go("/admin/bases/")
    assert desk.page.url.endswith("/account/password")  # nothing else opens before it is changed
    desk.page.fill("[name=old_password]", once)
    desk.page.fill("[name=new_password]", "1234567890")
    desk.page.fill("[name=repeat_password]", "1234567890")
    desk.save()
    assert "此密码容易被猜到" in desk.main()
    desk.page.fill("[name=old_password]", once)
    desk.page.fill("[name=new_password]", PASSWORD)
    desk.page.fill("[name=repeat_password]", PASSWORD)
    desk.save()
    assert desk.page.locator("h1").inner_text().startswith("今日")
    assert desk.page.locator(".guide li a").all_inner_texts() == STEPS
    assert desk.page.locator(".guide li p").count() == len(STEPS)  # each says what it needs


def import_by_trial_then_write(desk: Desk, kind: str, path: Path) -> None:
    count = len(rows_of(path, HEADINGS[kind]))
    desk.go(f"/admin/import/?kind={kind}")
    desk.page.set_input_files("[name=file]", path)
    desk.press("读取文件")
    desk.page.get_by_text("尚未写入任何数据").first.wait_for(
        timeout=60_000
    )  # a large workbook is tried by a job
    assert figures(desk)["新建"] == count
    other = desk.new_page()
    other.goto(f"{desk.server.url}/admin/{kind}/")
    assert other.locator("tbody tr").count() == 0  # a trial writes nothing
    other.close()
    desk.page.locator("main form button.btn-primary").click()
    desk.page.wait_for_url("**/batch*/**", timeout=60_000)
    if "/admin/batches/" in desk.page.url:  # a large workbook is written by a job
        desk.page.locator("[data-job]").wait_for(state="detached", timeout=60_000)
        desk.press("导入结果")
    assert figures(desk) == {"新建": count, "更新": 0, "无变化": 0, "退回": 0, "跳过": 0, "冲突": 0}


def figures(desk: Desk) -> dict[str, int]:
    labels = desk.page.locator(".fact dt").all_inner_texts()
    values = desk.page.locator(".fact dd").all_inner_texts()
    return {
        label: int("".join(filter(str.isdigit, text))) for label, text in zip(labels, values, strict=True)
    }


def find_the_companies_of_a_county(desk: Desk, of_shen: list[dict[str, Any]]) -> None:
    desk.go("/admin/tenant-companies/")
    with desk.page.expect_navigation():
        desk.page.click(".counties a[title='莘县']")
    assert desk.page.locator("h1 small").inner_text() == f"{len(of_shen):,}"
    assert set(desk.names()) <= {row["企业名称"] for row in of_shen}
    row = of_shen[1]
    name, half = row["企业名称"], row["统一社会信用代码"][9:]
    for words in (f"{name[4:7]} {name[:2]}", f"{name[:2]} {name[4:7]}", half, half.lower()):
        search(desk, words)
        assert name in desk.names(), words
    search(desk, "sx")
    assert int(desk.page.locator("h1 small").inner_text().replace(",", "")) >= len(of_shen)


def search(desk: Desk, words: str) -> None:
    desk.page.fill(".filters [name=search]", words)
    with desk.page.expect_navigation():
        desk.page.press(".filters [name=search]", "Enter")


def edit_with_mistakes_first(desk: Desk, row: dict[str, Any], another: str) -> None:
    right = row["统一社会信用代码"]
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    search(desk, right)
    with desk.page.expect_navigation():
        desk.page.locator("tbody th a").first.click()
    desk.press("编辑")
    desk.page.fill("#uscc", wrong)
    desk.page.fill("#moved_in", "2025年8月16日")
    desk.page.fill("#notes", "已电话核实")
    desk.choose("base", "sx", another)
    desk.save()
    page = desk.page
    assert "校验码（最后一位）不符" in page.locator("#e-uscc").inner_text()
    assert "校验码（最后一位）不符" in page.locator("[data-problems]").inner_text()
    assert page.locator("#uscc").get_attribute("aria-invalid") == "true"
    assert page.input_value("#uscc") == wrong
    assert page.input_value("#notes") == "已电话核实"
    page.click("[data-problems] a")
    assert page.evaluate("document.activeElement.id") == "uscc"
    page.fill("#uscc", right)
    desk.save()
    shown = desk.main()
    assert "已保存" in shown and "2025-08-16" in shown and another in shown and "已电话核实" in shown


def export_and_reopen(desk: Desk, name: str, count: int, folder: Path) -> None:
    desk.go("/admin/tenant-companies/?county=371522")
    sent = desk.download("main .head a:has-text('导出')")
    assert "入驻企业" in sent.suggested_filename
    sent.save_as(folder / "export.xlsx")
    sheet = openpyxl.load_workbook(folder / "export.xlsx").active
    rows = list(sheet.iter_rows())
    at = next(number for number, row in enumerate(rows) if "企业名称" in [cell.value for cell in row])
    column = {cell.value: cell.column - 1 for cell in rows[at]}
    body = rows[at + 1 :]
    assert len(body) == count
    assert sheet.freeze_panes is not None and sheet.freeze_panes.endswith(str(at + 2))
    assert sheet.auto_filter.ref.endswith(str(sheet.max_row))
    for row in body:
        assert isinstance(row[column["统一社会信用代码"]].value, str)
        assert isinstance(row[column["联系电话"]].value, str)
        assert row[column["从业人员（人）"]].value is None or row[column["从业人员（人）"]].data_type == "n"
        assert isinstance(row[column["入驻日期"]].value, datetime | None)
    edited = next(row for row in body if row[column["企业名称"]].value == name)
    assert edited[column["入驻日期"]].value == datetime(2025, 8, 16)


def delete_and_restore(desk: Desk, company: str, base: str) -> None:
    desk.go(f"/admin/bases/?search={base}")
    desk.page.locator("tbody th a").first.click()
    desk.press("删除")
    assert "家入驻企业关联" in desk.main()
    assert desk.page.locator("main form button").count() == 0  # refused: there is nothing to press
    desk.go("/admin/tenant-companies/new/")
    desk.page.fill("#name", "聊城临时测试有限公司")
    desk.page.fill("#uscc", code(424242))
    desk.choose("base", base[:4], base)
    desk.save()
    address = desk.page.url
    desk.press("删除")
    desk.press("移入回收站")
    assert "已移入回收站" in desk.main()
    assert (desk.page.goto(address) or pytest.fail()).status == 404
    desk.go("/admin/recycle-bin/")
    desk.press("恢复")
    desk.page.goto(address)
    history = desk.page.locator(".history").inner_text()
    assert all(word in history for word in ("新建", "删除", "恢复")), history
    desk.go(f"/admin/tenant-companies/?search={company}")
    desk.page.locator("tbody th a").first.click()
    history = desk.page.locator(".history").inner_text()
    assert "2025-08-16" in history and "已电话核实" in history and "新建" in history
