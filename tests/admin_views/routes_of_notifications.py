"""The routes of the bell and of following a record: who may call them, and what comes of it."""

from tests.admin_views.routes import SIGNED_IN, Call, Route, fixed

_HOME = "/admin/notifications"
_ONE = f"{_HOME}/000000000000000000000000"
NOTIFICATIONS: dict[str, Route] = {
    "notifications.index": Route(SIGNED_IN, fixed(Call(f"{_HOME}/"), Call(f"{_HOME}/?all=1&page=7"))),
    "notifications.read_all": Route(SIGNED_IN, fixed(Call(f"{_HOME}/read/", {"all": "1"})), own=True),
    # The sample has none: what becomes of one stands in tests/admin_views/notifications.
    "notifications.open": Route(SIGNED_IN, fixed(Call(f"{_ONE}/open/", {}, effect=False)), answers=(404,)),
    "notifications.mark": Route(
        SIGNED_IN, fixed(Call(f"{_ONE}/mark/", {"unread": "1"}, effect=False)), answers=(404,)
    ),
    "notifications.choices": Route(
        SIGNED_IN, fixed(Call(f"{_HOME}/choices/"), Call(f"{_HOME}/choices/", {"kinds": ["job"]})), own=True
    ),
    "notifications.follow": Route(
        SIGNED_IN,
        lambda office: [Call(f"{_HOME}/follow/", {"collection": "bases", "record": str(office.shen.base)})],
        hidden=True,
    ),
    "notifications.unfollow": Route(
        SIGNED_IN,
        lambda office: [Call(f"{_HOME}/unfollow/", {"record": str(office.shen.base)}, effect=False)],
        own=True,
    ),
}
