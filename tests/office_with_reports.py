"""The sample office with 莘县's yearly reports, a change filing that waits and an upward recommendation in it.

Made once in a session through the services, upon whatever office is given; afterwards its rows are put back.
"""

from datetime import date
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from bson import ObjectId

from rules.annual_reports import Finding, Inspection, Point
from rules.rule_sets.measures import Level
from services.reports.annual_reports import Summary, save_inspection, save_summary
from services.reports.change_filings import FilingDraft, file_change
from services.reports.county_reports import save_county_report
from services.shared.files import add_file
from services.upward.recommendations import UpwardDraft, recommend_upwards
from tests.sample_office import MADE_AT, MARK, PDF, SHEN, Office, with_more

TODAY = date(2026, 3, 2)
YEAR = 2025


def with_reports(office: Office) -> Office:
    """Return the office with the reports; `office.shen.reports` names what is in it.

    `report` and `county` (yearly reports, versions 2 and 1), `filing`, `upward` (version 1 each), and of each
    a file: `files` by collection.
    """
    whole, office.shen.reports = with_more(office, _make)
    return whole


def _make(office: Office) -> SimpleNamespace:
    city, base = office.actor("city"), office.shen.base
    usual: dict[str, Any] = {"actor": city, "now": MADE_AT, "today": TODAY}
    summary = Summary(date(2026, 1, 9), f"{MARK}总结", {"tenants": 30})
    report = save_summary(base, YEAR, summary, version=0, **usual)
    found = Inspection(date(2025, 11, 3), {Point.FEES: Finding.PROBLEM}, {Point.FEES: f"{MARK}问题"})
    save_inspection(base, YEAR, found, version=1, **usual)
    county = save_county_report(
        SHEN, YEAR, submitted_on=date(2026, 1, 19), text=f"{MARK}全县", version=0, **usual
    )
    draft = FilingDraft(base, {"address": f"{MARK}新路"}, date(2026, 2, 10), date(2026, 2, 26))
    filing = file_change(draft, **usual)
    letter = UpwardDraft(
        (base,), Level.PROVINCE, 2026, "聊工信发〔2026〕901号", date(2026, 2, 1), f"{MARK}备注"
    )
    (upward,) = recommend_upwards(letter, **usual)
    made = SimpleNamespace(report=report, county=county, filing=filing, upward=upward, files={})
    for collection, identity, slot in (
        ("annual_reports", report, "summary"), ("county_reports", county, "report"),
        ("change_filings", filing, "proof"), ("upward_recommendations", upward, "letter"),
    ):  # fmt: skip
        made.files[collection] = _file(office, collection, identity, slot)
    return made


def _file(office: Office, collection: str, identity: ObjectId, slot: str) -> ObjectId:
    content = BytesIO(PDF)
    name = f"{MARK}材料.pdf"
    return add_file(collection, identity, name, content, slot=slot, actor=office.actor("city"), now=MADE_AT)
