"""The innovations of an application (Art. 8) between their rule and how they are stored and written out."""

from collections.abc import Iterable, Mapping, Sequence

from documents.applications.application import FrozenInnovation, StoredApplication, StoredInnovation
from rules.innovations import PLACES, Aspect, Innovation, slot_of
from services.applications.steps import FILLED_IN, stage_of


def as_stored(innovations: Iterable[Innovation]) -> list[StoredInnovation]:
    """Return innovations as they are stored, by their place; blank ones are left out."""
    return [
        {
            "place": innovation.place,
            "aspect": innovation.aspect.value if innovation.aspect else "",
            "title": innovation.title,
            "description": innovation.description,
        }
        for innovation in sorted(innovations, key=lambda innovation: innovation.place)
        if not innovation.is_blank
    ]


def innovations_of(raw: StoredApplication, files: Mapping[str, int]) -> tuple[Innovation, ...]:
    """Return what stands at each of the ten places of an application; `files` counts its files by place."""
    by_place = {stored["place"]: stored for stored in shown_innovations(raw)}
    return tuple(_innovation(place, by_place.get(place), files.get(slot_of(place), 0)) for place in PLACES)


def _innovation(place: int, stored: StoredInnovation | None, files: int) -> Innovation:
    if stored is None:
        return Innovation(place, files=files)
    aspect = Aspect.worded(stored["aspect"]) if stored["aspect"] else None
    return Innovation(place, aspect, stored["title"], stored["description"], files)


def shown_innovations(raw: StoredApplication) -> Sequence[StoredInnovation]:
    """Return an application's innovations: as they are entered, or those that were handed in."""
    frozen = raw.get("submission", {}).get("innovations")
    if frozen is not None and stage_of(raw) not in FILLED_IN:
        return [
            {key: innovation[key] for key in ("place", "aspect", "title", "description")}  # type: ignore[misc]
            for innovation in frozen
        ]
    return raw.get("innovations") or ()


def as_frozen(raw: StoredApplication, files: Mapping[str, Sequence[str]]) -> list[FrozenInnovation]:
    """Return the innovations as they are handed in, each with the names of its files; `files` has these by place."""
    return [
        {**innovation, "files": list(files.get(slot_of(innovation["place"]), ()))}
        for innovation in raw.get("innovations") or ()
    ]


def innovations_text(innovations: Iterable[StoredInnovation]) -> str:
    """Return innovations as one text, a line each with its description below; "" for none."""
    paragraphs = []
    for innovation in innovations:
        aspect = Aspect.worded(innovation["aspect"]) if innovation["aspect"] else None
        heading = "：".join(part for part in (aspect.zh if aspect else "", innovation["title"]) if part)
        lines = [f"{innovation['place']}. {heading}", innovation["description"]]
        paragraphs.append("\n".join(line for line in lines if line))
    return "\n".join(paragraphs)
