"""What only one collection does when a record is written, read from a workbook or deleted: each hook as a table."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

import schema.registry  # noqa: F401 - makes the collections known
from rules.access import Actor, Role
from rules.assessment.company_size import company_size
from rules.choices import Industry, ServiceFunction
from rules.errors import NotAllowed, Problem, Refused
from rules.titles import TitleMove, TitleMover
from schema.bases import BASES, TITLE_KEYS, running_term, terms_of, with_running_term
from schema.collection import Collection
from schema.ledger_entries import LEDGER_ENTRIES
from schema.record_rules import breaches
from schema.service_partners import SERVICE_PARTNERS, counties_of
from schema.staff_members import STAFF_MEMBERS
from schema.statuses import STATUSES, fixed_keys, open_collections
from schema.tenant_companies import TENANT_COMPANIES

CITY, COUNTY = Actor("1", "市局", Role.CITY), Actor("2", "冠县", Role.COUNTY, "371525")
READER = Actor("3", "查阅", Role.READER)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class Refs:
    """Stands for what a hook may ask of other records."""

    title_move: TitleMove | None = None
    by_filing: bool = False
    taking_back: bool = False
    is_open: bool = True
    in_bin: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)

    def record(self, collection: str, record_id: Any, field: str) -> dict[str, Any]:
        self.asked.append(record_id)
        return {"name": f"基地{record_id}", "county": "371525"}

    def anywhere(self, collection: str, record_id: Any) -> dict[str, Any] | None:
        return {"name": f"基地{record_id}", "county": f"37152{record_id}"} if record_id else None

    def companies_named(self, base_id: Any, names: Any) -> dict[str, Any]:
        return {name: f"id-{name}" if name != "不明" else None for name in names}

    def years_of_validity(self, first_day: date) -> int:
        return 5

    def claim_number(self, raw: Any, before: Any) -> None:
        self.asked.append((dict(raw), before))

    def register_is_open(self) -> bool:
        return self.is_open

    def deleted_titles(self, raw: Any) -> list[dict[str, Any]]:
        return self.in_bin


class Ruled:
    """The hooks of a collection, preparing a record as it is written: what its rules refuse comes after them."""

    def __init__(self, declaration: Collection) -> None:
        self.declaration = declaration

    def __getattr__(self, name: str) -> Any:
        return getattr(self.declaration.hooks, name)

    def prepare(self, raw: Any, before: Any, actor: Actor, refs: Refs) -> None:
        self.declaration.hooks.prepare(raw, before, actor, refs)
        in_sight = [self.in_sight(each, actor) if each else each for each in (raw, before)]
        rules = self.declaration.rules
        if reasons := tuple(
            breaches(rules, in_sight[0], date(2026, 3, 2), before=in_sight[1], warnings=False)
        ):
            raise Refused(*reasons)


def at_fault(problem: pytest.ExceptionInfo[Problem]) -> list[str | None]:
    return [refusal.field for refusal in problem.value.refusals]


# --- Bases -----------------------------------------------------------------------------------------

BARE: dict[str, Any] = {"name": "甲园", "county": "371525", "uscc": "1", "status": "uncertified"}
TITLED = BARE | {
    "status": "certified", "announced_on": moment("2024-01-02"), "document_number": "聊工信发〔2024〕7号",
    "title_first_day": moment("2024-01-02"), "title_last_day": moment("2029-01-01"),
}  # fmt: skip
base = Ruled(BASES)


def test_a_new_base_without_a_title_has_no_source_of_one() -> None:
    raw = BARE | {"title_source": "earlier"}
    base.prepare(raw, None, COUNTY, Refs())
    assert raw == BARE


@pytest.mark.parametrize(
    ("county", "actor"), [("", CITY), (None, CITY), ("370102", CITY), ("371522", COUNTY)]
)
def test_a_base_stands_in_a_county_of_the_one_who_writes(county: str | None, actor: Actor) -> None:
    with pytest.raises(Refused) as refused:
        base.prepare(BARE | {"county": county}, None, actor, Refs())
    assert at_fault(refused) == ["county"]


def test_a_new_base_brings_an_earlier_title_while_the_register_is_open() -> None:
    raw = dict(TITLED)
    del raw["title_first_day"], raw["title_last_day"]
    base.prepare(raw, None, CITY, Refs())
    assert raw == TITLED | {"title_source": "earlier"}


@pytest.mark.parametrize("key", [key for key in TITLE_KEYS if key != "status"])
def test_each_thing_of_a_title_is_the_citys_to_bring(key: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        base.prepare(BARE | {key: TITLED[key]}, None, COUNTY, Refs())
    assert at_fault(refused) == ["status"]


@pytest.mark.parametrize("status", ["certified", "cancelled", "revoked"])
def test_a_title_of_any_status_is_refused_once_the_register_is_closed(status: str) -> None:
    with pytest.raises(Refused) as refused:
        base.prepare(TITLED | {"status": status}, None, CITY, Refs(is_open=False))
    assert at_fault(refused) == ["status"]


@pytest.mark.parametrize("status", ["certified", "cancelled", "revoked", "withdrawn"])
def test_a_status_alone_is_a_title_that_a_county_cannot_bring(status: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        base.prepare(BARE | {"status": status}, None, COUNTY, Refs())
    assert at_fault(refused) == ["status"]
    with pytest.raises(NotAllowed):
        base.may_delete(BARE | {"status": status}, COUNTY)
    assert base.may_delete(BARE | {"status": status}, CITY) == ()


@pytest.mark.parametrize("status", ["certified", "cancelled", "revoked", "withdrawn"])
def test_whatever_became_of_a_title_its_term_is_computed(status: str) -> None:
    raw = TITLED | {"status": status}
    del raw["title_first_day"], raw["title_last_day"]
    base.prepare(raw, None, CITY, Refs())
    assert raw == TITLED | {"status": status, "title_source": "earlier"}


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (BARE | {"announced_on": TITLED["announced_on"]}, ["announced_on"]),
        (BARE | {"status": "certified"}, ["announced_on", "document_number"]),
        (TITLED | {"announced_on": None}, ["announced_on"]),
    ],
)
def test_no_term_is_computed_without_a_title_or_its_announcement(
    given: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(Refused) as refused:
        base.prepare(dict(given), None, CITY, Refs())
    assert at_fault(refused) == fields


def test_the_recycle_bin_holds_the_same_title_or_it_is_restored_first() -> None:
    base.prepare(dict(TITLED), None, CITY, Refs(in_bin=[dict(TITLED)]))
    for key in TITLE_KEYS:
        with pytest.raises(Refused) as refused:
            base.prepare(dict(TITLED), None, CITY, Refs(in_bin=[dict(TITLED), TITLED | {key: "other"}]))
        assert at_fault(refused) == ["status"]


def test_a_last_day_that_was_given_is_kept_and_a_first_day_decides_on_the_last() -> None:
    raw = dict(TITLED) | {"title_first_day": moment("2024-02-29")}
    del raw["title_last_day"]
    base.prepare(raw, None, CITY, Refs())
    assert raw["title_last_day"] == moment("2029-02-28")
    given = TITLED | {"title_last_day": moment("2026-06-30")}
    base.prepare(given, None, CITY, Refs())
    assert given["title_last_day"] == moment("2026-06-30")


def test_a_title_of_a_base_that_is_here_moves_with_the_right_to_alone() -> None:
    with pytest.raises(Refused) as refused:
        base.prepare(TITLED | {"status": "revoked"}, TITLED, CITY, Refs())
    assert at_fault(refused) == ["status"]
    moved = TITLED | {"status": "revoked"}
    base.prepare(moved, TITLED, CITY, Refs(TitleMove(TitleMover.DECISION, "revoked")))
    announced = {
        key: value for key, value in TITLED.items() if key not in ("title_first_day", "title_last_day")
    }
    base.prepare(announced, BARE, CITY, Refs(TitleMove(TitleMover.ANNOUNCEMENT, "certified")))
    assert announced == TITLED
    same = TITLED | {"certificate_number": None, "notes": "新"}
    base.prepare(same, TITLED | {"certificate_number": ""}, COUNTY, Refs())


@pytest.mark.parametrize(("certificate", "by_filing", "refused"), [("LCSJ-1", False, True), ("LCSJ-1", True, False),
                                                                   ("", False, False)])  # fmt: skip
def test_the_code_of_a_base_with_a_certificate_changes_by_filing(
    certificate: str, by_filing: bool, refused: bool
) -> None:
    before = TITLED | {"certificate_number": certificate}
    if refused:
        for code in ("0", "2"):
            with pytest.raises(Refused) as problem:
                base.prepare(before | {"uscc": code}, before, CITY, Refs(by_filing=by_filing))
            assert at_fault(problem) == ["uscc"]
        base.prepare(dict(before), before, CITY, Refs())
    else:
        base.prepare(before | {"uscc": "2"}, before, CITY, Refs(by_filing=by_filing))


@pytest.mark.parametrize(
    ("before", "name", "former"),
    [
        ({"name": "甲园"}, "甲园", None),
        ({"name": "乙园"}, "甲园", ["乙园"]),
        ({"name": "乙园", "former_names": ["丙园", "乙园"]}, "甲园", ["丙园", "乙园"]),
        (
            {"name": "乙园", "former_names": ["甲园", "丙园"]},
            "甲园",
            ["丙园", "乙园"],
        ),  # back to a former one
        ({"name": "乙园", "former_names": ["丙园", "甲园", "電园"]}, "甲园", ["丙园", "電园", "乙园"]),
        ({}, "甲园", []),
    ],
)
def test_a_base_keeps_its_former_names(before: dict[str, Any], name: str, former: list[str] | None) -> None:
    raw = BARE | {"name": name}
    stored = {key: value for key, value in BARE.items() if key != "name"} | before
    base.prepare(raw, stored, CITY, Refs())
    assert raw.get("former_names") == former


def test_what_becomes_of_a_deleted_base_and_of_its_number() -> None:
    refs = Refs()
    base.deleted({"_id": 7, **TITLED}, refs)
    base.finish(BARE, None, refs)
    assert refs.asked == [({"_id": 7}, {"_id": 7, **TITLED}), (BARE, None)]
    assert base.may_delete(BARE, COUNTY) == base.may_delete(TITLED, CITY) == ()
    with pytest.raises(NotAllowed):
        base.may_delete(TITLED, COUNTY)


@pytest.mark.parametrize(
    ("values", "doubled"),
    [
        ({"name": "甲园", "county": "371525"}, [("371525", "甲园")]),
        ({"name": "甲园"}, []),
        ({"county": "371525"}, []),
        ({}, []),
    ],
)
def test_two_bases_of_a_file_share_no_name_in_a_county(values: dict[str, str], doubled: list[Any]) -> None:
    found = base.doubled(values)
    assert [one.values for one in found] == doubled
    assert all((one.shown, one.field) == ("甲园", "name") for one in found)


EARLIER = {
    "announced_on": moment("2019-01-02"), "document_number": "旧号", "first_day": moment("2019-01-02"),
    "last_day": moment("2024-01-01"), "certificate_number": "旧证",
}  # fmt: skip
OLDEST = {
    "announced_on": moment("2014-01-02"), "document_number": "最早", "first_day": moment("2014-01-02"),
    "last_day": moment("2019-01-01"), "certificate_number": "最早证",
}  # fmt: skip
NEWER = TITLED | {"certificate_number": "新证", "earlier_terms": [EARLIER]}


def test_the_terms_of_a_title_are_its_earlier_ones_and_its_own() -> None:
    assert terms_of(BARE) == ()
    old, own = terms_of(NEWER | {"status": "revoked"})
    assert (old.first_day, old.last_day, old.announced_on) == (
        date(2019, 1, 2),
        date(2024, 1, 1),
        date(2019, 1, 2),
    )
    assert (old.document_number, old.certificate_number, old.held) == ("旧号", "旧证", True)
    assert (own.first_day, own.last_day, own.announced_on) == (
        date(2024, 1, 2),
        date(2029, 1, 1),
        date(2024, 1, 2),
    )
    assert (own.document_number, own.certificate_number, own.held) == ("聊工信发〔2024〕7号", "新证", True)
    (lost,) = terms_of({"earlier_terms": [EARLIER | {"status": "revoked"}]})
    assert not lost.held


def test_the_term_that_runs_is_shown_until_the_renewed_one_begins() -> None:
    running, follows = running_term(NEWER, date(2024, 1, 1))
    assert running is not None and follows is not None
    assert (running.document_number, follows.document_number) == ("旧号", "聊工信发〔2024〕7号")
    assert with_running_term(NEWER, date(2024, 1, 1)) == NEWER | {
        "announced_on": EARLIER["announced_on"], "document_number": "旧号", "title_first_day": EARLIER["first_day"],
        "title_last_day": EARLIER["last_day"], "certificate_number": "旧证",
    }  # fmt: skip
    assert with_running_term(NEWER, date(2024, 1, 2)) == NEWER
    assert with_running_term(BARE, date(2024, 1, 2)) == BARE
    assert with_running_term(TITLED, date(2024, 1, 2)) == TITLED  # nothing is added where nothing follows
    assert running_term(BARE, date(2024, 1, 2)) == (None, None)


@pytest.mark.parametrize(
    ("day", "runs", "follows"),
    [
        ("2018-12-31", "最早", "聊工信发〔2024〕7号"),
        ("2019-01-02", "旧号", "聊工信发〔2024〕7号"),
        ("2024-01-01", "旧号", "聊工信发〔2024〕7号"),
        ("2024-01-02", "聊工信发〔2024〕7号", None),
    ],
)
def test_of_three_terms_the_last_follows_the_one_that_runs(day: str, runs: str, follows: str | None) -> None:
    found = running_term(NEWER | {"earlier_terms": [OLDEST, EARLIER]}, date.fromisoformat(day))
    assert [term and term.document_number for term in found] == [runs, follows]


@pytest.mark.parametrize(
    ("status", "held"),
    [(None, True), ("certified", True), ("cancelled", False), ("revoked", False), ("uncertified", False)],
)
def test_a_term_is_held_as_long_as_its_title_was_not_lost(status: str | None, held: bool) -> None:
    (term,) = terms_of({"earlier_terms": [EARLIER | ({"status": status} if status else {})]})
    assert term.held is held


@pytest.mark.parametrize(
    ("first", "earlier", "fields"),
    [
        ("2024-01-02", [EARLIER], []),  # the day after the term before, though announced later
        ("2024-01-02", [OLDEST, EARLIER], []),  # the latest of those before it counts
        ("2024-01-02", [EARLIER, OLDEST], ["title_first_day"]),
        ("2024-01-03", [EARLIER], ["title_first_day"]),
        ("2024-01-01", [EARLIER], ["title_first_day"]),
        ("2024-01-02", [EARLIER | {"status": "revoked"}], ["title_first_day"]),
        ("2024-01-02", [EARLIER | {"last_day": None}], ["title_first_day"]),
        ("2024-01-02", [], ["title_first_day"]),
    ],
)
def test_only_a_term_that_follows_another_begins_before_its_announcement(
    first: str, earlier: list[Any], fields: list[str]
) -> None:
    values = TITLED | {
        "announced_on": moment("2024-02-01"),
        "title_first_day": moment(first),
        "earlier_terms": earlier,
    }
    assert [
        refusal.field for refusal in breaches(BASES.rules, values, date(2026, 3, 2), warnings=False)
    ] == fields


# --- Tenant companies ------------------------------------------------------------------------------

company = Ruled(TENANT_COMPANIES)


@pytest.mark.parametrize(
    ("given", "sizes"),
    [
        ({"industry": "software", "people": 100, "revenue": 1000}, ("medium", "medium")),
        ({"industry": "software", "people": 100, "revenue": 1000, "size_override": "micro", "size_reason": "合并"},
         ("medium", "micro")),
        ({"industry": "software", "people": 100}, (None, None)),
        ({"industry": "none of them", "people": 100, "size_computed": "small", "size": "small"}, (None, None)),
        ({"industry": "construction", "revenue": 6000, "assets": 5000}, ("medium", "medium")),
    ],
)  # fmt: skip
def test_a_companys_size_is_computed_unless_it_is_said(given: dict[str, Any], sizes: tuple[Any, Any]) -> None:
    raw = dict(given)
    company.prepare(raw, None, CITY, Refs())
    assert (raw.get("size_computed"), raw.get("size")) == sizes


@pytest.mark.parametrize("industry", Industry, ids=lambda industry: industry.value)
def test_the_size_is_that_of_the_companys_own_industry(industry: Industry) -> None:
    for figure in (1, 5, 10, 20, 50, 100, 300, 1000, 2000, 8000, 40000, 100_000):
        raw: dict[str, Any] = {
            "industry": industry.value, "people": figure, "revenue": figure, "assets": figure,
        }  # fmt: skip
        company.prepare(raw, None, CITY, Refs())
        size = company_size(industry, people=figure, revenue=figure, assets=figure)
        assert raw["size"] == (size and size.value)


def test_a_company_that_cannot_be_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        company.prepare({"size_override": "micro"}, None, CITY, Refs())
    assert at_fault(refused) == ["size_reason"]


@pytest.mark.parametrize(
    ("values", "before", "status"),
    [
        ({"moved_out": 1}, {"status": "housed"}, "moved_out"),
        ({"moved_out": 1, "status": "housed"}, {"status": "housed"}, "housed"),
        ({"moved_out": 1}, {"status": "housed", "moved_out": 2}, None),
        ({"moved_out": 1}, {"status": "of_the_office"}, None),
        ({"people": 1}, {"status": "housed"}, None),
        ({"moved_out": 1}, {"status": "contracted"}, None),  # a status of the office's own
        ({"moved_out": 1}, {"status": "waiting"}, None),
    ],
)
def test_a_row_with_the_day_of_leaving_ends_the_stay(
    values: dict[str, Any], before: dict[str, Any], status: str | None
) -> None:
    assert company.complete(values, before).get("status") == status
    assert TENANT_COMPANIES.status_of_new({"moved_out": 1}) == "moved_out"
    assert TENANT_COMPANIES.status_of_new({}) == "housed"


# --- Ledger entries ----------------------------------------------------------------------------------

entry = Ruled(LEDGER_ENTRIES)


def test_the_companies_of_an_entry_are_tied_to_the_tenants_of_their_names() -> None:
    raw: dict[str, Any] = {
        "base": 1, "status": "draft",
        "companies": [{"name": "甲"}, {"name": "不明", "company": "old"}, {"company": "old"}],
    }  # fmt: skip
    entry.prepare(raw, None, CITY, Refs())
    assert raw["companies"] == [{"name": "甲", "company": "id-甲"}, {"name": "不明"}, {}]
    entry.prepare({"base": 1, "status": "draft"}, None, CITY, Refs())
    with pytest.raises(Refused) as refused:
        entry.prepare({"base": 1, "status": "submitted"}, None, CITY, Refs())
    assert at_fault(refused) == ["served_on"]


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        (
            {"base_name": "甲园", "served_on": moment("2026-03-02"), "request": "字" * 50},
            "甲园 2026-03-02 " + "字" * 40,
        ),
        ({"base_name": "甲园"}, "甲园"),
        ({"request": "诉求"}, "诉求"),
        ({}, ""),
    ],
)
def test_an_entry_is_named_by_base_day_and_request(raw: dict[str, Any], label: str) -> None:
    assert entry.label_of(raw) == label


@pytest.mark.parametrize(
    ("key", "value", "comparable"),
    [
        ("companies", [{"name": "甲", "company": 1}], ["甲"]),
        ("companies", [], []),
        ("companies", None, None),
        ("place", "厅", "厅"),
        ("attended", [{"name": "甲"}], [{"name": "甲"}]),
        ("photos", [{"name": "甲"}], [{"name": "甲"}]),
    ],
)
def test_named_companies_are_compared_by_their_names(key: str, value: Any, comparable: Any) -> None:
    assert entry.comparable(key, value) == comparable


# --- Service partners --------------------------------------------------------------------------------

partner = Ruled(SERVICE_PARTNERS)


def cooperation(at: int, **more: Any) -> dict[str, Any]:
    return {"base": at, "base_name": f"基地{at}", "county": f"37152{at}", **more}


def test_a_partner_takes_names_and_counties_of_its_bases_and_its_functions_in_their_order() -> None:
    raw: dict[str, Any] = {
        "cooperations": [{"base": 5}, {"base": 2}], "functions": ["training", "zz", "information", "aa", "training"],
    }  # fmt: skip
    partner.prepare(raw, None, CITY, Refs())
    assert raw["cooperations"] == [cooperation(5), cooperation(2)]
    assert raw["functions"] == ["information", "training", "aa", "zz"]
    every = [function.value for function in ServiceFunction]
    ticked: dict[str, Any] = {"functions": every[::-1], "cooperations": []}
    partner.prepare(ticked, None, CITY, Refs())
    assert ticked["functions"] == every
    assert raw["counties"] == ["371522", "371525"]
    assert "home_county" not in raw
    with pytest.raises(Refused) as refused:
        partner.prepare({"cooperations": [{"base": None}]}, None, CITY, Refs())
    assert at_fault(refused) == ["cooperations"]
    with pytest.raises(Refused) as refused:
        partner.prepare({"cooperations": [{"base": 5}, {"base": 5}]}, None, CITY, Refs())
    assert at_fault(refused) == ["cooperations"]


def test_the_counties_of_a_partner_are_those_of_its_bases_and_its_own() -> None:
    assert counties_of({}) == []
    assert counties_of({"home_county": "371581", "cooperations": [cooperation(5), cooperation(5)]}) == [
        "371525", "371581",
    ]  # fmt: skip


def test_a_county_enters_a_partner_as_its_own_with_bases_in_its_scope() -> None:
    raw, refs = {"name": "甲", "cooperations": [{"base": 5}]}, Refs()
    partner.prepare(raw, None, COUNTY, refs)
    assert (raw["home_county"], refs.asked) == ("371525", [5])


def test_a_county_keeps_what_other_counties_have_of_a_partner() -> None:
    before = {
        "name": "甲",
        "cooperations": [cooperation(2), cooperation(5), cooperation(6)],
        "counties": ["371522", "371525", "371526"],
    }
    raw, refs = before | {"cooperations": [{"base": 5, "first_day": 1}]}, Refs()
    partner.prepare(raw, before, COUNTY, refs)
    assert [(each["base"], each.get("first_day")) for each in raw["cooperations"]] == [
        (2, None), (6, None), (5, 1),
    ]  # fmt: skip
    assert refs.asked == [5]
    untouched, refs = dict(before), Refs()
    partner.prepare(untouched, before, COUNTY, refs)
    assert (untouched["cooperations"], refs.asked) == (before["cooperations"], [])


@pytest.mark.parametrize(
    ("counties", "change", "fields"),
    [
        (["371522", "371525"], {"name": "乙"}, ["name"]),
        (["371522", "371525"], {"contact_name": "张", "notes": "注"}, ["contact_name", "notes"]),
        (["371525"], {"name": "乙"}, []),
        ([], {"name": "乙"}, []),
        (["371522", "371525"], {}, []),
    ],
)
def test_what_a_county_may_not_change_of_a_partner_of_several(
    counties: list[str], change: dict[str, str], fields: list[str]
) -> None:
    before: dict[str, Any] = {"name": "甲", "counties": counties, "home_county": "371525"}
    if fields:
        with pytest.raises(Refused) as refused:
            partner.prepare(before | change, before, COUNTY, Refs())
        assert at_fault(refused) == fields
    else:
        partner.prepare(before | change, before, COUNTY, Refs())
    partner.prepare(before | change, before, CITY, Refs())


def test_a_county_sees_its_own_cooperations_of_a_partner() -> None:
    raw = {"name": "甲", "cooperations": [cooperation(2), cooperation(5), cooperation(6)]}
    assert partner.in_sight(raw, CITY) == raw
    assert partner.in_sight(raw, COUNTY) == {"name": "甲", "cooperations": [cooperation(5)]}
    assert partner.in_sight({}, COUNTY) == {"cooperations": []}


FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)


@pytest.mark.parametrize(
    ("period", "own", "spread"),
    [
        ((FIRST, LAST), {}, {"first_day": FIRST, "last_day": LAST}),
        ((FIRST, None), {}, {"first_day": FIRST}),
        ((None, LAST), {}, {"last_day": LAST}),
        ((FIRST, FIRST), {}, {"first_day": FIRST, "last_day": FIRST}),  # one day is a period
        ((FIRST, LAST), {"first_day": LAST}, {"first_day": LAST}),
        ((FIRST, LAST), {"last_day": FIRST}, {"last_day": FIRST}),
        ((None, None), {}, {}),
    ],
)
def test_the_period_of_a_row_is_that_of_each_cooperation_without_its_own(
    period: tuple[Any, Any], own: dict[str, Any], spread: dict[str, Any]
) -> None:
    values = {
        "cooperations": [{"base": 1} | own],
        "cooperation_first_day": period[0],
        "cooperation_last_day": period[1],
    }
    assert list(partner.spread(values)) == []
    assert values == {"cooperations": [{"base": 1} | spread]}


def test_a_period_that_ends_before_it_begins_is_refused_at_its_end() -> None:
    values = {"cooperation_first_day": LAST, "cooperation_last_day": FIRST}
    assert [refusal.field for refusal in partner.spread(values)] == ["cooperation_last_day"]
    assert list(partner.spread({})) == []


OLD = cooperation(1, first_day=moment("2024-01-01"), last_day=moment("2024-12-31"))
BACK = cooperation(1, first_day=moment("2026-01-01"))


@pytest.mark.parametrize(
    ("given", "held", "wanted"),
    [
        ({"base": 1}, [OLD, BACK, cooperation(2)], [OLD, BACK]),  # no days: all of them, as they are
        ({"base": 3}, [OLD], [{"base": 3}]),
        ({"base": 1, "first_day": date(2026, 1, 1)}, [OLD, BACK], [BACK | {"first_day": date(2026, 1, 1)}]),
        ({"base": 1, "last_day": date(2025, 1, 1)}, [OLD], [OLD | {"last_day": date(2025, 1, 1)}]),
        ({"base": 1, "last_day": date(2025, 1, 1)}, [OLD, BACK], [{"base": 1, "last_day": date(2025, 1, 1)}]),
        ({"base": 1, "first_day": date(2020, 1, 1)}, [OLD], [{"base": 1, "first_day": date(2020, 1, 1)}]),
    ],
)
def test_a_row_leaves_the_days_that_are_stored(
    given: dict[str, Any], held: list[Any], wanted: list[Any]
) -> None:
    assert partner.complete({"cooperations": [given]}, {"cooperations": held}) == {"cooperations": wanted}
    assert partner.complete({"name": "甲"}, {"cooperations": held}) == {"name": "甲"}
    assert partner.complete({"cooperations": [given]}, {}) == {"cooperations": [given]}


@pytest.mark.parametrize(
    ("key", "value", "comparable"),
    [
        ("cooperations", [OLD], [(1, OLD["first_day"], OLD["last_day"])]),
        ("cooperations", [], []),
        ("name", "甲", "甲"),
        ("bases", [OLD], [OLD]),
    ],
)
def test_cooperations_are_compared_by_base_and_days(key: str, value: Any, comparable: Any) -> None:
    assert partner.comparable(key, value) == comparable


# --- Members of staff --------------------------------------------------------------------------------

member = Ruled(STAFF_MEMBERS)


@pytest.mark.parametrize(
    ("started_on", "left_on", "refused"),
    [
        ("2026-03-02", "2026-03-01", True),
        ("2026-03-02", "2026-03-02", False),
        ("2026-03-02", "2026-03-03", False),
        ("2026-03-02", None, False),
        (None, "2026-03-02", False),
    ],
)
def test_nobody_leaves_before_starting_work(
    started_on: str | None, left_on: str | None, refused: bool
) -> None:
    raw = {"started_on": started_on and moment(started_on), "left_on": left_on and moment(left_on)}
    if refused:
        with pytest.raises(Refused) as problem:
            member.prepare(raw, None, CITY, Refs())
        assert at_fault(problem) == ["left_on"]
    else:
        member.prepare(raw, None, CITY, Refs())


@pytest.mark.parametrize(
    ("values", "before", "status"),
    [
        ({"left_on": 1}, {"status": "on_staff"}, "left"),
        ({"left_on": 1, "status": "on_staff"}, {"status": "on_staff"}, "on_staff"),
        ({"left_on": 1}, {"status": "on_staff", "left_on": 2}, None),
        ({"left_on": 1}, {"status": "left"}, None),
        ({"left_on": 1}, {"status": "on_leave"}, None),  # a status of the office's own
        ({"left_on": 1}, {"status": "training"}, None),
        ({"left_on": 1}, {}, None),
        ({"position": "主任"}, {"status": "on_staff"}, None),
        ({"status": "on_leave"}, {"status": "on_staff"}, "on_leave"),
    ],
)
def test_a_row_with_the_day_of_leaving_ends_the_employment(
    values: dict[str, Any], before: dict[str, Any], status: str | None
) -> None:
    assert member.complete(values, before) == values | ({"status": status} if status else {})
    assert STAFF_MEMBERS.status_of_new({"left_on": 1}) == "left"
    assert STAFF_MEMBERS.status_of_new({"left_on": None}) == STAFF_MEMBERS.status_of_new({}) == "on_staff"


# --- Statuses ------------------------------------------------------------------------------------------

STATUS: dict[str, Any] = {"collection": "tenant_companies", "code": "own", "label": "待核实", "final": False}
status = Ruled(STATUSES)


def test_the_office_adds_statuses_where_they_are_open() -> None:
    assert open_collections() == ("tenant_companies", "service_partners", "staff_members", "ledger_entries")
    status.prepare(dict(STATUS), None, CITY, Refs())
    with pytest.raises(Refused) as refused:
        status.prepare(STATUS | {"collection": "bases"}, None, CITY, Refs())
    assert at_fault(refused) == ["collection"]
    for actor in (COUNTY, READER):
        with pytest.raises(NotAllowed):
            status.prepare(dict(STATUS), None, actor, Refs())
        with pytest.raises(NotAllowed):
            status.may_delete(STATUS, actor)
    assert status.may_delete(STATUS, CITY) == ()
    assert status.label_of(STATUS) == "待核实"
    assert status.label_of({}) == ""


@pytest.mark.parametrize(
    ("needed", "change", "fields"),
    [
        (True, {"code": "x", "final": True}, ["code", "final"]),
        (False, {"code": "x", "final": True}, ["code"]),
        (False, {"collection": "bases"}, ["collection"]),
        (True, {"label": "另"}, []),
    ],
)
def test_what_rules_speak_of_stays(needed: bool, change: dict[str, Any], fields: list[str]) -> None:
    before = STATUS | {"needed": needed}
    if fields:
        with pytest.raises(Refused) as refused:
            status.prepare(before | change, before, CITY, Refs())
        assert at_fault(refused) == fields
    else:
        status.prepare(before | change, before, CITY, Refs())
    assert fixed_keys(before) == (("collection", "code", "final") if needed else ("collection", "code"))
