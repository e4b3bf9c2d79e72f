"""The eleven counties: their order, codes, and every way in which they are written."""

import pytest

from rules.counties import BY_CODE, COUNTIES, find_county

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
    assert [(one.order, one.name, one.code) for one in COUNTIES] == [
        (row[0], row[1], row[3]) for row in PUBLISHED
    ]
    assert len(BY_CODE) == 11


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row[1])
def test_each_is_found_by_every_way_it_is_written(row):
    _, name, shorts, code, pinyin, initials = row
    for word in (name, *shorts, code):
        for written in (word, f" {word} ", f"聊城市{word}", f"山东省聊城市{word}", "　".join(word)):
            found = find_county(written)
            assert found is not None, written
            assert found.code == code
    assert (BY_CODE[code].pinyin, BY_CODE[code].initials) == (pinyin, initials)


def test_full_width_figures_are_figures():
    assert find_county("３７１５２５").code == "371525"


@pytest.mark.parametrize(
    "word", ["", " ", "聊城市", "济南市", "莘", "县", "371500", "冠县莘县", "开发", "None"]
)
def test_what_names_no_county_finds_none(word):
    assert find_county(word) is None
