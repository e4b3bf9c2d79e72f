"""The papers for developers say what the code does."""

import re
from pathlib import Path

import pytest

from app import create_app
from rules.applications import BROUGHT, FINAL, TRANSITIONS, Stage
from rules.rule_sets.measures import CITY_2021

DOCS = Path(__file__).resolve().parents[1] / "docs"


def diagram() -> str:
    """Return the table of steps as a diagram, one line a step; what another decision brings is left out."""
    lines = [
        "stateDiagram-v2",
        *(f'    state "{stage.zh}" as {stage.name}' for stage in Stage),
        "    [*] --> DRAFT",
    ]
    lines += [
        f"    {stage.name} --> {step.to.name}: {verb.zh}"
        for (stage, verb), step in TRANSITIONS.items()
        if verb not in BROUGHT
    ]
    return "\n".join([*lines, *(f"    {stage.name} --> [*]" for stage in Stage if stage in FINAL)])


def test_the_diagram_of_the_steps_is_the_table() -> None:
    assert f"```mermaid\n{diagram()}\n```" in (DOCS / "steps.md").read_text()


def test_every_step_with_its_permission_stands_in_the_papers() -> None:
    text = (DOCS / "steps.md").read_text()
    for (stage, verb), step in TRANSITIONS.items():
        if verb not in BROUGHT:
            assert f"| {stage.zh} | {verb.zh} | {step.to.zh} | `{step.permission.value}` |" in text


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(path.name[:4]) for path in (DOCS / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


# --- The table of the twenty articles ------------------------------------------------------------

_ITEMS = {5: 4, 6: 3, 7: 8, 18: 4}


def clauses() -> list[list[str]]:
    """Return the rows of docs/measures.md: article, what it asks, address, test, decision."""
    lines = (DOCS / "measures.md").read_text().splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| \d", line)
    ]


def test_no_article_of_the_measures_is_missing_from_the_table() -> None:
    named = " ".join(row[0] for row in clauses())
    for article in CITY_2021.text:
        assert re.search(rf"\b{article.number}\b", named), article.number
    for number, items in _ITEMS.items():
        assert all(f"{number}({item})" in named for item in range(1, items + 1))


@pytest.fixture(scope="module")
def addresses() -> set[str]:
    """Every address of the program."""
    return {rule.rule for rule in create_app({"SECRET_KEY": "0" * 64}).url_map.iter_rules()}


@pytest.mark.parametrize("row", clauses(), ids=lambda row: f"{row[0]} {row[1][:30]}")
def test_each_clause_names_an_address_a_test_and_a_decision_that_exist(
    row: list[str], addresses: set[str]
) -> None:
    _, _, address, test, decision = row
    assert address.strip("`") in addresses
    path, _, name = test.strip("`").partition("::")
    assert re.search(rf"^(    )?(async )?def {name}\(", (DOCS.parent / path).read_text(), re.MULTILINE)
    assert list((DOCS / "decisions").glob(f"{decision}-*.md"))
