"""Texts as cells and form fields bring them: cleaned of what no one can see, never of what a name means.

A name keeps its full-width brackets (（二期） is part of it), so it is not normalised; codes,
numbers and dates are, in the modules that read them.
"""

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from typing import Never

from rules.errors import Refusal, Refused
from rules.standard_signs import standard_signs
from rules.words import N_

# Line ends of other systems and of word processors, all meant as one.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Control characters (a NUL breaks every later export), zero-width and direction marks, byte order marks.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_CHINESE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
# A line end inside Chinese is only where the cell was wrapped by hand.
_WRAPPED = re.compile(rf"(?<=[{_CHINESE}])[^\S\n]*\n\s*(?=[{_CHINESE}])")
# What Excel leaves in a cell whose formula failed.
_ERROR_VALUE = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FORMULA)")
# How a text begins that a program takes for a formula when it opens a file of text; a guarded one has one ' more.
_LIKE_A_FORMULA = re.compile("'*[=+\\-@\t\r]")


def guarded(text: str) -> str:
    """Return a text as it stands in a CSV, so that no program takes it for a formula; `unguarded` is its inverse."""
    return "'" + text if _LIKE_A_FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Return the text that a cell of a CSV stands for, without the apostrophe that guards it."""
    return text[1:] if text[:1] == "'" and _LIKE_A_FORMULA.match(text) else text


def refuse(message: str, /, **params: object) -> Never:
    """Raise Refused with one sentence; a quoted `value` is cut to what fits on a line."""
    if "value" in params:
        params["value"] = shortened(str(params["value"]))
    raise Refused(Refusal(message, params))


def shortened(text: str, most: int = 40) -> str:
    """Return `text` on one line, cut at `most` characters with an ellipsis; unpaired surrogates become ?."""
    line = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    return line if len(line) <= most else line[: most - 1] + "…"


def as_text(value: object) -> str:
    """Return a cell's value as the clerk sees it: 18449038930.0 is 18449038930, a day is 2026-11-23."""
    match value:
        case None:
            return ""
        case str():
            return str(value)
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case float() if value == value and abs(value) < 1e15:
            return format(Decimal(repr(value)), "f")
        case dt.datetime():
            return f"{value:%Y-%m-%d %H:%M}" if value.time() != dt.time() else f"{value:%Y-%m-%d}"
        case _:
            return str(value)


def cleaned(value: object) -> str:
    r"""Return a text of several lines without unseen characters, trimmed, its line ends as \n, its signs standard.

    Refused: a lone surrogate (it can be neither stored nor written) and an Excel error value.
    """
    text = as_text(value)
    # Signs of private use are not printable, so that ordinary texts pay nothing.
    text = text.strip() if text.isprintable() else without_unseen(standard_signs(text))
    if text.startswith("#") and _ERROR_VALUE.fullmatch(text):
        if text == "#FORMULA":
            refuse(
                N_(
                    "The cell holds a formula without its result. Open the file in Excel, save it and try again."
                )
            )
        refuse(N_("The cell holds Excel's error value %(value)s."), value=text)
    return text


def without_unseen(text: str) -> str:
    """Return the text without control, zero-width and direction marks; refused when it holds half a character."""
    text = _LINE_ENDS.sub("\n", text)
    if _SURROGATE.search(text):
        refuse(N_("The text holds half a character, which cannot be stored. Please type it again."))
    text = _UNSEEN.sub("", text)
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def one_line(value: object) -> str:
    """Return a text of one line, cleaned; lines wrapped by hand inside Chinese are joined without a space."""
    text = cleaned(value)
    return " ".join((_WRAPPED.sub("", text) if "\n" in text else text).split())


def folded(value: object) -> str:
    """Return a cleaned text in half width without any space, as codes, numbers and dates are compared."""
    text = cleaned(value)
    return "".join((text if text.isascii() else unicodedata.normalize("NFKC", text)).split())


def _is_plain(text: str) -> bool:
    """Tell whether a text is clean as it is: of what is printable only a space is white, and none of it unseen."""
    return text.isprintable() and " " not in text and not text.startswith("#")


def text_of(value: object, most: int, *, lines: bool = False) -> str | None:
    """Return the cleaned text, None when blank; refused when longer than `most` characters."""
    if type(value) is str and len(value) <= most and _is_plain(value):
        return value or None
    text = cleaned(value) if lines else one_line(value)
    if len(text) > most:
        refuse(
            N_("The text has %(length)d characters; at most %(most)d are allowed."),
            length=len(text),
            most=most,
        )
    return text or None
