"""A base's dossier from its timeline: what each section says. Called in Chinese, whatever the screen's language."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext

from admin_views.shared.cells import shower
from admin_views.shared.history import name_of
from admin_views.shared.request_context import OFFICE_ZONE, office_state
from admin_views.timeline.labels import what_of
from forms.sentences import sentence
from office.papers.dossier import Dossier, DossierTable
from rules.deadlines import FilingState
from rules.decisions import DecisionKind, DecisionState
from schema.bases import BASES
from schema.field import Column
from services.applications.steps import kind_of, stage_of
from services.timeline.event import Event, EventKind, word_of
from services.timeline.timeline import Timeline
from services.timeline.upkeep import change_lines

Raw = Mapping[str, Any]
_MOST_FILES = 3  # named of one event
_REPORT_HEADS = "年度 报送日期 县级检查 入驻企业 从业人员 服务家次 服务人次"
_TITLE_KEYS = {"status", "announced_on", "document_number", "title_first_day", "title_last_day"}


def dossier_of(found: Timeline, today: date) -> Dossier:
    """Return the dossier of a base."""
    base = found.base
    edits = sum(one.kind is EventKind.RECORD for one in found.events)
    note = f"另有基地资料录入、修改记录{edits}条，见系统的审计记录。" if edits else ""
    made = (
        ("基本信息", "", (3, 5, 3, 5), _facts(base), ""),
        ("称号沿革", "公布日期 公布文号 有效期 证书编号", (6, 10, 13, 8), _terms(base), ""),
        ("申报", "批次 类型 提交日期 推荐文号 目前阶段", (11, 4, 7, 11, 6), _applications(found), ""),
        (
            "年度报告",
            "年度 报送日期 县级检查 入驻企业 从业人员 服务家次 服务人次",
            (2, 3, 3, 2, 2, 2, 2),
            _reports(found),
            "",
        ),
        ("变更", "完成日期 备案日期 变更内容 结果", (6, 6, 18, 6), _changes(found), _former(base)),
        ("处理决定", "种类 立案日期 决定文号 决定日期 结果", (6, 6, 10, 6, 8), _decisions(found), ""),
        ("大事记", "日期 事项 说明 经办人 文件", (6, 8, 13, 4, 8), _events(found.events), note),
    )
    return Dossier(
        name=base["name"],
        county=office_state().county_names.get(base["county"], ""),
        made_on=today,
        sections=tuple(
            DossierTable(title, tuple(heads.split()), rows, widths, said)
            for title, heads, widths, rows, said in made
        ),
    )


def _day(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime) else ""


def _moment(value: Any) -> str:
    return f"{value.astimezone(OFFICE_ZONE):%Y-%m-%d}" if isinstance(value, datetime) else ""


def _shown(column: Column, base: Raw) -> str:
    if column.key == "status":
        return office_state().status_labels("bases").get(base.get("status", ""), "")
    value = shower(column, office_state(), "bases", full=True)(base)
    text = "" if value is None else str(value)
    return f"{text} {gettext(column.unit)}" if column.unit and text else text


def _facts(base: Raw) -> tuple[tuple[str, ...], ...]:
    columns = [one for one in BASES.columns if one.key not in _TITLE_KEYS or one.key == "status"]
    pairs = [(gettext(one.label), _shown(one, base) or "—") for one in columns]
    if len(pairs) % 2:
        pairs.append(("", ""))
    return tuple((*pairs[place], *pairs[place + 1]) for place in range(0, len(pairs), 2))


def _terms(base: Raw) -> tuple[tuple[str, ...], ...]:
    every = [one for one in (*base.get("earlier_terms", ()), base) if one.get("announced_on")]
    return tuple(
        (
            _day(one.get("announced_on")), one.get("document_number") or "",
            f"{_day(one.get('title_first_day'))} 至 {_day(one.get('title_last_day'))}",
            one.get("certificate_number") or "",
        )
        for one in every
    )  # fmt: skip


def _applications(found: Timeline) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            raw.get("round_name", ""), kind_of(raw).zh, _day(raw.get("submission", {}).get("on")),
            raw.get("letter", {}).get("number", ""), stage_of(raw).zh,
        )
        for raw in found.sources["applications"]
    )  # fmt: skip


def _reports(found: Timeline) -> tuple[tuple[str, ...], ...]:
    keys = ("tenants", "people", "company_times", "person_times")
    return tuple(
        (
            str(raw["year"]), _day(raw.get("received_on")), _day(raw.get("inspection", {}).get("checked_on")),
            *(_figure(raw.get("figures", {}).get(key)) for key in keys),
        )
        for raw in sorted(found.sources["annual_reports"], key=lambda one: one["year"])
    )  # fmt: skip


def _figure(value: Any) -> str:
    return "" if value is None else f"{value:g}"


def _changes(found: Timeline) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            _day(raw["completed_on"]), _day(raw["filed_on"]),
            "；".join(f"{gettext(label)}：{old or '—'} → {new}" for label, old, new in change_lines(raw)),
            getattr(word_of(FilingState, raw["state"]), "zh", raw["state"]),
        )
        for raw in found.sources["change_filings"]
    )  # fmt: skip


def _former(base: Raw) -> str:
    names = "、".join(base.get("former_names", ()))
    return f"曾用名：{names}。" if names else ""


def _decisions(found: Timeline) -> tuple[tuple[str, ...], ...]:
    made = []
    for raw in found.sources["decisions"]:
        state = getattr(word_of(DecisionState, raw["state"]), "zh", raw["state"])
        state += "（已被撤销）" if raw.get("reversed_by") else ""
        made.append(
            (
                getattr(word_of(DecisionKind, raw["kind"]), "zh", raw["kind"]), _moment(raw["created_at"]),
                raw.get("number") or "", _day(raw.get("dated")), state,
            )
        )  # fmt: skip
    return tuple(made)


def _events(events: tuple[Event, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the chronicle, the oldest first, without the edits of the record."""
    rows = []
    for one in reversed(events):
        if one.kind is not EventKind.RECORD:
            said = "；".join([*(sentence(each) for each in one.said), *([one.words] if one.words else [])])
            names = [file.name for file in one.files]
            files = "、".join(names[:_MOST_FILES]) + (f"等{len(names)}件" if len(names) > _MOST_FILES else "")
            who = name_of(one.who) if one.who else ""
            rows.append((one.day.isoformat(), what_of(one), said, who, files))
    return tuple(rows)
