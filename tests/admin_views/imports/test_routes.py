"""The import page: a trial first, every row told, the good ones written, the bad ones back in a workbook."""

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest

from admin_views.imports import page as import_page
from documents.kinds import RECORDS
from schema.tenant_companies import TENANT_COMPANIES
from services.imports import import_rows
from services.imports.chunks import ChunkWriter
from services.jobs.kinds import KINDS as JOB_KINDS
from services.jobs.worker import Worker
from services.records import records
from tests.page_reader import form, text_of
from tests.sample_office import cells, code, workbook

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HAN = re.compile("[一-鿿]")
HEADING = ("序号", "企业名称", "统一社会信用代码", "所属基地", "从业人员（人）", "入驻日期")
KINDS = ("bases", "tenant-companies", "service-partners", "staff-members", "ledger-entries")


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def sheet(*rows):
    return workbook([("入驻企业名录",), ("单位：人、万元",), HEADING, *rows])


GOOD = (1, "进表一号有限公司", code(7101), "清泉创业园", "12人", "2024年1月5日")
OTHER = (2, "进表二号有限公司", code(7102), "燕塔创业园", 5, "2024.2")
BAD = (3, "进表三号有限公司", "9.1E+17", "没有这个园", "多", "2024-02-30")


def upload(browser, stream, *, name="名录.xlsx", kind="tenant-companies", **more):
    return browser.send("/admin/import/", {"kind": kind, "file": (stream, name), **more})


def figures(page):
    """Return created, updated, unchanged, rejected, skipped as the page shows them."""
    return [int(text_of(one).split()[0]) for one in re.findall(r"<dd>(.*?)</dd>", page)[:5]]


def written(office):
    """Return a fingerprint of every collection but those that keep the file and its trial."""
    kept = ("uploads", "import_trials")
    return {name: digest for name, digest in office.digest().items() if not name.startswith(kept)}


def test_a_trial_shows_every_row_and_writes_nothing(office, city):
    before = {
        name: digest
        for name, digest in office.digest().items()
        if not name.startswith(("uploads", "import_trials"))
    }
    answer = upload(city, sheet(GOOD, OTHER, BAD, ("合计", None, None, None, 17)), dry_run="1")
    assert answer.status_code == 200
    assert figures(answer.text) == [2, 0, 0, 1, 1]
    assert answer.text.count('<tr><td class="num">6</td>') == 4, "each fault of row 6 on a line of its own"
    for said in re.findall(
        r"<tr><td class=\"num\">6</td><td>(.*?)</td><td>.*?</td><td>(.*?)</td>", answer.text
    ):
        assert HAN.search(said[0])
        assert HAN.search(said[1])
    after = {
        name: digest
        for name, digest in office.digest().items()
        if not name.startswith(("uploads", "import_trials"))
    }
    assert after == before


def test_what_a_trial_has_shown_is_written_by_one_click(office, city):
    page = upload(city, sheet(GOOD, OTHER, BAD), dry_run="1").text
    answer = city.send("/admin/import/write", form(page, "/admin/import/write", keyed=True))
    assert answer.status_code == 303
    result = city.get(answer.location)
    assert figures(result.text) == [2, 0, 0, 1, 0]
    stored = office.db["tenant_companies"].find_one({"uscc": code(7101)})
    assert stored["people"] == 12
    assert stored["base"] == office.guan.base
    assert f"{stored['moved_in']:%Y-%m-%d}" == "2024-01-05"
    assert office.db["tenant_companies"].count_documents({"uscc": code(7102)}) == 1
    # sent a second time it leads to the first result, and the file is not kept for a third form
    again = city.send("/admin/import/write", form(page, "/admin/import/write", keyed=True))
    assert (again.status_code, again.location) == (303, answer.location)
    other = form(page, "/admin/import/write")
    assert city.send("/admin/import/write", other).status_code in (404, 422)
    assert office.db["tenant_companies"].count_documents({"uscc": code(7101)}) == 1


def test_without_a_trial_it_is_written_at_once_and_again_changes_nothing(office, city):
    answer = upload(city, sheet(GOOD, OTHER))
    assert figures(city.get(answer.location).text) == [2, 0, 0, 0, 0]
    answer = upload(city, sheet(GOOD, OTHER))
    assert figures(city.get(answer.location).text) == [0, 0, 2, 0, 0]
    changed = (1, "进表一号有限公司", code(7101), "清泉创业园", 13, "2024年1月5日")
    answer = upload(city, sheet(changed, OTHER))
    assert figures(city.get(answer.location).text) == [0, 1, 1, 0, 0]


def test_strict_writes_nothing_when_one_row_is_bad(office, city):
    answer = upload(city, sheet(GOOD, BAD), strict="1")
    assert answer.status_code == 200
    assert office.db["tenant_companies"].count_documents({"uscc": code(7101)}) == 0
    assert "/admin/import/write" not in answer.text or "strict" in str(
        form(answer.text, "/admin/import/write")
    )


def test_the_rejected_rows_come_back_with_their_reasons_and_can_be_put_right(office, city):
    location = upload(city, sheet(GOOD, BAD)).location
    link = re.search(r'href="([^"]*rejected.xlsx)"', city.get(location).text).group(1)
    answer = city.get(link)
    assert "attachment" in answer.headers["Content-Disposition"]
    found = cells(answer)
    head = next(n for n, row in enumerate(found) if row[0] == "序号")
    row = dict(zip(found[head], found[head + 1], strict=True))
    assert row["企业名称"] == "进表三号有限公司"
    assert row["统一社会信用代码"] == "9.1E+17"
    assert row["从业人员（人）"] == "多"
    assert "没有这个园" in row["退回原因"]
    right = {
        "统一社会信用代码": code(7103),
        "所属基地": "清泉创业园",
        "从业人员（人）": "7",
        "入驻日期": "2024-02-29",
    }
    corrected = workbook([found[head], [{**row, **right}[heading] for heading in found[head]]])
    assert figures(city.get(upload(city, corrected).location).text)[0] == 1
    assert office.db["tenant_companies"].find_one({"uscc": code(7103)})["people"] == 7


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "空.xlsx"),
        (b"not a workbook", "假.xlsx"),
        (b"PK\x03\x04broken", "坏.xlsx"),
        ("企业名称,所属行业".encode(), "表.csv"),
        (b"<html><table></table></html>", "网页.xls"),
        (workbook([("没有表头",), ("甲", "乙")]).getvalue(), "无表头.xlsx"),
        (workbook([]).getvalue(), "空表.xlsx"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_told_in_one_sentence(content, name, office, city):
    stored = office.db["tenant_companies"].count_documents({})
    answer = upload(city, BytesIO(content), name=name)
    assert answer.status_code == 422
    box = re.search(r'<div class="problems".*?</div>', answer.text, re.DOTALL)
    assert HAN.search(text_of(box.group(0)))
    assert box.group(0).count("<li>") == 1
    assert "Traceback" not in answer.text
    assert office.db["tenant_companies"].count_documents({}) == stored


@pytest.mark.parametrize(
    "data", [{}, {"kind": "tenant-companies"}, {"kind": "castles"}, {"kind": "statuses"}]
)
def test_nothing_chosen_is_told(data, office, city):
    before = office.digest()
    assert city.send("/admin/import/", data).status_code == 422
    assert office.digest() == before


def test_a_file_that_is_too_large_is_told(office, city, monkeypatch):
    monkeypatch.setattr("services.imports.uploads.MOST_BYTES", 100)
    answer = upload(city, sheet(GOOD))
    assert answer.status_code == 422
    assert "50 MB" in answer.text


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_template_which_imports_as_it_is(kind, office, city):
    answer = city.get(f"/admin/import/template/{kind}.xlsx")
    assert answer.status_code == 200
    collection = kind.replace("-", "_")
    stored = RECORDS[collection].collection().count_documents({})
    read = upload(city, BytesIO(answer.data), name="模板.xlsx", kind=kind, dry_run="1")
    assert read.status_code in (200, 422)
    assert "Traceback" not in read.text
    assert RECORDS[collection].collection().count_documents({}) == stored
    headings = {str(cell) for row in cells(answer) for cell in row if cell}
    for column in TENANT_COMPANIES.imported if kind == "tenant-companies" else ():
        assert any(column.heading in heading for heading in headings), column.heading


def test_an_unknown_template_or_batch_is_not_found(city):
    for path in (
        "template/castles.xlsx",
        "template/statuses.xlsx",
        "batch/nothing",
        "batch/nothing/rejected.xlsx",
    ):
        assert city.get(f"/admin/import/{path}").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_an_exported_list_imports_again_and_changes_nothing(kind, office, city):
    exported = city.get(f"/admin/{kind}/export/xlsx/")
    answer = upload(city, BytesIO(exported.data), kind=kind)
    assert answer.status_code == 303
    collection = kind.replace("-", "_")
    total = office.db[collection].count_documents({})
    assert figures(city.get(answer.location).text) == [0, 0, total, 0, 0]


def test_a_county_clerk_imports_into_the_county_only(office, sign_in):
    answer = upload(sign_in("guan"), sheet(GOOD, OTHER))
    assert answer.status_code == 303
    assert office.db["tenant_companies"].count_documents({"uscc": code(7101)}) == 1
    assert office.db["tenant_companies"].count_documents({"uscc": code(7102)}) == 0


def test_an_import_stands_on_the_first_page_and_leads_to_its_result(office, city):
    location = upload(city, sheet(GOOD)).location
    page = city.get("/admin/").text
    assert "名录.xlsx" in page
    assert f'href="{location}"' in page


def test_a_county_clerk_brings_in_no_title(office, sign_in):
    heading = ("基地名称", "运营主体", "统一社会信用代码", "所属县（市、区）", "状态", "公布日期", "公布文号")
    title = ("已认定", "2024-01-02", "聊工信发〔2024〕7号")
    new = ("新园", "新园公司", code(7201), "冠县", *title)
    known = ("清泉孵化器", "清泉孵化有限公司", code(150), "冠县", *title)
    before = office.one("bases", office.guan.spare)
    answer = upload(sign_in("guan"), workbook([heading, new, known]), kind="bases")
    assert figures(sign_in("guan").get(answer.location).text) == [0, 0, 0, 2, 0]
    assert office.db["bases"].count_documents({"uscc": code(7201)}) == 0
    assert office.one("bases", office.guan.spare) == before


# --- What someone else saved after the trial ---------------------------------------------------


def saved_by(office, name, record_id, **values):
    """Let another user of the office save a company."""
    raw = office.one("tenant_companies", record_id)
    records.update(
        "tenant_companies", record_id, values, version=raw["version"], actor=office.actor(name), now=NOW
    )


def tried(office, city):
    """Return the page of a trial that would change two companies, and the id of the first."""
    city.get(upload(city, sheet(GOOD, OTHER)).location)
    page = upload(city, sheet((*GOOD[:4], 99, GOOD[5]), (*OTHER[:4], 77, OTHER[5])), dry_run="1").text
    assert figures(page)[:3] == [0, 2, 0]
    return page, office.db["tenant_companies"].find_one({"uscc": code(7101)})["_id"]


def test_what_another_saved_after_the_trial_is_left_and_named_with_who_and_when(office, city):
    page, first = tried(office, city)
    saved_by(office, "guan", first, phone="0635-8000001", people=13)
    stored = office.one("tenant_companies", first)
    answer = city.send("/admin/import/write", form(page, "/admin/import/write"))
    assert answer.status_code == 303
    result = city.get(answer.location).text
    assert office.one("tenant_companies", first) == stored, "the colleague's save stands"
    assert office.db["tenant_companies"].find_one({"uscc": code(7102)})["people"] == 77
    assert figures(result)[1] == 1
    assert "冠县甲 于 2026-03-02 10:00 保存" in result
    assert "从业人员" in text_of(result)
    # the row is ticked: it is written over what the page has shown
    typed = form(result, f"{answer.location}/conflicts")
    assert "row" not in typed, "nothing is ticked beforehand"
    row = re.search(r'name="row" value="([^"]+)"', result)[1]
    again = city.send(f"{answer.location}/conflicts", {"row": row})
    assert again.status_code == 303
    after = office.one("tenant_companies", first)
    assert (after["people"], after["phone"]) == (99, "0635-8000001")
    assert 'name="row"' not in city.get(answer.location).text


def test_ticked_rows_of_a_large_workbook_are_written_by_a_job_and_settled_with_its_end(
    office, city, monkeypatch
):
    page, first = tried(office, city)
    saved_by(office, "guan", first, people=13)
    location = city.send("/admin/import/write", form(page, "/admin/import/write")).location
    row = re.search(r'name="row" value="([^"]+)"', city.get(location).text)[1]
    monkeypatch.setattr(import_page, "MOST_AT_ONCE", 0)
    asked = city.send(f"{location}/conflicts", {"row": row})
    assert asked.status_code == 303
    assert "/admin/batches/" in asked.location
    assert office.one("tenant_companies", first)["people"] == 13, "nothing is written within the request"
    job = office.db["jobs"].find_one(sort=[("_id", -1)])
    assert Worker(JOB_KINDS).work_on(job["_id"])
    assert office.one("tenant_companies", first)["people"] == 99
    left = office.db["import_batches"].find_one({"_id": location.rsplit("/", 1)[1]})["conflicts"]
    assert [one["settled"] for one in left] == [job["args"]["batch"]]


def test_a_ticked_row_is_not_written_over_what_was_saved_after_the_page_was_shown(office, city):
    page, first = tried(office, city)
    saved_by(office, "guan", first, people=13)
    location = city.send("/admin/import/write", form(page, "/admin/import/write")).location
    row = re.search(r'name="row" value="([^"]+)"', city.get(location).text)[1]
    saved_by(office, "guan", first, people=14)
    again = city.send(f"{location}/conflicts", {"row": row})
    assert office.one("tenant_companies", first)["people"] == 14
    assert 'name="row"' in city.get(again.location).text


def test_what_another_added_or_deleted_after_the_trial_is_left(office, city):
    city.get(upload(city, sheet(OTHER)).location)
    page = upload(city, sheet(GOOD, (*OTHER[:4], 77, OTHER[5])), dry_run="1").text
    gone = office.db["tenant_companies"].find_one({"uscc": code(7102)})
    records.delete("tenant_companies", gone["_id"], version=1, actor=office.actor("boss"), now=NOW)
    values = {
        "name": "同码企业",
        "uscc": code(7101),
        "base": office.guan.base,
        "status": "housed",
        "people": 5,
    }
    added = records.create("tenant_companies", values, actor=office.actor("guan"), now=NOW)
    answer = city.send("/admin/import/write", form(page, "/admin/import/write"))
    result = city.get(answer.location).text
    assert figures(result) == [0, 0, 0, 0, 0]
    assert "冠县甲 于 2026-03-02 10:00 新增" in result
    assert "管理员甲 于 2026-03-02 10:00 删除" in result
    assert office.one("tenant_companies", added)["people"] == 5
    assert office.db["tenant_companies"].find_one({"uscc": code(7102)}) is None


def test_a_file_that_was_not_tried_by_this_user_is_not_written_as_if_it_had_been(office, city):
    office.db["import_trials"].delete_many({})
    page = upload(city, sheet(GOOD), dry_run="1").text
    office.db["import_trials"].delete_many({})
    answer = city.send("/admin/import/write", form(page, "/admin/import/write"))
    assert answer.status_code == 422
    assert office.db["tenant_companies"].find_one({"uscc": code(7101)}) is None


def test_an_import_that_was_cut_short_says_what_it_had_written(office, city, monkeypatch):
    monkeypatch.setattr(import_rows, "CHUNK", 1)
    write, calls = ChunkWriter.write, []

    def cut(writer, rows):
        calls.append(rows)
        if len(calls) == 2:
            raise SystemExit  # as a stop of the server would
        return write(writer, rows)

    monkeypatch.setattr(ChunkWriter, "write", cut)
    with pytest.raises(SystemExit):
        upload(city, sheet(GOOD, OTHER))
    page = city.get("/admin/import/").text
    address = re.search(r'href="(/admin/import/batch/[^"]+)"', page)[1]
    result = city.get(address)
    assert result.status_code == 200
    assert figures(result.text)[:2] == [1, 0]
    assert "未完成" in result.text
    assert office.db["tenant_companies"].count_documents({"uscc": {"$in": [code(7101), code(7102)]}}) == 1


def kept_uploads(office, before):
    return [
        row["filename"]
        for row in office.db["uploads.files"].find({"_id": {"$nin": before}}).sort("uploadDate", 1)
    ]


def test_a_trial_that_is_one_too_many_refused_or_written_leaves_no_file(office, city, sign_in, monkeypatch):
    for place in ("admin_views.imports.page", "services.imports.trial.open_trials"):
        monkeypatch.setattr(f"{place}.MOST_TRIALS", 2)
    before = [row["_id"] for row in office.db["uploads.files"].find({}, {"_id": 1})]
    for name in ("一.xlsx", "二.xlsx", "三.xlsx"):
        upload(city, sheet(GOOD), name=name, dry_run="1")
    upload(sign_in("boss"), sheet(GOOD), name="他.xlsx", dry_run="1")
    assert kept_uploads(office, before) == ["二.xlsx", "三.xlsx", "他.xlsx"], (
        "the same user's oldest of that kind goes"
    )
    upload(city, BytesIO(b"PK\x03\x04nothing"), name="坏.xlsx", dry_run="1")
    assert "坏.xlsx" not in kept_uploads(office, before), "nobody was shown a trial of it"
    page = upload(city, sheet(OTHER), name="四.xlsx", dry_run="1").text
    upload_id = re.search(r'name="upload" value="([0-9a-f]{24})"', page)[1]
    kept = set(kept_uploads(office, before))
    city.send("/admin/import/write", {"kind": "tenant-companies", "upload": upload_id})
    assert set(kept_uploads(office, before)) == kept - {"四.xlsx"}, "written"
    chunks = office.db["uploads.chunks"].distinct("files_id")
    assert set(chunks) <= {row["_id"] for row in office.db["uploads.files"].find()}


def test_a_sheet_without_rows_is_not_called_good_and_what_was_to_be_all_or_nothing_is_not_called_a_trial(
    office, city
):
    empty = upload(city, sheet(), dry_run="1")
    assert "表头下方没有数据行" in empty.text and "全部合格" not in empty.text
    held = upload(city, sheet(GOOD, BAD), strict="1")
    assert "没有写入任何数据" in held.text and "本次为试导" not in held.text


def test_every_rejected_row_comes_back_not_the_first_ones_only(office, city, monkeypatch):
    monkeypatch.setattr(import_rows, "MOST_REJECTED_KEPT", 2)
    bad = [(n, f"坏{n}号有限公司", "123", "清泉创业园", n, None) for n in range(1, 8)]
    location = upload(city, sheet(*bad)).location
    batch = office.db["import_batches"].find_one({"_id": location.rpartition("/")[2]})
    assert len(batch["rejected"]) == 2, "a document holds at most 16 MB"
    found = [row[1] for row in cells(city.get(f"{location}/rejected.xlsx"))]
    assert found[-7:] == [row[1] for row in bad]
