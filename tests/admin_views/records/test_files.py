"""Files of records: what may be kept, how it comes back, and who may take it away."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import quote

import pytest

from services.shared.files import MOST_BYTES, forget_removed_files
from tests.page_reader import flashes, names
from tests.sample_office import PDF

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def add(browser, office, *files, kind="bases", one=None):
    one = one or office.guan.base
    data = {"file": [(BytesIO(content), name) for name, content in files]}
    answer = browser.send(f"/admin/{kind}/files/add/?id={one}", data)
    return answer, flashes(browser.get(answer.location).text) if answer.status_code == 303 else []


def kept(office, one=None):
    return list(office.db["attachments"].find({"record_id": one or office.guan.base}).sort("uploaded_at", 1))


def test_an_added_file_is_listed_and_comes_back_byte_for_byte(office, city):
    content = PDF + bytes(range(256)) * 1200
    answer, said = add(city, office, ("2026年 证明（一）.pdf", content))
    assert answer.status_code == 303
    assert said
    page = city.get(f"/admin/bases/details/?id={office.guan.base}").text
    assert "2026年 证明（一）.pdf" in page
    found = kept(office)[-1]
    answer = city.get(f"/admin/bases/file/?file={found['_id']}")
    assert answer.data == content
    assert answer.mimetype == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert quote("2026年 证明（一）.pdf") in disposition
    assert int(answer.headers["Content-Length"]) == len(content)


@pytest.mark.parametrize(
    "kind", ["bases", "tenant-companies", "service-partners", "staff-members", "ledger-entries"]
)
def test_every_kind_of_record_keeps_files(kind, office, city):
    one = {"bases": office.guan.base, "tenant-companies": office.guan.company, "service-partners": office.guan.partner,
           "staff-members": office.guan.member, "ledger-entries": office.guan.entry}[kind]  # fmt: skip
    add(city, office, ("图.png", PNG), kind=kind, one=one)
    assert [file["name"] for file in kept(office, one)] == ["清泉营业执照.pdf", "图.png"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("页面.html", b"<html>"),
        ("程序.exe", b"MZ"),
        ("脚本.svg", b"<svg onload=alert(1)>"),
        ("假的.pdf", b"<script>alert(1)</script>"),
        ("假的.png", PDF),
        ("没有后缀", PDF),
        ("双重.pdf.html", PDF),
        ("空.pdf", b""),
        ("宏.xlsm", b"PK\x03\x04"),
    ],
)
def test_what_may_not_be_kept_is_refused_with_a_sentence(name, content, office, city):
    before = office.digest()
    _, said = add(city, office, (name, content))
    assert len(said) == 1
    assert office.digest() == before


def test_a_file_that_is_too_large_is_refused(office, city, monkeypatch):
    assert MOST_BYTES == 20 * 1024 * 1024
    monkeypatch.setattr("services.shared.files.MOST_BYTES", 1000)
    before = office.digest()
    _, said = add(city, office, ("大.pdf", PDF + b"\x00" * 1000))
    assert "20 MB" in said[0]
    assert office.digest() == before


def test_a_request_that_is_too_large_is_a_page(app, office, city):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = city.post(
        f"/admin/bases/files/add/?id={office.guan.base}", data={"file": (BytesIO(PDF * 100), "a.pdf")}
    )
    assert answer.status_code == 413
    assert "<h1" in answer.text


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("../../etc/证明.pdf", "证明.pdf"),
        ("证明|?<>*.pdf", "证明.pdf"),
        ("长" * 300 + ".pdf", "长" * 120 + ".pdf"),
        ("证明.PDF", "证明.PDF"),
    ],
)
def test_the_name_is_made_harmless(sent, stored, office, city):
    add(city, office, (sent, PDF))
    assert kept(office)[-1]["name"] == stored


def test_of_several_files_the_good_ones_are_kept(office, city):
    _, said = add(city, office, ("一.pdf", PDF), ("二.html", b"<html>"), ("三.png", PNG))
    assert [file["name"] for file in kept(office)] == ["清泉营业执照.pdf", "一.pdf", "三.png"]
    assert len(said) == 2


def test_nothing_chosen_is_told(office, city):
    answer = city.send(f"/admin/bases/files/add/?id={office.guan.base}", {})
    assert flashes(city.get(answer.location).text)


def test_a_removed_file_waits_in_the_recycle_bin_with_its_bytes(office, city):
    file = office.guan.files["bases"]
    before = office.db["attachments"].find_one(file)
    answer = city.send(f"/admin/bases/files/remove/?id={office.guan.base}&file={file}")
    assert answer.status_code == 303
    assert kept(office) == []
    assert office.db["files.chunks"].count_documents({"files_id": before["stored"]}) == 1
    assert names(city.get("/admin/recycle-bin/?collection=attachments").text) == ["清泉营业执照.pdf"]
    assert city.get(f"/admin/bases/file/?file={file}").status_code == 404
    assert city.send(f"/admin/bases/files/remove/?id={office.guan.base}&file={file}").status_code == 404


def in_bin(office, file):
    return office.db["recycled"].find_one({"record_id": file})


def test_a_file_comes_back_from_the_bin_byte_for_byte(office, city):
    file = office.guan.files["bases"]
    before = office.db["attachments"].find_one(file)
    content = city.get(f"/admin/bases/file/?file={file}").data
    city.send(f"/admin/bases/files/remove/?id={office.guan.base}&file={file}")
    answer = city.send(f"/admin/recycle-bin/restore?recycled={in_bin(office, file)['_id']}")
    assert answer.location == f"/admin/bases/details/?id={office.guan.base}"
    assert office.db["attachments"].find_one(file) == before
    assert in_bin(office, file) is None
    assert city.get(f"/admin/bases/file/?file={file}").data == content
    assert "恢复附件 清泉营业执照.pdf" in city.get(answer.location).text


def test_a_file_whose_record_is_gone_waits_for_it(office, city):
    file = office.guan.files["ledger_entries"]
    city.send(f"/admin/ledger-entries/files/remove/?id={office.guan.entry}&file={file}")
    version = str(office.one("ledger_entries", office.guan.entry)["version"])
    city.send("/admin/ledger-entries/delete/", {"id": str(office.guan.entry), "version": version})
    before = office.digest()
    answer = city.send(f"/admin/recycle-bin/restore?recycled={in_bin(office, file)['_id']}")
    assert "先恢复该记录" in flashes(city.get(answer.location).text)[-1]
    assert office.digest() == before


def test_the_same_file_sent_again_meanwhile_is_not_doubled_by_the_bin(office, city):
    file = office.guan.files["bases"]
    content = city.get(f"/admin/bases/file/?file={file}").data
    city.send(f"/admin/bases/files/remove/?id={office.guan.base}&file={file}")
    add(city, office, ("清泉营业执照.pdf", content))
    answer = city.send(f"/admin/recycle-bin/restore?recycled={in_bin(office, file)['_id']}")
    assert "已有同一份附件" in flashes(city.get(answer.location).text)[-1]
    assert len(kept(office)) == 1


def test_the_bins_end_takes_the_bytes_of_old_files_and_leaves_the_others(office, city):
    old, young = office.guan.files["bases"], office.guan.files["tenant_companies"]
    stored = [office.db["attachments"].find_one(file)["stored"] for file in (old, young)]
    city.send(f"/admin/bases/files/remove/?id={office.guan.base}&file={old}")
    city.send(f"/admin/tenant-companies/files/remove/?id={office.guan.company}&file={young}")
    now = datetime.now(UTC)
    office.db["recycled"].update_one({"record_id": old}, {"$set": {"deleted_at": now - timedelta(days=181)}})
    assert forget_removed_files(before=now - timedelta(days=180), now=now) == 1
    chunks = [office.db["files.chunks"].count_documents({"files_id": one}) for one in stored]
    assert chunks == [0, 1]
    assert [in_bin(office, file) is None for file in (old, young)] == [True, False]
    assert office.db["recycled"].count_documents({"collection": "tenant_companies"}) == 2  # records stay
    assert "彻底清除附件 清泉营业执照.pdf" in city.get(f"/admin/bases/details/?id={office.guan.base}").text


def test_the_trail_tells_of_files(office, city):
    add(city, office, ("证明.pdf", PDF))
    page = city.get(f"/admin/bases/details/?id={office.guan.base}").text
    assert "证明.pdf" in page.split('id="history"')[1]


def test_a_file_answers_only_under_its_own_kind(office, city):
    for kind in ("tenant-companies", "service-partners", "staff-members", "ledger-entries", "statuses"):
        assert city.get(f"/admin/{kind}/file/?file={office.guan.files['bases']}").status_code == 404


def test_a_file_of_a_deleted_record_rests_with_it_and_comes_back(office, city):
    company = office.guan.left_company
    add(city, office, ("证明.pdf", PDF), kind="tenant-companies", one=company)
    file = kept(office, company)[0]["_id"]
    city.send("/admin/tenant-companies/delete/", {"id": str(company), "version": "1"})
    assert city.get(f"/admin/tenant-companies/file/?file={file}").status_code == 404
    gone = office.db["recycled"].find_one({"record_id": company})
    city.send(f"/admin/recycle-bin/restore?recycled={gone['_id']}")
    assert city.get(f"/admin/tenant-companies/file/?file={file}").data == PDF


def test_a_file_follows_its_record_into_another_county(office, city, sign_in):
    shen = sign_in("shen")
    file = office.guan.files["bases"]
    assert shen.get(f"/admin/bases/file/?file={file}").status_code == 404
    raw = office.one("bases", office.guan.base)
    office.db["bases"].update_one({"_id": raw["_id"]}, {"$set": {"county": "371522"}})
    assert shen.get(f"/admin/bases/file/?file={file}").status_code == 200
    assert sign_in("guan").get(f"/admin/bases/file/?file={file}").status_code == 404
