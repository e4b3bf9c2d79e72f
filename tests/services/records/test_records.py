"""Creating, changing, deleting and restoring records: scope, versions, references, copies, counters, sentences."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from bson import ObjectId

from documents.records.base import Base
from documents.records.tenant_company import TenantCompany
from rules.errors import Missing, NotAllowed, Problem, Refused, Stale
from services.desk import trail as audit_trail
from services.records import denormalised_copies as copies
from services.records import records
from services.records.earlier_titles import EarlierTitle, correct_earlier_title
from services.records.references import References
from services.shared.unit_of_work import in_one_transaction


def reasons(problem):
    """Return what a problem says, as (field, sentence)."""
    return [(refusal.field, str(refusal)) for refusal in problem.value.refusals]


# --- Creating ----------------------------------------------------------------------------------


def test_a_new_record_is_stored_tallied_and_entered_in_the_audit_trail(office):
    base = office.base("莘县创业园", service_staff=6)
    stored = office.get("bases", base)
    assert (stored["version"], stored["status"], stored["created_by"]) == (1, "uncertified", "市局")
    assert office.tallies_are_right()
    [entry] = audit_trail.history("bases", base, office.city)
    assert (entry["action"], entry["label"], entry["counties"]) == ("created", "莘县创业园", ["371522"])
    assert {"field": "service_staff", "old": None, "new": 6} in entry["changes"]


def test_a_company_takes_name_and_county_of_its_base_and_its_computed_size(office):
    base = office.base("莘县创业园")
    company = office.get(
        "tenant_companies", office.company(base, industry="software", people=12, revenue=60.0)
    )
    assert (company["base_name"], company["county"]) == ("莘县创业园", "371522")
    assert (company["size_computed"], company["size"], company["status"]) == ("small", "small", "housed")


def test_an_overridden_size_counts_and_needs_its_reason(office):
    base = office.base()
    with pytest.raises(Refused) as refused:
        office.company(base, industry="other", people=12, size_override="medium")
    assert [field for field, _ in reasons(refused)] == ["size_reason"]
    company = office.company(
        base, industry="other", people=12, size_override="medium", size_reason="统计部门认定"
    )
    assert office.get("tenant_companies", company)["size"] == "medium"


def test_companies_named_in_an_entry_are_linked_where_one_tenant_has_the_name(office):
    base, other = office.base(), office.base()
    one = office.company(base, "聊城甲有限公司")
    (
        office.company(base, "聊城乙有限公司"),
        office.company(base, "聊城乙有限公司"),
        office.company(other, "聊城丙有限公司"),
    )
    entry = office.entry(base, companies=[{"name": f"聊城{sign}有限公司"} for sign in "甲乙丙"])
    linked = [named.get("company") for named in office.get("ledger_entries", entry)["companies"]]
    assert linked == [one, None, None]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": None}, "name"),  # missing
        ({"name": "长" * 101}, "name"),  # too long
        ({"people": -1}, "people"),  # below zero
        ({"people": 2**53}, "people"),  # more than a workbook holds exactly
        ({"revenue": float("nan")}, "revenue"),
        ({"revenue": float("inf")}, "revenue"),
        ({"notes": "甲\x00乙"}, "notes"),  # would break every later export
        ({"notes": "\ud800"}, "notes"),  # half a character
        ({"status": "no-such"}, "status"),
        ({"base": ObjectId()}, "base"),
        ({"base": None}, "base"),
        ({"base": "abc"}, "base"),
        ({"moved_in": date(2026, 2, 1), "moved_out": date(2026, 1, 31)}, "moved_out"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field_and_nothing_is_written(office, values, field):
    base = office.base()
    given = {"name": "聊城甲有限公司", "uscc": office.code(), "base": base} | values
    with pytest.raises(Refused) as refused:
        office.create("tenant_companies", given)
    assert [found for found, _ in reasons(refused)] == [field]
    assert office.db["tenant_companies"].count_documents({}) == 0
    assert office.db["audit_entries"].count_documents({"collection": "tenant_companies"}) == 0
    assert office.tallies_are_right()


@pytest.mark.parametrize(
    ("status", "code", "served_on"),
    [("draft", None, None), ("submitted", "served_on", None), ("submitted", None, date(2026, 1, 5))],
)
def test_only_a_draft_entry_may_lack_its_date(office, status, code, served_on):
    base = office.base()
    if code is None:
        office.entry(base, status=status, served_on=served_on)
    else:
        with pytest.raises(Refused) as refused:
            office.entry(base, status=status, served_on=served_on)
        assert [field for field, _ in reasons(refused)] == [code]


def correct(office, base, **title):
    """Correct the earlier title of a base, as the city does."""
    correct_earlier_title(
        base, EarlierTitle("certified", **title), None, reason="录入有误",
        version=office.get("bases", base)["version"], actor=office.city, now=office.now, today=office.now.date(),
    )  # fmt: skip


# --- Unique values -----------------------------------------------------------------------------


def test_a_code_is_registered_once_in_a_collection(office):
    base = office.base()
    code = office.get("tenant_companies", office.company(base))["uscc"]
    with pytest.raises(Refused) as refused:
        office.company(base, uscc=code)
    assert reasons(refused) == [("uscc", f"The code {code} is already registered.")]


def test_a_base_name_stands_once_in_a_county_but_may_stand_in_two(office):
    office.base("创业园", "371522")
    office.base("创业园", "371525")
    with pytest.raises(Refused) as refused:
        office.base("创业园", "371522")
    assert reasons(refused) == [("name", "A base named 创业园 already exists in this county.")]


def test_bases_of_one_announcement_share_its_number_and_its_date(office):
    title = {"status": "certified", "document_number": "聊工信发〔2023〕90号"}
    office.base(announced_on=date(2023, 12, 1), **title)
    office.base(announced_on=date(2023, 12, 1), **title)
    with pytest.raises(Refused) as refused:
        office.base(announced_on=date(2023, 12, 2), **title)
    sentence = "The document number 聊工信发〔2023〕90号 belongs to another announcement, of 2023-12-01."
    assert reasons(refused) == [("document_number", sentence)]


def test_a_number_that_no_base_carries_any_more_is_free(office):
    title = {"status": "certified", "document_number": "聊工信发〔2023〕90号"}
    first = office.base(announced_on=date(2023, 12, 1), **title)
    second = office.base(announced_on=date(2023, 12, 1), **title)
    office.delete("bases", first)
    with pytest.raises(Refused):
        office.base(announced_on=date(2024, 1, 5), **title)  # the second still carries it
    correct(office, second, number="聊工信发〔2023〕91号", announced_on=date(2023, 12, 1))
    third = office.base(announced_on=date(2024, 1, 5), **title)
    assert office.get("bases", third)["document_number"] == "聊工信发〔2023〕90号"


def test_the_only_base_of_a_number_takes_it_to_a_corrected_date(office):
    base = office.base(
        announced_on=date(2023, 12, 1), status="certified", document_number="聊工信发〔2023〕90号"
    )
    correct(office, base, number="聊工信发〔2023〕90号", announced_on=date(2023, 12, 11))
    stored = office.get("bases", base)
    assert f"{stored['title_first_day']:%F} {stored['title_last_day']:%F}" == "2023-12-11 2028-12-10"
    assert f"{office.db['papers'].find_one({})['dated']:%F}" == "2023-12-11"


def test_a_refused_base_leaves_no_claim_on_its_number(office):
    with pytest.raises(Refused):
        office.base(
            "长" * 101,
            announced_on=date(2023, 12, 1),
            status="certified",
            document_number="聊工信发〔2023〕90号",
        )
    assert office.db["papers"].count_documents({}) == 0


# --- Scope -------------------------------------------------------------------------------------


def test_a_county_clerk_keeps_records_of_its_own_county(office):
    base = office.base(county="371522", actor=office.shen)
    company = office.company(base, actor=office.shen)
    entry = office.entry(base, actor=office.shen)
    assert office.update("tenant_companies", company, people=5, actor=office.shen)
    office.delete("ledger_entries", entry, actor=office.shen)
    assert office.get("tenant_companies", company)["people"] == 5


def test_another_county_is_as_good_as_absent(office):
    base = office.base(county="371525")
    company, entry, partner = office.company(base), office.entry(base), office.partner(base)
    for collection, record in (
        ("bases", base), ("tenant_companies", company), ("ledger_entries", entry), ("service_partners", partner),
    ):  # fmt: skip
        before = office.get(collection, record)
        for act in (office.update, office.delete):
            with pytest.raises(Missing) as missing:
                act(collection, record, actor=office.shen)
            assert str(missing.value) == str(Missing())
        assert office.get(collection, record) == before


@pytest.mark.parametrize("make", ["company", "entry", "partner"])
def test_a_county_clerk_cannot_refer_to_a_base_of_another_county_or_tell_that_it_exists(office, make):
    theirs, nowhere = office.base(county="371525"), ObjectId()
    said = []
    for base in (theirs, nowhere):
        with pytest.raises(Refused) as refused:
            getattr(office, make)(base, actor=office.shen)
        said.append([sentence for _, sentence in reasons(refused)])
    assert said[0] == said[1]


def test_a_county_clerk_cannot_make_or_move_a_base_to_another_county(office):
    with pytest.raises(Refused) as refused:
        office.base(county="371525", actor=office.shen)
    assert [field for field, _ in reasons(refused)] == ["county"]
    own = office.base(county="371522", actor=office.shen)
    with pytest.raises(Refused):
        office.update("bases", own, county="371525", actor=office.shen)
    assert office.get("bases", own)["county"] == "371522"


def test_titles_are_the_citys(office):
    title = {
        "status": "certified",
        "announced_on": date(2025, 1, 6),
        "document_number": "聊工信发〔2025〕3号",
    }
    with pytest.raises(NotAllowed):
        office.base(actor=office.shen, **title)
    base = office.base(**title)
    with pytest.raises(Refused):
        office.update("bases", base, status="revoked", actor=office.shen)
    with pytest.raises(NotAllowed):
        office.delete("bases", base, actor=office.shen)
    assert office.update("bases", base, service_staff=8, actor=office.shen)
    assert office.get("bases", base)["status"] == "certified"


def test_a_reader_writes_nothing(office):
    base = office.base()
    for act in (
        lambda: office.base(actor=office.reader),
        lambda: office.update("bases", base, notes="x", actor=office.reader),
        lambda: office.delete("bases", base, actor=office.reader),
        lambda: records.restore(ObjectId(), actor=office.reader, now=office.now),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_shared_partner_keeps_the_cooperations_of_other_counties(office):
    ours, also_ours, theirs = office.base(), office.base(), office.base(county="371525")
    partner = office.partner(ours, theirs)
    office.update("service_partners", partner, cooperations=[{"base": also_ours}], actor=office.shen)
    assert {one["base"] for one in office.get("service_partners", partner)["cooperations"]} == {
        theirs,
        also_ours,
    }
    office.update("service_partners", partner, cooperations=[], actor=office.shen)
    assert [one["base"] for one in office.get("service_partners", partner)["cooperations"]] == [theirs]
    assert office.tallies_are_right()


def test_what_a_county_clerk_may_not_change_of_a_shared_partner_is_named_field_by_field(office):
    partner = office.partner(office.base(), office.base(county="371525"))
    with pytest.raises(Refused) as refused:
        office.update("service_partners", partner, contact_name="王敏", notes="改", actor=office.shen)
    assert [field for field, _ in reasons(refused)] == ["contact_name", "notes"]


def test_a_partner_entered_by_a_county_is_in_its_sight_before_the_first_cooperation(office):
    partner = office.partner(actor=office.shen)
    assert office.get("service_partners", partner)["counties"] == ["371522"]
    assert office.update("service_partners", partner, contact_name="王敏", actor=office.shen)
    with pytest.raises(Missing):
        office.update("service_partners", partner, contact_name="李雷", actor=office.guan)


# --- Changing ----------------------------------------------------------------------------------


def test_the_second_of_two_savers_loses_nothing_silently(office):
    base = office.base()
    office.update("bases", base, contact_name="王敏", version=1)
    with pytest.raises(Stale):
        office.update("bases", base, contact_name="李雷", version=1)
    stored = office.get("bases", base)
    assert (stored["contact_name"], stored["version"]) == ("王敏", 2)


def test_saving_what_is_stored_already_changes_nothing(office):
    base = office.base("莘县创业园", service_staff=6)
    entries = office.db["audit_entries"].count_documents({})
    assert office.update("bases", base, name="莘县创业园", service_staff=6) == 0
    assert office.get("bases", base)["version"] == 1
    assert office.db["audit_entries"].count_documents({}) == entries


def test_only_the_given_keys_change_and_an_empty_value_clears(office):
    base = office.base(contact_name="王敏", notes="旧")
    office.update("bases", base, notes="")
    stored = office.get("bases", base)
    assert (stored.get("notes"), stored["contact_name"]) == (None, "王敏")
    change = audit_trail.history("bases", base, office.city)[0]["changes"]
    assert change == [{"field": "notes", "old": "旧", "new": None}]


def test_a_typed_term_outlasts_a_corrected_announcement(office):
    base = office.base(
        status="certified", announced_on=date(2023, 12, 1), document_number="聊工信发〔2023〕90号",
        title_first_day=date(2024, 1, 1), title_last_day=date(2028, 12, 31),
    )  # fmt: skip
    correct(
        office, base, number="聊工信发〔2023〕90号", announced_on=date(2023, 12, 4), first_day=date(2024, 1, 1),
        last_day=date(2028, 12, 31),
    )  # fmt: skip
    stored = office.get("bases", base)
    assert f"{stored['title_first_day']:%F} {stored['title_last_day']:%F}" == "2024-01-01 2028-12-31"


# --- Copies ------------------------------------------------------------------------------------


def test_a_renamed_base_is_renamed_wherever_it_is_copied_and_found_by_both_names(office):
    base = office.base("莘县旧园")
    company, partner, entry = office.company(base), office.partner(base), office.entry(base)
    office.update("bases", base, name="莘县新港")
    assert office.get("tenant_companies", company)["base_name"] == "莘县新港"
    assert office.get("ledger_entries", entry)["base_name"] == "莘县新港"
    assert office.get("service_partners", partner)["cooperations"][0]["base_name"] == "莘县新港"
    assert office.get("bases", base)["former_names"] == ["莘县旧园"]
    for words in ("新港", "旧园"):
        assert [found["_id"] for found in Base.objects.matching(words).rows([], [("_id", 1)])] == [base]
    found = TenantCompany.objects.matching("新港").rows([], [("_id", 1)])
    assert [one["_id"] for one in found] == [company]
    assert not list(TenantCompany.objects.matching("旧园").rows([], [("_id", 1)]))


def test_a_base_renamed_back_has_not_formerly_had_its_own_name(office):
    base = office.base("甲园")
    for name in ("乙园", "丙园", "乙园", "甲园"):
        office.update("bases", base, name=name)
    assert office.get("bases", base)["former_names"] == ["丙园", "乙园"]


def test_a_base_that_moves_takes_its_records_to_the_other_county(office):
    base, staying = office.base(), office.base()
    company, entry = office.company(base), office.entry(base)
    moving, shared = office.partner(base), office.partner(base, staying)
    office.update("bases", base, county="371525")
    assert office.get("tenant_companies", company)["county"] == "371525"
    assert office.get("ledger_entries", entry)["county"] == "371525"
    assert office.get("service_partners", moving)["counties"] == ["371525"]
    assert office.get("service_partners", shared)["counties"] == ["371522", "371525"]
    assert office.tallies_are_right()
    with pytest.raises(Missing):
        office.update("tenant_companies", company, people=3, actor=office.shen)
    assert office.update("tenant_companies", company, people=3, actor=office.guan)


def test_a_copy_that_follows_does_not_make_an_open_form_stale(office):
    base = office.base("旧园")
    company = office.company(base)
    office.update("bases", base, name="新园")
    assert office.update("tenant_companies", company, people=5, version=1)
    assert office.get("tenant_companies", company)["base_name"] == "新园"


def test_a_renamed_partner_is_renamed_in_the_ledger(office):
    base = office.base()
    partner = office.partner(base, name="旧事务所")
    entry = office.entry(base, partner=partner)
    office.update("service_partners", partner, name="新事务所")
    assert office.get("ledger_entries", entry)["partner_name"] == "新事务所"


@pytest.mark.slow
def test_a_base_of_full_size_can_be_renamed_and_moved(office):
    """300 bases share 100,000 companies and 300,000 entries: 333 and 1,000 for each."""
    base = office.base("莘县运河众创空间小微企业创业创新示范基地")
    template = office.get(
        "tenant_companies", office.company(base, "聊城市鲁西北智能装备科技有限公司", phone="18806350001")
    )
    office.db["tenant_companies"].insert_many(
        [{**template, "_id": ObjectId(), "uscc": office.code()} for _ in range(332)]
    )
    entry = office.get(
        "ledger_entries", office.entry(base, request="高企申报辅导", served_on=date(2026, 3, 2))
    )
    office.db["ledger_entries"].insert_many([{**entry, "_id": ObjectId()} for _ in range(999)])
    office.update(
        "bases", base, name="聊城市莘县鲁西北农村电商小微企业创业创新示范基地（二期）", county="371525"
    )
    for collection, many in (("tenant_companies", 333), ("ledger_entries", 1000)):
        assert (
            office.db[collection].count_documents({"county": "371525", "base_name": {"$regex": "二期"}})
            == many
        )
    assert office.db["pending_copies"].count_documents({}) == 0


def test_copies_left_behind_by_a_killed_program_follow_at_the_next_start(office, monkeypatch):
    monkeypatch.setattr(copies, "_AT_ONCE", 2)
    base = office.base("旧园")
    for _ in range(3):
        office.company(base), office.entry(base), office.partner(base)
    in_one_transaction(  # what `records.update` does first, and then the power fails
        lambda uow: records.update_within(
            uow,
            "bases",
            base,
            {"name": "新园", "county": "371525"},
            References(office.city, uow.session),
            version=1,
        ),
        actor=office.city,
        now=office.now,
    )
    assert office.db["ledger_entries"].count_documents({"base_name": "旧园"}) == 3
    assert office.tallies_are_right()
    assert copies.finish_copies(actor=office.system, now=office.now) > 1
    for collection in ("tenant_companies", "ledger_entries"):
        assert office.db[collection].count_documents({"base_name": "新园", "county": "371525"}) == 3
    assert (
        office.db["service_partners"].count_documents(
            {"cooperations.base_name": "新园", "counties": ["371525"]}
        )
        == 3
    )
    assert office.tallies_are_right()
    assert copies.finish_copies(actor=office.system, now=office.now) == 0


# --- Deleting and restoring --------------------------------------------------------------------


def test_what_others_refer_to_cannot_be_deleted_and_the_sentence_counts_them(office):
    base = office.base("莘县创业园")
    company = office.company(base, "聊城甲有限公司")
    partner = office.partner(base, name="山东事务所")
    office.entry(base, partner=partner, companies=[{"name": "聊城甲有限公司"}])
    for collection, record, said in (
        ("bases", base, ["1 tenant companies refer to 莘县创业园.", "1 service partners refer to 莘县创业园.",
                         "1 ledger entries refer to 莘县创业园."]),
        ("tenant_companies", company, ["1 ledger entries refer to 聊城甲有限公司."]),
        ("service_partners", partner, ["1 ledger entries refer to 山东事务所."]),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            office.delete(collection, record)
        assert [sentence for _, sentence in reasons(refused)] == said
        assert office.get(collection, record)


def test_a_deleted_record_is_gone_everywhere_and_comes_back_whole(office):
    company = office.company(office.base(), "聊城甲有限公司", people=7)
    before = office.get("tenant_companies", company)
    office.delete("tenant_companies", company)
    assert not office.get("tenant_companies", company)
    assert not list(TenantCompany.objects.matching("聊城甲").rows([], [("_id", 1)]))
    assert office.tallies_are_right()
    assert records.restore(office.bin(company), actor=office.city, now=office.now) == (
        "tenant_companies",
        company,
    )
    after = office.get("tenant_companies", company)
    changing = {"version", "updated_at", "updated_by"}
    assert {key: after[key] for key in after if key not in changing} == {
        key: before[key] for key in before if key not in changing
    }
    assert office.db["recycled"].count_documents({}) == 0
    assert office.tallies_are_right()
    assert [entry["action"] for entry in audit_trail.history("tenant_companies", company, office.city)] == [
        "restored", "deleted", "created",
    ]  # fmt: skip


def test_a_record_whose_code_was_taken_meanwhile_stays_in_the_bin(office):
    base = office.base()
    company = office.company(base)
    code = office.get("tenant_companies", company)["uscc"]
    office.delete("tenant_companies", company)
    office.company(base, uscc=code)
    with pytest.raises(Refused) as refused:
        records.restore(office.bin(company), actor=office.city, now=office.now)
    assert reasons(refused) == [("uscc", f"The code {code} is already registered.")]
    assert office.bin(company)


def test_a_record_whose_base_is_gone_stays_in_the_bin(office):
    base = office.base()
    company = office.company(base)
    office.delete("tenant_companies", company)
    office.delete("bases", base)
    with pytest.raises(Refused) as refused:
        records.restore(office.bin(company), actor=office.city, now=office.now)
    assert [field for field, _ in reasons(refused)] == ["base"]


def test_another_countys_bin_is_as_good_as_empty(office):
    company = office.company(office.base(county="371525"))
    office.delete("tenant_companies", company)
    with pytest.raises(Missing):
        records.restore(office.bin(company), actor=office.shen, now=office.now)


def test_a_county_clerk_cannot_delete_a_partner_of_other_counties(office):
    partner = office.partner(office.base(), office.base(county="371525"))
    with pytest.raises(Refused):
        office.delete("service_partners", partner, actor=office.shen)
    assert office.get("service_partners", partner)


def test_a_certified_base_comes_back_with_its_title(office):
    base = office.base(
        status="certified", announced_on=date(2023, 12, 1), document_number="聊工信发〔2023〕90号"
    )
    office.delete("bases", base)
    records.restore(office.bin(base), actor=office.city, now=office.now)
    assert office.get("bases", base)["status"] == "certified"
    assert office.db["papers"].find_one({})["_id"] == "聊工信发〔2023〕90号"


# --- The dictionary of statuses ----------------------------------------------------------------


def status_of(office, collection, code):
    return office.db["statuses"].find_one({"collection": collection, "code": code})["_id"]


def add_status(office, collection="tenant_companies", code="paused", label="已停业", actor=None):
    values = {
        "collection": collection,
        "code": code,
        "label": label,
        "colour": "amber",
        "order": 30,
        "final": False,
        "public": False,
    }
    return office.create("statuses", values, actor)


def test_the_office_adds_a_status_uses_it_and_cannot_delete_it_while_in_use(office):
    paused = add_status(office)
    company = office.company(office.base(), status="paused")
    with pytest.raises(Refused) as refused:
        office.delete("statuses", paused)
    assert [sentence for _, sentence in reasons(refused)] == ["1 tenant companies refer to 已停业."]
    office.update("tenant_companies", company, status="housed")
    office.delete("statuses", paused)
    assert not office.get("statuses", paused)


def test_a_needed_status_can_be_reworded_but_not_recoded_ended_or_deleted(office):
    housed = status_of(office, "tenant_companies", "housed")
    assert office.update("statuses", housed, label="入驻中", colour="blue", order=5)
    for change in ({"code": "inside"}, {"final": True}):
        with pytest.raises(Refused) as refused:
            office.update("statuses", housed, **change)
        assert [field for field, _ in reasons(refused)] == list(change)
    with pytest.raises(Refused):
        office.delete("statuses", housed)


def test_statuses_of_bases_are_fixed_by_the_measures(office):
    with pytest.raises(Refused) as refused:
        add_status(office, collection="bases")
    assert [field for field, _ in reasons(refused)] == ["collection"]


def test_a_county_clerk_cannot_edit_the_dictionary(office):
    own = add_status(office)
    for act in (
        lambda: add_status(office, code="other", label="其他", actor=office.shen),
        lambda: office.update("statuses", own, label="停业", actor=office.shen),
        lambda: office.delete("statuses", own, actor=office.shen),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize(
    ("code", "label", "field", "sentence"),
    [
        ("housed", "另一个", "code", "The code housed is already used."),
        ("another", "在驻", "label", "The label 在驻 is already used."),
    ],
)
def test_codes_and_labels_of_statuses_are_used_once(office, code, label, field, sentence):
    with pytest.raises(Refused) as refused:
        add_status(office, code=code, label=label)
    assert reasons(refused) == [(field, sentence)]


# --- Many at once ------------------------------------------------------------------------------


def at_once(*acts):
    """Do all acts at once; return what each returned or raised."""

    def tried(act):
        try:
            return act()
        except Problem as problem:
            return problem

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(tried, acts))


def test_of_many_clerks_who_register_one_code_at_once_one_succeeds(office):
    base, code = office.base(), office.code()
    results = at_once(*[lambda: office.company(base, "甲", uscc=code)] * 6)
    assert sum(isinstance(result, ObjectId) for result in results) == 1
    assert sum(isinstance(result, Refused) for result in results) == 5
    assert office.tallies_are_right()


def test_of_two_savers_at_once_one_is_told(office):
    company = office.company(office.base())
    results = at_once(
        *[
            lambda number=number: office.update("tenant_companies", company, people=number, version=1)
            for number in range(1, 5)
        ]
    )
    assert sorted(type(result).__name__ for result in results) == ["Stale", "Stale", "Stale", "int"]
    assert office.get("tenant_companies", company)["version"] == 2


def test_a_base_is_not_deleted_under_a_company_that_is_moving_in(office):
    for _ in range(8):
        base = office.base()
        at_once(lambda base=base: office.company(base), lambda base=base: office.delete("bases", base))
        gone = not office.get("bases", base)
        assert gone == (office.db["tenant_companies"].count_documents({"base": base}) == 0)


def test_tallies_and_the_audit_chain_stay_right_under_many_writers(office):
    bases = [office.base(county=county) for county in ("371522", "371525")]

    def busy(number):
        company = office.company(bases[number % 2])
        office.update("tenant_companies", company, base=bases[(number + 1) % 2], status="moved_out")
        if number % 3 == 0:
            office.delete("tenant_companies", company)

    at_once(*[lambda number=number: busy(number) for number in range(12)])
    assert office.db["tenant_companies"].count_documents({}) == 8
    assert office.tallies_are_right()
    assert audit_trail.verify() is None


def test_when_the_last_part_of_a_write_fails_nothing_of_it_remains(office):
    base = office.base()

    def work(uow):
        records.delete_within(uow, "bases", base, version=1)
        raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError):
        in_one_transaction(work, actor=office.city, now=office.now)
    assert office.get("bases", base)
    assert office.db["recycled"].count_documents({}) == 0
    assert office.tallies_are_right()
