"""Lists as a clerk uses them: filters, columns, views, order, pages, many at once; and one's own taste."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.browser.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]


def test_filters_columns_and_order_are_kept_as_a_view_and_found_again(sit_down: SitDown) -> None:
    desk = sit_down("city")
    desk.go("/admin/tenant-companies/")
    page = desk.page
    page.click(".chip summary:has-text('所属行业')")
    page.locator(".chip .choice:visible", has_text="零售业").click()
    with page.expect_navigation():
        page.locator(".chip .btn:visible").click()
    assert page.locator("h1 small").inner_text() == "120"
    page.click("summary:has-text('显示列')")
    page.locator(".choice:visible", has_text="营业收入").click()
    with page.expect_navigation():
        page.locator(".pop-foot .btn:visible", has_text="应用").click()
    heads = page.locator("thead th").all_inner_texts()
    assert not any("营业收入" in head for head in heads) and any("从业人员" in head for head in heads)
    for _ in range(2):
        with page.expect_navigation():
            page.click("thead a:has-text('从业人员')")
    people = [int(text) for text in page.locator("tbody td.num").all_inner_texts()]
    assert people == sorted(people, reverse=True)
    where = page.url
    page.click("summary:has-text('视图')")
    page.fill(".row-form [name=name]", "零售业（按人数）")
    with page.expect_navigation():
        page.click(".row-form button")
    desk.go("/admin/tenant-companies/")
    page.click("summary:has-text('视图')")
    with page.expect_navigation():
        page.click(".view a:has-text('零售业（按人数）')")
    assert sorted(parse_qsl(urlsplit(page.url).query)) == sorted(parse_qsl(urlsplit(where).query))
    page.click("summary:has-text('视图')")
    page.click(".view button")
    desk.confirm()
    page.click("summary:has-text('视图')")
    assert page.locator(".view").count() == 0


def test_pages_are_turned_and_their_size_is_chosen(sit_down: SitDown) -> None:
    desk = sit_down("reader")
    desk.go("/admin/tenant-companies/?size=20")
    page, seen = desk.page, set(desk.names())
    total = int(page.locator("h1 small").inner_text().replace(",", ""))  # other tests of this office add some
    assert total >= 240
    assert page.locator(".pager .count").inner_text() == f"第 1–20 条，共 {total} 条"
    with page.expect_navigation():
        page.click(".pager a[aria-label='下一页']")
    assert not seen & set(desk.names())
    page.fill(".pager [name=page]", "12")
    with page.expect_navigation():
        page.press(".pager [name=page]", "Enter")
    assert page.locator(".pager .count").inner_text() == f"第 221–240 条，共 {total} 条"
    with page.expect_navigation():
        page.select_option(".pager [name=size]", "100")
    assert len(desk.names()) == 100 or page.locator(".pager .count").inner_text().startswith("第 1–100")


def test_the_status_of_all_that_a_filter_shows_is_changed_at_once(sit_down: SitDown) -> None:
    desk = sit_down("city")
    desk.go("/admin/ledger-entries/?status=draft&size=5")
    page = desk.page
    total = page.locator("h1 small").inner_text()
    assert int(total) > 5
    page.check("[data-pick-all]")
    assert page.locator("[data-count-selected]").inner_text() == "5"
    page.click("[data-whole]")
    assert page.locator("[data-count-selected]").inner_text() == total
    page.select_option("[name=value-edit]", label="状态")
    desk.click(".bulk button[value=edit]")
    page.select_option("#status", label="已提交")
    desk.click(".edit-many .btn-primary")
    assert f"将 {total} 条服务台账的“状态”改为“已提交”" in desk.main()
    desk.click(".edit-many .btn-primary")
    assert f"已修改 {total} 条记录" in desk.main()
    assert page.locator("tbody tr").count() == 0


def test_language_theme_and_a_folded_rail_are_remembered(sit_down: SitDown) -> None:
    desk = sit_down("city")
    page = desk.page
    desk.go("/admin/bases/?county=371522")
    with page.expect_navigation():
        page.click("button[name=locale]")
    assert page.url.endswith("/admin/bases/?county=371522")
    assert page.locator("h1").inner_text().startswith("Bases") and page.get_attribute("html", "lang") == "en"
    with page.expect_navigation():
        page.click("button[name=locale]")
    assert page.locator("h1").inner_text().startswith("示范基地")
    page.click("[data-theme]")
    page.click("[data-fold]")
    desk.go("/admin/")
    assert set((page.get_attribute("html", "class") or "").split()) == {"dark", "folded"}
    assert (page.locator(".rail").bounding_box() or {})["width"] == 56
