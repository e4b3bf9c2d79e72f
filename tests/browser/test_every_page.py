"""Every page, as Chromium shows it: no fault, no overflow, no barrier, no English word, nobody asked but ourselves.

What no page may do at all - an error in the console, a request to another host, something missing - the
fixture of every browser watches.
"""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import LAPTOP
from tests.browser.desk import Desk
from tests.browser.workbooks import LONG_BASE, LONG_COMPANY

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
SitDown = Callable[..., Desk]
SIZES = (LAPTOP, {"width": 1920, "height": 1080}, {"width": 390, "height": 844})
FIXED = (
    "/admin/search/?search=sx", "/admin/search/?search=zzzz", "/admin/bases/?search=zzzz", "/admin/users/new/",
    "/admin/statuses/new/", "/account/password", "/admin/nowhere", "/account/calendar/", "/admin/rounds/",
    "/admin/rounds/new/", "/admin/applications/new/", "/admin/publication/papers/", "/admin/revocation/new/",
    "/admin/change-filings/new/", "/admin/upward/new/",
)  # fmt: skip
RECORDS = {
    "bases": LONG_BASE[:8],
    "tenant-companies": LONG_COMPANY[:10],
    "service-partners": "第1",
    "ledger-entries": LONG_BASE[:8],
}
# What a Chinese page may hold in letters: names of things, codes, the hint of a key.
ALLOWED = {"english", "excel", "word", "ctrl", "m-lab", "xlsx", "xlsm", "docx", "lcsj-"}
LETTERS = re.compile(r"[A-Za-z][A-Za-z-]{3,}")
# Codes of companies and addresses are data; so is what stands in a cell for codes.
DATA = re.compile(r"\b[0-9A-Z]{18}\b|\S+@\S+")
WORDS = """() => {
    for (const code of document.querySelectorAll('td.code, dd.code')) { code.textContent = ''; }
    const said = ['title', 'aria-label', 'placeholder', 'alt'];
    const named = [...document.querySelectorAll('[title],[aria-label],[placeholder],[alt]')]
        .filter(one => one.getClientRects().length).flatMap(one => said.map(name => one.getAttribute(name) || ''));
    return document.body.innerText + ' ' + named.join(' ');
}"""


@pytest.fixture(scope="module")
def pages() -> list[str]:
    """The addresses of every page, filled by the first test that looks."""
    return []


def all_pages(desk: Desk, found: list[str]) -> list[str]:
    """Return the address of every page: fixed ones, what menus open, each kind's record, form, new form, deletion."""
    if not found:
        desk.go("/admin/settings/")
        menus = desk.page.locator(".rail li a, .settings a").evaluate_all(
            "all => all.map(a => a.getAttribute('href'))"
        )
        found += dict.fromkeys((*FIXED, *menus))
        for kind, words in RECORDS.items():
            desk.go(f"/admin/{kind}/?search={words}")
            address = desk.page.locator("tbody th a, tbody td a").first.get_attribute("href") or ""
            found += [f"/admin/{kind}/new/", address]
            found += [address.replace("/details/", f"/{page}/") for page in ("edit", "delete")]
        desk.go("/admin/users/")
        found.append(desk.page.locator("tbody a").first.get_attribute("href") or "")
    return found


def test_no_page_runs_over_the_side_at_any_size(sit_down: SitDown, pages: list[str]) -> None:
    desk, wide = sit_down("boss"), []
    for path in all_pages(desk, pages):
        desk.go(path)
        for size in SIZES:
            desk.page.set_viewport_size(size)  # type: ignore[arg-type]  # a dict of two numbers
            over = desk.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if over > 0:
                wide.append((path, size["width"], over))
    assert wide == []


def test_no_page_has_a_serious_barrier_in_light_nor_too_little_contrast_in_the_dark(
    sit_down: SitDown, pages: list[str]
) -> None:
    desk, axe, found = sit_down("boss"), Axe(), []
    rules = (
        {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa"]},
        {"type": "rule", "values": ["color-contrast"]},
    )
    for path in all_pages(desk, pages):
        desk.go(path)
        for theme, wanted in zip(("light", "dark"), rules, strict=True):
            if theme not in (desk.page.get_attribute("html", "class") or ""):
                desk.page.click("[data-theme]")
            told = axe.run(desk.page, options={"resultTypes": ["violations"], "runOnly": wanted}).response
            for one in told["violations"]:
                if one["impact"] in ("serious", "critical"):
                    found.append((theme, path, one["id"], [node["html"][:120] for node in one["nodes"][:3]]))
    assert found == []


def test_no_english_word_is_left_on_a_chinese_page(sit_down: SitDown, pages: list[str]) -> None:
    desk, found = sit_down("boss"), []
    for path in all_pages(desk, pages):
        desk.go(path)
        words = english(desk)
        if words:
            found.append((path, words))
    assert found == []


def english(desk: Desk) -> set[str]:
    """Return the runs of letters that a clerk sees or hears on the page, without data."""
    shown = desk.page.evaluate(WORDS)
    users = {"boss", "city", "guan", "reader", "admin", "zzzz"}
    return {word for word in LETTERS.findall(DATA.sub(" ", shown)) if word.lower() not in ALLOWED | users}


def test_what_opens_on_a_page_is_chinese_too(sit_down: SitDown) -> None:
    desk = sit_down("boss")
    page = desk.page
    desk.go("/admin/tenant-companies/new/")
    page.locator(".date-button").first.click()
    page.locator(".flatpickr-calendar.open").wait_for()
    assert english(desk) == set()
    page.keyboard.press("Escape")
    page.locator(".ts-control").first.click()
    page.keyboard.type("zzzz")
    page.locator(".ts-dropdown .no-results", has_text="没有找到").wait_for()
    assert english(desk) == set()
    desk.go("/admin/tenant-companies/")
    for menu in page.locator("main details.drop > summary").all():
        menu.click()
        assert english(desk) == set()
        menu.click()


def test_a_page_prints_with_title_filter_and_day_and_without_its_buttons(sit_down: SitDown) -> None:
    desk = sit_down("boss")
    desk.go("/admin/tenant-companies/?search=鲁西北&industry=retail")
    desk.page.emulate_media(media="print")
    shown = desk.page.locator("body").inner_text()
    assert "打印日期" in shown and "零售业" in shown and "入驻企业" in shown
    assert not any(word in shown for word in ("导出", "显示列", "搜索全部"))
    assert desk.page.pdf()[:5] == b"%PDF-"
