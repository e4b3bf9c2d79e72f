"""The routes of the programming interface: what is sent to each, for every collection that a county has its own of."""

from collections.abc import Callable
from typing import Any

from schema.registry import REGISTRY
from tests.admin_views.routes import BOSS, SIGNED_IN, WRITERS, ApiCall, Call, Route, fixed, pdf
from tests.admin_views.routes_of_records import SLUGS, file_of, targets, typed
from tests.sample_office import SHEN, Office

HOME = "/api/v1"
SCOPED = {name: slug.replace("/", "-") for name, slug in SLUGS.items() if name != "statuses"}


def sent(office: Office, collection: str) -> dict[str, Any]:
    """Return what a program could send for a new record in 莘县."""
    values = typed(office, collection)
    base = values.pop("cooperations-0-base", None)
    if base:
        values["cooperations"] = [{"base": base}]
    return values


def on_each(calls: Callable[[Office, str, str, Any, Any], list[Call]]) -> Callable[[Office], list[Call]]:
    """Return the calls for each collection: its name, its address, 莘县's record, and one that nothing refers to."""

    def of_office(office: Office) -> list[Call]:
        return [
            call
            for name, slug in SCOPED.items()
            for call in calls(office, name, f"{HOME}/{slug}", *targets(office, name))
        ]

    return of_office


def _lists(office: Office, name: str, home: str, one: Any, spare: Any) -> list[Call]:
    queries = ["", "?cursor=", "?search=长沙启程", "?search=yt", "?limit=200&page=2", f"?county={SHEN}"]
    references = [field.key for field in REGISTRY[name].filters if field.refers_to]
    queries += [f"?{key}={office.shen.base}" for key in references]
    return [ApiCall(home + query) for query in queries]


def _changes(office: Office, name: str, home: str, one: Any, spare: Any) -> list[Call]:
    data = sent(office, name) | {"version": 1}
    del data["status"]  # a title is not typed, and a status may contradict the days that stay
    stale = {"notes": "旧"} if "notes" in REGISTRY[name].by_key else {}
    return [
        ApiCall(f"{home}/{spare}", data, method="PATCH"),
        ApiCall(f"{home}/{one}", stale, effect=False, method="PATCH", more={"If-Match": '"7"'}),
    ]


_HOOK = "/admin/settings/hooks/000000000000000000000000"
_TYPED = {
    "name": "统计平台", "url": "https://example.cn/hook", "of": "bases", "events": ["created", "deleted"],
    "enabled": "y",
}  # fmt: skip
HOOKS: dict[str, Route] = {
    "hooks.index": Route(BOSS, fixed(Call("/admin/settings/hooks/"))),
    "hooks.new": Route(
        BOSS, fixed(Call("/admin/settings/hooks/new/"), Call("/admin/settings/hooks/new/", _TYPED))
    ),
    # The sample has none: what becomes of one stands in tests/admin_views/hooks.
    "hooks.edit": Route(
        BOSS,
        fixed(Call(f"{_HOOK}/"), Call(f"{_HOOK}/", {**_TYPED, "version": "1"}, effect=False)),
        answers=(404,),
    ),
    "hooks.renew_secret": Route(
        BOSS, fixed(Call(f"{_HOOK}/secret/", {"version": "1"}, effect=False)), answers=(404,)
    ),
    "hooks.delete": Route(
        BOSS, fixed(Call(f"{_HOOK}/delete/", {"version": "1"}, effect=False)), answers=(404,)
    ),
}
_CHANNEL = "/admin/settings/messages/000000000000000000000000"
_ROBOT = {
    "name": "值班群", "kind": "wecom", "events": ["objection"], "url": "https://example.cn/send?key=x", "enabled": "y",
}  # fmt: skip
MESSAGES: dict[str, Route] = {
    "messages.index": Route(BOSS, fixed(Call("/admin/settings/messages/"))),
    "messages.new": Route(
        BOSS, fixed(Call("/admin/settings/messages/new/"), Call("/admin/settings/messages/new/", _ROBOT))
    ),
    # The sample has none: what becomes of one stands in tests/admin_views/messages.
    "messages.edit": Route(
        BOSS,
        fixed(Call(f"{_CHANNEL}/"), Call(f"{_CHANNEL}/", {**_ROBOT, "version": "1"}, effect=False)),
        answers=(404,),
    ),
    "messages.send_test": Route(BOSS, fixed(Call(f"{_CHANNEL}/test/", {}, effect=False)), answers=(404,)),
    "messages.delete": Route(
        BOSS, fixed(Call(f"{_CHANNEL}/delete/", {"version": "1"}, effect=False)), answers=(404,)
    ),
}
API: dict[str, Route] = (
    HOOKS
    | MESSAGES
    | {
        "api.index": Route(SIGNED_IN, fixed(ApiCall(f"{HOME}/"))),
        "api.openapi": Route(SIGNED_IN, fixed(ApiCall(f"{HOME}/openapi.json"))),
        "api_reference.index": Route(SIGNED_IN, fixed(Call("/admin/api/"))),
        # A county that is not one's own is refused as none that could be asked for.
        "api.records": Route(SIGNED_IN, on_each(_lists), answers=(200, 400)),
        "api.create": Route(
            WRITERS,
            on_each(
                lambda office, name, home, one, spare: [ApiCall(home, sent(office, name), method="POST")]
            ),
            answers=(201, 422),
        ),
        "api.one": Route(
            SIGNED_IN, on_each(lambda office, name, home, one, spare: [ApiCall(f"{home}/{one}")]), hidden=True
        ),
        "api.change": Route(WRITERS, on_each(_changes), hidden=True, answers=(200, 412)),
        "api.delete": Route(
            WRITERS,
            on_each(
                lambda office, name, home, one, spare: [
                    ApiCall(f"{home}/{spare}", {}, method="DELETE", more={"If-Match": '"1"'}),
                    ApiCall(f"{home}/{spare}?version=7", {}, effect=False, method="DELETE"),
                ]
            ),
            hidden=True,
            answers=(204, 409),
        ),
        "api.history": Route(
            SIGNED_IN,
            on_each(lambda office, name, home, one, spare: [ApiCall(f"{home}/{one}/history")]),
            hidden=True,
        ),
        "api.files": Route(
            SIGNED_IN,
            on_each(lambda office, name, home, one, spare: [ApiCall(f"{home}/{one}/files")]),
            hidden=True,
        ),
        "api.upload": Route(
            WRITERS,
            on_each(
                lambda office, name, home, one, spare: [
                    ApiCall(f"{home}/{one}/files", {"file": pdf()}, method="POST")
                ]
            ),
            hidden=True,
            answers=(201,),
        ),
        "api.file": Route(
            SIGNED_IN,
            on_each(
                lambda office, name, home, one, spare: [
                    ApiCall(f"{home}/{one}/files/{file_of(office, name)}")
                ]
            ),
            hidden=True,
        ),
        "api.remove_file": Route(
            WRITERS,
            on_each(
                lambda office, name, home, one, spare: [
                    ApiCall(f"{home}/{one}/files/{file_of(office, name)}", {}, method="DELETE")
                ]
            ),
            hidden=True,
            answers=(204,),
        ),
    }
)
