"""The sub-fields of a small table that an office adds to a collection: what each row of it holds.

A row is stored as a mapping from the codes of its sub-fields to values, blanks left out. A code is never given twice in
one table; a word of a sub-field's list that is taken away is retired, and stays where records have it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rules.choices import Choice, ChoiceList, Word
from rules.errors import Refusal
from rules.words import N_
from schema.field import ROW_SIGNS, Field, Kind, heading_key

MOST_PARTS = 8
MOST_ROWS = 40  # of one record; all of them together fit into one cell of a workbook (32,767 signs)
LONGEST_PART = 20  # signs of a sub-field's name
LONGEST_TEXT = 90  # signs of a text in a row
_LONGEST_UNIT, _LONGEST_ENGLISH, _LONGEST_WORD, _MOST_WORDS = 8, 40, 30, 30
_CODE = re.compile(r"p[1-9][0-9]{0,5}")
_WORD_CODE = re.compile(r"w[1-9][0-9]{0,5}")

NO_PARTS = N_("A table needs at least one sub-field.")
TOO_MANY_PARTS = N_("A table has at most %(most)d sub-fields.")
NO_PART_LABEL = N_("Sub-field %(number)d needs a name.")
LONG_PART = N_("Sub-field “%(label)s”: its name, unit or words are too long.")
DOUBLE_PART = N_("The sub-field “%(label)s” stands twice.")
BAD_PART_SIGN = N_(
    "Sub-field “%(label)s”: quotation marks, the percent sign and < > & {} [] | ｜ = may not stand in it."
)
PART_WITHOUT_WORDS = N_("Sub-field “%(label)s”: list the words to choose from, parted by 、.")
TOO_MANY_PART_WORDS = N_("Sub-field “%(label)s”: a list has at most %(most)d words here.")
PART_KIND_STAYS = N_("Sub-field “%(label)s”: what it holds stays. Add another one and remove this.")
BAD_PART_CODES = N_("Sub-field “%(label)s”: its codes are not as this program gives them.")


class PartKind(Choice):
    """What a sub-field holds."""

    TEXT = "text", N_("One line of text"), "单行文字"
    INTEGER = "integer", N_("Whole number"), "整数"
    DECIMAL = "decimal", N_("Number with decimals"), "小数"
    PERCENT = "percent", N_("Percentage"), "百分比"
    DATE = "date", N_("Day"), "日期"
    YES_NO = "yes-no", N_("Yes or no"), "有无"
    CHOICE = "choice", N_("One word of a list"), "单选"


_KINDS: Mapping[PartKind, Kind] = {
    PartKind.TEXT: Kind.TEXT, PartKind.INTEGER: Kind.INTEGER, PartKind.DECIMAL: Kind.DECIMAL,
    PartKind.PERCENT: Kind.DECIMAL, PartKind.DATE: Kind.DATE, PartKind.YES_NO: Kind.YES_NO,
    PartKind.CHOICE: Kind.CHOICE,
}  # fmt: skip


@dataclass(frozen=True)
class PartWord:
    """A word of a sub-field's list: `code` is stored and never given twice; a retired one is offered no more."""

    code: str
    label: str
    retired: bool = False


@dataclass(frozen=True)
class OwnPart:
    """One sub-field of a small table. `code` ("" for a new one) is the key in each stored row."""

    code: str
    label: str
    kind: PartKind = PartKind.TEXT
    english: str = ""
    unit: str = ""
    required: bool = False
    words: tuple[PartWord, ...] = ()
    last_word: int = 0  # the number of the last code given to a word

    @property
    def offered_words(self) -> tuple[str, ...]:
        """The words that can be chosen."""
        return tuple(word.label for word in self.words if not word.retired)


def as_part_field(part: OwnPart) -> Field:
    """Return the declaration of a sub-field."""
    is_percent = part.kind is PartKind.PERCENT
    unit = "%" if is_percent else part.unit if _KINDS[part.kind] in (Kind.INTEGER, Kind.DECIMAL) else ""
    offered = tuple(word.code for word in part.words if not word.retired)
    is_choice = part.kind is PartKind.CHOICE
    return Field(
        part.code, part.label, f"{part.label}（{unit}）" if unit else part.label, _KINDS[part.kind],
        unit=unit, required=part.required, max_length=LONGEST_TEXT, maximum=100 if is_percent else None,
        choices=ChoiceList.of(*(Word(word.code, word.label, word.label) for word in part.words)) if is_choice else None,
        offered=(lambda: offered) if is_choice else None,
    )  # fmt: skip


def with_part_codes(
    parts: Iterable[OwnPart], before: tuple[OwnPart, ...], last: int
) -> tuple[tuple[OwnPart, ...], int]:
    """Give each new sub-field and each new word a code that none had before; return them and the last number given.

    A sub-field counts as one of `before`'s by its code alone. Words are known by what they say: those that are not
    there any more are retired.
    """
    known = {part.code: part for part in before}
    last = max([last, *(int(code[1:]) for code in known)])
    found = []
    for part in parts:
        earlier = known.pop(part.code, None)
        if earlier is None:
            last += 1
            part = replace(part, code=f"p{last}")
        found.append(_with_word_codes(part, earlier))
    return tuple(found), last


def _with_word_codes(part: OwnPart, before: OwnPart | None) -> OwnPart:
    if part.kind is not PartKind.CHOICE:
        return replace(part, words=(), last_word=0)
    known = {word.label: word for word in before.words} if before else {}
    last, words = before.last_word if before else 0, []
    for label in dict.fromkeys(part.offered_words):
        word = known.pop(label, None)
        if word is None:
            last += 1
            words.append(PartWord(f"w{last}", label))
        else:
            words.append(replace(word, retired=False))
    words += [replace(word, retired=True) for word in known.values()]
    return replace(part, words=tuple(words), last_word=last)


def refusals_of_parts(parts: tuple[OwnPart, ...], is_bad: re.Pattern[str]) -> list[Refusal]:
    """Return why the sub-fields of a table may not be so; `is_bad` finds the signs that no label may hold."""
    if not parts:
        return [Refusal(NO_PARTS, field="parts")]
    if len(parts) > MOST_PARTS:
        return [Refusal(TOO_MANY_PARTS, {"most": MOST_PARTS}, "parts")]
    seen: set[str] = set()
    for number, part in enumerate(parts, 1):
        if not part.label:
            return [Refusal(NO_PART_LABEL, {"number": number}, "parts")]
        if message := _fault_of(part, is_bad):
            return [Refusal(message, {"label": part.label, "most": _MOST_WORDS}, "parts")]
        if heading_key(part.label) in seen:
            return [Refusal(DOUBLE_PART, {"label": part.label}, "parts")]
        seen.add(heading_key(part.label))
    return []


def _fault_of(part: OwnPart, is_bad: re.Pattern[str]) -> str:
    words = part.offered_words
    if (
        len(part.label) > LONGEST_PART
        or len(part.unit) > _LONGEST_UNIT
        or len(part.english) > _LONGEST_ENGLISH
        or any(len(word) > _LONGEST_WORD for word in words)
    ):
        return LONG_PART
    texts = (part.label, part.english, part.unit, *words)
    if any(is_bad.search(text) or ROW_SIGNS.search(text) for text in texts):
        return BAD_PART_SIGN
    if part.kind is PartKind.CHOICE and not words:
        return PART_WITHOUT_WORDS
    return TOO_MANY_PART_WORDS if len(part.words) > _MOST_WORDS * 4 or len(words) > _MOST_WORDS else ""


def changed_part(parts: Iterable[OwnPart], before: Iterable[OwnPart]) -> OwnPart | None:
    """Return the first sub-field that is to hold something else than before; None where none is."""
    kinds = {part.code: part.kind for part in before}
    return next((part for part in parts if kinds.get(part.code, part.kind) is not part.kind), None)


def refusals_of_taken_parts(
    parts: tuple[OwnPart, ...], before: tuple[OwnPart, ...], last: int
) -> tuple[Refusal, ...]:
    """Return why sub-fields of another office's configuration, with their codes, may not stand here."""
    if moved := changed_part(parts, before):
        return (Refusal(PART_KIND_STAYS, {"label": moved.label}, "parts"),)
    codes = [part.code for part in parts]
    for part in parts:
        words = [word.code for word in part.words]
        is_good = (
            _CODE.fullmatch(part.code) and codes.count(part.code) == 1 and int(part.code[1:]) <= last
            and len(set(words)) == len(words) and all(map(_WORD_CODE.fullmatch, words))
            and max([0, *(int(code[1:]) for code in words)]) <= part.last_word
        )  # fmt: skip
        if not is_good:
            return (Refusal(BAD_PART_CODES, {"label": part.label}, "parts"),)
    return ()
