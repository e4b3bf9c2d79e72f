"""What of a file is its text, as the characters of service cases are counted: body and tables, no headers, no codes."""

from io import BytesIO
from pathlib import Path

import docx
import pytest

from office.files.text_reader import SENTENCES, read_file_text
from rules.errors import Refused
from rules.materials import characters
from tests.office.files.old_word import old_word


def body(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "案例"
    path.write_bytes(data)
    return read_file_text(path).body


def word(text: str, *, in_table: str = "", header: str = "") -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    if in_table:
        document.add_table(1, 1).cell(0, 0).text = in_table
    if header:
        document.sections[0].header.paragraphs[0].text = header
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_a_word_files_tables_are_its_text_and_its_headers_are_not(tmp_path: Path) -> None:
    assert body(tmp_path, word("案例一", in_table="表内", header="页眉不计")).split() == ["案例一", "表内"]


@pytest.mark.parametrize("count", [1, 2999, 3000, 6000])
def test_an_old_word_file_has_as_many_characters_as_were_typed(tmp_path: Path, count: int) -> None:
    assert characters(body(tmp_path, old_word("案" * count + "\r \r"))) == count


def test_an_old_word_file_is_read_piece_by_piece_without_its_field_codes(tmp_path: Path) -> None:
    text = '一\x13 HYPERLINK "http://x" \x14二\x15三\x07\x01四\r'
    assert body(tmp_path, old_word(text, compressed="five\r")).split() == ["一二三", "四", "five"]


def test_an_old_word_file_under_a_password_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        body(tmp_path, old_word("案例", encrypted=True))
    assert refused.value.refusals[0].message == SENTENCES["encrypted"]


@pytest.mark.parametrize("cut", [600, 2000, 5000])
def test_a_cut_old_word_file_is_damaged_and_never_short(tmp_path: Path, cut: int) -> None:
    with pytest.raises(Refused):
        body(tmp_path, old_word("案" * 3000)[:cut])


def test_a_text_file_is_read_in_either_encoding(tmp_path: Path) -> None:
    for encoding in ("utf-8", "gb18030", "utf-16"):
        assert body(tmp_path, "案例\r\n二".encode(encoding)) == "案例\n二"
