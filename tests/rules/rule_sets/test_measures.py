"""The shipped rule sets figure by figure, and that nothing of the rules can be changed once it is made."""

import dataclasses
import importlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rules.choices import ServiceFunction
from rules.errors import Refused
from rules.rule_sets.measures import (
    CITY_2021,
    NATION_2016,
    SHIPPED,
    TRANSITIONS_OF,
    DecidedUnder,
    Figure,
    Level,
    Measures,
    deciding,
    in_force,
    of_term,
    refusals_of_measures,
    refusals_to_cite,
)

ROOT = Path(__file__).resolve().parents[3]
F, S = Figure, ServiceFunction
_NAMED = {
    "years_operated", "tenants", "people", "staff", "partners", "low_fee_percent", "functions_required",
    "years_of_validity", "notice_working_days", "change_filing_working_days", "base_summary_by", "county_summary_by",
    "case_characters",
}  # fmt: skip


def figures(measures: Measures) -> dict[str, object]:
    return {key: getattr(measures, key) for key in _NAMED}


def test_the_city_rule_set_says_what_the_measures_of_2021_say():
    assert figures(CITY_2021) == {
        "years_operated": 1, "tenants": 25, "people": 400, "staff": 6, "partners": 4, "low_fee_percent": 20,
        "functions_required": 4, "years_of_validity": 5, "notice_working_days": 5, "change_filing_working_days": 10,
        "base_summary_by": (1, 10), "county_summary_by": (1, 20), "case_characters": 3000,
    }  # fmt: skip
    assert CITY_2021.functions == {
        S.INFORMATION: {F.ONLINE: 1, F.OFFLINE_COMPANY_TIMES: 40, F.ACTIVITIES: 4},
        S.START_UP: {F.COMPANY_TIMES: 10},
        S.INNOVATION: {F.MEETINGS: 4},
        S.TRAINING: {F.PERSON_TIMES: 300},
        S.MARKETING: {F.EXHIBITIONS: 1, F.MATCHMAKING: 1},
        S.FINANCING: {F.COMPANY_TIMES: 20, F.MEETINGS: 2},
        S.CONSULTING: {F.COMPANY_TIMES: 20},
        S.PROFESSIONAL: {F.COMPANY_TIMES: 20},
    }
    assert (CITY_2021.first_day, CITY_2021.last_day) == (date(2021, 12, 4), date(2026, 12, 3))
    assert (CITY_2021.level, CITY_2021.superseded) == (Level.CITY, False)


def test_the_national_rule_set_says_what_that_of_2016_says_and_that_it_is_likely_superseded():
    assert figures(NATION_2016) | {"case_characters": 3000} == figures(CITY_2021) | {
        "years_operated": 3, "tenants": 80, "people": 1500, "staff": 10, "partners": 5,
    }  # fmt: skip
    assert NATION_2016.functions == {
        S.INFORMATION: {F.ONLINE: 1, F.OFFLINE_COMPANY_TIMES: 100, F.ACTIVITIES: 6},
        S.START_UP: {F.COMPANY_TIMES: 50},
        S.INNOVATION: {F.MEETINGS: 6},
        S.TRAINING: {F.PERSON_TIMES: 300},
        S.MARKETING: {F.EXHIBITIONS: 2, F.MATCHMAKING: 2},
        S.FINANCING: {F.COMPANY_TIMES: 50, F.MEETINGS: 4},
        S.CONSULTING: {F.COMPANY_TIMES: 20},
        S.PROFESSIONAL: {F.COMPANY_TIMES: 20},
    }
    assert (NATION_2016.first_day, NATION_2016.last_day) == (date(2016, 7, 1), None)
    assert (NATION_2016.level, NATION_2016.superseded) == (Level.NATION, True)
    assert SHIPPED == (CITY_2021, NATION_2016)


def test_what_the_measures_leave_open_is_decided_as_the_domain_page_says():
    assert {
        key: getattr(CITY_2021, key)
        for key in (
            "registered_in_city", "notice_may_be_shorter", "failing_may_be_announced", "second_renewal_try",
            "renewal_follows_term", "entries_without_company_count", "begins_after_end", "satisfaction_percent",
            "applications_begun_before", "terms_begun_before", "cases_begun_before",
        )
    } == {
        "registered_in_city": True, "notice_may_be_shorter": False, "failing_may_be_announced": False,
        "second_renewal_try": False, "renewal_follows_term": True, "entries_without_company_count": True,
        "begins_after_end": False, "satisfaction_percent": 60, "applications_begun_before": DecidedUnder.EARLIER,
        "terms_begun_before": DecidedUnder.EARLIER, "cases_begun_before": DecidedUnder.EARLIER,
    }  # fmt: skip


# One request counts its transactions as it goes: it is handed down, and states nothing.
COUNTING = {"SentForm"}


def test_nothing_of_the_rules_changes_once_it_is_made() -> None:
    changeable = []
    for path in sorted((ROOT / "rules").rglob("*.py")):
        dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for name, value in vars(importlib.import_module(dotted)).items():
            own = isinstance(value, type) and value.__module__ == dotted and name not in COUNTING
            if own and dataclasses.is_dataclass(value) and not value.__dataclass_params__.frozen:
                changeable.append(f"{path.name}: {name}")
    assert changeable == []


# --- Which edition applies -------------------------------------------------------------------------

D = date
NEXT = replace(CITY_2021, code="city-2027", first_day=D(2027, 3, 1), last_day=D(2032, 2, 29))
LATER = replace(CITY_2021, code="city-2032", first_day=D(2032, 3, 1), last_day=None)


@pytest.mark.parametrize(
    ("day", "code", "really"),
    [
        ("2021-12-03", "city-2021", False),  # before the first
        ("2021-12-04", "city-2021", True),
        ("2026-12-03", "city-2021", True),
        ("2026-12-04", "city-2021", False),  # between two
        ("2027-02-28", "city-2021", False),
        ("2027-03-01", "city-2027", True),
        ("2032-02-29", "city-2027", True),
        ("2032-03-01", "city-2032", True),
        ("2099-01-01", "city-2032", True),
    ],
)
def test_the_edition_of_a_day(day: str, code: str, really: bool) -> None:
    for sets in ((CITY_2021, NEXT, LATER, NATION_2016), (NATION_2016, LATER, NEXT, CITY_2021)):
        measures, is_in_force = in_force(sets, D.fromisoformat(day))
        assert (measures.code, is_in_force) == (code, really)


@pytest.mark.parametrize("sets", [(CITY_2021, NEXT), (NEXT, CITY_2021), (NEXT, NATION_2016, CITY_2021)])
def test_after_the_last_of_several_it_goes_on_being_used(sets: tuple[Measures, ...]) -> None:
    for day in (D(2032, 3, 1), D(2040, 1, 1)):
        assert in_force(sets, day) == (NEXT, False)
    assert in_force(sets, D(2000, 1, 1)) == (CITY_2021, False)


def test_a_level_without_an_edition_has_none() -> None:
    with pytest.raises(ValueError, match="no rule set"):
        in_force((CITY_2021,), D(2026, 1, 1), Level.PROVINCE)


@pytest.mark.parametrize(
    ("day", "this", "code"),
    [
        ("2027-02-28", True, "city-2021"),
        ("2027-03-01", True, "city-2027"),
        ("2027-03-01", False, "city-2021"),
        ("2027-03-02", True, "city-2027"),
        ("2029-12-31", True, "city-2027"),
        ("2029-12-31", False, "city-2021"),
        ("2032-03-01", True, "city-2032"),
        ("2040-01-01", True, "city-2032"),
    ],
)
@pytest.mark.parametrize("transition", TRANSITIONS_OF)
def test_what_was_begun_earlier_is_decided_as_the_later_edition_says(
    day: str, this: bool, code: str, transition: str
) -> None:
    under = {transition: DecidedUnder.THIS if this else DecidedUnder.EARLIER}
    nation = replace(NATION_2016, first_day=D(2026, 1, 1), **{transition: DecidedUnder.THIS})
    sets = (replace(LATER, **under), nation, replace(NEXT, **under), CITY_2021)
    assert deciding(sets, CITY_2021, D.fromisoformat(day), transition).code == code


def test_an_edition_never_decides_what_was_begun_under_a_later_one() -> None:
    old = replace(CITY_2021, cases_begun_before=DecidedUnder.THIS)
    assert deciding((old, NEXT), NEXT, D(2027, 6, 1), "cases_begun_before") is NEXT
    assert deciding((old,), old, D(2027, 6, 1), "cases_begun_before") is old
    twin = replace(NEXT, code="twin", cases_begun_before=DecidedUnder.THIS)
    assert deciding((twin, NEXT), NEXT, D(2027, 6, 1), "cases_begun_before") is NEXT


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("transition", TRANSITIONS_OF)
def test_an_edition_of_another_level_decides_nothing(level: Level, transition: str) -> None:
    begun = replace(CITY_2021, level=level)
    others = [replace(NEXT, level=other, **{transition: DecidedUnder.THIS}) for other in Level]
    assert deciding(others, begun, D(2027, 6, 1), transition).level is level
    apart = [other for other in others if other.level is not level]
    assert deciding(apart, begun, D(2027, 6, 1), transition) is begun


@pytest.mark.parametrize(
    ("title_first_day", "day", "this", "code"),
    [
        ("2025-06-01", "2026-06-01", True, "city-2021"),
        ("2025-06-01", "2027-02-28", True, "city-2021"),
        ("2025-06-01", "2027-03-01", True, "city-2027"),
        ("2025-06-01", "2027-03-01", False, "city-2021"),
        ("2025-06-01", "2040-01-01", False, "city-2021"),
        ("2027-06-01", "2030-01-01", False, "city-2027"),
        ("2027-06-01", "2040-01-01", True, "city-2032"),
        (None, "2026-06-01", False, "city-2021"),
        (None, "2028-01-01", False, "city-2027"),
        (None, "2040-01-01", False, "city-2032"),
    ],
)
def test_a_title_runs_by_the_edition_of_its_first_day_unless_a_later_one_takes_it_over(
    title_first_day: str | None, day: str, this: bool, code: str
) -> None:
    under = DecidedUnder.THIS if this else DecidedUnder.EARLIER
    nation = replace(NATION_2016, terms_begun_before=DecidedUnder.THIS)
    sets = [
        replace(LATER, terms_begun_before=under), nation, replace(NEXT, terms_begun_before=under), CITY_2021,
    ]  # fmt: skip
    first_day = D.fromisoformat(title_first_day) if title_first_day else None
    assert of_term(iter(sets), first_day, D.fromisoformat(day)).code == code


@pytest.mark.parametrize("transition", TRANSITIONS_OF)
@pytest.mark.parametrize("under", DecidedUnder)
def test_a_transition_is_read_as_it_was_stored(transition: str, under: DecidedUnder) -> None:
    measures = replace(NEXT, **{transition: under})
    read = Measures.from_stored(measures.stored())
    assert (read, getattr(read, transition)) == (measures, under)
    assert getattr(read, transition) is under


# --- What cannot be kept, and what cannot be cited ---------------------------------------------------


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, []),
        ({"last_day": D(2027, 3, 1)}, []),  # a day is a term
        ({"last_day": D(2027, 2, 28)}, ["last_day"]),
        ({"low_fee_percent": 0}, []),
        ({"low_fee_percent": 100}, []),
        ({"low_fee_percent": -1}, ["low_fee_percent"]),
        ({"low_fee_percent": 101}, ["low_fee_percent"]),
        ({"functions_required": 0}, []),
        ({"functions_required": 8}, []),
        ({"functions_required": -1}, ["functions_required"]),
        ({"functions_required": 9}, ["functions_required"]),
        ({"first_day": D(2026, 12, 4)}, []),  # the day after the one before
        ({"first_day": D(2026, 12, 3)}, ["first_day"]),
        ({"first_day": D(2026, 12, 3), "code": "city-2021"}, []),  # the same set, kept anew
        ({"first_day": D(2026, 12, 3), "level": Level.PROVINCE}, []),
        ({"first_day": D(2026, 12, 3), "code": "city-2020"}, ["first_day"]),
        ({"first_day": D(2020, 1, 1), "last_day": D(2021, 12, 3)}, []),
        ({"first_day": D(2020, 1, 1), "last_day": D(2021, 12, 4)}, ["first_day"]),
        ({"first_day": D(2020, 1, 1), "last_day": None}, ["first_day"]),
    ],
)
def test_what_may_be_kept_beside_the_edition_of_2021(change: dict[str, object], fields: list[str]) -> None:
    found = refusals_of_measures(replace(NEXT, **change), (CITY_2021, NATION_2016))  # type: ignore[arg-type]
    assert [refusal.field for refusal in found] == fields


@pytest.mark.parametrize(
    ("first", "refused"), [("2021-12-03", True), ("2026-12-04", True), ("2099-01-01", True)]
)
def test_nothing_follows_an_edition_without_an_end(first: str, refused: bool) -> None:
    endless = replace(CITY_2021, last_day=None)
    found = refusals_of_measures(replace(NEXT, first_day=D.fromisoformat(first), last_day=None), (endless,))
    assert bool(found) is refused
    assert all(refusal.params == {"title": endless.title} for refusal in found)


@pytest.mark.parametrize("key", ["body", "document_title", "document_number"])
def test_each_thing_that_papers_cite_is_asked_for(key: str) -> None:
    assert [refusal.field for refusal in refusals_to_cite(replace(CITY_2021, **{key: ""}))] == [key]
    for part in ("body", "document_title", "document_number"):
        lacking = replace(CITY_2021, **{part: ""})
        with pytest.raises(Refused):
            _ = lacking.issued_by if part == "body" else lacking.cited


def test_an_article_that_no_provision_asks_for_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        CITY_2021.article("elsewhere")
    with pytest.raises(Refused) as refused:
        replace(CITY_2021, articles={}).article("notice")
    assert str(refused.value.refusals[0].params["provision"]) == "Public notice"


def test_an_edition_without_transitions_and_text_is_read_from_what_was_stored_before_them() -> None:
    raw = {
        key: value
        for key, value in CITY_2021.stored().items()
        if key not in (*TRANSITIONS_OF, "text", "base_summary_by", "county_summary_by")
    }
    read = Measures.from_stored(raw | {"of_a_later_version": 1})
    assert read == replace(CITY_2021, text=())
    assert Measures.from_stored({**CITY_2021.stored(), "base_summary_by": [2, 3]}).base_summary_by == (2, 3)


def test_the_articles_of_2021_are_those_of_its_text() -> None:
    by_article: dict[str, list[str]] = {}
    for key, reference in CITY_2021.articles.items():
        by_article.setdefault(reference, []).append(key)
    assert {reference: sorted(keys) for reference, keys in by_article.items()} == {
        "2": ["certified_by"],
        "3": ["applicants"],
        "5(1)": ["operated_one_year", "registered"],
        "5(2)": ["people", "tenants"],
        "5(3)": ["partners", "staff"],
        "5(4)": ["low_fee_share"],
        "6": ["conditions"],
        "6(1)": ["condition.premises"],
        "6(2)": ["condition.governance", "condition.implementation", "condition.plan", "condition.yearly-goals"],
        "6(3)": [
            "condition.ledger", "condition.management-system", "condition.process-and-fees", "condition.quality",
        ],
        "7": ["functions"],
        "7(1)": ["function.information"],
        "7(2)": ["function.start-up"],
        "7(3)": ["function.innovation"],
        "7(4)": ["function.training"],
        "7(5)": ["function.marketing"],
        "7(6)": ["function.financing"],
        "7(7)": ["function.consulting"],
        "7(8)": ["function.professional"],
        "8": ["innovations"],
        "9": ["call"],
        "10": ["application"],
        "11": ["materials"],
        "11(5)": ["staff_list"],
        "11(8)": ["cases"],
        "12": ["announcement", "county_review", "expert_review", "notice", "recommendation"],
        "13": ["guidance"],
        "14": ["summary"],
        "15": ["change_filing", "county_summary", "inspection", "satisfaction"],
        "16": [
            "cancellation", "ground.no-renewal", "ground.renewal-failed", "no_second_application", "renewal",
            "validity",
        ],
        "17": ["upward"],
        "18": ["revocation"],
        "18(1)": ["ground.fraud"],
        "18(2)": ["ground.unfit"],
        "18(3)": ["ground.no-reports"],
        "18(4)": ["ground.other"],
    }  # fmt: skip
