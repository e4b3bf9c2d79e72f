"""Imports that are killed half-way: begun again they finish, and nothing is there twice."""

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
        assert house.command("figures", "check").returncode == 0, "whole chunks stand, with their figures"
        assert db["import_batches"].count_documents({"finished_at": {"$exists": False}}) == 2, (
            "seen as cut short"
        )

        report = imported(house, "ledger-entries", str(book))
        assert (report["unchanged"], report["created"]) == (stood, 1000 - stood)
        assert [entries.count_documents({"base_name": name}) for name in names] == [500, 500]
        assert entries.count_documents({**ours, "request": "培训100"}) == 3, (
            "the same service three times is three"
        )


def test_a_rebuild_of_figures_that_is_killed_leaves_right_ones(house, clerk, numbers, tmp_path):
    forms = [base_form(next(numbers)) for _ in range(3)]
    for form in forms:
        assert clerk.post("/admin/bases/new/", form).status == 303
    imported(
        house, "ledger-entries", str(ledger(tmp_path / "ledger.xlsx", [form["name"] for form in forms], 600))
    )
    with house.database() as db:
        built = db["kept_figures"].find_one({"part": "2024"})["_id"]
        running = house.begin("figures", "rebuild")
        until(lambda: db["kept_figures"].find_one({"_id": built}) is None)
        kill(running.pid)
        running.communicate()
    done = house.command("figures", "check")
    assert done.returncode == 0, done.stdout
    assert house.command("figures", "rebuild").returncode == 0
    assert house.command("figures", "check").returncode == 0


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
