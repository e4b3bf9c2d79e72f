"""Look-ups of referred records inside one transaction, in the actor's scope, each read once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from bson import ObjectId

from documents.kinds import RECORDS
from documents.publication.paper import Paper
from documents.records.base import Base
from documents.records.recycled import Recycled
from documents.records.status import Status
from documents.records.tenant_company import TenantCompany
from documents.records.title_register import TitleRegister
from rules.access import Actor
from rules.errors import Refusal, Refused
from rules.titles import TitleMove
from rules.words import N_
from schema.collection import Collection
from schema.field import Kind
from schema.registry import REGISTRY
from services.assessment.rule_sets import set_in_force
from services.shared.unit_of_work import UnitOfWork

Found = dict[str, Any] | None


class References:
    """What the records being written refer to; hooks of the declarations ask it (`schema.collection.References`)."""

    def __init__(
        self,
        actor: Actor,
        session: Any = None,
        *,
        title_move: TitleMove | None = None,
        by_filing: bool = False,
        taking_back: bool = False,
    ) -> None:
        """Read in `session`'s transaction, in `actor`'s scope; `title_move` lets the title of a base move so.

        Who writes behind gives the unit of work itself, whose session is asked for each time that something is read.
        `by_filing`: an accepted change filing changes the base. `taking_back`: an earlier act is undone.
        """
        self.title_move = title_move
        self.by_filing = by_filing
        self.taking_back = taking_back
        self._actor = actor
        self._given = session
        self._records: dict[str, dict[Any, Found]] = {}
        self._companies: dict[tuple[ObjectId, str], ObjectId | None] = {}
        self._statuses: dict[str, set[str]] = {}
        self._years: dict[date, int] = {}
        self._register_is_open: bool | None = None
        self._whole: set[ObjectId] = set()  # bases whose tenants have all been read

    @property
    def _session(self) -> Any:
        return self._given.session if isinstance(self._given, UnitOfWork) else self._given

    def record(self, collection: str, record_id: Any, field: str) -> dict[str, Any]:
        """Return a record's `_id`, `name` and county or counties. Refused, naming `field`, unless it is in scope."""
        found = self.anywhere(collection, record_id)
        if found is None or not RECORDS[collection].is_visible(found, self._actor):
            raise Refused(Refusal(REGISTRY[collection].absent or ABSENT, field=field))
        return found

    def anywhere(self, collection: str, record_id: Any) -> Found:
        """Return a record whatever its county; None when it is absent."""
        read = self._records.setdefault(collection, {})
        if record_id not in read:
            self.read_ahead(collection, [record_id])
        return read[record_id]

    def read_ahead(self, collection: str, ids: Iterable[Any]) -> None:
        """Read these records in one command, before many records that refer to them are written."""
        read = self._records.setdefault(collection, {})
        fresh = set(ids) - read.keys()
        if not fresh:
            return
        read.update(dict.fromkeys(fresh))
        document = RECORDS[collection]
        for row in document.named(fresh, document.reference_keys(), session=self._session):
            read[row["_id"]] = {**row, "name": document.reference_name(row)}

    def expect(self, collection: str, raw: Mapping[str, Any]) -> None:
        """Know a record that comes back in the same transaction as if it were there already."""
        name = RECORDS[collection].reference_name(raw)
        self._records.setdefault(collection, {})[raw["_id"]] = {**raw, "name": name}

    def read_ahead_of(self, declaration: Collection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Read what these rows of values refer to, in one command a collection, before they are written."""
        bases: set[Any] = set()
        for field in declaration.fields:
            if field.kind is Kind.COOPERATIONS:
                ids = {each["base"] for row in rows for each in row.get(field.key) or ()}
            elif field.kind is Kind.REFERENCE:
                ids = {row[field.key] for row in rows if row.get(field.key) is not None}
            elif field.kind is Kind.REFERENCES:
                ids = {one for row in rows for one in row.get(field.key) or ()}
            else:
                continue
            self.read_ahead(field.refers_to, ids)
            bases |= ids if field.refers_to == Base.declaration.name else set()
        if any(field.kind is Kind.NAMES for field in declaration.fields):
            self.all_companies_of(bases)

    def companies_named(self, base_id: ObjectId, names: Iterable[str]) -> dict[str, ObjectId | None]:
        """Return the tenant each name stands for in a base; None where no tenant, or more than one, has it."""
        wanted = set(names)
        unknown = [name for name in wanted if (base_id, name) not in self._companies]
        if unknown and base_id not in self._whole:
            self._take(TenantCompany.names_in([base_id], names=unknown, session=self._session))
        return {name: self._companies.get((base_id, name)) for name in wanted}

    def all_companies_of(self, base_ids: Iterable[ObjectId]) -> None:
        """Read every tenant's name of these bases at once, before many entries are written."""
        fresh = set(base_ids) - self._whole
        self._take(TenantCompany.names_in(fresh, session=self._session))
        self._whole |= fresh

    def _take(self, rows: Iterable[Mapping[str, Any]]) -> None:
        found: dict[tuple[ObjectId, str], ObjectId | None] = {}
        for row in rows:
            key = (row["base"], row["name"])
            found[key] = None if key in found else row["_id"]
        self._companies.update(found)

    def status_exists(self, collection: str, code: Any) -> bool:
        """Tell whether the dictionary has this status for this collection."""
        if collection not in self._statuses:
            self._statuses[collection] = Status.codes_of(collection, self._session)
        return code in self._statuses[collection]

    def years_of_validity(self, first_day: date) -> int:
        """Return how many years a title lasts that begins on this day, by the rule set in force then (Art. 16)."""
        if first_day not in self._years:
            self._years[first_day] = set_in_force(first_day)[0].years_of_validity
        return self._years[first_day]

    def register_is_open(self) -> bool:
        """Tell whether titles older than the system may still be entered."""
        if self._register_is_open is None:
            self._register_is_open = TitleRegister.stored(self._session).get("open", True)
        return self._register_is_open

    def deleted_titles(self, raw: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Return the bases with a title in the recycle bin that have the code, or name and county, of this one."""
        return Recycled.titled_bases(raw.get("uscc"), raw.get("name"), raw.get("county"), self._session)

    def claim_number(self, raw: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
        """Enter a base's document number into the register of papers.

        Bases of one announcement share its number and its date; a number of another date is another
        paper's, and Refused. A number that no base carries any more is released.
        """
        number, dated = raw.get("document_number"), raw.get("announced_on")
        old, old_date = (before or {}).get("document_number"), (before or {}).get("announced_on")
        left = bool(old) and (old != number or dated != old_date) and not self._still_carried(old, raw)
        paper = Paper.numbered(number, self._session) if number else None
        # A paper that this base alone carries takes a new date with it.
        redated = left and old == number
        # A decision's or a letter's number is no announcement's, whatever the date.
        another = paper is not None and (paper["dated"] != dated or paper["kind"] != "announcement")
        if paper is not None and another and not redated:
            params = {"number": number, "date": f"{paper['dated']:%Y-%m-%d}"}
            sentence = N_("The document number %(number)s belongs to another announcement, of %(date)s.")
            raise Refused(Refusal(sentence, params, field="document_number"))
        if left and old:
            Paper.release(old, self._session)
        if number and dated and (paper is None or redated):
            Paper.enter(number, "announcement", dated, self._session)

    def _still_carried(self, number: Any, raw: Mapping[str, Any]) -> bool:
        """Tell whether a number still says something: of another base, of an earlier term, or of a paper made here."""
        if any(term.get("document_number") == number for term in raw.get("earlier_terms") or []):
            return True
        paper = Paper.numbered(number, self._session)
        if paper is not None and "paper" in paper:
            return True
        return Base.carries_number(number, apart_from=raw, session=self._session)


ABSENT = N_("Choose one from the list: this record does not exist in your scope.")
