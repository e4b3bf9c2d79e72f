"""What a search costs the database, in records and keys that are looked at: no clock has a part in it."""

import pytest

from admin_views.shared.list_page import SEARCH_COUNT_LIMIT
from documents.kinds import RECORDS
from documents.records.search import index_fields, query
from tests.commands_asked import work_done

COMPANIES = RECORDS["tenant_companies"]
MANY = 4_000
ORDER = (("sort_key", 1), ("_id", 1))


@pytest.fixture
def companies(db):
    """Companies whose names all end in 有限公司 and hold many letters among their codes and initials."""
    rows = []
    for number in range(MANY):
        name = f"聊城{chr(0x4E00 + number % 3000)}{chr(0x5E00 + number % 2900)}科技有限公司"
        code = f"9137{number:08d}ABCDEFGHJK"[:18]
        rows.append({
            "name": name, "uscc": code, "county": f"37152{number % 5}", "version": 1, "sort_key": f"{number:06d}",
            **index_fields([code, "a b c d e f g h"], names=[name]),
        })  # fmt: skip
    db["tenant_companies"].insert_many(rows)
    return db


def page_and_count(words):
    found = COMPANIES.objects.matching(words)
    return list(found.rows(["name"], ORDER, limit=50)), found.counts_by_county(SEARCH_COUNT_LIMIT)


def test_a_word_in_every_name_is_counted_no_further_than_the_page_says(companies):
    spent = work_done(companies, lambda: page_and_count("有限公司"))
    assert max(spent) <= 2 * SEARCH_COUNT_LIMIT
    rows, counts = page_and_count("有限公司")
    assert (len(rows), counts.total, counts.more) == (50, SEARCH_COUNT_LIMIT, True)


@pytest.mark.parametrize("letters", ["a b c d e f g h", "1 2 3 4 5 6 7 8", "h y k j q y x x"])
def test_eight_single_letters_cost_what_one_word_costs(companies, letters):
    one = work_done(companies, lambda: page_and_count(letters.replace(" ", "")))
    eight = work_done(companies, lambda: page_and_count(letters))
    assert eight.documents <= one.documents + 10 and eight.keys <= one.keys + 10


def test_letters_typed_one_by_one_are_initials_and_other_short_words_stay_words():
    assert query("h y k j") == query("hykj")
    assert query("h y 科技") == query("hy 科技")
    assert query("ab cd") != query("abcd")
    assert query("园 a b") == query("园 ab") != query("园ab")
    assert query("莘 园") != query("莘园")
