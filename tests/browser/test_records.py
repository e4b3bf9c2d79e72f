"""Files, cooperations and ledger entries, as a clerk enters them."""

from collections.abc import Callable

import pytest

from tests.browser.desk import Desk
from tests.browser.workbooks import LONG_BASE, LONG_COMPANY, code

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def test_a_file_is_kept_under_its_chinese_name_and_a_false_one_is_refused(sit_down: SitDown) -> None:
    desk = sit_down("city")
    desk.go("/admin/bases/?search=鲁西北")
    desk.page.locator("tbody th a").first.click()
    upload(desk, "营业执照（副本）.pdf", PDF)
    assert "附件已上传" in desk.main()
    sent = desk.download(".files a")
    assert sent.suggested_filename == "营业执照（副本）.pdf"
    assert sent.path().read_bytes() == PDF
    upload(desk, "假的.pdf", b"<script>alert(1)</script>")
    assert "的内容与扩展名不符" in desk.main()
    assert desk.page.locator(".files li").count() == 1
    desk.page.click(".files li form button")
    assert "营业执照（副本）.pdf" in desk.page.locator("dialog.ask p").inner_text()
    desk.confirm()
    assert "附件已删除" in desk.main() and desk.page.locator(".files li").count() == 0
    assert "营业执照（副本）.pdf" in desk.page.locator(".history").inner_text()


def upload(desk: Desk, name: str, content: bytes) -> None:
    desk.page.set_input_files("#upload", {"name": name, "mimeType": "application/pdf", "buffer": content})
    with desk.page.expect_navigation():
        desk.page.click(".upload button:last-of-type")


def test_cooperations_of_a_partner_are_added_and_taken_away_row_by_row(sit_down: SitDown) -> None:
    desk = sit_down("city")
    desk.go("/admin/service-partners/new/")
    desk.page.fill("#name", "济南新诚律师事务所")
    desk.page.fill("#uscc", code(777, "371500"))
    desk.page.get_by_label("专业服务").check()
    for number, (typed, base, first) in enumerate(
        (
            ("gx", "冠县光岳科技孵化器", "2025.8.16"),
            ("鲁西北", LONG_BASE, "2025/9/1"),
            ("yg", "阳谷光岳科技孵化器", "20251001"),
        )
    ):
        desk.page.click("[data-add-row]")
        desk.choose(f"cooperations-{number}-base", typed, base)
        desk.page.fill(f"#cooperations-{number}-first_day", first)
    desk.page.locator("[data-remove-row]").nth(1).click()
    desk.page.fill("#cooperations-2-last_day", "2024-01-01")
    desk.save()
    assert "合作结束日期早于开始日期" in desk.main()
    assert desk.page.locator("[data-repeat] tbody tr").count() == 2
    desk.page.locator("[data-repeat] tbody tr").nth(1).locator("[id$=last_day]").fill("2027年1月1日")
    desk.save()
    shown = desk.page.locator("#data").inner_text()
    assert "冠县光岳科技孵化器" in shown and "阳谷光岳科技孵化器" in shown and LONG_BASE not in shown
    assert "2025-08-16" in desk.main() and "2027-01-01" in desk.main()


def test_a_ledger_entry_takes_tenants_by_look_up_and_other_companies_by_name(sit_down: SitDown) -> None:
    desk = sit_down("city")
    desk.go("/admin/ledger-entries/new/")
    desk.choose("base", "lxb", LONG_BASE)
    desk.page.fill("#served_on", "２０２６年１０月２０日")
    desk.page.select_option("#function", label="管理咨询")
    desk.page.select_option("#activity", label="咨询")
    desk.choose("partner", "第1", "济南第1会计师事务所")
    desk.choose("companies", "鲁西北现代", LONG_COMPANY)
    desk.choose("companies", "外地来访有限公司", "外地来访有限公司")
    desk.page.fill("#company_times", "2")
    desk.page.fill("#person_times", "1,200")
    desk.page.select_option("#status", label="已提交")
    desk.save()
    shown = desk.main()
    words = (LONG_BASE, "2026-10-20", "济南第1会计师事务所", LONG_COMPANY, "外地来访有限公司", "1,200")
    assert all(word in shown for word in words), shown
    desk.go(f"/admin/tenant-companies/?search={LONG_COMPANY}")
    desk.page.locator("tbody th a").first.click()
    assert "2026-10-20" in desk.main()  # the tenant's own page shows the service
