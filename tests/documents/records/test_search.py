"""Search tokens: words in any order, parts of words, half a code, initials; one indexed field, never a scan."""

import re
import string

import pytest
from bson import Regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from documents.kinds import RECORDS
from documents.records.search import fold, index_fields, initials, person_initials, query, sort_key

NAMES = {
    1: ("聊城长沙启程机械有限公司", "91371525MA0000110R", "翟单", "371525"),
    2: ("莘县燕塔阿胶食品有限公司", "91371522MA00009111", "解区", "371522"),
    3: ("东阿（鲁西）M-Lab二期", "91371524MA3C000X1T", "区查", "371524"),
    4: ("Ａｐｐｌｅ科技", "91371503MA00000003", "Smith", "371503"),
    5: ("长𠀀龙文化", "913715810000000000", "王明", "371581"),
}


@pytest.fixture
def places(db):
    """Five records that have nothing but their search fields."""
    collection = db["bases"].with_options()
    rows = []
    for number, (name, code, person, county) in NAMES.items():
        fields = index_fields([code, "0635-1234567"], names=[name], people=[person], counties=[county])
        rows.append({"_id": number, "name": name, "uscc": code, "county": county, **fields})
    collection.insert_many(rows)
    return collection


def found(collection, words):
    return {row["_id"] for row in collection.find(query(words), {"_id": 1})}


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("启程", {1}),
        ("启程 长沙", {1}),
        ("长沙 启程", {1}),
        ("长沙启程", {1}),
        ("启程长沙", set()),  # as typed, in one word
        ("程机", {1}),
        ("司", {1, 2}),  # one sign
        ("有限公司 莘县", {2}),
        ("91371525MA", {1}),
        ("ma0000110r", {1}),
        ("0000110", {1}),
        ("３Ｃ０００Ｘ１", {3}),
        ("1234567", {1, 2, 3, 4, 5}),
        ("0635-1234567", {1, 2, 3, 4, 5}),
        ("lccsqcjxyxgs", {1}),
        ("csqc", {1}),
        ("qc", {1}),
        ("sx", {2}),  # 莘县, which libraries read xin
        ("shenxian", {2}),
        ("gx", {1}),
        ("guanxian", {1}),
        ("冠县", {1}),
        ("cp", {4}),
        ("chiping", {4}),
        ("茌平", {4}),
        ("de", {3}),
        ("donge", {3}),
        ("ej", {2}),  # 阿胶 is e
        ("zd", {1}),  # 翟单: 翟 is here a surname, 单 a given name
        ("xq", {2}),  # 解 is Xie; 区 is here a given name
        ("o", {3}),
        ("m-lab", {3}),
        ("M-LAB 二期", {3}),
        ("（鲁西）", {3}),
        ("(鲁西)", {3}),
        ("东阿(鲁西", {3}),
        ("apple", {4}),
        ("ppl", {4}),
        ("smi", {4}),
        ("𠀀龙", {5}),
        ("长 龙", {5}),
        ("没有", set()),
        ("启程 没有", set()),
        (".", set()),
        ("启程 *", set()),
        ("", {1, 2, 3, 4, 5}),
        ("   ", {1, 2, 3, 4, 5}),
    ],
)
def test_what_words_find(words, numbers, places):
    assert found(places, words) == numbers


def test_signs_that_stand_together_are_not_found_apart(places):
    """甲乙丙 must not find 甲乙 … 乙丙."""
    places.insert_one({"_id": 9, "name": "乙丙甲乙", "uscc": "9", **index_fields([], names=["乙丙甲乙"])})
    assert found(places, "甲乙丙") == set()
    assert found(places, "丙甲乙") == {9}
    places.insert_one({"_id": 10, "name": "abcxbcd", "uscc": "10", **index_fields(["abcxbcd"])})
    assert found(places, "abcd") == set()


@pytest.mark.parametrize(
    "words", ["启程", "启", "sx", "s", "91371525MA0000110R", "启程 长沙 冠县", "m-lab", "（鲁西）", "𠀀"]
)
@pytest.mark.parametrize(
    "collection", ["bases", "tenant_companies", "service_partners", "staff_members", "ledger_entries"]
)
def test_every_word_goes_through_the_index(collection, words, db):
    """Of 500 records that the words do not name, none is looked at."""
    fields = index_fields(["91371581MA99999999"], names=["甲乙丁戊"], people=["丁"], counties=["371581"])
    rows = [
        {"uscc": f"{n}", "name": f"n{n}", "county": "371581", "counties": ["371581"], **fields}
        for n in range(500)
    ]
    db[collection].insert_many(rows)
    order = [("served_on", -1)] if collection == "ledger_entries" else [("sort_key", 1)]
    plan = RECORDS[collection].collection().find(query(words)).sort(order).limit(50).explain()
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
    assert plan["executionStats"]["totalDocsExamined"] == 0
    assert plan["executionStats"]["totalKeysExamined"] < 20


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("莘县", "sx"),
        ("茌平", "cp"),
        ("东阿", "de"),
        ("冠县", "gx"),
        ("高唐", "gt"),
        ("聊城市", "lcs"),
        ("ABC科技2", "abckj2"),
    ],
)
def test_the_initials_of_names(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("person", "letters"),
    [
        ("翟明", "zm"),
        ("单立", "sl"),
        ("解放", "xf"),
        ("仇英", "qy"),
        ("区克", "ok"),
        ("查良", "zl"),
        ("曾文", "zw"),
        ("", ""),
    ],
)
def test_surnames_are_read_as_surnames(person, letters):
    assert person_initials(person) == letters


def test_names_sort_as_a_chinese_reader_expects():
    names = ["莘县园", "阿城园", "茌平园", "冠县园", "Ａ园", "2号园"]
    assert sorted(names, key=sort_key) == ["2号园", "阿城园", "Ａ园", "茌平园", "冠县园", "莘县园"]


def test_a_text_is_folded_before_it_is_compared():
    assert fold(" Ａ　Ｂ  c ") == "a b c"


def test_no_words_are_no_filter_and_too_many_are_cut():
    assert query("") == query(" 　 ") == {}
    many = query(" ".join(f"词{n:02d}" for n in range(100)))
    assert len(str(many)) < 3000
    assert len(str(query("长" * 100_000))) < 20_000


TEXTS = st.text(
    alphabet="甲乙丙丁冠莘县" + string.ascii_letters + string.digits + " -（）()·&.*[]",
    min_size=1,
    max_size=24,
)


@settings(max_examples=60, deadline=None)
@example(text=".丁", start=0, length=2)
@given(text=TEXTS, start=st.integers(0, 23), length=st.integers(1, 24))
def test_any_part_of_a_word_finds_it(text, start, length):
    """What is cut out of a name, letters and signs alike, finds the name: checked on the clauses themselves."""
    part = text[start : start + length].strip()
    fields = index_fields([text])
    # Of a code or a phone it takes six signs, unless they are its first or its last four.
    codes = [
        run
        for run in re.findall("[0-9a-z]+", fold(text))
        if len(run) >= 6 and sum(map(str.isdigit, run)) >= 4
    ]
    for word in fold(part).split(" "):
        clause = query(word)
        runs = re.findall("[0-9a-z]+|[^0-9a-z]+", word)
        if any(run in code for run in runs for code in codes) and max(map(len, runs), default=0) < 6:
            continue
        if word and any(sign.isalnum() for sign in word):
            assert _holds(fields, clause), (text, word)


def _is_one(token, wanted):
    return any(
        re.search(each.pattern, token) if isinstance(each, Regex) else each == token for each in wanted
    )


def _holds(fields, clause):
    """Say whether a record meets the filter, with the meaning that the server gives it."""
    for one in clause.get("$and", []):
        ((key, wanted),) = one.items()
        if "$all" in wanted and not set(wanted["$all"]) <= set(fields[key]):
            return False
        if "$in" in wanted and not any(_is_one(token, wanted["$in"]) for token in fields[key]):
            return False
        if "$regex" in wanted:
            values = fields[key] if isinstance(fields[key], list) else [fields[key]]
            if not any(re.search(wanted["$regex"], value) for value in values):
                return False
    return True
