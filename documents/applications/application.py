"""An application: one base's way through one round, for the title or for its renewal (Art. 9-12, 16)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self

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

COLLECTION = "applications"


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
        found = self._document.collection().aggregate([{"$match": self.filters()}, {"$group": grouped}])
        return [{**row["_id"], "n": row["n"]} for row in found]


class Application(Record):
    """One base in one round.

    `stage` is a code of `rules.applications.Stage`, `open` whether it is under way (unique by base), `since`
    the moment it came to its stage. `submission` holds what was frozen when it was handed in: `base` (the
    record's values), `facts` and `assessment` (plain values), `on`. `cases` and `sealed` are typed; the files of
    each place are attachments with that `slot`. `steps` is the way so far: verb, from, to, at, by, by_name, opinion.
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
    def of_ids(cls, ids: Iterable[ObjectId], session: Any = None) -> Sequence[dict[str, Any]]:
        """Return these applications, whatever their county, as the transaction sees them."""
        return list(cls.collection().find({"_id": {"$in": list(ids)}}, session=session))
