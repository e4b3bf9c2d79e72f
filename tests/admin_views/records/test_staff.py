"""The list of staff: entered and imported, counted in the assessment, kept to its county (Art. 5(3), 11(5))."""

from datetime import date

import pytest

from rules.access import SYSTEM
from rules.materials import Material
from services.applications.materials_lists import material_lists
from services.records import records
from tests.page_reader import form, ids, problems
from tests.sample_office import GUAN, MADE_AT, MARK, workbook

DAY = date(2026, 3, 3)


def member(office, **values):
    """Return what the form sends for a person of 冠县's second base, which lists nobody yet."""
    given = {"name": "康敏", "base": str(office.guan.spare), "employment": "full-time", "position": "主任",
             "qualification": "中级经济师", "started_on": "2025-01-06", "status": "on_staff"}  # fmt: skip
    return given | values


def staff_line(browser, base):
    """Return the row of the indicator on the base's assessment of 2026."""
    page = browser.get(f"/admin/assessment/base/?id={base}&year=2026").text
    return page.split('id="indicators"')[1].split("专职服务人员</th>")[1].split("</tr>")[0]


def test_a_base_that_lists_its_staff_counts_the_list_and_one_that_does_not_the_typed_number(office, sign_in):
    guan = sign_in("guan")
    office.db["bases"].update_one({"_id": office.guan.spare}, {"$set": {"service_staff": 9}})
    assert "<b>9</b>" in staff_line(guan, office.guan.spare)
    assert guan.send("/admin/staff-members/new/", member(office)).status_code == 303
    line = staff_line(guan, office.guan.spare)
    assert "<b>1</b>" in line
    assert "名单 1 人，基地档案填报 9 人，请核对" in line
    assert f"/admin/staff-members/?base={office.guan.spare}" in line
    office.db["bases"].update_one({"_id": office.guan.spare}, {"$set": {"service_staff": 1}})
    assert "请核对" not in staff_line(guan, office.guan.spare)


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ({"employment": "part-time"}, False),
        ({"started_on": "2026-12-31"}, True),  # on the staff, from a day to come
        ({"left_on": "2026-01-05"}, True),
        ({"left_on": "2026-01-05", "status": "left"}, False),
        ({"status": "left"}, True),
    ],
)
def test_one_who_is_part_time_not_there_yet_or_gone_is_not_counted(office, sign_in, values, asked):
    guan, path = sign_in("guan"), "/admin/staff-members/new/"
    assert guan.send(path, member(office)).status_code == 303
    answer = guan.send(path, member(office, name="解伟") | values)
    assert answer.status_code == (422 if asked else 303)
    if asked:
        assert guan.send(path, form(answer.text)).status_code == 303
    assert "<b>1</b>" in staff_line(guan, office.guan.spare)


def test_a_list_counts_where_the_record_has_no_number(office, sign_in):
    guan = sign_in("guan")
    office.db["bases"].update_one({"_id": office.guan.spare}, {"$unset": {"service_staff": ""}})
    assert "未填写" in staff_line(guan, office.guan.spare)
    guan.send("/admin/staff-members/new/", member(office, started_on=""))
    line = staff_line(guan, office.guan.spare)
    assert "<b>1</b>" in line and "请核对" not in line


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"left_on": "2025-01-05"}, "left_on"),
        ({"employment": ""}, "employment"),
        ({"name": ""}, "name"),
        ({"base": ""}, "base"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_stores_nothing(office, sign_in, values, field):
    before = list(office.db["staff_members"].find())
    answer = sign_in("guan").send("/admin/staff-members/new/", member(office) | values)
    assert answer.status_code == 422
    assert field in problems(answer.text)
    assert list(office.db["staff_members"].find()) == before


def test_a_name_stands_once_in_a_base_and_again_in_another(office, sign_in):
    guan = sign_in("guan")
    assert guan.send("/admin/staff-members/new/", member(office)).status_code == 303
    answer = guan.send("/admin/staff-members/new/", member(office))
    assert answer.status_code == 422
    assert "“康敏”已在该基地名单中" in problems(answer.text)["name"]
    sent = member(office, base=str(office.guan.base))
    assert guan.send("/admin/staff-members/new/", sent).status_code == 303


def test_a_county_sees_and_changes_its_own_staff_alone(office, sign_in):
    guan = sign_in("guan")
    assert str(office.shen.member) not in ids(guan.get("/admin/staff-members/?size=200").text)
    assert MARK not in guan.get("/admin/staff-members/").text
    assert guan.get(f"/admin/staff-members/details/?id={office.shen.member}").status_code == 404
    before = list(office.db["staff_members"].find())
    assert (
        guan.send("/admin/staff-members/new/", member(office, base=str(office.shen.base))).status_code == 422
    )
    assert list(office.db["staff_members"].find()) == before


def test_a_countys_workbook_comes_in_by_its_own_headings(office, sign_in):
    guan = sign_in("guan")
    base = office.one("bases", office.guan.spare)["name"]
    rows = workbook(
        [
            ["姓名", "所属基地", "职务", "是否专职", "资质证书"],
            ["康敏", base, "主任", "是", "中级经济师"],
            ["解伟", base, "会计", "否", ""],
            ["单娟", "无此基地", "会计", "是", ""],
        ]
    )
    sent = {"kind": "staff-members", "file": (rows, "人员.xlsx")}
    assert guan.send("/admin/import/", sent).status_code == 303
    stored = list(office.db["staff_members"].find({"base": office.guan.spare}).sort("position", 1))
    assert [(one["name"], one["position"], one["employment"], one.get("qualification")) for one in stored] == [
        ("康敏", "主任", "full-time", "中级经济师"), ("解伟", "会计", "part-time", None),
    ]  # fmt: skip
    assert [one["county"] for one in stored] == [GUAN, GUAN]
    assert "<b>1</b>" in staff_line(guan, office.guan.spare)


def test_material_5_is_made_from_those_who_are_there(office):
    for values in (
        {"name": "康敏", "duty": "service", "employment": "part-time", "phone": "13906350001"},
        {
            "name": "解伟",
            "duty": "manager",
            "position": "主任",
            "employment": "full-time",
            "qualification": "经济师",
        },
        {
            "name": "单娟",
            "employment": "full-time",
            "started_on": date(2024, 1, 1),
            "left_on": date(2025, 1, 1),
        },
    ):
        records.create("staff_members", values | {"base": office.guan.spare}, actor=SYSTEM, now=MADE_AT)
    made = material_lists(office.one("bases", office.guan.spare), actor=SYSTEM, day=DAY)[Material.STAFF]
    assert made.count == 2
    assert [tuple(row) for row in made.table.rows] == [
        (1, "解伟", "主任", "经济师", "是"), (2, "康敏", "服务人员", "", "否"),
    ]  # fmt: skip


def test_a_base_whose_list_holds_people_is_not_deleted(office, sign_in):
    city = sign_in("city")
    assert sign_in("guan").send("/admin/staff-members/new/", member(office)).status_code == 303
    raw = office.one("bases", office.guan.spare)
    city.send("/admin/bases/delete/", {"id": str(raw["_id"]), "version": str(raw["version"])})
    assert office.one("bases", office.guan.spare) == raw
