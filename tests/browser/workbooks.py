"""Workbooks as the office has them: its own where they are at hand, else invented ones of the same form."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from stdnum.cn import uscc

OFFICE_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
LONG_BASE = "鲁西北农村电商与智能装备小微企业创业创新示范基地（二期）"
LONG_COMPANY = "聊城市鲁西北现代农业与智能装备产业技术研究院成果转化（集团）有限责任公司"
SHEN, GUAN = "莘县", "冠县"
COUNTIES = {
    "371502": "东昌府区", "371503": "茌平区", "371581": "临清市", "371525": GUAN, "371522": SHEN, "371521": "阳谷县",
    "371524": "东阿县", "371526": "高唐县", "kfq": "经济技术开发区", "gxq": "高新技术产业开发区",
    "djq": "江北水城旅游度假区",
}  # fmt: skip
Rows = list[list[Any]]

BASE_HEADS = (
    "基地名称", "运营主体", "统一社会信用代码", "所属县（市、区）", "基地类型", "法定代表人", "基地地址",
    "开始运营时间", "建筑面积（平方米）", "专职服务人员（人）", "线上信息系统", "状态", "公布日期", "公布文号",
    "联系人", "联系电话",
)  # fmt: skip
COMPANY_HEADS = (
    "企业名称", "统一社会信用代码", "所属基地", "所属行业", "从业人员（人）", "营业收入（万元）", "资产总额（万元）",
    "入驻日期", "迁出日期", "法定代表人", "联系电话", "状态",
)  # fmt: skip
PARTNER_HEADS = (
    "机构名称", "统一社会信用代码", "服务功能", "合作基地", "合作开始", "合作结束", "联系人", "联系电话", "状态",
)  # fmt: skip
STAFF_HEADS = (
    "姓名", "所属基地", "人员类别", "职务", "是否专职", "资质证书", "入职日期", "离职日期", "联系电话", "状态",
)  # fmt: skip
ENTRY_HEADS = (
    "所属基地", "服务日期", "服务地点", "服务功能", "活动类型", "服务方式", "服务机构", "服务诉求", "服务记录",
    "参与企业", "服务企业数（家次）", "服务人数（人次）", "收费方式", "收费金额（元）", "满意度", "反馈意见", "状态",
)  # fmt: skip


def code(number: int, county: str = "371522") -> str:
    """Return a valid unified social credit code."""
    body = f"91{county if county.isdigit() else '371500'}MA{number:07d}"
    return body + uscc.calc_check_digit(body)


def _bases() -> Iterator[list[Any]]:
    names = [(LONG_BASE, "371522")]
    names += [(f"{name[:2]}光岳科技孵化器", county) for county, name in COUNTIES.items()]
    for number, (name, county) in enumerate(names):
        yield [
            name, f"聊城第{number}园区运营有限公司", code(number, county), COUNTIES[county], "孵化器", "翟敏",
            f"{COUNTIES[county]}振兴路{number}号", datetime(2018, 5, 1), 20_000 + number, 6, "有", "已认定",
            datetime(2023, 12, 1), "聊工信发〔2023〕100号", "解娜", f"1390635{number:04d}",
        ]  # fmt: skip


def _companies(bases: Rows) -> Iterator[list[Any]]:
    trades = ("轴承", "食品", "物流", "纺织", "新材料")
    for number in range(240):
        base = bases[0] if number < 60 else bases[number % len(bases)]
        name = LONG_COMPANY if number == 0 else f"聊城创{trades[number % 5]}第{number}有限公司"
        yield [
            name, code(1000 + number), base[0], "工业" if number % 2 else "零售业", 5 + number, 100.25 + number,
            80, datetime(2024, 1 + number % 12, 3), None, "单超勇", "13906351234", "在驻",
        ]  # fmt: skip


def _partners(bases: Rows) -> Iterator[list[Any]]:
    for number in range(6):
        yield [
            f"济南第{number}会计师事务所", code(5000 + number, "371500"), "创业辅导、人员培训",
            f"{bases[0][0]}、{bases[4][0]}", datetime(2024, 1, 1), None, "杜霞", "17880003612", "合作中",
        ]  # fmt: skip


def _staff(bases: Rows) -> Iterator[list[Any]]:
    for number, base in enumerate(bases):
        yield [
            "康敏", base[0], "管理人员", "主任", "是", "中级经济师", datetime(2022, 3, 1), None,
            f"1790635{number:04d}", "在岗",
        ]  # fmt: skip
        yield [
            "解伟", base[0], "服务人员", "创业辅导师", "否", None, datetime(2023, 3, 1), datetime(2025, 6, 30),
            f"1790636{number:04d}", "已离岗",
        ]  # fmt: skip


def _entries(bases: Rows) -> Iterator[list[Any]]:
    for number in range(130):
        base = bases[0] if number < 60 else bases[number % len(bases)]
        yield [
            base[0], datetime(2026, 1 + number % 10, 5), "基地会议室", "管理咨询", "咨询", "线下",
            "济南第1会计师事务所" if number < 60 else None, f"高企申报辅导（{number}）", "已完成对接。",
            LONG_COMPANY if number < 60 else None, 1, 2, "免费", None, "满意", "服务及时",
            "已提交" if number % 9 else "草稿",
        ]  # fmt: skip


def _write(path: Path, title: str, unit: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([title])
    sheet.append([unit])
    sheet.append(["序号", *heads])
    for number, row in enumerate(rows, start=1):
        sheet.append([number, *row])
    book.save(path)
    return path


def invented(folder: Path) -> dict[str, Path]:
    """Write the five workbooks, small, with names as long as real ones; return their paths by kind."""
    bases = list(_bases())
    sheets = {
        "bases": ("聊城市示范基地名录", "单位：人、平方米", BASE_HEADS, bases),
        "tenant-companies": ("聊城市入驻企业名录", "单位：人、万元", COMPANY_HEADS, _companies(bases)),
        "service-partners": ("聊城市服务机构名录", "", PARTNER_HEADS, _partners(bases)),
        "staff-members": ("聊城市示范基地服务人员名册", "", STAFF_HEADS, _staff(bases)),
        "ledger-entries": ("聊城市服务台账", "单位：家次、人次、元", ENTRY_HEADS, _entries(bases)),
    }
    return {kind: _write(folder / f"{parts[0]}.xlsx", *parts) for kind, parts in sheets.items()}


def office_workbooks(folder: Path) -> dict[str, Path]:
    """Return the office's own four workbooks, or invented ones where those are not on this machine."""
    kinds = ("bases", "tenant-companies", "service-partners", "ledger-entries")
    own = {kind: OFFICE_DATA / f"{kind}.xlsx" for kind in kinds}
    return own if all(path.exists() for path in own.values()) else invented(folder)


def rows_of(path: Path, heading: str) -> list[dict[str, Any]]:
    """Return a workbook's rows below the row that has `heading`, by the row's headings."""
    rows = iter(list(openpyxl.load_workbook(path).active.iter_rows(values_only=True)))
    heads = next(row for row in rows if heading in row)
    return [dict(zip(heads, row, strict=True)) for row in rows]
