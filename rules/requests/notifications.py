"""What a clerk is told of, what they may switch off, and how much they may follow."""

from collections.abc import Iterable

from rules.choices import Choice
from rules.words import N_

MOST_FOLLOWED = 200  # records of one user
KEPT_DAYS = 90  # that a notification is kept


class NotificationKind(Choice):
    """Why a clerk is told of something; each may be switched off."""

    FOLLOWED = "followed", N_("A record that I follow was changed"), "关注的记录有变动"
    MENTION = "mention", N_("Somebody mentioned me"), "有人提到我"
    COMMENT = (
        "comment",
        N_("A comment on a record that I follow or commented on"),
        "关注或评论过的记录有新评论",
    )
    APPLICATION = (
        "application",
        N_("An application of mine was returned or decided"),
        "经办的申报被退回或有结论",
    )
    OBJECTION = "objection", N_("An objection came in"), "收到异议"
    CONFLICT = "conflict", N_("An import of mine left conflicts"), "我的导入有冲突待处理"
    JOB = "job", N_("A job of mine has ended"), "我的后台任务已结束"


def kinds_told(switched_off: str) -> frozenset[NotificationKind]:
    """Return the kinds that a user is told of, by the words of those that they switched off, comma separated."""
    off = frozenset(switched_off.split(","))
    return frozenset(kind for kind in NotificationKind if kind.value not in off)


def switched_off_by(told: Iterable[str]) -> str:
    """Return the words of the kinds that are switched off where only these are `told`, comma separated."""
    wanted = frozenset(told)
    return ",".join(kind.value for kind in NotificationKind if kind.value not in wanted)
