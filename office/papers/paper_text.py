"""A paper as plain data: the words that the preview, the public page, the frozen copy and the .docx share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from rules.papers import PaperKind


@dataclass(frozen=True)
class Paragraph:
    """One paragraph. `level`: 0 body, 1 “一、” in 黑体, 2 “（一）” in 楷体, 3 “1.”."""

    text: str
    level: int = 0


@dataclass(frozen=True)
class PaperTable:
    """A list: a cell for each heading in every row; `widths` are relative."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True)
class PaperText:
    """A paper, complete.

    `table` stands after the first `table_after` paragraphs, or, when `annex` is set, on a page of its own
    after the date. `dated` is an ISO day, `dated_zh` the same as papers write it; `note` stands under the
    date. `header` is the office that the red head names. `fields` are single values for templates.
    """

    kind: PaperKind
    title: str
    paragraphs: tuple[Paragraph, ...]
    signature: str
    dated: str
    dated_zh: str
    number: str = ""
    addressee: str = ""
    header: str = ""
    table: PaperTable | None = None
    table_after: int = 0
    annex: bool = False
    attachment_line: str = ""
    contact: tuple[str, ...] = ()
    note: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", MappingProxyType(dict(self.fields)))

    @property
    def before_table(self) -> tuple[Paragraph, ...]:
        """The paragraphs that stand before a table within the text; all of them when there is none."""
        return self.paragraphs[: self.table_after] if self.table and not self.annex else self.paragraphs

    @property
    def after_table(self) -> tuple[Paragraph, ...]:
        """The paragraphs that follow a table within the text."""
        return self.paragraphs[self.table_after :] if self.table and not self.annex else ()

    def stored(self) -> dict[str, Any]:
        """Return the paper as plain values that a database and JSON can keep."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in _PLAIN}
        table = self.table
        return {
            **plain,
            "kind": self.kind.value,
            "paragraphs": [
                {"text": paragraph.text, "level": paragraph.level} for paragraph in self.paragraphs
            ],
            "contact": list(self.contact),
            # Pairs: a database reads dots and dollars in a key as its own.
            "fields": [[name, value] for name, value in self.fields.items()],
            "table": table and {
                "caption": table.caption,
                "headings": list(table.headings),
                "rows": [list(row) for row in table.rows],
                "widths": list(table.widths),
            },
        }  # fmt: skip

    @classmethod
    def from_stored(cls, raw: Mapping[str, Any]) -> "PaperText":
        """Return the paper of plain values; keys of later versions are passed over."""
        table = raw.get("table")
        return cls(
            **{name: raw[name] for name in _PLAIN if name in raw},
            kind=next(kind for kind in PaperKind if kind.value == raw["kind"]),
            paragraphs=tuple(Paragraph(line["text"], line.get("level", 0)) for line in raw["paragraphs"]),
            contact=tuple(raw.get("contact") or ()),
            fields=dict(raw.get("fields") or ()),
            table=PaperTable(
                table["caption"],
                tuple(table["headings"]),
                tuple(tuple(row) for row in table["rows"]),
                tuple(table["widths"]),
            ) if table else None,
        )  # fmt: skip


_PLAIN = (
    "title", "signature", "dated", "dated_zh", "number", "addressee", "header", "table_after", "annex",
    "attachment_line", "note",
)  # fmt: skip


def in_chinese(day: date) -> str:
    """Return a day as papers write it, in Arabic figures: 2026年11月3日 (GB/T 9704, 7.3.5.3)."""
    return f"{day.year}年{day.month}月{day.day}日"
