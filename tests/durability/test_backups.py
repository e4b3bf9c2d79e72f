"""Backups and restores that are killed: the last whole backup stands, and the office is all old or all new."""

from services.maintenance.backup_file import belongs_in_a_backup
from tests.durability.clerks import Clerk
from tests.durability.running import kill, until


def killed_midway(running, folder):
    """Kill a backup while it writes, and tell whether it was still at it."""
    until(lambda: list(folder.glob(".*.part")) or running.poll() is not None, 60)
    caught = running.poll() is None
    if caught:
        kill(running.pid)
    running.communicate()
    return caught


def test_a_killed_backup_leaves_the_last_whole_one(house, clerk, base, tmp_path):
    place = tmp_path / "backups" / "office.backup"
    place.parent.mkdir()
    assert house.command("backup", str(place)).returncode == 0
    whole = place.read_bytes()
    for _ in range(3):
        running = house.begin("backup", str(place))
        if killed_midway(running, place.parent):
            break
        whole = place.read_bytes()  # it was done too soon to be caught
    assert place.read_bytes() == whole or not list(place.parent.glob(".*.part"))
    (place.parent / f".{place.name}.{running.pid}.part").touch()  # as one that was caught leaves it

    assert house.command("backup", str(place)).returncode == 0
    assert [path.name for path in place.parent.iterdir()] == [place.name], (
        "what the killed one left is cleared away"
    )


def contents(db):
    """Return a fingerprint of what a restore brings back."""
    kept = dict(db.command("dbHash")["collections"])
    return {
        name: kept[name]
        for name in kept
        if belongs_in_a_backup(name)
        and not name.startswith(("users", "audit", "trail_followers", "notifications"))
    }


def test_a_killed_restore_leaves_all_of_the_old_or_all_of_the_new(house, clerk, base, tmp_path):
    place = tmp_path / "office.backup"
    assert house.command("backup", str(place)).returncode == 0
    with house.database() as db:
        old = contents(db)
        assert clerk.post(f"/admin/bases/delete/?id={base}", {"version": 1}).status == 303
        present = contents(db)
        assert present != old
    house.webs[0].end()
    running = house.begin("restore", "--replace", str(place))
    until(lambda: (house.folder / "mongod.socket").exists() and house.mongod)
    with house.database() as db:
        until(lambda: len(restoring(db)) >= 5)
    kill(running.pid)
    running.communicate()
    assert house.in_order() == []
    with house.database() as db:
        assert contents(db) in (present, old)
    # Whether it was killed while loading or later: nobody has to do anything for writes to go through again.
    house.wait_for_the_end_of_maintenance()
    Clerk(house.webs[-1].port).sign_in()
    house.webs[-1].end()
    assert house.command("restore", "--replace", str(place)).returncode == 0
    house.only_one()
    with house.database() as db:
        assert contents(db) == old
        assert restoring(db) == []
    house.clerk = house.clerk.at(house.webs[0].port).sign_in()  # a restore signs everyone out


def restoring(db):
    return [name for name in db.list_collection_names() if name.startswith("restoring.")]
