"""Killed in the middle of saves, as by a power cut: what was acknowledged is there, and nothing is there by half."""

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from documents.embedded_binary import find_mongod
from tests.durability.running import Clerk, House, alive, at_once, base_form, company_form, kill, until
from tests.durability.saving import acknowledged, lost, saving


def test_what_a_killed_web_server_acknowledged_is_there(house, clerk, base, numbers):
    with saving(clerk, base, numbers, 4) as savers:
        for _ in range(3):
            before = acknowledged(savers)
            until(lambda before=before: acknowledged(savers) >= before + 15)
            house.webs[-1].end(signal.SIGKILL)
            house.serve(clerk.port)
    with house.database() as db:
        assert lost(savers, db) == []
    assert sum(saver.cut_off for saver in savers) > 0
    assert house.command("verify-audit").returncode == 0


def test_a_killed_database_is_back_before_the_clerks_notice(house, clerk, base, numbers):
    with saving(clerk, base, numbers, 4) as savers:
        for _ in range(3):
            before = acknowledged(savers)
            until(lambda before=before: acknowledged(savers) >= before + 15)
            killed = house.mongod
            kill(killed)
            page = clerk.get("/admin/tenant-companies/")
            assert page.status in (200, 503), page.text
            until(lambda killed=killed: house.mongod != killed and alive(house.mongod))
    with house.database() as db:
        assert lost(savers, db) == []
    answers = [answer for saver in savers for answer in saver.answers]
    assert {answer.status for answer in answers} <= {303, 503, 409, 422}, "a save may fail, with a page that says so"
    assert sum(saver.cut_off for saver in savers) == 0, "nobody waits in vain"
    assert max(saver.longest for saver in savers) < 25
    assert house.command("verify-audit").returncode == 0


def test_both_killed_at_once_the_next_start_finds_everything(house, clerk, base, numbers):
    with saving(clerk, base, numbers, 4) as savers:
        for _ in range(2):
            before = acknowledged(savers)
            until(lambda before=before: acknowledged(savers) >= before + 15)
            os.kill(house.webs[-1].process.pid, signal.SIGKILL)
            kill(house.mongod)
            house.webs[-1].end()
            house.serve(clerk.port)
    with house.database() as db:
        assert lost(savers, db) == []
    assert house.command("verify-audit").returncode == 0


@pytest.fixture
def stubborn(tmp_path: Path) -> tuple[Path, str]:
    """Give a flag, and a PATH on which mongod does not start as long as the flag is there."""
    flag, script = tmp_path / "broken", tmp_path / "bin" / "mongod"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\n[ -e "{flag}" ] && exit 3\nexec "{find_mongod()}" "$@"\n')
    script.chmod(0o755)
    return flag, f"{script.parent}{os.pathsep}{os.environ['PATH']}"


def test_without_a_database_every_page_says_so_in_chinese_and_it_comes_back(tmp_path, stubborn):
    flag, path = stubborn
    house = House(tmp_path / "data")
    try:
        server = house.serve(PATH=path)
        password = server.log.split("admin  ")[1].split()[0]
        clerk = Clerk(server.port)
        clerk.read_token("/login")
        assert clerk.post("/login", {"username": "admin", "password": password}).status == 303
        flag.touch()
        kill(house.mongod)
        began = time.monotonic()
        asked = [
            lambda: clerk.get("/admin/"),
            lambda: clerk.get("/admin/tenant-companies/?search=sx&page=2"),
            lambda: clerk.post("/admin/bases/new/", base_form(1)),
            lambda: clerk.post("/admin/tenant-companies/new/", company_form(2, "0" * 24)),
            lambda: clerk.get("/admin/bases/export/xlsx/"),
        ]
        answers = at_once(len(asked), lambda number: asked[number]())
        assert time.monotonic() - began < 30
        assert [answer.status for answer in answers] == [503] * len(answers)
        for answer in answers:
            assert "数据库" in answer.text
            for secret in ("mongod", "sock", "Traceback", "pymongo", str(tmp_path)):
                assert secret not in answer.text
        assert clerk.get("/healthz").status == 503
        assert clerk.get("/static/office.css").status == 200

        flag.unlink()
        until(lambda: clerk.get("/healthz").status == 200)
        assert house.in_order() == []
    finally:
        flag.unlink(missing_ok=True)
        house.end()
        shutil.rmtree(tmp_path / "data")
