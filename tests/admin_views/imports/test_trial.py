"""The trial of a workbook by row, over HTTP: seen, corrected, answered, written."""

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest

from services.imports import import_rows
from services.jobs.run import JobRun
from services.records import records
from tests.office.recognition.percent_workbooks import percent_workbook
from tests.page_reader import form, text_of
from tests.sample_office import code, workbook
from tests.services.killing import Killed, work_through

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HEADING = ("企业名称", "统一社会信用代码", "所属基地", "从业人员（人）")


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def tried(city, *rows, **more):
    stream = workbook([HEADING, *rows])
    data = {"kind": "tenant-companies", "file": (stream, "名录.xlsx"), "dry_run": "1", **more}
    answer = city.send("/admin/import/", data)
    assert answer.status_code == 200
    return answer.text


def address(page):
    return re.search(r'href="(/admin/import/trial/[0-9a-f]{24})\?', page)[1]


def company(office, number, name, base, **values):
    given = {"name": name, "uscc": code(number), "base": base, "status": "housed", **values}
    return records.create("tenant_companies", given, actor=office.actor("boss"), now=NOW)


def test_each_row_stands_under_what_becomes_of_it_with_its_old_and_new_values(office, city):
    company(office, 7301, "恒越轴承有限公司", office.guan.base, people=5)
    company(office, 7302, "启程科技有限公司", office.guan.base, people=6)
    page = tried(
        city,
        ("恒越轴承有限公司", code(7301), "清泉创业园", 9),
        ("启程科技有限公司", code(7302), "清泉创业园", 6),
        ("新来的有限公司", code(7303), "清泉创业园", 1),
        ("坏的有限公司", "123", "清泉创业园", 1),
    )
    assert 'name="cell.5.uscc"' in page, "what was rejected is shown first, to be put right"
    changed = city.get(f"{address(page)}?show=changed").text
    assert "从业人员（人） 5 → 9" in text_of(changed)
    assert "启程科技" not in changed
    assert "启程科技有限公司" in city.get(f"{address(page)}?show=unchanged").text
    assert "新来的有限公司" in city.get(f"{address(page)}?show=new").text
    assert city.get(f"{address(page)}?show=new&page=99").status_code == 200


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_count_or_an_amount_that_its_cell_shows_as_a_percentage_is_rejected_in_that_cell(
    office, city, kind
):
    sent = {
        "kind": "tenant-companies",
        "file": (BytesIO(percent_workbook(kind)), f"名录.{kind}"),
        "dry_run": "1",
    }
    page = city.send("/admin/import/", sent).text
    assert re.search(r'name="cell.2.people"[^>]*value="50%"', page)
    assert re.search(r'name="cell.3.revenue"[^>]*value="12.5%"', page)
    assert "“50%”是百分比，本栏应填以“人”为单位的数，请改填数值" in text_of(page)
    assert "“12.5%”是百分比，本栏应填以“万元”为单位的数" in text_of(page)


def test_what_a_colleague_changed_since_the_clerk_s_last_import_is_asked_and_not_overwritten(office, city):
    rows = [
        ("恒越轴承有限公司", code(7301), "清泉创业园", 5),
        ("启程科技有限公司", code(7302), "清泉创业园", 6),
    ]
    sent = {"kind": "tenant-companies", "file": (workbook([HEADING, *rows]), "名录.xlsx")}
    city.send("/admin/import/", sent)
    for raw in list(office.db["tenant_companies"].find({"uscc": {"$in": [code(7301), code(7302)]}})):
        records.update(
            "tenant_companies", raw["_id"], {"people": 9}, version=raw["version"], actor=office.actor("boss"),
            now=datetime.now(UTC),
        )  # fmt: skip
    page = tried(city, rows[0], (*rows[1][:3], 7))
    assert "您上次导入之后，管理员甲 于 " in text_of(page)
    assert "从业人员（人） 9 → 7" in text_of(page)
    assert "恒越轴承有限公司" in city.get(f"{address(page)}?show=unchanged").text
    city.send("/admin/import/", {**sent, "file": (workbook([HEADING, *rows]), "名录.xlsx")})
    assert {
        raw["people"]
        for raw in office.db["tenant_companies"].find({"uscc": {"$in": [code(7301), code(7302)]}})
    } == {9}


def test_a_cell_is_corrected_in_the_page_and_written_with_the_rest(office, city):
    page = tried(city, ("坏的有限公司", code(7311), "没有这个园", "多"))
    typed = form(page, f"{address(page)}/cells")
    typed |= {"cell.2.base": "清泉创业园", "cell.2.people": "7"}
    answer = city.send(f"{address(page)}/cells", typed)
    assert answer.status_code == 303
    again = city.get(address(page)).text
    assert "坏的有限公司" in again
    assert office.db["tenant_companies"].count_documents({"uscc": code(7311)}) == 0
    assert city.send("/admin/import/write", form(again, "/admin/import/write")).status_code == 303
    assert office.db["tenant_companies"].find_one({"uscc": code(7311)})["people"] == 7


def test_a_question_is_asked_answered_and_only_then_written(office, city):
    one = company(office, 7321, "山东山金物流有限公司", office.guan.base, people=3)
    before = office.one("tenant_companies", one)
    rows = [("驿昌新能源有限公司", code(7321), "燕塔创业园", 8)]
    page = tried(city, *rows)
    assert "山东山金物流有限公司" in text_of(page)
    assert "/admin/import/write" not in page, "nothing is good yet"
    # sent back untouched, and written at once, it changes nothing either
    sent = {"kind": "tenant-companies", "file": (workbook([HEADING, *rows]), "退回行.xlsx")}
    city.send("/admin/import/", sent)
    assert office.one("tenant_companies", one) == before
    page = tried(city, *rows)
    typed = form(page, f"{address(page)}/answers")
    assert "row.2" not in typed, "nothing is answered beforehand"
    assert city.send(f"{address(page)}/answers", {**typed, "row.2": "file"}).status_code == 303
    page = city.get(address(page)).text
    assert city.send("/admin/import/write", form(page, "/admin/import/write")).status_code == 303
    after = office.one("tenant_companies", one)
    assert (after["name"], after["people"]) == ("驿昌新能源有限公司", 8)


def test_all_questions_are_answered_one_way(office, city):
    ids = [company(office, 7330 + n, f"第{n}物流有限公司", office.guan.base) for n in range(2)]
    before = [office.one("tenant_companies", one) for one in ids]
    page = tried(
        city,
        *[(f"别的{n}新能源有限公司", code(7330 + n), "燕塔创业园", 8) for n in range(2)],
        ("新来的有限公司", code(7335), "清泉创业园", 1),
    )
    city.send(f"{address(page)}/answers", {**form(page, f"{address(page)}/answers"), "all": "stored"})
    page = city.get(address(page)).text
    answer = city.send("/admin/import/write", form(page, "/admin/import/write"))
    assert answer.status_code == 303
    assert [office.one("tenant_companies", one) for one in ids] == before
    assert office.db["tenant_companies"].count_documents({"uscc": code(7335)}) == 1


def test_every_row_of_a_long_trial_can_be_reached(office, city):
    page = tried(city, *[(f"坏{n}", "123", "清泉创业园", 1) for n in range(130)])
    last = city.get(f"{address(page)}?show=rejected&page=3").text
    assert 'name="cell.131.uscc"' in last


def test_a_trial_is_its_senders_own(office, city, sign_in):
    page = tried(city, ("坏的有限公司", "123", "清泉创业园", 1))
    boss = sign_in("boss")
    assert boss.get(address(page)).status_code == 404
    assert boss.send(f"{address(page)}/answers", {"all": "file"}).status_code == 404
    assert boss.send(f"{address(page)}/cells", {"cell.2.people": "1"}).status_code == 404
    assert city.get("/admin/import/trial/nothing").status_code == 404


def test_the_word_clears_and_the_tick_lets_blank_cells_clear(office, city):
    one = company(office, 7341, "恒越轴承有限公司", office.guan.base, people=5)
    page = tried(city, ("恒越轴承有限公司", code(7341), "清泉创业园", None), clear_blanks="1")
    assert "从业人员（人） 5 → —" in text_of(page)
    city.send("/admin/import/write", form(page, "/admin/import/write"))
    assert "people" not in office.one("tenant_companies", one)


def test_a_small_import_whose_process_is_killed_goes_on_elsewhere_and_is_undone_from_the_list(
    office, city, monkeypatch
):
    rows = [(f"断电{number}有限公司", code(7340 + number), "清泉创业园", number) for number in range(5)]
    page = tried(city, *rows)
    stored = office.db["tenant_companies"]
    with monkeypatch.context() as patched:
        patched.setattr(import_rows, "CHUNK", 2)
        killer, step = iter((False, False, True)), JobRun.step

        def killed(run, work, checkpoint, **more):
            if next(killer):
                raise Killed
            return step(run, work, checkpoint, **more)

        patched.setattr(JobRun, "step", killed)
        with pytest.raises(Killed):
            city.send("/admin/import/write", form(page, "/admin/import/write"))
    assert stored.count_documents({"name": {"$regex": "^断电"}}) == 4
    batch = office.db["import_batches"].find_one({"finished_at": None})
    work_through(batch["job"])
    assert stored.count_documents({"name": {"$regex": "^断电"}}) == 5
    said = text_of(city.get(f"/admin/import/batch/{batch['_id']}").text)
    assert "新建 5 行" in said
    url = f"/admin/batches/{batch['_id']}/undo/"
    assert city.send(url, form(city.get(url).text, url)).status_code == 303
    assert stored.count_documents({"name": {"$regex": "^断电"}}) == 0


# --- Several trials at once ----------------------------------------------------------------------


def kept_files(office):
    return {one["_id"] for one in office.db["uploads.files"].find({"filename": "名录.xlsx"})}


def written_by(city, page):
    return city.send("/admin/import/write", form(page, "/admin/import/write"))


def test_two_trials_of_one_kind_are_both_written_and_their_files_go(office, city):
    first = tried(city, ("甲有限公司", code(7351), "清泉创业园", 1))
    second = tried(city, ("乙有限公司", code(7352), "清泉创业园", 2))
    assert len(kept_files(office)) == 2
    assert text_of(city.get("/admin/import/").text).count("移除 名录.xlsx") == 2
    for page in (first, second):
        assert "/admin/import/batch/" in written_by(city, page).location
    assert office.db["tenant_companies"].count_documents({"uscc": {"$in": [code(7351), code(7352)]}}) == 2
    assert kept_files(office) == set()
    assert office.db["import_trials"].count_documents({}) == 0
    assert "尚未写入的试导入" not in city.get("/admin/import/").text


def test_the_oldest_of_too_many_trials_goes_and_that_is_said(office, city, monkeypatch):
    monkeypatch.setattr("admin_views.imports.page.MOST_TRIALS", 2)
    monkeypatch.setattr("services.imports.trial.open_trials.MOST_TRIALS", 2)
    pages = [tried(city, (f"{word}有限公司", code(7353), "清泉创业园", 1)) for word in "甲乙"]
    page = tried(city, ("丙有限公司", code(7353), "清泉创业园", 1))
    assert "最早的“名录.xlsx”的试导入已移去" in page
    assert len(kept_files(office)) == 2
    assert city.get(address(pages[0])).status_code == 404
    assert city.get(address(pages[1])).status_code == 200


def test_a_trial_is_dropped_by_its_clerk_alone(office, city, sign_in):
    page = tried(city, ("甲有限公司", code(7351), "清泉创业园", 1))
    drop = f"{address(page)}/drop"
    assert sign_in("boss").send(drop, {}).status_code == 404
    assert drop in city.get("/admin/import/").text
    assert city.send(drop, {}).location.endswith("/admin/import/")
    assert kept_files(office) == set()
    assert city.get(address(page)).status_code == 404
    assert city.send(drop, {}).status_code == 404
