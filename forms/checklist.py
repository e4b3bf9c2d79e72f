"""What is typed into the checklist of Art. 6: for each condition what was found, a remark, and the evidence ticked."""

from bson import ObjectId
from werkzeug.datastructures import MultiDict

from rules.assessment.checklist import CheckState, Condition
from services.assessment.checklist import Item


def read_items(typed: MultiDict[str, str]) -> dict[Condition, Item]:
    """Return an item for each condition; a state that is none is "not checked yet", an id that is none is left out."""
    return {condition: _item(condition.value, typed) for condition in Condition}


def _item(name: str, typed: MultiDict[str, str]) -> Item:
    states = {state.value: state for state in CheckState}
    ticked = [ObjectId(text) for text in typed.getlist(f"files-{name}") if ObjectId.is_valid(text)]
    return Item(
        states.get(typed.get(f"state-{name}", ""), CheckState.UNKNOWN),
        typed.get(f"remark-{name}", "").replace("\r\n", "\n").strip(),
        tuple(dict.fromkeys(ticked)),
    )
