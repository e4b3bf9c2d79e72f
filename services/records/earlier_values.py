"""A record as it stood at an earlier moment: wound back through the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from documents.desk.audit_entry import AuditEntry


def values_at(collection: str, raw: Mapping[str, Any], moment: datetime) -> dict[str, Any]:
    """Return a stored record's values as they stood at `moment` (UTC), in one command; the caller has checked scope."""
    later = AuditEntry.objects.of_record(collection, raw["_id"]).where_raw({"at": {"$gt": moment}})
    values = dict(raw)
    for entry in later.order_by("-seq").as_pymongo():
        for change in entry["changes"]:
            values[change["field"]] = change["old"]
    return values
