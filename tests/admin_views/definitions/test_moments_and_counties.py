"""Own fields that hold a day with its time, or one of the office's counties, are as good as those that ship."""

from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest

from office.excel.cells import parse, show
from rules.errors import Refused
from schema.field import Field, Kind
from tests.admin_views.definitions.test_own_fields import (
    COMPANIES,
    _indexes_as_before,
    add,
    boss,
    city,
    company,
    follow,
    key_of,
)
from tests.page_reader import form as read_form
from tests.page_reader import ids
from tests.sample_office import GUAN, SHEN, cells, code

__all__ = ["_indexes_as_before", "boss", "city"]

MOMENT = Field("moment", "时间", "时间", Kind.MOMENT)
STORED = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("2026-11-23 09:30", "2026-11-23 09:30"),
        ("2026-11-23T9:30:59", "2026-11-23 09:30"),
        ("2026年11月23日 9时30分", "2026-11-23 09:30"),
        ("2026年11月23日下午3点", "2026-11-23 15:00"),
        ("2026/11/23 12:05 AM", "2026-11-23 00:05"),
        ("２０２６．１１．２３　９：３０", "2026-11-23 09:30"),
        ("2026-11-23T01:30:00Z", "2026-11-23 09:30"),
        ("2026-11-23", "2026-11-23 00:00"),
        (datetime(2026, 11, 23, 9, 30, 12), "2026-11-23 09:30"),
        (45653.5, "2024-12-27 12:00"),
        ("45653.75", "2024-12-27 18:00"),
        ("—", ""),
        ("2026-11-23 25:00", None),
        ("2026-02-30 09:30", None),
        ("很多", None),
        ("1800-01-01 09:30", None),
        (True, None),
        (float("nan"), None),
        (1e300, None),
    ],
)  # fmt: skip
def test_a_day_with_its_time_is_read_however_it_is_written_and_is_shown_in_one_way(typed, shown):
    if shown is None:
        with pytest.raises(Refused):
            parse(MOMENT, typed)
        return
    found = parse(MOMENT, typed)
    assert show(MOMENT, found) == shown
    assert parse(MOMENT, show(MOMENT, found)) == found


def _sheet(*rows):
    book, stream = openpyxl.Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    stream.seek(0)
    return stream


def test_a_moment_is_typed_shown_sorted_filtered_by_office_days_and_keeps_what_is_not_changed(
    office, boss, city
):
    add(boss, "走访时间", "moment", filtered="y", listed="y")
    key = key_of(office, "走访时间")
    follow()
    wrong = company(city, office, **{key: "2026-11-23 25:00"})
    assert wrong.status_code == 422 and "不是日期和时间" in wrong.text and "25:00" in wrong.text
    assert company(city, office, **{key: "2026年11月23日 9时30分"}).status_code == 303
    made = office.db["tenant_companies"].find_one({"uscc": code(77)})
    assert made[key] == STORED
    made_id = str(made["_id"])
    assert "2026-11-23 09:30" in city.get(COMPANIES).text
    # 9:30 in the office is half past one in UTC; half past midnight is still the day before there.
    office.db["tenant_companies"].update_one(
        {"_id": made["_id"]}, {"$set": {key: datetime(2026, 11, 22, 16, 30, tzinfo=UTC)}}
    )
    day = "2026-11-23"
    assert ids(city.get(f"{COMPANIES}?{key}_from={day}&{key}_to={day}").text) == [made_id]
    assert ids(city.get(f"{COMPANIES}?{key}_to=2026-11-22").text) == []
    assert ids(city.get(f"{COMPANIES}?{key}_from=2026-11-24").text) == []
    assert ids(city.get(f"{COMPANIES}?sort=-{key}").text)[0] == made_id
    edit = f"{COMPANIES}edit/?id={made_id}"
    typed = read_form(city.get(edit).text)
    assert typed[key] == ["2026-11-23 00:30"]
    version = office.db["tenant_companies"].find_one(made["_id"])["version"]
    city.send(edit, typed)
    assert office.db["tenant_companies"].find_one(made["_id"])["version"] == version
    city.send(edit, typed | {key: "2026-11-24 8:00"})
    history = city.get(f"{COMPANIES}details/?id={made_id}").text.split('id="history"')[1]
    assert "2026-11-24 08:00" in history and "2026-11-23 00:30" in history


def test_workbooks_bring_moments_as_excel_keeps_them_and_counties_by_any_name_and_take_them_along(
    office, boss, city
):
    add(boss, "走访时间", "moment")
    add(boss, "迁入来源", "county", filtered="y")
    moment, county = key_of(office, "走访时间"), key_of(office, "迁入来源")
    base = office.db["bases"].find_one({"_id": office.shen.base})["name"]
    at = datetime(2026, 11, 23, 9, 30)
    stream = _sheet(
        ["企业名称", "统一社会信用代码", "所属基地", "走访时间", "迁入来源"],
        ["甲公司", code(81), base, at, "冠县"],
        ["乙公司", code(82), base, "2026-11-23 9:30", "高新区"],
        ["丙公司", code(83), base, "某天", "济南市"],
    )
    city.send("/admin/import/", {"kind": "tenant-companies", "file": (stream, "企业.xlsx")})
    rows = list(office.db["tenant_companies"].find({"uscc": {"$in": [code(81), code(82), code(83)]}}))
    assert {row["uscc"]: (row[moment], row[county]) for row in rows} == {
        code(81): (STORED, GUAN),
        code(82): (STORED, "gxq"),
    }
    [heading, *lines] = cells(city.get(f"{COMPANIES}export/xlsx/?{county}={GUAN}"))[-2:]
    assert at in lines[0] and "冠县" in lines[0], heading
    template = cells(city.get("/admin/import/template/tenant-companies.xlsx"))
    assert any("走访时间" in row and "迁入来源" in row for row in template)


def test_a_county_clerk_may_name_another_county_in_a_field_of_their_own_record(office, boss, sign_in):
    add(boss, "迁入来源", "county", filtered="y", searched="y")
    key = key_of(office, "迁入来源")
    follow()
    guan = sign_in("guan")
    edit = f"{COMPANIES}edit/?id={office.guan.company}"
    page = guan.get(edit).text
    assert f'value="{SHEN}"' in page
    assert guan.send(edit, read_form(page) | {key: "371599"}).status_code == 422
    assert guan.send(edit, read_form(page) | {key: SHEN}).status_code == 303
    assert office.db["tenant_companies"].find_one({"_id": office.guan.company})[key] == SHEN
    assert ids(guan.get(f"{COMPANIES}?{key}={SHEN}").text) == [str(office.guan.company)]
    assert str(office.guan.company) in ids(guan.get(f"{COMPANIES}?search=莘县").text)
    assert "莘县" in guan.get(f"{COMPANIES}details/?id={office.guan.company}").text


def test_programs_read_and_write_both_and_their_description_says_how(office, boss, sign_in):
    add(boss, "走访时间", "moment")
    add(boss, "迁入来源", "county")
    moment, county = key_of(office, "走访时间"), key_of(office, "迁入来源")
    guan, address = sign_in("guan"), f"/api/v1/tenant-companies/{office.guan.company}"
    version = {"If-Match": guan.ask(address).headers["ETag"]}
    sent = {moment: "2026-11-23T01:30:00Z", county: SHEN}
    answer = guan.ask(address, "PATCH", json=sent, headers=version)
    assert answer.status_code == 200, answer.text
    assert (answer.json[moment], answer.json[county]) == ("2026-11-23T01:30:00Z", SHEN)
    version = {"If-Match": answer.headers["ETag"]}
    wrong = guan.ask(address, "PATCH", json={county: "nowhere"}, headers=version)
    assert wrong.status_code == 422 and wrong.json["errors"][0]["field"] == county
    schemas = guan.ask("/api/v1/openapi.json").json["components"]["schemas"]
    written = [one["properties"][county] for one in schemas.values() if county in one.get("properties", {})]
    assert any(SHEN in one.get("enum", ()) for one in written)
