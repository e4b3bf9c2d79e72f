"""One event of a base's timeline, and the small things of which events are made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from documents.timeline.history import FileRow
from office.excel.cell_dates import OFFICE_TIME
from rules.access import Actor
from rules.choices import Choice
from rules.errors import Refusal
from rules.words import N_
from services.shared.files import may_read
from services.shared.office_day import office_day

StoredRow = Mapping[str, Any]  # a stored document, of whichever collection


class EventKind(Choice):
    """What an event is about."""

    TITLE = "title", N_("Title"), "称号"
    APPLICATION = "application", N_("Applications"), "申报复核"
    PAPER = "paper", N_("Published papers"), "已发布的文件"
    OBJECTION = "objection", N_("Objections"), "异议"
    REPORT = "report", N_("Yearly reports"), "年度报告"
    CHANGE = "change", N_("Change filings"), "变更备案"
    DECISION = "decision", N_("Decisions on the title"), "称号处理"
    UPWARD = "upward", N_("Upward recommendation"), "择优推荐"
    RECORD = "record", N_("Edits of the record"), "资料变更"


@dataclass(frozen=True)
class Event:
    """One event of a base. `at` is None where only the day is known; `target` names what it leads to: kind and id.

    `details` are further sentences, `text` what somebody wrote; an edit carries its audit `entry`.
    """

    day: date
    kind: EventKind
    what: Refusal
    at: datetime | None = None
    who: str = ""
    details: tuple[Refusal, ...] = ()
    text: str = ""
    files: tuple[FileRow, ...] = ()
    target: tuple[str, str] = ("", "")
    entry: StoredRow | None = None

    @property
    def order(self) -> datetime:
        """Where it stands among the others: an event without an hour comes first on its day."""
        return self.at or datetime.combine(self.day, time.min, tzinfo=OFFICE_TIME)


class ReadableFiles:
    """The files of the records that the actor may read, by record and place."""

    def __init__(self, rows: Iterable[StoredRow], actor: Actor) -> None:
        """Keep what may be read."""
        self._by: dict[tuple[Any, str], list[FileRow]] = {}
        for row in rows:
            if may_read(row, actor):
                file = FileRow(row["collection"], str(row["_id"]), row["name"])
                self._by.setdefault((row["record_id"], row.get("slot", "")), []).append(file)

    def of(self, record: Any, *slots: str) -> tuple[FileRow, ...]:
        """Return the files in some places of a record."""
        return tuple(file for slot in slots for file in self._by.get((record, slot), ()))


def day_of(value: Any) -> date | None:
    """Return a stored day."""
    return value.date() if isinstance(value, datetime) else value


def choice_of(term: type[Choice], code: str) -> Any:
    """Return the member of a closed list by its code; the code itself when a later version wrote another."""
    return next((member for member in term if member.value == code), code)


def event_at(at: datetime, kind: EventKind, what: Refusal, who: Any = "", **more: Any) -> Event:
    """Return an event whose hour is known."""
    return Event(office_day(at), kind, what, at=at, who=str(who or ""), **more)


def hour_on(at: datetime | None, day: date) -> datetime | None:
    """Return a moment when it lies on the day of the paper; what was entered later says nothing of the hour."""
    return at if at is not None and office_day(at) == day else None
