"""What stands around every public page: the office's name, two links, the language, the day."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext

from public_views import asked
from rules.words import N_

OFFICE = N_("Liaocheng Bureau of Industry and Information Technology")
SUBJECT = N_("Demonstration bases for start-ups and innovation of small and micro businesses")
_SECTIONS = (
    ("notices", "public.notices", N_("Notices and announcements")),
    ("bases", "public.bases", N_("List of demonstration bases")),
)


@dataclass(frozen=True)
class SiteLink:
    """One link of the header."""

    label: str
    url: str
    active: bool


@dataclass(frozen=True)
class Site:
    """The frame of a public page; every text is in the page's language."""

    office: str
    subject: str
    links: tuple[SiteLink, ...]
    today: str
    english: bool
    switch_url: str


@dataclass(frozen=True)
class Steps:
    """Which rows of how many, and the way to the others; "" where there is none."""

    first: int
    last: int
    total: int
    page: int
    pages: int
    first_url: str = ""
    previous_url: str = ""
    next_url: str = ""
    last_url: str = ""


def to(endpoint: str, **values: Any) -> str:
    """Return an address of ours in the page's language; blank values are left out."""
    given = {name: value for name, value in values.items() if value not in (None, "")}
    if asked.language() == asked.ENGLISH:
        given["lang"] = "en"
    return url_for(endpoint, **given)


def make_site(section: str) -> Site:
    """Return the frame; `section` is the present one of the header's links."""
    english = asked.language() == asked.ENGLISH
    links = tuple(SiteLink(gettext(label), to(end), key == section) for key, end, label in _SECTIONS)
    return Site(
        gettext(OFFICE), gettext(SUBJECT), links, asked.today().isoformat(), english, _switched(english)
    )


def make_steps(
    page: int, pages: int, total: int, shown: int, size: int, endpoint: str, **values: Any
) -> Steps:
    """Return the pager of a list that shows `shown` rows of `total`."""

    def at(number: int) -> str:
        return to(endpoint, **values, page=number if number > 1 else None)

    first = (page - 1) * size + 1 if shown else 0
    back, on = page > 1, page < pages
    return Steps(
        first,
        first + shown - 1 if shown else 0,
        total,
        page,
        pages,
        first_url=at(1) if back else "",
        previous_url=at(page - 1) if back else "",
        next_url=at(page + 1) if on else "",
        last_url=at(pages) if on else "",
    )


def _switched(english: bool) -> str:
    """Return the present address in the other language, with only what our own pages ask for."""
    kept = {
        "county": asked.county(),
        "search": asked.search(),
        "kind": asked.kind() or "",
        "year": asked.year() or "",
        "page": asked.page() if asked.page() > 1 else "",
        "lang": "" if english else "en",
    }
    query = urlencode({name: str(value) for name, value in kept.items() if value})
    return f"{request.path}?{query}" if query else request.path
