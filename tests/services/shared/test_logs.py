"""A disk that is full costs a line of the log, never what the line is about."""

import sys
import threading
from pathlib import Path

import pytest
import structlog

from app import create_app
from documents.server import watch
from services.shared.logs import log_unfailingly

FULL = Path("/dev/full")


class FullDisk:
    """A stream that has no room."""

    def write(self, text: str) -> None:
        raise OSError(28, "No space left on device")


def test_a_line_for_a_full_disk_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    log_unfailingly()
    monkeypatch.setattr(sys, "stdout", FullDisk())
    structlog.get_logger().error("not written")


@pytest.mark.skipif(not FULL.exists(), reason="/dev/full is a device of Linux")
@pytest.mark.usefixtures("db")
def test_a_request_whose_line_cannot_be_written_is_answered() -> None:
    app = create_app({"SECRET_KEY": "only-for-tests-" + "x" * 32, "ACCESS_LOG": str(FULL)})
    assert app.test_client().get("/login").status_code == 200


def test_the_watch_goes_on_whatever_reviving_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_LOOK", 0.01)
    monkeypatch.setattr(watch, "_REST", 0.01)
    revived = threading.Event()
    tries = iter([OSError(28, "No space left on device"), None])

    def revive() -> None:
        trouble = next(tries, None)
        if trouble:
            raise trouble
        revived.set()

    watching = watch.Watch(revived.is_set, revive, lambda: None)
    try:
        assert revived.wait(5)
    finally:
        watching.end()
