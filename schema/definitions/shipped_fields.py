"""What an office changes of the fields that ship: names, places, whether one is asked or hidden, who sees it.

A change is kept as an `OwnField` of the kind `SHIPPED` under the field's own key, with what is to be otherwise; what
is blank stays as it ships. Keys, kinds and limits never change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rules.access import Role
from rules.errors import Refusal
from rules.words import N_
from schema.collection import Collection
from schema.definitions.needed_fields import may_be_required, why_needed, why_seen_by_all
from schema.definitions.own_fields import NO_SECTION, OwnField, OwnKind, is_change, refusals_of_own_field
from schema.field import Field

NO_FIELD = N_("No field “%(key)s” comes with this program.")
STAYS = N_("This field stays: %(reason)s")
SEEN_BY_ALL = N_("Everyone who may see the record sees this field: %(reason)s")
CHANGED_BY_ALL = N_("Everyone who may change the record changes this field: %(reason)s")
MAY_BE_BLANK = N_("This field is rightly blank in some records, so that it cannot be asked of all.")
LAST = 99  # the place of a field that came from another section: behind those of its new one


def own_label(field: Field) -> str:
    """Return what a field that ships is called in Chinese, without the unit of its heading."""
    head, bracket, _ = field.heading.partition("（")
    return head if bracket and field.unit else field.heading


def with_changes(shipped: Collection, changes: Iterable[OwnField]) -> Collection:
    """Return a collection with what an office has changed of its fields."""
    by_key = {one.key: one for one in changes if is_change(one) and one.key in shipped.by_key}
    if not by_key:
        return shipped
    sections = {section.key for section in shipped.sections}
    fields = (
        _changed(one, by_key[one.key], sections) if one.key in by_key else one for one in shipped.fields
    )
    return replace(shipped, fields=tuple(fields))


def _changed(field: Field, change: OwnField, sections: set[str]) -> Field:
    section = change.section if change.section in sections and field.section else field.section
    changed = replace(
        field,
        help=change.help or field.help,
        section=section,
        form_order=change.order or field.form_order,
        required=field.required or change.required,
        aliases=(*field.aliases, *change.aliases),
        changed_by=frozenset(Role) - set(change.unchanged_by) if change.unchanged_by else field.changed_by,
    )
    if change.unseen_by:
        # What some may not see is not found by the search, and is nobody's outside.
        changed = replace(changed, seen_by=frozenset(Role) - set(change.unseen_by), search=None, public=False)
    if change.label:
        unit = field.heading[len(own_label(field)) :]
        changed = replace(
            changed, label=change.label, form_label="", heading=f"{change.label}{unit}",
            aliases=(*changed.aliases, field.heading),
        )  # fmt: skip
    if change.hidden:
        changed = replace(
            changed, section="", listed=0, filter=0, search=None, exported=False, imported=False, required=False,
            public=False,
        )  # fmt: skip
    return changed


def unchanged(collection: str, key: str) -> OwnField:
    """Return the change of a field of which nothing is changed."""
    return OwnField(collection, key, OwnKind.SHIPPED, "", section="")


def refusals_of_shipped_field(
    change: OwnField, shipped: Collection, others: Sequence[OwnField]
) -> tuple[Refusal, ...]:
    """Return why a field that ships may not be changed so; `others` are the other fields and changes of an office."""
    field = shipped.by_key.get(change.key)
    if field is None:
        return (Refusal(NO_FIELD, {"key": change.key}),)
    reasons = list(refusals_of_own_field(change, shipped, others))
    if change.section and (not field.section or change.section not in {one.key for one in shipped.sections}):
        reasons.append(Refusal(NO_SECTION, field="section"))
    if change.hidden and (needed := why_needed(shipped.name, change.key)):
        reasons.append(Refusal(STAYS, {"reason": Refusal(needed.why)}, "hidden"))
    if change.unseen_by and (needed := why_seen_by_all(shipped.name, change.key)):
        reasons.append(Refusal(SEEN_BY_ALL, {"reason": Refusal(needed.why)}))
    if change.unchanged_by and (needed := why_needed(shipped.name, change.key)):
        reasons.append(Refusal(CHANGED_BY_ALL, {"reason": Refusal(needed.why)}))
    if change.required and not may_be_required(shipped, field):
        reasons.append(Refusal(MAY_BE_BLANK, field="required"))
    return tuple(reasons)
