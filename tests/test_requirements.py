"""The tables of requirements leave no number out, and what they name as proof exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
STATES = ("met", "partly", "not met", "not here")

# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; they are numbered from 1.
ASVS = """
    1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1
    4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2
    7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2
    10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5
    14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2
"""
# The items of GB/T 22239-2019, level 2, that a program has a part in, each with its letters if it has any.
DENGBAO = """
    7.1.2.2: 7.1.4.1:abc 7.1.4.2:abcd 7.1.4.3:abc 7.1.4.4:abcde 7.1.4.5: 7.1.4.6: 7.1.4.7: 7.1.4.8:ab 7.1.4.9:
    7.1.4.10:ab 7.1.5.1:ab 7.1.5.2:ab
"""


def pairs(table: str) -> list[list[str]]:
    return [pair.split(":") for pair in table.split()]


def lines(paper: str) -> list[list[str]]:
    """Return the rows of a paper's tables: number, what is asked, state, proof, remark."""
    text = (ROOT / "docs" / paper).read_text()
    rows = [line for line in text.splitlines() if re.match(r"\| \d+\.\d", line)]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def numbers(paper: str) -> list[str]:
    return [number for line in lines(paper) for number in line[0].split(", ")]


def test_no_requirement_of_asvs_is_left_out_or_told_twice() -> None:
    asked = [f"{section}.{number + 1}" for section, many in pairs(ASVS) for number in range(int(many))]
    assert len(asked) == 253  # as the standard itself counts them
    assert sorted(numbers("asvs.md")) == sorted(asked)


def test_no_item_of_the_second_level_is_left_out_or_told_twice() -> None:
    asked = [
        f"{section} {letter})" if letter else section
        for section, letters in pairs(DENGBAO)
        for letter in letters or [""]
    ]
    assert sorted(numbers("dengbao.md")) == sorted(asked)


@pytest.mark.parametrize("paper", ["asvs.md", "dengbao.md"])
def test_each_line_names_what_shows_it_or_says_what_is_missing(paper: str) -> None:
    for number, what, state, proof, remark in lines(paper):
        assert state in STATES, number
        assert what, number
        assert bool(proof) is (state in ("met", "partly")), number
        assert remark or state == "met", number
        for name in proof.split():
            path, _, test = name.strip("`").partition("::")
            source = (ROOT / path).read_text()
            assert not test or re.search(rf"^(async )?def {test}\(", source, re.MULTILINE), (
                f"{number}: {name}"
            )


def test_the_paper_counts_its_lines() -> None:
    said = re.search(
        r"Of (\d+) requirements (\d+) are met, (\d+) partly, (\d+) not, and (\d+) ask",
        (ROOT / "docs/asvs.md").read_text(),
    )
    assert said
    states = [state for number, _, state, *_ in lines("asvs.md") for _ in number.split(", ")]
    assert [int(figure) for figure in said.groups()] == [
        len(states),
        *(states.count(state) for state in STATES),
    ]
