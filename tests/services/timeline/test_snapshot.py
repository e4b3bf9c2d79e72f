"""A base as it stood on a day: what the audit trail gives back is what was stored then."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.timeline.history import edits_of_base
from rules.access import Actor, Role
from rules.choices import ServiceFunction
from rules.errors import Missing
from rules.rule_sets.measures import Figure
from schema.bases import BASES
from services.imports.import_rows import import_workbook
from services.records import records
from services.records.earlier_titles import (
    EarlierTitle,
    correct_earlier_title,
    enter_earlier_title,
)
from services.shared.files import SentFile
from services.shared.office_day import office_day
from services.timeline.snapshot import (
    base_on,
    end_of,
    indicators_on,
    rebuilt_values,
    rewound,
    title_on,
)

CITY = Actor("c1", "市局", Role.CITY)
SHEN, GUAN = "371522", "371525"
START = datetime(2025, 12, 30, 15, 30, tzinfo=UTC)  # half past eleven in the evening of the office
_NUMBERS = count(1)

TEXTS = st.sampled_from(["", "甲", "乙路2号", "丙（二期）"])
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["前园", "后园", "中园"]),
        "address": TEXTS,
        "legal_representative": TEXTS,
        "notes": TEXTS,
        "service_staff": st.one_of(st.none(), st.integers(0, 9)),
        "floor_area": st.one_of(st.none(), st.sampled_from([0.0, 12.5])),
        "online_system": st.one_of(st.none(), st.booleans()),
        "operating_since": st.one_of(st.none(), st.sampled_from([date(2019, 5, 1), date(2024, 2, 29)])),
        "county": st.sampled_from([SHEN, GUAN]),
        "title": st.integers(1, 3),
    },
)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["change", "change", "change", "delete", "restore"]), CHANGES, st.integers(0, 50)
    ),
    max_size=8,
)


class Clerk:
    """Changes one base through the services, with a clock of its own; remembers what was stored when."""

    def __init__(self, office: Any) -> None:
        self.db, self.now = office.db, START
        self.word = f"{next(_NUMBERS)}号"
        values = {"name": self.word + "园", "operator": "某公司", "uscc": office.code(), "county": SHEN}
        self.base = records.create("bases", values, actor=CITY, now=self.now)
        self.seen: list[tuple[datetime, dict[str, Any] | None]] = []
        self.look()

    def raw(self) -> dict[str, Any] | None:
        found = self.db["bases"].find_one({"_id": self.base})
        return dict(found) if found else None

    def look(self) -> None:
        raw = self.raw()
        self.seen.append((self.now, rebuilt_values(raw) if raw else None))

    def act(self, what: str, changes: dict[str, Any], hours: int) -> None:
        self.now += timedelta(hours=hours, minutes=1)
        raw = self.raw()
        if what == "delete" and raw:
            records.delete("bases", self.base, version=raw["version"], actor=CITY, now=self.now)
        elif what == "restore" and not raw:
            kept = self.db["recycled"].find_one({"record_id": self.base})
            records.restore(kept["_id"], actor=CITY, now=self.now)
        elif what == "change" and raw:
            self.change(changes, raw["version"])
        self.look()

    def change(self, changes: dict[str, Any], version: int) -> None:
        """Change the record, and its earlier title through the register."""
        records.update("bases", self.base, self.values(changes), version=version, actor=CITY, now=self.now)
        raw, number = self.raw() or {}, changes.get("title")
        if number is None:
            return
        title = EarlierTitle("certified", f"聊工信发〔2025〕{number}号", date(2025, number, 1))
        given = {"version": raw["version"], "actor": CITY, "now": self.now, "today": office_day(self.now)}
        if raw["status"] == "uncertified":
            paper = SentFile("公布.pdf", BytesIO(b"%PDF-1.4"))
            enter_earlier_title(self.base, title, paper, **given)
        elif raw["document_number"] != title.number:
            correct_earlier_title(self.base, title, None, reason="录错", **given)

    def values(self, changes: dict[str, Any]) -> dict[str, Any]:
        given = dict(changes)
        if "name" in given:
            given["name"] = self.word + given["name"]
        given.pop("title", None)
        return given

    def expected(self, day: date) -> dict[str, Any] | None:
        """What was stored at the end of a day."""
        known = [values for moment, values in self.seen if moment < end_of(day)]
        return known[-1] if known else None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_any_day_between_gives_what_was_stored_then(office, acts):
    clerk = Clerk(office)
    for act in acts:
        clerk.act(*act)
    first, last = office_day(START), office_day(clerk.now)
    for back in range((last - first).days + 3):
        day = first - timedelta(days=1) + timedelta(days=back)
        _, found, _ = base_on(clerk.base, day, actor=CITY)
        assert found.values == clerk.expected(day), day
        assert found.first == clerk.seen[0][1]
        assert found.recorded_on == first


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_undoing_everything_gives_the_record_as_it_was_created(office, acts):
    clerk = Clerk(office)
    for act in acts:
        clerk.act(*act)
    raw = clerk.raw() or clerk.db["recycled"].find_one({"record_id": clerk.base})["document"]
    values, was_there, reached = rewound(
        rebuilt_values(raw), is_there=clerk.raw() is not None, edits=edits_of_base(clerk.base),
        limit=datetime.min.replace(tzinfo=UTC),
    )  # fmt: skip
    assert values == clerk.seen[0][1]
    assert (was_there, reached) == (False, False)


def test_a_day_ends_at_midnight_in_the_office(office):
    clerk = Clerk(office)  # made at 23:30 on 30 December
    clerk.act("change", {"address": "新路"}, 0)  # at 23:31
    clerk.act("change", {"address": "夜路"}, 1)  # at 0:32 of the 31st
    assert base_on(clerk.base, date(2025, 12, 29), actor=CITY)[1].values is None
    assert base_on(clerk.base, date(2025, 12, 30), actor=CITY)[1].values["address"] == "新路"
    assert base_on(clerk.base, date(2025, 12, 31), actor=CITY)[1].values["address"] == "夜路"


def test_a_deleted_base_had_its_days(office):
    clerk = Clerk(office)
    clerk.act("delete", {}, 48)
    now, before, _ = base_on(clerk.base, date(2025, 12, 31), actor=CITY)
    assert (before.values or {})["name"] == now["name"]
    _, after, _ = base_on(clerk.base, office_day(clerk.now), actor=CITY)
    assert (after.values, after.deleted) == (None, True)


def test_what_an_import_changed_is_undone_too(office, workbook):
    heading = ["基地名称", "运营主体", "统一社会信用代码", "所属县（市、区）", "基地地址"]
    code = office.code()
    for day, address in ((date(2026, 3, 2), "旧路1号"), (date(2026, 5, 4), "新路2号")):
        book = workbook(heading, ["导入园", "某公司", code, "莘县", address])
        at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
        import_workbook(book, BASES, actor=CITY, now=at)
    base = office.db["bases"].find_one({"uscc": code})["_id"]
    assert base_on(base, date(2026, 5, 3), actor=CITY)[1].values["address"] == "旧路1号"
    assert base_on(base, date(2026, 5, 4), actor=CITY)[1].values["address"] == "新路2号"
    assert base_on(base, date(2026, 3, 1), actor=CITY)[1].values is None


def test_another_countys_base_does_not_exist_for_a_bound_clerk(office):
    base = office.base("冠县园", GUAN)
    for day in (date(2020, 1, 1), date(2026, 11, 23)):
        with pytest.raises(Missing):
            base_on(base, day, actor=office.shen)
    with pytest.raises(Missing):
        base_on(ObjectId(), date(2026, 11, 23), actor=office.city)


# --- The title of a day --------------------------------------------------------------------------


def term(announced: date, **more: Any) -> dict[str, Any]:
    first, last = announced, date(announced.year + 5, announced.month, announced.day) - timedelta(days=1)
    days = {"announced_on": announced, "title_first_day": first, "title_last_day": last}
    stored = {key: datetime(day.year, day.month, day.day, tzinfo=UTC) for key, day in days.items()}
    return {"status": "certified", "document_number": f"{announced.year}号", **stored, **more}


def decision(kind: str, dated: date, state: str = "decided") -> dict[str, Any]:
    on = datetime(dated.year, dated.month, dated.day, tzinfo=UTC)
    return {"_id": ObjectId(), "kind": kind, "state": state, "dated": on}


RENEWED = term(date(2026, 12, 10), earlier_terms=[term(date(2021, 12, 20))])


@pytest.mark.parametrize(
    ("day", "status", "number"),
    [
        (date(2021, 12, 19), "uncertified", ""),
        (date(2021, 12, 20), "certified", "2021号"),
        (date(2026, 12, 9), "certified", "2021号"),  # the renewal is not announced yet
        (date(2026, 12, 10), "certified", "2026号"),
        (date(2031, 12, 9), "certified", "2026号"),
        (date(2031, 12, 10), "expired", "2026号"),
    ],
)
def test_the_title_of_a_day_follows_from_its_terms(day, status, number):
    found = title_on(RENEWED, [], day)
    assert (found.status, found.document_number) == (status, number)


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2024, 5, 5), "certified"),
        (date(2024, 5, 6), "revoked"),
        (date(2024, 7, 7), "revoked"),
        (date(2024, 7, 8), "certified"),  # overturned
        (date(2026, 12, 20), "expired"),
    ],
)
def test_the_title_of_a_day_follows_from_decisions(day, status):
    made = [
        decision("revocation", date(2024, 5, 6)), decision("reversal", date(2024, 7, 8)),
        decision("cancellation", date(2024, 1, 1), state="dropped"),
    ]  # fmt: skip
    assert title_on(term(date(2021, 12, 20)), made, day).status == status


def test_a_decision_on_an_earlier_term_says_nothing_of_a_later_one():
    again = term(date(2025, 3, 3), earlier_terms=[term(date(2019, 3, 3), status="revoked")])
    made = [decision("revocation", date(2021, 1, 1))]
    assert title_on(again, made, date(2021, 1, 1)).status == "revoked"
    assert title_on(again, made, date(2025, 3, 3)).status == "certified"


def test_a_title_lost_without_a_decision_here_is_told_with_that_doubt():
    lost = term(date(2021, 12, 20), status="revoked")
    assert title_on(lost, [], date(2024, 1, 1)).unsure
    assert title_on(lost, [], date(2024, 1, 1), recorded="revoked").status == "revoked"
    on_record = title_on(lost, [], date(2024, 1, 1), recorded="certified")
    assert (on_record.status, on_record.unsure) == ("certified", False)


# --- Its indicators ------------------------------------------------------------------------------


def test_indicators_of_a_day_take_the_bases_own_values_of_that_day(office):
    clerk = Clerk(office)
    clerk.act("change", {"service_staff": 9, "online_system": True, "operating_since": date(2019, 5, 1)}, 1)
    clerk.act(
        "change", {"service_staff": 2, "online_system": False, "operating_since": date(2025, 5, 1)}, 480
    )
    company = {"industry": "manufacturing", "people": 30, "revenue": 500.0, "moved_in": date(2024, 1, 5)}
    office.company(clerk.base, **company)
    for day, staff, online, operated in (
        (date(2026, 1, 5), 9, 1, True),
        (office_day(clerk.now), 2, 0, False),
    ):
        _, found, _ = base_on(clerk.base, day, actor=CITY)
        judged = indicators_on(clerk.base, found, actor=CITY)
        assert judged is not None
        assessment, is_in_force = judged
        assert is_in_force
        assert assessment.facts.as_of == day
        assert assessment.indicator("staff").actual == staff
        assert assessment.facts.figure(ServiceFunction.INFORMATION, Figure.ONLINE) == online
        assert assessment.indicator("operated_one_year").met is operated
        assert assessment.indicator("tenants").actual == 1  # companies as recorded now


def test_a_base_that_is_deleted_now_has_no_indicators(office):
    clerk = Clerk(office)
    clerk.act("delete", {}, 48)
    _, found, _ = base_on(clerk.base, date(2025, 12, 31), actor=CITY)
    assert indicators_on(clerk.base, found, actor=CITY) is None
