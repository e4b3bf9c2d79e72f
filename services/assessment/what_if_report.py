"""A comparison of two rule sets as a workbook: every base, who turns first."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from documents.records.office_state import OfficeState
from office.excel.rows import row_maker
from office.excel.workbook_writer import write_workbook
from office.tables.what_if import WHAT_IF
from rules.measure_lines import CONDITIONS
from services.assessment.what_if import Compared, Comparison

_MEETS = {True: "达标", False: "不达标"}


def write_comparison(
    path: str | Path,
    found: Comparison,
    reasons: Mapping[Any, Sequence[str]],
    *,
    state: OfficeState,
    note: str,
) -> int:
    """Write the bases that newly fail, those that newly pass, then the others; return how many."""
    turning = [*found.newly_failing, *found.newly_passing]
    turned = {id(one) for one in turning}
    rows = [*turning, *(one for one in found.bases if id(one) not in turned)]
    make = row_maker(
        WHAT_IF.columns, county_names=state.county_names, status_labels=state.status_labels("bases")
    )
    written = (make(_row(one, reasons.get(one.base["_id"], ()))) for one in rows)
    return write_workbook(path, WHAT_IF, written, title="办法试算", note=note)


def _row(one: Compared, reasons: Sequence[str]) -> dict[str, Any]:
    change = "新不达标" if one.newly_fails else "新达标" if one.newly_passes else "不变"
    row = {
        "name": one.base["name"],
        "county": one.base["county"],
        "status": one.base.get("status"),
        "meets_before": _MEETS[one.before.meets],
        "meets_after": _MEETS[one.after.meets],
        "change": change,
        "reasons": "；".join(reasons) if change != "不变" else "",
    }
    for number, line in enumerate(CONDITIONS):
        row[f"actual{number}"] = line.actual(one.after)
        row[f"before{number}"] = line.asked(one.before.measures)
        row[f"after{number}"] = line.asked(one.after.measures)
    return row
