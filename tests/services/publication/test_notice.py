"""The public notice: it runs as the rule set says, is what was previewed, or is refused."""

from datetime import date
from typing import Any

import pytest

from rules.applications import Stage
from rules.errors import Refused
from rules.publication import Contact
from services.publication.notice import NoticeDraft, open_notice, preview_notice
from tests.round_driver import (
    CITY,
    CONTACT,
    NOTICE_FIRST,
    NOTICE_LAST,
    SELECTED,
    drive,
    make_base,
    make_round,
    moment,
    stored,
    versions_of,
)
from tests.services.applications.acts_of_a_round import SHEN

pytestmark = pytest.mark.usefixtures("db")


def test_a_notice_runs_five_working_days_and_is_what_was_previewed(db: Any) -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.SELECTED)
    draft = NoticeDraft(stored(application)["round"], NOTICE_FIRST, CONTACT)
    preview = preview_notice(draft, [application], actor=CITY, today=SELECTED)
    assert (preview.first_day, preview.last_day.day) == (NOTICE_FIRST, NOTICE_LAST)
    notice = open_notice(draft, versions_of([application]), actor=CITY, now=moment(SELECTED), today=SELECTED)
    kept = db["notices"].find_one({"_id": notice})
    assert kept["text"] == preview.text.stored() and kept["last_day"].date() == NOTICE_LAST


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({"first_day": None}, "first_day"),
        ({"first_day": date(2026, 3, 12)}, "first_day"),  # before the preliminary result
        ({"working_days": 0}, "working_days"),
        ({"contact": Contact("", "a@b.cn", "聊城")}, "telephone"),
        ({"contact": Contact("0635", "a@b.cn", "聊" * 201)}, "address"),
    ],
)
def test_a_notice_out_of_order_is_refused_and_nothing_changes(
    draft: dict[str, Any], field: str, db: Any
) -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.SELECTED)
    given: dict[str, Any] = {"first_day": NOTICE_FIRST, "contact": CONTACT} | draft
    with pytest.raises(Refused) as refused:
        open_notice(NoticeDraft(stored(application)["round"], **given), versions_of([application]), actor=CITY,
                    now=moment(SELECTED), today=SELECTED)  # fmt: skip
    assert field in [one.field for one in refused.value.refusals]
    assert db["notices"].count_documents({}) == 0 and stored(application)["stage"] == "selected"
