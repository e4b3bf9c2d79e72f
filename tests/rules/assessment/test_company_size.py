"""The size of a company against the table of 工信部联企业〔2011〕300号, below, at and above each limit of each row."""

import itertools
import re

import pytest

from rules.assessment.company_size import TABLE, company_size
from rules.choices import CompanySize, Industry

LARGE, MEDIUM, SMALL, MICRO = CompanySize

# X people, Y revenue and Z assets in 10,000 yuan; large, medium and small must meet all of theirs.
PUBLISHED = """
农、林、牧、渔业 | Y20000 | Y500 | Y50
工业 | X1000 Y40000 | X300 Y2000 | X20 Y300
建筑业 | Y80000 Z80000 | Y6000 Z5000 | Y300 Z300
批发业 | X200 Y40000 | X20 Y5000 | X5 Y1000
零售业 | X300 Y20000 | X50 Y500 | X10 Y100
交通运输业 | X1000 Y30000 | X300 Y3000 | X20 Y200
仓储业 | X200 Y30000 | X100 Y1000 | X20 Y100
邮政业 | X1000 Y30000 | X300 Y2000 | X20 Y100
住宿业 | X300 Y10000 | X100 Y2000 | X10 Y100
餐饮业 | X300 Y10000 | X100 Y2000 | X10 Y100
信息传输业 | X2000 Y100000 | X100 Y1000 | X10 Y100
软件和信息技术服务业 | X300 Y10000 | X100 Y1000 | X10 Y50
房地产开发经营 | Y200000 Z10000 | Y1000 Z5000 | Y100 Z2000
物业管理 | X1000 Y5000 | X300 Y1000 | X100 Y500
租赁和商务服务业 | X300 Z120000 | X100 Z8000 | X10 Z100
其他未列明行业 | X300 | X100 | X10
"""


def limits(cell):
    return {letter: int(number) for letter, number in re.findall(r"([XYZ])(\d+)", cell)}


ROWS = {
    name: [limits(cell) for cell in cells]
    for name, *cells in (
        [part.strip() for part in line.split("|")] for line in PUBLISHED.strip().splitlines()
    )
}
CASES = [(name, place) for name in ROWS for place in range(3)]


def size(industry, figures):
    return company_size(
        Industry.worded(industry), people=figures.get("X"), revenue=figures.get("Y"), assets=figures.get("Z")
    )


def by_the_words(row, figures):
    """Say the size as the ministry's words say it, without the code under test."""
    for term, needed in zip((LARGE, MEDIUM, SMALL), row, strict=True):
        if all(figures[letter] >= least for letter, least in needed.items()):
            return term
    return MICRO


def test_every_industry_of_the_table_is_there_once():
    assert len(ROWS) == len(Industry) == len(TABLE) == 16
    assert {Industry.worded(name) for name in ROWS} == set(Industry)


@pytest.mark.parametrize(("industry", "place"), CASES)
def test_at_its_limits_a_company_is_of_the_class(industry, place):
    """以上 includes the number itself."""
    assert size(industry, ROWS[industry][place]) is (LARGE, MEDIUM, SMALL)[place]


@pytest.mark.parametrize(("industry", "place"), CASES)
def test_one_limit_missed_is_the_class_below(industry, place):
    needed = ROWS[industry][place]
    for letter in needed:
        step = 1 if letter == "X" else 0.0001
        figures = needed | {letter: needed[letter] - step}
        found = size(industry, figures)
        assert found is by_the_words(ROWS[industry], figures)
        assert found is (MEDIUM, SMALL, MICRO)[place], (industry, letter)


@pytest.mark.parametrize(("industry", "place"), CASES)
def test_above_its_limits_it_stays_in_the_class_until_the_next_is_met(industry, place):
    needed = ROWS[industry][place]
    assert (
        size(industry, {letter: least + 1 for letter, least in needed.items()})
        is (LARGE, MEDIUM, SMALL)[place]
    )
    for letter in needed:
        # one figure of the largest class does not lift a company whose other figure is small
        figures = needed | {letter: ROWS[industry][0][letter] * 10}
        assert size(industry, figures) is by_the_words(ROWS[industry], figures)


@pytest.mark.parametrize("industry", ROWS)
def test_every_mixture_of_figures_around_the_limits(industry):
    row = ROWS[industry]
    around = {
        letter: sorted({max(needed[letter] + step, 0) for needed in row for step in (-1, 0, 1)})
        for letter in row[0]
    }
    for values in itertools.product(*around.values()):
        figures = dict(zip(around, values, strict=True))
        assert size(industry, figures) is by_the_words(row, figures), figures


@pytest.mark.parametrize("industry", ROWS)
def test_nothing_at_all_is_micro_and_what_the_row_does_not_ask_for_does_not_matter(industry):
    asked = ROWS[industry][0]
    assert size(industry, dict.fromkeys("XYZ", 0)) is MICRO
    only = dict.fromkeys(asked, 10**9)
    assert size(industry, only) is LARGE
    assert (
        size(
            industry,
            dict.fromkeys(asked, 0) | {letter: 10**9 for letter in "XYZ" if letter not in asked},
        )
        is MICRO
    )


@pytest.mark.parametrize("industry", ROWS)
def test_while_a_figure_that_is_asked_for_is_unknown_so_is_the_size(industry):
    for letter in ROWS[industry][0]:
        figures = {one: 10**9 for one in ROWS[industry][0] if one != letter}
        assert size(industry, figures) is None


def test_without_an_industry_there_is_no_size():
    assert company_size(None, people=1, revenue=1, assets=1) is None
