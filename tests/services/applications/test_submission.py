"""Applying: who may, when, with which materials; what is frozen, and what stays changeable."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest

from documents.applications.application import Application
from documents.records.attachment import Attachment
from rules.applications import Stage
from rules.errors import Missing, NotAllowed, Refused
from rules.materials import Material
from services.applications import application_form, submission
from services.applications.applicants import applicant_of
from services.applications.rounds import read_round, save_round
from services.applications.submission import begin, save_materials, submit
from services.records import records
from services.shared.files import add_file, files_by_slot, remove_file
from tests.round_driver import (
    ANNOUNCED,
    CITY,
    OPENED,
    REVIEWED,
    SUBMITTED,
    drive,
    make_base,
    make_renewable,
    make_round,
    moment,
    stored,
    version_of,
)
from tests.sample_office import PDF
from tests.services.applications.acts_of_a_round import GUAN, GUAN_CLERK, READER, SHEN, SHEN_CLERK, base_of

pytestmark = pytest.mark.usefixtures("db")


def test_one_base_has_one_open_application_whoever_is_quicker() -> None:
    base, one = make_base(SHEN, "试园"), make_round()

    def apply(_: int) -> bool:
        try:
            begin(base, one, actor=SHEN_CLERK, now=moment(OPENED), today=OPENED)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(apply, range(16))) == [False] * 15 + [True]
    assert Application.collection().count_documents({"base": base}) == 1


def test_a_hand_in_reads_its_files_before_the_transaction_and_assesses_its_base_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.DRAFT)
    sent = BytesIO("案例".encode())
    add_file("applications", application, "案例.txt", sent, slot="cases", actor=CITY, now=moment(OPENED))
    Attachment.collection().update_one({"record_id": application}, {"$unset": {"characters": 1}})
    done = []

    def noted(module: Any, name: str) -> None:
        work = getattr(module, name)

        def note(*given: Any, **named: Any) -> Any:
            done.append(name)
            return work(*given, **named)

        monkeypatch.setattr(module, name, note)

    noted(submission, "counted_text")
    noted(submission, "facts_of")
    noted(application_form, "facts_of")
    noted(submission, "in_one_transaction")
    with pytest.raises(Refused):  # nine of the ten materials are missing
        submit(
            application,
            version=version_of(application),
            actor=CITY,
            now=moment(SUBMITTED),
            today=SUBMITTED,
        )
    assert done == ["facts_of", "counted_text", "in_one_transaction"]


def test_a_certified_operator_cannot_apply_anew_and_a_renewal_waits_for_its_year() -> None:
    one = make_round()
    held = make_base(
        SHEN,
        "在期园",
        status="certified",
        announced_on=date(2023, 5, 4),
        document_number="聊工信发〔2023〕9号",
    )
    with pytest.raises(Refused, match="Renewal is applied for"):
        begin(held, one, actor=CITY, now=moment(OPENED), today=OPENED)
    sister = make_base(SHEN, "姊妹园", operator="在期园运营有限公司")
    with pytest.raises(Refused, match="still runs the certified base"):
        begin(sister, one, actor=CITY, now=moment(OPENED), today=OPENED)
    again = begin(make_renewable(SHEN, "到期园"), one, actor=SHEN_CLERK, now=moment(OPENED), today=OPENED)
    assert stored(again)["kind"] == "renewal"


def test_nobody_applies_before_or_after_the_rounds_days_or_for_another_county() -> None:
    base, one = make_base(SHEN, "试园"), make_round()
    for day in (date(2026, 3, 1), date(2026, 7, 1)):
        with pytest.raises(Refused, match="does not take applications"):
            begin(base, one, actor=CITY, now=moment(OPENED), today=day)
    with pytest.raises(Missing):
        begin(base, one, actor=GUAN_CLERK, now=moment(OPENED), today=OPENED)
    with pytest.raises(NotAllowed):
        begin(base, one, actor=READER, now=moment(OPENED), today=OPENED)
    kept = read_round(one)
    save_round(replace(kept, closed=True), round_id=one, version=1, actor=CITY, now=moment(OPENED))
    with pytest.raises(Refused):
        begin(base, one, actor=CITY, now=moment(OPENED), today=OPENED)


def test_submission_freezes_what_the_records_say() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.SUBMITTED)
    frozen = stored(application)["submission"]
    assert frozen["base"]["name"] == "试园" and frozen["base"]["service_staff"] == 8
    assert frozen["assessment"]["year"] == 2025 and frozen["assessment"]["rule_set"] == "city-2021"
    base = base_of(application)
    records.update(
        "bases", base["_id"], {"service_staff": 1}, version=base["version"], actor=CITY, now=moment(REVIEWED)
    )
    assert stored(application)["submission"] == frozen


def test_what_was_handed_in_stays_until_it_is_returned() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.SUBMITTED)
    file = files_by_slot("applications", application, CITY)["audit"][0]["_id"]
    with pytest.raises(Refused):
        remove_file(file, actor=SHEN_CLERK, now=moment(SUBMITTED))
    with pytest.raises(Refused):
        add_file(
            "applications",
            application,
            "后补.pdf",
            BytesIO(PDF),
            slot="audit",
            actor=SHEN_CLERK,
            now=moment(SUBMITTED),
        )
    with pytest.raises(Refused):
        save_materials(
            application,
            cases="改",
            sealed=True,
            version=version_of(application),
            actor=SHEN_CLERK,
            now=moment(SUBMITTED),
        )


def test_an_incomplete_application_names_each_missing_material() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.DRAFT)
    save_materials(
        application, cases="字" * 3001, sealed=False, version=1, actor=SHEN_CLERK, now=moment(OPENED)
    )
    with pytest.raises(Refused) as refused:
        submit(application, version=2, actor=SHEN_CLERK, now=moment(OPENED), today=OPENED)
    fields = [one.field for one in refused.value.refusals]
    assert fields == [one.value for one in Material if one is not Material.CASES] + ["cases", "sealed"]
    assert len(stored(application)["cases"]) == 3001, "what was typed is kept"


def test_a_late_correction_is_taken_and_marked() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.RETURNED)
    submit(
        application, version=version_of(application), actor=SHEN_CLERK, now=moment(ANNOUNCED), today=ANNOUNCED
    )
    assert stored(application)["steps"][-1]["late"] is True


def test_a_base_with_an_application_stays_and_takes_its_application_along() -> None:
    application = drive(make_base(SHEN, "试园"), make_round(), to=Stage.DRAFT)
    base = base_of(application)
    with pytest.raises(Refused, match="applications refer"):
        records.delete("bases", base["_id"], version=base["version"], actor=CITY, now=moment(OPENED))
    records.update(
        "bases",
        base["_id"],
        {"name": "改名园", "county": GUAN},
        version=base["version"],
        actor=CITY,
        now=moment(OPENED),
    )
    raw = stored(application)
    assert (raw["base_name"], raw["county"]) == ("改名园", GUAN)
    assert applicant_of(base).open_application == "2026年度申报"
