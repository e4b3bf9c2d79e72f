"""批量录入 by HTTP: the draft, the check beside the cells, and what is written as an import's batch."""

import html
import json
import re
from datetime import timedelta

import pytest

from schema.tenant_companies import TENANT_COMPANIES
from services.imports.grid import MOST_ROWS
from services.records import records
from services.shared.office_day import office_today
from tests.sample_office import MADE_AT, code
from tests.stored_rows import digest

HOME = "/admin/import/grid/tenant-companies/"
KEYS = [field.key for field in TENANT_COMPANIES.imported]
COLLECTIONS = ("tenant_companies", "ledger_entries", "import_batches", "audit_entries")


def row(**cells):
    return [str(cells.get(key, "")) for key in KEYS]


def company(number, **cells):
    return row(
        **{"name": f"清泉格{number}有限公司", "uscc": code(8000 + number), "base": "清泉创业园", **cells}
    )


def send(browser, word, rows, version=0, **more):
    sent = json.dumps({"version": version, "rows": rows, **more})
    return browser.post(
        f"{HOME}{word}", data=sent, content_type="application/json", headers={"X-CSRFToken": browser.token}
    )


def stored(office):
    return {name: held for name, held in digest(office.db).items() if name in COLLECTIONS}


def test_the_draft_is_ones_own_and_outlives_the_page(sign_in):
    guan, city = sign_in("guan"), sign_in("city")
    assert send(guan, "draft", [company(1)]).json == {"version": 1}
    assert "清泉格1有限公司" in guan.get(HOME).text
    assert "清泉格1有限公司" not in city.get(HOME).text
    assert "清泉格1有限公司" not in guan.get("/admin/import/grid/ledger-entries/").text


def test_companies_of_a_ledger_row_are_looked_up_in_the_base_that_the_row_names(sign_in):
    def within(kind):
        page = sign_in("guan").get(f"/admin/import/grid/{kind}/").text
        setup = json.loads(html.unescape(re.search(r'data-setup="([^"]*)"', page)[1]))
        return {column["key"]: column["within"] for column in setup["columns"] if column["within"]}

    assert within("ledger-entries") == {"companies": "base"}
    assert within("tenant-companies") == {}


def test_a_second_window_does_not_overwrite_the_first(sign_in):
    guan = sign_in("guan")
    send(guan, "draft", [company(1)])
    assert send(guan, "draft", [company(2)]).status_code == 409
    assert send(guan, "draft", [company(2)], version=1).json == {"version": 2}
    answer = send(guan, "check", [company(3)], version=1)
    assert answer.status_code == 409 and "其他窗口" in answer.json["said"]
    assert "清泉格2有限公司" in guan.get(HOME).text


def test_the_check_says_of_each_cell_what_is_at_fault_and_writes_nothing(sign_in, office):
    guan, before = sign_in("guan"), stored(office)
    rows = [
        company(1),
        row(),
        company(2, base="没有的基地", people="八", uscc=code(8002)[:-1] + "0"),
        company(3, moved_in="2026-03-02", moved_out="2025-01-01"),
        row(name="清泉长沙启程机械有限公司", uscc=code(110), base="清泉创业园", people="31"),
        company(1),
    ]
    answer = send(guan, "check", rows).json
    results = {result["place"]: result for result in answer["results"]}
    assert [results[place]["outcome"] for place in (0, 2, 3, 4, 5)] == [
        "created", "rejected", "rejected", "updated", "rejected",
    ]  # fmt: skip
    assert 1 not in results
    assert set(results[2]["faults"]) == {"uscc", "base", "people"}
    assert "moved_out" in results[3]["faults"]
    assert "uscc" in results[5]["faults"]
    assert answer["good"] == 2
    assert stored(office) == before


def test_good_rows_are_written_as_a_batch_and_those_at_fault_stay(sign_in, office):
    guan = sign_in("guan")
    rows = [company(1), company(2, base="没有的基地"), company(3, people="7")]
    version = send(guan, "check", rows).json["version"]
    answer = send(guan, "write", rows, version=version).json
    assert answer["rows"] == [rows[1]]
    assert [(result["place"], list(result["faults"])) for result in answer["results"]] == [(0, ["base"])]
    names = office.db["tenant_companies"].distinct("name", {"uscc": {"$in": [code(8001), code(8003)]}})
    assert names == ["清泉格1有限公司", "清泉格3有限公司"]
    batch = office.db["import_batches"].find_one(sort=[("started_at", -1)])
    assert batch["counts"]["created"] == 2 and batch["actor_name"] == "冠县甲"
    assert guan.get(answer["batch"]).status_code == 200
    assert office.db["audit_entries"].count_documents({"note": batch["_id"], "action": "created"}) == 2
    # Sent once more, nothing is written twice.
    assert send(guan, "write", rows, version=version).status_code == 422


def test_what_reads_as_a_note_stays_in_the_grid_and_is_told(sign_in, office):
    guan = sign_in("guan")
    rows = [
        company(1),
        row(name="备注：“待补”"),
        row(name="*清泉格星有限公司"),
        row(),
        row(name="小计", people="3"),
    ]
    checked = send(guan, "check", rows).json
    assert {r["place"]: r["outcome"] for r in checked["results"]} == {
        0: "created", 1: "rejected", 2: "rejected", 4: "rejected",
    }  # fmt: skip
    assert "不是一条记录" in checked["results"][1]["faults"]["name"]
    answer = send(guan, "write", rows, version=checked["version"]).json
    assert answer["rows"] == [rows[1], rows[2], rows[4]]
    assert len(answer["results"]) == 3


def test_what_was_not_checked_is_not_written(sign_in, office):
    guan, before = sign_in("guan"), stored(office)
    assert send(guan, "write", [company(1)]).status_code == 422
    version = send(guan, "check", [company(1)]).json["version"]
    answer = send(guan, "write", [company(1, people="3")], version=version)
    assert answer.status_code == 422 and "重新检查" in answer.json["said"]
    assert stored(office) == before


def test_a_record_that_was_saved_after_the_check_is_left(sign_in, office):
    guan = sign_in("guan")
    rows = [row(name="清泉长沙启程机械有限公司", uscc=code(110), base="清泉创业园", people="31")]
    version = send(guan, "check", rows).json["version"]
    records.update("tenant_companies", office.guan.company, {"people": 44}, version=1, actor=office.actor("city"),
                   now=MADE_AT)  # fmt: skip
    answer = send(guan, "write", rows, version=version).json
    assert answer["rows"] == rows
    assert answer["results"][0]["outcome"] == "conflict"
    assert office.one("tenant_companies", office.guan.company)["people"] == 44


@pytest.mark.parametrize(
    ("answer", "people", "companies"), [(None, 30, 0), ("file", 31, 0), ("stored", 30, 0), ("new", 30, 1)]
)
def test_a_row_that_may_be_a_record_of_another_code_asks_and_does_what_was_answered(
    sign_in, office, answer, people, companies
):
    guan = sign_in("guan")
    rows = [row(name="清泉长沙启程机械有限公司", uscc=code(8009), base="清泉创业园", people="31")]
    checked = send(guan, "check", rows).json
    (result,) = checked["results"]
    assert result["outcome"] == "conflict"
    assert {value for value, _ in result["answers"]} == {"file", "new", "stored"}
    answers = {"0": answer} if answer else {}
    written = send(guan, "write", rows, version=checked["version"], answers=answers).json
    assert len(written["rows"]) == (answer is None)
    assert office.one("tenant_companies", office.guan.company)["people"] == people
    found = office.db["tenant_companies"].count_documents(
        {"uscc": code(8009), "_id": {"$ne": office.guan.company}}
    )
    assert found == companies


def test_a_county_enters_nothing_for_another(sign_in, office):
    answer = send(sign_in("guan"), "check", [company(1, base="燕塔创业园")]).json
    assert list(answer["results"][0]["faults"]) == ["base"]


@pytest.mark.parametrize(
    "rows",
    [
        [company(number) for number in range(MOST_ROWS + 1)],
        [company(1, notes="长" * 4_000_001)],
        [["too", "few"]],
        [[1] * len(KEYS)],
        "no rows",
        None,
    ],
    ids=["too many rows", "too many characters", "another width", "no text", "no list", "nothing"],
)
def test_what_is_no_grid_is_refused_with_a_sentence(sign_in, office, rows):
    guan, before = sign_in("guan"), stored(office)
    for word in ("draft", "check", "write"):
        answer = send(guan, word, rows)
        assert answer.status_code == 422
        assert answer.json["said"]
    assert stored(office) == before


def test_signs_that_no_cell_can_hold_do_no_harm(sign_in):
    guan = sign_in("guan")
    answer = send(guan, "check", [company(1, notes="一\x00二\ud800三\u2028四\x0b\r\n五")])
    assert [result["outcome"] for result in answer.json["results"]] == ["created"]


# --- A week of a base -----------------------------------------------------------------------------

LEDGER = "/admin/import/grid/ledger-entries/"
MONDAY = office_today() - timedelta(days=office_today().weekday())


def week(browser, **arguments):
    """Return what the page of the ledger's grid begins with, rows by the keys of their cells, and what it says."""
    page = browser.get(LEDGER, query_string=arguments)
    assert page.status_code == 200
    setup = json.loads(html.unescape(re.search(r'data-setup="([^"]*)"', page.text)[1]))
    keys = [column["key"] for column in setup["columns"]]
    begun = setup["begun"]
    said = re.search(r"data-week-said>([^<]*)<", page.text)
    rows = (
        [{key: cell for key, cell in zip(keys, row, strict=True) if cell} for row in begun["rows"]]
        if begun
        else None
    )
    return rows, said[1] if said else "", page.text


def entered(office, day, **values):
    given = {
        "base": office.guan.spare, "served_on": day, "function": "training", "place": "二楼会议室",
        "status": "submitted", "request": "上周诉求", "companies": [{"name": "某公司"}], "company_times": 1,
    }  # fmt: skip
    return records.create("ledger_entries", given | values, actor=office.actor("city"), now=MADE_AT)


def test_a_week_begins_with_the_last_one_s_entries_of_the_base_moved_on_and_without_whom_they_served(
    sign_in, office
):
    entered(office, MONDAY - timedelta(days=7))
    entered(office, MONDAY - timedelta(days=1), status="verified", fee_kind="low", fee_amount=1200.5)
    entered(office, MONDAY - timedelta(days=16), request="更早的")
    guan, before = sign_in("guan"), stored(office)
    rows, said, _ = week(guan, base=str(office.guan.spare), whole="1")
    name = office.one("bases", office.guan.spare)["name"]
    first = {
        "base": name, "served_on": f"{MONDAY}", "place": "二楼会议室", "function": "人员培训", "request": "上周诉求",
        "status": "已提交",
    }  # fmt: skip
    # A week's last day is still to come, unless today is it; what was verified is handed in anew.
    last = "已提交" if office_today().weekday() == 6 else "草稿"
    second = first | {
        "served_on": f"{MONDAY + timedelta(days=6)}",
        "fee_kind": "低收费",
        "fee_amount": "1,200.5",
    }
    assert rows == [first, second | {"status": last}]
    assert "2 行" in said and name in said
    assert stored(office) == before
    assert "request" not in week(guan, base=str(office.guan.spare))[0][0]


def test_what_the_week_has_already_is_left_out_and_said(sign_in, office):
    entered(office, MONDAY - timedelta(days=7))
    entered(office, MONDAY - timedelta(days=7), function="information")
    entered(office, MONDAY, companies=[])
    rows, said, _ = week(sign_in("guan"), base=str(office.guan.spare), whole="1")
    assert [row["function"] for row in rows] == ["信息服务"]
    assert "1 条" in said
    later = f"{MONDAY + timedelta(days=9)}"
    assert [row["function"] for row in week(sign_in("guan"), base=str(office.guan.spare), week=later)[0]] == [
        "人员培训"
    ]


def test_a_base_without_entries_begins_with_its_working_days(sign_in, office):
    rows, said, _ = week(sign_in("guan"), base=str(office.guan.spare), week="2026-03-18")
    assert [row["served_on"] for row in rows] == [f"2026-03-{day}" for day in range(16, 21)]
    assert {row["status"] for row in rows} == {"草稿"}
    assert "工作日" in said


def test_a_week_asks_for_base_and_day_and_keeps_what_was_typed(sign_in, office):
    guan = sign_in("guan")
    rows, _, page = week(guan, week="2026-02-30", base=str(office.guan.spare))
    assert rows is None
    assert "不是日期" in page and 'value="2026-02-30"' in page
    assert guan.get(LEDGER, query_string={"base": str(office.shen.base)}).status_code == 404
    assert guan.get(LEDGER, query_string={"base": "nonsense"}).status_code == 404
    assert "data-week" not in guan.get(HOME).text
    assert f"{LEDGER}?week=" in guan.get("/admin/ledger-entries/").text
    link = f"{LEDGER}?base={office.guan.spare}&amp;whole=1"
    assert link in guan.get("/admin/ledger-entries/", query_string={"base": str(office.guan.spare)}).text
    assert link in guan.get(f"/admin/bases/details/?id={office.guan.spare}").text
    assert LEDGER not in sign_in("reader").get(f"/admin/bases/details/?id={office.guan.spare}").text
    guan.send("/admin/ledger-entries/new/", {
        "base": str(office.guan.base), "served_on": "2026-03-05", "function": "training", "status": "draft",
    })  # fmt: skip
    chosen = re.search(r'id="week-place".*?<option value="(\w*)" selected>', guan.get(LEDGER).text, re.DOTALL)
    assert chosen[1] == str(office.guan.base)


def test_what_was_written_is_undone_where_it_was_written(sign_in, office):
    guan, before = sign_in("guan"), office.db["tenant_companies"].count_documents({})
    version = send(guan, "check", [company(1)]).json["version"]
    answer = send(guan, "write", [company(1)], version=version).json
    assert guan.send(answer["undo"]).status_code == 303
    assert office.db["tenant_companies"].count_documents({}) == before
