"""The filters that named queries build, what they keep, and the scope that all of them share; in memory."""

import re
from datetime import UTC, date, datetime

import pytest

from documents.applications.application import Application
from documents.applications.letter import Letter
from documents.applications.round import Round
from documents.assessment.checklist import Checklist
from documents.desk.audit_entry import AuditEntry
from documents.desk.user import User
from documents.imports.import_batch import ImportBatch
from documents.indexes import documents
from documents.kinds import FILED
from documents.publication.notice import Notice
from documents.publication.objection import Objection
from documents.records.attachment import Attachment
from documents.records.base import Base
from documents.records.ledger_entry import LedgerEntry
from documents.records.record import RecordQuerySet
from documents.records.recycled import Recycled
from documents.records.service_partner import ServicePartner
from documents.records.staff_member import StaffMember
from documents.records.status import Status
from documents.records.tenant_company import TenantCompany
from documents.reports.annual_report import AnnualReport, CountyReport
from documents.reports.change_filing import ChangeFiling
from documents.revocation.decision import Decision
from documents.upward.recommendation import UpwardRecommendation
from rules.access import Actor, Role
from rules.errors import Missing
from tests.documents.samples import GUAN, LEAST, ONE, OTHER, SHEN, THIRD, sample

pytestmark = pytest.mark.usefixtures("in_memory")

CITY = Actor("c", "市局", Role.CITY)
CLERK = Actor("s", "莘县", Role.COUNTY, SHEN)
# Rounds and what is published are for every clerk; a letter's scope is checked by whoever opens one.
FOR_ALL = (Round, Letter, Notice)
# Of what was removed, deleted own fields are an administrator's alone, and so are files of fields that a role may not
# see.
NO_FILES_OF_FIELDS = {"$or": [{"document.slot": {"$not": re.compile("^own_")}}]}
NO_DELETED_FIELDS = {"collection": {"$ne": "own_fields"}}
OF_NO_FIELD = {"$and": [NO_FILES_OF_FIELDS, NO_DELETED_FIELDS]}
SCOPED = [
    document
    for document in documents()
    if issubclass(document._meta.get("queryset_class", object), RecordQuerySet) and document not in FOR_ALL
]


def midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


# --- Filters -------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", SCOPED, ids=lambda document: document.__name__)
def test_whoever_has_no_county_sees_everything(document):
    assert document.objects.visible_to(CITY).filters() == (OF_NO_FIELD if document is Recycled else {})


def test_a_county_sees_its_own():
    keys = {document.__name__: document.objects.visible_to(CLERK).filters() for document in SCOPED}
    several = {"ServicePartner", "Attachment", "AuditEntry"}
    # What was deleted is also the reader's own to have read.
    own = {"$and": [NO_FILES_OF_FIELDS, {"readers": {"$nin": ["CITY", "DECIDING"]}}, NO_DELETED_FIELDS]}
    unread = {"$and": [{"counties": SHEN}, own]}
    assert keys.pop("Recycled") == unread
    # A doubt about records of two counties tells each of the other's: only the city is asked.
    assert keys.pop("DoubtRow") == {"counties": [SHEN]}
    assert keys == {
        name: {} if name == "Status" else {"counties" if name in several else "county": SHEN} for name in keys
    }


@pytest.mark.parametrize(
    ("queried", "wanted"),
    [
        (lambda: Base.objects.in_county(None), {}),
        (lambda: Base.objects.in_county(""), {}),
        (lambda: Base.objects.in_county(GUAN), {"county": GUAN}),
        (lambda: ServicePartner.objects.in_county(GUAN), {"counties": GUAN}),
        (lambda: Base.objects.matching(""), {}),
        (lambda: Base.objects.matching("   "), {}),
        (lambda: Base.objects.matching("，。"), {"$and": [{"search_tokens": {"$in": []}}]}),
        (lambda: Base.objects.matching("司"), {"$and": [{"search_tokens": {"$regex": "^司"}}]}),
        (lambda: Base.objects.having("status", []), {}),
        (lambda: Base.objects.having("status", ["revoked"]), {"status": "revoked"}),
        (lambda: Base.objects.having("status", ["a", "b"]), {"status": {"$in": ["a", "b"]}}),
        (lambda: LedgerEntry.objects.between("served_on", None, None), {}),
        (
            lambda: LedgerEntry.objects.between("served_on", date(2024, 2, 29), None),
            {"served_on": {"$gte": midnight(2024, 2, 29)}},
        ),
        (
            lambda: LedgerEntry.objects.between("served_on", date(2024, 1, 1), date(2024, 12, 31)),
            {"served_on": {"$gte": midnight(2024, 1, 1), "$lte": midnight(2024, 12, 31)}},
        ),
        (
            lambda: Base.objects.expiring_by(midnight(2026, 12, 31)),
            {"status": "certified", "title_last_day": {"$lte": midnight(2026, 12, 31)}},
        ),
        (lambda: TenantCompany.objects.in_base(ONE), {"base": ONE}),
        (lambda: ServicePartner.objects.of_base(ONE), {"cooperations.base": ONE}),
        (lambda: LedgerEntry.objects.in_base(ONE), {"base": ONE}),
        (lambda: LedgerEntry.objects.by_partner(ONE), {"partner": ONE}),
        (lambda: LedgerEntry.objects.naming(ONE), {"companies.company": ONE}),
        (lambda: Application.objects.in_round(None), {}),
        (lambda: Application.objects.in_round(ONE), {"round": ONE}),
        (lambda: Application.objects.at(), {}),
        (lambda: Application.objects.at("draft", "scored"), {"stage": {"$in": ["draft", "scored"]}}),
        (lambda: Application.objects.of_base(ONE), {"base": ONE}),
        (lambda: Application.objects.under_way(), {"open": True}),
        (lambda: Notice.objects.public_on(date(2026, 3, 2)), {"first_day": {"$lte": midnight(2026, 3, 2)}}),
        (lambda: Notice.objects.of_kind(), {}),
        (lambda: Notice.objects.of_kind("notice"), {"kind": "notice"}),
        (lambda: Objection.objects.of_notice(ONE), {"notice": ONE}),
        (lambda: Decision.objects.of_base(ONE), {"base": ONE}),
        (lambda: Decision.objects.under_way(), {"open": True}),
        (lambda: AnnualReport.objects.of_year(2025), {"year": 2025}),
        (lambda: AnnualReport.objects.of_base(ONE), {"base": ONE}),
        (lambda: ChangeFiling.objects.of_base(ONE), {"base": ONE}),
        (lambda: ChangeFiling.objects.waiting(), {"state": "filed"}),
        (lambda: UpwardRecommendation.objects.of_base(ONE), {"base": ONE}),
        (lambda: Attachment.objects.of_record("bases", ONE), {"collection": "bases", "record_id": ONE}),
        (lambda: AuditEntry.objects.of_record("bases", ONE), {"collection": "bases", "record_id": ONE}),
        (lambda: Base.by_ids([ONE, OTHER], CITY), {"_id": {"$in": [ONE, OTHER]}}),
        (lambda: User.objects.named(" ＬＩ "), {"name_key": "li"}),
    ],
)
def test_a_named_query_is_one_filter(queried, wanted):
    query_set = queried()
    assert dict(query_set._query) == wanted


def test_queries_narrow_one_another_whatever_their_order():
    steps = [
        lambda found: found.visible_to(CLERK),
        lambda found: found.in_county(GUAN),
        lambda found: found.having("status", ["housed", "moved_out"]),
        lambda found: found.in_base(ONE),
        lambda found: found.matching("启程"),
    ]
    rows = [
        {"_id": 1, "county": SHEN, "status": "housed", "base": ONE, "name": "启程公司"},
        {"_id": 2, "county": GUAN, "status": "housed", "base": ONE, "name": "启程公司"},
        {"_id": 3, "county": SHEN, "status": "housed", "base": OTHER, "name": "启程公司"},
        {"_id": 4, "county": SHEN, "status": "else", "base": ONE, "name": "启程公司"},
        {"_id": 5, "county": SHEN, "status": "housed", "base": ONE, "name": "阿胶公司"},
    ]
    TenantCompany.collection().insert_many([row | TenantCompany.search_fields(row) for row in rows])

    def kept(*numbers: int) -> set[int]:
        found = TenantCompany.objects
        for number in numbers:
            found = steps[number](found)
        return {row["_id"] for row in found.rows(["_id"], [("_id", 1)])}

    assert kept(0, 1) == kept(1, 0) == set(), "another county's filter never widens the scope"
    assert kept(0) == {1, 3, 4, 5}
    assert kept(0, 2) == kept(2, 0) == {1, 3, 5}
    assert kept(0, 2, 3) == kept(3, 0, 2) == {1, 5}
    assert kept(0, 2, 3, 4) == kept(4, 3, 2, 0) == {1}


def test_no_query_changes_the_one_it_narrows():
    whole = Base.objects
    whole.visible_to(CLERK), whole.matching("启程"), whole.having("status", ["certified"])
    assert whole.filters() == {}


# --- Scope ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", FILED.values(), ids=lambda document: document.__name__)
def test_a_list_and_a_single_record_have_one_scope(document):
    """What a query set keeps for a clerk is what `is_visible` and `read` let the clerk see, record by record."""
    counties = [[SHEN], [GUAN], []] + ([[SHEN, GUAN]] if document.county_key == "counties" else [])
    for number, codes in enumerate(counties):
        county = (
            {"counties": codes} if document.county_key == "counties" else {"county": (codes or [None])[0]}
        )
        raw = sample(document).to_mongo().to_dict() | county | {"_id": number}
        document.collection().insert_one({key: value for key, value in raw.items() if value is not None})
    for actor in (CITY, CLERK, Actor("g", "冠县", Role.COUNTY, GUAN), Actor("r", "评审", Role.READER, SHEN)):
        listed = {row["_id"] for row in document.objects.visible_to(actor).rows(["_id"], [("_id", 1)])}
        stored = list(document.collection().find())
        assert listed == {raw["_id"] for raw in stored if document.is_visible(raw, actor)}
        assert {row.pk for row in document.by_ids([], actor)} == set()
        for raw in stored:
            if raw["_id"] in listed:
                assert document.read(raw["_id"], actor) == raw
            else:
                with pytest.raises(Missing):
                    document.read(raw["_id"], actor)
    with pytest.raises(Missing):
        document.read(THIRD, CITY)


def test_ids_of_another_county_find_nothing():
    for key, county in ((ONE, SHEN), (OTHER, GUAN)):
        sample(Base, pk=key, county=county).save(force_insert=True)
    assert [base.pk for base in Base.by_ids([ONE, OTHER], CLERK)] == [ONE]


@pytest.mark.parametrize(
    ("document", "raw", "counties"),
    [
        (Base, {"county": SHEN}, [SHEN]),
        (Base, {}, []),
        (Base, {"county": None}, []),
        (ServicePartner, {"counties": [SHEN, GUAN]}, [SHEN, GUAN]),
        (ServicePartner, {"counties": None}, []),
        (Status, {"county": SHEN}, []),
        (Application, {"county": GUAN}, [GUAN]),
    ],
)
def test_a_record_belongs_to_these_counties(document, raw, counties):
    assert document.counties_of(raw) == counties


# --- Rows ----------------------------------------------------------------------------------------


def test_rows_come_in_order_page_by_page_with_the_keys_asked_for():
    LedgerEntry.collection().insert_many(
        [
            {"_id": n, "county": SHEN, "served_on": midnight(2026, 1, 1 + n % 3), "place": "厅"}
            for n in range(7)
        ]
    )
    order = [("served_on", -1), ("_id", 1)]
    everything = list(LedgerEntry.objects.rows(["served_on"], order))
    assert [row["_id"] for row in everything] == [2, 5, 1, 4, 0, 3, 6]
    assert everything[0] == {"_id": 2, "served_on": datetime(2026, 1, 3)}, (
        "a day without a zone, and nothing else"
    )
    assert [row["_id"] for row in LedgerEntry.objects.rows(["_id"], order, skip=2, limit=3)] == [1, 4, 0]
    assert list(LedgerEntry.objects.in_county(GUAN).rows(["_id"], order)) == []


def test_a_users_list_shows_the_active_first_and_no_password():
    for number, (name, disabled) in enumerate((("c", False), ("a", True), ("b", False))):
        sample(User, pk=[ONE, OTHER, THIRD][number], name=name, name_key=name, disabled=disabled).save(
            force_insert=True
        )
    users = list(User.objects.in_order())
    assert [user.name for user in users] == ["b", "c", "a"]
    assert [user.password_hash for user in users] == [None] * 3


def test_of_the_checklists_up_to_a_year_the_latest_is_taken():
    for year in (2024, 2026, 2025, 2027):
        sample(Checklist, year=year).save()
    sample(Checklist, base=OTHER, year=2025).save()
    assert [Checklist.latest_up_to(ONE, year)["year"] for year in (2024, 2026, 2030)] == [2024, 2026, 2027]
    assert Checklist.latest_up_to(ONE, 2023) is None


def test_applications_of_ids_are_found_whatever_their_county():
    for key, county in ((ONE, SHEN), (OTHER, GUAN), (THIRD, SHEN)):
        sample(Application, pk=key, county=county, open=False).save(force_insert=True)
    assert {raw["_id"] for raw in Application.of_ids([ONE, OTHER])} == {ONE, OTHER}


def test_applications_are_counted_by_county_and_stage():
    for number, (county, stage) in enumerate(
        ((SHEN, "draft"), (SHEN, "draft"), (SHEN, "scored"), (GUAN, "draft"))
    ):
        raw = LEAST[Application] | {"_id": number, "county": county, "stage": stage}
        Application.collection().insert_one(raw)
    counted = {(row["county"], row["stage"]): row["n"] for row in Application.objects.counts_by_stage()}
    assert counted == {(SHEN, "draft"): 2, (SHEN, "scored"): 1, (GUAN, "draft"): 1}
    assert len(Application.objects.visible_to(CLERK).counts_by_stage()) == 2


# --- Words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "raw", "label"),
    [
        (Base, {"name": "莘县创业园"}, "莘县创业园"),
        (Status, {"label": "待核实"}, "待核实"),
        (
            LedgerEntry,
            {"base_name": "园", "served_on": midnight(2026, 3, 2), "request": "求" * 50},
            "园 2026-03-02 " + "求" * 40,
        ),
        (LedgerEntry, {"base_name": "园"}, "园"),
        (Application, {"base_name": "园", "round_name": "2026年度"}, "园（2026年度）"),
        (AnnualReport, {"base_name": "园", "year": 2025}, "园（2025）"),
        (CountyReport, {"county": SHEN, "year": 2025}, f"{SHEN} 2025"),
        (ChangeFiling, {"base_name": "园"}, "园"),
        (Decision, {"base_name": "园"}, "园"),
        (UpwardRecommendation, {"base_name": "园", "year": 2026}, "园（2026）"),
        (Objection, {"base_name": "园", "objector": "周某某"}, "园"),  # never who objected
        (Notice, {"title": "公示"}, "公示"),
        (Letter, {"number": "莘工信字〔2026〕1号"}, "莘工信字〔2026〕1号"),
        (Round, {"name": "2026年度申报"}, "2026年度申报"),
    ],
)
def test_a_clerk_knows_it_by_these_words(document, raw, label):
    assert document.label_of(raw) == label
    assert isinstance(document.label_of({}), str), "what was kept by an earlier edition has a label too"


FOUND = [
    (Base, {"name": "清泉园", "county": SHEN}, ["清泉", "qqy", "莘县", "sx", "shenxian"], ["启程"]),
    (Base, {"name": "新", "former_names": ["旧名园"]}, ["旧名", "jmy"], []),
    (Base, {"name": "园", "former_operators": ["老运营公司"]}, ["老运营"], []),
    (Base, {"name": "园", "legal_representative": "翟单"}, ["翟单", "zd"], []),
    (Base, {"name": "园", "contact_phone": "13906350001", "uscc": "91371522MA0000001X"}, ["6350", "ma00000"], []),
    (Base, {"name": "园", "certificate_number": "LCSJ-2026-0007"}, ["lcsj-2026", "0007"], []),
    (TenantCompany, {"name": "启程公司", "base_name": "清泉园", "phone": "0635"}, ["启程", "清泉", "0635"], ["莘县"]),
    (
        ServicePartner,
        {"name": "鲁西所", "cooperations": [{"base_name": "清泉园"}], "counties": [SHEN, GUAN], "contact_name": "解甲"},
        ["鲁西", "清泉", "莘县", "冠县", "xj"],
        [],
    ),
    (
        LedgerEntry,
        {"base_name": "清泉园", "partner_name": "鲁西所", "request": "培训", "place": "会议室",
         "companies": [{"name": "启程公司"}], "county": GUAN},
        ["清泉", "鲁西", "培训", "会议", "启程", "gx"],
        ["阿胶"],
    ),
    (StaffMember, {"name": "周某某", "base_name": "清泉园"}, ["周某", "清泉"], ["李某"]),
    (Status, {"label": "待核实", "code": "to_check"}, ["待核", "dhs", "check"], []),
    (Application, {"base_name": "清泉园", "operator": "运营", "round_name": "2026年度"}, ["清泉", "运营", "2026"], []),
    (Objection, {"base_name": "清泉园", "objector": "周某某", "content": "不实"}, ["清泉"], ["周某", "不实"]),
    (AnnualReport, {"base_name": "清泉园", "summary": "总结"}, ["清泉", "qqy"], ["总结"]),
    (CountyReport, {"county": SHEN}, ["莘县"], ["冠县"]),
    (ChangeFiling, {"base_name": "清泉园", "changes": [{"old": "旧名", "new": "新名"}]}, ["清泉", "旧名", "新名"], []),
    (Decision, {"base_name": "清泉园", "number": "聊工信发〔2026〕9号"}, ["清泉", "聊工信发"], []),
    (UpwardRecommendation, {"base_name": "清泉园", "number": "聊工信发〔2026〕9号"}, ["清泉", "工信发"], []),
]  # fmt: skip


@pytest.mark.parametrize(("document", "raw", "finds", "misses"), FOUND)
def test_a_record_is_found_by_these_words_and_not_by_those(document, raw, finds, misses):
    document.collection().insert_one({"_id": ONE, **raw, **document.search_fields(raw)})
    assert [words for words in finds if document.objects.matching(words).count() != 1] == []
    assert [words for words in misses if document.objects.matching(words).count() != 0] == []


def test_every_record_has_its_search_fields():
    assert {row[0] for row in FOUND} == set(FILED.values())
    for document in FILED.values():
        of_parts = {"county_texts", "county_tokens"} if document.in_several_counties else set()
        for raw in ({}, LEAST[document]):
            assert set(document.search_fields(raw)) == {
                "search_text", "search_tokens", "sort_key", *of_parts
            }, document.__name__  # fmt: skip
            assert document.search_fields(raw) == document.search_fields(raw)


def test_an_import_and_a_deleted_record_are_their_countys():
    ImportBatch._get_collection().insert_many([{"_id": "a", "county": SHEN}, {"_id": "b"}])
    Recycled._get_collection().insert_many([{"_id": 1, "counties": [SHEN, GUAN]}, {"_id": 2, "counties": []}])
    for document, own in ((ImportBatch, ["a"]), (Recycled, [1])):
        rows = document._get_collection()
        assert [row["_id"] for row in rows.find(document.objects.visible_to(CLERK).filters())] == own
        assert rows.count_documents(document.objects.visible_to(CITY).filters()) == 2
