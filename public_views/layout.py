"""What stands around every public page: the office's name, two links, the language, the day."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext

from public_views import query
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
class Layout:
    """What stands around a public page (`site` in the templates); every text is in the page's language."""

    office: str
    subject: str
    links: tuple[SiteLink, ...]
    today: str
    english: bool
    switch_url: str


@dataclass(frozen=True)
class Pager:
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
    if query.language() == query.ENGLISH:
        given["lang"] = "en"
    return url_for(endpoint, **given)


def make_layout(section: str) -> Layout:
    """Return what stands around a page; `section` is the present one of the header's links."""
    english = query.language() == query.ENGLISH
    links = tuple(
        SiteLink(gettext(label), to(endpoint), key == section) for key, endpoint, label in _SECTIONS
    )
    return Layout(
        gettext(OFFICE), gettext(SUBJECT), links, query.today().isoformat(), english, _switched(english)
    )


def make_pager(
    page: int, pages: int, total: int, shown: int, size: int, endpoint: str, **values: Any
) -> Pager:
    """Return the pager of a list that shows `shown` rows of `total`."""

    def at(number: int) -> str:
        return to(endpoint, **values, page=number if number > 1 else None)

    first = (page - 1) * size + 1 if shown else 0
    has_previous, has_next = page > 1, page < pages
    return Pager(
        first,
        first + shown - 1 if shown else 0,
        total,
        page,
        pages,
        first_url=at(1) if has_previous else "",
        previous_url=at(page - 1) if has_previous else "",
        next_url=at(page + 1) if has_next else "",
        last_url=at(pages) if has_next else "",
    )


def _switched(english: bool) -> str:
    """Return the present address in the other language, with only what our own pages ask for."""
    arguments = {
        "county": query.county(),
        "search": query.search(),
        "kind": query.kind() or "",
        "year": query.year() or "",
        "page": query.page() if query.page() > 1 else "",
        "lang": "" if english else "en",
    }
    text = urlencode({name: str(value) for name, value in arguments.items() if value})
    return f"{request.path}?{text}" if text else request.path
