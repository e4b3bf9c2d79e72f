"""What the demonstration's clerks did in the last days: figures corrected, entries verified."""

from collections.abc import Sequence

from documents.kinds import RECORDS
from rules.access import Actor
from services.demo.names import Invent
from services.demo.past import Past
from services.demo.records import DemoBase
from services.records.records import update

_VERIFIED, _CORRECTED = 5, 3


def write_late_acts(invent: Invent, homes: Sequence[DemoBase], *, actor: Actor, past: Past) -> None:
    """Change a few records on the last working days, the latest act today."""
    entries = RECORDS["ledger_entries"].collection()
    waiting = entries.find({"status": "submitted"}, {"version": 1}).sort(
        [("served_on", 1), ("entry_number", 1)]
    )
    acts = [("ledger_entries", row, {"status": "verified"}) for row in waiting.limit(_VERIFIED)]
    bases = RECORDS["bases"].collection()
    for home in homes[-_CORRECTED:]:
        row = bases.find_one({"_id": home.id}, {"version": 1}) or {}
        acts.append(("bases", row, {"contact_name": invent.person(), "contact_phone": invent.phone()}))
    for ago, (collection, row, values) in zip(range(len(acts) - 1, -1, -1), acts, strict=True):
        update(collection, row["_id"], values, version=row["version"], actor=actor, now=past.moment(ago // 2))
