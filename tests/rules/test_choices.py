"""The field's own words: one code each, known by every spelling, and the same on screen as on paper."""

import re
from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import rules
from rules.choices import BaseType, Choice, CompanySize, FeeKind, Industry, ServiceFunction, plain

CATALOGUE = (
    Path(__file__).resolve().parents[2] / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
)
for module in iter_modules(rules.__path__):
    import_module(f"rules.{module.name}")  # else the words of a room's other files would not be known here
LISTS = [kind for kind in Choice.__subclasses__() if kind.__module__.startswith("rules.")]
ALL = [member for kind in LISTS for member in kind]


def named(member: Choice) -> str:
    return f"{type(member).__name__}-{member.value}"


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN")


def test_the_screen_says_the_same_word_as_the_workbook(catalogue: Catalog) -> None:
    unmarked = [named(member) for member in ALL if not catalogue.get(member.label)]
    assert unmarked == []
    said = {named(member): catalogue[member.label].string for member in ALL}
    assert [(named(member), said[named(member)]) for member in ALL if said[named(member)] != member.zh] == []


def test_one_label_never_stands_for_two_words() -> None:
    words: dict[str, set[str]] = {}
    for member in ALL:
        words.setdefault(member.label, set()).add(member.zh)
    assert {label: found for label, found in words.items() if len(found) > 1} == {}


def used_twice(words: Iterable[str]) -> list[str]:
    return [word for word, count in Counter(words).items() if count > 1]


@pytest.mark.parametrize("part", ["value", "label", "zh"])
def test_codes_labels_and_words_of_a_list_are_each_used_once(part: str) -> None:
    # Counted in the table as written: an enum would silently make a doubled code an alias of the first.
    words = {kind.__name__: [getattr(one, part) for one in kind.__members__.values()] for kind in LISTS}
    assert {name: twice for name, found in words.items() if (twice := used_twice(found))} == {}


def spellings(member: Choice) -> tuple[str, ...]:
    return (member.value, member.zh, *member.aliases)


def test_no_spelling_of_one_word_is_another_word_of_the_list() -> None:
    words = {
        kind.__name__: [word for member in kind for word in {plain(one) for one in spellings(member)}]
        for kind in LISTS
    }
    assert {name: twice for name, found in words.items() if (twice := used_twice(found))} == {}


def test_a_code_is_safe_in_an_address_and_is_the_member_as_text() -> None:
    assert [named(member) for member in ALL if not re.fullmatch(r"[a-z][a-z0-9_-]*", member.value)] == []
    assert [named(member) for member in ALL if not str(member) == member == member.value] == []


def test_a_word_is_found_by_its_code_its_chinese_and_its_other_spellings() -> None:
    lost = [
        (named(member), written)
        for member in ALL
        for word in spellings(member)
        for written in (word, f"  {word.upper()}\u3000")
        if type(member).worded(written) is not member
    ]
    assert lost == []


def test_there_are_words_to_check() -> None:
    assert len(LISTS) > 20 and len(ALL) > 100


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        (Industry, "农,林,牧,渔业", Industry.FARMING),  # commas of either width for 、
        (Industry, "农，林，牧，渔业", Industry.FARMING),
        (Industry, "软件和信息 技术服务业", Industry.SOFTWARE),  # a blank in the middle
        (ServiceFunction, "投融资", ServiceFunction.FINANCING),
        (FeeKind, "ＦＲＥＥ", FeeKind.FREE),  # full width
        (CompanySize, "小型企业", None),  # nothing is guessed
        (CompanySize, "", None),
    ],
)
def test_words_are_found_as_offices_write_them(kind: type[Choice], text: str, found: Choice | None) -> None:
    assert kind.worded(text) is found


# Art. 3, 5(4), 7 and 工信部联企业〔2011〕300号: as many words as the papers name.
@pytest.mark.parametrize(
    ("kind", "count"),
    [(BaseType, 6), (ServiceFunction, 8), (FeeKind, 3), (CompanySize, 4), (Industry, 16)],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_list_has_as_many_words_as_its_paper(kind: type[Choice], count: int) -> None:
    assert len(kind) == count
