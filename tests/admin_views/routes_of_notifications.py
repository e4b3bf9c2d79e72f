"""The routes of the bell and of following a record: who may call them, and what comes of it."""

from tests.admin_views.routes import SIGNED_IN, WRITERS, Call, Route, fixed

_HOME = "/admin/notifications"
_ONE = f"{_HOME}/000000000000000000000000"
_COMMENT = "/admin/comments/000000000000000000000000"
# The sample has none: what becomes of one stands in tests/admin_views/comments.
COMMENTS: dict[str, Route] = {
    "comments.add": Route(
        WRITERS,
        lambda office: [
            Call(
                "/admin/comments/add/",
                {"collection": name, "record": str(record), "text": text},
                effect=bool(text),
            )
            for name, record in (
                ("bases", office.shen.base),
                ("applications", next(iter(office.shen.round.at.values()))),
            )
            for text in ("请核实", "")
        ],
        hidden=True,
        answers=(303, 422),
    ),
    "comments.people": Route(
        WRITERS,
        lambda office: [Call(f"/admin/comments/people/?collection=bases&record={office.shen.base}")],
        hidden=True,
    ),
    "comments.edit": Route(
        WRITERS,
        fixed(
            Call(f"{_COMMENT}/edit/"), Call(f"{_COMMENT}/edit/", {"text": "一", "version": "1"}, effect=False)
        ),
        answers=(404,),
    ),
    "comments.delete": Route(
        WRITERS, fixed(Call(f"{_COMMENT}/delete/", {"version": "1"}, effect=False)), answers=(404,)
    ),
}
NOTIFICATIONS: dict[str, Route] = COMMENTS | {
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
