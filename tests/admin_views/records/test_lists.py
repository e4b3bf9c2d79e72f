"""The lists: county bar, order, pages, filters, columns, what is done to many, and the export of just that."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from bson import ObjectId

from documents.kinds import RECORDS
from rules.counties import SHIPPED
from schema.bases import BASES
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS
from schema.statuses import STATUSES
from schema.tenant_companies import TENANT_COMPANIES
from services.jobs.kinds import KINDS
from services.jobs.worker import Worker
from services.records import records
from tests.page_reader import flashes, form, ids, names, pills, rows, text_of
from tests.sample_office import CHANG, GUAN, MARK, SHEN, cells, code

SHEETS = (BASES, TENANT_COMPANIES, SERVICE_PARTNERS, LEDGER_ENTRIES, STATUSES)
NOW = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def export(browser, address):
    """Return the rows of an export below its heading, without their numbers."""
    answer = browser.get(address)
    assert answer.status_code == 200, address
    found = cells(answer)
    head = next(n for n, row in enumerate(found) if row[0] == "序号")
    return found[head], [row for row in found[head + 1 :] if row[0] is not None]


# --- The county bar ----------------------------------------------------------------------------


@pytest.mark.parametrize("sheet", SHEETS[:4], ids=lambda sheet: sheet.slug)
def test_the_county_bar_has_the_whole_city_and_all_counties_in_the_offices_order(sheet, office, city):
    bar = pills(city.get(f"/admin/{sheet.slug}/").text)
    assert [pill.label for pill in bar[1:]] == [county.short for county in SHIPPED]
    assert bar[0].on
    assert sum(pill.on for pill in bar) == 1
    key = RECORDS[sheet.name].county_key
    stored = office.db[sheet.name]
    assert bar[0].count == stored.count_documents({})
    assert [pill.count for pill in bar[1:]] == [stored.count_documents({key: one.code}) for one in SHIPPED]


def test_the_bar_follows_the_order_that_an_administrator_gave(office, city):
    office.db["counties"].update_one({"_id": SHEN}, {"$set": {"order": 0}})
    assert pills(city.get("/admin/bases/").text)[1].label == "莘县"


def test_the_unfiltered_counts_come_from_the_tallies(office, city):
    office.db["tallies"].update_one({"_id": "bases"}, {"$set": {f"counties.{GUAN}": 41}})
    assert next(pill for pill in pills(city.get("/admin/bases/").text) if pill.label == "冠县").count == 41


@pytest.mark.parametrize(
    ("kind", "query", "clause"),
    [
        ("tenant-companies", "search=启程", {"name": {"$regex": "启程"}}),
        ("tenant-companies", "industry=manufacturing", {"industry": "manufacturing"}),
        ("tenant-companies", "status=housed", {"status": "housed"}),
        ("tenant-companies", "status=housed&status=moved_out", {}),
        ("tenant-companies", "status=housed&industry=retail", {"status": "housed", "industry": "retail"}),
        ("ledger-entries", "status=draft", {"status": "draft"}),
        ("service-partners", "functions=training", {"functions": "training"}),
        ("bases", "online_system=yes", {"online_system": True}),
    ],
)
def test_the_counts_are_live_under_the_present_filters(kind, query, clause, office, city):
    page = city.get(f"/admin/{kind}/?county={GUAN}&{query}").text
    collection = kind.replace("-", "_")
    key = RECORDS[collection].county_key
    stored = office.db[collection]
    bar = {pill.label: pill for pill in pills(page)}
    assert bar["全市" if "全市" in bar else next(iter(bar))].count == stored.count_documents(clause)
    for label, county in (("冠县", GUAN), ("莘县", SHEN), ("东昌府", CHANG)):
        assert bar[label].count == stored.count_documents({**clause, key: county}), label
        # one click keeps the filters and changes the county
        sent = parse_qsl(urlsplit(bar[label].url).query)
        assert ("county", county) in sent
        assert set(parse_qsl(query)) <= set(sent)
    assert bar["冠县"].on
    assert len(rows(page)) == stored.count_documents({**clause, key: GUAN})


def test_the_bar_counts_what_is_saved_meanwhile(office, city):
    before = {pill.label: pill.count for pill in pills(city.get("/admin/tenant-companies/").text)}
    base = RECORDS["bases"].collection().find_one({"county": SHEN})["_id"]
    values = {"name": "新来的", "uscc": code(5), "base": base}
    records.create("tenant_companies", values, actor=office.actor("city"), now=NOW)
    after = {pill.label: pill.count for pill in pills(city.get("/admin/tenant-companies/").text)}
    assert {label for label in after if after[label] != before[label]} == {"莘县", next(iter(after))}


def test_a_bound_clerk_has_one_fixed_county(office, sign_in):
    page = sign_in("guan").get(f"/admin/tenant-companies/?county={SHEN}").text
    (only,) = pills(page)
    assert only.label == "冠县"
    assert only.count == len(rows(page)) == office.db["tenant_companies"].count_documents({"county": GUAN})
    assert MARK not in page


@pytest.mark.parametrize("county", ["999999", "", "371523", "'", "$ne"])
def test_an_unknown_county_is_the_whole_city(county, office, city):
    assert len(rows(city.get(f"/admin/bases/?county={county}").text)) == 4


def test_the_dictionary_of_statuses_has_no_counties(city):
    page = city.get(f"/admin/statuses/?county={SHEN}").text
    assert len(rows(page)) == 14
    assert "counties" not in page


# --- Order ---------------------------------------------------------------------------------------


def sortable():
    return [
        pytest.param(sheet, column, id=f"{sheet.slug}-{column.key}")
        for sheet in SHEETS
        for column in sheet.exported
        if column.sortable
    ]


@pytest.mark.parametrize(("sheet", "column"), sortable())
def test_a_sortable_column_sorts_both_ways_and_loses_no_row(sheet, column, office, city):
    key = "sort_key" if column.key in ("name", "label") else column.key
    stored = list(office.db[sheet.name].find())
    everyone = {str(raw["_id"]) for raw in stored}
    by_id = {str(raw["_id"]): raw.get(key) for raw in stored}
    for way in ("", "-"):
        page = city.get(f"/admin/{sheet.slug}/?sort={way}{column.key}&size=200&columns={column.key}").text
        found = ids(page)
        assert set(found) == everyone
        assert f'aria-sort="{"descending" if way else "ascending"}"' in page
        given = [by_id[one] for one in found if by_id[one] is not None]
        assert given == sorted(given, reverse=bool(way))


def test_names_are_sorted_by_pinyin(office, city):
    for name, number in (("阿城园", 11), ("莘园", 12), ("茌园", 13)):
        values = {"name": name, "operator": name, "uscc": code(number), "county": CHANG}
        records.create("bases", values, actor=office.actor("city"), now=NOW)
    # a, chi, shen: libraries read 莘 as xin, and 茌 not at all
    assert names(city.get(f"/admin/bases/?county={CHANG}").text) == ["阿城园", "茌园", "莘园"]


@pytest.mark.parametrize("sort", ["phone", "search_tokens", "$where", "-", "_id", "uscc' or 1", "base.name"])
def test_an_order_that_is_not_offered_is_the_usual_one(sort, city):
    usual = ids(city.get("/admin/tenant-companies/").text)
    assert ids(city.get("/admin/tenant-companies/", query_string={"sort": sort}).text) == usual


# --- Pages -----------------------------------------------------------------------------------------


@pytest.fixture
def many(office):
    """Forty more companies of 冠县."""
    base, actor = office.guan.base, office.actor("city")
    for n in range(40):
        values = {"name": f"第{n:02d}号企业", "uscc": code(2000 + n), "base": base, "people": n % 7}
        records.create("tenant_companies", values, actor=actor, now=NOW)
    return office.db["tenant_companies"].count_documents({})


def test_pages_hold_every_row_once(many, city):
    seen = []
    for page in range(1, 4):
        seen += ids(city.get(f"/admin/tenant-companies/?size=20&page={page}&sort=people").text)
    assert len(seen) == len(set(seen)) == many


def test_the_pager_says_which_rows_of_how_many(many, city):
    page = city.get("/admin/tenant-companies/?size=20&page=2").text
    for word in ("21", "40", f"{many}"):
        assert word in page.split('class="count"')[1][:80]
    assert len(rows(page)) == 20


@pytest.mark.parametrize(
    ("size", "shown"), [("20", 20), ("50", 48), ("0", 1), ("-3", 1), ("x", 48), ("10" * 30, 48)]
)
def test_sizes(size, shown, many, city):
    assert len(rows(city.get(f"/admin/tenant-companies/?size={size}").text)) == shown


def test_a_page_behind_the_last_is_the_last(many, city):
    last = ids(city.get("/admin/tenant-companies/?size=20&page=3").text)
    assert last
    assert ids(city.get("/admin/tenant-companies/?size=20&page=9999").text) == last


# --- Filters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "query", "clause"),
    [
        ("bases", "status=certified", {"status": "certified"}),
        ("bases", "base_type=start-up-park", {"base_type": "start-up-park"}),
        ("bases", "online_system=no", {"online_system": False}),
        ("bases", "title_last_day_from=2028-12-19&title_last_day_to=2028-12-19", {"status": "certified"}),
        ("bases", "title_last_day_to=2028-12-18", {"name": None}),
        ("bases", "announced_on_from=2023年12月20日", {"status": "certified"}),
        ("tenant-companies", "size=50&size=20&status=moved_out", {"status": "moved_out"}),
        ("tenant-companies", "status=to_check", {"name": None}),
        ("tenant-companies", "moved_in_from=2025-01-01", {"moved_in": {"$gte": datetime(2025, 1, 1)}}),
        ("tenant-companies", "moved_out_to=2025.6.30", {"status": "moved_out"}),
        ("service-partners", "functions=professional", {"functions": "professional"}),
        ("ledger-entries", "function=training&mode=offline&fee_kind=free", {"function": "training"}),
        ("ledger-entries", "satisfaction=good", {"satisfaction": "good"}),
        ("ledger-entries", "activity=advice", {"base": None}),
        ("ledger-entries", "served_on_from=2026-02-03&served_on_to=2026-02-03", {"status": "submitted"}),
        ("statuses", "collection=bases", {"collection": "bases"}),
        # what makes no sense is left out
        ("bases", "base_type=castle", {}),
        ("bases", "title_last_day_from=gestern", {}),
        ("ledger-entries", "base=nonsense", {}),
    ],
)
def test_each_kind_of_filter(kind, query, clause, office, city):
    found = ids(city.get(f"/admin/{kind}/?{query}").text)
    wanted = office.db[kind.replace("-", "_")].find(clause, {"_id": 1})
    assert set(found) == {str(row["_id"]) for row in wanted}


@pytest.mark.parametrize(
    ("kind", "name", "key", "target"),
    [
        ("tenant-companies", "base", "base", "base"),
        ("service-partners", "cooperations", "cooperations.base", "base"),
        ("ledger-entries", "base", "base", "base"),
        ("ledger-entries", "partner", "partner", "partner"),
        ("ledger-entries", "companies", "companies.company", "company"),
    ],
)
def test_a_look_up_filter_finds_by_id_and_shows_the_name(kind, name, key, target, office, city):
    wanted = getattr(office.shen, target)
    page = city.get(f"/admin/{kind}/?{name}={wanted}").text
    stored = office.db[kind.replace("-", "_")]
    assert set(ids(page)) == {str(row["_id"]) for row in stored.find({key: wanted})}
    assert ids(page)
    chip = page.split('<form class="filters"')[1].split("</form>")[0]
    assert MARK in chip, "the chip says the record's name"
    gone = city.get(f"/admin/{kind}/?{name}={ObjectId()}").text
    assert ids(gone) == []


def test_a_filter_can_be_taken_away_and_all_of_them(office, city):
    page = city.get(f"/admin/tenant-companies/?county={GUAN}&status=housed&industry=retail&sort=people").text
    without = page.split('class="x" href="')[1:]
    assert len(without) == 2
    assert "status=housed" not in without[0].split('"')[0]
    assert "industry=retail" in without[0].split('"')[0]
    clear = page.split('class="clear" href="')[1].split('"')[0]
    assert f"county={GUAN}" in clear
    assert "sort=people" in clear
    assert "status" not in clear


def test_the_search_box_keeps_the_filters(office, city):
    page = city.get("/admin/tenant-companies/?status=housed&search=启程&sort=people&columns=notes").text
    kept = page.split('<form class="filters"')[1].split("</form>")[0]
    assert 'name="sort" value="people"' in kept
    assert 'name="columns" value="notes"' in kept
    assert 'value="启程"' in kept


# --- Columns and empty lists -----------------------------------------------------------------------


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.slug)
def test_any_columns_may_be_chosen_and_the_first_stays(sheet, office, city):
    usual = city.get(f"/admin/{sheet.slug}/").text
    assert usual.count('<th scope="col"') == len(sheet.first_columns)
    last = sheet.exported[-1]
    page = city.get(f"/admin/{sheet.slug}/?columns={last.key}&columns=no_such_column").text
    assert page.count('<th scope="col"') == 2
    everything = "&".join(f"columns={column.key}" for column in sheet.exported)
    page = city.get(f"/admin/{sheet.slug}/?{everything}").text
    assert page.count('<th scope="col"') == len(sheet.exported)
    assert all(len(row) == len(sheet.exported) for row in rows(page))


def test_an_empty_list_says_why_and_what_to_do(app, db, office, city):
    page = city.get("/admin/bases/?search=没有这样的园").text
    assert rows(page) == []
    assert 'class="empty"' in page
    for name in ("ledger_entries", "staff_members", "tenant_companies", "service_partners", "bases"):
        db[name].delete_many({})
    db["tallies"].update_many({}, {"$set": {"total": 0, "counties": {}, "statuses": {}}})
    for kind in ("bases", "tenant-companies", "service-partners", "staff-members", "ledger-entries"):
        page = city.get(f"/admin/{kind}/").text
        assert 'class="empty"' in page
        assert f"/admin/import/?kind={kind}" in page
        assert f"/admin/{kind}/new/" in page
    assert "/admin/import/" in city.get("/admin/").text


# --- What is done to many ------------------------------------------------------------------------


def ticked(browser, path, ids_=(), **more):
    """Return what the list page at this address sends for these rows, as it shows them now."""
    page = browser.get(path.replace("action/", "")).text
    boxes = dict(re.findall(r'name="id" value="((\w{24})\.\d+)"', page))
    values = {record_id: value for value, record_id in boxes.items()}
    seen = re.search(r'name="seen" value="(\d+)"', page)
    sent = [values.get(str(one), f"{one}.1") for one in ids_]
    return {"id": sent, "seen": seen[1] if seen else "", **more}


def chosen_action(browser, path, action, ids_=(), **more):
    answer = browser.send(path, {"action": action, **ticked(browser, path, ids_, **more)})
    return answer, flashes(browser.get(answer.location).text) if answer.status_code == 303 else []


def test_selected_companies_get_a_status_together(office, city):
    chosen = [office.guan.company, office.shen.company]
    answer, said = chosen_action(
        city, "/admin/tenant-companies/action/?search=启程", "status", chosen, **{"value-status": "to_check"}
    )
    assert answer.location.endswith("/admin/tenant-companies/?search=%E5%90%AF%E7%A8%8B")
    assert "2" in said[0]
    stored = office.db["tenant_companies"]
    assert {raw["_id"] for raw in stored.find({"status": "to_check"})} == set(chosen)
    assert office.db["tallies"].find_one("tenant_companies")["statuses"]["to_check"]["total"] == 2


def test_everything_means_what_the_filters_show(office, city):
    chosen_action(
        city, f"/admin/tenant-companies/action/?county={SHEN}&status=housed", "status",
        everything="1", **{"value-status": "to_check"},
    )  # fmt: skip
    changed = list(office.db["tenant_companies"].find({"status": "to_check"}))
    assert {raw["county"] for raw in changed} == {SHEN}
    assert len(changed) == 3
    assert office.one("tenant_companies", office.shen.left_company)["status"] == "moved_out"


def test_nothing_selected_and_an_unknown_status_change_nothing(office, city):
    before = office.digest()
    for ids_, status in (((), "to_check"), ((office.guan.company,), "no_such"), ((ObjectId(),), "to_check")):
        _, said = chosen_action(
            city, "/admin/tenant-companies/action/", "status", ids_, **{"value-status": status}
        )
        assert said
    assert office.digest() == before


def test_deleting_many_is_all_or_nothing(office, city):
    before = office.digest()
    # the first may go, the second has an entry that names it
    _, said = chosen_action(
        city, "/admin/tenant-companies/action/", "delete", [office.guan.left_company, office.guan.company]
    )
    assert "1" in said[0]
    assert office.digest() == before
    chosen_action(
        city,
        "/admin/tenant-companies/action/",
        "delete",
        [office.guan.left_company, office.guan.second_company],
    )
    assert office.db["recycled"].count_documents({"record_id": office.guan.second_company}) == 1
    assert office.db["tenant_companies"].count_documents({"_id": office.guan.left_company}) == 0


def renamed_by_a_colleague(office, record_id):
    version = office.one("tenant_companies", record_id)["version"]
    records.update(
        "tenant_companies", record_id, {"notes": "同事改过"}, version=version, actor=office.actor("boss"),
        now=datetime(2026, 3, 2, 2, 0, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize("action", ["status", "delete"])
@pytest.mark.parametrize("everything", [False, True])
def test_what_was_saved_after_the_list_was_shown_is_left_and_named(office, city, action, everything):
    path = f"/admin/tenant-companies/action/?county={GUAN}"
    ids_ = [office.guan.left_company, office.guan.second_company]
    typed = ticked(city, path, ids_, **{"value-status": "to_check"})
    if everything:
        ids_ = [raw["_id"] for raw in office.db["tenant_companies"].find({"county": GUAN})]
        typed = {"everything": "1", **typed, "id": []}
        office.db["ledger_entries"].delete_many({})  # so that nothing holds a company back
    changed = office.guan.second_company
    renamed_by_a_colleague(office, changed)
    stored = office.one("tenant_companies", changed)
    answer = city.send(path, {"action": action, **typed})
    said = " ".join(flashes(city.get(answer.location).text))
    assert office.one("tenant_companies", changed) == stored
    assert stored["name"] in said
    assert "管理员甲 2026-03-02 10:00" in said
    others = [office.db["tenant_companies"].find_one({"_id": one}) for one in ids_ if one != changed]
    assert others
    assert all(raw is None if action == "delete" else raw["status"] == "to_check" for raw in others)


def test_a_row_without_the_version_that_was_shown_is_left(office, city):
    before = office.digest()
    city.send("/admin/tenant-companies/action/", {"action": "delete", "id": str(office.guan.left_company)})
    city.send("/admin/tenant-companies/action/", {"action": "delete", "everything": "1"})
    city.send("/admin/tenant-companies/delete/", {"id": str(office.guan.left_company)})
    assert office.digest() == before


def asked_of_many(city, monkeypatch, action, **more):
    """Return the page that asks before an act on all companies, which is more than a request does."""
    monkeypatch.setattr("admin_views.records.list.MOST_AT_ONCE", 3)
    answer, _ = chosen_action(city, "/admin/tenant-companies/action/", action, everything="1", **more)
    assert answer.status_code == 422
    return answer.text


def work_all():
    while Worker(KINDS).work_once():
        pass


def companies(office):
    return {raw["_id"]: raw for raw in office.db["tenant_companies"].find({})}


def test_more_than_a_request_does_at_once_is_left_to_a_job(office, city, monkeypatch):
    office.db["ledger_entries"].delete_many({})  # so that nothing holds a company back
    monkeypatch.setattr("admin_views.records.list.MOST_AT_ONCE", 3)
    before = companies(office)
    answer, _ = chosen_action(city, "/admin/tenant-companies/action/", "delete", everything="1")
    assert answer.location.startswith("/admin/batches/")
    assert companies(office) == before
    assert office.db["jobs"].count_documents({"kind": "many", "state": "waiting"}) == 1


def test_before_an_act_on_thousands_it_is_said_of_how_many_a_rule_refuses(office, city, monkeypatch):
    before = office.digest()
    page = asked_of_many(city, monkeypatch, "delete")
    entries = office.db["ledger_entries"].find({})
    held = {one.get("company") for entry in entries for one in entry.get("companies", ())} - {None}
    assert f"{len(held)} 条记录不能办理：将保留不动，并逐条列出原因" in page
    assert 'name="warned"' not in page
    assert office.digest() == before
    answer = city.send("/admin/tenant-companies/action/", form(page, "/admin/tenant-companies/action/"))
    assert answer.location.startswith("/admin/batches/")
    work_all()
    assert len(companies(office)) == len(held)


@pytest.mark.parametrize("chosen", ["leave", "do"])
def test_what_becomes_of_those_that_are_warned_of_is_chosen_beforehand(office, city, monkeypatch, chosen):
    before = companies(office)
    page = asked_of_many(city, monkeypatch, "status", **{"value-status": "moved_out"})
    warned = {key for key, raw in before.items() if not raw.get("moved_out") and raw["status"] != "moved_out"}
    assert warned
    assert f"{len(warned)} 条记录有提示" in page
    assert companies(office) == before
    assert form(page, "/admin/tenant-companies/action/")["warned"] == ["leave"]
    answer = city.send(
        "/admin/tenant-companies/action/", form(page, "/admin/tenant-companies/action/") | {"warned": chosen}
    )
    work_all()
    left = {key for key, raw in companies(office).items() if raw["status"] != "moved_out"}
    assert left == (warned if chosen == "leave" else set())
    told = text_of(city.get(answer.location).text)
    assert all((raw["name"] in told) is (key in left) for key, raw in before.items())


def test_what_could_not_be_looked_at_in_time_is_said(office, city, monkeypatch):
    monkeypatch.setattr("services.records.bulk_trial.MOST_SECONDS", 0)
    page = asked_of_many(city, monkeypatch, "status", **{"value-status": "to_check"})
    assert f"共 {len(companies(office))} 条记录，事先检查了 0 条" in page


def test_an_unknown_action_is_refused(office, city):
    answer = city.send("/admin/bases/action/", {"action": "explode", "id": str(office.guan.base)})
    assert answer.status_code == 400


def test_the_selected_are_exported(office, city):
    answer = city.send(
        "/admin/tenant-companies/action/", {"action": "export", "id": str(office.shen.company)}
    )
    found = [row for row in cells(answer) if row[0] == 1]
    assert len(found) == 1
    assert f"{MARK}长沙启程机械有限公司" in found[0]


def test_a_readers_list_offers_no_writing(office, sign_in):
    page = sign_in("reader").get("/admin/bases/").text
    for word in (
        "/admin/bases/new/",
        "/admin/bases/edit/",
        'name="action"',
        'type="checkbox" name="id"',
        "/admin/import/",
    ):
        assert word not in page
    assert "/admin/bases/export/xlsx/" in page


# --- Export ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.slug)
def test_an_export_is_the_list_as_filtered_in_its_order(sheet, office, city):
    first = sheet.exported[0]
    sortable = next(column for column in sheet.exported if column.sortable)
    for query in (
        "",
        f"?county={GUAN}",
        "?search=机械",
        f"?sort=-{sortable.key}&county={SHEN}",
        "?search=sx",
    ):
        listed = names(city.get(f"/admin/{sheet.slug}/{query}{'&' if query else '?'}size=200").text)
        heading, found = export(city, f"/admin/{sheet.slug}/export/xlsx/{query}")
        place = heading.index(first.heading)
        assert [row[place] for row in found] == listed, query
        assert heading[:-1] == ["序号", *(column.heading for column in sheet.exported)]
        assert heading[-1].startswith("记录标识 ")


def test_an_export_has_typed_cells(office, city):
    heading, found = export(city, f"/admin/tenant-companies/export/xlsx/?county={GUAN}&search=启程")
    row = dict(zip(heading, found[0], strict=True))
    assert row["入驻日期"] == datetime(2024, 1, 5)
    assert row["从业人员（人）"] == 30
    assert row["营业收入（万元）"] == 500
    assert row["统一社会信用代码"] == code(110)
    assert row["联系电话"] == "13806350100"
    assert row["所属县（市、区）"] == "冠县"
    assert row["企业规模"] == "小型"
    assert row["状态"] == "在驻"
    assert row["所属行业"] == "工业"


@pytest.mark.parametrize("kind", ["xls", "pdf", "XLSX", "bases", "../xlsx"])
def test_there_is_no_other_export(kind, city):
    assert city.get(f"/admin/bases/export/{kind}/").status_code == 404


# --- Look-ups and the search for everything --------------------------------------------------------


def test_a_look_up_answers_at_most_twenty_with_hints(many, city):
    found = city.get("/admin/tenant-companies/lookup/?q=企业").json
    assert len(found["results"]) == 20
    assert found["more"] is True
    found = city.get("/admin/bases/lookup/?q=清泉 创业").json
    assert [one["text"] for one in found["results"]] == ["清泉创业园"]
    assert found["results"][0]["hint"] == "冠县"
    assert found["more"] is False


def test_a_look_up_of_companies_keeps_to_the_base(office, city):
    found = city.get(f"/admin/tenant-companies/lookup/?q=启程&names=1&base={office.guan.base}").json
    assert found["results"] == [
        {"id": "清泉长沙启程机械有限公司", "text": "清泉长沙启程机械有限公司", "hint": "冠县"}
    ]


def test_a_look_up_of_companies_keeps_to_the_base_that_a_row_of_the_grid_names(office, city, sign_in):
    def looked_up(browser, within):
        found = browser.get(f"/admin/tenant-companies/lookup/?q=启程&within={within}").json
        return {one["text"] for one in found["results"]}

    everywhere = looked_up(city, "")
    assert looked_up(city, "清泉创业园") == {"清泉长沙启程机械有限公司"} < everywhere
    assert looked_up(city, "没有这个园") == everywhere
    assert looked_up(sign_in("shen"), "清泉创业园") == looked_up(sign_in("shen"), ""), (
        "it is not theirs to name"
    )


@pytest.mark.parametrize("kind", [sheet.slug for sheet in SHEETS])
def test_every_kind_can_be_looked_up(kind, office, city):
    found = city.get(f"/admin/{kind}/lookup/").json
    assert found["results"]
    assert all(one["text"] and one["id"] for one in found["results"])


def test_the_search_for_everything_finds_in_all_four_kinds(office, city):
    page = city.get("/admin/search/?search=清泉").text
    for word in ("清泉创业园", "清泉长沙启程机械有限公司", "清泉律师事务所", "清泉培训需求"):
        assert word in page
    assert MARK not in page
    assert city.get("/admin/search/").status_code == 200


def test_a_search_that_finds_many_says_so_and_a_chosen_county_has_its_own_count(office, city):
    several = [(SHEN, 1_050), (GUAN, 300)]
    office.db["tenant_companies"].insert_many(
        {
            "name": "聊城某某有限公司", "uscc": f"X{county}{number}", "county": county, "version": 1, "sort_key": "a",
            "search_text": "聊城某某有限公司", "search_tokens": ["某某", "聊城"],
        }
        for county, many in several for number in range(many)
    )  # fmt: skip
    page = city.get("/admin/tenant-companies/?search=某某").text
    assert "1,000+" in page and [pill.count for pill in pills(page)] == [None] * len(pills(page))
    assert (
        "1,000+" in city.get("/search/?search=某某").text
        or "1,000+" in city.get("/admin/search/?search=某某").text
    )
    own = city.get(f"/admin/tenant-companies/?search=某某&county={GUAN}").text
    assert "<small>300</small>" in own
    last = city.get("/admin/tenant-companies/?search=某某&size=200&page=7").text
    assert len(ids(last)) == 150, "what nobody counted can still be paged to"
