"""The table of places for files: who may add, read and remove, and in which state of the record."""

from dataclasses import replace
from typing import Any

import pytest

from rules.access import Actor, Permission, Role
from rules.applications import Stage
from rules.innovations import SLOTS as INNOVATION_SLOTS
from rules.materials import DECISION, EXPERT_ON_SITE, FORM, ON_SITE, SCORE_SHEETS, Material
from schema.file_places import (
    ANY_DECLARED,
    EARLIER_TITLE,
    FILE_PLACES,
    MOST_FILES,
    RECORD,
    has_owned_files,
    may_change_files,
    may_read_file,
    place_of,
    refusals_of_owner,
    refusals_to_add,
    refusals_to_remove,
)
from schema.registry import REGISTRY

CITY = Actor("1", "市局", Role.CITY)
COUNTY = Actor("2", "冠县", Role.COUNTY, "371525")
CITY_READER = Actor("3", "市局查阅", Role.READER)
COUNTY_READER = Actor("4", "冠县查阅", Role.READER, "371525")
NAMES = {"city": CITY, "county": COUNTY, "city reader": CITY_READER, "county reader": COUNTY_READER}
EVERYONE = {*NAMES}
CLERKS = {"city", "county"}
WHOLE_CITY = {"city", "city reader"}
PDF, PHOTO = "application/pdf", "image/jpeg"

# Collection, place, the record while it is open, who changes and who reads.
PLACES: tuple[tuple[str, str, dict[str, Any], set[str], set[str]], ...] = (
    ("bases", RECORD, {}, CLERKS, EVERYONE),
    ("tenant_companies", RECORD, {}, CLERKS, EVERYONE),
    ("service_partners", RECORD, {}, CLERKS, WHOLE_CITY),  # a file that no county owns
    ("staff_members", RECORD, {}, CLERKS, EVERYONE),
    ("ledger_entries", RECORD, {}, CLERKS, EVERYONE),
    *(("applications", material.value, {"stage": "draft"}, CLERKS, EVERYONE) for material in Material),
    ("applications", FORM, {"stage": "draft"}, CLERKS, EVERYONE),
    *(("applications", slot, {"stage": "draft"}, CLERKS, EVERYONE) for slot in INNOVATION_SLOTS),
    ("applications", ON_SITE, {"stage": "submitted"}, CLERKS, EVERYONE),
    ("applications", EXPERT_ON_SITE, {"stage": "recommended"}, {"city"}, WHOLE_CITY),
    ("applications", SCORE_SHEETS, {"stage": "recommended"}, {"city"}, WHOLE_CITY),
    ("applications", DECISION, {"stage": "scored"}, {"city"}, WHOLE_CITY),
    ("notices", "published", {}, {"city"}, EVERYONE),
    ("objections", RECORD, {"outcome": "open"}, {"city"}, {"city"}),
    ("decisions", "evidence", {"open": True}, {"city"}, WHOLE_CITY),
    ("decisions", "notice", {"open": True}, {"city"}, EVERYONE),
    ("decisions", "statement", {"open": True}, {"city"}, EVERYONE),
    ("annual_reports", "summary", {}, CLERKS, EVERYONE),
    ("annual_reports", "inspection", {}, CLERKS, EVERYONE),
    ("annual_reports", "situation", {}, CLERKS, EVERYONE),
    ("county_reports", "report", {}, CLERKS, EVERYONE),
    ("change_filings", "proof", {"state": "filed"}, CLERKS, EVERYONE),
    ("change_filings", "licence", {"state": "filed"}, CLERKS, EVERYONE),
    ("upward_recommendations", "letter", {}, {"city"}, EVERYONE),
    ("upward_recommendations", "outcome", {}, {"city"}, EVERYONE),
)
# Where a place is shut in another state of its record.
CLOSED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("notices", "published", {"published_at": "2026-03-23"}),
    ("objections", RECORD, {"outcome": "rejected"}),
    ("objections", RECORD, {"outcome": "upheld"}),
    ("decisions", "evidence", {"open": False}),
    ("decisions", "notice", {}),
    ("change_filings", "proof", {"state": "accepted"}),
    ("change_filings", "licence", {"state": "accepted"}),
)


def names(actors: Any) -> set[str]:
    """Return by their names those for whom a question is answered with yes."""
    return {name for name, actor in NAMES.items() if actors(actor)}


def test_every_place_stands_once_in_the_table_and_in_this_test() -> None:
    in_table = [(place.collection, slot) for place in FILE_PLACES for slot in place.slots]
    assert len(in_table) == len(set(in_table))
    records = {(ANY_DECLARED, RECORD)}
    assert set(in_table) - records - {("bases", EARLIER_TITLE)} == {
        (collection, slot)
        for collection, slot, *_ in PLACES
        if collection not in REGISTRY or not REGISTRY[collection].listed
    }
    assert {name for name, slot, *_ in PLACES if slot == RECORD and name != "objections"} == {
        declaration.name for declaration in REGISTRY.listed if declaration.has_files
    }


@pytest.mark.parametrize("has_files", [True, False])
def test_a_collection_that_is_only_declared_has_a_place_for_files_if_it_says_so(has_files: bool) -> None:
    own = replace(REGISTRY["tenant_companies"], name="visits", has_files=has_files)
    with REGISTRY.also(own):
        assert names(lambda actor: may_change_files("visits", RECORD, {}, actor)) == (
            CLERKS if has_files else set()
        )
        assert place_of("visits", "proof") is None
    assert place_of("visits", RECORD) is None


@pytest.mark.parametrize(("collection", "slot", "record", "changing", "reading"), PLACES)
def test_who_may_change_and_who_may_read(
    collection: str, slot: str, record: dict[str, Any], changing: set[str], reading: set[str]
) -> None:
    assert names(lambda actor: may_change_files(collection, slot, record, actor)) == changing
    assert names(lambda actor: may_read_file(collection, slot, actor)) == reading


def test_a_file_of_a_record_of_several_counties_is_its_owning_countys_and_the_citys() -> None:
    def readers(county: str | None) -> set[str]:
        return names(lambda actor: may_read_file("service_partners", RECORD, actor, county=county))

    assert has_owned_files("service_partners")
    assert not any(has_owned_files(name) for name in ("bases", "ledger_entries", "applications", "notices"))
    assert readers(COUNTY.county) == EVERYONE
    assert readers("371502") == readers(None) == WHOLE_CITY
    for county, refused in ((None, False), (COUNTY.county, False), ("371502", True)):
        assert bool(refusals_of_owner("service_partners", [str(COUNTY.county)], county)) == refused
    assert refusals_of_owner("bases", [str(COUNTY.county)], COUNTY.county)


@pytest.mark.parametrize(("collection", "slot", "record", "_changing", "_reading"), PLACES)
def test_an_open_place_takes_files_and_gives_them_back(
    collection: str, slot: str, record: dict[str, Any], _changing: set[str], _reading: set[str]
) -> None:
    place = place_of(collection, slot)
    assert refusals_to_add(place, record, slot, media_type=PHOTO, count=MOST_FILES - 1) == ()
    assert refusals_to_remove(place, record, slot) == ()


@pytest.mark.parametrize(("collection", "slot", "record"), CLOSED)
def test_a_closed_place_neither_takes_nor_gives(collection: str, slot: str, record: dict[str, Any]) -> None:
    place = place_of(collection, slot)
    assert refusals_to_add(place, record, slot, media_type=PDF, count=0)
    assert refusals_to_remove(place, record, slot)
    assert not may_change_files(collection, slot, record, CITY)


def test_the_paper_of_an_earlier_title_is_the_citys_to_add_and_nobodys_to_remove() -> None:
    place, record = place_of("bases", EARLIER_TITLE), {"title_source": "earlier"}
    assert refusals_to_add(place, record, EARLIER_TITLE, media_type=PDF, count=1) == ()
    assert refusals_to_remove(place, record, EARLIER_TITLE)
    assert refusals_to_add(place, {"title_source": "announced"}, EARLIER_TITLE, media_type=PDF, count=1)
    assert place is not None and names(lambda actor: actor.may(place.add)) == {"city"}
    assert names(lambda actor: may_change_files("bases", EARLIER_TITLE, record, actor)) == set()
    assert names(lambda actor: may_read_file("bases", EARLIER_TITLE, actor)) == EVERYONE


@pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.value)
def test_files_of_an_application_change_only_while_their_step_is_open(stage: Stage) -> None:
    places = [slot for place in FILE_PLACES if place.collection == "applications" for slot in place.slots]
    record = {"stage": stage.value}
    open_slots = {
        slot for slot in places if not refusals_to_remove(place_of("applications", slot), record, slot)
    }
    wanted: dict[str, set[str]] = {
        "draft": {FORM, *(material.value for material in Material), *INNOVATION_SLOTS},
        "returned": {FORM, *(material.value for material in Material), *INNOVATION_SLOTS},
        "submitted": {ON_SITE},
        "recommended": {EXPERT_ON_SITE, SCORE_SHEETS},
        "scored": {DECISION},
        "selected": {DECISION},
        "on-notice": {DECISION},
    }
    assert open_slots == wanted.get(stage.value, set())


@pytest.mark.parametrize(
    "stage",
    [stage for stage in Stage if stage not in (Stage.DRAFT, Stage.RETURNED)],
    ids=lambda stage: stage.value,
)
def test_what_shuts_a_place_of_an_application_is_named_by_its_stage(stage: Stage) -> None:
    (refusal,) = refusals_to_remove(place_of("applications", "audit"), {"stage": stage.value}, "audit")
    assert (refusal.params, refusal.field) == ({"stage": stage}, "audit")


@pytest.mark.parametrize(
    ("collection", "slot"),
    [
        ("applications", "elsewhere"),
        ("applications", RECORD),
        ("annual_reports", "letter"),
        ("bases", "proof"),
        ("statuses", RECORD),
        ("users", RECORD),
    ],
)
def test_where_there_is_no_place_nobody_adds_reads_or_removes(collection: str, slot: str) -> None:
    place = place_of(collection, slot)
    assert place is None
    assert refusals_to_add(place, {}, slot, media_type=PDF, count=0)
    assert refusals_to_remove(place, {}, slot)
    assert names(lambda actor: may_read_file(collection, slot, actor)) == set()
    assert names(lambda actor: may_change_files(collection, slot, {}, actor)) == set()


@pytest.mark.parametrize(
    ("media_type", "taken"), [(PHOTO, True), ("image/png", True), (PDF, False), ("application/zip", False)]
)
def test_a_photo_of_the_on_site_check_is_a_picture(media_type: str, taken: bool) -> None:
    place, record = place_of("applications", ON_SITE), {"stage": "submitted"}
    refusals = refusals_to_add(place, record, ON_SITE, media_type=media_type, count=0)
    assert [refusal.field for refusal in refusals] == ([] if taken else [ON_SITE])


def test_a_record_holds_a_hundred_files() -> None:
    place = place_of("bases", RECORD)
    assert refusals_to_add(place, {}, RECORD, media_type=PDF, count=MOST_FILES - 1) == ()
    assert refusals_to_add(place, {}, RECORD, media_type=PDF, count=MOST_FILES)
    assert refusals_to_add(place, {}, RECORD, media_type=PDF, count=MOST_FILES + 1)
    few = replace(FILE_PLACES[0], most_files=1000)
    assert refusals_to_add(few, {}, RECORD, media_type=PDF, count=999) == ()
    assert refusals_to_add(few, {}, RECORD, media_type=PDF, count=int("1000"))


def test_whoever_may_add_to_a_place_may_also_write_and_read_there() -> None:
    for place in FILE_PLACES:
        for actor in NAMES.values():
            if actor.may(place.add) or actor.may(place.remove):
                assert actor.may(Permission.WRITE)
                assert place.read.include(actor)


@pytest.mark.parametrize(
    ("add", "remove", "changing"),
    [
        (Permission.WRITE, Permission.WRITE, CLERKS),
        (Permission.WRITE, Permission.DECIDE_APPLICATIONS, {"city"}),
        (Permission.DECIDE_APPLICATIONS, Permission.WRITE, {"city"}),
        (Permission.MANAGE_OFFICE, Permission.WRITE, set()),
        (Permission.WRITE, Permission.MANAGE_OFFICE, set()),
    ],
)
def test_whoever_changes_files_may_add_and_remove_them(
    add: Permission, remove: Permission, changing: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = replace(FILE_PLACES[0], open_while=None, add=add, remove=remove)
    monkeypatch.setattr("schema.file_places._BY_SLOT", {("things", RECORD): place})
    assert names(lambda actor: may_change_files("things", RECORD, {}, actor)) == changing
