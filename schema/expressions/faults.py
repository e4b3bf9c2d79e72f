"""What is wrong with an expression that was typed: one sentence that says where and what to do."""

from typing import Any

from rules.errors import Refusal, Refused


class ExpressionError(Refused):
    """An expression is not accepted. `start` and `end` count characters of what was typed, from 0."""

    def __init__(self, message: str, start: int, end: int, word: str, **params: Any) -> None:
        """`message` may speak of `%(position)s` (from 1) and `%(word)s`."""
        self.start, self.end = start, end
        super().__init__(Refusal(message, {"position": start + 1, "word": word, **params}))
