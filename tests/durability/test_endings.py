"""Asked to end, the office ends: within seconds, and without a process left behind."""

import signal
import time

import pytest

from tests.durability.running import House, alive, until
from tests.durability.saving import acknowledged, lost, saving


@pytest.mark.parametrize(
    "sign",
    [
        signal.SIGTERM,  # a service manager, `kill`
        signal.SIGINT,  # Ctrl+C
    ],
)
def test_the_web_server_takes_the_database_with_it(house, sign):
    mongod = house.mongod
    assert house.webs[0].end(sign) == 0
    until(lambda: not alive(mongod))
    assert not list(house.folder.glob("*.sock"))
    assert "Traceback" not in house.webs[0].log


def test_a_second_signal_does_not_cut_the_end_short(house):
    mongod = house.mongod
    process = house.webs[0].process
    process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 60
    # Until it is gone: Python's own end, after the database was left, must not be cut short either.
    while process.poll() is None and time.monotonic() < deadline:
        for sign in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            process.send_signal(sign)
        time.sleep(0.005)
    assert process.returncode == 0
    until(lambda: not alive(mongod))


def test_ended_during_saves_it_loses_nothing(house, clerk, base, numbers):
    with saving(clerk, base, numbers, 4) as savers:
        until(lambda: acknowledged(savers) >= 20)
        mongod = house.mongod
        house.webs[0].end()
        until(lambda: not alive(mongod))
        house.only_one()
    with house.database() as db:
        assert lost(savers, db) == []


def test_one_of_two_web_servers_leaves_the_database_to_the_other(house, clerk):
    second, mongod = house.serve(), house.mongod
    assert second.end() == 0
    assert alive(mongod)
    assert clerk.get("/admin/bases/").status == 200


def test_an_ended_command_leaves_no_database_behind(house):
    house.webs[0].end()
    running = house.begin("users", "add", "nobody", "--role", "reader", "--password-stdin")
    until(lambda: house.mongod and primary(house))
    time.sleep(2)  # now it waits for the password
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    assert running.returncode == 143
    until(lambda: not alive(house.mongod))


def primary(house: House) -> bool:
    if not (house.folder / "mongod.socket").exists():
        return False
    with house.database() as db:
        return bool(db.client.admin.command("hello").get("isWritablePrimary"))
