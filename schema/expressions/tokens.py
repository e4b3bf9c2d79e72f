"""Words and signs of an expression: CEL's, their full-width forms, and the Chinese words for its keywords."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto

from rules.words import N_
from schema.expressions.faults import ExpressionError

MOST_CHARACTERS = 2000
MOST_TOKENS = 600
_MOST_DIGITS, _MOST_PLACES = 15, 10

_SIGNS = {
    "（": "(", "）": ")", "［": "[", "］": "]", "【": "[", "】": "]", "，": ",", "．": ".", "：": ":", "？": "?",
    "！": "!", "＝": "=", "＜": "<", "＞": ">", "＋": "+", "－": "-", "−": "-", "＊": "*", "×": "*", "／": "/",
    "÷": "/", "％": "%", "＆": "&", "｜": "|", "≥": ">=", "≤": "<=", "≠": "!=",
}  # fmt: skip
_TWO = ("&&", "||", "==", "!=", "<=", ">=")
_ONE = frozenset("!<>+-*/%?:()[],.")
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "「": "」"}
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "'": "'"}
_KEYWORDS = {
    "true": "true", "真": "true", "false": "false", "假": "false", "null": "null", "空": "null",
    "in": "in", "属于": "in", "且": "&&", "或": "||", "非": "!",
}  # fmt: skip
KEYWORDS = frozenset(_KEYWORDS)

_TOO_LONG = N_("The formula is too long: at most %(most)s characters. Make a computed field of a part of it.")
_STRANGE = N_("Character %(position)s, “%(word)s”: this sign has no meaning here. Please delete it.")
_HIDDEN = N_("Character %(position)s is one that cannot be seen (%(word)s). Please delete it.")
_ONE_EQUALS = N_("Character %(position)s, “%(word)s”: “is equal to” is written “==”.")
_DOUBLED = N_("Character %(position)s, “%(word)s”: “and” is written “&&”, “or” is written “||”.")
_OPEN = N_("Character %(position)s, “%(word)s”: the quotation mark that closes is missing.")
_ESCAPE = N_("Character %(position)s, “%(word)s”: after “\\” only n, t, “\\” and quotation marks may follow.")
_NUMBER = N_(
    "Character %(position)s, “%(word)s”: a number has digits only, at most 15 before and 10 after the point;"
    " a name that begins with a digit stands between two “`”."
)
_EMPTY = N_(
    "Character %(position)s, “%(word)s”: there is no empty text. To ask for what is blank write “== null”."
)


class Sort(Enum):
    """What a token is."""

    NAME = auto()
    QUOTED_NAME = auto()
    NUMBER = auto()
    TEXT = auto()
    SIGN = auto()  # also the keywords
    END = auto()


@dataclass(frozen=True)
class Token:
    """A word or a sign: `text` as it counts (folded, unquoted), `shown` as it was typed."""

    sort: Sort
    text: str
    shown: str
    start: int
    end: int
    number: Decimal = Decimal(0)


def tokens(source: str) -> list[Token]:
    """Return the tokens of an expression, the last of them END. Raises ExpressionError."""
    if len(source) > MOST_CHARACTERS:
        raise ExpressionError(_TOO_LONG, 0, len(source), "", most=MOST_CHARACTERS)
    found: list[Token] = []
    for token in _scan(source):
        found.append(token)
        if len(found) > MOST_TOKENS:
            raise ExpressionError(_TOO_LONG, token.start, token.end, token.shown, most=MOST_CHARACTERS)
    return [*found, Token(Sort.END, "", "", len(source), len(source))]


def _scan(source: str) -> Iterator[Token]:
    place = 0
    while place < len(source):
        sign = source[place]
        if sign in " \t\r\n\u3000":
            place += 1
            continue
        if sign in _QUOTES:
            token = _text(source, place)
        elif sign == "`":
            token = _quoted_name(source, place)
        elif _is_digit(sign):
            token = _number(source, place)
        elif _begins_name(sign):
            token = _name(source, place)
        else:
            token = _sign(source, place)
        yield token
        place = token.end


def _is_digit(sign: str) -> bool:
    return unicodedata.normalize("NFKC", sign) in "0123456789"


def _begins_name(sign: str) -> bool:
    return sign == "_" or unicodedata.category(sign)[0] == "L"


def continues_name(sign: str) -> bool:
    """Tell whether a sign may stand inside a name without quotes."""
    # The point in the middle parts a small table and its sub-field, and the parts of foreign names.
    return sign in "_·" or unicodedata.category(sign)[0] in "LMN"


def is_plain_name(text: str) -> bool:
    """Tell whether a name reads as one without quotes."""
    return (
        bool(text)
        and _begins_name(text[0])
        and all(map(continues_name, text))
        and text not in _KEYWORDS
        and unicodedata.normalize("NFKC", text) == text
    )


def _run(source: str, place: int) -> int:
    while place < len(source) and continues_name(source[place]):
        place += 1
    return place


def _name(source: str, start: int) -> Token:
    end = _run(source, start)
    shown = source[start:end]
    text = unicodedata.normalize("NFKC", shown)
    sort = Sort.SIGN if text in _KEYWORDS else Sort.NAME
    return Token(sort, _KEYWORDS.get(text, text), shown, start, end)


def _number(source: str, start: int) -> Token:
    end = _run(source, start)
    if end + 1 < len(source) and source[end] in ".．" and _is_digit(source[end + 1]):
        end = _run(source, end + 1)
    shown = source[start:end]
    whole, _, places = unicodedata.normalize("NFKC", shown).partition(".")
    if not (whole + places).isdecimal() or not (whole + places).isascii():
        raise ExpressionError(_NUMBER, start, end, shown)
    if len(whole.lstrip("0")) > _MOST_DIGITS or len(places) > _MOST_PLACES:
        raise ExpressionError(_NUMBER, start, end, shown)
    return Token(Sort.NUMBER, f"{whole}.{places}" if places else whole, shown, start, end,
                 Decimal(f"{whole}.{places}" if places else whole))  # fmt: skip


def _text(source: str, start: int) -> Token:
    closing, place, signs = _QUOTES[source[start]], start + 1, []
    while place < len(source) and source[place] != closing:
        sign = source[place]
        if sign == "\\" and closing in "\"'":
            sign = _ESCAPES.get(source[place + 1 : place + 2], "")
            if not sign:
                raise ExpressionError(_ESCAPE, place, place + 2, source[place : place + 2])
            place += 1
        elif _is_hidden(sign) and sign not in "\t\n":
            raise ExpressionError(_HIDDEN, place, place + 1, f"U+{ord(sign):04X}")
        signs.append(sign)
        place += 1
    if place >= len(source):
        raise ExpressionError(_OPEN, start, len(source), source[start : start + 20])
    if not signs:
        raise ExpressionError(_EMPTY, start, place + 1, source[start : place + 1])
    return Token(Sort.TEXT, "".join(signs), source[start : place + 1], start, place + 1)


def _quoted_name(source: str, start: int) -> Token:
    end = source.find("`", start + 1)
    if end < 0:
        raise ExpressionError(_OPEN, start, len(source), source[start : start + 20])
    shown = source[start : end + 1]
    hidden = next((place for place, sign in enumerate(shown) if _is_hidden(sign)), None)
    if hidden is not None:
        raise ExpressionError(_HIDDEN, start + hidden, start + hidden + 1, f"U+{ord(shown[hidden]):04X}")
    return Token(Sort.QUOTED_NAME, shown[1:-1], shown, start, end + 1)


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "C" or sign in "\u2028\u2029"


def _sign(source: str, start: int) -> Token:
    one = _SIGNS.get(source[start], source[start])
    two = one + _SIGNS.get(source[start + 1 : start + 2], source[start + 1 : start + 2])
    if two in _TWO:
        return Token(Sort.SIGN, two, source[start : start + 2], start, start + 2)
    if one in _TWO or one in _ONE:
        return Token(Sort.SIGN, one, source[start], start, start + 1)
    if _is_hidden(one):
        raise ExpressionError(_HIDDEN, start, start + 1, f"U+{ord(one):04X}")
    message = {"=": _ONE_EQUALS, "&": _DOUBLED, "|": _DOUBLED}.get(one, _STRANGE)
    raise ExpressionError(message, start, start + 1, source[start])
