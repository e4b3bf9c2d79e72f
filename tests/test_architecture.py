"""The promises of the house: imports only go down, nothing hides in a function, no cycle, nothing else at the top."""

import ast
import fnmatch
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FLOORS = {
    "app": 5,
    "commands": 4,
    "admin_views": 4,
    "public_views": 4,
    "forms": 3,
    "services": 3,
    "office": 3,
    "documents": 2,
    "schema": 1,
    "rules": 0,
}
WEB = {"flask", "flask_admin", "flask_babel", "flask_login", "flask_wtf", "werkzeug", "wtforms"}
DATABASE = {"pymongo", "mongoengine", "bson", "gridfs", "mongomock"}
# Beside what the floors forbid: what a room may not know, ours or others'.
UNKNOWN_TO = {
    "rules": WEB | DATABASE,
    "schema": WEB | DATABASE,
    "office": DATABASE | {"documents"},
    "documents": WEB,
}
# Outside the house: they may use every room, no room uses them.
OUTSIDE = {"tests", "benchmarks"}

AT_THE_TOP = {
    *(
        "app.py",
        "commands",
        "admin_views",
        "public_views",
        "forms",
        "services",
        "office",
        "documents",
        "schema",
        "rules",
    ),
    *("templates", "static", "translations", "tests", "benchmarks", "docs"),
    *("pyproject.toml", "requirements.lock", "requirements-dev.lock", "Makefile", ".ci", ".gitignore"),
    *("README.md", "CHANGELOG.md", "LICENSE"),
}

MOST_FILES = 25  # a folder


@dataclass(frozen=True)
class Import:
    """`importer` (a module's dotted name) imports `target` at `line`; `hidden` inside a function."""

    importer: str
    target: str
    line: int
    hidden: bool

    @property
    def rooms(self) -> tuple[str, str]:
        return self.importer.split(".")[0], self.target.split(".")[0]

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.target}"


def modules(root: Path) -> dict[str, Path]:
    """Return every first-party module below `root` by its dotted name."""
    found = {}
    for room in {*FLOORS, *OUTSIDE}:
        for path in [root / f"{room}.py", *(root / room).rglob("*.py")]:
            if path.is_file():
                name = ".".join(path.relative_to(root).with_suffix("").parts)
                found[name.removesuffix(".__init__")] = path
    return found


def imports(root: Path) -> Iterator[Import]:
    known = modules(root)
    for name, path in known.items():
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        for node, is_hidden in nodes(tree):
            for target in targets(node, name, known):
                yield Import(name, target, node.lineno, is_hidden)


def nodes(tree: ast.Module) -> Iterator[tuple[ast.AST, bool]]:
    """Yield every node, and whether it stands inside a function."""
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, is_hidden = waiting.pop()
        yield node, is_hidden
        is_hidden = is_hidden or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        waiting += [(child, is_hidden) for child in ast.iter_child_nodes(node)]


def targets(node: ast.AST, importer: str, known: dict[str, Path]) -> Iterator[str]:
    """Yield the modules that one statement imports: `from rules import terms` is rules.choices, not rules."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        package = importer.split(".") if known[importer].name == "__init__.py" else importer.split(".")[:-1]
        start = package[: len(package) - node.level + 1] if node.level else []
        base = ".".join([*start, node.module] if node.module else start)
        for alias in node.names:
            inner = f"{base}.{alias.name}"
            yield inner if inner in known else base


def climbing(found: list[Import]) -> list[str]:
    """Name the imports that go up, into `app`, or out of the house."""
    faults = []
    for one in found:
        room, target = one.rooms
        if room in OUTSIDE or target == room:
            continue
        if target in OUTSIDE or target == "app" or FLOORS.get(target, -1) > FLOORS[room]:
            faults.append(str(one))
    return faults


def forbidden(found: list[Import]) -> list[str]:
    return [str(one) for one in found if one.rooms[1] in UNKNOWN_TO.get(one.rooms[0], ())]


def hidden(found: list[Import]) -> list[str]:
    return [str(one) for one in found if one.hidden and one.rooms[0] in FLOORS and one.rooms[1] in FLOORS]


def cycles(found: list[Import]) -> list[str]:
    """Name one cycle among the modules and one among the rooms, where there is one."""
    faults = []
    inside = [one for one in found if one.rooms[0] in FLOORS and one.rooms[1] in FLOORS]
    for edges in ([(one.importer, one.target) for one in inside], [one.rooms for one in inside]):
        graph: dict[str, set[str]] = {}
        for importer, target in edges:
            if importer != target:
                graph.setdefault(importer, set()).add(target)
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            faults.append(" → ".join(error.args[1]))
    return faults


def strangers(root: Path) -> list[str]:
    """Name what stands at the top and is neither listed nor ignored by git."""
    ignore_file = root / ".gitignore"
    lines = ignore_file.read_text(encoding="utf-8").split() if ignore_file.exists() else []
    ignored = [".git", *(line.strip("/") for line in lines)]
    names = sorted(path.name for path in root.iterdir())
    return [
        name
        for name in names
        if name not in AT_THE_TOP and not any(fnmatch.fnmatch(name, pattern) for pattern in ignored)
    ]


def crowded(root: Path) -> list[str]:
    """Name the folders of code, of tests and of templates that hold more files than a person looks through."""
    folders = Counter(
        path.parent.relative_to(root)
        for room in {*FLOORS, *OUTSIDE, "templates"}
        for path in (root / room).rglob("*")
        if path.suffix in (".py", ".html")
    )
    return [f"{folder}: {count} files" for folder, count in sorted(folders.items()) if count > MOST_FILES]


@pytest.fixture(scope="module")
def ours() -> list[Import]:
    return list(imports(ROOT))


@pytest.mark.parametrize("faults", [climbing, forbidden, hidden, cycles])
def test_the_house_keeps_its_promises(faults, ours):
    assert faults(ours) == []


# A title moves by an announcement, a decision or the register of earlier titles (Art. 2, 12, 16, 18): nobody else
# makes the right to move one.
MOVE_TITLES = {
    "services.publication.announcement",
    "services.revocation.decide",
    "services.records.earlier_titles",
}


def test_only_papers_and_the_register_make_a_right_to_move_a_title():
    making = {
        name
        for name, path in modules(ROOT).items()
        if name.split(".")[0] in FLOORS and "TitleMove(" in path.read_text(encoding="utf-8")
    }
    assert making == MOVE_TITLES


def test_nothing_else_stands_at_the_top():
    assert strangers(ROOT) == []


def test_no_folder_is_crowded():
    assert crowded(ROOT) == []


# --- and the promises can be broken


@pytest.mark.parametrize(
    ("files", "faults", "said"),
    [
        # a floor too high
        (
            {"rules/a.py": "import documents.b", "documents/b.py": ""},
            climbing,
            "rules.a:1 imports documents.b",
        ),
        ({"services/a.py": "from admin_views import b"}, climbing, "services.a:1 imports admin_views"),
        # also when only for types
        (
            {"rules/a.py": "if TYPE_CHECKING:\n    from services.b import C"},
            climbing,
            "rules.a:2 imports services.b",
        ),
        # nobody imports app, and no room imports the tests
        ({"admin_views/a.py": "import app"}, climbing, "admin_views.a:1 imports app"),
        ({"app.py": "from tests.a import b"}, climbing, "app:1 imports tests.a"),
        # what a room may not know
        ({"rules/a.py": "from bson import ObjectId"}, forbidden, "rules.a:1 imports bson"),
        ({"office/a.py": "from documents.b import C"}, forbidden, "office.a:1 imports documents.b"),
        (
            {"documents/a.py": "import flask_admin.model"},
            forbidden,
            "documents.a:1 imports flask_admin.model",
        ),
        # inside a function, a method, an inner function
        (
            {"services/a.py": "def f():\n    from rules import b", "rules/b.py": ""},
            hidden,
            "services.a:2 imports rules.b",
        ),
        (
            {"forms/a.py": "class A:\n    async def f(self):\n        import rules"},
            hidden,
            "forms.a:3 imports rules",
        ),
        # two modules of a room, also by a relative import
        (
            {"rules/a.py": "from . import b", "rules/b.py": "from .a import c"},
            cycles,
            "rules.a → rules.b → rules.a",
        ),
        # two rooms of a floor
        (
            {
                "forms/a.py": "import services.b",
                "services/b.py": "",
                "services/c.py": "import forms.d",
                "forms/d.py": "",
            },
            cycles,
            "forms → services → forms",
        ),
    ],
)
def test_a_broken_promise_is_seen(tmp_path, files, faults, said):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (fault,) = faults(list(imports(tmp_path)))
    assert set(fault.split(" → ")) == set(said.split(" → "))


def test_what_is_allowed_is_not_a_fault(tmp_path):
    (tmp_path / "app.py").write_text("from admin_views import a\nimport flask, pymongo")
    for room in ("admin_views", "services", "documents", "rules", "tests"):
        (tmp_path / room).mkdir()
    (tmp_path / "admin_views/a.py").write_text("from services import b\nfrom flask import url_for")
    (tmp_path / "services/b.py").write_text("from documents import c\ndef f():\n    import json")
    (tmp_path / "documents/c.py").write_text("import pymongo\nfrom rules import d")
    (tmp_path / "rules/d.py").write_text("from datetime import date")
    (tmp_path / "tests/e.py").write_text("def f():\n    import app")
    found = list(imports(tmp_path))
    assert [faults(found) for faults in (climbing, forbidden, hidden, cycles)] == [[], [], [], []]


def test_a_stranger_at_the_top_is_seen(tmp_path):
    for name in ("README.md", "helpers.py", ".venv", "notes.pyc"):
        (tmp_path / name).touch()
    (tmp_path / ".gitignore").write_text(".venv/\n*.pyc\n")
    assert strangers(tmp_path) == ["helpers.py"]


@pytest.mark.parametrize(("count", "faults"), [(MOST_FILES, []), (MOST_FILES + 1, ["rules/a: 26 files"])])
def test_a_crowded_folder_is_seen(tmp_path, count, faults):
    for inner in ("rules/a", "rules/a/b"):
        (tmp_path / inner).mkdir(parents=True)
    for number in range(count):
        (tmp_path / f"rules/a/f{number}.py").touch()
    (tmp_path / "rules/a/b/another.py").touch()
    assert crowded(tmp_path) == faults
