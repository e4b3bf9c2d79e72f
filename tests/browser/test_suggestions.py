"""What the search box suggests, by keyboard in Chromium: a record, a question with its chips, unknown words."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]


def test_a_record_and_a_question_are_found_before_enter(sit_down: SitDown) -> None:
    desk = sit_down("city")
    page, keys = desk.page, desk.page.keyboard
    desk.go("/admin/")

    keys.press("Control+k")
    keys.type("轴承")
    line = page.locator(".suggested-line:visible", has_text="轴承").first
    line.wait_for()
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa"]}})
    assert [(one["id"], one["nodes"][0]["target"]) for one in found.response["violations"]] == []
    record = page.locator('.suggested-line[href*="/details/"]:visible').first
    while record.get_attribute("aria-selected") != "true":
        keys.press("ArrowDown")
    with page.expect_navigation():
        keys.press("Enter")
    assert "/details/" in page.url

    # A question is shown as what it means before it runs; what is not understood is named.
    keys.press("Control+k")
    keys.type("莘县在驻蓝色企业")
    page.wait_for_selector(".suggested-chip:visible")
    chips = page.locator(".suggested-chip:visible").all_inner_texts()
    assert "莘县" in chips
    assert any("在驻" in chip for chip in chips)
    assert page.get_by_text("蓝色", exact=False).locator("visible=true").count() > 0
    question = page.locator(".suggested-line:visible", has=page.locator(".suggested-chip")).first
    while question.get_attribute("aria-selected") != "true":
        keys.press("ArrowDown")
    with page.expect_navigation():
        keys.press("Enter")
    assert "/admin/tenant-companies/" in page.url
    assert "371522" in page.url

    # Arrows and Enter that are faster than the answer open what it brings, not what stood there for fewer letters.
    keys.press("Control+k")
    keys.type("莘县")
    page.locator(".suggested-line:visible").first.wait_for()
    keys.type("在驻企业")
    keys.press("ArrowDown")
    with page.expect_navigation():
        keys.press("Enter")
    asked = parse_qs(urlsplit(page.url).query)
    assert page.url.startswith(f"{desk.server.url}/admin/tenant-companies/"), page.url
    assert asked["county"] == ["371522"]

    keys.press("Control+k")
    keys.type("莘县")
    page.locator(".suggested-line:visible").first.wait_for()
    keys.press("Escape")
    assert page.locator("dialog.find-dialog[open]").count() == 0, "Esc closes it at once"
    page.wait_for_function(
        "![...document.querySelectorAll('.suggested-line')].some((line) => line.offsetParent)"
    )
    assert "/admin/tenant-companies/" in page.url
