"""Check the records for what is doubtful, as a job, and keep what was found; say that a doubt is none."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from documents.kinds import RECORDS
from documents.records.doubt import COLLECTION, DoubtQuerySet, DoubtRow, StoredDoubt, new_doubt
from documents.records.office_state import OfficeState
from documents.records.tenant_company import TenantCompany
from documents.server.connection import reachable
from office.excel.rows import row_maker
from office.excel.tables_writer import Table
from office.tables.doubts import DOUBTS
from rules.access import Actor, Permission
from rules.doubts.doubt import Doubt
from rules.errors import Refused
from rules.likeness.company import Company
from rules.likeness.doubles import likely_doubles
from rules.likeness.verdict import Reason, reasons_to_be_one
from rules.words import N_
from schema.record_rules import doubts_of
from schema.registry import REGISTRY
from schema.tenant_companies import TENANT_COMPANIES
from services.jobs.run import JobKind, JobRun
from services.shared.office_day import office_day
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_AT_ONCE = 500
_COMPARED = ("name", "uscc", "base", "county", "legal_representative", "phone")
_FIRST = (("_id", 1),)
MOST_ROWS = 50_000
# What two companies have in common, as a workbook says it.
_REASONS: Mapping[Reason, str] = {
    Reason.NAME: "名称相同", Reason.SOUND: "名称同音", Reason.SLIP: "名称差一字", Reason.ORDER: "名称字序不同",
    Reason.LONGER: "名称相续", Reason.CODE: "代码属同一主体或差一位", Reason.PERSON: "法定代表人相同",
    Reason.PHONE: "电话相同", Reason.BASE: "基地相同",
}  # fmt: skip


def _check(run: JobRun) -> Mapping[str, Any]:
    """Look at every record in the actor's scope, and compare every company with every other."""
    now = datetime.now(UTC)
    found = list(_doubts(run, now))
    for first in range(0, len(found), _AT_ONCE):
        some = found[first : first + _AT_ONCE]
        done = first + len(some)
        run.step(partial(_keep, doubts=some), {"doubts": done}, done=done, total=len(found))

    def forget(uow: UnitOfWork) -> None:
        DoubtRow.forget_others(run.id, run.actor.county, uow.session)

    run.step(forget, {"doubts": len(found)}, done=len(found), total=len(found) or 1)
    return {"doubts": len(found)}


def _keep(uow: UnitOfWork, doubts: Sequence[StoredDoubt]) -> None:
    DoubtRow.keep(doubts, uow.session)


CHECK = JobKind("check-records", N_("Check the records"), Permission.WRITE, _check, apart=True)


def _doubts(run: JobRun, now: datetime) -> Iterator[StoredDoubt]:
    today = office_day(now)
    for declaration in REGISTRY.listed:
        if not any(rule.doubt for rule in declaration.rules):
            continue
        collection, document = declaration.name, RECORDS[declaration.name]
        keys = [field.key for field in document.declaration.fields if field.stored] + ["county", "counties"]
        with reachable(), document.objects.visible_to(run.actor).rows(keys, _FIRST) as rows:
            for number, record in enumerate(rows):
                if number % _AT_ONCE == 0:
                    run.go_on()
                yield from _of_record(collection, record, today, run, now)
    run.go_on()
    yield from _doubles(run, now)


def _of_record(
    collection: str, record: Mapping[str, Any], today: date, run: JobRun, now: datetime
) -> Iterator[StoredDoubt]:
    document = RECORDS[collection]
    counties = document.counties_of(record)
    if run.actor.county is not None and set(counties) != {run.actor.county}:
        return  # what several counties share is the city's to look at
    for doubt in doubts_of(document.declared().rules, record, today):
        yield new_doubt(
            doubt.value, collection, [record], labels=[document.label_of(record)], counties=counties, check=run.id,
            now=now,
        )  # fmt: skip


def _doubles(run: JobRun, now: datetime) -> Iterator[StoredDoubt]:
    with reachable(), TenantCompany.objects.visible_to(run.actor).rows(_COMPARED, _FIRST) as rows:
        companies = [compared(row) for row in rows]
        counties = {company.key: county for company, county in companies}
    run.go_on()
    for number, double in enumerate(likely_doubles(company for company, _ in companies)):
        if number % _AT_ONCE == 0:
            run.go_on()
        pair = (double.first, double.second)
        yield new_doubt(
            Doubt.SAME_COMPANY.value, TENANT_COMPANIES.name, [{"_id": company.key} for company in pair],
            labels=[company.name for company in pair], counties=[counties[company.key] for company in pair],
            reasons=[reason.value for reason in double.reasons], check=run.id, now=now,
        )  # fmt: skip


def doubts_table(doubts: DoubtQuerySet, *, actor: Actor, state: OfficeState) -> Table:
    """Return doubts as a sheet, one line each. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.EXPORT)
    make = row_maker(DOUBTS.fields, county_names=state.county_names, status_labels={})
    with reachable():
        rows = [_sheet_row(doubt) for doubt in doubts.visible_to(actor).page(0, MOST_ROWS)]
    return Table.of(DOUBTS, [make(row) for row in rows], title=DOUBTS.title)


def _sheet_row(doubt: StoredDoubt) -> Mapping[str, Any]:
    return {
        "label": "；".join(doubt["labels"]), "county": doubt["counties"][0] if doubt["counties"] else "",
        "kind": doubt["kind"], "reasons": "、".join(_REASONS[Reason(reason)] for reason in doubt.get("reasons", ())),
        "settled": doubt.get("dismissed_by", ""),
    }  # fmt: skip


def compared(row: Mapping[str, Any]) -> tuple[Company, str]:
    """Return what is compared of a stored company, and its county."""
    company = Company(
        row["_id"], row.get("name") or "", row.get("uscc") or "", row.get("base") or "",
        row.get("legal_representative") or "", row.get("phone") or "",
    )  # fmt: skip
    return company, row.get("county") or ""


def still_holds(doubt: StoredDoubt, records: Sequence[Mapping[str, Any]], today: date) -> bool:
    """Tell whether a doubt that was found earlier holds for its records as they are now."""
    if len(records) != len(doubt["records"]):
        return False
    if doubt["kind"] != Doubt.SAME_COMPANY:
        return Doubt(doubt["kind"]) in doubts_of(REGISTRY[doubt["collection"]].rules, records[0], today)  # type: ignore[call-arg]
    first, second = (compared(record)[0] for record in records)
    return bool(reasons_to_be_one(first, second))


def dismiss(doubt_id: str, *, actor: Actor, now: datetime) -> None:
    """Say that a doubt is none: two companies are two, a figure is right. Raises Missing, Refused, NotAllowed."""
    _settle(doubt_id, "doubt-dismissed", actor=actor, now=now)


def doubt_again(doubt_id: str, *, actor: Actor, now: datetime) -> None:
    """Take back that a doubt is none. Raises Missing, Refused, NotAllowed."""
    _settle(doubt_id, "doubt-again", actor=actor, now=now)


def _settle(doubt_id: str, action: str, *, actor: Actor, now: datetime) -> None:
    actor.demand(Permission.WRITE)

    def work(uow: UnitOfWork) -> None:
        doubt = DoubtRow.read(doubt_id, actor, uow.session)
        if action == "doubt-dismissed":
            settled = DoubtRow.dismiss(doubt_id, actor.name, uow.now, uow.session)
        else:
            settled = DoubtRow.doubt_again(doubt_id, uow.session)
        if not settled:
            raise Refused(N_("Somebody else has decided on this meanwhile."))
        label = "、".join(doubt["labels"])
        uow.record(action, COLLECTION, None, label, counties=doubt["counties"], note=Doubt(doubt["kind"]).zh)  # type: ignore[call-arg]

    in_one_transaction(work, actor=actor, now=now)
