"""Under maintenance: pages are shown with a banner, what is typed is kept, and may be sent again from the page."""

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest

from rules.access import SYSTEM
from services.maintenance.maintenance import end_by_command, hold_by_command
from tests.page_reader import form

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def held(office):
    hold_by_command("换服务器", actor=SYSTEM, now=NOW)
    return office


def test_reads_go_on_with_a_banner_and_a_write_keeps_what_was_typed(held, sign_in):
    city = sign_in("city")
    path = f"/admin/tenant-companies/edit/?id={held.guan.company}"
    page = city.get(path)
    assert page.status_code == 200
    assert "维护中（换服务器），请稍后再保存。" in page.text
    stored = held.one("tenant_companies", held.guan.company)
    typed = form(page.text, keyed=True) | {"notes": ["很长的<说明>"]}
    answer = city.send(path, typed)
    assert answer.status_code == 503
    assert "维护中（换服务器），请稍后再保存。" in answer.text
    assert held.one("tenant_companies", held.guan.company) == stored
    action = re.search(r'<form action="(/admin/tenant-companies/edit/[^"]+)" method="post">', answer.text)[1]
    again = form(answer.text, action, keyed=True)
    assert {key: again.get(key) for key in typed} == typed
    end_by_command(actor=SYSTEM, now=NOW)
    assert city.send(action, again).status_code == 303
    assert held.one("tenant_companies", held.guan.company)["notes"] == "很长的<说明>"
    assert "维护中" not in city.get(path).text


def test_a_form_with_a_file_is_not_kept_in_the_page(held, sign_in):
    city = sign_in("city")
    path = f"/admin/tenant-companies/files/add/?id={held.guan.company}"
    answer = city.send(path, {"file": (BytesIO(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"), "a.pdf")})
    assert answer.status_code == 503
    assert "维护中（换服务器），请稍后再保存。" in answer.text
    assert "<form action" not in answer.text


def test_who_signs_in_under_maintenance_reads_and_signs_out(held, sign_in):
    city = sign_in("city")
    assert city.get("/admin/tenant-companies/").status_code == 200
    assert city.send("/logout").status_code == 303
    assert city.get("/admin/tenant-companies/").status_code == 302
