"""Data of earlier programs becomes data of this one; data of a later one is refused."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from documents.indexes import build_indexes, documents
from documents.kinds import FILED, RECORDS
from documents.maintenance.data_state import SCHEMA, DataState
from documents.records.tenant_company import TenantCompany
from rules.access import SYSTEM
from rules.errors import Refused, Unreadable
from services.assessment.kept_figures import differences
from services.desk import trail
from services.maintenance import migrate as migrating
from services.maintenance.backup import backup
from services.maintenance.migrate import demand_schema, migrate, schema_of_data
from services.maintenance.migrations import MIGRATIONS
from services.maintenance.restore import restore
from services.records import records

FIRST_RELEASE = Path(__file__).parent / "data" / "first-release.backup"


@pytest.fixture
def first(office, db):
    """The data of the first release, not yet migrated: as it stands when a new program finds it."""
    restore(FIRST_RELEASE, now=office.now, replace=True)
    # Undo what the restore has brought it to.
    db["bases"].update_many({}, {"$unset": {"title_source": ""}})
    db["kept_figures"].delete_many({})
    db["tenant_companies"].update_many({}, {"$set": {"search_tokens": ["旧"], "search_text": "旧"}})
    DataState.note_restored(0)
    yield office
    for name in set(db.list_collection_names()):
        if name.startswith("restoring."):
            db[name].drop()


def test_the_migrations_are_numbered_from_one_and_the_last_is_the_programs_schema():
    assert [one.number for one in MIGRATIONS] == list(range(1, SCHEMA + 1))
    folder = Path(migrating.__file__).parent / "migrations"
    files = sorted(path.stem for path in folder.glob("m[0-9]*.py"))
    assert [int(re.match(r"m(\d{4})_", name)[1]) for name in files] == [one.number for one in MIGRATIONS]


def test_the_first_releases_backup_is_restored_and_is_well_afterwards(office, db):
    counts = restore(FIRST_RELEASE, now=office.now, replace=True)
    assert counts["tenant_companies"] == 24
    assert schema_of_data() == SCHEMA
    assert trail.verify() is None
    assert list(differences()) == []
    assert office.tallies_are_right()
    for name, document in RECORDS.items():
        listed = list(document.objects.visible_to(SYSTEM).rows(("_id",), (("_id", 1),)))
        assert len(listed) == db[name].count_documents({}), name
        for raw in db[name].find():
            assert {key: raw.get(key) for key in document.search_fields(raw)} == document.search_fields(raw)
            document._from_son(raw).validate()
    raw = db["tenant_companies"].find_one({"version": 2})
    assert records.update(
        "tenant_companies", raw["_id"], {"people": 5}, version=2, actor=SYSTEM, now=office.now
    )
    assert trail.verify() is None


def test_migrating_tells_how_far_it_is_and_a_second_time_changes_nothing(first, db):
    told = []
    done = migrate(now=first.now, report=lambda one, at, of: told.append((one.number, at, of)))
    assert [one.number for one in done] == [one.number for one in MIGRATIONS]
    assert {number for number, _, _ in told} == {one.number for one in MIGRATIONS}
    assert all(at <= of for _, at, of in told)
    assert {raw["title_source"] for raw in db["bases"].find({"status": "certified"})} == {"earlier"}
    assert list(differences()) == []
    assert list(TenantCompany.objects.matching("有限公司").rows(("_id",), (("_id", 1),)))
    before = {name: list(db[name].find()) for name in FILED}
    assert migrate(now=first.now) == ()
    assert {name: list(db[name].find()) for name in FILED} == before


@pytest.mark.parametrize("place", range(len(MIGRATIONS)))
def test_a_migration_that_was_cut_short_is_begun_again_and_those_before_it_are_not(first, monkeypatch, place):
    runs = []

    def cut(migration):
        def run(now, progress):
            runs.append(migration.number)
            if migration.number == place + 1 and runs.count(migration.number) == 1:
                migration.run(now, progress)
                raise SystemExit
            migration.run(now, progress)

        return type(migration)(migration.number, migration.title, run, migration.shuts_out)

    monkeypatch.setattr(migrating, "MIGRATIONS", tuple(cut(one) for one in MIGRATIONS))
    with pytest.raises(SystemExit):
        migrate(now=first.now)
    assert schema_of_data() == place
    with pytest.raises(Refused):
        demand_schema()
    migrate(now=first.now)
    assert runs == [*range(1, place + 2), *range(place + 1, SCHEMA + 1)]
    demand_schema()


def test_newer_data_is_refused_by_one_sentence_and_left_alone(office, db):
    DataState.be_there()
    DataState.note_schema(SCHEMA + 1, 0)
    before = {name: list(db[name].find()) for name in FILED}
    for act in (demand_schema, lambda: migrate(now=office.now)):
        with pytest.raises(Refused) as refused:
            act()
        assert len(refused.value.refusals) == 1
    assert {name: list(db[name].find()) for name in FILED} == before


def test_a_new_office_has_the_programs_schema_from_the_start(db):
    db["data_state"].delete_many({})  # as before the first start
    assert DataState.schema() is None
    demand_schema()
    assert DataState.schema() == SCHEMA


@pytest.mark.parametrize(
    ("made_as", "schema"), [(0, 0), (-1, 0), ("1", 0), (True, 0), (3, 0), (2, SCHEMA + 1)]
)
def test_a_backup_of_an_unknown_format_or_a_newer_schema_is_refused(office, db, tmp_path, made_as, schema):
    path = tmp_path / "a.backup"
    backup(tmp_path / "b", now=office.now)
    with zipfile.ZipFile(tmp_path / "b") as source, zipfile.ZipFile(path, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename == "manifest.json":
                data = json.dumps(json.loads(data) | {"format": made_as, "schema": schema}).encode()
            target.writestr(info.filename, data)
    before = {name: list(db[name].find()) for name in FILED}
    with pytest.raises(Unreadable) as refused:
        restore(path, now=office.now, replace=True)
    assert len(refused.value.refusals) == 1
    assert {name: list(db[name].find()) for name in FILED} == before


# --- Two programs side by side -------------------------------------------------------------------


def test_a_document_that_an_earlier_program_wrote_is_read_and_saved_rightly(office, db):
    """The additive rule: what is not there has its default, and a save leaves everything else as it was."""
    base = office.base("莘县创业园")
    company = office.company(base, "甲", people=7)
    late = {"size_override", "size_reason", "notes", "legal_person", "phone"}
    db["tenant_companies"].update_one({"_id": company}, {"$unset": dict.fromkeys(late, "")})
    db["tenant_companies"].update_one({"_id": company}, {"$set": {"of_a_later_program": {"kept": 1}}})
    before = office.get("tenant_companies", company)
    assert TenantCompany.objects.get(id=company).people == 7
    assert office.update("tenant_companies", company, people=8)
    after = office.get("tenant_companies", company)
    changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    assert changed <= {"people", "version", "updated_at", "updated_by", "size"}
    assert after["of_a_later_program"] == {"kept": 1}, "what another program keeps there stays"


# --- Indexes -------------------------------------------------------------------------------------


def test_an_index_of_another_definition_under_the_same_name_is_built_anew(db):
    company = db["tenant_companies"]
    known = company.index_information()
    name = next(name for name, facts in known.items() if facts.get("unique"))
    company.drop_index(name)
    company.create_index([("notes", 1)], name=name)
    other = next(index for index in known if index not in ("_id_", name))
    company.drop_index(other)
    company.create_index(known[other]["key"], name="von_hand")
    told = []
    build_indexes(lambda collection, index: told.append((collection, index)))
    assert company.index_information() == known
    assert sorted(told) == sorted([("tenant_companies", name), ("tenant_companies", "von_hand")])


def test_an_index_that_the_data_does_not_allow_is_explained(db):
    company = db["tenant_companies"]
    name = next(name for name, facts in company.index_information().items() if facts.get("unique"))
    company.drop_index(name)
    company.insert_many([{"uscc": "91371525MA0000101X", "county": "371525"} for _ in range(2)])
    try:
        with pytest.raises(Refused) as refused:
            build_indexes()
        assert refused.value.refusals[0].params["index"] == name
        assert "91371525MA0000101X" in str(refused.value)
    finally:
        company.delete_many({})
        build_indexes()


def test_every_stored_class_has_its_indexes_by_declaration(db):
    """What decides whether an index is another one finds no fault with those just built."""
    told = []
    build_indexes(lambda *index: told.append(index))
    assert told == []
    assert documents()
