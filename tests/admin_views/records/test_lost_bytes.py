"""Bytes that an upload cut short left are forgotten; those of a file, of the recycle bin and of a young upload stay."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from unittest.mock import patch

import pytest
from bson import ObjectId
from gridfs import GridFSBucket

from documents.records import stored_bytes
from rules.access import SYSTEM
from rules.errors import Unavailable, UnderMaintenance
from services.maintenance.lost_bytes import forget_lost_bytes
from services.maintenance.maintenance import end_by_command, hold_by_command
from services.shared.files import add_file, remove_file

LATER = timedelta(days=2)


@pytest.fixture
def now():
    return datetime.now(UTC)


def pieces(office, bucket="files"):
    return set(office.db[f"{bucket}.chunks"].distinct("files_id"))


def cut_short(office, bucket="files") -> ObjectId:
    """Send a part of a file, as a process does that is killed meanwhile."""
    lost = ObjectId()
    office.db[f"{bucket}.chunks"].insert_one({"files_id": lost, "n": 0, "data": b"x"})
    return lost


def test_bytes_that_nothing_names_are_forgotten_and_all_others_stay(office, now):
    before = pieces(office)
    whole = GridFSBucket(office.db, bucket_name="files").upload_from_stream("无主.pdf", b"%PDF-1.4")
    assert {cut_short(office), whole} == pieces(office) - before
    assert forget_lost_bytes(now=now) == 0, "younger than a day: it may still be on its way"
    assert forget_lost_bytes(now=now + LATER) == 2
    assert pieces(office) == before
    assert office.db["files.files"].count_documents({"_id": whole}) == 0
    assert forget_lost_bytes(now=now + LATER) == 0


def test_a_removed_file_keeps_its_bytes_in_the_recycle_bin(office, now):
    file = office.guan.files["bases"]
    stored = office.db["attachments"].find_one(file)["stored"]
    remove_file(file, actor=office.actor("city"), now=now)
    assert forget_lost_bytes(now=now + LATER) == 0
    assert stored in pieces(office)


def test_a_kept_workbook_stays_and_half_of_one_goes(office, now):
    kept = GridFSBucket(office.db, bucket_name="uploads").upload_from_stream("企业.xlsx", b"PK")
    half = cut_short(office, "uploads")
    assert forget_lost_bytes(now=now + LATER) == 1
    assert kept in pieces(office, "uploads") and half not in pieces(office, "uploads")


def test_what_an_upload_that_ended_in_silence_left_is_forgotten(office, now):
    before = pieces(office)
    with (
        patch("services.shared.files.in_one_transaction", side_effect=Unavailable()),
        pytest.raises(Unavailable),
    ):
        add_file(
            "bases", office.guan.base, "证明.pdf", BytesIO(b"%PDF-1.4"), actor=office.actor("city"), now=now
        )
    forget_lost_bytes(now=now + LATER)
    assert pieces(office) == before


def test_bytes_that_got_a_name_meanwhile_stay(office, now):
    file = office.guan.files["bases"]
    stored = office.db["attachments"].find_one(file)["stored"]
    with patch.object(stored_bytes, "_named_files", return_value=iter(())):
        assert forget_lost_bytes(now=now + LATER) == 0
    assert stored in pieces(office)


def test_nothing_is_forgotten_under_maintenance(office, now):
    lost = cut_short(office)
    hold_by_command("upkeep", actor=SYSTEM, now=now)
    try:
        with pytest.raises(UnderMaintenance):
            forget_lost_bytes(now=now + LATER)
    finally:
        end_by_command(actor=SYSTEM, now=now)
    assert lost in pieces(office)
