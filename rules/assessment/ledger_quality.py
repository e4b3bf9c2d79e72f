"""What is wrong with a ledger entry, Art. 6(3): said once, for counts over all bases and for the entries of one.

The database counts by the same words (`documents/assessment/ledger_quality_counts.py`); a test holds the two together.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

from rules.choices import Choice, FeeKind
from rules.errors import Refusal
from rules.words import N_

DRAFT_DAYS = 30  # a draft may wait so long (decision)
_OFFICE = timezone(timedelta(hours=8))
Entry = Mapping[str, Any]


class FaultGroup(Choice):
    """The kinds of faults, as columns are headed."""

    MISSING = "missing", N_("What is missing"), "缺项"
    DOUBLE = "double", N_("Doubles"), "重复"
    IMPOSSIBLE = "impossible", N_("Impossible figures"), "数字矛盾"
    EVIDENCE = "evidence", N_("Evidence of service"), "佐证"
    WAITING = "waiting", N_("Waiting"), "滞留"


class Fault(Choice):
    """One thing that may be wrong with an entry."""

    NO_REQUEST = "no-request", N_("No service request"), "缺服务诉求"
    NO_RECORD = "no-record", N_("No service record"), "缺服务记录"
    NO_DATE = "no-date", N_("No service date"), "缺服务日期"
    NO_PLACE = "no-place", N_("No place"), "缺服务地点"
    NO_COMPANIES = "no-companies", N_("No companies named"), "缺参与企业"
    NO_PEOPLE = "no-people", N_("No number of people"), "缺服务人数"
    NO_FEEDBACK = "no-feedback", N_("No feedback"), "缺意见反馈"
    DOUBLE = "double", N_("Entered more than once"), "重复登记"
    MORE_NAMED = "more-named", N_("More companies named than counted"), "列名企业多于家次"
    FEWER_PEOPLE = "fewer-people", N_("Fewer people than companies"), "人次少于家次"
    FREE_WITH_FEE = "free-with-fee", N_("Free, with a fee"), "免费却有金额"
    NO_EVIDENCE = "no-evidence", N_("No file attached"), "无佐证文件"
    OLD_DRAFT = "old-draft", N_("Draft for more than 30 days"), "草稿超过30天"

    @property
    def group(self) -> FaultGroup:
        """The kind it belongs to."""
        return _GROUPS.get(self, FaultGroup.MISSING)


_GROUPS: Mapping[Fault, FaultGroup] = {
    Fault.DOUBLE: FaultGroup.DOUBLE,
    Fault.MORE_NAMED: FaultGroup.IMPOSSIBLE,
    Fault.FEWER_PEOPLE: FaultGroup.IMPOSSIBLE,
    Fault.FREE_WITH_FEE: FaultGroup.IMPOSSIBLE,
    Fault.NO_EVIDENCE: FaultGroup.EVIDENCE,
    Fault.OLD_DRAFT: FaultGroup.WAITING,
}
# What Art. 6(3) wants on record in words: the key and the fault where it is blank.
WANTED: Mapping[str, Fault] = {
    "request": Fault.NO_REQUEST,
    "service_record": Fault.NO_RECORD,
    "served_on": Fault.NO_DATE,
    "place": Fault.NO_PLACE,
    "companies": Fault.NO_COMPANIES,
    "person_times": Fault.NO_PEOPLE,
    "feedback": Fault.NO_FEEDBACK,
}
# Two entries alike in all of these are one service entered twice; without date or request they cannot be told.
SAME = ("base", "served_on", "function", "request", "partner")
SAME_WANTED = ("served_on", "request")


def waits_since(today: date) -> date:
    """Return the day before which a draft was made that has waited too long."""
    return today - timedelta(days=DRAFT_DAYS)


def own_faults(entry: Entry, *, today: date) -> tuple[Fault, ...]:
    """Return what is wrong with an entry by itself, in the order of `Fault`; `created_at` is an aware moment."""
    created_on = draft_since(entry)
    old = created_on is not None and created_on < waits_since(today)
    return (*lasting_faults(entry), Fault.OLD_DRAFT) if old else lasting_faults(entry)


def draft_since(entry: Entry) -> date | None:
    """Return since which day (UTC) an entry waits as a draft; None for one that is none."""
    created_at = entry.get("created_at")
    return _day(created_at) if entry.get("status") == "draft" and created_at is not None else None


def quality_year(entry: Entry) -> int | None:
    """Return to which year's ledger an entry belongs: in which it was served, or else entered (by the office's clock).

    None for one of which neither is known.
    """
    served, created_at = entry.get("served_on"), entry.get("created_at")
    if served is not None:
        return _day(served).year
    return None if created_at is None else created_at.astimezone(_OFFICE).year


def lasting_faults(entry: Entry) -> tuple[Fault, ...]:
    """Return what is wrong with an entry by itself whatever the day is, in the order of `Fault`."""
    faults = [fault for key, fault in WANTED.items() if not entry.get(key)]
    companies = entry.get("company_times") or 0
    people = entry.get("person_times") or 0
    if len(entry.get("companies") or ()) > companies:
        faults.append(Fault.MORE_NAMED)
    if 0 < people < companies:
        faults.append(Fault.FEWER_PEOPLE)
    if entry.get("fee_kind") == FeeKind.FREE and (entry.get("fee_amount") or 0) > 0:
        faults.append(Fault.FREE_WITH_FEE)
    return tuple(faults)


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def doubled(entries: Iterable[Entry]) -> set[Any]:
    """Return the ids of the entries that stand there more than once, each of them."""
    keys = [(entry["_id"], same_service(entry)) for entry in entries]
    times = Counter(alike for _, alike in keys if alike is not None)
    return {entry_id for entry_id, alike in keys if alike is not None and times[alike] > 1}


def same_service(entry: Entry) -> tuple[Any, ...] | None:
    """Return what two entries of one service have in common (SAME); None where that cannot be told."""
    if not all(entry.get(key) for key in SAME_WANTED):
        return None
    return tuple(entry.get(key) for key in SAME)


def faults_of(entries: Sequence[Entry], *, with_files: set[Any], today: date) -> dict[Any, tuple[Fault, ...]]:
    """Return the faults of each entry by its id; `with_files` are the ids that have a file attached."""
    twice = doubled(entries)
    order = list(Fault)
    faults_by_id = {}
    for entry in entries:
        entry_id = entry["_id"]
        faults = list(own_faults(entry, today=today))
        if entry_id in twice:
            faults.append(Fault.DOUBLE)
        if entry_id not in with_files:
            faults.append(Fault.NO_EVIDENCE)
        faults_by_id[entry_id] = tuple(sorted(faults, key=order.index))
    return faults_by_id


def explanation(fault: Fault, entry: Entry) -> Refusal:
    """Return a fault of an entry with its figures."""
    figures = {
        "named": len(entry.get("companies") or ()),
        "companies": entry.get("company_times") or 0,
        "people": entry.get("person_times") or 0,
        "fee": f"{entry.get('fee_amount') or 0:g}",
    }
    sentence = _FIGURES.get(fault)
    return Refusal(sentence, figures) if sentence else Refusal(fault.label)


_FIGURES: Mapping[Fault, str] = {
    Fault.MORE_NAMED: N_("%(named)s companies named, %(companies)s counted"),
    Fault.FEWER_PEOPLE: N_("%(people)s people, %(companies)s companies"),
    Fault.FREE_WITH_FEE: N_("Free, with a fee of %(fee)s yuan"),
}


def is_hole(month: int, count: int, year: int, today: date) -> bool:
    """Tell whether a month has passed without a single counted service; the present one may still have some."""
    return count == 0 and (year, month) < (today.year, today.month)


def level_of(count: int, most: int) -> int:
    """Return how full a month is among the others, from 0 (none) to 4."""
    return min(4, -(-4 * count // max(most, 1)))
