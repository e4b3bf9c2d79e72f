"""What a message says: numbers and links. No name of a person, record or base stands in it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from rules.access import Actor, Role
from rules.counties import office_counties
from rules.requests.messages import MessageEvent
from rules.waiting import TaskGroup, Urgency, grouped, waiting_for
from services.desk.today import all_tasks

_OFFICE = "聊城示范基地管理系统"


def message_of(counts: Mapping[MessageEvent, int], county: str, address: str) -> str:
    """Return what has happened, as numbers; `address` is the office's own, "" where it is not known."""
    lines = [f"{event.zh} {counts[event]} 件" for event in MessageEvent if counts.get(event)]
    return _whole(f"{_place(county)}新情况", lines, address, "/admin/")


def digest_of(county: str, today: date, address: str) -> str:
    """Return what waits this week in a county, or in the whole city, as numbers. Raises Unavailable."""
    actor = Actor("digest", "digest", Role.COUNTY if county else Role.ADMIN, county or None)
    tasks = waiting_for(all_tasks(actor, today), city=not county)
    by_urgency = {urgency: len(found) for urgency, found in grouped(tasks, today).items()}
    by_group = Counter(task.kind.group for task in tasks)
    lines = [f"待办共 {len(tasks)} 件" if tasks else "目前没有待办"]
    lines += _counted(
        (urgency.zh, by_urgency.get(urgency, 0)) for urgency in (Urgency.OVERDUE, Urgency.TODAY, Urgency.WEEK)
    )
    lines += _counted((group.zh, by_group.get(group, 0)) for group in TaskGroup)
    return _whole(f"{_place(county)}每周摘要（{today:%Y-%m-%d}）", lines, address, "/admin/")


def trial_of(address: str) -> str:
    """Return the message by which an administrator sees that a channel works."""
    return _whole("测试消息", ["收到此消息，说明消息通道已可使用"], address, "/admin/")


def subject_of(text: str) -> str:
    """Return the subject of a mail: the first line of what it says."""
    return text.partition("\n")[0]


def _counted(pairs: Iterable[tuple[str, int]]) -> list[str]:
    return [f"{label} {count} 件" for label, count in pairs if count]


def _place(county: str) -> str:
    names = {one.code: one.short for one in office_counties()}
    return names.get(county, "") if county else "全市"


def _whole(title: str, lines: Iterable[str], address: str, path: str) -> str:
    link = [f"请登录查看：{address}{path}"] if address else ["请登录系统查看"]
    return "\n".join([f"【{_OFFICE}】{title}", *(f"· {line}" for line in lines), *link])
