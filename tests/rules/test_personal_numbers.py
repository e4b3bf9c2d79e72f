"""Personal numbers are found however they are written; what only looks like one stays quiet."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import uscc

from rules.personal_numbers import (
    PersonalKind,
    find_personal_numbers,
    mask_all,
    masked,
    values_in,
    without_numbers,
)


def check_digit(first17):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(w * int(d) for w, d in zip(weights, first17, strict=True)) % 11]


def with_check(first17):
    return first17 + check_digit(first17)


IDENTITY = with_check("37150219850101123")
IDENTITY_X = next(card for n in range(999) if (card := with_check(f"37152219791231{n:03d}")).endswith("X"))
BANK = "622202123456789" + luhn.calc_check_digit("622202123456789")
BANK_19 = "621700123456789012" + luhn.calc_check_digit("621700123456789012")


def kinds(text, allowed=()):
    return [(number.kind.value, number.value) for number in find_personal_numbers(text, allowed)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (f"身份证号{IDENTITY}。", "identity", IDENTITY),
        (f"身份证：{IDENTITY_X}", "identity", IDENTITY_X),
        (f"身份证：{IDENTITY_X.lower()}，男", "identity", IDENTITY_X),
        ("".join(chr(ord(d) + 0xFEE0) for d in IDENTITY_X), "identity", IDENTITY_X),
        (f"{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}", "identity", IDENTITY),
        (f"{IDENTITY[:6]}-{IDENTITY[6:14]}-{IDENTITY[14:]}", "identity", IDENTITY),
        (" ".join(IDENTITY), "identity", IDENTITY),
        ("\u200b".join(IDENTITY), "identity", IDENTITY),
        (f"序号1 {IDENTITY} 张三", "identity", IDENTITY),
        ("旧证371502850101123", "identity", "371502850101123"),
        (f"张三,{IDENTITY},2026", "identity", IDENTITY),
        ("手机13906351234", "mobile", "13906351234"),
        ("tel13906351234x", "mobile", "13906351234"),
        ("１３９０６３５１２３４", "mobile", "13906351234"),
        ("139 0635 1234", "mobile", "13906351234"),
        ("139-0635-1234", "mobile", "13906351234"),
        ("139—0635—1234", "mobile", "13906351234"),
        ("1390635 1234", "mobile", "13906351234"),
        ("1 3 9 0 6 3 5 1 2 3 4", "mobile", "13906351234"),
        ("+86 139 0635 1234", "mobile", "13906351234"),
        ("+8613906351234", "mobile", "13906351234"),
        ("8613906351234", "mobile", "13906351234"),
        ("（+86）13906351234", "mobile", "13906351234"),
        ("013906351234", "mobile", "13906351234"),
        ("1.13906351234", "mobile", "13906351234"),
        ("10.13906351234", "mobile", "13906351234"),
        ("张三,13906351234,2026", "mobile", "13906351234"),
        ("19935001234/", "mobile", "19935001234"),
        ("0635-8288000", "telephone", "06358288000"),
        ("0635—8288000", "telephone", "06358288000"),
        ("（0635）8288000", "telephone", "06358288000"),
        ("(0635) 8288000-8001", "telephone", "06358288000"),
        ("06358288000", "telephone", "06358288000"),
        ("010-62345678", "telephone", "01062345678"),
        ("0531 6234 5678", "telephone", "053162345678"),
        ("+86-635-8288000", "telephone", "06358288000"),
        ("+86 0635 8288000", "telephone", "06358288000"),
        ("电话0635-8288000 2楼", "telephone", "06358288000"),
        ("联系电话：8288000", "telephone", "8288000"),
        ("传真 82880001", "telephone", "82880001"),
        (f"卡号{BANK}", "bank-card", BANK),
        (f"{BANK[:4]} {BANK[4:8]} {BANK[8:12]} {BANK[12:]}", "bank-card", BANK),
        (f"开户行：工行，{BANK_19}。", "bank-card", BANK_19),
        (f"5 {BANK[:4]} {BANK[4:8]} {BANK[8:12]} {BANK[12:]}", "bank-card", BANK),
        ("请发zhang.san@example.com.cn。", "email", "zhang.san@example.com.cn"),
        ("Zhang_San@QQ.com", "email", "zhang_san@qq.com"),
        ("ｚｓ＠ｅｘａｍｐｌｅ．ｃｎ", "email", "zs@example.cn"),
        ("13906351234@139.com", "email", "13906351234@139.com"),
        ("a @ b.cn", "email", "a@b.cn"),
    ],
)
def test_a_number_is_found_however_it_is_written(text, kind, value):
    assert kinds(text) == [(kind, value)]


def one_more(card):
    return card[:-1] + str((int(card[-1]) + 1) % 10) if card[-1] != "X" else card[:-1] + "0"


ALL_FIGURES = next(
    code for n in range(999) if (code := f"91371500{n:09d}") and uscc.is_valid(code + uscc.calc_check_digit(code))
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "统一社会信用代码：91371502MA3C7XK12G",
        "91371525MA00000001",
        f"代码{ALL_FIGURES}{uscc.calc_check_digit(ALL_FIGURES)}",
        one_more(IDENTITY),
        one_more(IDENTITY_X),
        with_check("37150219851301123"),  # no such month
        with_check("99150219850101123")[:17] + "0",
        "371502851301123",
        "聊工信发〔2021〕133号",
        "聊工信函〔2026〕1号",
        "LCSJ-2026-001",
        "LCSJ-2026-13906351",
        "2026-11-23",
        "2026年11月23日至2026年11月27日",
        "20261123 20261127",
        "2026-11-23 09:30:00",
        "252000",
        "（邮政编码：252000）",
        "投资15000000000.00元",
        "13906351234.56",
        "0.13906351234",
        "15 20 30 40 50 6",
        "150 20 300 400",
        "1,390,635,123",
        "第1390635123号",
        "139063512345",
        "23906351234",
        "12906351234",
        "1764137662123",
        "20261123093000123",
        one_more(BANK),
        "6222 02 1234 56 7890",
        "0000000000000000",
        "6666666666666666",
        "服务企业40家次，培训300人次，投融资20万元",
        "0635",
        "8288000",
        "占地8288000平方米",
        "http://example.cn/a@b",
        "@示范基地",
        "北纬36.4567 东经115.9854",
        "138****1234",
        "371502********1239",
        "z***@example.cn",
        "0635****000",
        "400-123-4567",
    ],
)
def test_what_is_no_personal_number_stays_quiet(text):
    assert kinds(text) == []


def test_each_number_says_where_it_stands_and_what_is_around_it():
    text = "联系人：张三，手机：１３９-0635-1234（微信同号），邮箱zs@example.cn"
    first, second = find_personal_numbers(text)
    assert text[first.start : first.end] == first.written == "１３９-0635-1234"
    assert first.before == "联系人：张三，手机："
    assert first.after == "（微信同号），邮箱zs@"
    assert first.masked == "139****1234"
    assert second.kind is PersonalKind.EMAIL


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        (IDENTITY, f"371502********{IDENTITY[-4:]}"), ("371502850101123", "371502*****1123"),
        (BANK, f"6222********{BANK[-4:]}"), ("13906351234", "139****1234"), ("0635-8288000", "0635****000"),
        ("zhangsan@example.cn", "z***@example.cn"),
    ],
)  # fmt: skip
def test_a_mask_leaves_enough_to_know_it_by(number, masked):
    assert mask_all(f"号码 {number}。") == f"号码 {masked}。"


def test_what_is_the_offices_own_is_allowed_however_it_is_written():
    own = values_in("0635-8288000", "office@example.cn", "8288001")
    assert kinds("电话：（0635）8288000，电话：8288001，OFFICE@example.cn，13906351234", own) == [
        ("mobile", "13906351234")
    ]
    assert values_in("13906351234", kinds=(PersonalKind.TELEPHONE, PersonalKind.EMAIL)) == frozenset()


def test_each_number_is_replaced_by_what_was_chosen_for_it():
    text = f"甲13906351234乙{IDENTITY}丙0635-8288000丁"
    put = {"mobile": "", "identity": None, "telephone": "略"}
    assert without_numbers(text, lambda number: put[number.kind.value]) == f"甲乙{IDENTITY}丙略丁"


PARTS = st.sampled_from(
    [
        IDENTITY, IDENTITY_X, BANK, BANK_19, "13906351234", "0635-8288000", "a.b@example.cn", "字", "，", " ", "\n",
        "7", "-", "2026", "A", "(", ")",
    ]
)  # fmt: skip


@given(st.lists(PARTS, max_size=12).map("".join))
def test_a_masked_text_holds_no_number_any_more(text):
    assert kinds(mask_all(text)) == []


@given(st.text(alphabet="0123456789Xx -+@.()（）—，\u200bａ１９年", max_size=60))
def test_any_text_can_be_searched_and_the_places_are_its_own(text):
    last = 0
    for number in find_personal_numbers(text):
        assert last <= number.start < number.end <= len(text)
        assert text[number.start : number.end] == number.written
        last = number.end


# --- Each digit and bound ----------------------------------------------------------------------------

PROVINCES = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61,
             62, 63, 64, 65, 71, 81, 82, 83}  # fmt: skip


@pytest.mark.parametrize("code", range(10, 90))
def test_a_card_is_of_a_province_that_there_is(code):
    card = with_check(f"{code}152219791231123")
    assert kinds(f"证件{card}。") == ([("identity", card)] if code in PROVINCES else [])
    old = f"{code}1522791231123"
    assert kinds(f"证件{old}。") == ([("identity", old)] if code in PROVINCES else [])


@pytest.mark.parametrize("place", range(17))
def test_each_digit_of_a_card_is_checked(place):
    card = with_check("37152219791231123")
    other = card[:place] + str(int(card[place]) % 9 + 1) + card[place + 1 :]
    assert kinds(f"证件{card}。") == [("identity", card)]
    assert kinds(f"证件{other}。") == []


@pytest.mark.parametrize(
    ("day", "real"),
    [
        ("18991231", False), ("19000101", True), ("20391231", True), ("20400101", False), ("20410101", False),
        ("20000229", True), ("20010229", False), ("19791301", False), ("19791200", False),
    ],
)  # fmt: skip
def test_a_card_holds_a_day_of_birth(day, real):
    card = with_check(f"371522{day}123")
    assert bool(kinds(f"证件{card}。")) is real


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("371522791231123", True), ("371522 791231 123", True), ("371522-791231-123", True),
        (" ".join("371522791231123"), True),
        ("3715 22791231123", False), ("371522 791231123", False), ("371522791331123", False),
    ],
)  # fmt: skip
def test_an_old_card_stands_in_one_run_or_in_its_three_groups(written, found):
    assert bool(kinds(f"旧证 {written}。")) is found


def test_a_foreigners_card_is_one_and_a_credit_code_is_none():
    card = next(card for n in range(999) if not uscc.is_valid(card := with_check(f"91152219791231{n:03d}")))
    assert kinds(f"证件{card}。") == [("identity", card)]
    assert kinds(f"证件{one_more(card)}。") == []
    assert kinds(f"证件{with_check('91152218991231123')}。") == []


def card_of(signs, start="62"):
    return next(
        card
        for n in range(2**14)
        if luhn.is_valid(card := start + "".join(signs[n >> place & 1] for place in range(14)))
        and len(set(card)) == len({*start, *signs})
    )


def test_a_row_of_two_figures_is_no_card():
    assert kinds(f"卡号{card_of('62')}。") == []
    assert kinds(f"卡号{card_of('63')}。") == [("bank-card", card_of("63"))]


@pytest.mark.parametrize(
    ("sizes", "found"),
    [
        ((16,), True), ((4, 4, 4, 4), True), ((4, 3, 4, 5), True), ((4, 12), True), ((5, 5, 6), True), ((8, 8), True),
        ((4, 4, 4, 3, 1), True), ((3, 4, 4, 5), False), ((4, 2, 4, 6), False), ((2, 14), False), ((1,) * 16, True),
    ],
)  # fmt: skip
def test_how_a_card_is_printed(sizes, found):
    groups, at = [], 0
    for size in sizes:
        groups.append(BANK[at : at + size])
        at += size
    assert bool(kinds(f"卡号 {' '.join(groups)}。")) is found


def test_twelve_characters_on_either_side_are_shown():
    before, after = "一二三四五六七八九十甲乙丙", "丁戊己庚辛壬癸子丑寅卯辰巳"
    (number,) = find_personal_numbers(f"{before}13906351234{after}")
    assert (number.before, number.after) == (before[1:], after[:12])
    assert (number.start, number.end) == (13, 24)
    (number,) = find_personal_numbers("13906351234")
    assert (number.before, number.after) == ("", "")


def test_numbers_side_by_side_are_all_found_in_their_order():
    text = f"{BANK},13906351234,{IDENTITY},a@b.cn,0635-8288000"
    assert [kind for kind, _ in kinds(text)] == ["bank-card", "mobile", "identity", "email", "telephone"]


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        ("139 0635 1234", True), ("1390 635 1234", True), ("1390 6351 234", True), ("139 06 351234", False),
        ("139 06351234", True), ("1390635 1234", True), ("139 063 51234", True), ("13906 351234", True),
        ("139063 51234", True), ("13 906351234", False), ("13906351 234", False),
    ],
)  # fmt: skip
def test_how_a_mobile_number_is_grouped(groups, found):
    assert kinds(f"手机 {groups}。") == ([("mobile", "13906351234")] if found else [])


def test_an_address_and_a_number_that_touch_are_both_found():
    assert kinds("a@b.cn13906351234") == [("email", "a@b.cn"), ("mobile", "13906351234")]


def test_what_is_part_of_another_number_hides_no_later_one():
    assert kinds("13906351234@139.com，13812345678，0635-8288000") == [
        ("email", "13906351234@139.com"), ("mobile", "13812345678"), ("telephone", "06358288000"),
    ]  # fmt: skip


@pytest.mark.parametrize("sign", ["\n", "\r", "\x07", "\x00", "㎏", "½"])
def test_a_sign_that_can_be_seen_parts_a_number(sign):
    assert kinds(f"139{sign}06351234") == []


@pytest.mark.parametrize("before", ["㎏", "㎏㎏㎏", "½℡", "ﷺ", "a", ""])
def test_signs_that_are_written_out_as_several_move_nothing(before):
    text = f"{before}，13906351234，完"
    (number,) = find_personal_numbers(text)
    assert (number.written, text[number.start : number.end]) == ("13906351234", "13906351234")
    assert (number.before, number.after) == (f"{before}，", "，完")


@pytest.mark.parametrize("length", [0, 1, 5, 11, 12, 13, 19, 20, 21, 40, 41, 100])
def test_some_of_the_text_on_either_side_is_shown(length):
    before, after = (
        "".join(chr(0x4E00 + n) for n in range(length)),
        "".join(chr(0x5E00 + n) for n in range(length)),
    )
    (number,) = find_personal_numbers(f"{before}13906351234{after}")
    assert number.before == before[max(0, length - 12) :]
    assert number.after == after[:12]


# GB/T 2260: the divisions that a card begins with; 9 is that of a foreigner's permanent residence.
DIVISIONS = {
    *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, *range(81, 84),
    *range(90, 100),
}  # fmt: skip


@pytest.mark.parametrize("division", range(10, 100))
def test_a_card_begins_with_a_division_that_there_is(division):
    card = with_check(f"{division}010219850101123")
    found = [kind for kind, value in kinds(f"证号{card}。") if value == card]
    assert ("identity" in found) is (division in DIVISIONS)
    old = f"{division}0102850101123"
    assert (("identity", old) in kinds(f"证号{old}。")) is (division in DIVISIONS and division < 90)


def groupings(length):
    for cuts in itertools.product((False, True), repeat=length - 1):
        sizes = [1]
        for cut in cuts:
            if cut:
                sizes.append(1)
            else:
                sizes[-1] += 1
        yield tuple(sizes)


def grouped(digits, sizes, between):
    ends = list(itertools.accumulate(sizes))
    return between.join(digits[end - size : end] for end, size in zip(ends, sizes, strict=True))


def test_a_mobile_is_found_in_the_groups_in_which_people_write_it_alone():
    usual = {(11,), (3, 4, 4), (4, 4, 3), (4, 3, 4), (3, 8), (7, 4), (3, 3, 5), (5, 6), (6, 5), (1,) * 11}
    found = {
        sizes
        for sizes in groupings(11)
        if ("mobile", "13906351234") in kinds(grouped("13906351234", sizes, " "))
    }
    assert found == usual


@pytest.mark.parametrize(
    "sizes", [(15,), (6, 6, 3), (1,) * 15, (6, 9), (3, 6, 6), (8, 7), (5, 5, 5), (1, 14), (14, 1)]
)
def test_an_old_card_is_found_in_its_own_groups_alone(sizes):
    written = grouped("371502850101123", sizes, " ")
    found = ("identity", "371502850101123") in kinds(f"旧证 {written}。")
    assert found is (sizes in {(15,), (6, 6, 3), (1,) * 15})


@pytest.mark.parametrize(
    ("sizes", "found"),
    [
        ((16,), True), ((1,) * 16, True), ((4, 4, 4, 4), True), ((6, 10), True), ((4, 4, 4, 3, 1), True),
        ((15, 1), True), ((4, 3, 9), True), ((5, 3, 3, 5), True), ((1, 15), False), ((2, 14), False), ((3, 13), False),
        ((4, 2, 10), False), ((4, 4, 4, 2, 2), False), ((4, 4, 1, 7), False), ((3, 3, 10), False), ((8, 1, 7), False),
    ],
)  # fmt: skip
def test_a_bank_card_is_found_in_groups_as_cards_print_them(sizes, found):
    written = grouped(BANK, sizes, " ")
    assert (("bank-card", BANK) in kinds(f"卡号 {written}。")) is found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13906350987", "139****0987"), ("371522199001011234", "371****1234"), ("0635-8210001", "063****0001"),
        ("zhang.san@mail.example", "z****@mail.example"), ("张三", "张****"), ("张", "张****"),
        ("欧阳某某某", "欧****某"),
        ("", ""),
    ],
)  # fmt: skip
def test_any_personal_text_shows_its_ends_alone(text, shown):
    assert masked(text) == shown
