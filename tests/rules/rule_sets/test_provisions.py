"""What papers and screens cite: every provision has its article in the rule set, and nowhere else."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rules.errors import Refused
from rules.grounds import Ground
from rules.rule_sets.measures import (
    CITY_2021,
    NATION_2016,
    TRANSITIONS_OF,
    DecidedUnder,
    Measures,
    deciding,
    refusals_to_cite,
)
from rules.rule_sets.provisions import KEYS, PROVISIONS, ground_key

ROOT = Path(__file__).resolve().parents[3]
# A message or a paper that names an article by its number.
NAMED = re.compile(
    r"N_\([^)]*\bArt\. ?\d|_\('[^']*\bArt\. ?\d|(?<!\")\"[^\"\n]+第十?[一二三四五六七八九十]条"
)
SUCCESSOR = replace(
    CITY_2021, code="city-2027", document_number="聊工信发〔2027〕1号", first_day=date(2026, 12, 4), last_day=None,
    articles={**CITY_2021.articles, ground_key(Ground.FRAUD): "21(2)"},
)  # fmt: skip


def test_every_provision_of_the_shipped_rule_set_has_an_article_of_its_text() -> None:
    assert set(CITY_2021.articles) == KEYS
    parts = {article.number: article for article in CITY_2021.text}
    for reference in CITY_2021.articles.values():
        number, _, item = reference.rstrip(")").partition("(")
        assert not item or parts[int(number)].part(int(item))


def test_nothing_else_in_the_program_names_an_article_by_its_number() -> None:
    rooms = (
        "admin_views",
        "public_views",
        "forms",
        "services",
        "office",
        "schema",
        "documents",
        "templates",
        "commands",
    )
    files = [
        path
        for room in rooms
        for path in (ROOT / room).rglob("*")
        if path.suffix in (".py", ".html") and "__pycache__" not in path.parts
    ]
    assert [path.name for path in files if NAMED.search(path.read_text(encoding="utf-8"))] == []


def test_a_paper_cites_document_and_articles_of_its_rule_set() -> None:
    keys = [ground_key(Ground.FRAUD), ground_key(Ground.OTHER)]
    title = "《聊城市小型微型企业创业创新示范基地建设管理办法》"
    assert CITY_2021.cited_with(keys) == f"{title}（聊工信发〔2021〕133号）第十八条第（一）项、第（四）项"
    assert (
        SUCCESSOR.cited_with(keys)
        == f"{title}（聊工信发〔2027〕1号）第二十一条第（二）项、第十八条第（四）项"
    )


@pytest.mark.parametrize("key", ["document_title", "document_number"])
def test_a_missing_title_or_number_is_an_error_and_not_the_one_of_2021(key: str) -> None:
    with pytest.raises(Refused):
        _ = replace(CITY_2021, **{key: ""}).cited


def test_a_missing_body_or_article_is_an_error() -> None:
    with pytest.raises(Refused):
        _ = replace(CITY_2021, body="").issued_by
    with pytest.raises(Refused):
        replace(CITY_2021, articles={}).article("notice")
    with pytest.raises(KeyError):
        CITY_2021.article("no-such-thing")


def test_a_city_rule_set_without_what_papers_cite_is_not_put_in_force() -> None:
    assert refusals_to_cite(CITY_2021) == ()
    bare = replace(CITY_2021, body="", document_title="", document_number="", articles={})
    assert len(refusals_to_cite(bare)) == 3 + len(PROVISIONS)
    assert refusals_to_cite(NATION_2016) == ()


def test_a_rule_set_is_the_same_after_it_was_stored() -> None:
    changed = replace(SUCCESSOR, terms_begun_before=DecidedUnder.THIS, failing_may_be_announced=True)
    assert Measures.from_stored(changed.stored()) == changed


@pytest.mark.parametrize("transition", TRANSITIONS_OF)
@pytest.mark.parametrize(
    ("under", "day", "decides"),
    [
        (DecidedUnder.EARLIER, date(2027, 6, 1), CITY_2021.code),
        (DecidedUnder.THIS, date(2026, 12, 3), CITY_2021.code),
        (DecidedUnder.THIS, date(2026, 12, 4), SUCCESSOR.code),
    ],
)
def test_the_successor_says_which_edition_decides_what_was_begun_before(
    transition: str, under: DecidedUnder, day: date, decides: str
) -> None:
    successor = replace(SUCCESSOR, **{transition: under})
    assert deciding((CITY_2021, NATION_2016, successor), CITY_2021, day, transition).code == decides
