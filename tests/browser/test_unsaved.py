"""The database falls silent while a clerk saves: the page keeps what was typed, and saves it later."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.browser.desk import Desk
from tests.browser.workbooks import code

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]


@contextmanager
def silent_database(desk: Desk) -> Iterator[None]:
    """Freeze the embedded mongod."""
    mongod = int((desk.server.folder / "db" / "mongod.lock").read_text())
    os.kill(mongod, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(mongod, signal.SIGCONT)


def found(desk: Desk, name: str) -> list[str]:
    desk.go(f"/admin/service-partners/?search={name}")
    return desk.names()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_typed_is_kept_and_saved_when_the_database_is_back(sit_down: SitDown, scripts: bool) -> None:
    desk = sit_down("city")
    name = f"鲁西静默{'甲' if scripts else '乙'}会计师事务所"
    desk.go("/admin/service-partners/new/")
    desk.page.fill("#name", name)
    desk.page.fill("#uscc", code(778 + scripts, "371500"))
    desk.page.get_by_label("专业服务").check()
    if not scripts:
        desk.page.route("**/unsaved.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    with silent_database(desk):
        began = time.monotonic()
        desk.save()
        assert time.monotonic() - began < 6
        words = desk.main()
        assert "尚未保存" in desk.page.title()
        assert name in words
        assert "再试一次" in words
        assert ("会自动保存" in words) is scripts
    if scripts:
        desk.page.wait_for_url("**/details/?id=*", timeout=40_000)
    else:
        desk.press("再试一次")
    assert name in desk.main()
    assert found(desk, name) == [name]
    desk.faults[:] = [fault for fault in desk.faults if "503" not in fault]
