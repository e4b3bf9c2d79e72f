"""An expert's private link in Chromium: what was typed outlives a closed page, and no page is left unasked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Dialog

from documents.applications.round import Round
from documents.indexes import build_indexes
from documents.server.embedded import open_database
from rules.applications import Stage
from services.applications.round_experts import Named, give_experts, make_link
from services.applications.rounds import read_round
from tests import round_driver as driver
from tests.browser.conftest import Open
from tests.browser.desk import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LINK = "link"


def fill_office(folder: str) -> None:
    """Give one base to one expert, and write the address of its page to a file."""
    with open_database():
        build_indexes()
        round_id = driver.make_round()
        base = driver.make_base("371525", "冠县清泉众创空间")
        made = driver.drive(base, round_id, to=Stage.RECOMMENDED)
        at = {"actor": driver.CITY, "now": driver.moment(driver.SCORED)}
        give_experts(
            round_id, [Named("赵教授", "聊城大学")], [made], version=read_round(round_id).version, **at
        )
        key = Round.read(round_id)["experts"][0]["key"]
        until, version = date(2026, 3, 20), read_round(round_id).version
        secret = make_link(round_id, key, until=until, version=version, **at)
        Path(folder, LINK).write_text(f"/expert-review/{secret}/{made}/", "utf-8")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Serve an office on a day on which the expert may score."""
    server = Server(tmp_path / "data")
    server.run(
        f"from tests.browser.rounds.test_expert_link import fill_office; fill_office({str(tmp_path)!r})"
    )
    try:
        yield server.start_at(datetime(2026, 3, 12, 3, tzinfo=UTC))
    finally:
        server.stop()


def test_what_an_expert_typed_outlives_a_closed_page_and_goes_with_saving(
    server: Server, open_desk: Open, tmp_path: Path
) -> None:
    desk, address = open_desk(server), (tmp_path / LINK).read_text("utf-8")
    page = desk.page

    def drafts() -> list[str]:
        return list(page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))"))

    desk.go(address)
    for number in range(4):
        page.locator("input[data-weight]").nth(number).fill(f"{80 + number}")
    page.fill("#opinion", "特色明显，")
    page.wait_for_function("() => Object.values(localStorage).some(text => text.includes('特色明显'))")
    secret = address.split("/")[2]
    kept = page.evaluate("JSON.stringify(Object.entries(localStorage))")
    assert secret not in kept, "the link itself is kept nowhere"

    # Left by a link of the page it asks first; closed all the same, it offers what was typed.
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    with page.expect_event("dialog"):
        page.locator("main > p a").click()
    assert asked == ["beforeunload"]
    assert page.input_value("#opinion") == "特色明显，"
    page.close(run_before_unload=False)
    page = desk.page = desk.new_page()
    desk.go(address)
    assert page.input_value("#opinion") == "", "it is offered, never forced"
    page.locator(".draft-offer .btn-primary").press("Enter")
    assert page.input_value("#opinion") == "特色明显，"
    assert page.locator("[data-total]").inner_text() not in ("", "—")

    # What is refused is still a draft; the connection lost on the way loses nothing either.
    page.locator("input[data-weight]").first.fill("181")
    desk.save()
    assert "181" in page.locator("input[data-weight]").first.input_value()
    assert page.evaluate("document.activeElement.matches('[data-problems]')")
    assert drafts()
    page.locator("[data-problems] a").first.press("Enter")
    assert page.evaluate("document.activeElement === document.querySelector('input[data-weight]')")
    page.locator("input[data-weight]").first.fill("81")
    page.fill("#opinion", "特色明显，建议认定。")
    desk.context.set_offline(True)
    page.click("[data-save]")
    page.wait_for_url("chrome-error:**")
    desk.context.set_offline(False)
    desk.go(address)
    page.locator(".draft-offer .btn-primary").click()
    assert page.input_value("#opinion") == "特色明显，建议认定。"
    desk.save()
    assert "已保存" in desk.main()
    assert drafts() == []
    assert secret not in page.evaluate("JSON.stringify(Object.entries(sessionStorage))")
    desk.faults[:] = [fault for fault in desk.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
