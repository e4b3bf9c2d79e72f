"""The papers of an expert review, to be signed: the score sheet of a base, and the opinion of its experts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from docx.document import Document as DocumentType
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.shared import Mm, Pt

from office.excel.cell_texts import without_unseen
from office.papers.paper_text import Paragraph, in_chinese
from office.papers.styles import BODY, HEI, LEVEL_STYLES, add_style, fill_cell, keep_rows, new_paper

ABOUT_WIDTHS = (24, 54, 32, 46)
_TEXT_MM = 156
_HEAD, _CELL, _NOTE = "评分表头", "评分表文", "评分说明"


@dataclass(frozen=True)
class SheetRow:
    """One expert: points in the order of the dimensions, the total, whether it counts, and what they wrote."""

    name: str
    organization: str
    points: tuple[str, ...]
    total: str
    counts: bool
    opinion: str


@dataclass(frozen=True)
class ReviewFacts:
    """What the papers say of one base; `dimensions` are labels with their weights in percent."""

    round: str
    base: str
    operator: str
    county: str
    dimensions: tuple[tuple[str, int], ...]
    rows: tuple[SheetRow, ...]
    average: str
    opinion: str = ""
    concluded_on: date | None = None


@dataclass(frozen=True)
class ReviewPaper:
    """A paper of a review as plain words, which the Word file and the PDF share.

    `about` are rows of label and value twice; `rows` a table under `headings` with relative `widths`, none for ();
    `note` stands below it.
    """

    title: str
    about: tuple[tuple[str, ...], ...]
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[int, ...] = ()
    note: str = ""
    paragraphs: tuple[Paragraph, ...] = ()


def score_sheet(facts: ReviewFacts) -> ReviewPaper:
    """Return the score sheet of a base, a line for each expert to sign."""
    rows = [
        (
            f"{row.name}\n{row.organization}".strip(),
            *row.points,
            row.total + ("" if row.counts else "（不计入）"),
            "",
        )
        for row in facts.rows
    ]
    rows.append(("平均分", *("" for _ in facts.dimensions), facts.average, ""))
    return ReviewPaper(
        _plain(f"{facts.round}\n专家评分表"),
        _about(facts),
        ("专家", *(f"{label}（{weight}%）" for label, weight in facts.dimensions), "合计", "签名"),
        tuple(tuple(map(_plain, row)) for row in rows),
        (22, *(20 for _ in facts.dimensions), 18, 20),
        "" if all(row.counts for row in facts.rows) else "按评分规则，一个最高分和一个最低分不计入平均分。",
    )


def review_opinion(facts: ReviewFacts) -> ReviewPaper:
    """Return the opinion of the experts on a base: what each wrote, the joint one, where they sign."""
    said = [
        Paragraph(_plain(f"{row.name}（{row.total}分）：{_plain(row.opinion) or '无'}")) for row in facts.rows
    ]
    day = in_chinese(facts.concluded_on) if facts.concluded_on else "    年  月  日"
    paragraphs = (
        Paragraph("一、专家意见", 1),
        *said,
        Paragraph("二、专家组意见", 1),
        Paragraph(f"平均分{facts.average}分。{_plain(facts.opinion)}"),
        Paragraph("专家签名："),
        Paragraph(day),
    )
    return ReviewPaper(_plain(f"{facts.round}\n专家评审意见"), _about(facts), paragraphs=paragraphs)


def _plain(words: str) -> str:
    return without_unseen(words)


def _about(facts: ReviewFacts) -> tuple[tuple[str, ...], ...]:
    return (
        ("基地名称", _plain(facts.base), "所属县（市、区）", _plain(facts.county)),
        ("运营主体", _plain(facts.operator), "评审专家", f"{len(facts.rows)}人"),
    )


def review_docx(text: ReviewPaper) -> bytes:
    """Return a paper of a review as a Word file."""
    paper = new_paper()
    for name, font, centred in ((_HEAD, HEI, True), (_CELL, BODY, True), (_NOTE, BODY, False)):
        style = add_style(paper, name, font, 10.5, centred=centred)
        style.paragraph_format.line_spacing = Pt(15)
    paper.add_paragraph(text.title, "公文标题")
    _add_table(paper, text.about, ABOUT_WIDTHS, heads=False)
    paper.add_paragraph("", _NOTE)
    if text.headings:
        _add_table(paper, [text.headings, *text.rows], text.widths, heads=True)
    if text.note:
        paper.add_paragraph(text.note, _NOTE)
    for one in text.paragraphs:
        paper.add_paragraph(one.text, LEVEL_STYLES[one.level])
    return _saved(paper)


def _add_table(
    paper: DocumentType, rows: Sequence[tuple[str, ...]], widths: Sequence[int], *, heads: bool
) -> None:
    table = paper.add_table(len(rows), len(widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    sizes = [Mm(_TEXT_MM * width / sum(widths)) for width in widths]
    for number, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            is_label = (heads and number == 0) or (not heads and place % 2 == 0)
            cell.width = sizes[place]
            fill_cell(cell, text, _HEAD if is_label else _CELL)
    keep_rows(table, repeat_heading=heads, twips=(40, 70))


def _saved(paper: DocumentType) -> bytes:
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()
