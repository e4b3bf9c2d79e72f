"""Who did something stands on a page in the reader's language, also where it was the program itself."""

import re
from pathlib import Path

from flask import Flask

from admin_views.shared.history import name_of, shown_entry
from rules.access import SYSTEM

_VIEWS = Path(__file__).resolve().parents[3] / "admin_views"
# What is read of a record of who did something; the interface for programs gives it as it is stored.
_READ = re.compile(
    r"""(?:get\(|\[)["'](?:title_)?(?:created|updated|decided|published|dismissed|made)_by["']|edition\.made_by"""
)


def test_every_page_names_the_program_in_the_readers_language() -> None:
    raw = [
        f"{path.relative_to(_VIEWS)}: {line.strip()}"
        for path in sorted(_VIEWS.rglob("*.py"))
        if "api" not in path.parts
        for line in path.read_text("utf-8").splitlines()
        if _READ.search(line) and "name_of(" not in line
    ]
    assert raw == []


def test_the_program_has_a_name_in_chinese(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert name_of(SYSTEM.name) == "系统"
        assert name_of(None) == ""


def test_a_file_that_the_program_made_is_told_by_the_beginning_of_its_digest(app: Flask) -> None:
    entry = {
        "action": "file-generated",
        "at": None,
        "actor_name": SYSTEM.name,
        "collection": "annual_reports",
        "note": f"清单.xlsx sha256:{'0123456789ab' * 5}cdef",
    }
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert shown_entry(entry).action.endswith("清单.xlsx SHA-256 0123456789ab")
