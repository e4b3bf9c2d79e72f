"""Conditions while they are put together: what the form holds, in whatever state it is.

Each part has its place: "0" is the outermost group, "0-2" its third part. The form sends `mode.PLACE` of a group, and
`field.PLACE`, `how.PLACE` and `value.PLACE` of a comparison.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from werkzeug.datastructures import MultiDict

from office.excel.cells import parse
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.field import Field, Kind
from schema.narrowing.address import comparison, text_of
from schema.narrowing.operators import OPERATORS, Family, family_of, operator_of
from schema.narrowing.tree import MOST_COMPARISONS, MOST_DEPTH, Comparison, Group

_PLACE = re.compile(r"0(-[0-9]{1,2}){0,3}")
CHOOSE_FIELD = N_("Choose a field.")


@dataclass(frozen=True)
class DraftRow:
    """One comparison as it was typed; `problem` says what is wrong with it."""

    place: str
    field: str = ""
    how: str = ""
    values: tuple[str, ...] = ()
    problem: Refusal | None = None


@dataclass(frozen=True)
class DraftGroup:
    """A group as it was put together."""

    place: str
    any_of: bool = False
    parts: "tuple[DraftRow | DraftGroup, ...]" = ()

    @property
    def depth(self) -> int:
        """How deep it lies; 1 for the outermost."""
        return self.place.count("-") + 1

    @property
    def may_hold_groups(self) -> bool:
        """Whether another group may stand in it."""
        return self.depth < MOST_DEPTH

    @property
    def count(self) -> int:
        """How many comparisons it holds."""
        return sum(part.count if isinstance(part, DraftGroup) else 1 for part in self.parts)


def draft_of(group: Group | None, place: str = "0") -> DraftGroup:
    """Return the draft of conditions that were asked for; of none, one with a single empty row."""
    if group is None:
        return DraftGroup("0", parts=(DraftRow("0-0"),))
    parts = tuple(
        draft_of(part, f"{place}-{number}")
        if isinstance(part, Group)
        else DraftRow(
            f"{place}-{number}", part.field.key, part.operator.name, tuple(map(text_of, part.values))
        )
        for number, part in enumerate(group.parts)
    )
    return DraftGroup(place, group.any_of, parts)


def draft_sent(args: MultiDict[str, str]) -> DraftGroup | None:
    """Return the draft that a form sent; None where it sent none."""
    places = {name.partition(".")[2] for name in args if name.startswith(("mode.", "field."))}
    held = sorted((place for place in places if _PLACE.fullmatch(place)), key=_in_order)
    if "mode.0" not in args:
        return None
    return _group_sent("0", held, args)


def _in_order(place: str) -> tuple[int, ...]:
    return tuple(map(int, place.split("-")))


def _group_sent(place: str, held: list[str], args: MultiDict[str, str]) -> DraftGroup:
    parts: list[DraftRow | DraftGroup] = []
    for inner in held:
        if inner.rpartition("-")[0] != place or len(parts) > MOST_COMPARISONS:
            continue
        if f"mode.{inner}" in args:
            if inner.count("-") < MOST_DEPTH:
                parts.append(_group_sent(inner, held, args))
        else:
            values = tuple(text[:200] for text in args.getlist(f"value.{inner}")[:50])
            parts.append(
                DraftRow(inner, args[f"field.{inner}"][:80], args.get(f"how.{inner}", "")[:20], values)
            )
    return DraftGroup(place, args.get(f"mode.{place}") == "any", tuple(parts))


def acted(draft: DraftGroup, act: str) -> tuple[DraftGroup, str]:
    """Return the draft after a button was pressed (`row.PLACE`, `group.PLACE`, `drop.PLACE`), and the place to go on.

    A button that makes no sense, or would go beyond the bounds, changes nothing.
    """
    what, _, place = act.partition(".")
    if what == "drop":
        left = _without(draft, place)
        return _numbered(left), place.rpartition("-")[0] or "0"
    if what not in ("row", "group") or draft.count >= MOST_COMPARISONS:
        return draft, ""
    more = _with(draft, place, DraftGroup("", parts=(DraftRow(""),)) if what == "group" else DraftRow(""))
    numbered = _numbered(more)
    group = _at(numbered, place)
    return numbered, group.parts[-1].place if group and group.parts else ""


def _at(draft: DraftGroup, place: str) -> DraftGroup | None:
    if draft.place == place:
        return draft
    inner = (_at(part, place) for part in draft.parts if isinstance(part, DraftGroup))
    return next((one for one in inner if one), None)


def _with(draft: DraftGroup, place: str, more: DraftRow | DraftGroup) -> DraftGroup:
    if draft.place == place:
        fits = isinstance(more, DraftRow) or draft.may_hold_groups
        return replace(draft, parts=(*draft.parts, more)) if fits else draft
    parts = tuple(_with(part, place, more) if isinstance(part, DraftGroup) else part for part in draft.parts)
    return replace(draft, parts=parts)


def _without(draft: DraftGroup, place: str) -> DraftGroup:
    parts = tuple(
        _without(part, place) if isinstance(part, DraftGroup) else part
        for part in draft.parts
        if part.place != place
    )
    return replace(draft, parts=parts)


def _numbered(draft: DraftGroup, place: str = "0") -> DraftGroup:
    """Return the draft with its parts counted anew; a group with nothing in it is none."""
    kept = [part for part in draft.parts if isinstance(part, DraftRow) or part.parts]
    parts = tuple(
        _numbered(part, f"{place}-{number}")
        if isinstance(part, DraftGroup)
        else replace(part, place=f"{place}-{number}")
        for number, part in enumerate(kept)
    )
    return replace(draft, place=place, parts=parts)


def fitted(draft: DraftGroup, fields: Mapping[str, Field]) -> DraftGroup:
    """Return the draft with the first operator of each row whose field has not the one that was chosen before."""
    parts: list[DraftRow | DraftGroup] = []
    for part in draft.parts:
        if isinstance(part, DraftGroup):
            parts.append(fitted(part, fields))
            continue
        named = fields.get(part.field)
        if named is not None and operator_of(named, part.how) is None:
            part = replace(part, how=OPERATORS[family_of(named)][0].name, values=())
        parts.append(part)
    return replace(draft, parts=tuple(parts))


@dataclass
class _Reading:
    fields: Mapping[str, Field]
    faults: dict[str, Refusal] = field(default_factory=dict)

    def group(self, draft: DraftGroup) -> Group | None:
        parts = [
            self.group(part) if isinstance(part, DraftGroup) else self.row(part)
            for part in draft.parts
            if isinstance(part, DraftGroup) or part.field or any(part.values)
        ]
        kept = tuple(part for part in parts if part is not None)
        return Group(kept, draft.any_of) if kept else None

    def row(self, row: DraftRow) -> Comparison | None:
        named = self.fields.get(row.field)
        try:
            if named is None:
                raise Refused(Refusal(CHOOSE_FIELD))
            return comparison(named, row.how, _written_out(named, row))
        except Refused as problem:
            self.faults[row.place] = problem.refusals[0]
            return None


def read_draft(draft: DraftGroup, fields: Mapping[str, Field]) -> tuple[Group | None, DraftGroup]:
    """Return the conditions of a draft (None: there are none), and the draft with what is wrong beside its rows."""
    reading = _Reading(fields)
    group = reading.group(draft)
    return (None if reading.faults else group), _marked(draft, reading.faults)


def faults_of(draft: DraftGroup) -> bool:
    """Tell whether a row of the draft has something wrong with it."""
    return any(faults_of(part) if isinstance(part, DraftGroup) else part.problem for part in draft.parts)


def _marked(draft: DraftGroup, faults: Mapping[str, Refusal]) -> DraftGroup:
    parts = tuple(
        _marked(part, faults)
        if isinstance(part, DraftGroup)
        else replace(part, problem=faults.get(part.place))
        for part in draft.parts
    )
    return replace(draft, parts=parts)


_DAY = Field("day", "", "", Kind.DATE)


def _written_out(named: Field, row: DraftRow) -> tuple[str, ...]:
    """Return what was typed with days as addresses have them."""
    how = operator_of(named, row.how)
    if family_of(named) is not Family.DAY or how is None or how.takes:
        return row.values
    return tuple(map(_day, row.values))


def _day(text: str) -> str:
    try:
        found = parse(_DAY, text.strip()[:40])
    except Refused:
        return text
    if found is None:
        return ""
    return (found.date() if isinstance(found, datetime) else found).isoformat()
