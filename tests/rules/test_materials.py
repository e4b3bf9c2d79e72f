"""The ten materials: what is missing, and the 3,000 characters."""

from dataclasses import replace

import pytest

from rules.materials import (
    CaseFile,
    Material,
    Submission,
    characters,
    missing_materials,
    refusals_of_cases,
    refusals_to_submit,
)
from rules.rule_sets.measures import CITY_2021

WHOLE = Submission(dict.fromkeys((one.value for one in Material), 1), sealed=True)


def test_there_are_ten_in_the_order_of_article_11() -> None:
    assert [one.number for one in Material] == list(range(1, 11))
    assert Material.CASES.number == 8
    assert refusals_to_submit(WHOLE, CITY_2021) == ()


@pytest.mark.parametrize("material", Material, ids=lambda one: one.value)
def test_each_missing_material_is_named(material: Material) -> None:
    files = {key: count for key, count in WHOLE.files.items() if key != material.value}
    reasons = refusals_to_submit(replace(WHOLE, files=files), CITY_2021)
    assert [one.field for one in reasons] == [material.value]
    assert reasons[0].params["number"] == material.number


def test_typed_cases_stand_for_a_file() -> None:
    files = {key: count for key, count in WHOLE.files.items() if key != "cases"}
    assert missing_materials(Submission(files, cases="一个案例")) == ()
    assert missing_materials(Submission(files, cases=" \n")) == (Material.CASES,)


@pytest.mark.parametrize("material", Material, ids=lambda one: one.value)
def test_typed_cases_stand_for_no_other_material(material: Material) -> None:
    files = {key: count for key, count in WHOLE.files.items() if key != material.value}
    missing = missing_materials(Submission(files, cases="一个案例"))
    assert missing == (() if material is Material.CASES else (material,))


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("字" * CITY_2021.case_characters, False),
        ("字" * (CITY_2021.case_characters + 1), True),
        ("字 \n" * CITY_2021.case_characters, False),  # blanks and line ends are no characters
    ],
)
def test_the_service_cases_have_3000_characters_at_most(text: str, refused: bool) -> None:
    assert bool(refusals_of_cases(text, CITY_2021)) == refused


def test_characters_are_counted_as_a_word_processor_counts_them() -> None:
    assert characters("一二 3，\n\u3000四") == 5


def test_without_the_seal_nothing_is_handed_in() -> None:
    assert [one.field for one in refusals_to_submit(replace(WHOLE, sealed=False), CITY_2021)] == ["sealed"]


MOST = CITY_2021.case_characters


@pytest.mark.parametrize(
    ("typed", "files", "count"),
    [
        (MOST, (), None),
        (MOST, (0,), None),
        (MOST, (1,), MOST + 1),
        (0, (MOST,), None),
        (0, (MOST + 1,), MOST + 1),
        (1000, (1000, 1000), None),
        (1000, (1000, 1001), 3001),
        (1500, (1500,), None),
        (1501, (1501,), 3002),
        (2047, (2047,), 4094),
        (3000, (3000, 0, 1), 6001),
    ],
)
def test_what_was_typed_and_what_the_files_hold_is_one_text(
    typed: int, files: tuple[int, ...], count: int | None
) -> None:
    held = [CaseFile(f"案例{place}.docx", characters) for place, characters in enumerate(files)]
    found = refusals_of_cases("字" * typed, CITY_2021, held)
    assert [(one.field, one.params["count"], one.params["most"]) for one in found] == (
        [("cases", count, MOST)] if count else []
    )


def test_each_file_that_cannot_be_counted_is_named() -> None:
    files = [CaseFile("扫描.pdf", None), CaseFile("案例.docx", 5000), CaseFile("图.pdf", None)]
    found = refusals_of_cases("字" * 5000, CITY_2021, files)
    assert [(one.field, one.params["name"]) for one in found] == [("cases", "扫描.pdf"), ("cases", "图.pdf")]
    submission = replace(WHOLE, case_files=tuple(files))
    assert [one.field for one in refusals_to_submit(submission, CITY_2021)] == ["cases", "cases"]
