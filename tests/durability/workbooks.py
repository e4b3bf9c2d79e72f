"""Workbooks for imports that are to be killed."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from schema.collection import Collection
from schema.ledger_entries import LEDGER_ENTRIES
from schema.tenant_companies import TENANT_COMPANIES
from tests.sample_office import code, workbook


def ledger(path: Path, base_names: list[str], many: int) -> Path:
    """Write so many ledger entries, evenly over the bases; three of each hundred are the same service again."""
    return _write(path, LEDGER_ENTRIES, (_entry(base_names[n % len(base_names)], n) for n in range(many)))


def _entry(base_name: str, number: int) -> dict[str, Any]:
    number -= number % 100 if number % 100 in (1, 2) else 0
    return {
        "所属基地": base_name, "服务日期": date(2024, 1, 1) + timedelta(days=number % 700), "服务地点": "会议室",
        "服务功能": "人员培训", "服务诉求": f"培训{number}", "服务企业数（家次）": 3, "服务人数（人次）": 7,
        "状态": "已提交" if number % 3 else "草稿",
    }  # fmt: skip


def companies(path: Path, base_name: str, numbers: Iterator[int], many: int) -> Path:
    """Write so many companies of one base."""
    rows = ((number, next(numbers)) for number in range(many))
    return _write(path, TENANT_COMPANIES, (_company(base_name, *row) for row in rows))


def _company(base_name: str, place: int, number: int) -> dict[str, Any]:
    return {
        "企业名称": f"远航{number:06d}食品有限公司", "统一社会信用代码": code(number), "所属基地": base_name,
        "所属行业": "零售业", "从业人员（人）": 5 + place % 300, "营业收入（万元）": 90.5, "资产总额（万元）": 10,
    }  # fmt: skip


def _write(path: Path, sheet: Collection, rows: Iterator[dict[str, Any]]) -> Path:
    heading = [column.heading for column in sheet.imported]
    path.write_bytes(workbook([heading, *([row.get(word) for word in heading] for row in rows)]).getvalue())
    return path
