"""Rounds: what of one may change once experts have scored in it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rules.applications import Stage
from rules.errors import NotAllowed, Refused, Stale
from services.applications.rounds import read_round, save_round
from tests.round_driver import CITY, drive, make_base, make_round, stored
from tests.services.applications.acts_of_a_round import SHEN, SHEN_CLERK

pytestmark = pytest.mark.usefixtures("db")


def test_a_scored_rounds_sheet_can_no_longer_be_changed() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.SCORED)
    kept = read_round(stored(application)["round"])
    other = replace(kept.sheet, dimensions=kept.sheet.dimensions[::-1])
    assert kept.id is not None
    with pytest.raises(Refused, match="can no longer be changed"):
        save_round(
            replace(kept, sheet=other),
            round_id=kept.id,
            version=kept.version,
            actor=CITY,
            now=datetime.now(UTC),
        )
    save_round(
        replace(kept, name="改名"), round_id=kept.id, version=kept.version, actor=CITY, now=datetime.now(UTC)
    )
    with pytest.raises(Stale):
        save_round(
            replace(kept, name="又改"),
            round_id=kept.id,
            version=kept.version,
            actor=CITY,
            now=datetime.now(UTC),
        )
    with pytest.raises(NotAllowed):
        save_round(kept, actor=SHEN_CLERK, now=datetime.now(UTC))
