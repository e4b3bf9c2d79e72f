"""Every published paper and certificate is there as PDF, with the words of its Word file."""

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
import time_machine
from docx import Document
from pypdf import PdfReader

from rules.applications import Stage
from tests import round_driver as driver
from tests.sample_office import GUAN, Browser, Office

HOME = "/admin/publication/notices/"
NUMBER = "聊工信发〔2026〕55号"


@pytest.fixture
def browser(office: Office, sign_in) -> Iterator[Browser]:
    with time_machine.travel(driver.moment(driver.ANNOUNCED), tick=True):
        yield sign_in("guan")


def without_space(words: str) -> str:
    return re.sub(r"\s+", "", words)


def words_of(data: bytes) -> str:
    pages = (page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    return without_space("".join(re.sub(r"—\s*\d+\s*—", "", words) for words in pages))


def test_papers_and_certificates_are_pdf_too(browser):
    application = driver.drive(driver.make_base(GUAN, "清泉#甲*园*"), driver.make_round(), to=Stage.SELECTED)
    notice = driver.open_together([application])
    announcement = driver.announce_together([application], number=NUMBER)
    for paper in (notice, announcement):
        page = browser.get(f"{HOME}?id={paper}").text
        assert f"/notices/paper.pdf?id={paper}" in page
        answer = browser.get(f"{HOME}paper.pdf?id={paper}")
        assert answer.mimetype == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        words = words_of(answer.data)
        for line in Document(BytesIO(browser.get(f"{HOME}paper.docx?id={paper}").data)).paragraphs:
            assert without_space(line.text) in words
        assert "清泉#甲*园*" in words
    query = f"id={announcement}&application={application}"
    certificate = words_of(browser.get(f"{HOME}certificate.pdf?{query}").data)
    assert "证书编号：LCSJ-2026-001" in certificate
    assert "扫码查验" in certificate


def test_a_notice_that_begins_later_is_no_pdf_for_the_counties(browser):
    application = driver.drive(driver.make_base(GUAN, "清泉甲园"), driver.make_round(), to=Stage.SELECTED)
    notice = driver.open_together([application], first_day=date(2026, 3, 25), today=driver.ANNOUNCED)
    assert browser.get(f"{HOME}paper.pdf?id={notice}").status_code == 404


@pytest.mark.parametrize("query", ["id=x", f"id={'0' * 24}", ""])
def test_an_unknown_paper_is_no_pdf(browser, query):
    for path in ("paper.pdf", "certificate.pdf"):
        assert browser.get(f"{HOME}{path}?{query}").status_code == 404
