"""Commands that are killed half-way: begun again they finish, and what stood before stands."""

import json

from tests.durability.clerks import base_form
from tests.durability.running import kill, until
from tests.durability.workbooks import companies, ledger


def imported(house, *words):
    done = house.command("import", *words, "--json")
    assert done.returncode == 0, done.stderr or done.stdout
    return json.loads(done.stdout)


def test_a_killed_import_begun_again_writes_the_rest_and_nothing_twice(house, clerk, numbers, tmp_path):
    forms = [base_form(next(numbers)) for _ in range(2)]
    for form in forms:
        assert clerk.post("/admin/bases/new/", form).status == 303
    names = [form["name"] for form in forms]
    book = ledger(tmp_path / "ledger.xlsx", names, 1000)
    with house.database() as db:
        entries = db["ledger_entries"]
        ours = {"base_name": {"$in": names}}
        # Killed in its first chunk, and begun again in a later one.
        for stood in (1, 500):
            running = house.begin("import", "ledger-entries", str(book))
            until(lambda stood=stood: entries.count_documents(ours) >= stood)
            kill(running.pid)
            running.communicate()
        stood = entries.count_documents(ours)
        assert 500 <= stood < 1000
        assert db["import_batches"].count_documents({"finished_at": {"$exists": False}}) == 2, (
            "seen as cut short"
        )

        report = imported(house, "ledger-entries", str(book))
        assert (report["unchanged"], report["created"]) == (stood, 1000 - stood)
        assert [entries.count_documents({"base_name": name}) for name in names] == [500, 500]
        assert entries.count_documents({**ours, "request": "培训100"}) == 3, (
            "the same service three times is three"
        )


def test_an_import_outlives_its_database(house, clerk, numbers, tmp_path):
    form = base_form(next(numbers))
    assert clerk.post("/admin/bases/new/", form).status == 303
    book = companies(tmp_path / "companies.xlsx", form["name"], numbers, 600)
    running = house.begin("import", "tenant-companies", str(book), "--json")
    with house.database() as db:
        until(lambda: db["tenant_companies"].count_documents({"base_name": form["name"]}))
    kill(house.mongod)
    said, trouble = running.communicate(timeout=60)
    if running.returncode:  # it may have read at the wrong moment: one sentence, and begun again it finishes
        assert running.returncode == 2
        assert len(trouble.strip().splitlines()) == 1, trouble
        said = json.dumps(imported(house, "tenant-companies", str(book)))
    report = json.loads(said)
    assert report["created"] + report["unchanged"] == 600
    with house.database() as db:
        assert db["tenant_companies"].count_documents({"base_name": form["name"]}) == 600


def test_a_killed_backup_leaves_the_last_whole_one(house, clerk, base, tmp_path):
    place = tmp_path / "backups" / "office.backup"
    place.parent.mkdir()
    assert house.command("backup", str(place)).returncode == 0
    whole = place.read_bytes()
    running = house.begin("backup", str(place))
    until(lambda: list(place.parent.glob(".*.part")))
    kill(running.pid)
    running.communicate()
    assert place.read_bytes() == whole or not list(place.parent.glob(".*.part"))

    assert house.command("backup", str(place)).returncode == 0
    assert [path.name for path in place.parent.iterdir()] == [place.name], (
        "what the killed one left is cleared away"
    )


def contents(db):
    """Return a fingerprint of what a restore brings back."""
    kept = dict(db.command("dbHash")["collections"])
    return {name: kept[name] for name in kept if not name.startswith(("restoring.", "users", "audit"))}


def test_a_killed_restore_leaves_all_of_the_old_or_all_of_the_new(house, clerk, base, tmp_path):
    place = tmp_path / "office.backup"
    assert house.command("backup", str(place)).returncode == 0
    with house.database() as db:
        old = contents(db)
        assert clerk.post(f"/admin/bases/delete/?id={base}", {"version": 1}).status == 303
        present = contents(db)
        assert present != old
        house.webs[0].end()
    for loaded in (1, 9):
        running = house.begin("restore", "--replace", str(place))
        until(lambda: (house.folder / "mongod.socket").exists() and house.mongod)
        with house.database() as db:
            until(lambda loaded=loaded: len(restoring(db)) >= loaded)
        kill(running.pid)
        running.communicate()
        assert house.in_order() == []
        with house.database() as db:
            assert contents(db) in (present, old)
        house.webs[-1].end()
    assert house.command("restore", "--replace", str(place)).returncode == 0
    house.only_one()
    with house.database() as db:
        assert contents(db) == old
        assert restoring(db) == []
    house.clerk = house.clerk.at(house.webs[0].port).sign_in()  # a restore signs everyone out


def restoring(db):
    return [name for name in db.list_collection_names() if name.startswith("restoring.")]
