"""The kinds of papers, and how the numbers of certificates may begin."""

import pytest

from rules.papers import FORMS, LETTERS, LONGEST_PREFIX, PaperKind, refusals_of_prefix


@pytest.mark.parametrize(
    ("prefix", "refused"),
    [
        ("L", False),
        ("LCSJ", False),
        ("lc2026", False),
        ("L" * (LONGEST_PREFIX - 1), False),
        ("L" * LONGEST_PREFIX, False),
        ("L" * (LONGEST_PREFIX + 1), True),
        ("L" * 40, True),
        ("", True),
        ("聊城", True),
        ("LC-SJ", True),
        ("LC SJ", True),
        ("ＬＣ", True),
    ],
)
def test_a_certificates_number_begins_with_letters_and_figures(prefix: str, refused: bool) -> None:
    assert [refusal.field for refusal in refusals_of_prefix(prefix)] == ["certificate_prefix"] * refused
    assert [refusal.field for refusal in refusals_of_prefix(prefix, "prefix")] == ["prefix"] * refused


def test_what_comes_back_and_what_is_a_letter() -> None:
    assert LONGEST_PREFIX == 12
    assert FORMS == (PaperKind.APPLICATION_FORM, PaperKind.RENEWAL_FORM)
    assert LETTERS == (PaperKind.RECOMMENDATION, PaperKind.UPWARD_RECOMMENDATION)
