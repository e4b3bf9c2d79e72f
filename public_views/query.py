"""What a public address asks for, read without ever failing: what makes no sense is left out."""

from datetime import date

from flask import request

from documents.publication.public_search import MOST_LENGTH
from rules.counties import office_counties
from rules.publication import NoticeKind
from services.desk.settings import fresh_office_settings
from services.shared.office_day import office_today

_MOST_PAGE = 100_000
CHINESE, ENGLISH = "zh_Hans_CN", "en"


def today() -> date:
    """Return the office's day, at whose midnight notices begin and end."""
    return office_today()


def language() -> str:
    """Return the locale that the address names: one address, one content, and nobody's cookie is looked at."""
    return ENGLISH if request.args.get("lang") == "en" else CHINESE


def county() -> str:
    """Return the code of the county asked for; "" for the whole city."""
    code = request.args.get("county", "")
    if code and code not in office_counties().by_code:
        fresh_office_settings()  # a county that was added in another process is no unknown one
    return code if code in office_counties().by_code else ""


def search() -> str:
    """Return the words searched for, without signs that no one can see."""
    given = request.args.get("search", "")[: MOST_LENGTH * 4]
    return " ".join("".join(sign if sign.isprintable() else " " for sign in given).split())[:MOST_LENGTH]


def page() -> int:
    """Return the page asked for, from 1."""
    return _number("page", default=1, most=_MOST_PAGE)


def kind() -> NoticeKind | None:
    """Return the kind of paper asked for; None for all."""
    code = request.args.get("kind", "")
    return next((kind for kind in NoticeKind if kind.value == code), None)


def year() -> int | None:
    """Return the year asked for; None for all."""
    return _number("year", default=0, most=9999) or None


def _number(name: str, *, default: int, most: int) -> int:
    text = request.args.get(name, "")[:12]
    return min(max(int(text), default), most) if text.isascii() and text.isdecimal() else default
