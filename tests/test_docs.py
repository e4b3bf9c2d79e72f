"""The papers for developers say what the code does."""

from pathlib import Path

from rules.applications import BROUGHT, FINAL, TRANSITIONS, Stage

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
