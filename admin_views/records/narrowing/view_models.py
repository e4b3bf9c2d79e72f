"""What the page of conditions shows."""

from dataclasses import dataclass

from admin_views.shared.view_models import Link, Option, Pairs


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One comparison. `kind` says what its values are typed in: text, number, day, word, words, record; "" for none."""

    place: str
    fields: tuple[Option, ...]
    hows: tuple[Option, ...] = ()
    kind: str = ""
    values: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    lookup_url: str = ""
    unit: str = ""
    problem: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class ConditionGroup:
    """A group of comparisons and groups."""

    place: str
    any_of: bool
    parts: "tuple[ComparisonRow | ConditionGroup, ...]"
    may_hold_groups: bool

    @property
    def is_group(self) -> bool:
        """Tell it from a comparison."""
        return True


@dataclass(frozen=True, slots=True)
class ConditionsPage:
    """conditions.html. `arguments` are what the list is asked for besides; `focus` names the field to go on with."""

    title: str
    action: str
    arguments: Pairs
    group: ConditionGroup
    cancel_url: str
    clear_url: str
    problem: str
    focus: str
    is_full: bool
    crumbs: tuple[Link, ...]
