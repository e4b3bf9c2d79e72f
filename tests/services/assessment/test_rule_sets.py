"""New editions are new sets: drafted, put in force once, never changed; two of a level never at once."""

import threading
from dataclasses import replace
from datetime import date

import pytest

from documents.assessment.rule_set import RuleSet
from documents.server import transactions
from rules.access import Actor, Role
from rules.errors import Missing, NotAllowed, Refused, Stale
from rules.rule_sets.measures import CITY_2021, NATION_2016, Level, Measures
from services.assessment import rule_sets as changes
from services.assessment.rule_sets import read_edition, read_editions, rule_sets, set_in_force, warnings
from services.desk.trail import verify

BOSS = Actor("b1", "管理员", Role.ADMIN)
TODAY = date(2026, 11, 24)
NEXT = replace(CITY_2021, code="", title="新办法", document_number="聊工信发〔2026〕90号",
               first_day=date(2026, 12, 4), last_day=None, tenants=30)  # fmt: skip


@pytest.fixture
def keep(office):
    """Give a function that keeps a draft and returns its code."""
    return lambda one=NEXT: changes.create_draft(one, actor=office.city, now=office.now)


def begin(office, code, version=1, actor=BOSS):
    changes.put_in_force(code, version=version, actor=actor, now=office.now)


# --- Drafts -----------------------------------------------------------------------------------


def test_a_draft_is_kept_whole_and_is_in_force_nowhere(office, keep):
    code = keep()
    edition = read_edition(code, office.city)
    assert edition.draft
    assert edition.measures == replace(NEXT, code=code)
    assert code not in {one.code for one in rule_sets()}
    assert code in {one.code for one in rule_sets(drafts=True)}
    assert set_in_force(date(2026, 12, 4)) == (CITY_2021, False)


def test_two_drafts_of_a_year_have_codes_of_their_own(office, keep):
    assert [keep(), keep(), keep(replace(NEXT, level=Level.PROVINCE))] == [
        "city-2026",
        "city-2026-2",
        "province-2026",
    ]


def test_a_draft_is_changed_and_each_figure_stands_in_the_trail(office, keep):
    code = keep()
    one = replace(NEXT, code=code, tenants=40, title="修订稿", last_day=date(2031, 12, 3))
    changes.change_draft(one, version=1, actor=office.city, now=office.now)
    assert read_edition(code, office.city).measures == one
    assert read_edition(code, office.city).version == 2
    entry = office.db["audit_entries"].find_one({"collection": "rule_sets", "action": "changed"})
    assert {(row["field"], row["old"], row["new"]) for row in entry["changes"]} == {
        ("title", "新办法", "修订稿"), ("tenants", 30, 40), ("last_day", None, "2031-12-03"),
    }  # fmt: skip
    # and an end may be taken away again
    changes.change_draft(replace(one, last_day=None), version=2, actor=office.city, now=office.now)
    assert read_edition(code, office.city).measures.last_day is None
    assert verify() is None


def test_a_change_to_the_same_writes_nothing(office, keep):
    code = keep()
    changes.change_draft(replace(NEXT, code=code), version=1, actor=office.city, now=office.now)
    assert read_edition(code, office.city).version == 1


def test_a_second_saver_of_a_draft_is_told(office, keep):
    code = keep()
    changes.change_draft(replace(NEXT, code=code, tenants=40), version=1, actor=office.city, now=office.now)
    with pytest.raises(Stale):
        changes.change_draft(
            replace(NEXT, code=code, tenants=50), version=1, actor=office.city, now=office.now
        )
    with pytest.raises(Stale):
        changes.delete_draft(code, version=1, actor=office.city, now=office.now)
    with pytest.raises(Stale):
        begin(office, code)
    assert read_edition(code, office.city).measures.tenants == 40


def test_a_draft_is_deleted_and_remembered_in_the_trail(office, keep):
    code = keep()
    changes.delete_draft(code, version=1, actor=office.city, now=office.now)
    with pytest.raises(Missing):
        read_edition(code, office.city)
    assert office.db["audit_entries"].find_one({"action": "deleted"})["label"] == "新办法"


@pytest.mark.parametrize(
    "wrong",
    [{"last_day": date(2026, 12, 3)}, {"low_fee_percent": 101}, {"functions_required": 9}],
)
def test_a_rule_set_that_cannot_be_is_not_kept(office, keep, wrong):
    with pytest.raises(Refused):
        keep(replace(NEXT, **wrong))
    assert office.db["rule_sets"].count_documents({}) == 0


def test_only_the_city_drafts_and_only_an_administrator_puts_in_force(office, keep):
    for actor in (office.guan, office.reader):
        with pytest.raises(NotAllowed):
            changes.create_draft(NEXT, actor=actor, now=office.now)
    code = keep()
    for act in (
        lambda: begin(office, code, actor=office.city),
        lambda: changes.change_draft(replace(NEXT, code=code), version=1, actor=office.guan, now=office.now),
        lambda: changes.delete_draft(code, version=1, actor=office.guan, now=office.now),
        lambda: move(office, code, date(2030, 1, 1), actor=office.city),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(Missing):
        read_edition(code, office.guan)


# --- In force ---------------------------------------------------------------------------------


def test_a_set_put_in_force_follows_the_one_before_it(office, keep):
    code = keep()
    begin(office, code)
    assert set_in_force(date(2026, 12, 3)) == (CITY_2021, True)
    assert set_in_force(date(2026, 12, 4)) == (replace(NEXT, code=code), True)
    assert office.db["audit_entries"].find_one({"action": "put-in-force"})["record_id"] == code


def test_what_was_put_in_force_is_never_changed_nor_deleted(office, keep):
    code = keep()
    begin(office, code)
    before = RuleSet._get_collection().find_one({"_id": code})
    for act in (
        lambda: changes.change_draft(
            replace(NEXT, code=code, tenants=1), version=2, actor=BOSS, now=office.now
        ),
        lambda: changes.delete_draft(code, version=2, actor=BOSS, now=office.now),
        lambda: begin(office, code, 2),
        lambda: changes.delete_draft("city-2021", version=0, actor=BOSS, now=office.now),
        lambda: changes.change_draft(replace(CITY_2021, tenants=1), version=0, actor=BOSS, now=office.now),
    ):
        with pytest.raises(Refused, match="figures stay"):
            act()
    assert RuleSet._get_collection().find_one({"_id": code}) == before


@pytest.mark.parametrize(
    ("first", "last", "level", "allowed"),
    [
        (date(2026, 12, 4), None, Level.CITY, True),  # the day after the 2021 Measures
        (date(2026, 12, 3), None, Level.CITY, False),  # their last day
        (date(2021, 1, 1), date(2021, 12, 3), Level.CITY, True),  # the day before them
        (date(2021, 1, 1), date(2021, 12, 4), Level.CITY, False),
        (date(2022, 1, 1), None, Level.PROVINCE, True),  # another level
        (date(2025, 10, 21), None, Level.NATION, False),  # no end of the 2016 rules is known
    ],
)
def test_two_sets_of_a_level_are_never_in_force_on_one_day(office, keep, first, last, level, allowed):
    code = keep(replace(NEXT, first_day=first, last_day=last, level=level))
    if allowed:
        begin(office, code)
    else:
        with pytest.raises(Refused, match="in force as well"):
            begin(office, code)
    assert read_edition(code, BOSS).draft is not allowed


def test_of_two_administrators_who_put_overlapping_sets_in_force_at_once_one_succeeds(
    office, keep, monkeypatch
):
    # Each as in a process of its own: none waits for its turn among the writers of one process.
    monkeypatch.setattr(transactions, "_TURN", 0.0)
    codes = [
        keep(replace(NEXT, title=f"办法{number}", first_day=date(2027, number, 1))) for number in range(1, 5)
    ]
    start, said = threading.Barrier(len(codes)), []

    def put(code):
        start.wait()
        try:
            begin(office, code)
        except Refused:
            said.append("refused")
        else:
            said.append("in force")

    threads = [threading.Thread(target=put, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["in force", "refused", "refused", "refused"]
    assert sum(not read_edition(code, BOSS).draft for code in codes) == 1
    assert verify() is None


# --- Ended and prolonged ------------------------------------------------------------------------


def move(office, code, last_day, version=0, actor=BOSS):
    changes.move_last_day(code, last_day, version=version, today=TODAY, actor=actor, now=office.now)


def test_the_nations_rules_of_2016_are_ended_so_that_the_new_ones_may_begin(office, keep):
    code = keep(replace(NEXT, level=Level.NATION, first_day=date(2025, 10, 21)))
    move(office, "nation-2016", date(2025, 10, 20))
    begin(office, code)
    assert set_in_force(date(2025, 10, 20), Level.NATION) == (
        replace(NATION_2016, last_day=date(2025, 10, 20)),
        True,
    )
    assert set_in_force(date(2025, 10, 21), Level.NATION)[0].code == code


def test_the_citys_measures_are_prolonged_and_their_figures_stay(office):
    move(office, "city-2021", date(2027, 12, 3))
    assert set_in_force(date(2027, 12, 3)) == (replace(CITY_2021, last_day=date(2027, 12, 3)), True)
    move(office, "city-2021", date(2027, 6, 30), version=1)
    assert set_in_force(date(2027, 6, 30))[1]
    assert [row["changes"][0]["new"] for row in office.db["audit_entries"].find({"record_id": "city-2021"})] == [
        "2027-12-03", "2027-06-30",
    ]  # fmt: skip


def test_prolonging_into_the_next_set_is_refused(office, keep):
    begin(office, keep())
    with pytest.raises(Refused, match="in force as well"):
        move(office, "city-2021", date(2026, 12, 4))


@pytest.mark.parametrize(
    ("last_day", "allowed"),
    [(date(2026, 11, 23), False), (date(2026, 11, 24), True), (None, False), (date(2021, 12, 1), False)],
)
def test_days_that_passed_under_a_set_are_not_taken_from_it(office, last_day, allowed):
    if allowed:
        move(office, "city-2021", last_day)
    else:
        with pytest.raises(Refused):
            move(office, "city-2021", last_day)
        assert office.db["rule_sets"].count_documents({}) == 0


def test_a_second_mover_of_the_last_day_is_told(office, keep):
    move(office, "city-2021", date(2027, 12, 3))
    with pytest.raises(Stale):
        move(office, "city-2021", date(2028, 12, 3))
    with pytest.raises(Stale):
        move(office, keep(), date(2028, 12, 3), version=1)  # a draft
    with pytest.raises(Missing):
        move(office, "nothing", date(2028, 12, 3))


# --- What is amiss ------------------------------------------------------------------------------

SUCCESSOR = replace(NEXT, code="city-2026")


@pytest.mark.parametrize(
    ("sets", "level", "today", "said"),
    [
        ((CITY_2021,), Level.CITY, date(2024, 1, 1), []),
        ((CITY_2021,), Level.CITY, date(2025, 12, 3), ["ends on 2026-12-03, 365 days"]),
        ((CITY_2021,), Level.CITY, date(2025, 12, 2), []),
        ((CITY_2021,), Level.CITY, date(2026, 12, 3), ["ends on 2026-12-03, 0 days"]),
        ((CITY_2021, SUCCESSOR), Level.CITY, date(2026, 12, 3), []),
        (
            (CITY_2021, replace(SUCCESSOR, first_day=date(2027, 1, 1))),
            Level.CITY,
            date(2026, 12, 3),
            ["ends on"],
        ),
        ((CITY_2021,), Level.CITY, date(2026, 12, 4), ["No rule set of this level is in force"]),
        ((CITY_2021,), Level.PROVINCE, date(2026, 1, 1), ["has been entered"]),
        ((NATION_2016,), Level.NATION, date(2026, 1, 1), ["newer edition"]),
    ],
)
def test_what_is_amiss_with_a_level(sets: tuple[Measures, ...], level, today, said):
    found = [str(one) for one in warnings(sets, level, today)]
    assert len(found) == len(said)
    assert all(part in one for part, one in zip(said, found, strict=True))


def test_the_sets_stand_by_level_and_day(office, keep):
    keep(replace(NEXT, level=Level.PROVINCE))
    keep()
    assert [edition.measures.code for edition in read_editions()] == [
        "city-2021",
        "city-2026",
        "province-2026",
        "nation-2016",
    ]
