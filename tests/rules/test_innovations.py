"""The innovations of Art. 8: none is compulsory, one that is entered is named, placed and shown."""

import pytest

from rules.innovations import (
    MOST_DESCRIPTION,
    MOST_TITLE,
    PLACES,
    SLOTS,
    Aspect,
    Innovation,
    refusals_to_keep_innovations,
    refusals_to_submit_innovations,
)

PLATFORM = Aspect.SERVICE_PLATFORM


def test_there_are_ten_places_each_with_its_files() -> None:
    assert PLACES == (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    assert (SLOTS[0], SLOTS[-1]) == ("innovation-1", "innovation-10")


def test_what_the_article_names_can_be_chosen() -> None:
    assert [aspect.zh for aspect in Aspect] == [
        "物业服务智慧化", "项目管理数字化", "创业服务平台化", "产业布局生态化", "孵化效果", "创新支持", "其他",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("innovation", "fields"),
    [
        (Innovation(1), []),
        (Innovation(1, PLATFORM, "平台", "一站办理"), []),
        (Innovation(1, PLATFORM, "平台", files=1), []),
        (Innovation(1, PLATFORM, "平台"), ["innovation_1_description"]),
        (Innovation(2, None, "平台", "一站办理"), ["innovation_2_aspect"]),
        (Innovation(3, None, "平台"), ["innovation_3_aspect", "innovation_3_description"]),
        (Innovation(4, PLATFORM, "", "一站办理"), ["innovation_4_title"]),
        (Innovation(5, PLATFORM), ["innovation_5_title", "innovation_5_description"]),
        (Innovation(10, files=1), ["innovation_10_title", "innovation_10_aspect"]),
    ],
)
def test_what_is_missing_of_an_innovation_is_said_at_hand_in(
    innovation: Innovation, fields: list[str]
) -> None:
    assert [refusal.field for refusal in refusals_to_submit_innovations([innovation])] == fields


@pytest.mark.parametrize(
    ("innovation", "fields"),
    [
        (Innovation(1, title="名" * MOST_TITLE, description="说" * MOST_DESCRIPTION), []),
        (Innovation(1, title="名" * (MOST_TITLE + 1)), ["innovation_1_title"]),
        (Innovation(1, description="说" * (MOST_DESCRIPTION + 1)), ["innovation_1_description"]),
        (Innovation(1, title="零\x00字"), ["innovation_1_title"]),
        (Innovation(10, title="末项"), []),
        (Innovation(0, title="无此项"), [None]),
        (Innovation(11, title="无此项"), [None]),
    ],
)
def test_what_cannot_be_kept_is_refused(innovation: Innovation, fields: list[str | None]) -> None:
    assert [refusal.field for refusal in refusals_to_keep_innovations([innovation])] == fields


def test_lengths_are_those_of_the_form() -> None:
    assert (MOST_TITLE, MOST_DESCRIPTION) == (100, 1000)


def test_each_of_several_innovations_is_looked_at() -> None:
    wrong = [
        Innovation(0, title="无此项"),
        Innovation(2, title="名" * 101),
        Innovation(12),
        Innovation(3, title="\x00"),
    ]
    assert [refusal.field for refusal in refusals_to_keep_innovations(wrong)] == [
        None, "innovation_2_title", None, "innovation_3_title",
    ]  # fmt: skip
    blank = [Innovation(1), Innovation(2, PLATFORM, "平台"), Innovation(3), Innovation(4, None, "名", "说")]
    assert [refusal.field for refusal in refusals_to_submit_innovations(blank)] == [
        "innovation_2_description", "innovation_4_aspect",
    ]  # fmt: skip
