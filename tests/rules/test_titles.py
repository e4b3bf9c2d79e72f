"""The title: its last valid day (Art. 16, as Art. 20 writes its own term), and how it stands on a day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.rule_sets.measures import CITY_2021
from rules.titles import (
    REGISTER_CLOSED,
    PapersHere,
    Term,
    Title,
    TitleMove,
    TitleMover,
    TitleState,
    first_day_of_term,
    last_valid_day,
    refusals_to_correct,
    refusals_to_enter,
    refusals_to_move_title,
    term_on,
    title_state,
    years_later,
)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2021-12-04", "2026-12-03"),  # Art. 20's own
        ("2021-12-20", "2026-12-19"),
        ("2024-02-29", "2029-02-28"),  # the anniversary is 1 March of a common year
        ("2024-03-01", "2029-02-28"),
        ("2023-03-01", "2028-02-29"),  # the day before is a leap day
        ("2024-01-01", "2028-12-31"),
        ("2024-02-28", "2029-02-27"),
        ("2023-12-31", "2028-12-30"),
    ],
)
def test_a_title_of_five_years(first, last):
    assert last_valid_day(date.fromisoformat(first), CITY_2021.years_of_validity) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("first", "years", "last"),
    [
        ("2024-02-29", 4, "2028-02-28"),  # a leap year again: the anniversary is 29 February
        ("2024-02-29", 1, "2025-02-28"),
        ("2021-12-20", 3, "2024-12-19"),
        ("2096-02-29", 4, "2100-02-28"),  # 2100 is none
    ],
)
def test_a_term_of_other_years(first, years, last):
    assert last_valid_day(date.fromisoformat(first), years) == date.fromisoformat(last)


def test_the_measures_say_five_years():
    assert CITY_2021.years_of_validity == 5


@given(st.dates(date(1990, 1, 1), date(2190, 12, 31)), st.integers(1, 9))
def test_the_term_ends_before_the_anniversary_and_never_a_day_early(first, years):
    last = last_valid_day(first, years)
    assert last.year - first.year in (years, years - 1)
    after = last + timedelta(days=1)
    if (first.month, first.day) != (2, 29):
        assert (after.month, after.day, after.year) == (first.month, first.day, first.year + years)


OLD = Term(date(2022, 1, 1), date(2026, 12, 31), date(2021, 12, 20), "旧号", "旧证")
RENEWED = Term(date(2027, 1, 1), date(2031, 12, 31), date(2026, 12, 4), "新号", "新证")


@pytest.mark.parametrize(
    ("terms", "day", "place"),
    [
        ((), "2026-12-31", None),
        ((OLD,), "2021-12-31", 0),  # announced, not begun: nothing else runs
        ((OLD,), "2027-01-01", 0),
        ((OLD, RENEWED), "2026-12-31", 0),
        ((OLD, RENEWED), "2027-01-01", 1),
        ((OLD, RENEWED), "2040-01-01", 1),
        ((replace(OLD, held=False), RENEWED), "2026-12-31", 1),  # lost, then certified anew
        ((replace(OLD, last_day=date(2026, 6, 30)), RENEWED), "2026-12-31", 1),  # a gap between them
        ((OLD, replace(RENEWED, first_day=date(2026, 12, 4))), "2026-12-31", 1),  # the later one cuts it
        ((OLD, replace(RENEWED, first_day=date(2026, 12, 4))), "2026-12-04", 1),
        ((OLD, replace(RENEWED, first_day=date(2026, 12, 4))), "2026-12-03", 0),
        ((replace(OLD, last_day=None), RENEWED), "2026-12-31", 0),
        ((replace(OLD, first_day=None), RENEWED), "2026-12-31", 1),
        ((OLD, replace(RENEWED, first_day=None)), "2026-12-31", 1),
    ],
)
def test_a_title_stands_by_the_term_that_runs(terms, day, place):
    running = term_on(terms, date.fromisoformat(day))
    assert running == (None if place is None else terms[place])


@pytest.mark.parametrize(
    ("renewal", "held_until", "follows", "first"),
    [
        (True, "2026-12-31", True, "2027-01-01"),
        (True, "2026-02-28", True, "2026-03-01"),  # announced after its end: no gap either
        (True, "2026-12-31", False, "2026-12-04"),
        (False, "2026-12-31", True, "2026-12-04"),
        (True, None, True, "2026-12-04"),
    ],
)
def test_a_renewed_term_follows_the_one_before_it(renewal, held_until, follows, first):
    until = date.fromisoformat(held_until) if held_until else None
    day = first_day_of_term(
        date(2026, 12, 4), renewal=renewal, held_until=until, renewal_follows_term=follows
    )
    assert day == date.fromisoformat(first)


@pytest.mark.parametrize(
    ("title", "state"),
    [
        (Title("uncertified"), TitleState.NONE),
        (Title("certified", date(2027, 12, 19)), TitleState.VALID),
        (Title("certified", date(2026, 12, 19)), TitleState.EXPIRING),
        (Title("certified", date(2026, 12, 19), renewal_open=True), TitleState.UNDER_RENEWAL),
        (Title("certified", date(2026, 11, 1), renewal_open=True), TitleState.UNDER_RENEWAL),
        (Title("certified", date(2026, 11, 22)), TitleState.DUE_FOR_CANCELLATION),
        (Title("certified", date(2026, 12, 19), renewal_failed=True), TitleState.DUE_FOR_CANCELLATION),
        (Title("cancelled", date(2026, 12, 19)), TitleState.CANCELLED),
        (Title("revoked", date(2026, 12, 19)), TitleState.REVOKED),
    ],
)
def test_how_a_title_stands(title, state):
    assert title_state(title, date(2026, 11, 23)) is state


# --- Who may move a title ------------------------------------------------------------------------

ALL = ("status", "announced_on", "document_number", "title_first_day", "title_last_day", "title_source")
BY = TitleMover


def moves(by, to):
    return TitleMove(by, to)


@pytest.mark.parametrize(
    ("moved", "before", "after", "source", "move", "allowed"),
    [
        ((), "revoked", "revoked", "", None, True),
        (("status",), "uncertified", "certified", "", None, False),
        (("title_last_day",), "certified", "certified", "earlier", None, False),
        (ALL, "uncertified", "certified", "", moves(BY.ANNOUNCEMENT, "certified"), True),
        (ALL, "revoked", "certified", "announced", moves(BY.ANNOUNCEMENT, "certified"), True),
        (ALL, "certified", "revoked", "", moves(BY.ANNOUNCEMENT, "revoked"), False),
        (ALL, "uncertified", "revoked", "", moves(BY.ANNOUNCEMENT, "certified"), False),
        (("status",), "certified", "revoked", "", moves(BY.DECISION, "revoked"), True),
        (("status",), "certified", "cancelled", "", moves(BY.DECISION, "cancelled"), True),
        (("status",), "certified", "uncertified", "", moves(BY.DECISION, "uncertified"), False),
        (("status", "title_last_day"), "certified", "revoked", "", moves(BY.DECISION, "revoked"), False),
        (("status",), "revoked", "certified", "", moves(BY.DECISION, "certified"), False),
        (("status",), "revoked", "certified", "", moves(BY.REVERSAL, "certified"), True),
        (("status",), "revoked", "cancelled", "", moves(BY.REVERSAL, "cancelled"), False),
        (("document_number",), "certified", "certified", "", moves(BY.REVERSAL, "certified"), False),
        (ALL, "uncertified", "cancelled", "", moves(BY.ENTRY, "cancelled"), True),
        (ALL, "certified", "certified", "earlier", moves(BY.ENTRY, "certified"), False),
        (ALL, "uncertified", "uncertified", "", moves(BY.ENTRY, "uncertified"), False),
        (ALL, "certified", "uncertified", "earlier", moves(BY.CORRECTION, "uncertified"), True),
        (("document_number",), "revoked", "revoked", "earlier", moves(BY.CORRECTION, "revoked"), True),
        (
            ("document_number",),
            "certified",
            "certified",
            "announced",
            moves(BY.CORRECTION, "certified"),
            False,
        ),
        (("document_number",), "certified", "certified", "", moves(BY.CORRECTION, "certified"), False),
        (("document_number",), "certified", "certified", "later", moves(BY.CORRECTION, "certified"), False),
        # The right is to one status alone, though others could be led to.
        (("status",), "certified", "cancelled", "", moves(BY.DECISION, "revoked"), False),
        (("status",), "certified", "revoked", "", moves(BY.DECISION, "cancelled"), False),
        (ALL, "uncertified", "cancelled", "", moves(BY.ENTRY, "certified"), False),
        (ALL, "uncertified", "certified", "", moves(BY.ENTRY, "cancelled"), False),
        (ALL, "withdrawn", "certified", "", moves(BY.ENTRY, "certified"), False),
        (ALL, "applied", "certified", "", moves(BY.ENTRY, "certified"), False),
    ],
)
def test_a_title_moves_as_far_as_the_right_to_move_it(moved, before, after, source, move, allowed):
    refusals = refusals_to_move_title(moved, before=before, after=after, source=source, move=move)
    assert [refusal.field for refusal in refusals] == ([] if allowed else list(moved))


@pytest.mark.parametrize(
    ("status", "papers", "is_open", "reasons"),
    [
        ("uncertified", PapersHere(), True, 0),
        ("uncertified", PapersHere(), False, 1),
        ("certified", PapersHere(), True, 1),
        ("uncertified", PapersHere(announcements=1), True, 1),
        ("uncertified", PapersHere(applications=1), True, 1),
        ("uncertified", PapersHere(cases=1), True, 1),
        ("cancelled", PapersHere(), True, 1),
        ("revoked", PapersHere(), True, 1),
        ("withdrawn", PapersHere(), True, 1),
        ("revoked", PapersHere(1, 1, 1), True, 4),
        ("revoked", PapersHere(1, 1, 1), False, 1),
    ],
)
def test_an_earlier_title_is_entered_where_nothing_else_is_known(status, papers, is_open, reasons):
    refusals = refusals_to_enter(status, papers, is_open=is_open)
    assert len(refusals) == reasons
    assert (REGISTER_CLOSED in [refusal.message for refusal in refusals]) is not is_open


@pytest.mark.parametrize(
    ("source", "before", "after", "papers", "open_case", "allowed"),
    [
        ("earlier", "certified", "certified", PapersHere(), False, True),
        ("earlier", "certified", "revoked", PapersHere(), False, True),
        ("earlier", "certified", "uncertified", PapersHere(), False, True),
        ("earlier", "certified", "certified", PapersHere(), True, False),
        ("earlier", "certified", "uncertified", PapersHere(applications=1), False, False),
        ("earlier", "certified", "cancelled", PapersHere(applications=1), False, True),
        ("earlier", "revoked", "certified", PapersHere(cases=1), False, False),
        ("earlier", "revoked", "revoked", PapersHere(cases=1), False, True),
        ("earlier", "revoked", "uncertified", PapersHere(cases=1), False, False),
        ("earlier", "withdrawn", "uncertified", PapersHere(applications=1), False, False),
        ("earlier", "certified", "withdrawn", PapersHere(applications=1), False, True),
        ("announced", "certified", "certified", PapersHere(), False, False),
        ("later", "certified", "certified", PapersHere(), False, False),
        ("", "uncertified", "certified", PapersHere(), False, False),
    ],
)
def test_an_earlier_title_is_corrected_until_a_decision_says_how_it_stands(
    source, before, after, papers, open_case, allowed
):
    refusals = refusals_to_correct(source, before=before, after=after, papers=papers, open_case=open_case)
    assert (refusals == ()) is allowed


def test_a_term_is_held_and_nothing_is_known_of_a_base_until_it_is_said():
    assert Term().held
    assert PapersHere() == PapersHere(0, 0, 0)
    assert Title("certified") == Title("certified", None, renewal_open=False, renewal_failed=False)


@pytest.mark.parametrize(
    ("term", "day", "runs"),
    [
        (OLD, "2021-12-31", False),
        (OLD, "2022-01-01", True),
        (OLD, "2026-12-31", True),
        (OLD, "2027-01-01", False),
        (replace(OLD, first_day=None), "2024-01-01", False),
        (replace(OLD, last_day=None), "2099-01-01", True),
    ],
)
def test_a_term_runs_from_its_first_day_to_its_last(term, day, runs):
    assert term.runs_on(date.fromisoformat(day)) is runs


def test_of_several_terms_the_one_announced_last_that_runs():
    first = replace(OLD, certificate_number="甲")
    second = replace(OLD, certificate_number="乙")
    assert term_on((first, second, RENEWED), date(2026, 6, 1)) is second


@pytest.mark.parametrize(
    ("title", "state"),
    [
        (Title("certified", date(2026, 11, 23)), TitleState.EXPIRING),  # its last day
        (Title("certified"), TitleState.NONE),
        (Title("certified", date(2026, 12, 31)), TitleState.EXPIRING),
        (Title("certified", date(2027, 1, 1)), TitleState.VALID),
        (Title("certified", date(2025, 12, 31)), TitleState.DUE_FOR_CANCELLATION),
        (Title("certified", date(2030, 1, 1), renewal_failed=True), TitleState.DUE_FOR_CANCELLATION),
        (
            Title("certified", date(2030, 1, 1), renewal_open=True, renewal_failed=True),
            TitleState.UNDER_RENEWAL,
        ),
        (Title("cancelled"), TitleState.CANCELLED),
        (Title("revoked"), TitleState.REVOKED),
        (Title("of-the-office", date(2030, 1, 1)), TitleState.NONE),
        (Title("applied", date(2030, 1, 1)), TitleState.NONE),
        (Title("", date(2030, 1, 1)), TitleState.NONE),
    ],
)
def test_how_a_title_stands_at_the_edges(title, state):
    assert title_state(title, date(2026, 11, 23)) is state


@pytest.mark.parametrize(
    ("after", "papers", "fields"),
    [
        ("uncertified", PapersHere(applications=1), ["status"]),
        ("uncertified", PapersHere(cases=1), ["status"]),
        ("uncertified", PapersHere(applications=1, cases=1), ["status"]),
        ("certified", PapersHere(applications=1, cases=1), []),
        ("revoked", PapersHere(applications=1), []),
    ],
)
def test_what_stands_here_on_an_earlier_title_keeps_its_status(after, papers, fields):
    found = refusals_to_correct("earlier", before="certified", after=after, papers=papers, open_case=False)
    assert [refusal.field for refusal in found] == fields


def test_a_base_without_a_title_is_not_taken_out_again():
    papers = PapersHere(applications=1)
    assert (
        refusals_to_correct(
            "earlier", before="uncertified", after="uncertified", papers=papers, open_case=False
        )
        == ()
    )


@pytest.mark.parametrize(
    ("day", "years", "later"),
    [
        ("2024-02-29", 1, "2025-02-28"), ("2024-02-29", 4, "2028-02-29"), ("2024-02-28", 1, "2025-02-28"),
        ("2024-03-31", 2, "2026-03-31"), ("2024-02-29", 0, "2024-02-29"), ("2028-02-29", 5, "2033-02-28"),
        ("2020-02-29", 6, "2026-02-28"), ("2024-02-29", 9, "2033-02-28"),
    ],
)  # fmt: skip
def test_the_same_day_some_years_later(day, years, later):
    assert years_later(date.fromisoformat(day), years) == date.fromisoformat(later)
