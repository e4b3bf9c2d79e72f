"""The register of papers: numbers in the form of the standard."""

import pytest

from services.shared.paper_register import read_number


@pytest.mark.parametrize("text", ["聊工信发[2026]5号", "聊工信发〔2026〕05号", " 聊工信发【2026】第5号 "])
def test_a_number_is_kept_in_the_form_of_the_standard(text: str) -> None:
    assert read_number(text) == "聊工信发〔2026〕5号"
