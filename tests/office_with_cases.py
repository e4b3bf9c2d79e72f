"""The sample office with cases about titles of 莘县 in it: one that can be decided, one that is decided.

Made once in a session through the services, upon whatever office is given; afterwards its rows are put back.
"""

from datetime import date, timedelta
from io import BytesIO
from types import SimpleNamespace

from bson import ObjectId

from rules.grounds import DecisionKind, Finding, Ground
from services.records import records
from services.revocation.cases import Hearing, begin_case, read_case, save_hearing
from services.revocation.decide import decide, preview_decision
from services.revocation.prior_notice import PriorNoticeDraft, fingerprint, preview_prior_notice
from services.shared.files import add_file
from tests.round_driver import ANNOUNCED, moment
from tests.sample_office import MADE_AT, MARK, PDF, SHEN, Office, code, with_more

NUMBER, OTHER_NUMBER = "聊工信发〔2026〕911号", "聊工信发〔2026〕912号"
HEARING = Hearing(date(2026, 3, 2), date(2026, 3, 6), f"{MARK}当面送达")

PRIOR = PriorNoticeDraft("聊工信告〔2026〕911号", ANNOUNCED, ANNOUNCED + timedelta(days=7))


def with_cases(office: Office) -> Office:
    """Return the office with the cases; `office.shen.cases` names what is in it.

    `open` with its `version`, its evidence `file`, and `seen`, what its preview as NUMBER is known by, `notice_seen`
    that of its prior notice as PRIOR;
    `decided`; `free`, a certified base without a case.
    """
    whole, office.shen.cases = with_more(office, _make)
    return whole


def _make(office: Office) -> SimpleNamespace:
    city = office.actor("city")
    lost, free = (_certified(office, number) for number in (970, 971))
    closed = _prepared(office, lost)
    version = read_case(closed, city)["version"]
    decide(
        closed, OTHER_NUMBER, ANNOUNCED, version=version, actor=city, now=moment(ANNOUNCED), today=ANNOUNCED
    )
    case = _prepared(office, office.shen.base)
    seen = preview_decision(case, NUMBER, ANNOUNCED, actor=city, today=ANNOUNCED).fingerprint
    notice_seen = fingerprint(preview_prior_notice(case, PRIOR, actor=city, today=ANNOUNCED))
    file = office.db["attachments"].find_one({"record_id": case, "slot": "evidence"})
    assert file is not None
    return SimpleNamespace(
        open=case, notice_seen=notice_seen, version=read_case(case, city)["version"], file=file["_id"], seen=seen,
        decided=closed, free=free,
    )  # fmt: skip


def _certified(office: Office, number: int) -> ObjectId:
    title = {
        "status": "certified",
        "announced_on": date(2023, 12, 20),
        "document_number": f"聊工信发〔2023〕{number}号",
    }
    values = {
        "name": f"{MARK}示范园{number}",
        "operator": f"{MARK}园区公司",
        "uscc": code(number, SHEN),
        "county": SHEN,
    }
    return records.create("bases", values | title, actor=office.actor("city"), now=MADE_AT)


def _prepared(office: Office, base: ObjectId) -> ObjectId:
    city = office.actor("city")
    case = begin_case(
        DecisionKind.REVOCATION, base, {Ground.FRAUD: f"{MARK}虚报台账。"}, (Finding.FALSIFIED,), actor=city,
        now=MADE_AT,
    )  # fmt: skip
    add_file("decisions", case, f"{MARK}举报信.pdf", BytesIO(PDF), actor=city, now=MADE_AT, slot="evidence")
    add_file("decisions", case, f"{MARK}告知书.pdf", BytesIO(PDF), actor=city, now=MADE_AT, slot="notice")
    save_hearing(case, HEARING, version=1, actor=city, now=MADE_AT, today=date(2026, 3, 2))
    return case
