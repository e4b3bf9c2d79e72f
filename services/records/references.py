"""Look-ups of referred records inside one transaction, in the actor's scope, each read once."""

from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId

from documents.publication.paper import Paper
from documents.records.base import Base
from documents.records.service_partner import ServicePartner
from documents.records.status import Status
from documents.records.tenant_company import TenantCompany
from rules.access import Actor
from rules.errors import Refusal, Refused
from rules.words import N_

_BASE_KEYS = {"name": 1, "county": 1}


class References:
    """The bases, partners and companies that records being written refer to."""

    def __init__(self, actor: Actor, session: Any = None) -> None:
        """Read in `session`'s transaction, in `actor`'s scope."""
        self._actor = actor
        self._session = session
        self._bases: dict[ObjectId, dict[str, Any] | None] = {}
        self._partners: dict[ObjectId, dict[str, Any] | None] = {}
        self._companies: dict[tuple[ObjectId, str], ObjectId | None] = {}
        self._statuses: dict[str, set[str]] = {}
        self._whole: set[ObjectId] = set()  # bases whose tenants have all been read

    def base(self, base_id: Any, field: str = "base") -> dict[str, Any]:
        """Return a base's `_id`, `name` and `county`; Refused when it is absent or out of scope."""
        if base_id not in self._bases:
            self._bases[base_id] = Base.collection().find_one(
                {"_id": base_id}, _BASE_KEYS, session=self._session
            )
        found = self._bases[base_id]
        if found is None or not self._actor.sees(found["county"]):
            raise Refused(
                Refusal(
                    N_("Choose a base from the list: this one does not exist in your scope."), field=field
                )
            )
        return found

    def base_anywhere(self, base_id: Any) -> dict[str, Any] | None:
        """Return a base whatever its county; None when it is absent."""
        if base_id not in self._bases:
            self._bases[base_id] = Base.collection().find_one(
                {"_id": base_id}, _BASE_KEYS, session=self._session
            )
        return self._bases[base_id]

    def partner(self, partner_id: Any) -> dict[str, Any]:
        """Return a partner's `_id`, `name` and `counties`; Refused when it is absent or out of scope."""
        if partner_id not in self._partners:
            self._partners[partner_id] = ServicePartner.collection().find_one(
                {"_id": partner_id}, {"name": 1, "counties": 1}, session=self._session
            )
        found = self._partners[partner_id]
        if found is None or not (
            self._actor.county is None or self._actor.county in found.get("counties", [])
        ):
            raise Refused(
                Refusal(
                    N_("Choose a service partner from the list: this one does not exist in your scope."),
                    field="partner",
                )
            )
        return found

    def companies_named(self, base_id: ObjectId, names: Iterable[str]) -> dict[str, ObjectId | None]:
        """Return the tenant each name stands for in a base; None where no tenant, or more than one, has it."""
        wanted = set(names)
        unknown = [name for name in wanted if (base_id, name) not in self._companies]
        if unknown and base_id not in self._whole:
            found: dict[str, list[ObjectId]] = {}
            rows = TenantCompany.collection().find(
                {"base": base_id, "name": {"$in": unknown}}, {"name": 1}, session=self._session
            )
            for row in rows:
                found.setdefault(row["name"], []).append(row["_id"])
            for name in unknown:
                ids = found.get(name, [])
                self._companies[(base_id, name)] = ids[0] if len(ids) == 1 else None
        return {name: self._companies.get((base_id, name)) for name in wanted}

    def all_companies_of(self, base_ids: Iterable[ObjectId]) -> None:
        """Read every tenant's name of these bases at once, before many entries are written."""
        found: dict[tuple[ObjectId, str], ObjectId | None] = {}
        fresh = set(base_ids) - self._whole
        rows = TenantCompany.collection().find(
            {"base": {"$in": list(fresh)}}, {"name": 1, "base": 1}, session=self._session
        )
        for row in rows:
            key = (row["base"], row["name"])
            found[key] = None if key in found else row["_id"]
        self._companies.update(found)
        self._whole |= fresh

    def read_ahead(self, base_ids: Iterable[ObjectId], partner_ids: Iterable[ObjectId] = ()) -> None:
        """Read these bases and partners in two commands, before many records that refer to them are written."""
        bases = set(base_ids) - self._bases.keys()
        self._bases.update(dict.fromkeys(bases))
        for row in Base.collection().find({"_id": {"$in": list(bases)}}, _BASE_KEYS, session=self._session):
            self._bases[row["_id"]] = row
        partners = set(partner_ids) - self._partners.keys()
        self._partners.update(dict.fromkeys(partners))
        found = ServicePartner.collection().find(
            {"_id": {"$in": list(partners)}}, {"name": 1, "counties": 1}, session=self._session
        )
        for row in found:
            self._partners[row["_id"]] = row

    def status_exists(self, collection: str, code: Any) -> bool:
        """Tell whether the dictionary has this status for this collection."""
        if collection not in self._statuses:
            rows = Status.collection().find({"collection": collection}, {"code": 1}, session=self._session)
            self._statuses[collection] = {row["code"] for row in rows}
        return code in self._statuses[collection]

    def claim_number(self, raw: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
        """Enter a base's document number into the register of papers.

        Bases of one announcement share its number and its date; a number of another date is another
        paper's, and Refused. A number that no base carries any more is released.
        """
        number, dated = raw.get("document_number"), raw.get("announced_on")
        old, old_date = (before or {}).get("document_number"), (before or {}).get("announced_on")
        left = bool(old) and (old != number or dated != old_date) and not self._still_carried(old, raw)
        papers = Paper._get_collection()
        paper = papers.find_one({"_id": number}, session=self._session) if number else None
        # A paper that this base alone carries takes a new date with it.
        redated = left and old == number
        # A decision's or a letter's number is no announcement's, whatever the date.
        another = paper is not None and (paper["dated"] != dated or paper["kind"] != "announcement")
        if paper is not None and another and not redated:
            params = {"number": number, "date": f"{paper['dated']:%Y-%m-%d}"}
            sentence = N_("The document number %(number)s belongs to another announcement, of %(date)s.")
            raise Refused(Refusal(sentence, params, field="document_number"))
        if left:
            papers.delete_one({"_id": old}, session=self._session)
        if number and (paper is None or redated):
            papers.insert_one({"_id": number, "kind": "announcement", "dated": dated}, session=self._session)

    def _still_carried(self, number: Any, raw: Mapping[str, Any]) -> bool:
        """Tell whether a number still says something: of another base, of an earlier term, or of a paper made here."""
        if any(one.get("document_number") == number for one in raw.get("earlier_terms") or []):
            return True
        made_here = {"_id": number, "paper": {"$exists": True}}
        if Paper._get_collection().find_one(made_here, {"_id": 1}, session=self._session) is not None:
            return True
        clause = {
            "_id": {"$ne": raw["_id"]},
            "$or": [{"document_number": number}, {"earlier_terms.document_number": number}],
        }
        return Base.collection().find_one(clause, {"_id": 1}, session=self._session) is not None
