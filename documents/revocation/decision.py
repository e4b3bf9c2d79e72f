"""A case about a base's title: revocation, cancellation, or a title restored (Art. 16, 18)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Self, TypedDict, cast

from bson import ObjectId
from mongoengine.fields import BooleanField, DateTimeField, DictField, ListField, ObjectIdField, StringField

from documents.records import search
from documents.records.attachment import Attachment
from documents.records.base import Base
from documents.records.fields import CleanTextField, DayField
from documents.records.record import Record, RecordQuerySet, sort_indexes
from rules.decisions import DecisionState
from rules.grounds import DecisionKind

COLLECTION = "decisions"
EVIDENCE, NOTICE, STATEMENT = "evidence", "notice", "statement"  # the slots of a case's files


class StoredGround(TypedDict):
    """One ground of a case, a code of `rules.decisions.Ground`, with the facts found."""

    ground: str
    facts: str


class StoredPriorNotice(TypedDict, total=False):
    """A prior notice that a later one took the place of, with what was recorded of its hearing."""

    number: str
    dated: datetime
    text: dict[str, Any]
    served_on: datetime
    served_how: str
    statement_by: datetime
    statement_on: datetime
    statement: str
    statement_outcome: str
    statement_answer: str


class StoredImpact(TypedDict):
    """What a decision touched when it was signed: how many, and which it ended (`documents.revocation.impact`)."""

    tenants: int
    partners: int
    lone_partners: list[str]
    entries_this_year: int
    applications: list[ObjectId]
    upward: list[ObjectId]
    public_entries: int


class StoredDecision(TypedDict, total=False):
    """A case as it is stored. Days are moments at 00:00 UTC; `kind` and `state` are codes of `rules.decisions`."""

    _id: ObjectId
    version: int
    base: ObjectId
    base_name: str
    operator: str
    county: str
    kind: str
    state: str
    open: bool
    grounds: list[StoredGround]
    findings: list[str]  # codes of `rules.grounds.Finding`: of each ground's alternatives those found
    basis: str  # of a reversal: a code of `rules.grounds.OverturnedBy`, and the paper that it cites
    basis_body: str
    basis_number: str
    basis_dated: datetime
    rule_set: str  # the code of the one in force when the case was begun
    reason_to_begin: str  # why it was begun under one that had ended
    decided_under: str  # the code of the one that the decision cites
    served_on: datetime
    served_how: str
    statement_by: datetime
    statement_on: datetime
    statement: str
    statement_outcome: str  # a code of `rules.grounds.StatementOutcome`, and why
    statement_answer: str
    prior_number: str  # of the prior notice, its date and its words
    prior_dated: datetime
    prior_text: dict[str, Any]
    prior_until: datetime  # the last day for the statement, as the notice says
    prior_grounds: list[StoredGround]  # what the notice told the base
    prior_findings: list[str]
    earlier_notices: list[StoredPriorNotice]  # the oldest first
    number: str
    dated: datetime
    text: dict[str, Any]  # `office.papers.paper_text.PaperText.stored`
    notice: ObjectId
    touched: StoredImpact
    reverses: ObjectId | None
    reversed_by: ObjectId
    closed_reason: str
    decided_at: datetime
    decided_by: str
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class DecisionQuerySet(RecordQuerySet):
    """Named queries over cases and decisions."""

    def of_base(self, base: ObjectId) -> Self:
        """Keep one base's."""
        return self.where_raw({"base": base})

    def under_way(self) -> Self:
        """Keep the cases that are not closed."""
        return self.where_raw({"open": True})

    def closed(self) -> Self:
        """Keep the cases that are decided or dropped."""
        return self.where_raw({"open": False})


class Decision(Record):
    """One case. `grounds` hold ground and facts; files stand in the slots `evidence`, `notice` and `statement`.

    Once decided: `number`, `dated`, `text` (the paper), `notice` (what is public), `touched` (what it changed), and
    for a reversal `reverses`; a decision that was overturned bears `reversed_by`.
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "queryset_class": DecisionQuerySet,
        "auto_create_index": False,
        "indexes": [
            {
                "fields": ["base"],
                "unique": True,
                "partialFilterExpression": {"open": True},
                "name": "one_open_case",
            },
            {"fields": ["base", "-created_at"], "name": "base"},
            {"fields": ["open", "county"], "name": "open"},
            {"fields": ["search_tokens", "sort_key", "county"], "name": "search"},
            *sort_indexes("created_at"),
        ],
    }

    base = ObjectIdField(required=True)
    base_name = CleanTextField(required=True, max_length=100)
    operator = CleanTextField()
    county = StringField(required=True)
    kind = StringField(required=True)
    state = StringField(required=True)
    open = BooleanField(required=True)
    grounds = ListField()
    findings = ListField()
    basis = StringField()
    basis_body = CleanTextField(max_length=100)
    basis_number = CleanTextField(max_length=60)
    basis_dated = DayField()
    rule_set = StringField()
    decided_under = StringField()
    served_on = DayField()
    served_how = CleanTextField()
    statement_by = DayField()
    statement_on = DayField()
    statement = CleanTextField(max_length=2000)
    statement_outcome = StringField()
    statement_answer = CleanTextField(max_length=2000)
    prior_number = StringField(max_length=40)
    prior_dated = DayField()
    prior_text = DictField()
    prior_until = DayField()
    prior_grounds = ListField()
    prior_findings = ListField()
    earlier_notices = ListField()
    number = StringField(max_length=40)
    dated = DayField()
    text = DictField()
    notice = ObjectIdField()
    touched = DictField()
    reverses = ObjectIdField()
    reversed_by = ObjectIdField()
    closed_reason = CleanTextField(max_length=2000)
    decided_at = DateTimeField()
    decided_by = StringField()

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this case."""
        return str(raw.get("base_name", ""))

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived search fields: base, operator, number."""
        names = [raw.get("base_name"), raw.get("operator")]
        fields = search.index_fields([raw.get("number")], names=names, counties=[raw.get("county")])
        return fields | {"sort_key": search.sort_key(raw.get("base_name", ""))}

    # --- Named queries -----------------------------------------------------------------------------

    @classmethod
    def base_of(cls, case: StoredDecision) -> dict[str, Any] | None:
        """Return the base that a case is about, in whatever county it stands by now; None once it is deleted."""
        return Base.collection().find_one({"_id": case["base"]})

    @classmethod
    def has_open_case(
        cls, base: ObjectId, *, apart_from: ObjectId | None = None, session: Any = None
    ) -> bool:
        """Tell whether a case about a base's title is under way."""
        clause = {"base": base, "open": True, "_id": {"$ne": apart_from}}
        return cls.collection().find_one(clause, {"_id": 1}, session=session) is not None

    @classmethod
    def latest_standing(cls, base: ObjectId, kind: DecisionKind, session: Any = None) -> ObjectId | None:
        """Return a base's latest decision of a kind that nothing has overturned; None when there is none here."""
        clause = {
            "base": base, "kind": kind.value, "state": DecisionState.DECIDED.value, "reversed_by": None,
        }  # fmt: skip
        decision = cls.collection().find_one(clause, {"_id": 1}, sort=[("dated", -1)], session=session)
        return decision["_id"] if decision else None

    @classmethod
    def overturned_by(cls, case: StoredDecision, session: Any = None) -> StoredDecision:
        """Return number, date and notice of the decision that a reversal overturns; {} where it names none."""
        if not case.get("reverses"):
            return {}
        keys = {"number": 1, "dated": 1, "notice": 1}
        decision = cls.collection().find_one({"_id": case["reverses"]}, keys, session=session)
        return cast("StoredDecision", decision or {})

    @classmethod
    def mark_overturned(cls, decision_id: ObjectId, by: ObjectId, session: Any) -> None:
        """Note on a decision which one overturned it; its version stays, for nothing else of it changes."""
        cls.collection().update_one({"_id": decision_id}, {"$set": {"reversed_by": by}}, session=session)

    @classmethod
    def latest_endings(cls, bases: Iterable[ObjectId]) -> dict[ObjectId, datetime]:
        """Return the day of the latest revocation or cancellation of each of these bases that has one."""
        ending = (DecisionKind.REVOCATION.value, DecisionKind.CANCELLATION.value)
        ids = list(bases)
        if not ids:
            return {}
        clause = {
            "base": {"$in": ids}, "state": DecisionState.DECIDED.value, "kind": {"$in": list(ending)},
        }  # fmt: skip
        decisions = cls.collection().find(clause, {"base": 1, "dated": 1}).sort("dated", 1)
        return {decision["base"]: decision["dated"] for decision in decisions}

    @classmethod
    def standing_endings(cls, bases: Iterable[ObjectId]) -> dict[ObjectId, StoredDecision]:
        """Return kind and day of these bases' latest revocation or cancellation that nothing has overturned."""
        ending = [DecisionKind.REVOCATION.value, DecisionKind.CANCELLATION.value]
        ids = list(bases)
        if not ids:
            return {}
        clause = {
            "base": {"$in": ids}, "state": DecisionState.DECIDED.value, "kind": {"$in": ending}, "reversed_by": None,
        }  # fmt: skip
        decisions = cls.collection().find(clause, {"base": 1, "kind": 1, "dated": 1}).sort("dated", 1)
        return {decision["base"]: cast("StoredDecision", decision) for decision in decisions}

    @classmethod
    def evidence_counts(cls, cases: Iterable[ObjectId], session: Any = None) -> dict[ObjectId, int]:
        """Return how many files of evidence these cases have, in one command; a case without one is left out.

        The caller has checked the scope.
        """
        clause = {"collection": COLLECTION, "record_id": {"$in": list(cases)}, "slot": EVIDENCE}
        steps = [{"$match": clause}, {"$group": {"_id": "$record_id", "n": {"$sum": 1}}}]
        counts = Attachment._get_collection().aggregate(steps, session=session)
        return {row["_id"]: row["n"] for row in counts}

    @classmethod
    def slot_counts(cls, case_id: ObjectId, session: Any = None) -> dict[str, int]:
        """Return how many files stand in each slot of a case. The caller has checked the scope."""
        clause = {"collection": COLLECTION, "record_id": case_id}
        steps = [{"$match": clause}, {"$group": {"_id": "$slot", "n": {"$sum": 1}}}]
        counts = Attachment._get_collection().aggregate(steps, session=session)
        return {row["_id"] or "": row["n"] for row in counts}

    @classmethod
    def numbers(cls, decisions: Iterable[ObjectId]) -> dict[ObjectId, str]:
        """Return the document numbers of decisions, by id."""
        rows = cls.collection().find({"_id": {"$in": list(decisions)}}, {"number": 1})
        return {row["_id"]: row.get("number", "") for row in rows}
