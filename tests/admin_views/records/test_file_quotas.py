"""Quotas of files on the page: refused with a sentence, nothing kept, warned before, counted right through the bin."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from documents.desk.settings import refresh_settings
from documents.records.file_usage import OFFICE, FileUsage
from services.shared.files import forget_removed_files
from tests.page_reader import flashes
from tests.sample_office import PDF

HALF = 500_000


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def set_quota(db, **megabytes):
    """Set quotas below what the form takes: a test need not send hundreds of megabytes."""
    values = {f"files_of_{name}_mb": most for name, most in megabytes.items()}
    db["office_settings"].replace_one(
        {"_id": OFFICE}, {"_id": OFFICE, "values": values, "version": 1}, upsert=True
    )
    refresh_settings()


def send(browser, base, name):
    answer = browser.send(
        f"/admin/bases/files/add/?id={base}",
        {"file": [(BytesIO(PDF + name.encode() * (HALF // len(name))), name)]},
    )
    return flashes(browser.get(answer.location or f"/admin/bases/details/?id={base}").text)


def stored(office):
    return office.db["attachments"].count_documents({}), office.db["files.files"].count_documents({})


@pytest.mark.parametrize("quota", ["record", "user", "day", "office"])
def test_what_is_over_a_quota_is_refused_and_nothing_of_it_is_kept(quota, office, city):
    set_quota(office.db, **{quota: 2})
    for number in range(4):
        send(city, office.guan.base, f"a{number}.pdf")
    before, usage = stored(office), list(office.db["file_usage"].find())
    said = " ".join(map(str, send(city, office.guan.base, "last.pdf")))
    assert "2 MB" in said
    assert (stored(office), list(office.db["file_usage"].find())) == (before, usage)


def test_the_page_warns_before_a_quota_is_reached(office, city):
    set_quota(office.db, record=1)
    send(city, office.guan.base, "a.pdf")
    page = f"/admin/bases/details/?id={office.guan.base}"
    assert "本记录的附件已用" not in city.get(page).text
    set_quota(office.db, day=1)
    send(city, office.shen.base, "b.pdf")
    assert "今天已上传" in city.get(page).text


def test_another_users_day_is_his_own(office, city, sign_in):
    set_quota(office.db, day=1)
    for number in range(2):
        send(city, office.guan.base, f"a{number}.pdf")
    before = stored(office)
    send(sign_in("guan"), office.guan.base, "b.pdf")
    assert stored(office)[0] == before[0] + 1


def test_what_is_counted_is_what_is_kept_through_removal_return_and_the_bins_end(office, city):
    now = datetime.now(UTC)
    for number in range(3):
        send(city, office.guan.base, f"a{number}.pdf")
    first, second, _ = office.db["attachments"].find({"name": {"$regex": "^a"}}).sort("name", 1)
    for entry in (first, second):
        city.send(f"/admin/bases/files/remove/?id={office.guan.base}&file={entry['_id']}", {})
    assert_counted(office)
    bin_entry = office.db["recycled"].find_one({"record_id": first["_id"]})
    city.send(f"/admin/recycle-bin/restore?recycled={bin_entry['_id']}")
    assert_counted(office)
    forget_removed_files(before=now + timedelta(days=400), now=now)
    assert_counted(office)


def assert_counted(office):
    by_user = FileUsage.counted()
    kept = {row["_id"]: row["bytes"] for row in office.db["file_usage"].find()}
    assert kept.pop(OFFICE) == sum(by_user.values())
    assert {user: size for user, size in kept.items() if size} == {
        f"user:{user}": size for user, size in by_user.items() if size
    }
