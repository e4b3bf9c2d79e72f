"""The words of a document that a clerk brings: .docx with its own numbers and .txt in any encoding; nothing else."""

import zipfile
from io import BytesIO

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from office.child_process import ChildLimits
from office.papers.document_text import MOST_BYTES, text_of_document
from rules.errors import Refused
from rules.rule_sets.articles import articles_of
from tests.new_measures import new_articles, new_text

TEXT = "第一条 为贯彻落实有关规定，制定本办法。\n第二条 示范基地是服务载体。"


def written(lines) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_a_word_document_is_read_paragraph_by_paragraph_tables_too():
    document = docx.Document(BytesIO(written(new_text().split("\n"))))
    document.add_table(1, 1).cell(0, 0).text = "附件：申请表"
    stream = BytesIO()
    document.save(stream)
    text = text_of_document(stream.getvalue(), "新办法.DOCX")
    assert articles_of(text)[:19] == new_articles()[:19]
    assert "附件：申请表" in text


def test_numbers_that_word_counts_by_itself_are_read():
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for level, text in enumerate(("第%1条　", "（%2）"))
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>')
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level, words in (
        (0, "申报条件："),
        (1, "三十家以上。"),
        (1, "五百人以上。"),
        (0, "本办法自发布之日起施行。"),
        (1, "甲。"),
    ):
        properties = document.add_paragraph(words)._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
        )
    stream = BytesIO()
    document.save(stream)
    assert text_of_document(stream.getvalue(), "a.docx").split("\n") == [
        "第一条　申报条件：", "（一）三十家以上。", "（二）五百人以上。",
        "第二条　本办法自发布之日起施行。", "（一）甲。",
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_is_read_in_any_usual_encoding(encoding):
    assert text_of_document(TEXT.replace("\n", "\r\n").encode(encoding), "办法.txt") == TEXT


def package(**parts: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "a.pdf", "neither .docx nor .txt"),
        (b"", "a", "neither .docx nor .txt"),
        (b"", "a.txt", "no words"),
        (b" \n\t", "a.txt", "no words"),
        (b"\x81\x20\xff\xff\xff", "a.txt", "neither in UTF-8 nor in GB 18030"),
        (b"a" * (MOST_BYTES + 1), "a.txt", "too large"),
        (b"PK\x03\x04 broken", "a.docx", "not a .docx"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
            "a.docx",
            "not a .docx",
        ),  # an old .doc, or one with a password
        (package(a=b"a"), "a.docx", "not a .docx"),
        (package(a=b"\0" * (61 << 20)), "a.docx", "too large"),
        (written([]), "a.docx", "no words"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_told_in_one_sentence(data, name, sentence):
    with pytest.raises(Refused) as refused:
        text_of_document(data, name)
    (refusal,) = refused.value.refusals
    assert sentence in str(refusal)
    assert "%(" not in str(refusal)
    assert refusal.field == "file"


def test_a_document_that_takes_too_long_is_given_up():
    with pytest.raises(Refused, match="too long"):
        text_of_document(written(["甲"]), "a.docx", limits=ChildLimits(seconds=0))
