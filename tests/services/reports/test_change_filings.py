"""Change filings: taken down, in time or late, accepted into the base's record exactly once, or not (Art. 15)."""

import threading
from datetime import date
from io import BytesIO

import pytest

from documents.records.base import Base
from documents.reports.change_filing import ChangeFiling
from rules.access import Actor, Role
from rules.change_filings import FilingState, OperatorChange, TitleKept
from rules.errors import Missing, NotAllowed, Refused, Stale
from services.desk import trail as audit_trail
from services.desk.working_days import save_year
from services.reports.change_filings import (
    FilingDraft,
    accept_filing,
    brings_operator,
    correct_filing,
    decide_on_title,
    file_change,
    filing_due,
    read_filing,
    refuse_filing,
    state_of,
)
from services.shared.files import SentFile

TODAY = date(2026, 11, 23)
BOSS = Actor("b1", "管理员", Role.ADMIN)


def certified(office, name="旧名创业园", **more):
    usual = {
        "status": "certified", "announced_on": date(2023, 12, 20), "document_number": "聊工信发〔2023〕9号",
        "operator": "老公司", "address": "老路1号", "legal_representative": "张三",
    }  # fmt: skip
    return office.base(name, "371522", **(usual | more))


def file(
    office, base, values=None, *, completed=date(2026, 11, 2), filed=date(2026, 11, 10), actor=None, **more
):
    given = {"operator_change": OperatorChange.RENAMED} | more
    draft = FilingDraft(base, values or {"name": "新名创业园"}, completed, filed, **given)
    return file_change(draft, actor=actor or office.shen, now=office.now, today=TODAY)


def accept(office, filing, version=1, actor=None):
    accept_filing(filing, version=version, actor=actor or office.city, now=office.now)


def found(words):
    return [row["name"] for row in Base.objects.matching(words).rows(("name",), (("_id", 1),))]


@pytest.mark.parametrize(
    ("completed", "due"),
    [  # the days of the domain: working days by the State Council's calendar, make-up days included
        (date(2024, 2, 5), date(2024, 2, 23)),
        (date(2025, 9, 26), date(2025, 10, 16)),
        (date(2026, 2, 10), date(2026, 3, 2)),
        (date(2026, 9, 30), date(2026, 10, 20)),
    ],
)
def test_ten_working_days_the_day_of_the_change_not_counted(office, completed, due):
    assert (filing_due(completed).day, filing_due(completed).provisional) == (due, False)


def test_over_a_year_without_a_calendar_the_last_day_is_provisional_until_it_is_entered(office):
    due = filing_due(date(2026, 12, 25))
    assert (due.day, due.provisional, due.missing_years) == (date(2027, 1, 8), True, (2027,))
    save_year(2027, [date(2027, 1, 1)], [], "通知", version=0, actor=BOSS, now=office.now)
    assert (filing_due(date(2026, 12, 25)).day, filing_due(date(2026, 12, 25)).provisional) == (
        date(2027, 1, 11), False,
    )  # fmt: skip


def test_a_filing_is_taken_down_with_old_and_new(office):
    base = certified(office)
    made = file(office, base, {"name": "新名创业园", "address": "老路1号", "legal_representative": " 李 四 "})
    raw = read_filing(made, office.shen)
    assert raw["changes"] == [
        {"field": "name", "old": "旧名创业园", "new": "新名创业园"},
        {"field": "legal_representative", "old": "张三", "new": "李 四"},
    ]
    assert (raw["due"].date(), raw["late"], raw["provisional"]) == (date(2026, 11, 16), False, False)
    assert state_of(raw) is FilingState.FILED
    assert office.get("bases", base)["name"] == "旧名创业园"  # nothing changes before it is accepted
    late = file(office, base, {"operator": "新公司"}, completed=date(2026, 11, 2), filed=date(2026, 11, 17))
    assert read_filing(late, office.shen)["late"]
    in_time = file(office, base, {"address": "新路"}, completed=date(2026, 11, 2), filed=date(2026, 11, 16))
    assert not read_filing(in_time, office.shen)["late"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"values": {"name": "旧名创业园"}}, "name"),  # nothing new
        ({"completed": None}, "completed_on"),
        ({"filed": date(2026, 11, 24)}, "filed_on"),
        ({"filed": date(2026, 11, 1)}, "filed_on"),
        ({"values": {"name": "别家创业园"}}, "name"),  # another base of the county has it
        ({"values": {"legal_representative": "长" * 51}}, "legal_representative"),
        ({"values": {"address": "含\x00符"}}, "address"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(office, more, field):
    base = certified(office)
    office.base("别家创业园")
    with pytest.raises(Refused) as refused:
        file(office, base, **more)
    assert field in [one.field for one in refused.value.refusals]
    assert office.db["change_filings"].count_documents({}) == 0


def test_only_a_base_with_the_title_files(office):
    with pytest.raises(Refused) as refused:
        file(office, office.base("未认定"))
    assert [one.field for one in refused.value.refusals] == ["base"]


def test_the_same_thing_is_not_filed_twice_while_one_waits(office):
    base = certified(office)
    made = file(office, base)
    with pytest.raises(Refused):
        file(office, base, {"name": "又一名"})
    file(office, base, {"address": "新路2号"})
    accept(office, made)
    file(office, base, {"name": "又一名"})


def test_acceptance_changes_the_base_and_all_that_names_it_at_once(office):
    base = certified(office)
    company, entry = office.company(base), office.entry(base)
    made = file(office, base, {"name": "新名创业园", "operator": "新公司", "address": "新路2号"})
    accept(office, made)
    kept = office.get("bases", base)
    assert (kept["name"], kept["operator"], kept["address"]) == ("新名创业园", "新公司", "新路2号")
    assert (kept["former_names"], kept["former_operators"]) == (["旧名创业园"], ["老公司"])
    assert kept["legal_representative"] == "张三"
    assert (kept["status"], kept["document_number"]) == ("certified", "聊工信发〔2023〕9号")
    assert office.get("tenant_companies", company)["base_name"] == "新名创业园"
    assert office.get("ledger_entries", entry)["base_name"] == "新名创业园"
    raw = office.get("change_filings", made)
    assert (raw["state"], raw["decided_by"], raw["base_name"]) == ("accepted", "市局", "旧名创业园")
    assert office.tallies_are_right()
    assert audit_trail.history("bases", base, office.city)[0]["action"] == "changed"


@pytest.mark.parametrize("words", ["旧名创业园", "新名创业园", "老公司", "新公司", "jmcyy"])
def test_the_base_is_found_by_its_old_and_new_names(office, words):
    base = certified(office)
    accept(office, file(office, base, {"name": "新名创业园", "operator": "新公司"}))
    assert found(words) == ["新名创业园"]


@pytest.mark.parametrize("words", ["旧名", "新名", "xmcyy"])
def test_a_filing_is_found_by_old_and_new_names(office, words):
    certified_base = certified(office)
    file(office, certified_base)
    assert ChangeFiling.objects.matching(words).count() == 1


def test_a_filing_whose_old_value_no_longer_holds_is_not_accepted(office):
    base = certified(office)
    made = file(office, base, {"name": "新名创业园", "address": "新路2号"})
    office.update("bases", base, name="另改的名")
    with pytest.raises(Refused) as refused:
        accept(office, made)
    (reason,) = refused.value.refusals
    assert (reason.field, reason.params) == ("name", {"old": "旧名创业园", "now": "另改的名"})
    kept = office.get("bases", base)
    assert (kept["name"], kept["address"]) == ("另改的名", "老路1号")
    assert office.get("change_filings", made)["state"] == "filed"


def test_a_name_taken_meanwhile_is_refused_and_nothing_changes(office):
    base = certified(office)
    made = file(office, base)
    office.base("新名创业园")
    with pytest.raises(Refused) as refused:
        accept(office, made)
    assert [one.field for one in refused.value.refusals] == ["name"]
    assert office.get("bases", base)["name"] == "旧名创业园"
    assert office.get("change_filings", made)["state"] == "filed"


def test_two_clerks_accept_at_once_and_it_is_done_once(office):
    base = certified(office)
    made = file(office, base)
    start, said = threading.Barrier(2), []

    def clerk():
        start.wait()
        try:
            accept(office, made)
            said.append("accepted")
        except (Refused, Stale) as problem:
            said.append(type(problem).__name__)

    clerks = [threading.Thread(target=clerk) for _ in range(2)]
    for one in clerks:
        one.start()
    for one in clerks:
        one.join()
    assert sorted(said) == ["Refused", "accepted"]
    entries = list(office.db["audit_entries"].find({"action": "change-accepted"}))
    assert len(entries) == 1
    assert office.get("bases", base)["former_names"] == ["旧名创业园"]


def test_a_filing_is_not_accepted_with_a_reason(office):
    base = certified(office)
    made = file(office, base)
    with pytest.raises(Refused):
        refuse_filing(made, reason=" ", version=1, actor=office.city, now=office.now)
    refuse_filing(made, reason="证明不符", version=1, actor=office.city, now=office.now)
    raw = read_filing(made, office.shen)
    assert (raw["state"], raw["reason"]) == ("refused", "证明不符")
    assert office.get("bases", base)["name"] == "旧名创业园"
    with pytest.raises(Refused):
        accept(office, made, version=2)


def test_a_waiting_filing_is_corrected_and_counted_anew(office):
    base = certified(office)
    made = file(office, base)
    draft = FilingDraft(base, {"address": "新路2号"}, date(2026, 10, 20), date(2026, 11, 10), "改正")

    def correct(version):
        correct_filing(made, draft, version=version, actor=office.shen, now=office.now, today=TODAY)

    correct(1)
    raw = read_filing(made, office.shen)
    assert [one["field"] for one in raw["changes"]] == ["address"]
    assert (raw["due"].date(), raw["late"], raw["version"]) == (date(2026, 11, 3), True, 2)
    with pytest.raises(Stale):
        correct(1)
    accept(office, made, version=2)
    with pytest.raises(Refused):
        correct(3)


def test_who_may_do_what(office):
    base = certified(office)
    made = file(office, base)
    for actor, problem in ((office.guan, Missing), (office.reader, NotAllowed)):
        with pytest.raises(problem):
            file(office, base, {"address": "别处"}, actor=actor)
    with pytest.raises(Missing):
        read_filing(made, office.guan)
    for actor in (office.shen, office.reader):  # a county passes it on, the city accepts
        with pytest.raises(NotAllowed):
            accept(office, made, actor=actor)
        with pytest.raises(NotAllowed):
            refuse_filing(made, reason="不", version=1, actor=actor, now=office.now)
    with pytest.raises(Stale):
        accept(office, made, version=7)


# --- Another operator ----------------------------------------------------------------------------


def take_over(office, base, values=None, *, licence=True, kind=OperatorChange.ANOTHER, **more):
    """File that another legal person runs a base by now."""
    given = {"operator": "新公司", "uscc": office.code(), "legal_representative": "李四"} | (values or {})
    draft = FilingDraft(base, given, date(2026, 11, 2), date(2026, 11, 10), "", kind)
    sent = SentFile("营业执照.pdf", BytesIO(b"%PDF-1.4")) if licence else None
    return file_change(draft, actor=office.shen, now=office.now, today=TODAY, licence=sent, **more)


@pytest.mark.parametrize("kind", [OperatorChange.ANOTHER, None])
@pytest.mark.parametrize(
    ("values", "licence", "field"),
    [
        ({"uscc": ""}, True, "uscc"),
        ({"uscc": "same"}, True, "uscc"),
        ({"uscc": "taken"}, True, "uscc"),
        ({"uscc": "91371500MA0000001X"}, True, "uscc"),  # its last character is another
        ({"legal_representative": ""}, True, "legal_representative"),
        ({"operator": ""}, True, "operator"),
        ({}, False, "licence"),
    ],
)
def test_another_operator_brings_its_code_its_representative_and_its_licence(
    office, kind, values, licence, field
):
    base, other = certified(office), office.base("别家创业园")
    codes = {"same": office.get("bases", base)["uscc"], "taken": office.get("bases", other)["uscc"]}
    values = {key: codes.get(value, value) for key, value in values.items()}
    with pytest.raises(Refused) as refused:
        take_over(office, base, values, licence=licence, kind=kind)
    assert field in [reason.field for reason in refused.value.refusals]
    for name in ("change_filings", "attachments", "files.files"):
        assert office.db[name].count_documents({}) == 0


def test_a_new_name_of_the_same_legal_person_keeps_its_code(office):
    base = certified(office)
    with pytest.raises(Refused):
        take_over(office, base, {}, kind=OperatorChange.RENAMED)
    filing = file(office, base, {"operator": "改名公司"})
    accept(office, filing)
    stored = office.get("bases", base)
    assert (stored["operator"], stored.get("operator_changes")) == ("改名公司", None)
    with pytest.raises(Refused):
        decide_on_title(
            filing, TitleKept.KEPT, reason="条件不变", version=2, actor=office.city, now=office.now
        )


def test_accepted_operator_code_and_representative_change_together(office):
    base = certified(office)
    before = office.get("bases", base)
    code = office.code()
    filing = take_over(office, base, {"uscc": code})
    accept(office, filing)
    stored = office.get("bases", base)
    assert (stored["operator"], stored["uscc"], stored["legal_representative"]) == ("新公司", code, "李四")
    assert stored["status"] == "certified"  # the title is another matter
    [left] = stored["operator_changes"]
    assert (left["operator"], left["uscc"], left["filing"]) == ("老公司", before["uscc"], filing)
    assert stored["former_operators"] == ["老公司"]


@pytest.mark.parametrize(
    ("kind", "is_found"), [(OperatorChange.ANOTHER, True), (None, True), (OperatorChange.RENAMED, False)]
)
def test_the_filing_of_a_new_operator_is_found_by_what_it_says_of_the_operator(office, kind, is_found):
    base = certified(office)
    filing = take_over(office, base)
    accept(office, filing)
    change = {"$set": {"operator_change": kind.value}} if kind else {"$unset": {"operator_change": ""}}
    office.db["change_filings"].update_one({"_id": filing}, change)
    assert brings_operator(read_filing(filing, office.city)) is is_found
    found = ChangeFiling.latest_of_new_operator(base)
    assert (found and found["_id"]) == (filing if is_found else None)


def test_a_filing_of_another_name_of_the_base_brings_no_operator(office):
    base = certified(office)
    accept(office, file(office, base))
    assert ChangeFiling.latest_of_new_operator(base) is None


def test_a_filing_without_the_licence_is_not_accepted(office):
    base = certified(office)
    filing = take_over(office, base)
    office.db["attachments"].delete_many({})
    with pytest.raises(Refused) as refused:
        accept(office, filing)
    assert [reason.field for reason in refused.value.refusals] == ["licence"]
    assert office.get("bases", base)["operator"] == "老公司"


@pytest.mark.parametrize("kept", list(TitleKept))
def test_the_city_decides_whether_a_new_operator_keeps_the_title_and_the_title_stays(office, kept):
    base = certified(office)
    filing = take_over(office, base)
    given = {"version": 1, "actor": office.city, "now": office.now}
    with pytest.raises(Refused):
        decide_on_title(filing, kept, reason="条件不变", **given)  # not accepted yet
    accept(office, filing)
    for reason, more, error in (
        ("条件不变", {"version": 1}, Stale), (" ", {"version": 2}, Refused),
        ("条件不变", {"version": 2, "actor": office.shen}, NotAllowed),
    ):  # fmt: skip
        with pytest.raises(error):
            decide_on_title(filing, kept, reason=reason, **given | more)
    decide_on_title(filing, kept, reason="条件不变", **given | {"version": 2})
    raw = read_filing(filing, office.shen)
    assert (raw["title_kept"], raw["title_reason"], raw["title_decided_by"]) == (
        kept.value,
        "条件不变",
        "市局",
    )
    assert office.get("bases", base)["status"] == "certified"
    entry = audit_trail.history("change_filings", filing, office.city)[0]
    assert entry["action"] == "title-of-operator-decided"


def test_the_code_of_a_base_with_a_certificate_changes_by_a_filing_alone(office):
    base = certified(office)
    office.db["bases"].update_one({"_id": base}, {"$set": {"certificate_number": "LCSJ-2023-001"}})
    with pytest.raises(Refused) as refused:
        office.update("bases", base, uscc=office.code())
    assert [reason.field for reason in refused.value.refusals] == ["uscc"]
