"""The words of the public pages for what the records hold as codes and days."""

from flask_babel import gettext

from rules.choices import BaseType
from rules.titles import Term
from rules.words import N_
from services.publication.public_bases import PublicBase, TitleState

_COLOURS = {
    TitleState.VALID: "green",
    TitleState.NOT_BEGUN: "blue",
    TitleState.RENEWAL: "blue",
    TitleState.EXPIRED: "amber",
}


def base_type(code: str) -> str:
    """Return the word of a base type; "" for none."""
    return next((gettext(term.label) for term in BaseType if term.value == code), "")


def state_of(base: PublicBase) -> str:
    """Return how a title stands; of an ended one, in the words of the office's dictionary."""
    return base.status.label if base.state is TitleState.ENDED else gettext(base.state.label)


def colour_of(base: PublicBase) -> str:
    """Return the colour of the state's badge."""
    return _COLOURS.get(base.state, base.status.colour)


def term_of(term: Term) -> str:
    """Return a term with both its days; "" when it has none."""
    if term.first_day is None and term.last_day is None:
        return ""
    days = {"first": term.first_day or "…", "last": term.last_day or "…"}
    return gettext(N_("%(first)s to %(last)s"), **days)
