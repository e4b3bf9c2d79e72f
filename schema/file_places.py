"""The places where files of a record may stand: who may add, read and remove them, and when. One table for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from rules.access import Act, Actor, Permission
from rules.applications import Stage
from rules.choices import Choice
from rules.errors import Refusal
from rules.innovations import SLOTS as INNOVATION_SLOTS
from rules.materials import DECISION, EXPERT_ON_SITE, FORM, ON_SITE, SCORE_SHEETS, Material
from rules.publication import Outcome
from rules.titles import TitleSource
from rules.words import N_
from schema.field import Field, Kind
from schema.registry import REGISTRY

EARLIER_TITLE = "earlier-title"  # the announcement's paper of a title older than the system
RECORD = ""  # the place of a file that belongs to the record as a whole
ANY_DECLARED = "*"  # every collection of records whose declaration says that it has files
MOST_FILES = 100  # of one record, all its places together
PICTURES = frozenset({"image/jpeg", "image/png"})

NO_SUCH_PLACE = N_("There is no such place for a file.")
TOO_MANY = N_("A record can hold at most 100 files.")
NO_PICTURE = N_("A photo is a .jpg or .png file.")


class Readers(Enum):
    """Whose files are to read, of those who may read the record itself."""

    ALL = "whoever reads the record"
    CITY = "whoever is bound to no county"
    DECIDING = "whoever decides on applications"

    def include(self, actor: Actor) -> bool:
        """Tell whether the actor is one of them."""
        if self is Readers.DECIDING:
            return actor.may(Permission.DECIDE_APPLICATIONS)
        return self is Readers.ALL or actor.county is None


@dataclass(frozen=True)
class OpenWhile:
    """The state of the record in which a place is open: its stored `key` has one of `values`, else `closed` is said.

    Where the key holds codes of `terms`, the sentence may name the present one by the key.
    """

    key: str
    values: frozenset[Any]
    closed: str
    terms: type[Choice] | None = None

    def refusals(self, record: Mapping[str, Any], slot: str) -> tuple[Refusal, ...]:
        """Return why the place is shut now; () while it is open."""
        state = record.get(self.key)
        if state in self.values:
            return ()
        named = {self.key: next(term for term in self.terms if term.value == state)} if self.terms else {}
        return (Refusal(self.closed, named, field=slot or None),)


@dataclass(frozen=True)
class PlaceRules:
    """One or several places (`slots`) of the records of a collection, or of ANY_DECLARED, with the same rules.

    `media_types` None: every kind of file that the office keeps; else `wrong_type` is said of the others.
    `counts_characters`: those of its files are counted when they come in.
    `field` is the field of the record whose files stand here: they come and go with its value alone.
    `kept` is why what stands here is never removed; "" where it may be.
    """

    collection: str
    slots: tuple[str, ...] = (RECORD,)
    add: Permission = Permission.WRITE
    read: Readers = Readers.ALL
    remove: Permission = Permission.WRITE
    open_while: OpenWhile | None = None
    media_types: frozenset[str] | None = None
    wrong_type: str = ""
    most_files: int = MOST_FILES
    counts_characters: bool = False
    kept: str = ""
    field: Field | None = None


def _at(*stages: Stage) -> OpenWhile:
    """Return the stages of an application at which files may change: what was handed in stays as it is."""
    sentence = N_("At “%(stage)s” these files can no longer be changed.")
    return OpenWhile("stage", frozenset(stage.value for stage in stages), sentence, Stage)


_DECIDED = N_("This is decided: its files can no longer be changed.")
_UNDER_WAY = OpenWhile("open", frozenset({True}), _DECIDED)
_FILED = OpenWhile("state", frozenset({"filed"}), _DECIDED)
_BEING_HANDLED = OpenWhile(
    "outcome",
    frozenset({Outcome.OPEN.value}),
    N_("The objection is decided: its files can no longer be changed."),
)
_DECIDE = Permission.DECIDE_APPLICATIONS
# What shows that a notice was published elsewhere comes with it, and stays as it is.
_BEFORE_IT_IS_PUBLISHED = OpenWhile(
    "published_at",
    frozenset({None}),
    N_("This paper is published: its files can no longer be changed."),
)

FILE_PLACES: tuple[PlaceRules, ...] = (
    PlaceRules(ANY_DECLARED),
    # What an earlier title stands on stays for as long as the title does.
    PlaceRules(
        "bases",
        (EARLIER_TITLE,),
        add=Permission.RECORD_TITLES,
        remove=Permission.RECORD_TITLES,
        open_while=OpenWhile(
            "title_source",
            frozenset({TitleSource.EARLIER.value}),
            N_("The announcement's paper is kept with an earlier title alone."),
        ),
        kept=N_("An earlier title stands on this paper: it is not removed."),
    ),
    # The form, the ten materials and the evidence of innovations are frozen from submission until they are
    # returned (Art. 8, 10, 11).
    PlaceRules(
        "applications",
        (
            FORM,
            *(material.value for material in Material if material is not Material.CASES),
            *INNOVATION_SLOTS,
        ),
        open_while=_at(Stage.DRAFT, Stage.RETURNED),
    ),
    PlaceRules(
        "applications",
        (Material.CASES.value,),
        open_while=_at(Stage.DRAFT, Stage.RETURNED),
        counts_characters=True,
    ),
    PlaceRules(
        "applications",
        (ON_SITE,),
        open_while=_at(Stage.SUBMITTED),
        media_types=PICTURES,
        wrong_type=NO_PICTURE,
    ),
    # How the experts scored is the city bureau's.
    PlaceRules(
        "applications",
        (EXPERT_ON_SITE, SCORE_SHEETS),
        add=_DECIDE,
        read=Readers.CITY,
        remove=_DECIDE,
        open_while=_at(Stage.RECOMMENDED),
    ),
    PlaceRules(
        "applications",
        (DECISION,),
        add=_DECIDE,
        read=Readers.CITY,
        remove=_DECIDE,
        open_while=_at(Stage.SCORED, Stage.SELECTED, Stage.ON_NOTICE),
    ),
    PlaceRules("notices", ("published",), add=_DECIDE, remove=_DECIDE, open_while=_BEFORE_IT_IS_PUBLISHED),
    # Who objected is told to nobody else (Art. 12).
    PlaceRules("objections", add=_DECIDE, read=Readers.DECIDING, remove=_DECIDE, open_while=_BEING_HANDLED),
    # Evidence may name who complained; the notice and the statement are the base's own.
    PlaceRules(
        "decisions", ("evidence",), add=_DECIDE, read=Readers.CITY, remove=_DECIDE, open_while=_UNDER_WAY
    ),
    PlaceRules("decisions", ("notice", "statement"), add=_DECIDE, remove=_DECIDE, open_while=_UNDER_WAY),
    PlaceRules("annual_reports", ("summary", "inspection", "situation")),
    PlaceRules("county_reports", ("report",)),
    PlaceRules("change_filings", ("proof", "licence"), open_while=_FILED),
    PlaceRules("upward_recommendations", ("letter", "outcome"), add=_DECIDE, remove=_DECIDE),
)
_BY_SLOT: Mapping[tuple[str, str], PlaceRules] = {
    (place.collection, slot): place for place in FILE_PLACES for slot in place.slots
}


def place_of(collection: str, slot: str) -> PlaceRules | None:
    """Return the rules of one place; None when the collection has no such place."""
    place = _BY_SLOT.get((collection, slot))
    if place is None and collection in REGISTRY:
        declaration = REGISTRY[collection]
        field = declaration.by_key.get(slot)
        if field is not None and field.kind is Kind.FILES:
            return PlaceRules(collection, (slot,), add=declaration.write_permission, field=field)
        if declaration.listed and declaration.has_files:
            place = _BY_SLOT.get((ANY_DECLARED, slot))
    return place


def refusals_to_add(
    place: PlaceRules | None, record: Mapping[str, Any], slot: str, *, media_type: str, count: int
) -> tuple[Refusal, ...]:
    """Return why a file may not be put into a place of a stored record that has `count` files already."""
    if place is None:
        return (Refusal(NO_SUCH_PLACE),)
    if place.open_while and (shut := place.open_while.refusals(record, slot)):
        return shut
    if place.media_types is not None and media_type not in place.media_types:
        return (Refusal(place.wrong_type, field=slot or None),)
    return (Refusal(TOO_MANY),) if count >= place.most_files else ()


def refusals_to_remove(place: PlaceRules | None, record: Mapping[str, Any], slot: str) -> tuple[Refusal, ...]:
    """Return why no file may be taken from a place of a stored record."""
    if place is None:
        return (Refusal(NO_SUCH_PLACE),)
    if place.kept:
        return (Refusal(place.kept),)
    return place.open_while.refusals(record, slot) if place.open_while else ()


def has_owned_files(collection: str) -> bool:
    """Tell whether each file of these records has an owning county, since a record may belong to several.

    That county alone, with the city bureau, reads and removes it; one without a county is the city bureau's.
    """
    return collection in REGISTRY and REGISTRY[collection].in_several_counties


def may_read_file(collection: str, slot: str, actor: Actor, *, county: str | None = None) -> bool:
    """Tell whether a file of a place is the actor's to read, once the record is; nobody's where there is no place.

    `county` is the file's owning one, where files have such.
    """
    place = place_of(collection, slot)
    if place is None or not place.read.include(actor):
        return False
    if place.field is not None:  # a field is the whole record's
        return place.field.is_seen_by(actor.role)
    return not has_owned_files(collection) or actor.county in (None, county)


def refusals_of_owner(collection: str, counties: Sequence[str], county: str | None) -> tuple[Refusal, ...]:
    """Return why a file cannot belong to this county's part of a record that has these `counties`."""
    if county is None or (has_owned_files(collection) and county in counties):
        return ()
    return (Refusal(N_("Choose a county from the list: this record does not belong to that one.")),)


def may_change_files(collection: str, slot: str, record: Mapping[str, Any], actor: Actor) -> bool:
    """Tell whether the actor may add files to a place of a stored record now, and remove them."""
    place = place_of(collection, slot)
    if place is None or not (actor.may(place.add) and actor.may(place.remove)):
        return False
    declaration = REGISTRY.get(collection)
    if declaration is not None and not declaration.allows(actor, Act.CHANGE):
        return False
    return not refusals_to_remove(place, record, slot)
