"""The command line as another program meets it: arguments, exit codes, JSON, one clear sentence and never a trace."""

import json
import os
import re
import subprocess
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace

import openpyxl
import pytest
from pymongo import MongoClient

from documents.desk.sign_in_failures import row_of_pair
from documents.server.embedded import EmbeddedDatabase
from tests.commands.forks import PYTHON, ROOT, forks
from tests.sample_office import SMALL, code, workbook

pytestmark = [pytest.mark.slow]

DATA = ROOT.parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the office's own workbooks are not at hand")
HAN = re.compile("[一-鿿]")
# The kinds the office gave a workbook of; of the staff it gave none.
KINDS = ("bases", "tenant-companies", "service-partners", "ledger-entries")
SUMS = ("created", "updated", "unchanged", "rejected", "skipped")


class Office:
    """A data folder of its own, its mongod kept running for all the commands that share it."""

    def __init__(self, folder):
        self.folder = folder
        self.embedded = EmbeddedDatabase(folder)
        self.client = MongoClient(self.embedded.start())
        self.database = self.client["bases_office"]

    def end(self):
        self.client.close()
        self.embedded.stop()

    def run(self, *arguments, given="", **environ):
        """Run a command in a process of its own."""
        words = [str(one) for one in arguments]
        if "COVERAGE_PROCESS_START" in os.environ:  # which begins to measure when Python starts
            return self.start(*words, given=given, **environ)
        return self._without_a_trace(
            forks().run(["-m", "flask", "--app", "app", *words], self._environment(environ), given)
        )

    def run_small(self, *words):
        """Run a command to which the demonstration is small; how it is told whole is for tests/services/demo to say."""
        small = "".join(f"{part}.{name} = {many!r}\n" for part, name, many in SMALL)
        code = f"from services.demo import records, reports\n{small}from flask.cli import main\nmain()"
        return self._without_a_trace(
            forks().run(["-c", code, "--app", "app", *words], self._environment({}), "")
        )

    def start(self, *words, given="", **environ):
        """Run a command as a shell does, from the start of Python on."""
        done = subprocess.run(
            [*PYTHON, "-m", "flask", "--app", "app", *words], cwd=ROOT, input=given, capture_output=True, text=True,
            timeout=180, check=False, env=self._environment(environ),
        )  # fmt: skip
        return self._without_a_trace(SimpleNamespace(code=done.returncode, out=done.stdout, err=done.stderr))

    def _environment(self, more):
        outside = {
            name: os.environ[name]
            for name in ("PATH", "HOME", "LANG", "COVERAGE_PROCESS_START")
            if name in os.environ
        }
        return {**outside, "DATA_DIR": str(self.folder), "PYTHONIOENCODING": "utf-8", **more}

    @staticmethod
    def _without_a_trace(done):
        assert "Traceback" not in done.err, done.err
        assert "Traceback" not in done.out
        return done

    def imported(self, kind, file, *options):
        done = self.run("import", kind, file, "--json", *options)
        return done.code, json.loads(done.out)

    def empty(self):
        for name in self.database.list_collection_names():
            self.database[name].delete_many({})
        (self.folder / "audit_heads.log").unlink(missing_ok=True)  # of the trail that is gone


@pytest.fixture(scope="module")
def shared_office(tmp_path_factory):
    made = Office(tmp_path_factory.mktemp("c") / "data")
    yield made
    made.end()


@pytest.fixture
def office(shared_office):
    """An office that holds nothing."""
    shared_office.empty()
    return shared_office


def save(folder, name, rows):
    path = folder / name
    path.write_bytes(workbook(rows).getvalue())
    return path


BASE_HEADING = ("基地名称", "运营主体", "统一社会信用代码", "所属县（市、区）", "状态")
COMPANY_HEADING = ("企业名称", "统一社会信用代码", "所属基地")


@pytest.fixture
def small(office, tmp_path):
    """Two bases and three companies, brought in by the commands themselves."""
    bases = [
        BASE_HEADING,
        ("清泉创业园", "清泉公司", code(1), "冠县", "未认定"),
        ("燕塔创业园", "燕塔公司", code(2), "莘县", ""),
    ]
    companies = [
        COMPANY_HEADING,
        *(
            (f"{word}启程公司{n}", code(10 + n), f"{word}创业园")
            for n, word in enumerate(("清泉", "清泉", "燕塔"))
        ),
    ]
    assert office.imported("bases", save(tmp_path, "基地.xlsx", bases))[0] == 0
    assert office.imported("tenant-companies", save(tmp_path, "企业.xlsx", companies))[0] == 0
    return office


# --- Help ------------------------------------------------------------------------------------------


COMMANDS = [
    ("users", "add"), ("users", "unlock"), ("users", "reset-password"),
    ("demo",), ("import",), ("export",), ("assess",), ("dates", "change-filing"), ("dates", "term"),
    ("dates", "notice"), ("verify-audit",), ("backup",), ("restore",), ("figures", "check"), ("figures", "rebuild"),
]  # fmt: skip


def test_every_command_says_how_it_is_used(app, office):
    runner = app.test_cli_runner()
    for words in COMMANDS:
        done = runner.invoke(args=[*words, "--help"])
        assert done.exit_code == 0, words
        assert "Usage:" in done.output
        assert len(done.output.splitlines()) > 4, words
    listed = office.start("--help").out
    assert {words[0] for words in COMMANDS} <= set(re.findall(r"^  ([a-z-]+)", listed, re.MULTILINE))


# --- Users -------------------------------------------------------------------------------------------


def test_users_are_added_with_a_typed_or_a_one_time_password(office):
    done = office.run(
        "users",
        "add",
        "zhang",
        "--role",
        "county",
        "--county",
        "371522",
        "--password-stdin",
        given="green-lamp-river-40\n",
    )
    assert (done.code, done.out) == (0, "")
    stored = office.database["users"].find_one({"name": "zhang"})
    assert (stored["role"], stored["county"], stored["must_change_password"]) == ("county", "371522", False)
    assert "green-lamp" not in str(stored)
    done = office.run("users", "add", "li", "--role", "reader")
    assert done.code == 0
    assert re.fullmatch(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}\n", done.out)


@pytest.mark.parametrize(
    "arguments",
    [
        ("li", "--role", "county"),  # a county clerk needs a county
        ("li", "--role", "city", "--county", "371522"),
        ("x", "--role", "reader"),  # too short
    ],
)
def test_a_user_that_cannot_be_is_refused_in_a_sentence(arguments, office):
    done = office.run("users", "add", *arguments)
    assert done.code == 2
    assert HAN.search(done.err)
    assert office.database["users"].count_documents({}) == 0


def test_a_password_on_the_command_line_is_as_strong_as_one_on_the_page(office):
    for weak in ("password123", "liaocheng2026", "short"):
        done = office.run("users", "add", "zhang", "--role", "reader", "--password-stdin", given=f"{weak}\n")
        assert done.code == 2, weak
        assert HAN.search(done.err)
    assert office.database["users"].count_documents({}) == 0


def test_a_user_is_unlocked_and_given_a_one_time_password(office):
    office.run("users", "add", "zhang", "--role", "reader")
    row = {"_id": row_of_pair("zhang", "10.0.0.1"), "count": 0}
    until = datetime(2056, 1, 1, tzinfo=UTC)
    office.database["sign_in_failures"].insert_one({**row, "locked_until": until, "expires_at": until})
    assert (office.run("users", "unlock", "Zhang").code, office.run("users", "unlock", "nobody").code) == (
        0,
        2,
    )
    assert office.database["sign_in_failures"].count_documents({}) == 0
    assert re.fullmatch(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}\n", office.run("users", "reset-password", "zhang").out)
    assert office.run("users", "reset-password", "nobody").code == 2


@pytest.mark.parametrize(
    "arguments", [("li",), ("li", "--role", "king"), ("li", "--role", "county", "--county", "1")]
)
def test_wrong_arguments_are_told(arguments, app):
    done = app.test_cli_runner().invoke(args=["users", "add", *arguments])
    assert done.exit_code == 2
    assert "Error" in done.output


# --- Import ------------------------------------------------------------------------------------------


def test_the_report_has_the_shape_that_was_promised(office, tmp_path):
    rows = [
        ("名录",), ("单位：人",), BASE_HEADING,
        ("清泉创业园", "清泉公司", code(1), "冠县", ""), (), ("坏园", "坏公司", "123", "济南", ""),
        ("合计", None, None, None, None),
    ]  # fmt: skip
    exit_code, report = office.imported("bases", save(tmp_path, "基地.xlsx", rows))
    assert exit_code == 1
    assert set(report) == {"kind", "sheet", "header_row", *SUMS, "conflicts", "batch", "rows"}
    assert (report["kind"], report["header_row"]) == ("bases", 3)
    assert [report[key] for key in SUMS] == [1, 0, 0, 1, 2]
    assert [(row["row"], row["outcome"]) for row in report["rows"]] == [
        (4, "created"), (5, "skipped"), (6, "rejected"), (7, "skipped"),
    ]  # fmt: skip
    (bad,) = (row for row in report["rows"] if row["outcome"] == "rejected")
    assert {error["column"] for error in bad["errors"]} == {"统一社会信用代码", "所属县（市、区）"}
    assert all(HAN.search(error["message"]) for error in bad["errors"])
    assert all(set(row) == {"row", "outcome", "errors"} for row in report["rows"])
    assert isinstance(report["batch"], str)


def test_a_trial_reports_the_same_and_writes_nothing(office, tmp_path):
    path = save(tmp_path, "基地.xlsx", [BASE_HEADING, ("清泉创业园", "清泉公司", code(1), "冠县", "")])
    exit_code, trial = office.imported("bases", path, "--dry-run")
    assert exit_code == 0
    assert trial["batch"] is None
    assert office.database["bases"].count_documents({}) == 0
    _, real = office.imported("bases", path)
    assert trial["rows"] == real["rows"]
    assert office.database["bases"].count_documents({}) == 1


def test_strict_writes_none_if_one_is_bad(office, tmp_path):
    rows = [
        BASE_HEADING,
        ("清泉创业园", "清泉公司", code(1), "冠县", ""),
        ("坏园", "坏公司", "123", "冠县", ""),
    ]
    exit_code, report = office.imported("bases", save(tmp_path, "基地.xlsx", rows), "--strict")
    assert exit_code == 1
    assert [row["outcome"] for row in report["rows"]] == ["skipped", "rejected"]
    assert office.database["bases"].count_documents({}) == 0


def test_without_json_the_rejected_rows_are_lines(office, tmp_path):
    rows = [BASE_HEADING, ("坏园", "坏公司", "123", "冠县", "")]
    done = office.run("import", "bases", save(tmp_path, "基地.xlsx", rows))
    assert done.code == 1
    first, last = done.out.splitlines()
    assert first.startswith("2\t统一社会信用代码\t")
    assert last == "created 0  updated 0  unchanged 0  rejected 1  skipped 0  conflicts 0"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.xlsx", None),
        ("empty.xlsx", b""),
        ("text.xlsx", b"not a workbook"),
        ("broken.xlsx", b"PK\x03\x04" + b"x" * 100),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("no-rows.xlsx", workbook([]).getvalue()),
        ("no-heading.xlsx", workbook([("甲", "乙"), (1, 2)]).getvalue()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_one_sentence_and_exit_2(name, content, office, tmp_path):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    for options in ((), ("--json",), ("--dry-run",)):
        done = office.run("import", "bases", path, *options)
        assert done.code == 2
        assert done.out == ""
        assert len(done.err.strip().splitlines()) == 1, done.err
        assert HAN.search(done.err)
        # A file that is not there is not called a bad workbook.
        assert ("不存在" in done.err) == (content is None), done.err


def test_an_unknown_kind_is_told(office, tmp_path):
    assert office.run("import", "castles", tmp_path / "x.xlsx").code == 2


@needs_data
def test_the_offices_own_workbooks_and_what_a_county_really_sends(office, tmp_path):
    """The four clean workbooks in order, again without a change, then the messy one row by row, then the old file."""
    for kind in KINDS:
        exit_code, report = office.imported(kind, DATA / f"{kind}.xlsx")
        assert exit_code == 0, [row for row in report["rows"] if row["errors"]][:3]
        assert report["rejected"] == 0
        assert report["created"] == office.database[kind.replace("-", "_")].count_documents({}) > 30
    for kind in KINDS:
        exit_code, again = office.imported(kind, DATA / f"{kind}.xlsx")
        assert (exit_code, again["created"], again["updated"]) == (0, 0, 0)
        assert again["unchanged"] == sum(row["outcome"] == "unchanged" for row in again["rows"]) > 30

    exit_code, report = office.imported("tenant-companies", DATA / "messy-tenant-companies.xlsx")
    expected = json.loads((DATA / "messy-tenant-companies.expected.json").read_text("utf-8"))
    assert exit_code == 1
    assert [row["row"] for row in report["rows"]] == [row["row"] for row in expected]
    words = {"accept": {"created", "updated", "unchanged"}, "reject": {"rejected"}, "skip": {"skipped"}}
    companies = office.database["tenant_companies"]
    for row, wanted in zip(report["rows"], expected, strict=True):
        assert row["outcome"] in words[wanted["outcome"]], (row, wanted)
        assert [error["column"] for error in row["errors"]] == (wanted["columns"] or []), (row, wanted)
        if wanted["values"]:
            stored = companies.find_one({"uscc": wanted["values"]["统一社会信用代码"]})
            assert stored is not None, wanted
            assert stored["name"] == wanted["values"]["企业名称"]
            assert stored["base_name"] == wanted["values"]["所属基地"]
            assert stored.get("people") == wanted["values"]["从业人员（人）"]
            assert stored.get("revenue") == wanted["values"]["营业收入（万元）"]
            assert stored.get("phone") == wanted["values"]["联系电话"]
            days = [
                f"{stored[key]:%Y-%m-%d}" if stored.get(key) else None for key in ("moved_in", "moved_out")
            ]
            assert days == [wanted["values"]["入驻日期"], wanted["values"]["迁出日期"]]
    assert Counter(row["outcome"] for row in report["rows"])["skipped"] == 3

    exit_code, report = office.imported("tenant-companies", DATA / "tenant-companies-2003.xls")
    assert exit_code in (0, 1)
    assert report["created"] + report["updated"] + report["unchanged"] > 0

    out = tmp_path / "莘县.xlsx"
    done = office.run("export", "tenant-companies", out, "--county", "371522", "--search", "公司 sx")
    assert done.code == 0
    assert int(done.out) == companies.count_documents({"county": "371522"}) > 0
    assert office.run("verify-audit").code == 0


# --- Export --------------------------------------------------------------------------------------------


def test_an_export_is_narrowed_by_county_and_words(small, tmp_path):
    out = tmp_path / "出.xlsx"
    for options, names in (
        ((), {"清泉启程公司0", "清泉启程公司1", "燕塔启程公司2"}),
        (("--county", "371525"), {"清泉启程公司0", "清泉启程公司1"}),
        (("--search", "启程 燕塔"), {"燕塔启程公司2"}),
        (("--search", "sx"), {"燕塔启程公司2"}),
        (("--search", "没有"), set()),
    ):
        done = small.run("export", "tenant-companies", out, *options)
        assert (done.code, done.out.strip()) == (0, str(len(names)))
        sheet = openpyxl.load_workbook(out).active
        found = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int | float)]
        assert {row[1] for row in found} == names


def test_an_exported_search_says_what_it_is_and_what_was_looked_for_comes_first(small, tmp_path):
    out = tmp_path / "出.xlsx"
    assert (
        small.run("export", "tenant-companies", out, "--county", "371525", "--search", "启程公司1").code == 0
    )
    about = dict(openpyxl.load_workbook(out)["说明"].iter_rows(values_only=True))
    assert about["筛选条件"] == "冠县 · 启程公司1"
    assert about["排序"] == "与搜索词最相符的在前"


def test_an_exported_file_imports_again(small, tmp_path):
    out = tmp_path / "出.xlsx"
    small.run("export", "bases", out)
    exit_code, report = small.imported("bases", out)
    assert (exit_code, report["unchanged"], report["rejected"]) == (0, 2, 0)


@pytest.mark.parametrize(
    ("options", "exit_code", "sums", "people"),
    [
        ((), 1, {"conflicts": 1, "updated": 0}, 9),
        (("--on-conflict", "file"), 0, {"conflicts": 0, "updated": 1}, 7),
        (("--on-conflict", "stored"), 0, {"conflicts": 0, "updated": 0}, 9),
    ],
)
def test_what_both_sides_changed_is_decided_by_the_option(small, tmp_path, options, exit_code, sums, people):
    out = tmp_path / "出.xlsx"
    small.run("export", "tenant-companies", out, "--search", "燕塔")
    colleague = [(*COMPANY_HEADING, "从业人员（人）"), ("燕塔启程公司2", code(12), "燕塔创业园", 9)]
    assert small.imported("tenant-companies", save(tmp_path, "同事.xlsx", colleague))[1]["updated"] == 1
    book = openpyxl.load_workbook(out)
    heading = next(row for row in book.active.iter_rows() if any(cell.value == "企业名称" for cell in row))
    at = next(cell.column for cell in heading if cell.value == "从业人员（人）")
    book.active.cell(heading[0].row + 1, at).value = 7
    book.save(out)
    code_of, report = small.imported("tenant-companies", out, *options)
    assert code_of == exit_code
    assert {key: report[key] for key in sums} == sums
    assert small.database["tenant_companies"].find_one({"name": "燕塔启程公司2"})["people"] == people


def test_an_export_into_nowhere_is_refused(small, tmp_path):
    done = small.run("export", "bases", tmp_path / "nowhere" / "out.xlsx")
    assert done.code == 2
    assert HAN.search(done.err)
    assert len(done.err.splitlines()) == 1
    assert small.run("export", "bases", tmp_path).code == 2


# --- The audit trail ------------------------------------------------------------------------------------


def test_a_whole_trail_is_silent_and_a_changed_one_names_its_first_bad_entry(small):
    done = small.run("verify-audit")
    assert (done.code, done.out) == (0, "")
    trail = small.database["audit_entries"]
    last = trail.count_documents({})
    assert last >= 7
    trail.update_one({"_id": 3}, {"$set": {"actor_name": "别人"}})
    trail.update_one({"_id": 5}, {"$set": {"actor_name": "别人"}})
    done = small.run("verify-audit")
    assert done.code == 1
    assert "3" in done.out
    assert "5" not in done.out


def test_a_removed_entry_is_missed(small):
    trail = small.database["audit_entries"]
    last = trail.count_documents({})
    trail.delete_one({"_id": last})
    done = small.run("verify-audit")
    assert done.code == 1
    assert str(last) in done.out


# --- Demo, backup, restore ----------------------------------------------------------------------------------


def test_kept_figures_are_compared_and_built_anew(small):
    assert small.run("figures", "check").code == 0
    kept, base = small.database["kept_figures"], small.database["bases"].find_one({"name": "清泉创业园"})
    kept.update_one(
        {"part": "tenants", "base": base["_id"]}, {"$inc": {"years.2025.tenants": 2}}, upsert=True
    )
    kept.delete_one({"part": "quality-2026", "base": base["_id"]})
    done = small.run("figures", "check")
    assert done.code == 1
    assert "清泉创业园 tenants years.2025.tenants：存 2，实计 0" in done.out
    assert small.run("figures", "rebuild").out.strip() == "2"
    done = small.run("figures", "check")
    assert (done.code, done.out) == (0, "")


def test_an_office_of_an_earlier_program_gets_its_figures_at_the_first_command(small):
    small.database["kept_figures"].drop()
    assert small.run("figures", "check").code == 0
    assert small.database["kept_figures"].count_documents({"part": "state"}) == 1


def test_the_demo_fills_an_empty_office_only(office):
    done = office.run_small("demo")
    assert done.code == 0
    counts = dict(line.split() for line in done.out.splitlines())
    for name, count in counts.items():
        assert office.database[name].count_documents({}) == int(count) > 3
    assert office.run("verify-audit").code == 0
    again = office.run_small("demo")
    assert again.code == 2
    assert HAN.search(again.err)
    assert office.run_small("demo", "--replace").code == 0
    assert office.database["bases"].count_documents({}) == int(counts["bases"])


def test_a_backup_is_restored_as_it_was(small, tmp_path):
    file = tmp_path / "office.backup"
    done = small.run("backup", file)
    assert (done.code, done.err) == (0, "")
    assert file.stat().st_mode & 0o077 == 0
    before = {
        name: list(small.database[name].find()) for name in ("bases", "tenant_companies", "audit_entries")
    }
    small.database["bases"].delete_many({})
    refused = small.run("restore", file)
    assert refused.code == 2
    assert HAN.search(refused.err)
    assert small.run("restore", file, "--replace").code == 0
    database = small.database
    assert list(database["bases"].find()) == before["bases"]
    assert list(database["tenant_companies"].find()) == before["tenant_companies"]
    assert list(database["audit_entries"].find())[: len(before["audit_entries"])] == before["audit_entries"]
    assert small.run("verify-audit").code == 0
    done = small.run("export", "bases", tmp_path / "out.xlsx", "--search", "清泉")
    assert done.out.strip() == "1", "what was restored is found through its indexes"


@pytest.mark.parametrize("content", [None, b"", b"not a backup"])
def test_what_is_no_backup_changes_nothing(content, small, tmp_path):
    file = tmp_path / "office.backup"
    if content is not None:
        file.write_bytes(content)
    done = small.run("restore", file, "--replace")
    assert done.code == 2
    assert HAN.search(done.err)
    assert small.database["bases"].count_documents({}) == 2


# --- Days, and a database that is not there --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "day"),
    [
        (("term", "2024-02-29"), "2029-02-28"),
        (("term", "2021年12月20日", "--years", "5"), "2026-12-19"),
        (("change-filing", "2024-02-05"), "2024-02-23"),
        (("notice", "2023-11-03"), "2023-11-09"),
        (("notice", "2020-12-23", "--working-days", "5"), "2020-12-29"),
    ],
)
def test_a_day_stands_alone_on_its_line(arguments, day, office):
    done = office.run("dates", *arguments)
    assert (done.code, done.out) == (0, f"{day}\n")


def test_without_a_database_a_command_is_one_sentence(office, tmp_path):
    socket = str(tmp_path / "nobody.sock").replace("/", "%2F")
    done = office.run(
        "verify-audit", MONGODB_URI=f"mongodb://clerk:secret-word@{socket}/?serverSelectionTimeoutMS=100"
    )
    assert done.code == 2
    assert HAN.search(done.err)
    assert "secret-word" not in done.err
    assert "sock" not in done.err
    assert len(done.err.strip().splitlines()) == 1
    done = office.run("verify-audit", MONGODB_URI="http://example.cn")
    assert done.code == 2
    assert len(done.err.strip().splitlines()) == 1


def test_without_a_database_the_pure_commands_still_answer(office):
    """How a command is used is told whatever the database."""
    assert office.start("import", "--help", MONGODB_URI="mongodb://nowhere.invalid/").code == 0
