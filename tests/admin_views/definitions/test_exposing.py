"""A collection made of what is already there: a county's workbook, JSON, a collection of another program."""

import json
from io import BytesIO

import pytest

from documents.foreign_collections import foreign_collections
from schema.registry import REGISTRY
from tests.page_reader import form as read_form
from tests.page_reader import ids
from tests.sample_office import GUAN, SHEN, cells, workbook

HOME = "/admin/settings/exposing/"
ROWS = [
    {"policy": f"惠企政策{number}", "area": "冠县" if number % 2 else "莘县", "issued": f"2026-0{number % 9 + 1}-11",
     "amount": number * 1.5, "kind": "减税" if number % 3 else "补贴", "contact": {"phone": f"1380000{number:04d}"},
     "open": bool(number % 2)}
    for number in range(24)
]  # fmt: skip


@pytest.fixture
def boss(office, sign_in):
    return sign_in("boss")


def begin(boss, content, name):
    return boss.send(HOME, {"file": (BytesIO(content), name)})


def as_json(rows):
    return json.dumps(rows, ensure_ascii=False).encode()


def expose(boss, answer, **more):
    """Send the page as it was proposed, but what is told otherwise."""
    assert answer.status_code == 303, answer.text
    page = boss.get(answer.location)
    assert page.status_code == 200
    sent = read_form(page.text, answer.location)
    assert sent, page.text
    return boss.send(answer.location, {**sent, "label": "惠企政策库", "word": "policies", **more})


def write(boss, trial):
    assert trial.status_code == 200, trial.text
    sent = read_form(trial.text, "/admin/import/write")
    assert sent, trial.text
    return boss.send("/admin/import/write", sent)


def test_a_strange_file_becomes_a_list_with_county_search_filters_and_export(office, boss, sign_in):
    trial = expose(boss, begin(boss, as_json(ROWS), "政策.json"))
    assert "24" in trial.text
    assert write(boss, trial).status_code == 303
    stored = list(office.db["c_policies"].find().sort("_id", 1))
    assert len(stored) == 24
    assert {row["county"] for row in stored} == {GUAN, SHEN}
    declared = {field.label: field for field in REGISTRY["c_policies"].fields}
    assert {"issued", "amount", "kind", "contact.phone", "open"} <= declared.keys()
    first = stored[0]
    values = {label: first.get(declared[label].key) for label in ("amount", "open")}
    assert values == {"amount": 0, "open": False}
    assert len(ids(boss.get("/admin/c/policies/?search=惠企政策7").text)) == 1
    county = sign_in("guan")
    assert len(ids(county.get("/admin/c/policies/").text)) == 12
    exported = [cell for row in cells(county.get("/admin/c/policies/export/xlsx/")) for cell in row]
    assert {cell for cell in exported if cell in {row["policy"] for row in ROWS}} == {
        row["policy"] for row in ROWS if row["area"] == "冠县"
    }


def test_a_collection_of_another_program_is_found_looked_at_and_left_as_it_was(office, boss):
    strange = {name for name, _ in foreign_collections()}
    assert strange <= {"put_back"}, "nothing of ours is strange; this one is the tests' own"
    office.db["legacy_visits"].insert_many([dict(row) for row in ROWS])
    before = list(office.db["legacy_visits"].find())
    try:
        assert "legacy_visits · 24" in boss.get(HOME).text
        trial = expose(boss, boss.send(HOME, {"collection": "legacy_visits"}))
        assert write(boss, trial).status_code == 303
        assert office.db["c_policies"].count_documents({}) == 24
        assert list(office.db["legacy_visits"].find()) == before
    finally:
        office.db.drop_collection("legacy_visits")


@pytest.mark.parametrize(
    "name", ["users", "audit_entries", "uploads.files", "system.views", "nothing", "tallies"]
)
def test_nothing_of_ours_and_nothing_of_the_servers_is_exposed(office, boss, name):
    assert boss.send(HOME, {"collection": name}).status_code == 404


def test_a_column_of_companies_tells_whose_a_record_is(office, boss):
    names = [row["name"] for row in office.db["tenant_companies"].find().sort("_id", 1)]
    rows = [["2026年走访"], ["序号", "走访主题", "企业名称", "走访日期", "人数（人）"]]
    rows += [[n, f"第{n}次走访", name, f"2026-03-{n:02d}", n] for n, name in enumerate(names, 1)]
    file = workbook(rows)
    answer = boss.send(HOME, {"file": (file, "走访.xlsx")})
    trial = expose(boss, answer, label="走访记录", word="visits")
    assert write(boss, trial).status_code == 303
    stored = list(office.db["c_visits"].find())
    assert {row["company_name"] for row in stored} == set(names)
    assert {row["county"] for row in stored} == {
        row["county"] for row in office.db["tenant_companies"].find()
    }
    assert "own_xuhao" not in stored[0], "a serial number is not taken"
    assert REGISTRY["c_visits"].field("company").label == "企业名称"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"label": ""}, "名称"),
        ({"label": "入驻企业"}, "入驻企业"),
        ({"word": "9x"}, "小写字母"),
        ({"name_column": ""}, "请选择作为名称的列"),
        ({"scope": "county", "scope_column": ""}, "请选择说明数据归属的列"),
        ({"scope": "county", "scope_column": "0", "name_column": "0"}, "不能是同一列"),
        ({"label-3": "a<b"}, "引号"),
        ({"label-3": "issued"}, "issued"),
        ({"kind-0": "file", "name_column": "99"}, "请选择作为名称的列"),
    ],
)
def test_what_is_wrong_is_said_and_kept_and_nothing_is_made(office, boss, more, says):
    answer = expose(boss, begin(boss, as_json(ROWS), "政策.json"), **more)
    assert answer.status_code == 422
    assert says in answer.text
    assert "issued" in answer.text, "what was typed is kept"
    for name in ("own_collections", "own_fields"):
        assert office.db[name].count_documents({}) == 0


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.json", "没有记录列表"),
        (b"[]", "a.json", "没有记录列表"),
        (b"[1, 2]", "a.json", "没有记录列表"),
        (b'{"a": 1}', "a.json", "没有记录列表"),
        (b"\xff\xfe\x00", "a.json", "没有记录列表"),
        (b"[" * 100_000, "a.json", "没有记录列表"),
        (b'[{"a": {"b": [{}]}}]', "a.json", "没有"),
        (b"no workbook", "a.xlsx", ""),
        (b"1,2\n3,4\n", "a.csv", "没有找到表头"),
        (b"text", "a.exe", ""),
    ],
)
def test_what_holds_no_table_is_refused_in_a_sentence(office, boss, content, name, says):
    answer = begin(boss, content, name)
    assert answer.status_code == 422
    assert says in answer.text
    assert "Traceback" not in answer.text


def test_an_object_a_line_and_a_list_within_an_object_are_read(office, boss):
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS).encode()
    assert begin(boss, lines, "a.json").status_code == 303
    assert begin(boss, as_json({"code": 0, "data": ROWS}), "a.json").status_code == 303


def test_no_file_and_anothers_file_are_told(office, boss, sign_in):
    assert "请选择文件或数据库中的集合" in boss.send(HOME, {}).text
    kept = begin(boss, as_json(ROWS), "a.json").location
    assert sign_in("city").get(kept).status_code == 403
    assert boss.get(f"{HOME}nothing/").status_code == 404
