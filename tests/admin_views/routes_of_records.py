"""The routes of the six collections: what is sent to each."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

from rules.errors import Refusal, token_of
from schema.registry import REGISTRY
from services.records.bulk import OF_SO_MANY
from tests.admin_views.routes import BOSS, CITY, NOBODY, SIGNED_IN, WRITERS, Call, Route, fixed, pdf
from tests.sample_office import MARK, SHEN, Office, code

SLUGS = {
    "bases": "bases",
    "tenant_companies": "tenant-companies",
    "service_partners": "service-partners",
    "staff_members": "staff-members",
    "ledger_entries": "ledger-entries",
    "statuses": "statuses",
    "c_visits": "c/visits",
}
# One view answers for all collections of the office's own.
ENDPOINTS = {"c_visits": "own_records"}


_OTHER_STATUS = {
    "tenant_companies": "to_check",
    "service_partners": "ended",
    "staff_members": "left",
    "ledger_entries": "verified",
    "c_visits": "s2",
}


def targets(office: Office, collection: str) -> tuple[Any, Any]:
    """Return the ids of 莘县's record, and of one that nothing refers to."""
    shen = office.shen
    return {
        "bases": (shen.base, shen.spare),
        "tenant_companies": (shen.company, shen.left_company),
        "service_partners": (shen.partner, shen.spare_partner),
        "staff_members": (shen.member, shen.spare_member),
        "ledger_entries": (shen.entry, shen.draft),
        "statuses": (office.own_status, office.own_status),
        "c_visits": (shen.visits.one, shen.visits.spare) if collection == "c_visits" else (),
    }[collection]


def file_of(office: Office, collection: str) -> Any:
    """Return the id of the file that 莘县 keeps with its record."""
    return office.shen.visits.file if collection == "c_visits" else office.shen.files[collection]


def typed(office: Office, collection: str) -> dict[str, Any]:
    """Return what a clerk could type for a new record in 莘县."""
    base = str(office.shen.base)
    return {
        "bases": {
            "name": "新园",
            "operator": "新园公司",
            "uscc": code(7000001),
            "county": SHEN,
            "status": "uncertified",
        },
        "tenant_companies": {"name": "新企业", "uscc": code(7000002), "base": base, "status": "housed"},
        "service_partners": {
            "name": "新机构",
            "uscc": code(7000003),
            "cooperations-0-base": base,
            "status": "cooperating",
        },
        "staff_members": {"name": "新员工", "base": base, "employment": "full-time", "status": "on_staff"},
        "ledger_entries": {"base": base, "function": "training", "status": "draft"},
        "c_visits": {"name": "新走访", "company": str(office.shen.company), "status": "s1"},
        "statuses": {
            "collection": "ledger_entries",
            "label": "新状态",
            "code": "fresh",
            "order": "5",
            "colour": "red",
        },
    }[collection]


def confirmed(collection: str, status: str) -> list[str]:
    """Return what says that one record gets a status although a rule warns of it."""
    values = {"status": status, "cooperations": [{"first_day": date(2020, 1, 1)}]}
    rules = (rule for rule in REGISTRY[collection].rules if rule.warning)
    warnings = [warning for rule in rules for warning in rule.judge(values, date(2026, 3, 2))]
    return [
        token_of(Refusal(OF_SO_MANY, {"count": 1, "reason": warning}, field=warning.field))
        for warning in warnings
    ]


class Calls:
    """What is sent to the routes of one record view."""

    def __init__(self, collection: str) -> None:
        self.collection = collection
        self.home = f"/admin/{SLUGS[collection]}"
        self.scoped = collection != "statuses"

    def at(self, path: str, **more: Any) -> Callable[[Office], list[Call]]:
        def calls(office: Office) -> list[Call]:
            one, spare = targets(office, self.collection)
            return [Call(self.home + path.format(id=one, spare=spare, shen=office.shen), **more)]

        return calls

    def lists(self, office: Office) -> list[Call]:
        shen = office.shen
        narrowed = (
            f"county={SHEN}",
            "search=长沙启程",
            "search=yt",
            f"county={SHEN}&search=sx",
            f"base={shen.base}&cooperations={shen.base}&partner={shen.partner}&companies={shen.company}",
            "size=200&columns=notes&columns=companies&columns=cooperations&columns=county",
            "page=2",
        )
        return [Call(f"{self.home}/"), *(Call(f"{self.home}/?{query}") for query in narrowed)]

    def exports(self, office: Office) -> list[Call]:
        return [
            Call(f"{self.home}/export/xlsx/"),
            Call(f"{self.home}/export/xlsx/?county={SHEN}&search=长沙启程"),
        ]

    def lookups(self, office: Office) -> list[Call]:
        queries = ("", "?q=启程", "?q=yt", "?q=sx&names=1", f"?q=&names=1&base={office.shen.base}")
        return [Call(f"{self.home}/lookup/{query}") for query in queries]

    def conditions(self, office: Office) -> list[Call]:
        named = '["any",["name","has","启程"],["status","in","housed","s1"]]'
        return [
            Call(f"{self.home}/conditions/"),
            Call(f"{self.home}/conditions/?county={SHEN}&where={quote(named)}"),
            Call(
                f"{self.home}/conditions/?mode.0=all&field.0-0=base&how.0-0=in&value.0-0={office.shen.base}&part=1"
            ),
            Call(f"{self.home}/?where={quote(named)}"),
        ]

    def summaries(self, office: Office) -> list[Call]:
        return [Call(f"{self.home}/summary/?{query}") for query in ("", "by=county", "by=status", "by=base")]

    def boards(self, office: Office) -> list[Call]:
        return [
            Call(f"{self.home}/board/"),
            Call(f"{self.home}/board/?county={SHEN}&search=yt"),
        ]

    def calendars(self, office: Office) -> list[Call]:
        return [
            Call(f"{self.home}/calendar/"),
            Call(f"{self.home}/calendar/?month=2026-03&by=moved_in&county={SHEN}"),
        ]

    def moves(self, office: Office) -> list[Call]:
        one, spare = targets(office, self.collection)
        moved = one if self.collection == "ledger_entries" else spare  # a draft without its day stays a draft
        sent = {"id": str(moved), "status": _OTHER_STATUS.get(self.collection, "ended"), "version": "1"}
        # Who leaves has a day of it, which the form asks for.
        return [Call(f"{self.home}/board/move/", sent, effect=self.collection != "staff_members")]

    def creates(self, office: Office) -> list[Call]:
        data = typed(office, self.collection)
        return [
            Call(f"{self.home}/new/"),
            Call(f"{self.home}/new/?base={office.shen.base}"),
            Call(f"{self.home}/new/", data),
        ]

    def edits(self, office: Office) -> list[Call]:
        one, spare = targets(office, self.collection)
        data = typed(office, self.collection) | {"version": "1"}
        if self.collection == "bases":
            del data["status"]  # a title is not typed
        return [Call(f"{self.home}/edit/?id={one}"), Call(f"{self.home}/edit/?id={spare}", data)]

    def cells(self, office: Office) -> list[Call]:
        one, spare = targets(office, self.collection)
        field, value = {
            "bases": ("address", "新址一号"), "tenant_companies": ("people", "7"),
            "service_partners": ("contact_name", "新联系人"), "staff_members": ("position", "新职务"),
            "ledger_entries": ("place", "新地点"), "statuses": ("label", "新词"), "c_visits": ("status", "s2"),
        }[self.collection]  # fmt: skip
        sent = {"id": str(spare), "field": field, "version": "1", field: value}
        return [Call(f"{self.home}/cell/?id={one}&field={field}"), Call(f"{self.home}/cell/", sent)]

    def deletes(self, office: Office) -> list[Call]:
        one, spare = targets(office, self.collection)
        return [
            Call(f"{self.home}/delete/?id={one}"),
            Call(f"{self.home}/delete/", {"id": str(spare), "version": "1"}),
            Call(f"{self.home}/delete/?id={spare}", {"version": "1"}),
        ]

    def taken_back(self, office: Office) -> list[Call]:
        one, _ = targets(office, self.collection)
        return [Call(f"{self.home}/take-back/", {"id": str(one), "version": "9"}, effect=False)]

    def versions(self, office: Office) -> list[Call]:
        one, _ = targets(office, self.collection)
        scope = {} if self.collection == "statuses" else {"counties": SHEN}
        made = office.db["audit_entries"].find_one(
            {"collection": self.collection, "record_id": one, "action": "created", **scope}
        )
        url = f"{self.home}/version/?id={one}&entry={made['_id'] if made else 0}"
        # Nothing differs from what it was made as: there is nothing to set back.
        return [Call(url), Call(url, {"version": "1", "field": "name"}, effect=False)]

    def actions(self, office: Office) -> list[Call]:
        one, spare = targets(office, self.collection)
        other = _OTHER_STATUS.get(self.collection)
        made = [Call(f"{self.home}/action/", {"action": "export", "id": str(one)}, effect=False)]
        if other:
            made.append(
                Call(
                    f"{self.home}/action/",
                    {
                        "action": "status",
                        "value-status": other,
                        "id": f"{one}.1",
                        "confirmed": confirmed(self.collection, other),
                    },
                )
            )
        return [*made, Call(f"{self.home}/action/?county={SHEN}", {"action": "delete", "id": [f"{spare}.1"]})]

    def files(self, office: Office) -> list[Call]:
        return [Call(f"{self.home}/file/?file={self.file(office)}")] if self.scoped else []

    def file(self, office: Office) -> Any:
        return file_of(office, self.collection)

    def add_file(self, office: Office) -> list[Call]:
        one, _ = targets(office, self.collection)
        return [Call(f"{self.home}/files/add/?id={one}", {"file": pdf()})] if self.scoped else []

    def remove_file(self, office: Office) -> list[Call]:
        if not self.scoped:
            return []
        one, _ = targets(office, self.collection)
        return [Call(f"{self.home}/files/remove/?id={one}&file={self.file(office)}", {})]


def of_collection(collection: str) -> Iterator[tuple[str, Route]]:
    """Give the routes of one record view."""
    calls = Calls(collection)
    writers, scoped = (CITY, False) if collection == "statuses" else (WRITERS, True)
    # Titles move by decisions alone, and a status of the dictionary has none itself.
    movers = WRITERS if collection in _OTHER_STATUS else NOBODY
    has_days = collection not in ("service_partners", "statuses")
    yield from {
        "index_view": Route(SIGNED_IN, calls.lists),
        "details_view": Route(SIGNED_IN, calls.at("/details/?id={id}"), hidden=scoped),
        "personal_view": Route(
            SIGNED_IN, calls.at("/personal/?id={id}", data={}, effect=False), hidden=scoped
        ),
        "lookup_view": Route(SIGNED_IN, calls.lookups),
        "conditions_view": Route(SIGNED_IN, calls.conditions),
        "columns_view": Route(
            SIGNED_IN,
            calls.at("/columns/", data={"columns": ["status", "label"], "width.status": "3"}),
            own=True,
        ),
        "summary_view": Route(SIGNED_IN, calls.summaries),
        "board_view": Route(SIGNED_IN if scoped else NOBODY, calls.boards),
        "calendar_view": Route(SIGNED_IN if has_days else NOBODY, calls.calendars),
        "move_view": Route(movers, calls.moves, hidden=True, answers=(303,)),
        "create_view": Route(writers, calls.creates, answers=(200, 303, 422)),
        "edit_view": Route(writers, calls.edits, hidden=scoped),
        "cell_view": Route(writers, calls.cells, hidden=scoped),
        # The records of the sample were saved by others.
        "take_back_view": Route(writers, calls.taken_back, hidden=scoped, answers=(303,)),
        "delete_view": Route(writers, calls.deletes, hidden=scoped),
        "version_view": Route(writers, calls.versions, hidden=scoped, answers=(200, 303, 409)),
        "action_view": Route(writers, calls.actions),
        "export": Route(SIGNED_IN, calls.exports),
        "save_view": Route(
            SIGNED_IN, calls.at(f"/views/save/?county={SHEN}", data={"name": "我的"}), own=True
        ),
        "drop_view": Route(SIGNED_IN, calls.at(f"/views/delete/?name={MARK}视图", data={}), own=True),
        "file_view": Route(SIGNED_IN, calls.files, hidden=True),
        "add_file_view": Route(WRITERS, calls.add_file, hidden=True),
        "remove_file_view": Route(WRITERS, calls.remove_file, hidden=True),
        "ajax_lookup": Route(NOBODY, calls.at("/ajax/lookup/?name=base&query=a")),
        "ajax_update": Route(NOBODY, calls.at("/ajax/update/", data={"list_form_pk": "{id}", "name": "x"})),
        "api_file_view": Route(NOBODY, calls.at("/api/file/?id={shen.files[bases]}&coll=files&db=default")),
    }.items()


_TITLES = "/admin/earlier-titles"
_TITLE = {
    "status": "certified", "document_number": "聊工信发〔2022〕77号", "announced_on": "2022-12-20", "version": "1",
}  # fmt: skip


def _titles(path: str, base: Callable[[Office], Any], **more: str) -> Callable[[Office], list[Call]]:
    def calls(office: Office) -> list[Call]:
        url = f"{_TITLES}{path}?id={base(office)}"
        return [Call(url), Call(url, {**_TITLE, **more, "paper": pdf()})]

    return calls


EARLIER_TITLES: dict[str, Route] = {
    "earlier_titles.index": Route(CITY, fixed(Call(f"{_TITLES}/"))),
    "earlier_titles.enter": Route(CITY, _titles("/new/", lambda office: office.shen.spare)),
    "earlier_titles.correct": Route(
        CITY, _titles("/correct/", lambda office: office.shen.cases.free, reason="录入有误")
    ),
    "earlier_titles.close": Route(
        BOSS,
        fixed(Call(f"{_TITLES}/close/"), Call(f"{_TITLES}/close/", {"reason": "启用完成", "version": "0"})),
    ),
    # It is open: there is nothing to open.
    "earlier_titles.reopen": Route(
        BOSS,
        fixed(
            Call(f"{_TITLES}/reopen/"),
            Call(f"{_TITLES}/reopen/", {"reason": "补录", "version": "0"}, effect=False),
        ),
        answers=(200, 422),
    ),
}
