"""A change of what an own field holds: which kinds may follow which, and how a field of another kind takes its place.

A key holds values of one kind for ever: the trail, the recycle bin and earlier versions speak of it. So a field whose
kind changes is followed by another one under a key of its own, which takes its values, its name and its place.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

from rules.errors import Refused
from rules.words import N_
from schema.definitions.own_fields import LISTS, NUMBERS, TEXTS, OwnField, OwnKind

_FROM_TEXT = TEXTS | NUMBERS | LISTS | {OwnKind.DATE, OwnKind.MOMENT, OwnKind.YES_NO, OwnKind.COUNTY}
# What a field of each kind may hold afterwards; what is not here is no other kind's: a formula, a record's file.
POSSIBLE: Mapping[OwnKind, frozenset[OwnKind]] = MappingProxyType(
    {
        **{kind: _FROM_TEXT - {kind} for kind in TEXTS},
        OwnKind.INTEGER: frozenset(
            {OwnKind.DECIMAL, OwnKind.PERCENT, OwnKind.TEXT, OwnKind.CODE, OwnKind.CHOICE}
        ),
        OwnKind.DECIMAL: frozenset({OwnKind.INTEGER, OwnKind.PERCENT, OwnKind.TEXT}),
        OwnKind.PERCENT: frozenset({OwnKind.INTEGER, OwnKind.DECIMAL, OwnKind.TEXT}),
        OwnKind.DATE: frozenset({OwnKind.TEXT}),
        OwnKind.MOMENT: frozenset({OwnKind.DATE, OwnKind.TEXT}),
        OwnKind.COUNTY: frozenset({OwnKind.TEXT}),
        OwnKind.YES_NO: frozenset({OwnKind.CHOICE, OwnKind.TEXT}),
        OwnKind.CHOICE: frozenset(
            {
                OwnKind.CHOICES,
                OwnKind.TEXT,
                OwnKind.LONG_TEXT,
                OwnKind.YES_NO,
                OwnKind.INTEGER,
                OwnKind.DECIMAL,
            }
        ),
        OwnKind.CHOICES: frozenset({OwnKind.CHOICE, OwnKind.TEXT, OwnKind.LONG_TEXT}),
        OwnKind.REFERENCE: frozenset({OwnKind.TEXT}),
        OwnKind.REFERENCES: frozenset({OwnKind.LONG_TEXT}),
    }
)
# Kinds whose filters mean the same, so that a saved view's stays.
_SAME_FILTERS = (NUMBERS, TEXTS, LISTS)

NOT_POSSIBLE = N_("A field that holds “%(before)s” cannot become one of “%(after)s”.")
PERSONAL = N_("A personal field may only become another kind of text: its values are masked as texts are.")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_ARGUMENTS = ("", "_from", "_to", "_least", "_most", "_min", "_max")


def possible_kinds(own: OwnField) -> tuple[OwnKind, ...]:
    """Return the kinds that a field may have afterwards, in their usual order."""
    possible = POSSIBLE.get(own.kind, frozenset())
    return tuple(kind for kind in OwnKind if kind in possible and (not own.personal or kind in TEXTS))


def as_kind(own: OwnField, typed: OwnField) -> OwnField:
    """Return the field with what `typed` says of its kind: words, unit, limits, form; without a key of its own.

    Raises Refused for a kind that cannot follow.
    """
    kind = typed.kind
    if kind not in possible_kinds(own):
        if own.personal and kind in POSSIBLE.get(own.kind, frozenset()):
            raise Refused(PERSONAL)
        raise Refused(NOT_POSSIBLE, before=own.kind, after=kind)
    return replace(
        own, kind=kind, key="", words=typed.words if kind in LISTS else (), last_word=typed.last_word,
        unit=typed.unit if kind in NUMBERS - {OwnKind.PERCENT} else "",
        minimum=typed.minimum if kind in NUMBERS else None, maximum=typed.maximum if kind in NUMBERS else None,
        mask=typed.mask if kind is OwnKind.CODE else "", refers_to="", searched=own.searched and kind in TEXTS,
        formula="", gives="",
    )  # fmt: skip


def in_the_place_of(present: OwnField, other: OwnField) -> OwnField:
    """Return `other` with the name, place and rights of the field whose place it takes; what it holds stays."""
    return replace(
        present, key=other.key, kind=other.kind, words=other.words, last_word=other.last_word, unit=other.unit,
        minimum=other.minimum, maximum=other.maximum, mask=other.mask, refers_to=other.refers_to,
        searched=(present.searched or other.searched) and other.kind in TEXTS and not present.unseen_by,
        follows=other.follows, replaced=False, changing="", formula="", gives="",
    )  # fmt: skip


def with_key(formula: str, old: str, new: str) -> str:
    """Return a stored formula that names a field by another key; what stands in quotation marks stays."""
    name = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(old)}(?![A-Za-z0-9_])")
    parts, last = [], 0
    for text in _TEXT.finditer(formula):
        parts += [name.sub(new, formula[last : text.start()]), text.group()]
        last = text.end()
    return "".join((*parts, name.sub(new, formula[last:])))


def query_of(query: str, before: OwnField, after: OwnField) -> tuple[str, bool]:
    """Return a saved view's query with a field's new key, and whether a filter was left out that means nothing now."""
    sign = "?" if query.startswith("?") else ""
    same = any(before.kind in kinds and after.kind in kinds for kinds in _SAME_FILTERS)
    filters = {before.key + end: after.key + end for end in _ARGUMENTS}
    found, is_lost = [], False
    for name, value in parse_qsl(query.removeprefix("?"), keep_blank_values=True):
        if name in ("columns", "sort") and value.removeprefix("-") == before.key:
            found.append((name, value.replace(before.key, after.key)))
        elif name not in filters:
            found.append((name, value))
        elif same:
            found.append((filters[name], value))
        else:
            is_lost = True
    changed = urlencode(found)
    unchanged = not is_lost and before.key not in query
    return (query, False) if unchanged else (sign + changed if changed else "", is_lost)
