"""The empty paper and its cells: made in little time, and the same as when made at length."""

from io import BytesIO
from zipfile import ZipFile

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE

from office.papers import styles
from office.papers.styles import fill_cell, new_paper


def parts(paper: Document) -> dict[str, bytes]:
    file = BytesIO()
    paper.save(file)
    with ZipFile(file) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def test_the_styles_of_many_papers_are_made_once(monkeypatch):
    first = parts(new_paper(25.5))
    monkeypatch.delattr(styles, "_set_styles")
    assert parts(new_paper(25.5)) == first


def test_no_paper_has_what_was_written_on_another():
    new_paper().add_paragraph("已经写过")
    assert not [line.text for line in new_paper().paragraphs]


def test_a_cell_has_its_style_without_a_look_at_all_of_them():
    paper = new_paper()
    cell = paper.add_table(1, 1, style="Table Grid").cell(0, 0)
    fill_cell(cell, "聊城", "表文")
    (line,) = cell.paragraphs
    assert (line.text, line.style.name) == ("聊城", "表文")
    ours = [one for one in paper.styles if one.type is WD_STYLE_TYPE.PARAGRAPH and not one.name.isascii()]
    assert len(ours) > 10
    assert [one.name for one in ours if one.style_id != one.name] == []
