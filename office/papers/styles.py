"""The page and the styles of official papers by GB/T 9704-2012, for python-docx.

Fonts are named as the standard wants them; the font table gives each another name to fall back on,
for machines that have only the fonts of the system.
"""

from functools import lru_cache
from io import BytesIO

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell

BODY, TITLE, HEI, KAI, SONG = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"
# Where a font is missing, the one to take: (name, fall back, family, pitch).
_FALLBACKS = (
    (BODY, "仿宋", "modern", "fixed"), (TITLE, "方正小标宋_GBK", "script", "fixed"), (KAI, "楷体", "modern", "fixed"),
    (HEI, "SimHei", "modern", "fixed"), (SONG, "SimSun", "auto", "variable"),
)  # fmt: skip
SIZE = 16  # points: 三号
TITLE_SIZE = 22  # 二号
LINE_PITCH = 28.9  # points: 22 lines in 225 mm
RED = RGBColor(0xD2, 0x1F, 0x1B)
# 28 characters of 16 points are 448 points, the text is 442 wide: each is set a quarter of a point closer.
# Not by a grid of characters: some offices' word processors give every character two of its cells.
_CLOSER = -5  # twentieths of a point
LEVEL_STYLES = ("正文段落", "一级标题", "二级标题", "三级标题")
_TWIPS = 20
_AFTER_SNAP = ("w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl")


def new_paper(line_pitch: float = LINE_PITCH) -> DocumentType:
    """Return an empty paper: page, grid, page numbers, styles. `line_pitch` in points."""
    return Document(BytesIO(_empty_paper(line_pitch)))


@lru_cache(8)
def _empty_paper(line_pitch: float) -> bytes:
    """Return the file of an empty paper; each style that is added to one looks at all that are there."""
    paper = Document()
    for paragraph in list(paper.element.body.iterchildren(qn("w:p"))):
        paper.element.body.remove(paragraph)
    _name_fonts(paper)
    _set_styles(paper, line_pitch)
    set_page(paper.sections[0], line_pitch)
    number_pages(paper)
    file = BytesIO()
    paper.save(file)
    return file.getvalue()


def set_page(section: Section, line_pitch: float = LINE_PITCH, *, landscape: bool = False) -> None:
    """Make the section A4 with the standard's margins; turned for a wide list, the text is 225 mm wide."""
    long, short = Mm(297), Mm(210)
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    sides = (Mm(28), Mm(26), Mm(37), Mm(35)) if landscape else (Mm(37), Mm(35), Mm(28), Mm(26))
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = sides
    section.header_distance = Mm(15)
    section.footer_distance = Mm(15) if landscape else Mm(22)  # the number stands 7 mm below the text
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(line_pitch * _TWIPS)))


def _name_fonts(paper: DocumentType) -> None:
    rows = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="{family}"/>'
        f'<w:pitch w:val="{pitch}"/></w:font>'
        for name, other, family, pitch in _FALLBACKS
    )
    table = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{rows}</w:fonts>'
    )
    for part in paper.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = table.encode()


def set_font(properties: BaseOxmlElement, font: str) -> None:
    """Name the font for all scripts, so that quotation marks and figures are of the same cut."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)


def _set_styles(paper: DocumentType, pitch: float) -> None:
    normal = paper.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    set_font(normal.element.get_or_add_rPr(), BODY)
    _set_language(normal)
    normal.font.size = Pt(SIZE)
    _set_closer(normal, _CLOSER)
    layout = normal.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(pitch)
    layout.widow_control = False
    snap = OxmlElement(
        "w:snapToGrid"
    )  # the pitch is exact: titles and tables must not jump to the next line of the grid
    snap.set(qn("w:val"), "0")
    normal.element.get_or_add_pPr().insert_element_before(snap, *_AFTER_SNAP)
    for name, font in zip(LEVEL_STYLES, (BODY, HEI, KAI, BODY), strict=True):
        style = add_style(paper, name, font)
        style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        indent(style.element.get_or_add_pPr(), first_line=2)
        style.paragraph_format.keep_with_next = name in LEVEL_STYLES[1:3]
    title = add_style(paper, "公文标题", TITLE, TITLE_SIZE, centred=True)
    title.paragraph_format.line_spacing = Pt(max(pitch, 33))
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(pitch), Pt(pitch)
    add_style(paper, "主送机关", BODY)
    attached = add_style(paper, "附件说明", BODY)
    indent(attached.element.get_or_add_pPr(), left=5, hanging=3)
    attached.paragraph_format.keep_together = attached.paragraph_format.keep_with_next = True
    # Both centred on one line: the date ends 4 characters from the right, the name stands centred over it (7.3.5.1).
    for name in ("发文机关署名", "成文日期"):
        style = add_style(paper, name, BODY, centred=True)
        indent(style.element.get_or_add_pPr(), left=11, right=-2)
        style.paragraph_format.keep_with_next = name == "发文机关署名"
    indent(add_style(paper, "附注", BODY).element.get_or_add_pPr(), first_line=2)
    add_style(paper, "附件", HEI)
    _set_table_styles(paper)


def _set_table_styles(paper: DocumentType) -> None:
    for name, font, size, centred in (
        ("表头", HEI, 12, True), ("表文", BODY, 12, False), ("表中", BODY, 12, True),
        ("小表头", HEI, 9, True), ("小表文", BODY, 9, False), ("小表中", BODY, 9, True),
    ):  # fmt: skip
        style = add_style(paper, name, font, size, centred=centred)
        style.paragraph_format.line_spacing = Pt(size * 1.45)


def add_style(
    paper: DocumentType, name: str, font: str, size: float = SIZE, *, centred: bool = False
) -> ParagraphStyle:
    """Add a paragraph style; `size` in points."""
    style = paper.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    style.base_style = paper.styles["Normal"]
    style.quick_style = True
    set_font(style.element.get_or_add_rPr(), font)
    style.font.size = Pt(size)
    if size != SIZE:
        _set_closer(style, 0)
    if centred:
        style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return style


def indent(
    properties: BaseOxmlElement, *, first_line: int = 0, left: int = 0, right: int = 0, hanging: int = 0
) -> None:
    """Indent by characters of the body, so that WPS and Word show "2 characters"; in points for other readers."""
    indents = properties.get_or_add_ind()
    for name, count in (("left", left), ("right", right), ("firstLine", first_line), ("hanging", hanging)):
        if count:
            indents.set(qn(f"w:{name}Chars"), str(count * 100))
            indents.set(qn(f"w:{name}"), str(count * SIZE * _TWIPS))


def _set_closer(style: ParagraphStyle, twentieths: int) -> None:
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(twentieths))
    style.element.get_or_add_rPr().insert_element_before(
        spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:lang"
    )


def _set_language(style: ParagraphStyle) -> None:
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    language = OxmlElement("w:lang")
    language.set(
        qn("w:val"), "en-US"
    )  # of figures and Latin letters: else a number may be broken over two lines
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)


def number_pages(paper: DocumentType) -> None:
    """Put “— 1 —” at the foot in 宋体 of 14 points: odd pages right, even pages left, one character in (7.5)."""
    paper.settings.odd_and_even_pages_header_footer = True
    section = paper.sections[0]
    for foot, alignment, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT, "right"),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT, "left"),
    ):
        foot.is_linked_to_previous = False
        line = foot.paragraphs[0]
        line.alignment = alignment
        indent(line._p.get_or_add_pPr(), **{side: 1})
        for text in ("— ", None, " —"):
            run = line.add_run(text or "")
            run.font.size = Pt(14)
            set_font(run._r.get_or_add_rPr(), SONG)
            if text is None:
                _add_field(run._r, "PAGE")


def _add_field(run: BaseOxmlElement, code: str) -> None:
    for kind in ("begin", "separate", "end"):
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        if kind == "separate":
            words = OxmlElement("w:instrText")
            words.set(qn("xml:space"), "preserve")
            words.text = f" {code} "
            run.append(words)
        run.append(mark)
        if kind == "separate":
            shown = OxmlElement("w:t")
            shown.text = "1"
            run.append(shown)


def fill_cell(cell: _Cell, text: str, style: str) -> None:
    """Write a text into a cell, in the middle of its height; `style` is one of ours, whose id is its name."""
    paragraph = cell.paragraphs[0]
    paragraph.text = text
    paragraph._p.style = style  # by its id: by its name the library looks at every style, for each cell
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def keep_rows(table: Table, *, repeat_heading: bool, twips: tuple[int, int]) -> None:
    """Break no row over two pages, and repeat the first on each; leave air over and beside the words of a cell."""
    for place, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if repeat_heading and place == 0:
            properties.append(OxmlElement("w:tblHeader"))
    over, beside = twips
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", over), ("left", beside), ("bottom", over), ("right", beside)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(width))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)
