"""Conditions of a list in words: 从业人员 不少于 20，且（状态 属于 在驻 或 …）."""

from collections.abc import Mapping

from bson import ObjectId

from admin_views.shared.cells import words_of
from admin_views.shared.list_query import Conditions
from admin_views.shared.translation import gettext
from documents.records.office_state import OfficeState
from forms.sentences import sentence
from rules.words import N_
from schema.field import Field, Kind
from schema.narrowing.address import text_of
from schema.narrowing.operators import Family, family_of
from schema.narrowing.tree import Comparison, Group


def words_of_field(field: Field, state: OfficeState, collection: str) -> Mapping[str, str]:
    """Return the words that a field may be compared with, by what addresses have for them."""
    if field.kind is Kind.STATUS:
        return state.status_labels(collection)
    if field.kind is Kind.COUNTY:
        return {code: short for code, _, short in state.counties}
    if field.kind is Kind.YES_NO:
        return {"yes": gettext(N_("Yes")), "no": gettext(N_("No"))}
    return words_of(field.choices) if field.choices else {}


def compared_records(conditions: Conditions | None) -> dict[str, list[ObjectId]]:
    """Return the records that conditions name, by collection."""
    found: dict[str, list[ObjectId]] = {}
    for one in conditions.group.comparisons() if conditions and conditions.group else ():
        if family_of(one.field) is Family.RECORD and one.operator.name in ("in", "out"):
            found.setdefault(one.field.refers_to, []).extend(ObjectId(str(value)) for value in one.values)
    return found


def said_conditions(conditions: Conditions | None, state: OfficeState, collection: str) -> str:
    """Return conditions in words; "" for none."""
    if conditions is None:
        return ""
    if conditions.group is None:
        return sentence(conditions.fault) if conditions.fault else ""
    return _group(conditions.group, state, collection)


def _group(group: Group, state: OfficeState, collection: str) -> str:
    parts = [
        f"（{_group(part, state, collection)}）" if isinstance(part, Group) else _one(part, state, collection)
        for part in group.parts
    ]
    joined_by = gettext(N_("or")) if group.any_of else gettext(N_("and"))
    return f" {joined_by} ".join(parts)


def _one(one: Comparison, state: OfficeState, collection: str) -> str:
    words = words_of_field(one.field, state, collection)
    texts = map(text_of, one.values)
    values = [words.get(text, state.named.get(text, text)) for text in texts]
    label, how = gettext(one.field.label), gettext(one.operator.label)
    if "…" in how and values:
        return f"{label} {how.replace('…', values[0])}"
    between = " – " if one.operator.name == "between" else "、"
    return f"{label} {how} {between.join(values)}".strip()
