"""The sample office with a waiting job of 莘县, doubts, an undoing cut short, a field and a collection of its own."""

import json
from datetime import date
from io import BytesIO
from types import SimpleNamespace

from bson import ObjectId

from documents.batches.batch import Batch, BatchAct
from documents.records.doubt import DoubtRow, new_doubt
from rules.access import Permission
from schema.definitions.conditions import OwnCondition, Purpose
from schema.definitions.own_collections import OwnCollection, OwnScope, OwnStatus
from schema.definitions.own_fields import OwnField, OwnKind
from schema.tenant_companies import TENANT_COMPANIES
from services.definitions.conditions import add_condition
from services.definitions.exposing import keep_file
from services.definitions.own_collections import add_own_collection
from services.definitions.own_fields import add_own_field
from services.imports.uploads import keep_upload
from services.jobs.queue import ask
from services.jobs.run import JobKind
from services.records import records
from services.records.doubts import dismiss
from services.records.saved_views import save_view
from services.shared.files import add_file
from services.shared.unit_of_work import in_one_transaction
from tests.sample_office import MADE_AT, MARK, PDF, SHEN, Office, with_more, workbook

CONFIGURED = json.dumps(
    {
        "format": "office-configuration", "edition": 1, "settings": {"lock_after": 9},
        "views": {"boss": {"bases": {"a": "?"}}},
    }
).encode()  # fmt: skip
WAITING = JobKind("waiting", f"{MARK}任务", Permission.READ, lambda run: {})


def with_jobs(office: Office) -> Office:
    """Return the office with the job; `office.shen.jobs` names it (`waiting`) and the rest.

    That is two doubts, `doubt` and `dismissed`, and `cut_short`, an undoing that did not come to its end.
    """
    whole, office.shen.jobs = with_more(office, _make)
    return whole


def _make(office: Office) -> SimpleNamespace:
    own = office.actor("shen")
    doubt, dismissed = (
        new_doubt(
            kind, TENANT_COMPANIES.name, records, labels=[f"{MARK}机械", f"{MARK}食品"], counties=[SHEN],
            reasons=["person"], check=ObjectId(), now=MADE_AT,
        )
        for kind, records in (
            ("same-company", [{"_id": office.shen.company}, {"_id": office.shen.second_company}]),
            ("odd-people", [{"_id": office.shen.left_company}]),
        )
    )  # fmt: skip
    in_one_transaction(lambda uow: DoubtRow.keep([doubt, dismissed], uow.session), actor=own, now=MADE_AT)
    dismiss(dismissed["_id"], actor=own, now=MADE_AT)
    return SimpleNamespace(
        waiting=ask(WAITING, {}, actor=own, now=MADE_AT), doubt=doubt["_id"], dismissed=dismissed["_id"],
        cut_short=_cut_short(office), exposed=_exposed(office), configured=_configured(office),
    )  # fmt: skip


def _exposed(office: Office) -> ObjectId:
    rows = [("名称", "所属县"), *((f"政策{number}", "冠县") for number in range(3))]
    return keep_file(workbook(rows), "政策.xlsx", actor=office.actor("boss"), now=MADE_AT)


def _configured(office: Office) -> ObjectId:
    boss = office.actor("boss")
    return keep_upload(BytesIO(CONFIGURED), "a.json", place="configuration", actor=boss, now=MADE_AT)


def _cut_short(office: Office) -> str:
    own, batch = office.actor("shen"), f"{MADE_AT:%Y%m%d}-000000-{MARK}"
    left = [{"record": office.shen.company, "label": f"{MARK}企业", "message": "", "params": {}}]
    in_one_transaction(
        lambda uow: Batch.add(
            batch, BatchAct.UNDO, TENANT_COMPANIES.name, own, MADE_AT, uow.session, label=f"{MARK}表",
            undoes=f"{MARK}批次", counts={"refused": 1}, left=left,
        ),
        actor=own, now=MADE_AT,
    )  # fmt: skip
    return batch


def with_own_field(office: Office) -> Office:
    """Return the office with a field of its own on the companies, `own_zhuanlishu`, and a colour, `rule1`."""
    whole, _ = with_more(office, _add_field)
    return whole


def _add_field(office: Office) -> SimpleNamespace:
    own = OwnField("tenant_companies", "", OwnKind.INTEGER, "专利数")
    colour = OwnCondition("tenant_companies", "", Purpose.COLOUR, "营业收入 > 100", "规模较大")
    add_condition(colour, actor=office.actor("boss"), now=MADE_AT)
    return SimpleNamespace(key=add_own_field(own, actor=office.actor("boss"), now=MADE_AT).key)


VISITS = OwnCollection(
    "visits", "走访记录", scope=OwnScope.COMPANY, statuses=(OwnStatus("", "拟走访"), OwnStatus("", "已走访"))
)


def with_own_collection(office: Office) -> Office:
    """Return the office with a collection of its own, `c_visits`; `office.shen.visits` names two and a file."""
    whole, office.shen.visits = with_more(office, _add_collection)
    return whole


def _add_collection(office: Office) -> SimpleNamespace:
    own = office.actor("shen")
    add_own_collection(VISITS, actor=office.actor("boss"), now=MADE_AT)
    day = OwnField("c_visits", "", OwnKind.DATE, "走访日期", filtered=True)
    key = add_own_field(day, actor=office.actor("boss"), now=MADE_AT).key
    values = {"company": office.shen.company, key: date(2026, 3, 2)}
    made = [
        records.create("c_visits", {"name": name, **values}, actor=own, now=MADE_AT)
        for name in (f"{MARK}走访", f"{MARK}回访")
    ]
    file = add_file("c_visits", made[0], f"{MARK}照片.pdf", BytesIO(PDF + b"visit"), actor=own, now=MADE_AT)
    save_view(office.users["shen"], "c_visits", f"{MARK}视图", "?search=" + MARK)
    return SimpleNamespace(one=made[0], spare=made[1], file=file)
