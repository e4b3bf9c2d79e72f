"""Every page, as Chromium shows it: no fault, no overflow, no barrier, no English word, nobody asked but ourselves.

What no page may do at all - an error in the console, a request to another host, something missing - the
fixture of every browser watches.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import LAPTOP, open_desk_on
from tests.browser.desk import Desk, Server
from tests.browser.workbooks import LONG_BASE, LONG_COMPANY

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]
SIZES = (LAPTOP, {"width": 1920, "height": 1080}, {"width": 390, "height": 844})
WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
FIXED = (
    "/admin/search/?search=sx", "/admin/search/?search=zzzz", "/admin/bases/?search=zzzz", "/admin/users/new/",
    "/admin/statuses/new/", "/account/password", "/admin/nowhere", "/account/calendar/", "/admin/rounds/",
    "/admin/rounds/new/", "/admin/applications/new/", "/admin/publication/papers/", "/admin/revocation/new/",
    "/admin/change-filings/new/", "/admin/upward/new/", "/account/sessions/",
    "/admin/help/", "/admin/help/ledger/", "/admin/help/keys/", "/admin/help/words/", "/admin/year/",
    "/admin/overview/compare/",
    "/admin/settings/components/", "/admin/settings/components/?theme=dark",
    "/admin/bases/board/", "/admin/bases/calendar/", "/admin/bases/summary/", "/admin/bases/conditions/",
    "/admin/import/grid/bases/", "/admin/notifications/choices/", "/account/habits/", "/account/tokens/new/",
    "/admin/settings/fields/bases/shipped/", "/admin/settings/fields/bases/new/", "/admin/settings/collections/new/",
    "/admin/settings/conditions/bases/new/", "/admin/settings/hooks/new/", "/admin/settings/messages/new/",
    "/admin/rule-sets/new/", "/admin/revocation/all/", "/admin/applications/letters/",
)  # fmt: skip
RECORDS = {
    "bases": LONG_BASE[:8],
    "tenant-companies": LONG_COMPANY[:10],
    "service-partners": "第1",
    "staff-members": LONG_BASE[:8],
    "ledger-entries": LONG_BASE[:8],
}
# What a Chinese page may hold in letters: names of things, codes, the hint of a key.
ALLOWED = {"english", "excel", "word", "ctrl", "shift", "m-lab", "xlsx", "xlsm", "docx", "json", "lcsj-"}
# What the page for programmers names of the answers and headers that programs exchange.
EXCHANGED = {
    "items", "total", "next", "cursor", "version", "if-match", "accept-language", "openapi", "true", "false", "json",
}  # fmt: skip
# What administrators' forms name of addresses, of mail and of the calls that other programs take.
SENT = {"http", "https", "post", "smtp", "starttls"}
AXE = Axe()
LETTERS = re.compile(r"[A-Za-z][A-Za-z-]{3,}")
# Codes, numbers of requests and addresses, of people and of refused pages, are data; so are cells of codes.
DATA = re.compile(r"\b[0-9A-Z]{18}\b|\b[0-9a-f]{16}\b|\S+@\S+|\b(?:GET|POST) /\S*")
WORDS = """() => {
    for (const code of document.querySelectorAll('code, .code, kbd')) { code.textContent = ''; }
    const said = ['title', 'aria-label', 'placeholder', 'alt'];
    const named = [...document.querySelectorAll('[title],[aria-label],[placeholder],[alt]')]
        .filter(one => one.getClientRects().length).flatMap(one => said.map(name => one.getAttribute(name) || ''));
    return document.body.innerText + ' ' + named.join(' ');
}"""


# Marks each row and list item that differs from one before it, in the same table or list, by nothing but its words and
# addresses: no colour, no role and no name can be missing in it that is not missing there.
ALIKE = """() => {
    const kept = ['class', 'type', 'role', 'hidden', 'disabled', 'open', 'colspan', 'rowspan', 'scope', 'tabindex'];
    const value = (one) => one.name === 'aria-label' ? Boolean(one.value.trim())
        : kept.includes(one.name) || one.name.startsWith('aria-') ? one.value.replace(/[0-9a-f]{24}|\\d+/g, '') : '';
    const shape = (node) => {
        const named = [...node.attributes].map(one => one.name + '=' + value(one));
        const words = [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim());
        return node.tagName + named.sort().join() + words + '(' + [...node.children].map(shape).join() + ')';
    };
    for (const parent of document.querySelectorAll('tbody, ul, ol')) {
        const seen = new Set();
        [...parent.children].forEach((row, place) => {
            const like = (place % 2) + shape(row);
            const edge = !place || place === parent.children.length - 1;
            if (seen.has(like) && !edge) { row.setAttribute('data-like-another', ''); }
            seen.add(like);
        });
    }
}"""


# How many facts of a strip stand below the edge of the sheet that holds them.
FACTS_OUTSIDE = """() => [...document.querySelectorAll('.sheet .fact')].filter(fact =>
    fact.getBoundingClientRect().bottom > fact.closest('.sheet').getBoundingClientRect().bottom + 1).length"""


@dataclass
class Seen:
    """What one walk over all pages found wrong."""

    pages: list[str]
    wide: list[tuple[str, int, int]] = field(
        default_factory=list
    )  # page, width of the window, pixels too many
    barriers: list[tuple[str, str, str, list[str]]] = field(
        default_factory=list
    )  # page, theme, rule, elements
    english: list[tuple[str, set[str]]] = field(default_factory=list)
    outside: list[tuple[str, int]] = field(default_factory=list)  # page, facts below the edge of their sheet


@pytest.fixture(scope="module")
def seen(chromium: Browser, full_office: Server) -> Iterator[Seen]:
    """Walk over every page once, as the administrator; no page may have had a fault."""
    with open_desk_on(chromium, full_office) as desk:
        desk.sign_in("boss")
        found = Seen(all_pages(desk))
        for path in found.pages:
            desk.go(path)
            look(desk, path, found)
    yield found


def look(desk: Desk, path: str, found: Seen) -> None:
    """Note what is wrong with the page that is open."""
    found.barriers += [(path, "light", *one) for one in barriers(desk, "light", WCAG)]
    if outside := desk.page.evaluate(FACTS_OUTSIDE):
        found.outside.append((path, outside))
    words = english(desk)
    if words:
        found.english.append((path, words))
    for size in SIZES:
        desk.page.set_viewport_size(size)  # type: ignore[arg-type]  # a dict of two numbers
        over = desk.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if over > 0:
            found.wide.append((path, size["width"], over))
    desk.page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
    found.barriers += [(path, "dark", *one) for one in barriers(desk, "dark", CONTRAST)]


def barriers(desk: Desk, theme: str, rules: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Return the serious barriers in a theme: the rule, and the first elements that break it."""
    if theme not in (desk.page.get_attribute("html", "class") or ""):
        desk.page.click("[data-theme]")
    page = desk.page
    if not page.evaluate("'axe' in window"):  # it is half a megabyte, and stays while the page does
        page.evaluate(AXE.axe_script)
    page.evaluate(ALIKE)
    asked = {"resultTypes": ["violations"], "runOnly": rules}
    found = page.evaluate(
        "asked => axe.run({exclude: ['[data-like-another]']}, asked).then(told => told.violations)", asked
    )
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def all_pages(desk: Desk) -> list[str]:
    """Return the address of every page: fixed ones, what menus open, each kind's record, form, new form, deletion."""
    desk.go("/admin/settings/")
    menus = desk.page.locator(".rail li a, .settings a").evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    found = list(dict.fromkeys((*FIXED, *menus)))
    for kind, words in RECORDS.items():
        desk.go(f"/admin/{kind}/?search={words}")
        address = desk.page.locator("tbody th a, tbody td a").first.get_attribute("href") or ""
        found += [f"/admin/{kind}/new/", address]
        found += [address.replace("/details/", f"/{page}/") for page in ("edit", "delete")]
    desk.go("/admin/users/")
    found.append(desk.page.locator("tbody a").first.get_attribute("href") or "")
    return found


def test_the_walk_comes_to_every_page(seen: Seen) -> None:
    assert len(seen.pages) == len(set(seen.pages)) > 40
    assert all(path.startswith("/") for path in seen.pages)


def test_no_page_runs_over_the_side_at_any_size(seen: Seen) -> None:
    assert seen.wide == []


def test_no_page_has_a_serious_barrier_in_light_nor_too_little_contrast_in_the_dark(seen: Seen) -> None:
    assert seen.barriers == []


def test_a_row_that_is_like_another_is_looked_at_once_and_what_differs_in_it_is_not_missed(
    chromium: Browser,
) -> None:
    cells = (
        "<td class='a'>甲</td>", "<td class='a'>乙</td>", "<td class='a'>丙1</td>", "<td class='a'>丁</td>",
        "<td class='b'>戊</td>", "<td class='a'></td>", "<td class='a'><img src='/1'></td>",
        "<td class='a'><img src='/2' alt='己'></td>", "<td class='a' aria-label='庚'>7</td>", "<td class='a'>辛</td>",
        "<td class='a'>壬</td>",
    )  # fmt: skip
    page = chromium.new_page()
    rows = "".join(f"<tr>{cell}</tr>" for cell in cells)
    page.set_content(f"<table><tbody>{rows}</tbody></table><ul><li>一</li><li>二</li></ul>")
    page.evaluate(ALIKE)
    marked = page.locator("[data-like-another]").all_inner_texts()
    page.close()
    # The first of its like in odd and in even rows stays, and the last of all.
    assert [words.strip() for words in marked] == ["丙1", "丁", "辛"]


def test_no_fact_leaves_its_sheet(seen: Seen) -> None:
    assert seen.outside == []


def test_no_english_word_is_left_on_a_chinese_page(seen: Seen) -> None:
    assert seen.english == []


def english(desk: Desk) -> set[str]:
    """Return the runs of letters that a clerk sees or hears on the page, without data."""
    shown = desk.page.evaluate(WORDS)
    allowed = ALLOWED | {"boss", "city", "guan", "reader", "admin", "zzzz"}
    if desk.page.url.endswith("/admin/api/"):
        shown, allowed = re.sub(r"https?://\S+", " ", shown), allowed | EXCHANGED
    if "/admin/settings/" in desk.page.url:
        allowed |= SENT
    return {word for word in LETTERS.findall(DATA.sub(" ", shown)) if word.lower() not in allowed}


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


def test_the_city_overview_is_one_page_of_paper_and_each_picture_a_file(sit_down: SitDown) -> None:
    desk = sit_down("boss")
    desk.go("/admin/overview/")
    for way in ({"format": "A4"}, {"format": "A4", "landscape": True}):
        assert len(re.findall(rb"/Type\s*/Page[^s]", desk.page.pdf(**way))) == 1
    with desk.page.expect_download() as kept:
        desk.page.locator("[data-png]").first.click()
    assert kept.value.suggested_filename.endswith(".png")
    assert Path(kept.value.path()).read_bytes()[:4] == b"\x89PNG"
