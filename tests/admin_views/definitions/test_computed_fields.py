"""A field that a formula computes: checked when typed, tried before it is saved, stored with every write."""

import random
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest

from documents.definitions.own_field import _IN_FORCE, put_own_fields_in_force
from documents.kinds import RECORDS
from documents.server.connection import reachable
from rules.access import SYSTEM, Permission
from schema.definitions.own_fields import OwnField, OwnKind, stored_own_field
from schema.expressions import to_mongo
from schema.registry import REGISTRY
from services.definitions.following import FOLLOW, follow_the_day
from services.desk.trail import verify
from services.jobs.kinds import KINDS
from services.jobs.queue import ask
from services.jobs.run import JobKind
from services.jobs.worker import Worker
from services.records.records import update
from services.shared.office_day import office_today
from tests.page_reader import form as read_whole_form
from tests.page_reader import ids
from tests.sample_office import cells, code

FIELDS = "/admin/settings/fields/"
NEW = f"{FIELDS}tenant-companies/new/"
COMPANIES = "/admin/tenant-companies/"
PER_HEAD = "own_computed_renjunyingshou"


@pytest.fixture(autouse=True)
def _indexes_as_before(db):
    """Take the indexes of own fields away again: what is put back after a test are rows."""
    yield
    for index in db["tenant_companies"].index_information():
        if "own_" in index:
            db["tenant_companies"].drop_index(index)


@pytest.fixture
def boss(office, sign_in):
    return sign_in("boss")


@pytest.fixture
def city(office, sign_in):
    return sign_in("city")


def add(boss, label, formula, expect=303, slug="tenant-companies", **more):
    sent = {
        "label": label, "kind": "computed", "formula": formula, "section": "own", "exported": "y", **more,
    }  # fmt: skip
    answer = boss.send(f"{FIELDS}{slug}/new/", sent)
    assert answer.status_code == expect, answer.text
    return answer


def add_plain(boss, label, kind="decimal"):
    answer = boss.send(NEW, {"label": label, "kind": kind, "section": "own", "exported": "y"})
    assert answer.status_code == 303, answer.text


def read_form(page):
    """Return what a form would send; of a box in it the text."""
    return {name: value[0] if name == "formula" else value for name, value in read_whole_form(page).items()}


def follow():
    """Do the jobs that wait, as the worker of a web process does."""
    worker = Worker(KINDS)
    while worker.work_once():
        pass


def company(city, office, number=77, **values):
    sent = {
        "name": f"燕塔精密{number}", "uscc": code(number), "base": str(office.shen.base), "status": "housed", **values,
    }  # fmt: skip
    assert city.send(f"{COMPANIES}new/", sent).status_code == 303
    return office.db["tenant_companies"].find_one({"uscc": code(number)})


def stored(office, made):
    return office.db["tenant_companies"].find_one({"_id": made["_id"]})


def edit(city, made, **values):
    url = f"{COMPANIES}edit/?id={made['_id']}"
    answer = city.send(url, read_form(city.get(url).text) | values)
    assert answer.status_code == 303, answer.text


def test_a_formula_is_computed_for_old_records_and_with_every_save_and_is_as_good_as_any_field(
    office, boss, city
):
    old = company(city, office, 71, revenue="30", people="4")
    add(boss, "人均营收", "营业收入 / 从业人员", unit="万元", filtered="y", listed="y")
    follow()
    assert stored(office, old)[PER_HEAD] == 7.5
    made = company(city, office, 72, revenue="100", people="8")
    assert made[PER_HEAD] == 12.5
    add(boss, "除以零", "营业收入 / (从业人员 - 8)")
    none = company(city, office, 73, revenue="100", people="8")
    assert none["own_computed_chuyiling"] is None, "division by nothing gives nothing"
    shown = city.get(COMPANIES).text
    assert "人均营收" in shown and "12.5" in shown
    ordered = ids(city.get(f"{COMPANIES}?sort=-{PER_HEAD}&{PER_HEAD}=yes&search=燕塔精密").text)
    assert set(ordered[:2]) == {str(none["_id"]), str(made["_id"])} and ordered[2] == str(old["_id"])
    assert {f"{PER_HEAD}__id", f"county_{PER_HEAD}__id"} <= office.db[
        "tenant_companies"
    ].index_information().keys()
    form = city.get(f"{COMPANIES}edit/?id={made['_id']}").text
    assert f'name="{PER_HEAD}"' not in form and "12.5 万元" in form, "shown, not typed"
    edit(city, made, revenue="200")
    assert stored(office, made)[PER_HEAD] == 25
    edit(city, made, people="")
    assert stored(office, made)[PER_HEAD] is None
    page = city.get(f"{COMPANIES}details/?id={made['_id']}").text
    assert "人均营收" in page and "人均营收" not in page.split('id="history"')[1], "no entry of its own"


def test_a_workbook_takes_it_out_and_never_in(office, boss, city):
    add(boss, "人均营收", "营业收入 / 从业人员", unit="万元")
    made = company(city, office, 72, revenue="100", people="8")
    rows = cells(city.get(f"{COMPANIES}export/xlsx/?search=燕塔精密"))
    heading = next(row for row in rows if "人均营收（万元）" in row)
    assert rows[rows.index(heading) + 1][heading.index("人均营收（万元）")] == 12.5
    template = cells(city.get("/admin/import/template/tenant-companies.xlsx"))
    assert not any("人均营收（万元）" in row for row in template)
    book = openpyxl.Workbook()
    book.active.append(["企业名称", "统一社会信用代码", "所属基地", "营业收入（万元）", "人均营收（万元）"])
    base = office.db["bases"].find_one({"_id": office.shen.base})["name"]
    book.active.append([made["name"], made["uscc"], base, 80, 99])
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    city.send("/admin/import/", {"kind": "tenant-companies", "file": (stream, "企业.xlsx")})
    assert (stored(office, made)["revenue"], stored(office, made)[PER_HEAD]) == (80, 10)


def test_the_grid_acts_on_many_the_bin_and_an_earlier_version_compute_it_too(office, boss, city):
    add(boss, "大小", '从业人员 >= 10 ? "大" : "小"', filtered="y")
    key = "own_computed_daxiao"
    made = company(city, office, 72, people="12")
    assert made[key] == "大"
    assert ids(city.get(f"{COMPANIES}?{key}=大").text) == [str(made["_id"])], "a filter by its words"
    edit(city, made, people="9")
    assert stored(office, made)[key] == "小"
    version = stored(office, made)["version"]
    gone = city.send(f"{COMPANIES}delete/", {"id": str(made["_id"]), "version": str(version)})
    assert gone.status_code == 303, gone.text
    entry = office.db["recycled"].find_one({"record_id": made["_id"]})
    office.db["recycled"].update_one({"_id": entry["_id"]}, {"$set": {f"document.{key}": "旧"}})
    assert city.send(f"/admin/recycle-bin/restore?recycled={entry['_id']}").status_code == 303
    assert stored(office, made)[key] == "小"


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("营业收入 / 从业人口", "第 8 个字符“从业人口”：没有这个字段"),
        ("营业收入 +", "公式不完整：“+”之后缺少内容"),
        ("联系电话", "没有这个字段"),
        ("", "公式"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_the_place_and_what_was_typed_is_kept(
    office, boss, formula, sentence
):
    answer = add(boss, "人均营收", formula, expect=422)
    assert sentence in answer.text
    assert read_form(answer.text)["formula"] == formula
    assert office.db["own_fields"].count_documents({}) == 0
    if formula:
        tried = boss.get(f"{FIELDS}tenant-companies/formula/", query_string={"formula": formula}).text
        assert sentence in tried


def test_a_formula_is_tried_over_real_records_before_it_is_saved(office, boss, city):
    company(city, office, 72, revenue="100", people="8")
    company(city, office, 73, revenue="100")
    tried = boss.get(f"{FIELDS}tenant-companies/formula/", query_string={"formula": "营业收入÷从业人员"}).text
    assert "营业收入 / 从业人员" in tried and "12.5" in tried
    assert "“从业人员”未填" in tried or "从业人员" in tried.split("燕塔精密73")[1]
    answer = boss.send(
        NEW, {"label": "人均", "kind": "computed", "formula": "营业收入 / 从业人员", "try": "1"}
    )
    assert answer.status_code == 200 and "12.5" in answer.text
    assert office.db["own_fields"].count_documents({}) == 0
    page = boss.get(f"{NEW}?kind=computed").text
    assert "data-insert" in page and "首个非空" in page and "联系电话" not in page, (
        "what is personal is not offered"
    )


def test_formulas_read_one_another_in_order_and_a_circle_is_refused_with_its_names(office, boss, city):
    add(boss, "甲", "营业收入 * 2")
    add(boss, "乙", "甲 + 1")
    made = company(city, office, 72, revenue="10")
    assert (made["own_computed_jia"], made["own_computed_yi"]) == (20, 21)
    url = f"{FIELDS}tenant-companies/own_computed_jia/"
    page = boss.get(url).text
    assert "营业收入 * 2" in page, "the formula is shown in Chinese"
    answer = boss.send(url, read_form(page) | {"formula": "乙 * 2"})
    assert answer.status_code == 422 and ("甲 → 乙 → 甲" in answer.text or "乙 → 甲 → 乙" in answer.text)
    answer = boss.send(url, read_form(page) | {"formula": "营业收入 * 3"})
    assert answer.status_code == 303
    follow()
    assert (stored(office, made)["own_computed_jia"], stored(office, made)["own_computed_yi"]) == (30, 31)


@pytest.mark.parametrize("act", ["hide", "delete"])
def test_a_field_that_a_formula_reads_is_neither_hidden_nor_deleted(office, boss, act):
    add_plain(boss, "专利")
    add(boss, "双倍", "专利 * 2")
    url = f"{FIELDS}tenant-companies/own_zhuanli/{act}/"
    answer = boss.send(url, {"version": "1"})
    assert answer.status_code in (409, 422) and "“双倍”" in answer.text and "专利 * 2" in answer.text
    assert "own_zhuanli" in REGISTRY["tenant_companies"].by_key
    boss.send(f"{FIELDS}tenant-companies/own_computed_shuangbei/hide/", {"version": "1"})
    assert boss.send(url, {"version": "1"}).status_code == 303
    shown = boss.send(f"{FIELDS}tenant-companies/own_computed_shuangbei/show/", {"version": "2"})
    assert "没有这个字段" in shown.text, "it is not shown again while it cannot be computed"


def test_a_computed_field_is_deleted_although_records_have_a_value_and_the_trail_finds_nothing_amiss(
    office, boss, city
):
    made = company(city, office, 72, revenue="10")
    add(boss, "甲", "营业收入 * 2")
    follow()
    assert stored(office, made)["own_computed_jia"] == 20
    answer = boss.send(f"{FIELDS}tenant-companies/own_computed_jia/delete/", {"version": "1"})
    assert answer.status_code == 303
    follow()
    assert "own_computed_jia" not in stored(office, made), "no value is left behind"
    assert "own_computed_jia" not in REGISTRY["tenant_companies"].by_key
    assert not verify([]), "values that follow need no entry of the trail"


def test_what_is_computed_from_today_is_computed_anew_once_a_day(office, boss, city):
    add(boss, "已入驻天数", "相隔天数(入驻日期, 今天())")
    key, noon = "own_computed_yiruzhutianshu", datetime(2026, 11, 26, 4, tzinfo=UTC)
    made = company(city, office, 72, moved_in="2026-01-02")
    follow()
    office.db["tenant_companies"].update_one({"_id": made["_id"]}, {"$set": {key: -1}})
    assert [follow_the_day(now=noon), follow_the_day(now=noon)] == [1, 0], "once a day"
    follow()
    days = (office_today() - date(2026, 1, 2)).days
    assert stored(office, made)[key] == days
    assert follow_the_day(now=noon + timedelta(hours=12)) == 1, "the office's next day has begun"


def test_what_is_stored_is_what_the_database_itself_computes(office, boss, city):
    formulas = {
        "甲": "(营业收入 - 资产总额) / 从业人员", "乙": '营业收入 > 资产总额 且 从业人员 != 空 ? "盈" : "亏"',
        "丙": "加月数(入驻日期, 从业人员)", "丁": "首个非空(营业收入, 0) >= 10 或 企业名称 == 空",
        "戊": "文字(从业人员) + 企业名称", "己": "最大(营业收入, 从业人员) * 3",
    }  # fmt: skip
    for label, formula in formulas.items():
        add(boss, label, formula)
    dice = random.Random(1227)
    for number in range(71, 83):
        values = {
            "revenue": f"{dice.randrange(1, 10**6) / 100}", "assets": f"{dice.randrange(1, 10**6) / 100}",
            "people": str(dice.randrange(1, 40)), "moved_in": f"2024-0{dice.randrange(1, 10)}-28",
        }  # fmt: skip
        company(city, office, number, **{key: one for key, one in values.items() if dice.random() < 0.8})
    computed = REGISTRY["tenant_companies"].computed
    assert len(computed) == len(formulas)
    asked = {f"again_{one.key}": to_mongo(one.tree, today=office_today()).value for one in computed}
    rows = list(
        office.db["tenant_companies"].aggregate(
            [{"$match": {"name": {"$regex": "^燕塔精密"}}}, {"$set": asked}]
        )
    )
    assert len(rows) == 12
    for row in rows:
        for one in computed:
            assert row[one.key] == row[f"again_{one.key}"], (one.key, row)


def test_two_administrators_at_once_and_a_process_that_has_read_nothing_since(office, boss, sign_in):
    add(boss, "甲", "营业收入 * 2")
    url = f"{FIELDS}tenant-companies/own_computed_jia/"
    first, second = (read_form(boss.get(url).text) for _ in range(2))
    assert boss.send(url, first | {"formula": "营业收入 * 3"}).status_code == 303
    answer = boss.send(url, second | {"formula": "营业收入 * 4"})
    assert answer.status_code == 422 and read_form(answer.text)["formula"] == "营业收入 * 4"
    put_own_fields_in_force([])  # as another process
    made = company(sign_in("city"), office, 72, revenue="10")
    assert made["own_computed_jia"] == 30


def test_a_job_under_way_works_with_the_formula_of_now(office, boss):
    add(boss, "甲", "营业收入 * 2")
    seen = []

    def look(uow):
        seen.append([one.key for one in REGISTRY["tenant_companies"].computed])

    def run(job):
        job.step(look, {"at": 1}, done=1)
        put_own_fields_in_force([])  # a process that was asked to work before
        job.step(look, {"at": 2}, done=2)
        return {}

    kind = JobKind("look", "Look", Permission.WRITE, run)
    assert Worker([kind]).work_on(ask(kind, {}, actor=SYSTEM, now=datetime.now(UTC)))
    assert seen == [["own_computed_jia"]] * 2


@contextmanager
def as_a_process_of_before():
    """Work with the definitions of now, whatever is changed inside, as a process does that nobody told."""
    rows, kinds = [dict(row) for row in _IN_FORCE.rows], _IN_FORCE.kinds
    yield
    put_own_fields_in_force(rows)
    _IN_FORCE.kinds = kinds


def test_a_process_that_knows_the_earlier_formula_writes_nothing_by_it(office, boss, city):
    made = company(city, office, 71, revenue="10")
    add(boss, "甲", "营业收入 * 2")
    follow()
    with as_a_process_of_before():
        url = f"{FIELDS}tenant-companies/own_computed_jia/"
        assert boss.send(url, read_form(boss.get(url).text) | {"formula": "营业收入 * 3"}).status_code == 303
    # No page, which would look first: a command, a job, an import.
    raw = stored(office, made)
    update(
        "tenant_companies", made["_id"], {"revenue": 20}, version=raw["version"], actor=office.actor("city"),
        now=datetime.now(UTC),
    )  # fmt: skip
    assert stored(office, made)["own_computed_jia"] == 60


def test_a_follower_of_the_earlier_formula_looks_again_before_it_ends(office, boss, city, monkeypatch):
    made = company(city, office, 71, revenue="10")
    add(boss, "甲", "营业收入 * 2")
    follow()
    document, renewed = RECORDS["tenant_companies"], RECORDS["tenant_companies"].renew_derived_fields.__func__
    asked = []

    def renew(rows, today, gone=()):
        renewed(document, rows, today, gone)
        if (
            not asked
        ):  # another process changes the formula, and its job is done, while this one writes the old
            asked.append(1)
            with as_a_process_of_before():
                url = f"{FIELDS}tenant-companies/own_computed_jia/"
                boss.send(url, read_form(boss.get(url).text) | {"formula": "营业收入 * 3"})

    monkeypatch.setattr(document, "renew_derived_fields", renew)
    office.db["tenant_companies"].update_one({"_id": made["_id"]}, {"$unset": {"own_computed_jia": ""}})
    with reachable():
        job = ask(FOLLOW, {"collection": "tenant_companies"}, actor=SYSTEM, now=datetime.now(UTC))
    assert Worker([FOLLOW]).work_on(job) and asked
    assert stored(office, made)["own_computed_jia"] == 30


def test_a_kill_in_the_middle_leaves_a_job_that_goes_on(office, boss, city):
    made = [company(city, office, number, revenue="10") for number in (71, 72)]
    add(boss, "甲", "营业收入 * 2")
    job = office.db["jobs"].find_one({"kind": "own-fields"}, sort=[("_id", -1)])
    assert job["state"] == "waiting", "asked for in the transaction that wrote the formula"
    first = min(row["_id"] for row in office.db["tenant_companies"].find({}, {"_id": 1}))
    # As a worker that was killed after its first piece has left it.
    office.db["jobs"].update_one({"_id": job["_id"]}, {"$set": {"checkpoint": {"last": first}, "done": 1}})
    follow()
    assert [stored(office, one)["own_computed_jia"] for one in made] == [20, 20]


def test_a_hundred_computed_fields_of_a_collection_are_read_computed_and_saved(office, boss, city):
    before = "营业收入"
    rows = []
    for number in range(100):
        key = f"own_computed_f{number}"
        own = OwnField(
            "tenant_companies", key, OwnKind.COMPUTED, f"字段{number}", order=number, gives="decimal",
            formula="revenue + 1" if not number else f"own_computed_f{number - 1} + 1",
        )  # fmt: skip
        rows.append(
            {"_id": f"tenant_companies.{key}", "of": "tenant_companies", "field": stored_own_field(own), "version": 1}
        )  # fmt: skip
    office.db["own_fields"].insert_many(rows)
    made = company(city, office, 72, revenue="1.5")
    assert made["own_computed_f99"] == 101.5
    refused = add(boss, "再一个", f"{before} * 2", expect=422)
    assert "100" in refused.text
