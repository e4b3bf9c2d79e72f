"""Letters of recommendation: of one county, under a number of their own."""

from datetime import date, timedelta
from typing import Any

import pytest

from documents.applications.letter import Letter
from rules.applications import Stage
from rules.errors import Missing, Refused
from services.applications.recommendation import LetterDraft, preview_letter, recommend
from tests.round_driver import (
    CITY,
    RECOMMENDED,
    drive,
    make_base,
    make_renewable,
    make_round,
    moment,
    stored,
    versions_of,
)
from tests.services.applications.acts_of_a_round import GUAN, GUAN_CLERK, SHEN, SHEN_CLERK, base_of

pytestmark = pytest.mark.usefixtures("db")


def test_a_letter_recommends_one_county_under_a_number_of_its_own() -> None:
    one = make_round()
    here = drive(make_base(GUAN, "冠园"), one, to=Stage.REVIEWED)
    there = drive(make_base(SHEN, "莘园"), one, to=Stage.REVIEWED)
    draft = LetterDraft(one, "冠工信字〔2026〕1号", RECOMMENDED)
    with pytest.raises(Refused, match="one county"):
        recommend(draft, versions_of([here, there]), actor=CITY, now=moment(RECOMMENDED), today=RECOMMENDED)
    for dated in (RECOMMENDED + timedelta(days=1), date(2026, 3, 4)):  # in the future; before the review
        with pytest.raises(Refused):
            preview_letter(
                LetterDraft(one, "冠工信字〔2026〕1号", dated), [here], actor=CITY, today=RECOMMENDED
            )
    text = preview_letter(draft, [here], actor=GUAN_CLERK, today=RECOMMENDED)
    letter = recommend(
        draft, versions_of([here]), actor=GUAN_CLERK, now=moment(RECOMMENDED), today=RECOMMENDED
    )
    assert Letter.read(letter, GUAN_CLERK)["text"] == text.stored(), "what was previewed is what is kept"
    with pytest.raises(Missing):
        Letter.read(letter, SHEN_CLERK)
    with pytest.raises(Refused, match="already used"):
        recommend(draft, versions_of([there]), actor=CITY, now=moment(RECOMMENDED), today=RECOMMENDED)
    assert stored(there)["stage"] == "reviewed"


def test_a_renewal_keeps_the_old_number_in_the_register_for_ever(db: Any) -> None:
    one = make_round()
    application = drive(make_renewable(SHEN, "复核园"), one, to=Stage.ANNOUNCED)
    base = base_of(application)
    old = base["earlier_terms"][0]["document_number"]
    assert db["papers"].find_one({"_id": old}) is not None
    with pytest.raises(Refused, match="already used"):
        recommend(
            LetterDraft(one, old, RECOMMENDED),
            versions_of([drive(make_base(SHEN, "丁园"), one, to=Stage.REVIEWED)]),
            actor=CITY, now=moment(RECOMMENDED), today=RECOMMENDED,
        )  # fmt: skip
