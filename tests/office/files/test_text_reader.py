"""Files are read for their words: all of them, under limits; and personal numbers planted in them are found."""

import random
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from docx import Document
from pypdf import PdfWriter
from stdnum import luhn

from office.files.screening import screen_file
from office.files.text_reader import ReadingLimits, read_file_text
from office.papers.paper_text import Paragraph
from office.papers.pdf import render_pdf
from office.papers.qr import qr_png
from office.papers.samples import sample_text
from rules.errors import Refused
from rules.papers import PaperKind
from rules.personal_numbers import PersonalKind, find_personal_numbers

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
EACH = 20  # planted of each kind in each file


def identity(rng):
    born = f"19{rng.randrange(50, 99)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"
    first = f"3715{rng.randrange(1, 27):02d}{born}{rng.randrange(1000):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(w * int(d) for w, d in zip(weights, first, strict=True)) % 11]


def planted():
    """Return, by kind, numbers as people write them; the same in every run."""
    rng = random.Random(7)
    mobiles = [f"1{rng.choice('3456789')}{rng.randrange(10**9):09d}" for _ in range(EACH)]
    shapes = ("{0}{1}{2}", "{0} {1} {2}", "{0}-{1}-{2}", "+86 {0}{1}{2}")
    cards = [f"62{rng.randrange(10**13):013d}" for _ in range(EACH)]
    return {
        PersonalKind.IDENTITY: [identity(rng) for _ in range(EACH)],
        PersonalKind.MOBILE: [
            shapes[place % 4].format(one[:3], one[3:7], one[7:]) for place, one in enumerate(mobiles)
        ],
        PersonalKind.TELEPHONE: [
            ("0635-{}", "（0635）{}", "0531 {}", "0635—{}")[n % 4].format(rng.randrange(2_000_000, 8_999_999))
            for n in range(EACH)
        ],
        PersonalKind.BANK_CARD: [one + luhn.calc_check_digit(one) for one in cards],
        PersonalKind.EMAIL: [f"user{n}.li@example{n}.com.cn" for n in range(EACH)],
    }


def lines():
    words = {
        PersonalKind.IDENTITY: "身份证号", PersonalKind.MOBILE: "手机", PersonalKind.TELEPHONE: "座机",
        PersonalKind.BANK_CARD: "卡号", PersonalKind.EMAIL: "邮箱",
    }  # fmt: skip
    return [
        f"示例公司负责人{words[kind]}：{one}，请核对。"
        for kind, numbers in planted().items()
        for one in numbers
    ]


def as_docx(path):
    document = Document()
    for place, line in enumerate(lines()):
        if place % 2:
            document.add_paragraph(line)
        else:
            document.add_table(1, 2).cell(0, 1).text = line
    document.save(str(path))


def as_xlsx(path):
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, hidden = book.add_worksheet("名单"), book.add_worksheet("隐藏")
        hidden.hide()
        for row, line in enumerate(lines()):
            (hidden if row % 3 == 0 else sheet).write(row, row % 5, line)


def as_txt(path):
    path.write_bytes("\n".join(lines()).encode("gb18030"))


def as_pdf(path):
    paper = sample_text(PaperKind.CORRECTION)
    paragraphs = tuple(Paragraph(line) for line in lines())
    path.write_bytes(
        render_pdf(type(paper)(paper.kind, "测试", paragraphs, "局", paper.dated, paper.dated_zh))
    )


@pytest.mark.parametrize(
    ("name", "write"), [("a.docx", as_docx), ("a.xlsx", as_xlsx), ("a.txt", as_txt), ("a.pdf", as_pdf)]
)
def test_every_planted_number_is_found_and_nothing_else(name, write, tmp_path):
    path = tmp_path / name
    write(path)
    counts = dict.fromkeys(PersonalKind, 0)
    for finding in screen_file(path).findings:
        counts[finding.number.kind] += 1
    assert counts == dict.fromkeys(PersonalKind, EACH)


def test_what_a_reader_does_not_see_at_once_is_read_too(tmp_path):
    path = tmp_path / "a.docx"
    document = Document()
    document.sections[0].header.paragraphs[0].text = "页眉13900000001"
    document.add_paragraph("正文").add_run("13900000002")
    document.core_properties.author = "13900000003"
    document.add_comment(document.paragraphs[0].runs[0], text="批注13900000004", author="王", initials="w")
    document.save(str(path))
    text = read_file_text(path).text
    for number in range(1, 5):
        assert f"1390000000{number}" in text
    book = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(book)) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_number(0, 0, 13900000001)
        sheet.write_comment(0, 0, "批注13900000002")
        workbook.set_properties({"author": "13900000003"})
    read = read_file_text(book)
    assert [find_personal_numbers(part.text)[0].value for part in read.parts if "139" in part.text] == [
        "13900000001", "13900000002", "13900000003",
    ]  # fmt: skip
    assert read.parts[1].place == "工作表“Sheet1”A1"


def test_what_holds_pictures_or_pages_without_words_says_so(tmp_path):
    scanned = tmp_path / "a.pdf"
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(scanned)
    assert read_file_text(scanned).unread == ("第1页",)
    book = tmp_path / "a.docx"
    document = Document()
    document.add_picture(BytesIO(qr_png("https://example.cn")))
    document.save(str(book))
    assert read_file_text(book).unread == ("图片2张",)  # the other is the thumbnail of the file


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "Files of this kind"), (b"%PDF-1.7 nothing", "damaged"),
        (b"PK\x03\x04nothing", "damaged"), (b"\x00\x01\x02", "Files of this kind"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "Files of this kind"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_not_taken_for_clean(content, said, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with pytest.raises(Refused) as refused:
        read_file_text(path)
    assert said in refused.value.refusals[0].message


def test_a_package_that_unpacks_to_too_much_is_refused(tmp_path):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"<a>" + b" " * (8 << 20) + b"</a>")
    path = tmp_path / "a.docx"
    path.write_bytes(packed.getvalue())
    with pytest.raises(Refused) as refused:
        read_file_text(path, limits=ReadingLimits(unpacked=1 << 20))
    assert "too large" in refused.value.refusals[0].message


@pytest.mark.skipif(not DATA.is_dir(), reason="the office's own workbooks are not here")
def test_the_offices_workbooks_raise_no_false_alarm():
    """Their telephones of contacts are rightly found, each in its column; among all the other cells there is none."""
    columns = {"bases": "Q", "messy-tenant-companies": "L", "service-partners": "I", "tenant-companies": "L",
               "tenant-companies-2003": "K"}  # fmt: skip
    for path in sorted(DATA.glob("*.xls*")):
        for part in read_file_text(path).parts:
            column = part.place.rpartition("”")[2].rstrip("0123456789")
            numbers = find_personal_numbers(part.text)
            if numbers:
                assert column == columns.get(path.stem), (path.name, part)
                assert {number.kind for number in numbers} == {PersonalKind.MOBILE}, (path.name, part)
