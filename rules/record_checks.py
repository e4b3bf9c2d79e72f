"""What a record may not say, whoever writes it: pure checks that answer with reasons.

Values come as a mapping of stored keys to plain values (days as `date` or `datetime`, both ordered).
"""

from collections.abc import Mapping
from typing import Any

from rules.errors import Refusal
from rules.words import N_

Values = Mapping[str, Any]


def refusals_of_base(values: Values) -> tuple[Refusal, ...]:
    """Return why a base may not be stored as it is: its title must be whole (Art. 12, 16)."""
    found: list[Refusal] = []
    titled = values.get("status") != "uncertified"
    for key, message in (
        ("announced_on", N_("A base that has or had the title needs the day of its announcement.")),
        ("document_number", N_("A base that has or had the title needs the number of its announcement.")),
    ):
        if titled and not values.get(key):
            found.append(Refusal(message, field=key))
    if not titled:
        found += [
            Refusal(
                N_("A base without the title can have no announcement: clear this, or set the status."),
                field=key,
            )
            for key in ("announced_on", "document_number", "title_first_day", "title_last_day")
            if values.get(key)
        ]
    found += _in_order(
        values, "announced_on", "title_first_day", N_("The title cannot begin before its announcement.")
    )
    found += _in_order(
        values, "title_first_day", "title_last_day", N_("The last valid day is before the first one.")
    )
    return tuple(found)  # fmt: skip


def refusals_of_company(values: Values) -> tuple[Refusal, ...]:
    """Return why a tenant company may not be stored as it is."""
    found = _in_order(values, "moved_in", "moved_out", N_("The company cannot move out before it moved in."))
    if values.get("size_override") and not values.get("size_reason"):
        found.append(Refusal(N_("Say why the computed size is not used."), field="size_reason"))
    return tuple(found)


def refusals_of_partner(values: Values) -> tuple[Refusal, ...]:
    """Return why a service partner may not be stored as it is: each cooperation must be in order."""
    found: list[Refusal] = []
    seen: set[tuple[Any, Any]] = set()
    for one in values.get("cooperations") or []:
        key = (one.get("base"), one.get("first_day"))
        if key in seen:
            found.append(
                Refusal(N_("The cooperation with %(base)s is entered twice."), {"base": one.get("base_name") or ""},
                        field="cooperations")
            )  # fmt: skip
        seen.add(key)
        if one.get("first_day") and one.get("last_day") and one["last_day"] < one["first_day"]:
            found.append(
                Refusal(N_("The cooperation with %(base)s ends before it begins."),
                        {"base": one.get("base_name") or ""}, field="cooperations")
            )  # fmt: skip
    return tuple(found)


def refusals_of_entry(values: Values) -> tuple[Refusal, ...]:
    """Return why a ledger entry may not be stored as it is (Art. 6(3)); a draft may still lack its date."""
    found: list[Refusal] = []
    if values.get("status") != "draft" and not values.get("served_on"):
        found.append(Refusal(N_("Only a draft may lack the service date."), field="served_on"))
    if values.get("fee_kind") == "free" and (values.get("fee_amount") or 0) > 0:
        found.append(Refusal(N_("A free service cannot have a fee."), field="fee_amount"))
    return tuple(found)


def _in_order(values: Values, first: str, last: str, message: str) -> list[Refusal]:
    one, other = values.get(first), values.get(last)
    return [Refusal(message, field=last)] if one and other and other < one else []
