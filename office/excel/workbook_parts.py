"""The small parts of a workbook that we write ourselves: its formats, its lists of sheets, its properties.

ECMA-376 says what stands in them. The sheets are written by `office.excel.workbook_stream`.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from office.excel.workbook_look import HEADING_FILL, HEADING_INK, NUMBER_FORMATS
from schema.field import Kind

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # of every custom property, as the standard has it
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"

# The formats of cells, by name, as their place in the list of `styles`.
PLAIN, TITLE, LINE, HEADING, LINK, LABEL, VALUE = range(7)
_KINDS = (Kind.TEXT, *NUMBER_FORMATS)
_WRAPPED_FROM = 7 + len(_KINDS)
# Those of tables of computed rows, whose cells are formatted by what they hold.
TABLE_PLAIN, TABLE_DECIMAL, TABLE_DAY, TABLE_TEXT, TABLE_TOTAL = range(
    _WRAPPED_FROM + len(_KINDS), _WRAPPED_FROM + len(_KINDS) + 5
)


def format_of(kind: Kind, *, wrapped: bool = False) -> int:
    """Return the place of a column's format; its texts wrapped or on one line."""
    place = _KINDS.index(kind) if kind in NUMBER_FORMATS else 0
    return (_WRAPPED_FROM if wrapped else 7) + place


def styles() -> str:
    """Return xl/styles.xml."""
    ink, fill = HEADING_INK.lstrip("#"), HEADING_FILL.lstrip("#")
    base = '<name val="Calibri"/><family val="2"/>'
    numbers = list(NUMBER_FORMATS.values())
    middle = '<alignment vertical="center"/>'
    wrapped = '<alignment vertical="center" wrapText="1"/>'
    fixed = [
        f'<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">{middle}</xf>',
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
        '<alignment horizontal="center" vertical="center"/></xf>',
        '<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
        '<alignment horizontal="right"/></xf>',
        '<xf numFmtId="0" fontId="3" fillId="2" borderId="1" xfId="0" applyAlignment="1">'
        '<alignment horizontal="center" vertical="center" wrapText="1"/></xf>',
        f'<xf numFmtId="0" fontId="4" fillId="0" borderId="0" xfId="0" applyAlignment="1">{middle}</xf>',
        '<xf numFmtId="0" fontId="3" fillId="2" borderId="0" xfId="0" applyAlignment="1">'
        '<alignment vertical="top"/></xf>',
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
        '<alignment vertical="top" wrapText="1"/></xf>',
    ]
    for alignment in (middle, wrapped):
        fixed += [
            f'<xf numFmtId="{_number_format(kind)}" fontId="0" fillId="0" borderId="0" xfId="0"'
            f' applyNumberFormat="1" applyAlignment="1">{alignment}</xf>'
            for kind in _KINDS
        ]
    day = 164 + list(NUMBER_FORMATS).index(Kind.DATE)
    one_place = 164 + len(numbers)
    left = '<alignment horizontal="left" vertical="center"/>'
    for code, font, border, alignment in (
        (0, 0, 0, middle), (one_place, 0, 0, middle), (day, 0, 0, left), (0, 0, 0, wrapped), (0, 5, 2, middle)
    ):  # fmt: skip
        fixed.append(
            f'<xf numFmtId="{code}" fontId="{font}" fillId="0" borderId="{border}" xfId="0"'
            f' applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1">{alignment}</xf>'
        )
    numbers.append("0.0")
    formats = "".join(
        f'<numFmt numFmtId="{164 + place}" formatCode={quoteattr(code)}/>'
        for place, code in enumerate(numbers)
    )
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="{len(numbers)}">{formats}</numFmts>'
        f'<fonts count="6"><font><sz val="11"/>{base}</font><font><b/><sz val="16"/>{base}</font>'
        f'<font><sz val="11"/><color rgb="FF5B6675"/>{base}</font>'
        f'<font><b/><sz val="11"/><color rgb="FF{ink}"/>{base}</font>'
        f'<font><u/><sz val="11"/><color rgb="FF{ink}"/>{base}</font><font><b/><sz val="11"/>{base}</font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        f'<fill><patternFill patternType="solid"><fgColor rgb="FF{fill}"/>'
        '<bgColor indexed="64"/></patternFill></fill></fills>'
        '<borders count="3"><border><left/><right/><top/><bottom/><diagonal/></border>'
        f'<border><left/><right/><top/><bottom style="thin"><color rgb="FF{ink}"/></bottom>'
        '<diagonal/></border><border><left/><right/><top style="thin"><color indexed="64"/></top><bottom/>'
        "<diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(fixed)}">{"".join(fixed)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _number_format(kind: Kind) -> int:
    code = NUMBER_FORMATS.get(kind)
    if code is None:
        return 0
    return 49 if code == "@" else 164 + list(NUMBER_FORMATS.values()).index(code)


def book(names: Sequence[str], defined: Sequence[str]) -> str:
    """Return xl/workbook.xml: sheets by name, in order, and the defined names as they stand in it."""
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><bookViews><workbookView activeTab="0"/></bookViews>'
        f"<sheets>{sheets}</sheets>"
        + (f"<definedNames>{''.join(defined)}</definedNames>" if defined else "")
        + "</workbook>"
    )


def book_relations(sheets: int) -> str:
    """Return xl/_rels/workbook.xml.rels."""
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, sheets + 1)
    )
    listed += f'<Relationship Id="rId{sheets + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def link_relations(addresses: Sequence[str]) -> str:
    """Return the relations of a sheet whose n-th link (rId1, …) leads to the n-th address."""
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/hyperlink"'
        f' Target={quoteattr(address)} TargetMode="External"/>'
        for number, address in enumerate(addresses, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def content_types(sheets: int) -> str:
    """Return [Content_Types].xml."""
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_SHEET}.worksheet+xml"/>'
        for number in range(1, sheets + 1)
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>{overrides}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET}.styles+xml"/>'
        '<Override PartName="/docProps/custom.xml"'
        ' ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/>'
        "</Types>"
    )


def package_relations() -> str:
    """Return _rels/.rels."""
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{_RELATIONS}/custom-properties" Target="docProps/custom.xml"/></Relationships>'
    )


def custom_properties(values: Sequence[tuple[str, str]]) -> str:
    """Return docProps/custom.xml with these names and texts."""
    listed = "".join(
        f'<property fmtid="{_FORMAT_ID}" pid="{number}"'
        f" name={quoteattr(name)}><vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(values, 2)
    )
    space = "http://schemas.openxmlformats.org/officeDocument/2006"
    spaces = f'xmlns="{space}/custom-properties" xmlns:vt="{space}/docPropsVTypes"'
    return f"{_HEAD}<Properties {spaces}>{listed}</Properties>"
