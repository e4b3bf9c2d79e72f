"""What the pages of the definitions show."""

from dataclasses import dataclass

from admin_views.shared.view_models import Link


@dataclass(frozen=True, slots=True)
class OwnFieldLine:
    """One own field of the list; `up_url` and `down_url` are "" at the ends."""

    label: str
    kind: str
    section: str
    uses: str
    hidden: bool
    version: int
    url: str
    show_url: str  # hides it where it is shown
    delete_url: str
    up_url: str
    down_url: str


@dataclass(frozen=True, slots=True)
class OwnFieldsOf:
    """One collection with its own fields; `shipped` is how many fields it has besides."""

    title: str
    lines: tuple[OwnFieldLine, ...]
    new_url: str
    shipped: int


@dataclass(frozen=True, slots=True)
class OwnFieldsPage:
    """definitions/own_fields.html: every collection's own fields."""

    title: str
    groups: tuple[OwnFieldsOf, ...]
    crumbs: tuple[Link, ...] = ()
