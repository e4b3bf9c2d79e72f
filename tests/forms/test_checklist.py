"""What is typed into the checklist of Art. 6: read whole, and nonsense left out."""

import pytest
from bson import ObjectId
from werkzeug.datastructures import MultiDict

from forms.checklist import read_items
from rules.assessment.checklist import CheckState, Condition
from services.assessment.checklist import Item

FILE, OTHER = ObjectId("507f1f77bcf86cd799439011"), ObjectId("507f1f77bcf86cd799439012")


@pytest.mark.parametrize(
    ("typed", "item"),
    [
        ([], Item()),
        ([("state-plan", "met")], Item(CheckState.MET)),
        (
            [("state-plan", "not-met"), ("remark-plan", " 缺少\r\n规划 ")],
            Item(CheckState.NOT_MET, "缺少\n规划"),
        ),
        ([("state-plan", "perhaps")], Item()),
        ([("files-plan", str(OTHER)), ("files-plan", str(FILE))], Item(files=(OTHER, FILE))),
        ([("files-plan", str(FILE)), ("files-plan", str(FILE)), ("files-plan", "x")], Item(files=(FILE,))),
        ([("state-premises", "met")], Item()),  # another condition's
    ],
)
def test_a_condition_holds_what_was_typed_of_it(typed: list[tuple[str, str]], item: Item) -> None:
    items = read_items(MultiDict(typed))
    assert list(items) == list(Condition)
    assert items[Condition.PLAN] == item
