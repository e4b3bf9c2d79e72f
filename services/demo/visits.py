"""A collection of the office's own in the demonstration, the visits to bases; and saved views of lists."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from bson import ObjectId

from documents.desk.user import User
from rules.access import Actor
from schema.definitions.own_collections import OwnCollection, OwnScope, OwnStatus
from schema.definitions.own_fields import OwnField, OwnKind, OwnWord
from services.definitions.own_collections import add_own_collection, own_collections
from services.definitions.own_fields import add_own_field, own_fields_of
from services.demo.past import Past
from services.demo.records import DemoBase
from services.records.saved_views import put_views
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

LABEL = "走访记录"
VISITS = 48
_STATUSES = (
    OwnStatus("", "待办理", colour="amber"), OwnStatus("", "办理中", colour="blue"),
    OwnStatus("", "已办结", colour="green", final=True),
)  # fmt: skip
_DAY, _WAY, _WHO, _TOLD = "走访日期", "走访方式", "走访人", "走访情况"
_WAYS = ("现场走访", "座谈", "电话回访")
_PEOPLE = ("张科长", "李明", "王芳", "赵主任")
_MATTERS = (
    ("融资需求摸排", "3家企业有流动资金贷款需求，已转金融机构对接。"),
    ("安全生产检查", "消防通道畅通，提醒运营主体补充灭火器检查记录。"),
    ("台账填报指导", "部分记录缺少企业反馈，现场演示补录方法。"),
    ("惠企政策宣讲", "宣讲研发费用加计扣除政策，发放资料60份。"),
    ("用工情况调研", "2家企业招工困难，已联系人力资源服务机构。"),
    ("年度总结催报", "已书面提醒报送时限。"),
)


def visits_collection(*, actor: Actor, now: datetime) -> OwnCollection | None:
    """Return the collection of visits, made now where there is none; None where another one has its name."""
    own = next((stored.own for stored in own_collections() if stored.own.label == LABEL), None)
    if own is None:
        made = OwnCollection(
            "", LABEL, english="Visits", icon="calendar", name_label="走访事由", scope=OwnScope.BASE,
            statuses=_STATUSES,
        )  # fmt: skip
        own = add_own_collection(made, actor=actor, now=now)
        for field in _fields(own.name):
            add_own_field(field, actor=actor, now=now)
    return None if own.hidden or not set(_keys(own)) >= {_DAY, _WAY, _WHO, _TOLD} else own


def _fields(name: str) -> Iterator[OwnField]:
    yield OwnField(
        name, "", OwnKind.DATE, _DAY, english="Visited on", required=True, filtered=True, listed=True
    )
    words = tuple(OwnWord("", word) for word in _WAYS)
    yield OwnField(name, "", OwnKind.CHOICE, _WAY, english="How", words=words, filtered=True, listed=True)
    yield OwnField(name, "", OwnKind.TEXT, _WHO, english="By whom", listed=True, searched=True)
    yield OwnField(name, "", OwnKind.LONG_TEXT, _TOLD, english="What was found", searched=True)


def _keys(own: OwnCollection) -> Mapping[str, OwnField]:
    return {stored.field.label: stored.field for stored in own_fields_of(own.name)}


def visits(
    own: OwnCollection, homes: Sequence[DemoBase], past: Past
) -> Iterator[tuple[ObjectId, dict[str, Any]]]:
    """Return the visits of a year, the latest of them not settled yet."""
    random, fields = Random(VISITS), _keys(own)  # noqa: S311 - invented data, no secrets
    codes = [word.code for word in fields[_WAY].words]
    for number in range(VISITS):
        matter, told = random.choice(_MATTERS)
        ago = 1 + number * 7
        yield ObjectId(), {
            "name": matter, "base": homes[number * 7 % len(homes)].id,
            "status": own.statuses[0 if number < 3 else 1 if number < 6 else 2].code,
            fields[_DAY].key: past.day(ago), fields[_WAY].key: random.choice(codes),
            fields[_WHO].key: random.choice(_PEOPLE), fields[_TOLD].key: told,
        }  # fmt: skip


def visited_on(own: OwnCollection) -> str:
    """Return the key of the day of a visit."""
    return _keys(own)[_DAY].key


def write_views(own: OwnCollection | None, *, actor: Actor, now: datetime, today: date) -> None:
    """Keep a few views for everybody who is there already."""
    year, month_ago = today.year, today - timedelta(days=30)
    lists = {
        "bases": {
            "今年到期": f"?status=certified&title_last_day_from={year}-01-01&title_last_day_to={year}-12-31",
        },
        "ledger_entries": {
            "待核实": "?status=submitted", "近一个月": f"?served_on_from={month_ago}&served_on_to={today}",
        },
    }  # fmt: skip
    if own is not None:
        lists[own.name] = {"待办事项": f"?status={own.statuses[0].code}"}
    names = [user.name for user in User.objects.in_order()]

    def work(uow: UnitOfWork) -> None:
        for name in names:
            put_views(uow, name, lists)

    in_one_transaction(work, actor=actor, now=now)
