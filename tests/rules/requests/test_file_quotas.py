"""Quotas of files: what still fits, what no longer does, and from where on the page says so."""

import pytest

from rules.requests.file_quotas import FULL, LEFT, MEGABYTE, FileBytes, quotas_nearly_used, refusals_of_quota

ALLOWED = FileBytes(
    record=300 * MEGABYTE, user=10_000 * MEGABYTE, day=400 * MEGABYTE, office=50_000 * MEGABYTE
)
NONE = FileBytes(0, 0, 0, 0)


def test_of_twenty_four_files_of_nineteen_megabytes_fifteen_fit_in_a_record():
    kept = 0
    while not refusals_of_quota(FileBytes(kept, kept, kept, kept), ALLOWED, 19 * MEGABYTE):
        kept += 19 * MEGABYTE
    assert kept == 15 * 19 * MEGABYTE


@pytest.mark.parametrize(("which", "used"), [
    (0, FileBytes(300 * MEGABYTE, 0, 0, 0)), (1, FileBytes(0, 10_000 * MEGABYTE, 0, 0)),
    (2, FileBytes(0, 0, 400 * MEGABYTE, 0)), (3, FileBytes(0, 0, 0, 50_000 * MEGABYTE)),
])  # fmt: skip
def test_each_quota_refuses_by_itself_and_warned_before(which, used):
    assert [reason.message for reason in refusals_of_quota(used, ALLOWED, 1)] == [FULL[which]]
    assert [reason.message for reason in quotas_nearly_used(used, ALLOWED)] == [LEFT[which]]
    assert refusals_of_quota(NONE, ALLOWED, 1) == quotas_nearly_used(NONE, ALLOWED) == ()


def test_the_last_byte_fits_and_the_next_does_not():
    used = FileBytes(300 * MEGABYTE - 10, 0, 0, 0)
    assert refusals_of_quota(used, ALLOWED, 10) == ()
    assert refusals_of_quota(used, ALLOWED, 11)


def test_the_warning_begins_at_four_fifths():
    assert quotas_nearly_used(FileBytes(240 * MEGABYTE - 1, 0, 0, 0), ALLOWED) == ()
    assert "240.0 of 300 MB" in str(quotas_nearly_used(FileBytes(240 * MEGABYTE, 0, 0, 0), ALLOWED)[0])
