"""The counties: the shipped eleven, their order, codes and every spelling; and what an office may add."""

from dataclasses import replace

import pytest

from rules.counties import (
    SHIPPED,
    Counties,
    CountyFacts,
    office_counties,
    refusals_of_county,
    use_counties,
)

CITY = Counties.of(SHIPPED)
NEW = CountyFacts("xq", "新区", "新区", 12, ("东部新区",), ("xinqu",), ("xq",))

# order, name, short forms, code, pinyin, initials
PUBLISHED = [
    (1, "东昌府区", ("东昌府",), "371502", ("dongchangfu",), ("dcf",)),
    (2, "茌平区", ("茌平", "茌平县", "371523"), "371503", ("chiping",), ("cp",)),
    (3, "临清市", ("临清",), "371581", ("linqing",), ("lq",)),
    (4, "冠县", (), "371525", ("guanxian",), ("gx",)),
    (5, "莘县", (), "371522", ("shenxian",), ("sx",)),
    (6, "阳谷县", ("阳谷",), "371521", ("yanggu",), ("yg",)),
    (7, "东阿县", ("东阿",), "371524", ("donge",), ("de",)),
    (8, "高唐县", ("高唐",), "371526", ("gaotang",), ("gt",)),
    (9, "经济技术开发区", ("开发区", "经开区"), "kfq", ("jingkaiqu", "kaifaqu"), ("jkq", "kfq")),
    (10, "高新技术产业开发区", ("高新区",), "gxq", ("gaoxinqu",), ("gxq",)),
    (11, "江北水城旅游度假区", ("度假区",), "djq", ("dujiaqu",), ("djq",)),
]


def test_they_stand_in_the_offices_order():
    assert [(one.order, one.name, one.code) for one in CITY] == [
        (row[0], row[1], row[3]) for row in PUBLISHED
    ]
    assert len(CITY) == 11


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row[1])
def test_each_is_found_by_every_way_it_is_written(row):
    _, name, shorts, code, pinyin, initials = row
    for word in (name, *shorts, code):
        for written in (word, f" {word} ", f"聊城市{word}", f"山东省聊城市{word}", "　".join(word)):
            found = CITY.find(written)
            assert found is not None, written
            assert found.code == code
    assert (CITY.by_code[code].pinyin, CITY.by_code[code].initials) == (pinyin, initials)


def test_full_width_figures_are_figures():
    assert CITY.find("３７１５２５").code == "371525"


@pytest.mark.parametrize(
    "word", ["", " ", "聊城市", "济南市", "莘", "县", "371500", "冠县莘县", "开发", "None"]
)
def test_what_names_no_county_finds_none(word):
    assert CITY.find(word) is None


def test_an_added_county_is_found_like_the_others():
    more = Counties.of((*SHIPPED, NEW))
    for word in ("新区", "东部新区", "xq", "聊城市新区"):
        assert more.find(word) == NEW
    assert CITY.find("新区") is None
    assert ("东部新区", "xq") in more.prefixes


def test_the_order_is_the_offices_whatever_the_order_given():
    moved = replace(SHIPPED[0], order=99)
    assert [county.code for county in Counties.of((moved, *SHIPPED[1:]))][-1] == "371502"


def test_prefixes_begin_with_the_longest_and_hold_no_codes():
    lengths = [len(word) for word, _ in CITY.prefixes]
    assert lengths == sorted(lengths, reverse=True)
    assert not any(word.isdigit() for word, _ in CITY.prefixes)


def test_what_is_put_in_force_is_what_everyone_sees():
    before = office_counties()
    try:
        use_counties(Counties.of((*SHIPPED, NEW)))
        assert office_counties().by_code["xq"] is NEW
    finally:
        use_counties(before)


@pytest.mark.parametrize(
    ("changes", "at_fault"),
    [
        ({}, []),
        ({"code": "新"}, ["code"]),
        ({"code": "XQ"}, ["code"]),
        ({"code": "x"}, ["code"]),
        ({"code": "kfq"}, ["code"]),
        ({"code": "371523"}, ["code"]),  # 茌平's former one
        ({"order": 0}, ["order"]),
        ({"order": 1}, []),
        ({"order": 999}, []),
        ({"order": 1000}, ["order"]),
        ({"name": " "}, ["name"]),
        ({"name": "冠县"}, ["name"]),
        ({"name": "字" * 30}, []),
        ({"name": "字" * 31}, ["name"]),
        ({"short": ""}, ["short"]),
        ({"short": "开发区"}, ["short"]),
        ({"aliases": ("东部新区", "茌平县")}, ["aliases"]),
        ({"aliases": tuple(f"新区{number}" for number in range(20))}, []),
        ({"aliases": tuple(f"新区{number}" for number in range(21))}, ["aliases"]),
        ({"pinyin": ("Xīnqū",)}, ["pinyin"]),
        ({"initials": ("x q",)}, ["initials"]),
    ],
)
def test_what_may_be_kept_beside_the_others(changes, at_fault):
    reasons = refusals_of_county(replace(NEW, **changes), SHIPPED)
    assert [reason.field for reason in reasons] == at_fault
