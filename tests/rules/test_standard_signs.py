"""Private-use characters of GBK are stored as the standard ones."""

import pytest

from rules.standard_signs import STANDARD, standard_signs


@pytest.mark.parametrize(
    ("private", "standard"),
    [
        ("\ue863", "䶮"),
        ("\ue81e", "\u9fb4"),
        ("\ue864", "\u9fbb"),
        ("\ue816", "\U00020087"),
        ("\ue815", "⺁"),
    ],
)
def test_a_private_sign_becomes_the_standard_one(private, standard):
    assert standard_signs(f"刘{private}a") == f"刘{standard}a"


def test_no_two_private_signs_are_one_and_none_becomes_private_again():
    assert len(set(STANDARD.values())) == len(STANDARD)
    assert not any(0xE000 <= sign <= 0xF8FF for sign in STANDARD.values())


def test_other_signs_stay_as_they_are():
    for text in ("", "abc", "聊城䶮（二期）", "\ue000\uf8ff"):
        assert standard_signs(text) == text
