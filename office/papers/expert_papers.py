"""The papers of an expert review as .docx: the score sheet of a base, and the opinion of its experts, to be signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from docx.document import Document as DocumentType
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.shared import Mm, Pt

from office.excel.cell_texts import without_unseen
from office.papers.paper_text import in_chinese
from office.papers.styles import BODY, HEI, add_style, fill_cell, keep_rows, new_paper

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


def score_sheet(facts: ReviewFacts) -> bytes:
    """Return the score sheet of a base, a line for each expert to sign."""
    paper = _begun(f"{facts.round}\n专家评分表", facts)
    heads = ("专家", *(f"{label}（{weight}%）" for label, weight in facts.dimensions), "合计", "签名")
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
    _add_table(paper, [heads, *rows], (22, *(20 for _ in facts.dimensions), 18, 20), heads=True)
    if not all(row.counts for row in facts.rows):
        paper.add_paragraph("按评分规则，一个最高分和一个最低分不计入平均分。", _NOTE)
    return _saved(paper)


def review_opinion(facts: ReviewFacts) -> bytes:
    """Return the opinion of the experts on a base: what each wrote, the joint one, where they sign."""
    paper = _begun(f"{facts.round}\n专家评审意见", facts)
    paper.add_paragraph("一、专家意见", "一级标题")
    for row in facts.rows:
        said = without_unseen(row.opinion) or "无"
        paper.add_paragraph(f"{row.name}（{row.total}分）：{said}", "正文段落")
    paper.add_paragraph("二、专家组意见", "一级标题")
    paper.add_paragraph(f"平均分{facts.average}分。{without_unseen(facts.opinion)}", "正文段落")
    paper.add_paragraph("专家签名：", "正文段落")
    day = in_chinese(facts.concluded_on) if facts.concluded_on else "    年  月  日"
    paper.add_paragraph(day, "正文段落")
    return _saved(paper)


def _begun(title: str, facts: ReviewFacts) -> DocumentType:
    paper = new_paper()
    for name, font, centred in ((_HEAD, HEI, True), (_CELL, BODY, True), (_NOTE, BODY, False)):
        style = add_style(paper, name, font, 10.5, centred=centred)
        style.paragraph_format.line_spacing = Pt(15)
    paper.add_paragraph(without_unseen(title), "公文标题")
    about = [
        ("基地名称", facts.base, "所属县（市、区）", facts.county),
        ("运营主体", facts.operator, "评审专家", f"{len(facts.rows)}人"),
    ]
    _add_table(paper, about, (24, 54, 32, 46), heads=False)
    paper.add_paragraph("", _NOTE)
    return paper


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
            fill_cell(cell, without_unseen(text), _HEAD if is_label else _CELL)
    keep_rows(table, repeat_heading=heads, twips=(40, 70))


def _saved(paper: DocumentType) -> bytes:
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()
