"""Values that wait in a temporary file: each comes back as it was, and a full disk is said."""

import errno
from datetime import date

import pytest
from bson import ObjectId

from rules.errors import Unavailable
from services.shared import spool as module
from services.shared.spool import Spool


def test_values_come_back_in_any_order_whether_a_file_was_needed_or_not(monkeypatch):
    monkeypatch.setattr(module, "_IN_MEMORY", 500)
    values = [
        {"n": number, "day": date(2026, 1, 1), "id": ObjectId(), "text": "莘县" * number}
        for number in range(50)
    ]
    with Spool() as spool:
        places = [spool.keep(value) for value in values]
        assert [spool.kept(place) for place in reversed(places)] == values[::-1]
        again = spool.keep("later")
        assert (spool.kept(places[3]), spool.kept(again)) == (values[3], "later")


def test_a_full_disk_is_said(monkeypatch):
    with Spool() as spool:

        def full(data):
            raise OSError(errno.ENOSPC, "no space")

        monkeypatch.setattr(spool._file, "write", full)
        with pytest.raises(Unavailable, match="disk"):
            spool.keep("a")
