"""Where each provision stands in a new text: proposed by likeness; what is not found is set by hand."""

from dataclasses import replace

import pytest

from rules.rule_sets.articles import Article
from rules.rule_sets.measures import CITY_2021
from rules.rule_sets.succession.comparison import paired
from rules.rule_sets.succession.provisions import proposed_articles, reference_of, references_of, words_of
from tests.new_measures import INSERTED, new_articles, new_number


def test_the_text_of_2021_maps_onto_itself():
    assert proposed_articles(CITY_2021, CITY_2021.text) == dict(CITY_2021.articles)


def test_provisions_move_with_their_articles_and_their_items():
    expected = {}
    for key, reference in CITY_2021.articles.items():
        article, mark, item = reference.partition("(")
        expected[key] = f"{new_number(int(article))}{mark}{item}"
    parted = {"notice": str(INSERTED), "announcement": str(INSERTED)}
    assert proposed_articles(CITY_2021, new_articles()) == expected | parted


def test_what_is_nowhere_in_the_new_text_is_left_to_be_set_by_hand():
    proposed = proposed_articles(CITY_2021, (Article(1, ("本办法另行解释。",)),))
    assert set(proposed.values()) == {""}
    without_items = [article for article in CITY_2021.text if article.number != 18]
    proposed = proposed_articles(CITY_2021, without_items)
    assert proposed["ground.fraud"] == ""
    assert proposed["tenants"] == "5(2)"


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        ("", ""), ("12", "12"), ("5(2)", "5(2)"), ("5（2）", "5(2)"), ("第五条第（二）项", "5(2)"),
        ("第5条第2项", "5(2)"),
        ("第十二条", "12"), (" 第 十八 条 第（一）项 ", "18(1)"),
    ],
)  # fmt: skip
def test_a_reference_is_read_however_it_is_typed(typed, reference):
    assert reference_of(typed) == reference


@pytest.mark.parametrize("typed", ["见附件", "5(2)(3)", "第条", "条例"])
def test_what_is_no_reference(typed):
    with pytest.raises(ValueError):
        reference_of(typed)


@pytest.mark.parametrize(
    ("reference", "begins"),
    [
        ("5(2)", "基地入驻小型微型企业25家以上"),
        ("16", "示范基地实行动态管理"),
        ("5(9)", ""),
        ("99", ""),
        ("", ""),
        ("x", ""),
    ],
)
def test_the_words_of_an_article_or_an_item(reference, begins):
    words = words_of(CITY_2021.text, reference)
    assert words.startswith(begins)
    assert bool(words) is bool(begins)


def test_every_article_and_item_can_be_chosen():
    references = references_of(CITY_2021.text)
    assert references[:3] == ("1", "2", "3")
    assert "7(8)" in references
    assert "11(10)" in references
    assert set(CITY_2021.articles.values()) <= set(references)


def test_a_whole_article_that_stayed_is_taken_before_one_that_is_more_alike():
    words = "县级主管部门初审后，对符合条件的基地进行公示，公示期不少于五个工作日。"
    other = "市局对符合条件的基地进行公示，公示期不少于五日。"
    text = (Article(1, (words,)), Article(2, (words + "另行通知。",)))
    old = replace(CITY_2021, articles={"notice": "2", "announcement": "1"}, text=text)
    new = (Article(1, (words,)), Article(2, (other,)))
    became = {pair.old.number: pair.new.number for pair in paired(old.text, new) if pair.old and pair.new}
    assert became == {1: 1, 2: 2}
    assert proposed_articles(old, new)["notice"] == "2"


def test_an_article_that_is_not_there_has_no_words_and_becomes_nothing():
    without = [article for article in CITY_2021.text if article.number not in (5, 18)]
    for reference in ("5", "5(2)", "18", "18(1)", "0"):
        assert words_of(without, reference) == ""
    elsewhere = replace(CITY_2021, articles={"notice": "99", "tenants": "99(1)"})
    assert set(proposed_articles(elsewhere, CITY_2021.text).values()) == {""}


@pytest.mark.parametrize(
    ("words", "reference"),
    [
        ("甲乙丙丁戊己庚辛壬癸", "5(1)"),
        ("甲乙丙丁一二三四五六", "5(1)"),  # 40 of 100 are left: an item of the same article needs no more
        ("甲乙丙一二三四五六七", ""),
        ("一二三四五六七八九十", ""),
    ],
)
def test_an_item_that_stayed_in_its_article_may_have_changed_more(words, reference):
    head, other = "基地应当同时满足以下条件：", "（二）子丑寅卯辰巳午未申酉戌亥子丑寅卯辰巳午未申酉戌亥。"
    old = replace(
        CITY_2021,
        articles={"tenants": "5(1)"},
        text=(Article(5, (head, "（一）甲乙丙丁戊己庚辛壬癸", other)),),
    )
    assert proposed_articles(old, (Article(5, (head, f"（一）{words}", other)),))["tenants"] == reference


ITEM, ITEM_HEAD = "甲乙丙丁戊己庚辛壬癸", "基地应当同时满足以下条件："


@pytest.mark.parametrize(
    ("articles", "reference"),
    [
        # an item is found in another article, by at least half of its words
        ([(4, ["子丑寅卯"]), (9, ["（三）甲乙丙丁戊己庚辛壬癸"])], "9(3)"),
        ([(4, ["子丑寅卯"]), (9, ["（三）甲乙丙丁戊一二三四五"])], "9(3)"),
        ([(4, ["子丑寅卯"]), (9, ["（三）甲乙丙丁一二三四五六"])], ""),
        # of two alike the first one, of others the one that is more alike
        ([(4, ["（一）甲乙丙丁戊己庚辛壬癸", "（二）甲乙丙丁戊己庚辛壬癸"])], "4(1)"),
        ([(4, ["（一）甲乙丙丁戊己一二三四", "（二）甲乙丙丁戊己庚辛壬癸"])], "4(2)"),
        ([(4, ["（一）甲乙丙丁戊己庚辛壬癸"]), (5, ["（一）甲乙丙丁戊己一二三四"])], "4(1)"),
    ],
)
def test_an_item_that_moved_is_where_its_words_are(articles, reference):
    old = replace(
        CITY_2021,
        articles={"tenants": "2(1)"},
        text=(Article(2, (ITEM_HEAD, f"（一）{ITEM}", "另行通知，从其规定。")),),
    )
    new = tuple(Article(number, tuple(lines)) for number, lines in articles)
    assert proposed_articles(old, new)["tenants"] == reference


def test_an_item_that_stayed_goes_before_one_elsewhere_that_is_a_little_more_alike():
    other = "（二）子丑寅卯辰巳午未申酉戌亥子丑寅卯辰巳午未申酉戌亥。"
    old = replace(
        CITY_2021, articles={"tenants": "5(1)"}, text=(Article(5, (ITEM_HEAD, f"（一）{ITEM}", other)),)
    )
    near, far = "（一）甲乙丙丁戊己庚一二三", "（一）甲乙丙丁戊己庚辛一二"
    new = (Article(1, (far,)), Article(5, (ITEM_HEAD, near, other)), Article(9, (far,)))
    assert proposed_articles(old, new)["tenants"] == "5(1)"
    whole = (Article(1, (f"（一）{ITEM}",)), Article(5, (ITEM_HEAD, near, other)))
    assert proposed_articles(old, whole)["tenants"] == "1(1)"


WORDS = "子丑寅卯辰巳午未申酉戌亥，子丑寅卯辰巳午未申酉戌亥。"


@pytest.mark.parametrize(
    ("became", "holding", "reference"),
    [
        (5, (1, 8), "8"),  # it went to 5, which does not say it: 8 is nearer to that than 1
        (5, (1, 10), "1"),
        (5, (4, 7), "4"),
        (None, (1, 8), "1"),  # it is nowhere: the nearest to 3, where it stood
        (None, (1, 4), "4"),
        (None, (), ""),
    ],
)
def test_what_parted_from_an_article_is_looked_for_next_to_where_that_went(became, holding, reference):
    old = replace(CITY_2021, articles={"notice": "3"}, text=(Article(3, (WORDS,)),))
    numbers = sorted({*holding, *((became,) if became else ())})
    new = tuple(Article(number, (WORDS if number == became else "结果公示。",)) for number in numbers)
    assert proposed_articles(old, new)["notice"] == reference
