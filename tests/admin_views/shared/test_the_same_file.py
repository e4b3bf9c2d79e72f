"""Files of records: the same one is kept once in a place, whichever form sent it again."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from bson import ObjectId

from documents.records.attachment import Attachment
from rules.applications import Stage
from schema.file_places import FILE_PLACES, RECORD, PlaceRules
from services.shared.files import add_file
from tests import round_driver as driver
from tests.office_with_cases import with_cases
from tests.office_with_reports import with_reports
from tests.office_with_round import with_round
from tests.sample_office import PDF, Office

PLACES = [
    (place, slot) for place in FILE_PLACES if place.collection != "notices" for slot in place.slots
]  # a notice gets its files as it is published


@pytest.fixture
def office_with() -> tuple[Callable[[Office], Office], ...]:
    """Name a round, reports and cases of 莘县."""
    return with_round, with_reports, with_cases


def owner(place: PlaceRules, office: Office) -> tuple[str, ObjectId]:
    """Return the collection and a record of it whose place is open."""
    made, shen = office.shen.round, office.shen
    if place.collection == "applications":
        assert place.open_while
        stage = next(stage for stage in Stage if stage.value in place.open_while.values)
        return "applications", made.at[stage]
    records: dict[str, tuple[str, ObjectId]] = {
        "*": ("bases", shen.base), "bases": ("bases", shen.base), "objections": ("objections", made.objection),
        "decisions": ("decisions", shen.cases.open), "annual_reports": ("annual_reports", shen.reports.report),
        "county_reports": ("county_reports", shen.reports.county),
        "change_filings": ("change_filings", shen.reports.filing),
        "upward_recommendations": ("upward_recommendations", shen.reports.upward),
    }  # fmt: skip
    return records[place.collection]


@pytest.mark.parametrize(
    ("place", "slot"), PLACES, ids=lambda part: getattr(part, "collection", part) or RECORD
)
def test_the_same_file_sent_again_is_the_one_that_stands_there(
    place: PlaceRules, slot: str, office: Office, db: Any
) -> None:
    collection, record = owner(place, office)
    content = driver.PNG if place.media_types else PDF
    count, stored = Attachment.objects.count(), db["files.files"].count_documents({})

    def add(name: str, data: bytes) -> ObjectId:
        return add_file(
            collection, record, name, BytesIO(data), slot=slot, actor=driver.CITY, now=driver.moment(driver.ANNOUNCED)
        )  # fmt: skip

    ending = "png" if place.media_types else "pdf"
    first = add(f"材料.{ending}", content + b"1")
    assert add(f"材料.{ending}", content + b"1") == first
    assert Attachment.objects.count() == count + 1
    assert db["files.files"].count_documents({}) == stored + 1
    assert add(f"材料.{ending}", content + b"2") != first  # another content of that name
    assert add(f"附件.{ending}", content + b"1") != first  # and another name
    assert Attachment.objects.count() == count + 3
