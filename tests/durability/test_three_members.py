"""On a replica set of three: no process and no member that stops, dies or falls silent holds up the others' saves."""

import shutil
import signal
import time
from collections.abc import Iterator

import pytest

from tests.durability.clerks import base_form, company_form
from tests.durability.office_on_a_set import OfficeOnASet, answered_within, freeze_primary, waits_after
from tests.durability.running import at_once, until
from tests.durability.saving import acknowledged, saving

# A page, its bound of 2.5 s and what stands around it; the machine of the tests may be busy.
SILENCE = 6.0
# Until a transaction that was left behind counts as such, and a try after it: 8 s were seen; the server would take 60.
LEFT_BEHIND = 20.0


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeOnASet]:
    folder = tmp_path_factory.mktemp("set")
    office = OfficeOnASet(folder)
    try:
        yield office.start()
    finally:
        office.end()
        shutil.rmtree(folder)


def test_a_server_that_keeps_abandoned_transactions_for_a_minute_is_told_of_at_the_start(office):
    assert "允许被遗弃的事务存活 60 秒" in office.webs[0].log


def test_a_process_that_is_killed_in_mid_write_holds_nobody_for_long(office, numbers):
    assert waits_after(office, numbers, "KILL") < LEFT_BEHIND
    office.replace()
    office.in_order([])


def test_a_stopped_process_holds_nobody_for_long_and_does_not_say_that_it_saved_what_was_taken_back(
    office, numbers
):
    base = office.desk(0).post("/admin/bases/new/", base_form(next(numbers))).made
    mine, form = company_form(next(numbers), base), company_form(next(numbers), base)
    with office.struck_in_mid_write(mine, "STOP") as answers:
        began = time.monotonic()
        until(lambda: office.desk(0).post("/admin/tenant-companies/new/", form).status == 303, 60)
        assert time.monotonic() - began < LEFT_BEHIND
    office.webs[1].process.send_signal(signal.SIGCONT)
    until(lambda: answers)
    with office.set.database() as db:
        saved = db["tenant_companies"].count_documents({"uscc": mine["uscc"]})
    assert (answers[0].status, saved) in ((503, 0), (303, 1))
    office.in_order([])


def test_a_frozen_primary_is_answered_within_seconds_and_writes_come_back(office, numbers):
    base = office.desk(0).post("/admin/bases/new/", base_form(next(numbers))).made
    with saving(office.desk(1), base, numbers, 3) as savers:
        until(lambda: acknowledged(savers) >= 6)
        frozen = freeze_primary(office)
        try:
            asked = [
                ("/admin/", None),
                ("/admin/tenant-companies/?search=sx", None),
                ("/admin/tenant-companies/new/", company_form(next(numbers), base)),
                ("/healthz", None),
            ]
            answers = at_once(len(asked), lambda n: answered_within(office.desk(0), *asked[n]))
            assert max(seconds for _, seconds in answers) < SILENCE
            assert {answer.status for answer, _ in answers} <= {200, 303, 503}
            before = acknowledged(savers)
            until(lambda: acknowledged(savers) >= before + 6, 40)
        finally:
            frozen.thaw()
        until(lambda: office.desk(0).get("/healthz").status == 200)
    assert sum(saver.cut_off for saver in savers) == 0
    assert max(saver.longest for saver in savers) < LEFT_BEHIND
    office.in_order(savers)


def test_a_secondary_that_stands_still_is_nobodys_source_and_holds_up_no_save(office, numbers):
    base = office.desk(0).post("/admin/bases/new/", base_form(next(numbers))).made
    primary, (still, other) = office.set.primary(), office.set.secondaries()
    until(lambda: office.set.source_of(other) == primary.host)
    still.freeze()
    try:
        answer, seconds = answered_within(
            office.desk(0), "/admin/tenant-companies/new/", company_form(next(numbers), base)
        )
    finally:
        still.thaw()
    assert (answer.status, seconds < SILENCE) == (303, True)
    office.set.wait_until_whole()
    office.in_order([])


def test_a_killed_primary_costs_no_acknowledged_save(office, numbers):
    base = office.desk(0).post("/admin/bases/new/", base_form(next(numbers))).made
    with saving(office.desk(0), base, numbers, 3) as savers:
        until(lambda: acknowledged(savers) >= 6)
        killed = office.set.primary()
        killed.kill()
        before = acknowledged(savers)
        until(lambda: acknowledged(savers) >= before + 6, 40)
        killed.start()
    assert {answer.status for saver in savers for answer in saver.answers} <= {303, 503, 409, 422}
    assert max(saver.longest for saver in savers) < LEFT_BEHIND
    until(lambda: time.sleep(0.2) or office.desk(0).get("/healthz").status == 200)
    office.in_order(savers)
