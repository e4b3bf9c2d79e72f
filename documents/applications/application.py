"""An application: one base's way through one round, for the title or for its renewal (Art. 9-12, 16)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, NotRequired, Self, TypedDict, cast

from bson import ObjectId
from mongoengine.fields import (
    BooleanField,
    DateTimeField,
    DictField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from documents.records import search
from documents.records.fields import CleanTextField
from documents.records.record import Record, RecordQuerySet, sort_indexes
from rules.applications import ApplicationKind, Stage, Verb

COLLECTION = "applications"
_AT_ONCE = 5000  # rows of one answer: the server would send its 102nd in a second one


# --- As it is stored ---------------------------------------------------------------------------
# Days are moments: 00:00 in UTC of that day. Moments are in UTC.


class OnSiteCheck(TypedDict, total=False):
    """A check on site, of the county or of the experts; its photos are attachments."""

    checked_on: datetime  # a day
    people: str
    findings: str


class FrozenCheck(TypedDict):
    """What was found of one operating condition: a code of `CheckState`, the finding, names of the evidence files."""

    state: str
    remark: str
    files: list[str]


class CountyReview(TypedDict, total=False):
    """The county's review (Art. 12): first the check on site alone, then `result`, a verb: pass or fail.

    With the result are frozen: `checks` of Art. 6 by the code of a condition, and the indicators beside the seven.
    """

    on_site: OnSiteCheck
    checks: dict[str, FrozenCheck]
    further: list[Any]  # of `FrozenIndicator`
    opinion: str
    result: str
    at: datetime
    by_name: str


class ReturnForCorrection(TypedDict, total=False):
    """The latest return: what is to be corrected by item (a material's code, or `other`), until which day."""

    reasons: dict[str, str]
    due: datetime | None  # a day
    at: datetime


class LetterReference(TypedDict):
    """The letter that recommends it."""

    id: ObjectId
    number: str
    dated: datetime  # a day


class StoredExpert(TypedDict, total=False):
    """One expert's review: 0 to 100 points by the key of a dimension, the weighted total to two decimals."""

    name: str
    organization: str
    scores: dict[str, float]
    opinion: str
    total: float


class Conclusion(TypedDict, total=False):
    """The end of the expert review: `average` 0 to 100, of the `counted` totals; `dropped` are places from 0."""

    average: float | None
    counted: int
    dropped: list[int]
    opinion: str
    at: datetime
    by_name: str


class PreliminaryDecision(TypedDict, total=False):
    """The latest decision on the result: `verb` is select, decline or reconsider."""

    verb: str
    reason: str
    failing_reason: str  # why a base is selected that misses a condition
    at: datetime
    by_name: str


class FrozenIndicator(TypedDict):
    """One indicator as it was assessed; `unit` and `finding` are messages, `actual` None where nothing was known."""

    key: str
    article: str
    label: str
    unit: str
    required: float
    actual: float | None
    met: bool
    binding: NotRequired[bool]  # False: it is shown, and decides nothing
    finding: NotRequired[str]


class FrozenFigure(TypedDict):
    """One figure of a service function; `figure` is a code of `rules.rule_sets.measures.Figure`."""

    figure: str
    required: float
    actual: float
    met: bool


class FrozenFunction(TypedDict):
    """One service function of Art. 7; `function` is a code of `rules.choices.ServiceFunction`."""

    function: str
    met: bool
    figures: list[FrozenFigure]


class FrozenAssessment(TypedDict):
    """An assessment as plain values, kept beside a decision; `year` is the ledger's, `as_of` the day it was made."""

    rule_set: str
    rule_title: str
    year: int
    as_of: datetime  # a day
    meets: bool
    functions_met: int
    indicators: list[FrozenIndicator]
    further: list[FrozenIndicator]  # those beside the seven
    functions: list[FrozenFunction]


class StoredInnovation(TypedDict):
    """One innovation of Art. 8 at its place from 1; `aspect` is a code of `rules.innovations.Aspect`, or ""."""

    place: int
    aspect: str
    title: str
    description: str


class FrozenInnovation(StoredInnovation):
    """The same as it was handed in, with the names of the files that are its evidence."""

    files: list[str]


class FrozenSubmission(TypedDict, total=False):
    """What was frozen when it was handed in (Art. 10): the base's values, its assessment, what Art. 6 asks for.

    `conditions` holds a code of `rules.assessment.checklist.CheckState` by a code of `Condition`.
    """

    on: datetime  # a day
    base: dict[str, Any]
    assessment: FrozenAssessment
    conditions: dict[str, str]
    innovations: list[FrozenInnovation]


# One step that was taken. `verb`, `from` and `to` are codes of `rules.applications`; the rest is as the step has it.
StoredStep = TypedDict(
    "StoredStep",
    {
        "verb": str,
        "from": str,
        "to": str,
        "at": datetime,
        "by": str,
        "by_name": str,
        "opinion": str,
        "late": bool,  # handed in after the day by which it was to be corrected
        "reasons": dict[str, str],  # of a return
        "due": datetime | None,  # of a return; a day
        "number": str,  # of the paper in which the step stands
        "notice": ObjectId,
        "announcement": ObjectId,
        "certificate": str,
        "failing": list[str],  # the keys of the indicators that the base missed
        "failing_reason": str,  # why it went on all the same
    },
    total=False,
)


class StoredApplication(TypedDict, total=False):
    """An application as it is stored; see `Application`."""

    _id: ObjectId
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    search_text: str
    search_tokens: list[str]
    sort_key: str
    base: ObjectId
    base_name: str
    operator: str
    county: str
    round: ObjectId
    round_name: str
    year: int
    kind: str
    stage: str
    open: bool
    since: datetime
    reason_to_begin: str  # why it was begun under a rule set that had ended
    cases: str
    characteristics: str
    innovations: list[StoredInnovation]
    sealed: bool
    submission: FrozenSubmission
    review: CountyReview
    returned: ReturnForCorrection
    letter: LetterReference
    experts: list[StoredExpert]
    expert_on_site: OnSiteCheck
    conclusion: Conclusion
    decision: PreliminaryDecision
    notice: ObjectId
    announcement: ObjectId
    certificate_number: str
    steps: list[StoredStep]


# --- The document ------------------------------------------------------------------------------


class ApplicationQuerySet(RecordQuerySet):
    """Named queries over applications."""

    def in_round(self, round_id: ObjectId | None) -> Self:
        """Keep the applications of one round; all of them for None."""
        return self.where_raw({"round": round_id}) if round_id else self

    def at(self, *stages: str) -> Self:
        """Keep those that stand at one of the stages; all of them for none."""
        return self.having("stage", stages)

    def of_base(self, base: ObjectId) -> Self:
        """Keep one base's applications."""
        return self.where_raw({"base": base})

    def under_way(self) -> Self:
        """Keep the applications that are not at an end."""
        return self.where_raw({"open": True})

    def counts_by_stage(self) -> list[dict[str, Any]]:
        """Return how many there are by county and stage, in one command: `{"county", "stage", "n"}`."""
        grouped = {"_id": {"county": "$county", "stage": "$stage"}, "n": {"$sum": 1}}
        rows = self._document.collection().aggregate([{"$match": self.filters()}, {"$group": grouped}])
        return [{**row["_id"], "n": row["n"]} for row in rows]


class Application(Record):
    """One base in one round.

    `stage` is a code of `rules.applications.Stage`, `open` whether it is under way (unique by base), `since`
    the moment it came to its stage. `submission` holds what was frozen when it was handed in. `cases`,
    `characteristics`, `innovations` (Art. 8) and `sealed` are typed; the files of each place are attachments
    with that `slot`. `steps` is the way so far.
    Shapes: `StoredApplication`.
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "queryset_class": ApplicationQuerySet,
        "auto_create_index": False,
        "indexes": [
            {
                "fields": ["base"],
                "unique": True,
                "partialFilterExpression": {"open": True},
                "name": "one_open_application",
            },
            {"fields": ["base", "-created_at"], "name": "base"},
            {"fields": ["round", "county", "stage"], "name": "round_county_stage"},
            {"fields": ["notice"], "sparse": True, "name": "notice"},
            {"fields": ["search_tokens", "sort_key", "county"], "name": "search"},
            *sort_indexes("since", "sort_key"),
        ],
    }

    base = ObjectIdField(required=True)
    base_name = CleanTextField(required=True, max_length=100)
    operator = CleanTextField()
    county = StringField(required=True)
    round = ObjectIdField(required=True)
    round_name = CleanTextField(required=True, max_length=100)
    year = IntField(required=True)
    kind = StringField(required=True)
    stage = StringField(required=True)
    open = BooleanField(required=True)
    since = DateTimeField(required=True)
    cases = StringField()
    characteristics = StringField()
    innovations = ListField()
    sealed = BooleanField(default=False)
    submission = DictField()
    review = DictField()
    returned = DictField()
    letter = DictField()
    experts = ListField()
    expert_on_site = DictField()
    conclusion = DictField()
    decision = DictField()
    notice = ObjectIdField()
    announcement = ObjectIdField()
    certificate_number = StringField()
    steps = ListField()

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this application."""
        return f"{raw.get('base_name', '')}（{raw.get('round_name', '')}）"

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived search fields: base, operator, round."""
        names = [raw.get("base_name"), raw.get("operator"), raw.get("round_name")]
        fields = search.index_fields([], names=names, counties=[raw.get("county")])
        return fields | {"sort_key": search.sort_key(raw.get("base_name", ""))}

    @classmethod
    def of_ids(cls, ids: Iterable[ObjectId], session: Any = None) -> Sequence[StoredApplication]:
        """Return these applications, whatever their county, as the transaction sees them."""
        rows = cls.collection().find({"_id": {"$in": list(ids)}}, session=session)
        return [cast("StoredApplication", row) for row in rows]

    @classmethod
    def open_of_base(cls, base: ObjectId, session: Any = None) -> StoredApplication | None:
        """Return a base's application that is under way; there is at most one."""
        return cast(
            "StoredApplication | None",
            cls.collection().find_one({"base": base, "open": True}, session=session),
        )

    @classmethod
    def failed_in(
        cls, bases: Iterable[ObjectId], round_id: ObjectId, session: Any = None
    ) -> frozenset[ObjectId]:
        """Return the bases against which it was decided in a round, in one command; ended otherwise, one has none."""
        clause = {
            "base": {"$in": list(bases)}, "round": round_id, "stage": Stage.NOT_CERTIFIED.value,
            "steps.verb": {"$ne": Verb.TERMINATE.value},
        }  # fmt: skip
        rows = cls.collection().find(clause, {"base": 1}, session=session)
        return frozenset(row["base"] for row in rows.batch_size(_AT_ONCE))

    @classmethod
    def open_rounds_of(cls, bases: Iterable[ObjectId], session: Any = None) -> dict[ObjectId, str]:
        """Return the round of each base's application that is under way, in one command; none for the others."""
        clause = {"base": {"$in": list(bases)}, "open": True}
        rows = cls.collection().find(clause, {"base": 1, "round_name": 1}, session=session)
        return {row["base"]: row["round_name"] for row in rows.batch_size(_AT_ONCE)}

    @classmethod
    def has_scores_in(cls, round_id: ObjectId, session: Any = None) -> bool:
        """Tell whether an expert has scored any application of a round."""
        clause = {"round": round_id, "experts": {"$exists": True, "$ne": []}}
        return cls.collection().find_one(clause, {"_id": 1}, session=session) is not None

    @classmethod
    def judged_in(cls, round_id: ObjectId, session: Any = None) -> Sequence[StoredApplication]:
        """Return the applications of a round at the experts or past them, of all counties, by county and name."""
        judged = [{"stage": Stage.RECOMMENDED.value}, {"conclusion.at": {"$exists": True}}]
        rows = cls.collection().find({"round": round_id, "$or": judged}, session=session)
        return [
            cast("StoredApplication", row) for row in rows.sort([("county", 1), ("sort_key", 1), ("_id", 1)])
        ]

    @classmethod
    def experts_in(cls, round_id: ObjectId) -> Sequence[StoredExpert]:
        """Return every expert's review of the applications of a round, whatever their county."""
        clause = {"round": round_id, "experts.0": {"$exists": True}}
        rows = cls.collection().find(clause, {"experts": 1})
        return [expert for row in rows for expert in row["experts"]]

    @classmethod
    def latest_renewals(
        cls, bases: Iterable[ObjectId], session: Any = None
    ) -> dict[ObjectId, StoredApplication]:
        """Return stage, `open` and the term applied for of each base's latest renewal that was handed in: one command.

        A draft is nothing that was applied for, and hides no outcome. One that was withdrawn does not count, nor one
        that a decision on the title has ended: it was never judged, and that decision may be overturned.
        """
        clause = {
            "base": {"$in": list(bases)},
            "kind": ApplicationKind.RENEWAL.value,
            "stage": {"$nin": [Stage.DRAFT.value, Stage.WITHDRAWN.value]},
            "steps.verb": {"$ne": Verb.TERMINATE.value},
        }
        keys = {"base": 1, "stage": 1, "open": 1, "submission.base.title_last_day": 1, "created_at": 1}
        order = [("created_at", 1), ("_id", 1)]
        rows = cls.collection().find(clause, keys, session=session).sort(order)
        return {row["base"]: cast("StoredApplication", row) for row in rows}

    @classmethod
    def latest_failed_renewals(cls, bases: Iterable[ObjectId]) -> dict[ObjectId, StoredApplication]:
        """Return round and moment (`since`) of each base's latest renewal that failed."""
        ids = list(bases)
        if not ids:
            return {}
        clause = {
            "base": {"$in": ids},
            "kind": ApplicationKind.RENEWAL.value,
            "stage": Stage.NOT_CERTIFIED.value,
            "steps.verb": {"$ne": Verb.TERMINATE.value},
        }
        keys = {"base": 1, "round_name": 1, "since": 1}
        rows = cls.collection().find(clause, keys).sort("created_at", 1)
        return {row["base"]: cast("StoredApplication", row) for row in rows}
