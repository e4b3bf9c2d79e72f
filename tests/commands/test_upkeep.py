"""Maintenance, schema and migration by command: exit codes, one sentence, and data of another schema."""

import json

import pytest
from pymongo import MongoClient

from documents.maintenance.data_state import SCHEMA
from documents.server.embedded import DEFAULT_NAME
from tests.commands.test_commands import Office
from tests.sample_office import code, workbook

pytestmark = [pytest.mark.slow]


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    made = Office(tmp_path_factory.mktemp("u") / "data")
    made.run("users", "add", "zhang", "--role", "city", "--password-stdin", given="lamp-river-green-40\n")
    yield made
    made.end()


def schema(office, **fields):
    office.database["data_state"].update_one({"_id": "office"}, {"$set": fields}, upsert=True)


def test_maintenance_holds_every_commands_writes_back_and_lets_reads_through(office, tmp_path):
    assert office.run("maintenance", "status").code == 0
    done = office.run("maintenance", "on", "--reason", "换服务器")
    assert (done.code, done.out.strip()) == (0, "维护中（换服务器），请稍后再保存。")
    assert office.run("maintenance", "status").code == 1
    refused = office.run(
        "users", "add", "wang", "--role", "city", "--password-stdin", given="lamp-river-green-41\n"
    )
    assert (refused.code, refused.err.strip()) == (2, "维护中（换服务器），请稍后再保存。")
    assert office.run("export", "bases", tmp_path / "a.xlsx").code == 0
    assert office.run("maintenance", "off").code == 0
    assert office.run("maintenance", "off").code == 2
    assert office.run("verify-audit").code == 0


def test_the_schema_is_told_older_data_is_migrated_and_newer_data_refused(office, tmp_path):
    assert office.run("migrate", "--check").code == 0
    schema(office, migrated=0)
    # Somebody else's server: the office says when.
    uri = office.embedded.start()
    place = uri.replace("/?", f"/{DEFAULT_NAME}?")
    assert office.run("migrate", "--check", MONGODB_URI=place).code == 1
    refused = office.run("export", "bases", tmp_path / "a.xlsx", MONGODB_URI=place)
    assert refused.code == 2
    assert "flask migrate" in refused.err
    assert office.run("backup", tmp_path / "a.backup", MONGODB_URI=place).code == 0, "before migrating"
    done = office.run("migrate", MONGODB_URI=place)
    assert done.code == 0
    assert len(done.err.strip().splitlines()) >= SCHEMA, "progress is told"
    assert office.run("migrate", "--check", MONGODB_URI=place).code == 0
    # Our own: at the start.
    schema(office, migrated=1)
    assert office.run("export", "bases", tmp_path / "a.xlsx").code == 0
    assert office.run("migrate", "--check").code == 0
    schema(office, migrated=SCHEMA + 1)
    try:
        for words in (
            ("serve",),
            ("migrate",),
            ("backup", tmp_path / "b"),
            ("export", "bases", tmp_path / "b.xlsx"),
        ):
            refused = office.run(*words)
            assert refused.code == 2, words
            assert len(refused.err.strip().splitlines()) == 1
    finally:
        schema(office, migrated=SCHEMA)


def test_the_configuration_goes_out_and_comes_back_with_a_readable_difference(office, tmp_path):
    file = tmp_path / "配置.json"
    assert office.run("schema", "export", file).code == 0
    assert office.run("schema", "import", file).out.strip() == "没有差异。"
    whole = json.loads(file.read_text())
    whole["settings"]["lock_after"] = 9
    whole["counties"]["371525"]["aliases"] = ["冠州"]
    file.write_text(json.dumps(whole, ensure_ascii=False))
    tried = office.run("schema", "import", file, "--dry-run")
    assert tried.code == 0
    assert "5 → 9" in tried.out
    assert "— → 冠州" in tried.out
    assert office.run("schema", "import", file).out == tried.out, "nothing was written by the trial"
    assert office.run("schema", "import", file).out.strip() == "没有差异。"
    assert office.run("verify-audit").code == 0


def test_a_configuration_that_cannot_be_taken_is_one_sentence(office, tmp_path):
    file = tmp_path / "配置.json"
    for text, says in (("{", "第 1 行"), ("{}", "配置文件")):
        file.write_text(text)
        done = office.run("schema", "import", file)
        assert (done.code, done.out, says in done.err) == (2, "", True)
    assert office.run("schema", "import", tmp_path / "none").code == 2
    assert office.run("schema", "export", tmp_path / "none" / "a.json").code == 2


def test_a_batch_is_listed_and_undone_and_what_was_changed_since_is_left(office, tmp_path):
    base = ["示范甲园", "运营甲", code(8000001), "冠县", "创业基地", "张三", "建设路1号"]
    heads = [
        "基地名称",
        "运营主体",
        "统一社会信用代码",
        "所属县（市、区）",
        "基地类型",
        "法定代表人",
        "基地地址",
    ]
    (tmp_path / "bases.xlsx").write_bytes(workbook([heads, base]).getvalue())
    assert office.run("import", "bases", tmp_path / "bases.xlsx").code == 0
    rows = [["企业名称", "统一社会信用代码", "所属基地"]]
    rows += [[f"批次企业{number}", code(8000010 + number), base[0]] for number in range(3)]
    (tmp_path / "companies.xlsx").write_bytes(workbook(rows).getvalue())
    imported = json.loads(office.run("import", "tenant-companies", tmp_path / "companies.xlsx", "--json").out)
    batches = json.loads(office.run("batches", "--json").out)
    assert [line["collection"] for line in batches[:2]] == ["tenant_companies", "bases"]
    assert (batches[0]["batch"], batches[0]["counts"]["created"]) == (imported["batch"], 3)
    rows[1][0] = "批次企业改名"
    (tmp_path / "later.xlsx").write_bytes(workbook(rows[:2]).getvalue())
    office.run("import", "tenant-companies", tmp_path / "later.xlsx", "--on-conflict", "file")
    renamed = office.database["tenant_companies"].count_documents({"name": "批次企业改名"})
    done = office.run("undo", imported["batch"], "--json")
    told = json.loads(done.out)
    assert renamed == 1
    assert (done.code, told["counts"]["undone"], len(told["left"])) == (1, 2, 1)
    assert office.database["tenant_companies"].count_documents({}) == renamed
    assert office.run("batches").out.splitlines()[0].split("\t")[0] == told["batch"]
    again = office.run("undo", "nothing")
    assert (again.code, "nothing" in again.err) == (2, True)
    assert office.run("verify-audit").code == 0


def test_an_office_moves_to_another_server_by_command(office, tmp_path):
    other = Office(tmp_path / "o")
    try:
        target = other.embedded.start().replace("/?", f"/{DEFAULT_NAME}?")
        done = office.run("move-to", target)
        assert done.code == 0, done.err
        assert "users 1" in done.out
        with MongoClient(target) as there:
            assert there[DEFAULT_NAME]["users"].count_documents({}) == 1
        assert office.run("maintenance", "status").code == 1, "nobody goes on in the old place"
        assert office.run("maintenance", "off").code == 0
    finally:
        other.end()
