"""The one door for titles older than the system: what may be entered, how it is corrected, and how it is closed."""

from datetime import date
from io import BytesIO

import pytest
from bson import ObjectId

from rules.access import Actor, Role
from rules.errors import Missing, NotAllowed, Refused, Stale
from rules.grounds import DecisionKind, Ground
from rules.titles import TITLE_ONLY_BY_PAPER, TitleMove, TitleMover
from services.records import bulk, records
from services.records.earlier_titles import (
    EarlierTitle,
    close_register,
    correct_earlier_title,
    enter_earlier_title,
    read_register,
    reopen_register,
)
from services.records.references import References
from services.revocation.cases import begin_case
from services.shared.files import SentFile
from services.shared.unit_of_work import in_one_transaction
from services.timeline.history import history_of

ADMIN = Actor("a1", "管理员", Role.ADMIN)
NUMBER, OTHER_NUMBER = "聊工信发〔2022〕77号", "聊工信发〔2022〕78号"
ANNOUNCED = date(2022, 12, 20)
TITLE = {"status": "certified", "announced_on": ANNOUNCED, "document_number": NUMBER}
KEYS = ("status", "announced_on", "document_number", "title_first_day", "title_last_day", "title_source")


def paper() -> SentFile:
    return SentFile("公布文件.pdf", BytesIO(b"%PDF-1.4\n"))


def enter(office, base, title=None, file=True, **more):
    given = {"version": office.get("bases", base).get("version", 1), "actor": office.city} | more
    enter_earlier_title(
        base, title or EarlierTitle("certified", NUMBER, ANNOUNCED), paper() if file else None, now=office.now,
        today=office.now.date(), **given,
    )  # fmt: skip


def correct(office, base, title, reason="年份录错", sent=None, **more):
    given = {"version": office.get("bases", base)["version"], "actor": office.city} | more
    correct_earlier_title(
        base, title, sent, reason=reason, now=office.now, today=office.now.date(), **given
    )  # fmt: skip


def close(office, reason="启用工作已完成", actor=ADMIN):
    close_register(reason, version=read_register()["version"], actor=actor, now=office.now)


def title_of(office, base):
    raw = office.get("bases", base)
    return {key: raw.get(key) for key in KEYS}


def everything(office):
    """Return all that is stored, the trail included."""
    return {name: list(office.db[name].find().sort("_id", 1)) for name in office.db.list_collection_names()}


def refused(office, act, message="", kind=Refused):
    """Expect a refusal that says so, and that nothing was changed."""
    before = everything(office)
    with pytest.raises(kind) as problem:
        act()
    assert everything(office) == before
    assert message in str(problem.value)
    return [refusal.field for refusal in problem.value.refusals]


# --- Who may move a title ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("status", "certified"), ("status", "revoked"), ("status", "uncertified"), ("announced_on", date(2022, 1, 4)),
        ("document_number", OTHER_NUMBER), ("title_first_day", date(2023, 1, 1)), ("title_last_day", date(2030, 1, 1)),
        ("title_last_day", None), ("certificate_number", "LCSJ-2026-001"), ("title_source", "announced"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", ["certified", "cancelled", "revoked"])
def test_no_record_that_is_here_changes_its_title(office, status, key, value):
    base = office.base(**TITLE | {"status": status})
    if value == status:
        return
    for actor in (office.city, office.shen, ADMIN):
        fields = refused(
            office, lambda actor=actor: office.update("bases", base, actor=actor, **{key: value, "notes": "改"}),
            TITLE_ONLY_BY_PAPER,
        )  # fmt: skip
        assert key in fields


def test_a_base_never_certified_gets_no_title_by_a_change_of_its_record(office):
    base = office.base()
    fields = refused(office, lambda: office.update("bases", base, **TITLE), TITLE_ONLY_BY_PAPER)
    assert {"status", "announced_on", "document_number"} <= set(fields)


def test_what_is_said_as_it_stands_is_no_change_of_a_title(office):
    base = office.base(**TITLE)
    assert office.update("bases", base, **TITLE, notes="改")
    assert office.get("bases", base)["notes"] == "改"


def test_no_title_is_set_for_many_at_once(office):
    base = office.base(**TITLE | {"status": "revoked"})
    refused(
        office,
        lambda: bulk.set_status_of_many("bases", {base: 1}, "certified", actor=office.city, now=office.now),
        TITLE_ONLY_BY_PAPER,
    )


@pytest.mark.parametrize(
    ("move", "values"),
    [
        (TitleMove(TitleMover.DECISION, to="revoked"), {"status": "cancelled"}),
        (TitleMove(TitleMover.DECISION, to="revoked"), {"status": "revoked", "title_last_day": date(2030, 1, 1)}),
        (TitleMove(TitleMover.DECISION, to="certified"), {"title_last_day": date(2030, 1, 1)}),
        (TitleMove(TitleMover.REVERSAL, to="revoked"), {"status": "revoked"}),
        (TitleMove(TitleMover.ANNOUNCEMENT, to="revoked"), {"status": "revoked"}),
        (TitleMove(TitleMover.ENTRY, to="revoked"), {"status": "revoked"}),
    ],
)  # fmt: skip
def test_a_right_to_move_a_title_reaches_no_further_than_its_paper(office, move, values):
    base = office.base(**TITLE)

    def act():
        in_one_transaction(
            lambda uow: records.update_within(
                uow,
                "bases",
                base,
                values,
                References(office.city, uow.session, title_move=move),
                version=1,
            ),
            actor=office.city,
            now=office.now,
        )

    refused(office, act, TITLE_ONLY_BY_PAPER)


def test_a_deleted_title_comes_back_as_it_was(office):
    base = office.base(**TITLE | {"status": "revoked"})
    before = title_of(office, base)
    office.delete("bases", base)
    records.restore(office.bin(base), actor=office.shen, now=office.now)
    assert title_of(office, base) == before


def test_what_lies_in_the_recycle_bin_with_a_title_is_not_entered_anew_with_another(office):
    code = office.code()
    base = office.base("旧园", uscc=code, **TITLE | {"status": "revoked"})
    office.delete("bases", base)
    for values in ({"uscc": code}, {"name": "旧园"}):
        fields = refused(office, lambda values=values: office.base(**TITLE | values), "recycle bin")
        assert fields == ["status"]
    office.base(uscc=code)  # without a title it is another matter
    refused(
        office,
        lambda: records.restore(office.bin(base), actor=office.city, now=office.now),
        "already registered",
    )


def test_a_workbook_that_was_deleted_whole_is_imported_again(office):
    values = {"name": "旧园", "uscc": office.code()} | TITLE
    office.delete("bases", office.base(**values))
    assert office.get("bases", office.base(**values))["title_source"] == "earlier"


# --- A new base with its earlier title -----------------------------------------------------------


@pytest.mark.parametrize("status", ["certified", "cancelled", "revoked"])
def test_a_new_base_brings_its_earlier_title_into_the_register(office, status):
    base = office.base(**TITLE | {"status": status})
    stored = title_of(office, base)
    assert (stored["status"], stored["title_source"]) == (status, "earlier")
    assert f"{stored['title_last_day']:%F}" == "2027-12-19"
    [event] = [
        event
        for event in history_of(base, actor=office.city, today=office.now.date()).events
        if event.kind.value == "title"
    ]
    assert "An earlier title, from the register" in [str(detail) for detail in event.details]


def test_a_new_base_without_a_title_stands_in_no_register(office):
    assert "title_source" not in office.get("bases", office.base())


def test_once_the_register_is_closed_no_new_base_brings_a_title(office):
    close(office)
    assert refused(office, lambda: office.base(**TITLE), "closed") == ["status"]
    office.base()


# --- An entry for a base that is here ------------------------------------------------------------


def test_the_city_enters_a_title_with_its_paper(office):
    base = office.base()
    enter(office, base)
    stored = office.get("bases", base)
    assert (stored["status"], stored["title_source"], stored["version"]) == ("certified", "earlier", 2)
    assert (stored["document_number"], f"{stored['title_last_day']:%F}") == (NUMBER, "2027-12-19")
    [file] = office.db["attachments"].find({"record_id": base})
    assert (file["slot"], file["name"]) == ("earlier-title", "公布文件.pdf")
    actions = [entry["action"] for entry in office.db["audit_entries"].find().sort("_id", -1).limit(2)]
    assert set(actions) == {"title-entered", "file-added"}
    assert office.db["papers"].find_one({"_id": NUMBER})["kind"] == "announcement"


def test_a_title_that_has_ended_is_entered_as_that(office):
    base = office.base()
    enter(office, base, EarlierTitle("revoked", NUMBER, ANNOUNCED, date(2023, 1, 1), date(2027, 12, 31)))
    stored = title_of(office, base)
    assert (stored["status"], f"{stored['title_first_day']:%F}") == ("revoked", "2023-01-01")


@pytest.mark.parametrize(
    ("title", "field"),
    [
        (EarlierTitle("certified", "", ANNOUNCED), "document_number"),
        (EarlierTitle("certified", "公布", ANNOUNCED), "document_number"),
        (EarlierTitle("certified", NUMBER, None), "announced_on"),
        (EarlierTitle("certified", NUMBER, date(2027, 1, 4)), "announced_on"),
        (EarlierTitle("certified", NUMBER, ANNOUNCED, date(2022, 12, 1)), "title_first_day"),
        (EarlierTitle("certified", NUMBER, ANNOUNCED, None, date(2022, 12, 1)), "title_last_day"),
        (EarlierTitle("uncertified"), "status"),
        (EarlierTitle("else", NUMBER, ANNOUNCED), "status"),
    ],
)
def test_a_title_is_whole_or_not_entered(office, title, field):
    base = office.base()
    assert field in refused(office, lambda: enter(office, base, title))


def test_no_title_is_entered_without_its_paper_or_twice_or_by_another(office):
    base = office.base()
    assert refused(office, lambda: enter(office, base, file=False)) == ["paper"]
    refused(office, lambda: enter(office, base, version=7), kind=Stale)
    refused(office, lambda: enter(office, base, actor=office.shen), kind=NotAllowed)
    refused(office, lambda: enter(office, base, actor=office.reader), kind=NotAllowed)
    enter(office, base)
    refused(office, lambda: enter(office, base), "already")
    refused(office, lambda: enter(office, ObjectId(), version=1), kind=Missing)


def test_a_number_of_another_paper_is_not_entered(office):
    office.base(**TITLE)
    base = office.base()
    other_day = EarlierTitle("certified", NUMBER, date(2022, 12, 21))
    assert refused(office, lambda: enter(office, base, other_day)) == ["document_number"]


def test_the_same_paper_sent_again_is_kept_once_with_its_bytes(office):
    base = office.base()
    enter(office, base)
    (kept,) = office.db["attachments"].find()
    correct(office, base, EarlierTitle("certified", OTHER_NUMBER, ANNOUNCED), sent=paper())
    assert list(office.db["attachments"].find()) == [kept]
    assert [file["_id"] for file in office.db["files.files"].find()] == [kept["stored"]]


def test_the_paper_of_an_entry_that_fails_leaves_no_bytes(office):
    base = office.base()
    before = list(office.db["files.files"].find())
    with pytest.raises(Stale):
        enter(office, base, version=9)
    assert list(office.db["files.files"].find()) == before


def test_a_closed_register_takes_no_entry_but_a_correction(office):
    base, entered = office.base(), office.base()
    enter(office, entered)
    close(office)
    refused(office, lambda: enter(office, base), "closed")
    correct(office, entered, EarlierTitle("certified", OTHER_NUMBER, ANNOUNCED))
    assert office.get("bases", entered)["document_number"] == OTHER_NUMBER


# --- Corrections ---------------------------------------------------------------------------------


def test_a_correction_keeps_what_stood_before_in_trail_and_timeline(office):
    base = office.base(**TITLE)
    correct(office, base, EarlierTitle("certified", OTHER_NUMBER, date(2022, 12, 21)), "文号录错")
    stored = title_of(office, base)
    assert (stored["document_number"], f"{stored['title_last_day']:%F}") == (OTHER_NUMBER, "2027-12-20")
    assert office.db["papers"].find_one({"_id": NUMBER}) is None
    entry = office.db["audit_entries"].find_one({"action": "title-corrected"})
    assert entry["note"] == "文号录错"
    assert {"field": "document_number", "old": NUMBER, "new": OTHER_NUMBER} in entry["changes"]
    events = history_of(base, actor=office.city, today=office.now.date()).events
    assert [str(event.what) for event in events if event.entry].count("title-corrected") == 1


def test_a_title_entered_for_the_wrong_base_is_taken_out(office):
    base = office.base(**TITLE)
    correct(office, base, EarlierTitle("uncertified"), "该基地从未认定")
    assert title_of(office, base) == {**dict.fromkeys(KEYS), "status": "uncertified"}
    assert office.db["papers"].find_one({"_id": NUMBER}) is None
    office.delete("bases", base, actor=office.shen)


@pytest.mark.parametrize("reason", ["", "  ", "长" * 501])
def test_a_correction_needs_its_reason(office, reason):
    base = office.base(**TITLE)
    right = EarlierTitle("certified", OTHER_NUMBER, ANNOUNCED)
    assert refused(office, lambda: correct(office, base, right, reason)) == ["reason"]


def test_a_correction_is_the_citys_at_the_version_it_read_and_of_something(office):
    base = office.base(**TITLE)
    right = EarlierTitle("certified", OTHER_NUMBER, ANNOUNCED)
    refused(office, lambda: correct(office, base, right, version=9), kind=Stale)
    refused(office, lambda: correct(office, base, right, actor=office.shen), kind=NotAllowed)
    stored = office.get("bases", base)
    same = EarlierTitle("certified", NUMBER, ANNOUNCED, None, stored["title_last_day"].date())
    refused(office, lambda: correct(office, base, same), "already")


def test_no_correction_while_a_case_is_under_way(office):
    base = office.base(**TITLE)
    begin_case(DecisionKind.REVOCATION, base, {Ground.FRAUD: "虚报。"}, actor=office.city, now=office.now)
    refused(office, lambda: correct(office, base, EarlierTitle("revoked", NUMBER, ANNOUNCED)), "under way")


def test_only_an_earlier_title_is_corrected(office):
    base = office.base()
    refused(office, lambda: correct(office, base, EarlierTitle("certified", NUMBER, ANNOUNCED)), "earlier")


# --- Closing and opening -------------------------------------------------------------------------


def test_an_administrator_closes_and_opens_the_register_and_says_why(office):
    assert read_register()["open"]
    close(office, "启用工作已完成")
    assert (read_register()["open"], read_register()["reason"]) == (False, "启用工作已完成")
    refused(office, lambda: close(office), "closed already")
    reopen_register("补录两家", version=1, actor=ADMIN, now=office.now)
    office.base(**TITLE)
    acts = list(office.db["audit_entries"].find({"collection": "title_register"}).sort("_id", 1))
    assert [act["action"] for act in acts] == ["register-closed", "register-reopened"]
    assert [act["changes"][0]["new"] for act in acts] == ["启用工作已完成", "补录两家"]


def test_the_register_is_an_administrators_to_close_with_a_reason_at_the_version_read(office):
    for actor in (office.city, office.shen, office.reader):
        refused(office, lambda actor=actor: close(office, actor=actor), kind=NotAllowed)
    assert refused(office, lambda: close(office, " ")) == ["reason"]
    refused(office, lambda: close_register("完成", version=4, actor=ADMIN, now=office.now), kind=Stale)
    refused(office, lambda: reopen_register("补录", version=0, actor=ADMIN, now=office.now), "open already")
