"""From tokens to a syntax tree, by the part of CEL's grammar that `docs/decisions` names; nothing is looked up yet.

The parser descends by hand: CEL's own names are ASCII, so that no library reads 营业收入 (see the decision).
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from rules.words import N_
from schema.expressions.faults import ExpressionError
from schema.expressions.tokens import Sort, Token, tokens

MOST_NESTED = 25  # parentheses and calls inside one another

_TOO_DEEP = N_(
    "Character %(position)s, “%(word)s”: too many parentheses inside one another. Make a computed field of a part."
)
_NOTHING = N_("The formula is empty. Please write one, such as a field's name.")
_ENDS = N_("The formula ends too early: after “%(word)s” something is missing.")
_UNEXPECTED = N_("Character %(position)s, “%(word)s”: this cannot stand here. Is a sign missing before it?")
_CHAIN = N_("Character %(position)s, “%(word)s”: compare two values only; join two comparisons by “&&”.")
_COLON = N_("Character %(position)s, “%(word)s”: after “?” and a value “:” and the other value must follow.")


@dataclass(frozen=True)
class Syntax:
    """A piece of an expression as it was typed: where it stands, and its first characters."""

    start: int
    end: int
    shown: str


@dataclass(frozen=True)
class NumberSyntax(Syntax):
    """A number."""

    number: Decimal


@dataclass(frozen=True)
class TextSyntax(Syntax):
    """A text between quotation marks."""

    text: str


@dataclass(frozen=True)
class KeywordSyntax(Syntax):
    """`true`, `false` or `null`."""

    keyword: str


@dataclass(frozen=True)
class NameSyntax(Syntax):
    """A name; `owner` stands before its point, if one does."""

    name: str
    is_quoted: bool
    owner: "NameSyntax | None" = None


@dataclass(frozen=True)
class CallSyntax(Syntax):
    """A function with its arguments, or an operator with its operands."""

    name: str
    arguments: "tuple[AnySyntax, ...]"
    is_operator: bool = False


@dataclass(frozen=True)
class ListSyntax(Syntax):
    """Values between square brackets."""

    items: "tuple[AnySyntax, ...]"


AnySyntax = NumberSyntax | TextSyntax | KeywordSyntax | NameSyntax | CallSyntax | ListSyntax


def parse(source: str) -> AnySyntax:
    """Return the syntax of an expression. Raises ExpressionError."""
    scanned = tokens(source)
    if scanned[0].sort is Sort.END:
        raise ExpressionError(_NOTHING, 0, len(source), "")
    reader = _Reader(source, scanned)
    found = reader.expression()
    if reader.token.sort is not Sort.END:
        raise reader.unexpected()
    return found


class _Reader:
    def __init__(self, source: str, found: list[Token]) -> None:
        self.source, self.tokens, self.place, self.nested = source, found, 0, 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def takes(self, *signs: str) -> Token | None:
        """Return the next token and go on if it is one of these signs."""
        token = self.token
        if token.sort is Sort.SIGN and token.text in signs:
            self.place += 1
            return token
        return None

    def demand(self, sign: str, message: str = "") -> Token:
        found = self.takes(sign)
        if found is None:
            raise self.unexpected(message)
        return found

    def unexpected(self, message: str = "") -> ExpressionError:
        token = self.token
        if token.sort is Sort.END:
            last = self.tokens[self.place - 1]
            return ExpressionError(_ENDS, last.start, last.end, last.shown)
        return ExpressionError(message or _UNEXPECTED, token.start, token.end, token.shown)

    def spot(self, start: int) -> tuple[int, int, str]:
        """Return where something stands that began at `start` and has just been read."""
        end = self.tokens[self.place - 1].end
        shown = self.source[start:end]
        return start, end, shown if len(shown) <= 20 else f"{shown[:19]}…"

    def expression(self) -> AnySyntax:
        start, token = self.token.start, self.token
        self.nested += 1
        if self.nested > MOST_NESTED:
            raise ExpressionError(_TOO_DEEP, token.start, token.end, token.shown)
        # A chain of conditions is read in a loop: ten words in a row are no nesting.
        parts = [self.either()]
        while self.takes("?"):
            parts.append(self.either())
            self.demand(":", _COLON)
            parts.append(self.either())
        self.nested -= 1
        return CallSyntax(*self.spot(start), "?:", tuple(parts), True) if len(parts) > 1 else parts[0]

    def either(self) -> AnySyntax:
        return self.chain(("||",), lambda: self.chain(("&&",), self.comparison))

    def chain(self, signs: tuple[str, ...], inner: Callable[[], AnySyntax]) -> AnySyntax:
        """Read operands between signs of one rank, which group from the left."""
        start = self.token.start
        found = inner()
        while sign := self.takes(*signs):
            operand = inner()
            found = CallSyntax(*self.spot(start), sign.text, (found, operand), True)
        return found

    def comparison(self) -> AnySyntax:
        signs = ("==", "!=", "<", "<=", ">", ">=", "in")
        start = self.token.start
        found = self.sum()
        if sign := self.takes(*signs):
            operand = self.sum()
            found = CallSyntax(*self.spot(start), sign.text, (found, operand), True)
            if self.token.sort is Sort.SIGN and self.token.text in signs:
                raise self.unexpected(_CHAIN)
        return found

    def sum(self) -> AnySyntax:
        return self.chain(("+", "-"), lambda: self.chain(("*", "/", "%"), self.signed))

    def signed(self) -> AnySyntax:
        before = []
        while sign := self.takes("!", "-"):
            before.append(sign)
            if len(before) > MOST_NESTED:
                raise ExpressionError(_TOO_DEEP, sign.start, sign.end, sign.shown)
        found = self.member()
        for sign in reversed(before):
            found = CallSyntax(*self.spot(sign.start), "!" if sign.text == "!" else "-x", (found,), True)
        return found

    def member(self) -> AnySyntax:
        start = self.token.start
        found = self.primary()
        while self.takes("."):
            token = self.token
            if token.sort not in (Sort.NAME, Sort.QUOTED_NAME):
                raise self.unexpected()
            self.place += 1
            if self.takes("("):
                arguments = (found, *self.arguments(")"))
                found = CallSyntax(*self.spot(start), token.text, arguments)
            elif isinstance(found, NameSyntax) and found.owner is None:
                quoted = token.sort is Sort.QUOTED_NAME
                found = NameSyntax(*self.spot(start), token.text, quoted, found)
            else:
                raise ExpressionError(_UNEXPECTED, token.start, token.end, token.shown)
        return found

    def primary(self) -> AnySyntax:
        token = self.token
        if token.sort is Sort.END:
            raise self.unexpected()
        self.place += 1
        if token.sort is Sort.NUMBER:
            return NumberSyntax(*self.spot(token.start), token.number)
        if token.sort is Sort.TEXT:
            return TextSyntax(*self.spot(token.start), token.text)
        if token.sort in (Sort.NAME, Sort.QUOTED_NAME):
            if token.sort is Sort.NAME and self.takes("("):
                arguments = self.arguments(")")
                return CallSyntax(*self.spot(token.start), token.text, arguments)
            return NameSyntax(*self.spot(token.start), token.text, token.sort is Sort.QUOTED_NAME)
        if token.text in ("true", "false", "null"):
            return KeywordSyntax(*self.spot(token.start), token.text)
        if token.text == "(":
            found = self.expression()
            self.demand(")")
            return found
        if token.text == "[":
            items = self.arguments("]")
            return ListSyntax(*self.spot(token.start), items)
        self.place -= 1
        raise self.unexpected()

    def arguments(self, closing: str) -> tuple[AnySyntax, ...]:
        found: list[AnySyntax] = []
        if self.takes(closing):
            return ()
        while True:
            found.append(self.expression())
            if self.takes(closing):
                return tuple(found)
            self.demand(",")
