"""There is one door to the public, and every paper goes through it."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROOMS = ("admin_views", "commands", "documents", "forms", "office", "public_views", "schema", "services")


def test_nothing_publishes_but_the_one_door() -> None:
    callers = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "publish" and ast.unparse(node.value) == "Notice"
    }
    assert callers == {"services/publication/release.py"}
