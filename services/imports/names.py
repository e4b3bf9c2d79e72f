"""Find bases, partners and statuses by what a workbook calls them, within the actor's scope.

Read once at the start of an import; the transactions that write check the ids again.
"""

import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Any, Never

from bson import ObjectId

from documents.kinds import RECORDS
from documents.records.status import Status
from rules.access import Actor
from rules.choices import plain
from rules.counties import office_counties
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.collection import Collection
from schema.field import MOST_REFERRED
from schema.values import TOO_MANY_REFERRED

_PARTING = re.compile(r"([、;；\n])")
_MOST_SIGNS = 9  # parts of a name that has such signs in it, and the signs between them
_MOST_REASONS = 10  # names of one cell that are told


@dataclass(frozen=True)
class _Named:
    """A record as it is looked up: its id and the counties it belongs to."""

    id: ObjectId
    counties: tuple[str, ...]


def without_county(key: str) -> tuple[str | None, str]:
    """Return the county that a compared name begins with and the rest of the name; None and the name if none."""
    bare = key.removeprefix("山东省").removeprefix("聊城市")
    for prefix, code in office_counties().prefixes:
        if bare.startswith(prefix) and len(bare) > len(prefix):
            return code, bare[len(prefix) :]
    return None, bare or key


def _number_in(text: str) -> str:
    """Return the number that a text begins with, as `referred_as` writes it."""
    return text.strip().partition(" ")[0].upper()


class RecordNames:
    """The records of a collection in the actor's scope by what workbooks call them.

    By their names; where the declaration says so, also by former names and by names without the county before them;
    by the codes that tell them apart. What is one record's name and another's code is refused: which, nobody can tell.
    """

    def __init__(self, declaration: Collection, actor: Actor) -> None:
        """Read them in one command."""
        self._declaration = declaration
        self._nobody = frozenset(plain(word) for word in declaration.nobody)
        self._exact: dict[str, list[_Named]] = {}
        self._former: dict[str, list[_Named]] = {}
        self._short: dict[str, list[_Named]] = {}
        self._coded: dict[str, list[_Named]] = {}
        self._unsigned: dict[str, list[_Named]] = {}
        document, codes = RECORDS[declaration.name], [field.key for field in declaration.codes]
        keys = [*codes, *document.reference_keys(), document.county_key or "county", "former_names"]
        self._records = document.objects.visible_to(actor)
        self._numbered: dict[str, ObjectId | None] = {}
        if (
            declaration.number_key
        ):  # as many as the ledger has are not read ahead: each is asked for by its number
            return
        for row in self._records.rows(keys, [("_id", 1)]):
            named = _Named(row["_id"], tuple(document.counties_of(row)))
            key = plain(document.label_of(row))
            for word in {key, plain(document.reference_name(row))}:
                self._exact.setdefault(word, []).append(named)
            for word in {_without_signs(key)} - {""}:
                self._unsigned.setdefault(word, []).append(named)
            for code in {plain(str(row[code])) for code in codes if row.get(code)}:
                self._coded.setdefault(code, []).append(named)
            if declaration.named_by_county:
                self._short.setdefault(without_county(key)[1], []).append(named)
                for former in {plain(name) for name in row.get("former_names", [])} - {key}:
                    self._former.setdefault(former, []).append(named)

    def find(self, text: str, field: str) -> ObjectId | None:
        """Return the record that `text` names, None for nobody. Refused when none does, or more than one."""
        if self._declaration.number_key:
            return self._of_number(text, field)
        key = plain(text)
        coded, exact = self._coded.get(key, []), self._exact.get(key, [])
        if exact and {one.id for one in coded} - {one.id for one in exact}:
            _refuse(_NAME_AND_CODE, field, value=text)
        for records in (
            exact,
            coded,
            self._former.get(key),
            self._without_county(key),
            self._without_signs(key),
        ):
            if records and len(records) == 1:
                return records[0].id
            if records:
                known = office_counties().by_code
                counties = "、".join(
                    known[code].name for record in records for code in record.counties if code in known
                )
                if records is coded:
                    _refuse(_SHARED_CODE, field, value=text)
                _refuse(self._declaration.ambiguous_name or _AMBIGUOUS, field, value=text, counties=counties)
        if key in self._nobody:
            return None
        _refuse(self._declaration.unknown_name or _UNKNOWN, field, value=text)

    def find_all(self, text: str, field: str) -> list[ObjectId] | None:
        """Return the records that `text` names, parted by 、 or ；, each once; None for nobody.

        A name that has such a sign in it is known whole. Refused with a sentence for each that none, or more than one,
        is called, and where they are more than a list holds.
        """
        parts = _PARTING.split(text)  # the parts, with what stands between them
        if self._declaration.number_key:
            self._read_numbers({_number_in(part) for part in parts[::2]} - {""}, field)
        found: dict[ObjectId, None] = {}
        reasons: list[Refusal] = []
        start = 0
        while start < len(parts):
            end = next(
                (last for last in range(min(len(parts), start + _MOST_SIGNS), start, -2)
                 if self._knows("".join(parts[start:last]))),
                start + 1,
            )  # fmt: skip
            name = "".join(parts[start:end]).strip()
            start = end + 1
            if not name:
                continue
            try:
                record = self.find(name, field)
            except Refused as refused:
                reasons += refused.refusals
            else:
                found |= {record: None} if record is not None else {}
        if not reasons and len(found) > MOST_REFERRED:
            reasons = [Refusal(TOO_MANY_REFERRED, {"most": MOST_REFERRED, "count": len(found)}, field)]
        if reasons:
            raise Refused(*reasons[:_MOST_REASONS])
        return list(found) or None

    def _of_number(self, text: str, field: str) -> ObjectId:
        """Return the one record in scope whose number a text begins with."""
        number = _number_in(text)
        self._read_numbers({number} - {""}, field)
        record = self._numbered.get(number)
        if record is None:
            _refuse(_UNKNOWN_NUMBER, field, value=text)
        return record

    def _read_numbers(self, numbers: Set[str], field: str) -> None:
        """Ask in one command for the records of those numbers that were not met before.

        Refused without asking where they are more than a list holds.
        """
        if len(numbers) > MOST_REFERRED:
            raise Refused(Refusal(TOO_MANY_REFERRED, {"most": MOST_REFERRED, "count": len(numbers)}, field))
        wanted = sorted(numbers - self._numbered.keys())
        if not wanted:
            return
        key = self._declaration.number_key
        found: dict[str, list[ObjectId]] = {}
        for row in self._records.having(key, wanted).rows(("_id", key), (("_id", 1),)):
            found.setdefault(row[key], []).append(row["_id"])
        for number in wanted:
            ids = found.get(number, ())
            self._numbered[number] = ids[0] if len(ids) == 1 else None

    def _knows(self, text: str) -> bool:
        key = plain(text)
        return bool(key) and any(key in known for known in (self._exact, self._coded, self._former))

    def _without_signs(self, key: str) -> list[_Named]:
        return self._unsigned.get(_without_signs(key), [])

    def _without_county(self, key: str) -> list[_Named]:
        if not self._declaration.named_by_county:
            return []
        county, rest = without_county(key)
        return [named for named in self._short.get(rest, []) if county is None or county in named.counties]


def _without_signs(key: str) -> str:
    """Return a compared name without its brackets, dashes and dots: 某某园（二期） is 某某园二期, M—Lab is M-Lab."""
    return "".join(sign for sign in key if sign.isalnum())


_UNKNOWN = N_("“%(value)s” is not among the records that you keep. Please compare the name with their list.")
_UNKNOWN_NUMBER = N_("“%(value)s” begins with no number of a record that you keep.")
_NAME_AND_CODE = N_(
    "“%(value)s” is the name of one record and the code of another. Please enter this row on screen."
)
_SHARED_CODE = N_("“%(value)s” is the code of several records. Please give the name.")
_AMBIGUOUS = N_("“%(value)s” is the name of several records. Please enter this row on screen.")


class StatusNames:
    """The statuses of one collection by label and by code."""

    def __init__(self, collection: str) -> None:
        """Read them in one command."""
        rows = Status.words_of(collection)
        self._labels = [row["label"] for row in rows]
        self._codes: dict[str, str] = {
            **{plain(row["code"]): row["code"] for row in rows},
            **{plain(row["label"]): row["code"] for row in rows},
        }
        for row in rows:  # 迁出 is 已迁出
            self._codes.setdefault(plain(row["label"]).removeprefix("已"), row["code"])

    def find(self, text: str, field: str) -> str:
        """Return the code of the status. Refused, with the allowed labels, when there is no such status."""
        found = self._codes.get(plain(text))
        if found is None:
            _refuse(
                N_("“%(value)s” is not one of the statuses: %(words)s."),
                field, value=text, words="；".join(self._labels),
            )  # fmt: skip
        return found


def _refuse(message: str, field: str, *, value: str, **params: Any) -> Never:
    shown = value if len(value) <= 40 else value[:39] + "…"
    raise Refused(Refusal(message, {"value": shown, **params}, field=field))
