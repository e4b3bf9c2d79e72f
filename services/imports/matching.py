"""Which record a row of an import is: by its mark, by its code, by name and place, or likely – and then it is asked.

Pure: the candidates are given. A row never becomes another record's for its code alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules.choices import plain
from rules.errors import Refusal
from rules.likeness.company import Company
from rules.likeness.verdict import reasons_to_be_one
from rules.words import N_
from schema.collection import Collection
from schema.values import stored

Raw = dict[str, Any]


class Question(StrEnum):
    """What only a clerk can say of a row."""

    OTHER_NAME = "other-name"  # its code belongs to a record of another name and place
    OTHER_CODE = "other-code"  # a record of this name and place has another code
    ALIKE = "alike"  # a record is likely the same
    REPLACED = "replaced"  # it was exported as another record than it says now


SENTENCES: Mapping[Question, tuple[str, str]] = {
    Question.OTHER_NAME: (
        "code", N_("The code %(code)s belongs to %(label)s%(place)s. Is this row the same under a new name?"),
    ),
    Question.OTHER_CODE: (
        "code", N_("%(label)s%(place)s is on record under the code %(code)s. Is the code to be corrected?"),
    ),
    Question.ALIKE: ("name", N_("%(label)s%(place)s (%(code)s) is likely the same. Is it?")),
    Question.REPLACED: (
        "name", N_("This row was exported as %(label)s%(place)s (%(code)s). Is it still the same?"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a record apart, of a row or as stored; "" or None where a row does not say it.

    `place` is the base of a company, the county of a base, and nothing for what has none.
    """

    code: str = ""
    name: str = ""
    place: Any = None
    person: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The stored records that a row may be; `marked` is the one that its mark names."""

    marked: Raw | None = None
    by_code: Raw | None = None
    by_name: Sequence[Raw] = ()
    alike: Sequence[Raw] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """The record that a row is (None: a new one), and what has to be asked before."""

    record: Raw | None = None
    question: Question | None = None


def match_of(row: Identity, found: Candidates, declaration: Collection) -> Match:
    """Return which of the candidates a row is."""
    if found.marked is not None:
        replaced = _is_replaced(row, identity_of(declaration, found.marked), found, declaration)
        return Match(found.marked, Question.REPLACED if replaced else None)
    if found.by_code is not None:
        other = is_another(row, identity_of(declaration, found.by_code), _former(found.by_code))
        return Match(found.by_code, Question.OTHER_NAME if other else None)
    if len(found.by_name) == 1:
        record = found.by_name[0]
        return Match(record, Question.OTHER_CODE if row.code else None)
    likely = found.by_name or found.alike
    if likely:
        return Match(likely[0], Question.ALIKE)
    return Match()


def is_another(row: Identity, record: Identity, former: Iterable[str] = ()) -> bool:
    """Tell whether a row with the code of a record says another name and another place than it."""
    if not row.name or plain(row.name) in {plain(record.name), *map(plain, former)}:
        return False
    if row.place is not None:
        return bool(row.place != record.place)
    return not _alike_names(row, record)


def are_alike(row: Identity, record: Identity) -> bool:
    """Tell whether a row and a record of one place are likely the same although their codes differ."""
    return bool(reasons_to_be_one(_company(row, "row"), _company(record, "record")))


def _is_replaced(row: Identity, record: Identity, found: Candidates, declaration: Collection) -> bool:
    """Tell whether a marked row says neither the code nor the name of its record any more."""
    if not declaration.matched_by_code:
        return False
    if not row.code or row.code == record.code or not row.name or plain(row.name) == plain(record.name):
        return False
    return not are_alike(row, record)


def _alike_names(row: Identity, record: Identity) -> bool:
    return bool(
        reasons_to_be_one(Company("row", row.name, row.code), Company("record", record.name, row.code))
    )


def _company(identity: Identity, key: str) -> Company:
    return Company(
        key, identity.name, identity.code, str(identity.place or ""), identity.person, identity.phone
    )


def identity_of(declaration: Collection, values: Mapping[str, Any]) -> Identity:
    """Return what tells a record apart, of its values as a row has them or as they are stored."""
    place = values.get(declaration.place_key) if declaration.place_key else None
    return Identity(
        code=str(values.get(declaration.identity[0]) or "") if declaration.matched_by_code else "",
        name=str(values.get("name") or ""),
        place=place,
        person=str(values.get("legal_representative") or ""),
        phone=str(values.get("phone") or ""),
    )


def _former(record: Raw) -> Sequence[str]:
    return list(record.get("former_names") or ())


def question_about(
    declaration: Collection, question: Question, record: Raw, place: str = ""
) -> tuple[Refusal, ...]:
    """Return a question as it is told of a row; `place` is the name of the record's base or county."""
    column, sentence = SENTENCES[question]
    key = declaration.identity[0] if column == "code" else "name"
    params = {
        "label": str(record.get("name") or ""), "code": str(record.get(declaration.identity[0]) or ""),
        "place": f"（{place}）" if place else "",
    }  # fmt: skip
    return (Refusal(sentence, params, field=key),)


def says_nothing_new(declaration: Collection, values: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Tell whether the stored record has all these values already, as far as a workbook can say them."""
    return not differing_keys(declaration, values, before)


def differing_keys(
    declaration: Collection, values: Mapping[str, Any], before: Mapping[str, Any]
) -> list[str]:
    """Return the keys whose value in the row is another one than the stored record's."""
    comparable = declaration.hooks.comparable
    return [
        key
        for key, value in values.items()
        if comparable(key, stored(value)) != comparable(key, before.get(key))
    ]
