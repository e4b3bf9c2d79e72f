"""A clerk of 冠县 at the desk: nothing of 莘县 is to be seen anywhere, whatever is typed."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.browser.desk import Desk
from tests.browser.workbooks import LONG_BASE, LONG_COMPANY

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]
KINDS = ("bases", "tenant-companies", "service-partners", "ledger-entries")
OTHERS = (LONG_BASE, LONG_COMPANY, "莘县光岳")


def test_a_clerk_of_one_county_sees_only_that_county(sit_down: SitDown, tmp_path: Path) -> None:
    desk = sit_down("guan")
    pages = ["/admin/", "/admin/search/?search=sx", "/admin/search/?search=光岳", "/admin/recycle-bin/"]
    for kind in KINDS:
        pages += [f"/admin/{kind}/", f"/admin/{kind}/?county=371522", f"/admin/{kind}/?search=鲁西北"]
    for path in pages:
        desk.go(path)
        shown = desk.page.locator("body").inner_text()
        assert not any(word in shown for word in OTHERS), path
    desk.go("/admin/tenant-companies/?county=371522")
    assert desk.page.locator(".counties a").count() == 1
    assert desk.page.locator(".counties").inner_text().startswith("冠县")
    assert desk.names() and desk.page.locator("tbody tr", has_text="莘").count() == 0

    sent = desk.download("main .head a:has-text('导出')")
    sent.save_as(tmp_path / "guan.xlsx")
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "guan.xlsx").active.values for cell in row]
    assert "冠县光岳科技孵化器" in cells and not set(cells) & {LONG_BASE, LONG_COMPANY, "莘县"}


def test_a_look_up_offers_a_county_clerk_only_bases_of_the_county(sit_down: SitDown) -> None:
    desk = sit_down("guan")
    desk.go("/admin/tenant-companies/new/")
    desk.page.click(".ts-wrapper:has(#base-ts-control) .ts-control")
    offered = desk.page.locator(".ts-dropdown:visible [data-selectable]")
    offered.first.wait_for()
    assert offered.all_inner_texts() == ["冠县光岳科技孵化器冠县"]
    desk.page.keyboard.type("鲁西北", delay=15)
    desk.page.locator(".ts-dropdown .no-results", has_text="没有找到").wait_for()


def test_a_guessed_address_of_another_county_is_a_page_that_says_nothing_is_there(sit_down: SitDown) -> None:
    city, guan = sit_down("city"), sit_down("guan")
    for kind in KINDS:
        city.go(
            f"/admin/{kind}/?search=鲁西北" if kind != "service-partners" else f"/admin/{kind}/?search=jn"
        )
        if kind == "service-partners":
            continue  # works in both counties: seen, and tried below
        address = city.page.locator("tbody th a, tbody td a").first.get_attribute("href") or ""
        for page in ("details", "edit", "delete"):
            answer = guan.go(address.replace("/details/", f"/{page}/"))
            assert answer is not None and answer.status == 404
            assert "没有找到" in guan.main()
            assert not any(word in guan.page.content() for word in OTHERS)


def test_a_partner_of_two_counties_shows_a_county_clerk_only_the_cooperation_with_the_county(
    sit_down: SitDown,
) -> None:
    desk = sit_down("guan")
    desk.go("/admin/service-partners/")
    desk.page.locator("tbody th a").first.click()
    shown = desk.main()
    assert "冠县光岳科技孵化器" in shown and not any(word in shown for word in OTHERS)
    assert desk.page.locator(".head-actions :text('删除')").count() in (0, 1)
    desk.press("编辑")
    assert desk.page.locator("[data-repeat] tbody tr").count() == 1
    assert not any(word in desk.page.content() for word in OTHERS)


def test_a_reader_reads_and_finds_no_button_that_writes(sit_down: SitDown) -> None:
    desk = sit_down("reader")
    for kind in KINDS:
        desk.go(f"/admin/{kind}/")
        assert desk.page.locator("main .btn-primary:visible, [data-select], td.act a, .bulk").count() == 0
        desk.page.locator("tbody th a, tbody td a").first.click()
        assert desk.page.locator("main .btn-primary, main .btn-danger, .upload").count() == 0
    assert (desk.go("/admin/bases/new/") or pytest.fail()).status == 403
