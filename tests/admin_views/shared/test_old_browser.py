"""Nothing of ours asks a browser for what Chromium 90 does not know: docs/browsers.md says what was run there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
# What is written, and the version of Chromium that knew it first.
_SCRIPT = {
    r"\.at\(": 92, r"\bstructuredClone\(": 98, r"\bObject\.hasOwn\(": 93, r"\.findLast(Index)?\(": 97,
    r"\.to(Sorted|Reversed|Spliced)\(": 110, r"\bObject\.groupBy\(": 117, r"\.randomUUID\(": 92,
    r"\bAbortSignal\.(timeout|any)\(": 103, r"\.checkVisibility\(": 105, r"\.inert\b": 102, r"\.showPicker\(": 99,
    r"\bcause:": 93, r"\bwithResolvers\(": 119, r"\.(show|hide|toggle)Popover\(": 114, r"\bscrollend\b": 114,
    r"\bstatic \{": 94, r"#\w+ in \w": 91, r"\bresponseStatus\b": 109, r"\bnavigation\.navigate\(": 102,
    r"\.setHTML(Unsafe)?\(": 124, r"\.(union|intersection|difference|isSubsetOf)\(": 122, r"\bnew Sanitizer\b": 105,
    r"[?&]searchParams\.size\b": 113,
}  # fmt: skip
_STYLE = {
    r":has\(": 105, r"@container\b": 105, r"@layer\b": 99, r"^\s*&": 112, r"\b\d+(\.\d+)?[dsl]v[hw]\b": 108,
    r"\bcolor-mix\(": 111, r"\b(oklch|oklab|lch|lab)\(": 111, r"\bscrollbar-gutter\s*:": 94,
    r"\bsubgrid\b": 117, r":modal\b": 105, r"(^|[;{]\s*)(translate|rotate|scale)\s*:": 104,
    r"@media[^{]*[<>]": 104, r"\bfield-sizing\s*:": 123, r"\blight-dark\(": 123, r"@starting-style\b": 117,
    r":user-(in)?valid\b": 119, r"@scope\b": 118, r"\banimation-timeline\s*:": 115, r"\b(round|mod|rem)\(": 125,
    r"::-webkit-details-marker": 0,  # told as deprecated, and not needed since 89
}  # fmt: skip
_MARKUP = {r"\spopover(target)?[\s=>]": 114, r"\sinert[\s=>]": 102, r"<search\b": 118, r"\sblocking=": 105}
_FILES = [
    *((path, _SCRIPT) for path in sorted((ROOT / "static").glob("*.js"))),
    *((path, _STYLE) for path in sorted((ROOT / "static").rglob("*.css")) if "vendor" not in path.parts),
    *((path, _MARKUP) for path in sorted((ROOT / "templates").rglob("*.html"))),
]


@pytest.mark.parametrize("kind", [_SCRIPT, _STYLE, _MARKUP], ids=["script", "style", "markup"])
def test_nothing_is_asked_that_chromium_90_does_not_know(kind: dict[str, int]) -> None:
    paths = [path for path, asked in _FILES if asked is kind]
    assert len(paths) > 10
    found = []
    for path in paths:
        text = re.sub(r"/\*.*?\*/|\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        for pattern, version in kind.items():
            found += [
                f"{path.relative_to(ROOT)}: {match[0]!r} needs Chromium {version}"
                for match in re.finditer(pattern, text, flags=re.MULTILINE)
            ]
    assert found == []
