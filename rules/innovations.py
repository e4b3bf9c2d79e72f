"""The innovations of an application, named one by one (Art. 8): none is compulsory, one that is named is shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from rules.applications import refusals_of_text
from rules.choices import Choice
from rules.errors import Refusal
from rules.words import N_

MOST_INNOVATIONS = 10
MOST_TITLE, MOST_DESCRIPTION = 100, 1000  # characters
PLACES = tuple(range(1, MOST_INNOVATIONS + 1))


class Aspect(Choice):
    """What an innovation is about, in the order of Art. 8."""

    PROPERTY_SERVICES = "property-services", N_("Smart property services"), "物业服务智慧化"
    PROJECT_MANAGEMENT = "project-management", N_("Digital project management"), "项目管理数字化"
    SERVICE_PLATFORM = "service-platform", N_("Start-up services on a platform"), "创业服务平台化"
    INDUSTRIAL_LAYOUT = "industrial-layout", N_("An ecosystem of industries"), "产业布局生态化"
    INCUBATION = "incubation", N_("Effect of incubation"), "孵化效果"
    INNOVATION_SUPPORT = "innovation-support", N_("Support of innovation"), "创新支持"
    OTHER = "other", N_("Other"), "其他"


@dataclass(frozen=True)
class Innovation:
    """One innovation as it was entered at a place from 1 to 10; `files` counts its evidence."""

    place: int
    aspect: Aspect | None = None
    title: str = ""
    description: str = ""
    files: int = 0

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered; its files do not count."""
        return not (self.aspect or self.title or self.description)


def slot_of(place: int) -> str:
    """Return the place of the files that are an innovation's evidence."""
    return f"innovation-{place}"


def field_of(place: int, part: str) -> str:
    """Return the field in which `part` (aspect, title, description) of an innovation is entered."""
    return f"innovation_{place}_{part}"


SLOTS = tuple(slot_of(place) for place in PLACES)


def refusals_to_keep_innovations(innovations: Iterable[Innovation]) -> tuple[Refusal, ...]:
    """Return why innovations cannot be saved: a place that there is not, a text that is too long or cannot be shown."""
    refusals: list[Refusal] = []
    for innovation in innovations:
        if innovation.place not in PLACES:
            sentence = N_("At most %(most)d innovations are entered.")
            refusals.append(Refusal(sentence, {"most": MOST_INNOVATIONS}))
            continue
        title, description = (field_of(innovation.place, part) for part in ("title", "description"))
        refusals += refusals_of_text(innovation.title, title, most=MOST_TITLE)
        refusals += refusals_of_text(innovation.description, description, most=MOST_DESCRIPTION)
    return tuple(refusals)


def refusals_to_submit_innovations(innovations: Iterable[Innovation]) -> tuple[Refusal, ...]:
    """Return why innovations cannot be handed in: each has a title, an aspect, and evidence or a description."""
    refusals: list[Refusal] = []
    for innovation in innovations:
        if innovation.is_blank and not innovation.files:
            continue
        number = {"number": innovation.place}
        if not innovation.title:
            sentence = N_("Give innovation %(number)d its title, or clear what else stands there.")
            refusals.append(Refusal(sentence, number, field_of(innovation.place, "title")))
        if innovation.aspect is None:
            sentence = N_("Choose what innovation %(number)d is about.")
            refusals.append(Refusal(sentence, number, field_of(innovation.place, "aspect")))
        if not (innovation.description or innovation.files):
            sentence = N_("Describe innovation %(number)d, or add a file that shows it.")
            refusals.append(Refusal(sentence, number, field_of(innovation.place, "description")))
    return tuple(refusals)
