"""The papers of a round as one package, from its page: tables, letters, what bases handed in, in scope."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from office.child_process import Busy
from rules.applications import Stage
from services.applications import round_package
from tests import round_driver as driver
from tests.admin_views.applications.application_pages import RECOMMEND
from tests.page_reader import form

pytestmark = pytest.mark.usefixtures("travel")


@pytest.fixture
def recommended(office, sign_in, round_id, travel):
    """Give a round with an application of 冠县, recommended by letter, and one of 莘县 that is reviewed."""
    driver.drive(office.guan.spare, round_id, to=Stage.REVIEWED)
    driver.drive(office.shen.spare, round_id, to=Stage.REVIEWED)
    travel(date(2026, 3, 6))
    guan = sign_in("guan")
    typed = {"number": ["冠工信字[2026]7号"], "dated": ["2026-3-6"], "action": ["preview"]}
    preview = guan.send(RECOMMEND, form(guan.get(RECOMMEND).text) | typed)
    assert guan.send(RECOMMEND, form(preview.text) | {"action": ["issue"]}).status_code == 303
    return round_id


def package(browser, round_id):
    address = f"/admin/rounds/{round_id}/package.zip"
    assert address in browser.get(f"/admin/rounds/{round_id}/").text
    answer = browser.get(address)
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def rows(data):
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    return [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]


def test_a_round_s_papers_are_one_package_by_county_and_base_with_its_tables(office, sign_in, recommended):
    found = package(sign_in("city"), recommended)
    assert {row[3] for row in rows(found["申报情况.xlsx"])} == {"莘县", "冠县"}
    letter = next(name for name in found if name.startswith("文书/推荐函") and name.endswith("docx"))
    assert found[letter.replace(".docx", ".pdf")].startswith(b"%PDF")
    assert letter == "文书/推荐函 冠工信字〔2026〕7号.docx"
    assert found[letter].startswith(b"PK")
    kept = list(office.db["attachments"].find({"collection": "applications"}))
    materials = {name: data for name, data in found.items() if name.startswith("申报材料/")}
    assert len(materials) == len(kept) > 10
    assert {name.split("/")[1] for name in materials} == {"冠县", "莘县"}
    assert any("/02-运营主体法人证书和营业执照副本/" in name for name in materials)
    assert sorted(map(len, materials.values())) == sorted(entry["size"] for entry in kept)
    told = office.db["audit_entries"].find_one({"action": "exported"}, sort=[("_id", -1)])
    assert "全套材料" in told["label"]


def test_a_county_s_package_holds_its_own_alone(office, sign_in, recommended):
    found = package(sign_in("shen"), recommended)
    assert len(rows(found["申报情况.xlsx"])) == 1
    assert not any("冠" in name for name in found)
    assert {name.split("/")[1] for name in found if name.startswith("申报材料/")} == {"莘县"}


def test_what_cannot_be_made_as_pdf_is_named_in_the_package(office, sign_in, recommended, monkeypatch):
    def busy(*_, **__):
        raise Busy

    monkeypatch.setattr(round_package, "render_pdf", busy)
    found = package(sign_in("city"), recommended)
    assert not any(name.endswith(".pdf") and name.startswith("文书") for name in found)
    assert "推荐函" in found["未生成的PDF.txt"].decode("utf-8-sig")


def test_a_file_whose_bytes_are_gone_and_a_round_without_applications_still_give_a_package(
    office, sign_in, recommended, monkeypatch
):
    def gone(stored):
        raise round_package.NoFile

    monkeypatch.setattr(round_package, "open_bytes", gone)
    materials = {
        name: data for name, data in package(sign_in("shen"), recommended).items() if "申报材料" in name
    }
    assert set(materials.values()) == {b""}
    other = driver.make_round(name="另一年度")
    assert list(package(sign_in("city"), other)) == ["申报情况.xlsx"]
