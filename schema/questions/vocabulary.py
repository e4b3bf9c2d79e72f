"""The words that a question may use: of the declarations as a role knows them, of statuses and of counties."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rules.choices import Choice, Word, plain
from rules.counties import Counties
from schema.collection import Collection
from schema.field import Field, Kind
from schema.questions.phrases import Phrase

_DATES = (Kind.DATE, Kind.MOMENT)
NUMBERS = (Kind.INTEGER, Kind.DECIMAL)
_WORDS = (Kind.CHOICE, Kind.CHOICES)
# Words of one sign, and those that mean something else wherever somebody asks.
_TOO_COMMON = frozenset(
    {"服务", "管理", "其他", "名称", "时间", "日期", "地点", "方式", "记录", "类型", "类别", "资质"}
)


@dataclass(frozen=True)
class AskedTable:
    """A list that may be asked: its declaration as the role knows it, its statuses by code, what it is called.

    `keys` are the fields that it can be narrowed by; None: all of them.
    """

    declaration: Collection
    statuses: Mapping[str, str] = field(default_factory=dict)
    called: tuple[str, ...] = ()
    keys: frozenset[str] | None = None

    def may_ask(self, one: Field) -> bool:
        """Tell whether a field narrows the list."""
        return (
            one.stored and (one.exported or bool(one.filter)) and (self.keys is None or one.key in self.keys)
        )


@dataclass(frozen=True)
class WordMeaning:
    """What one word means: a table, or in a table a field, some of its words, or a phrase; or a county."""

    table: str = ""
    field: Field | None = None
    values: tuple[str, ...] = ()
    phrase: Phrase | None = None
    county: str = ""


class Vocabulary:
    """Words with what each means, the longest first at each place."""

    def __init__(self, tables: Iterable[AskedTable], counties: Counties) -> None:
        """Take the words of these tables and counties."""
        self.tables = {one.declaration.name: one for one in tables}
        self.words: dict[str, list[WordMeaning]] = {}
        for county in counties:
            for name in county.names:
                if not name.isascii():
                    self._add(name, WordMeaning(county=county.code))
        for table in self.tables.values():
            self._take(table)
        self.longest = max(map(len, self.words), default=0)

    def at(self, text: str, place: int, of: str = "") -> tuple[list[WordMeaning], int]:
        """Return what the longest word at a place means, and where it ends; nothing, and the place, for none.

        With a table `of`, words of others' fields are passed over as long as a shorter one means something in it.
        """
        foreign: tuple[list[WordMeaning], int] = ([], place)
        for length in range(min(self.longest, len(text) - place), 1, -1):
            found = self.words.get(text[place : place + length])
            if not found:
                continue
            if not of or any(
                one.table in ("", of) or (one.field is None and one.phrase is None) for one in found
            ):
                return found, place + length
            foreign = foreign if foreign[0] else (found, place + length)
        return foreign

    def _add(self, word: str, meaning: WordMeaning) -> None:
        text = plain(word)
        if len(text) > 1 and text not in _TOO_COMMON and not text.isdecimal():
            known = self.words.setdefault(text, [])
            if meaning not in known:
                known.append(meaning)

    def _take(self, table: AskedTable) -> None:
        declaration, name = table.declaration, table.declaration.name
        for word in (
            declaration.title,
            declaration.label,
            declaration.one,
            *declaration.called,
            *table.called,
        ):
            if plain(word) == "服务":
                continue
            self._add(word, WordMeaning(name))
        for one in declaration.fields:
            if not table.may_ask(one):
                continue
            for heading in (one.heading, *one.aliases):
                self._add(heading.partition("（")[0], WordMeaning(name, one))
            self._take_words(table, one)
        for phrase in declaration.phrases:
            wanted = [key for key in (phrase.day, phrase.field) if key]
            known = [
                key for key in wanted if key in declaration.by_key and table.may_ask(declaration.by_key[key])
            ]
            if known == wanted or phrase.elsewhere:
                for word in phrase.words:
                    self._add(word, WordMeaning(name, phrase=phrase))

    def _take_words(self, table: AskedTable, one: Field) -> None:
        name = table.declaration.name
        if one.kind is Kind.STATUS:
            for code, label in table.statuses.items():
                self._add(label, WordMeaning(name, one, (code,)))
        elif one.kind in _WORDS and one.choices is not None:
            for word in one.choices:
                for spelling in _spellings(word):
                    self._add(spelling, WordMeaning(name, one, (word.value,)))


def _spellings(word: Choice | Word) -> Iterable[str]:
    for spelling in (word.zh, *word.aliases):
        if spelling in ("是", "否", "有", "无"):
            continue
        yield spelling
        if len(spelling) > 2 and spelling.endswith("业"):
            yield spelling[:-1]


def codes_of(table: AskedTable, one: Field) -> tuple[str, ...]:
    """Return every word that a field may have, by its code."""
    if one.kind is Kind.STATUS:
        return tuple(table.statuses)
    return tuple(word.value for word in one.choices) if one.choices is not None else ()


def is_day(one: Field) -> bool:
    """Tell whether a field holds a day."""
    return one.kind in _DATES
