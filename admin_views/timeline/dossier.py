"""A base's dossier from its timeline: what each section says. Called in Chinese, whatever the screen's language."""

from collections.abc import Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any

from flask import send_file
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from admin_views.shared.cells import shower
from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of
from admin_views.shared.request_context import OFFICE_ZONE, asked_id, office_state, today
from admin_views.timeline.labels import what_of
from admin_views.timeline.snapshot import base_fields
from forms.sentences import sentence
from office.papers.dossier import Dossier, DossierTable, write_dossier
from rules.change_filings import FilingState
from rules.decisions import DecisionState
from rules.grounds import DecisionKind
from schema.field import Field
from services.applications.steps import kind_of, stage_of
from services.timeline.event import Event, EventKind, choice_of
from services.timeline.event_sources import changed_fields
from services.timeline.history import BaseHistory, history_of

Raw = Mapping[str, Any]
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MOST_FILES = 3  # named of one event
_TITLE_KEYS = {"status", "announced_on", "document_number", "title_first_day", "title_last_day"}


def send() -> ResponseReturnValue:
    """Send the base's dossier. It is an office paper: in Chinese whatever the language of the screen."""
    history = history_of(asked_id(), actor=current_actor(), today=today())
    with force_locale("zh_Hans_CN"):
        data = write_dossier(dossier_of(history, today()))
    name = "".join(sign for sign in history.base["name"] if sign not in '\\/:*?"<>|')
    return send_file(BytesIO(data), mimetype=_DOCX, as_attachment=True, download_name=f"{name}-档案.docx")


def dossier_of(history: BaseHistory, today: date) -> Dossier:
    """Return the dossier of a base."""
    base = history.base
    edits = sum(event.kind is EventKind.RECORD for event in history.events)
    note = f"另有基地资料录入、修改记录{edits}条，见系统的审计记录。" if edits else ""
    sections = (
        ("基本信息", "", (3, 5, 3, 5), _facts(base), ""),
        ("称号沿革", "公布日期 公布文号 有效期 证书编号", (6, 10, 13, 8), _terms(base), ""),
        ("申报", "批次 类型 提交日期 推荐文号 目前阶段", (11, 4, 7, 11, 6), _applications(history), ""),
        (
            "年度报告",
            "年度 报送日期 县级检查 入驻企业 从业人员 服务家次 服务人次",
            (2, 3, 3, 2, 2, 2, 2),
            _reports(history),
            "",
        ),
        ("变更", "完成日期 备案日期 变更内容 结果", (6, 6, 18, 6), _changes(history), _former(base)),
        ("处理决定", "种类 立案日期 决定文号 决定日期 结果", (6, 6, 10, 6, 8), _decisions(history), ""),
        ("大事记", "日期 事项 说明 经办人 文件", (6, 8, 13, 4, 8), _events(history.events), note),
    )
    return Dossier(
        name=base["name"],
        county=office_state().county_names.get(base["county"], ""),
        made_on=today,
        sections=tuple(
            DossierTable(title, tuple(heads.split()), rows, widths, note_below)
            for title, heads, widths, rows, note_below in sections
        ),
    )


def _day(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime) else ""


def _moment(value: Any) -> str:
    return f"{value.astimezone(OFFICE_ZONE):%Y-%m-%d}" if isinstance(value, datetime) else ""


def _value(column: Field, base: Raw) -> str:
    if column.key == "status":
        return office_state().status_labels("bases").get(base.get("status", ""), "")
    value = shower(column, office_state(), "bases", full=True)(base)
    text = "" if value is None else str(value)
    return f"{text} {gettext(column.unit)}" if column.unit and text else text


def _facts(base: Raw) -> tuple[tuple[str, ...], ...]:
    columns = [column for column in base_fields() if column.key not in _TITLE_KEYS or column.key == "status"]
    pairs = [(gettext(column.label), _value(column, base) or "—") for column in columns]
    if len(pairs) % 2:
        pairs.append(("", ""))
    return tuple((*pairs[place], *pairs[place + 1]) for place in range(0, len(pairs), 2))


def _terms(base: Raw) -> tuple[tuple[str, ...], ...]:
    terms = [term for term in (*base.get("earlier_terms", ()), base) if term.get("announced_on")]
    return tuple(
        (
            _day(term.get("announced_on")), term.get("document_number") or "",
            f"{_day(term.get('title_first_day'))} 至 {_day(term.get('title_last_day'))}",
            term.get("certificate_number") or "",
        )
        for term in terms
    )  # fmt: skip


def _applications(history: BaseHistory) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            application.get("round_name", ""), kind_of(application).zh,
            _day(application.get("submission", {}).get("on")),
            application.get("letter", {}).get("number", ""), stage_of(application).zh,
        )
        for application in history.sources["applications"]
    )  # fmt: skip


def _reports(history: BaseHistory) -> tuple[tuple[str, ...], ...]:
    keys = ("tenants", "people", "company_times", "person_times")
    return tuple(
        (
            str(report["year"]), _day(report.get("received_on")), _day(report.get("inspection", {}).get("checked_on")),
            *(_figure(report.get("figures", {}).get(key)) for key in keys),
        )
        for report in sorted(history.sources["annual_reports"], key=lambda report: report["year"])
    )  # fmt: skip


def _figure(value: Any) -> str:
    return "" if value is None else f"{value:g}"


def _changes(history: BaseHistory) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            _day(filing["completed_on"]), _day(filing["filed_on"]),
            "；".join(f"{gettext(label)}：{old or '—'} → {new}" for label, old, new in changed_fields(filing)),
            getattr(choice_of(FilingState, filing["state"]), "zh", filing["state"]),
        )
        for filing in history.sources["change_filings"]
    )  # fmt: skip


def _former(base: Raw) -> str:
    names = "、".join(base.get("former_names", ()))
    return f"曾用名：{names}。" if names else ""


def _decisions(history: BaseHistory) -> tuple[tuple[str, ...], ...]:
    rows = []
    for case in history.sources["decisions"]:
        state = getattr(choice_of(DecisionState, case["state"]), "zh", case["state"])
        state += "（已被撤销）" if case.get("reversed_by") else ""
        rows.append(
            (
                getattr(choice_of(DecisionKind, case["kind"]), "zh", case["kind"]), _moment(case["created_at"]),
                case.get("number") or "", _day(case.get("dated")), state,
            )
        )  # fmt: skip
    return tuple(rows)


def _events(events: tuple[Event, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the chronicle, the oldest first, without the edits of the record."""
    rows = []
    for event in reversed(events):
        if event.kind is not EventKind.RECORD:
            text = "；".join(
                [*(sentence(detail) for detail in event.details), *([event.text] if event.text else [])]
            )
            names = [file.name for file in event.files]
            files = "、".join(names[:_MOST_FILES]) + (f"等{len(names)}件" if len(names) > _MOST_FILES else "")
            clerk = name_of(event.who) if event.who else ""
            rows.append((event.day.isoformat(), what_of(event), text, clerk, files))
    return tuple(rows)
