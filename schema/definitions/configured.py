"""What an administrator shapes beside collections and fields, as a configuration's file holds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.choices import Colour
from rules.errors import Refusal
from rules.requests.web_hooks import HookEvent
from rules.rule_sets.measures import Measures
from rules.words import N_


@dataclass(frozen=True)
class StatusWord:
    """A word of the dictionary of statuses, under its collection and code."""

    label: str
    colour: Colour = Colour.GREY
    order: int = 50
    final: bool = False
    public: bool = False


@dataclass(frozen=True)
class WorkingYear:
    """A year of the office's own calendar: its days off, and the Saturdays and Sundays that are worked."""

    holidays: tuple[date, ...]
    workdays: tuple[date, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class OwnRuleSet:
    """A rule set that the office made; a draft with the text it was begun from, and the figures confirmed so far."""

    measures: Measures
    draft: bool = False
    source_text: str = ""
    confirmed: tuple[str, ...] = ()


@dataclass(frozen=True)
class MovedRuleSet:
    """What the office decided of a rule set that comes with the program: until when it is in force."""

    last_day: date | None = None
    begins_after_end: bool = False


@dataclass(frozen=True)
class OwnTemplate:
    """The office's own template of a paper, in use: the name of the file, and the .docx itself."""

    name: str
    data: bytes


@dataclass(frozen=True)
class HookDefinition:
    """A web hook without its secret. What follows a ? in its address often is one, and is left out.

    Whether it is switched on is each office's own: one that comes in is off until somebody there switches it on.
    """

    name: str
    url: str
    of: str
    events: frozenset[HookEvent]
    status: str = ""


Views = Mapping[str, Mapping[str, Mapping[str, str]]]

LABELS: Mapping[str, Mapping[str, str]] = {
    "statuses": {
        "label": N_("Label"), "colour": N_("Colour"), "order": N_("Order"), "final": N_("Final"),
        "public": N_("Shown to the public"),
    },
    "working_years": {
        "holidays": N_("Days off"), "workdays": N_("Week-ends that are worked"), "source": N_("According to"),
    },
    "templates": {"name": N_("Name of the file"), "size": N_("Size"), "sha256": N_("Check sum")},
    "hooks": {
        "name": N_("Name"), "url": N_("Its address"), "of": N_("Collection"), "events": N_("Events"),
        "status": N_("Status"),
    },
}  # fmt: skip

# What an administrator can set that a file does not hold, and why; message ids.
LEFT_OUT: tuple[tuple[str, str], ...] = (
    (
        N_("Users, passwords and tokens"),
        N_(
            "Who may enter is each office's own; their rights are those of roles, and of collections and fields."
        ),
    ),
    (
        N_("Secrets of web hooks, and what follows a ? in their addresses"),
        N_("A web hook that comes in is switched off and gets a secret of its own."),
    ),
    (
        N_("Channels for messages: mail servers, robots, who is told"),
        N_(
            "Their passwords and addresses are secrets, and a copy must tell nobody in the name of the real office."
        ),
    ),
    (N_("Charts of one's own"), N_("They are their makers', also where they are shared.")),
    (N_("Columns that imports remember"), N_("They are what clerks' own workbooks taught.")),
    (
        N_("Records, files and what was decided"),
        N_("They go by export and import, or whole by backup and restore."),
    ),
    (N_("Settings of the server (environment)"), N_("Addresses, keys and folders belong to the machine.")),
)


def without_query(url: str) -> str:
    """Return an address without what follows its ?."""
    return url.partition("?")[0]


def flat_template(template: OwnTemplate, sha256: str) -> dict[str, Any]:
    """Return what a comparison shows of a template."""
    return {"name": template.name, "size": len(template.data), "sha256": sha256}


def refusal_of_name(name: str, most: int, sentence: str) -> tuple[Refusal, ...]:
    """Return why this is no name in one line of at most `most` signs."""
    return (
        ()
        if name == " ".join(name.split()) and 0 < len(name) <= most
        else (Refusal(sentence, {"most": most}),)
    )
