"""Killed in the middle of saves, as by a power cut: what was acknowledged is there, and nothing is there by half."""

import os
import signal
import time

from tests.durability.clerks import Clerk, base_form, company_form
from tests.durability.running import alive, at_once, kill, until
from tests.durability.saving import acknowledged, lost, saving


def test_what_a_killed_web_server_acknowledged_is_there(house, clerk, base, numbers):
    with saving(clerk, base, numbers, 4) as savers:
        for _ in range(2):
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
        for _ in range(2):
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
    assert {answer.status for answer in answers} <= {303, 503, 409, 422}, (
        "a save may fail, with a page that says so"
    )
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


def test_a_frozen_database_is_answered_within_seconds_and_what_was_typed_is_kept(house, clerk, base, numbers):
    form = company_form(next(numbers), base)
    asked = [
        lambda: clerk.get("/admin/"),
        lambda: clerk.get("/admin/bases/export/xlsx/"),
        lambda: clerk.post("/admin/tenant-companies/new/", form),
        lambda: clerk.get("/healthz"),
        lambda: clerk.get("/readyz"),
    ]
    os.kill(house.mongod, signal.SIGSTOP)
    try:
        began = time.monotonic()
        answers = at_once(len(asked), lambda number: asked[number]())
        assert time.monotonic() - began < 6  # 2.5 and what stands around them; the machine may be busy
    finally:
        os.kill(house.mongod, signal.SIGCONT)
    assert [answer.status for answer in answers] == [503] * 5
    assert form["name"] in answers[2].text
    assert answers[4].text == '{"failed":["majority-write"],"status":"not ready"}\n'
    until(lambda: clerk.get("/readyz").status == 200)
    assert clerk.post("/admin/tenant-companies/new/", form).status == 303


def test_without_a_database_every_page_says_so_in_chinese_and_it_comes_back(house, clerk, base, numbers):
    asked = [
        lambda: clerk.get("/admin/"),
        lambda: clerk.get("/admin/tenant-companies/?search=sx&page=2"),
        lambda: clerk.post("/admin/bases/new/", base_form(next(numbers))),
        lambda: clerk.post("/admin/tenant-companies/new/", company_form(next(numbers), base)),
        lambda: clerk.get("/admin/bases/export/xlsx/"),
        lambda: Clerk(clerk.port).post("/login", {}),
    ]
    house.broken.touch()
    try:
        kill(house.mongod)
        began = time.monotonic()
        answers = at_once(len(asked), lambda number: asked[number]())
        assert time.monotonic() - began < 30
        assert clerk.get("/healthz").status == 503
        assert clerk.get("/static/office.css").status == 200
    finally:
        house.broken.unlink()
    assert [answer.status for answer in answers] == [503] * 5 + [400]
    for answer in answers[:5]:
        assert "数据库" in answer.text
        for secret in ("mongod", "sock", "Traceback", "pymongo", str(house.folder)):
            assert secret not in answer.text
    until(lambda: clerk.get("/healthz").status == 200)
    assert asked[3]().status == 303
