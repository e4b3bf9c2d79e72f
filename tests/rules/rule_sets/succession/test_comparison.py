"""Old and new text side by side: articles matched by likeness, differences marked, what could not be cut said."""

from dataclasses import replace

import pytest

from rules.rule_sets.articles import Article, articles_of, text_of
from rules.rule_sets.measures import CITY_2021
from rules.rule_sets.succession.comparison import (
    MOST_SIGNS,
    ArticlePair,
    Span,
    differences,
    likeness,
    lines_before,
    paired,
    refusals_of_text,
    said_of_cutting,
)
from tests.new_measures import DROPPED, HEAD, INSERTED, TITLE, new_articles, new_number, new_text

OLD = CITY_2021.text


def test_articles_are_matched_whatever_their_number_and_new_and_dropped_ones_are_named():
    pairs = paired(OLD, new_articles())
    assert {(pair.old.number, pair.new.number) for pair in pairs if pair.old and pair.new} == {
        (article.number, new_number(article.number)) for article in OLD if article.number != DROPPED
    }
    assert [pair.new.number for pair in pairs if pair.new and pair.old is None] == [INSERTED]
    assert [pair.old.number for pair in pairs if pair.old and pair.new is None] == [DROPPED]
    assert [pair.moved for pair in pairs if pair.old and pair.old.number == 5] == [True]
    assert [pair.new.number for pair in pairs if pair.new] == list(range(1, 21))
    # the dropped one stands where it stood
    numbers = [pair.old.number for pair in pairs if pair.old]
    assert numbers == sorted(numbers)


def test_the_same_text_has_no_difference():
    assert not any(pair.changed or pair.moved for pair in paired(OLD, OLD))
    assert all(pair.new is None and pair.changed for pair in paired(OLD, ()))
    assert all(pair.old is None and pair.changed for pair in paired((), OLD))


def test_an_article_that_moved_from_12_to_13_is_matched():
    more = Article(12, ("市级示范基地应当设立统一标识。",))
    moved = [replace(article, number=article.number + (article.number >= 12)) for article in OLD]
    moved.insert(11, more)
    (pair,) = (pair for pair in paired(OLD, moved) if pair.old and pair.old.number == 12)
    assert pair.new is not None
    assert pair.new.number == 13
    assert pair.moved
    assert not pair.changed


@pytest.mark.parametrize(
    ("old", "new", "spans"),
    [
        ("25家以上", "30家以上", [("del", "25"), ("ins", "30"), ("same", "家以上")]),
        ("一样", "一样", [("same", "一样")]),
        ("", "新的", [("ins", "新的")]),
        ("旧的", "", [("del", "旧的")]),
        ("", "", []),
        ("应当公示", "公示", [("del", "应当"), ("same", "公示")]),
        # one equal sign between two differences is no island
        ("甲的乙好吗", "丙的丁好吗", [("del", "甲的乙"), ("ins", "丙的丁"), ("same", "好吗")]),
    ],
)
def test_differences_inside_a_paragraph(old, new, spans):
    assert differences(old, new) == tuple(Span(*span) for span in spans)


def test_differences_hold_both_texts_whole():
    for pair in paired(OLD, new_articles()):
        for kind, article in (("ins", pair.new), ("del", pair.old)):
            words = "".join(span.text for span in pair.spans if span.kind in ("same", kind))
            assert words == (article.text if article else "")


def test_what_stands_before_the_first_article():
    assert lines_before(new_text())[:2] == ("聊城市工业和信息化局文件", "聊工信发〔2026〕88号")
    assert TITLE in lines_before(new_text())
    assert lines_before("第一条 甲。") == ()
    assert lines_before(HEAD)[-1] == TITLE


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (new_text(), []),
        (text_of(OLD), []),
        ("没有条文的文件。", ["No line begins with"]),
        ("第一条 甲。\n第二条 乙。\n第二条 丙。", ["第二条 stands there twice: 丙"]),
        ("第一条 甲。\n第四条 乙。", ["Missing between the first and the last: 第二条、第三条"]),
        ("第二条 甲。\n第一条 乙。", ["第一条 stands after a higher one"]),
        ("第一条\n第二条 乙。", ["第一条 has no words"]),
    ],
)
def test_what_could_not_be_cut_is_said(text, sentences):
    said = [str(refusal) for refusal in said_of_cutting(text)]
    assert len(said) == len(sentences)
    assert all(part in sentence for part, sentence in zip(sentences, said, strict=True))


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("", True), ("  \n", True), ("没有条文。", True), ("第一条 甲。", False),
        ("第一条 " + "甲" * (MOST_SIGNS - 4), False),
        ("第一条 " + "甲" * MOST_SIGNS, True),
    ],
)  # fmt: skip
def test_which_texts_are_kept(text, refused):
    assert bool(refusals_of_text(text)) is refused


def test_a_text_cut_and_written_is_cut_the_same_again():
    assert articles_of(new_text()) == new_articles()


@pytest.mark.parametrize(
    ("old", "new", "is_the_same"),
    [
        ("甲乙", "甲丙", True),  # half of it is the same
        ("甲乙丁", "甲丙", False),
        ("甲乙丁", "甲乙丙", True),
        ("甲乙", "丙丁", False),
    ],
)
def test_an_article_of_which_half_is_left_is_the_same_one(old, new, is_the_same):
    pairs = paired((Article(1, (old,)),), (Article(1, (new,)),))
    assert (len(pairs) == 1) is is_the_same


@pytest.mark.parametrize("dropped", range(len(OLD)))
def test_each_article_that_was_dropped_stands_where_it_stood(dropped):
    left = (*OLD[:dropped], *OLD[dropped + 1 :])
    pairs = paired(OLD, left)
    assert [pair.old.number for pair in pairs] == [article.number for article in OLD]
    assert [pair.new for pair in pairs if pair.new] == list(left)


@pytest.mark.parametrize(
    "kept", [(), (0,), (19,), (0, 19), (4, 5), (0, 9, 10)], ids=lambda kept: f"kept-{len(kept)}"
)
def test_several_articles_that_were_dropped_stand_in_their_order(kept):
    pairs = paired(OLD, [OLD[place] for place in kept if place < len(OLD)])
    assert [pair.old.number for pair in pairs] == [article.number for article in OLD]


@pytest.mark.parametrize(
    ("first", "second", "least", "like"),
    [
        ("甲乙丙丁", "甲乙丙丁", 1.0, 1.0),
        ("甲乙丙丁", "甲乙戊己", 0.0, 0.5),
        ("甲乙丙丁", "甲乙戊己", 0.5, 0.5),
        ("甲乙丙丁", "甲乙戊己", 0.6, 0.0),  # of one length, but of other signs
        ("甲乙", "甲乙丙丁戊己", 0.5, 0.5),  # no more can be alike, by their lengths
        ("甲乙", "甲乙丙丁戊己", 0.51, 0.0),
        ("甲乙丙丁", "丁丙乙甲", 0.9, 0.25),  # the same signs in another order: it has to be looked at
        ("甲乙", "丙丁", 0.0, 0.0),
        ("甲乙" * 150, "甲乙" * 150, 0.5, 1.0),  # signs that come often count like the others
        ("甲乙" * 150, "甲乙" * 100, 0.5, 0.8),
        ("丙" + "甲乙" * 150, "丁" + "甲乙" * 150, 0.5, 300 / 301),
    ],
)
def test_how_alike_two_texts_are(first, second, least, like):
    assert likeness(first, second, least=least) == like


@pytest.mark.parametrize(
    ("old", "new", "changed"), [("甲", "甲", False), ("甲", "乙", True), ("乙", "甲", True)]
)
def test_an_article_has_changed_when_its_words_differ(old, new, changed):
    pair = ArticlePair(Article(1, (old,)), Article(2, (new,)))
    assert (pair.changed, pair.moved) == (changed, True)
    assert not ArticlePair(pair.old, replace(pair.new, number=1)).moved
    assert not ArticlePair(replace(pair.old, number=2), pair.new).moved


@pytest.mark.parametrize(
    ("old", "new", "became"),
    [
        # the same words several times: the same number goes first, whichever stands first
        ({1: "甲乙丙丁", 2: "甲乙丙丁"}, {2: "甲乙丙丁", 3: "甲乙丙丁"}, [(2, 2), (1, 3)]),
        ({5: "甲乙丙丁", 2: "甲乙丙丁"}, {2: "甲乙丙丁", 1: "甲乙丙丁"}, [(2, 2), (5, 1)]),
        # then the order of the texts
        ({1: "甲乙丙丁", 2: "甲乙丙丁"}, {3: "甲乙丙丁", 4: "甲乙丙丁"}, [(1, 3), (2, 4)]),
        # the more alike one is it, before and behind another
        ({1: "甲乙丙丁"}, {1: "甲乙丙戊", 2: "甲乙丙丁"}, [(None, 1), (1, 2)]),
        ({1: "甲乙丙丁"}, {1: "甲乙丙丁", 2: "甲乙丙戊"}, [(1, 1), (None, 2)]),
        ({1: "戊己庚辛", 2: "甲乙丙丁"}, {1: "甲乙丙丁", 2: "甲乙丙戊"}, [(1, None), (2, 1), (None, 2)]),
        ({1: "甲乙丙丁", 2: "甲乙丙戊"}, {1: "戊己庚辛", 2: "甲乙丙丁"}, [(None, 1), (1, 2), (2, None)]),
        ({1: "甲乙丙戊", 2: "甲乙丙丁"}, {1: "戊己庚辛", 2: "甲乙丙丁"}, [(1, None), (None, 1), (2, 2)]),
        ({1: "甲", 2: "乙", 3: "丙"}, {1: "丁", 2: "乙"}, [(1, None), (None, 1), (2, 2), (3, None)]),
    ],
)
def test_each_article_becomes_the_one_that_is_most_like_it(old, new, became):
    before, after = (tuple(Article(number, (text,)) for number, text in side.items()) for side in (old, new))
    pairs = [(pair.old and pair.old.number, pair.new and pair.new.number) for pair in paired(before, after)]
    assert pairs == became


@pytest.mark.parametrize(
    ("old", "new", "spans"),
    [
        ("甲好", "甲坏", [("same", "甲"), ("del", "好"), ("ins", "坏")]),  # one sign at the beginning is none
        ("好甲", "坏甲", [("del", "好"), ("ins", "坏"), ("same", "甲")]),  # nor at the end
        ("好的的坏", "一的的二", [("del", "好"), ("ins", "一"), ("same", "的的"), ("del", "坏"), ("ins", "二")]),
        ("甲好的坏", "甲的", [("same", "甲"), ("del", "好的坏"), ("ins", "的")]),  # taken out on either side of it
        ("甲的", "甲好的坏", [("same", "甲"), ("del", "的"), ("ins", "好的坏")]),  # put in on either side
        ("好，坏。新", "一，二。三", [("del", "好，坏。新"), ("ins", "一，二。三")]),  # two islands
        ("好，坏的的新", "一，二的的三", [
            ("del", "好，坏"), ("ins", "一，二"), ("same", "的的"), ("del", "新"), ("ins", "三"),
        ]),
        ("甲乙" * 150, "甲乙" * 150, [("same", "甲乙" * 150)]),
        ("丙" + "甲乙" * 150, "丁" + "甲乙" * 150, [("del", "丙"), ("ins", "丁"), ("same", "甲乙" * 150)]),
        ("甲乙" * 150 + "丙", "甲乙" * 150 + "丁", [("same", "甲乙" * 150), ("del", "丙"), ("ins", "丁")]),
    ],
)  # fmt: skip
def test_one_equal_sign_between_two_differences_is_part_of_them(old, new, spans):
    assert differences(old, new) == tuple(Span(*span) for span in spans)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("第〇条 甲。\n第一条 乙。", []),
        ("第一条 甲。", []),
        ("第三条 甲。", ["Missing between the first and the last: 第一条、第二条"]),
        ("第二条 甲。\n第三条 乙。", ["Missing between the first and the last: 第一条."]),
        (
            "第三条 甲。\n第一条 乙。\n第二条 丙。",
            ["第一条 stands after a higher one", "第二条 stands after a higher one"],
        ),
        ("第一条 甲。\n第三条 乙。\n第二条 丙。\n第四条 丁。", ["第二条 stands after a higher one"]),
    ],
)
def test_what_is_out_of_order_and_what_is_missing_is_said(text, sentences):
    said = [str(refusal) for refusal in said_of_cutting(text)]
    assert len(said) == len(sentences)
    assert all(part in sentence for part, sentence in zip(sentences, said, strict=True))


def test_nothing_behind_the_first_article_is_a_title_line():
    assert lines_before("甲 办法\n\n第一条 乙。\n丙\n丁") == ("甲 办法",)
    assert lines_before("甲\r\n乙") == ("甲", "乙")
