"""Every route for every role, with the ids of another county's records: nothing seen, nothing changed.

The table names each endpoint once; a route that is not in it fails the first test.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from admin_views.guard import undeclared_endpoints
from rules.measure_lines import LINES
from rules.measures import CITY_2021
from tests.sample_office import MARK, PDF, SHEN, Browser, Office, cells, code, workbook

ANYONE = frozenset({"anonymous", "boss", "city", "guan", "reader", "guan_reader"})
SIGNED_IN = ANYONE - {"anonymous"}
WRITERS = SIGNED_IN - {"reader", "guan_reader"}
CITY = frozenset({"boss", "city"})
BOSS = frozenset({"boss"})
NOBODY: frozenset[str] = frozenset()
BOUND = ("guan", "guan_reader")  # to 冠县
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Call:
    """One request. `effect`: it changes the database when it is allowed; `says`: what is sent inside a file."""

    path: str
    data: dict[str, Any] | None = None
    effect: bool = True
    says: str = ""

    def send(self, browser: Any) -> TestResponse:
        return browser.get(self.path) if self.data is None else browser.send(self.path, dict(self.data))


@dataclass
class Route:
    """Who may call an endpoint, what the calls are, and what comes of them.

    `hidden`: another county's record is answered with 404. `own`: it writes what is the caller's own.
    """

    who: frozenset[str]
    calls: Callable[[Office], list[Call]]
    hidden: bool = False
    own: bool = False
    answers: tuple[int, ...] = (200, 302, 303)


def pdf() -> tuple[BytesIO, str]:
    return BytesIO(PDF), "证明.pdf"


SLUGS = {
    "bases": "bases",
    "tenant_companies": "tenant-companies",
    "service_partners": "service-partners",
    "ledger_entries": "ledger-entries",
    "statuses": "statuses",
}


def targets(office: Office, collection: str) -> tuple[Any, Any]:
    """Return the ids of 莘县's record, and of one that nothing refers to."""
    shen = office.shen
    return {
        "bases": (shen.base, shen.spare),
        "tenant_companies": (shen.company, shen.left_company),
        "service_partners": (shen.partner, shen.spare_partner),
        "ledger_entries": (shen.entry, shen.draft),
        "statuses": (office.own_status, office.own_status),
    }[collection]


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
        "ledger_entries": {"base": base, "function": "training", "status": "draft"},
        "statuses": {
            "collection": "ledger_entries",
            "label": "新状态",
            "code": "fresh",
            "order": "5",
            "colour": "red",
        },
    }[collection]


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
        return [Call(f"{self.home}/edit/?id={one}"), Call(f"{self.home}/edit/?id={spare}", data)]

    def deletes(self, office: Office) -> list[Call]:
        one, spare = targets(office, self.collection)
        return [
            Call(f"{self.home}/delete/?id={one}"),
            Call(f"{self.home}/delete/", {"id": str(spare), "version": "1"}),
            Call(f"{self.home}/delete/?id={spare}", {}),
        ]

    def actions(self, office: Office) -> list[Call]:
        one, spare = targets(office, self.collection)
        other = {
            "tenant_companies": "to_check",
            "service_partners": "ended",
            "ledger_entries": "verified",
        }.get(self.collection)
        made = [Call(f"{self.home}/action/", {"action": "export", "id": str(one)}, effect=False)]
        if other:
            made.append(
                Call(f"{self.home}/action/", {"action": "status", "value-status": other, "id": str(one)})
            )
        return [*made, Call(f"{self.home}/action/?county={SHEN}", {"action": "delete", "id": [str(spare)]})]

    def files(self, office: Office) -> list[Call]:
        return [Call(f"{self.home}/file/?file={office.shen.files[self.collection]}")] if self.scoped else []

    def add_file(self, office: Office) -> list[Call]:
        one, _ = targets(office, self.collection)
        return [Call(f"{self.home}/files/add/?id={one}", {"file": pdf()})] if self.scoped else []

    def remove_file(self, office: Office) -> list[Call]:
        if not self.scoped:
            return []
        one, _ = targets(office, self.collection)
        return [Call(f"{self.home}/files/remove/?id={one}&file={office.shen.files[self.collection]}", {})]


def of_collection(collection: str) -> Iterator[tuple[str, Route]]:
    """Give the routes of one record view."""
    calls = Calls(collection)
    writers, scoped = (CITY, False) if collection == "statuses" else (WRITERS, True)
    yield from {
        "index_view": Route(SIGNED_IN, calls.lists),
        "details_view": Route(SIGNED_IN, calls.at("/details/?id={id}"), hidden=scoped),
        "lookup_view": Route(SIGNED_IN, calls.lookups),
        "create_view": Route(writers, calls.creates, answers=(200, 303, 422)),
        "edit_view": Route(writers, calls.edits, hidden=scoped),
        "delete_view": Route(writers, calls.deletes, hidden=scoped),
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


def fixed(*calls: Call) -> Callable[[Office], list[Call]]:
    return lambda office: list(calls)


def of_shen(
    path: str, data: dict[str, Any] | None = None, *, effect: bool = True
) -> Callable[[Office], list[Call]]:
    """Return one call whose address names something of 莘县."""
    return lambda office: [Call(path.format(office=office, shen=office.shen), data, effect)]


def reading(office: Office) -> list[Call]:
    """Upload a workbook that names 莘县's base, and one that takes 莘县's code, as a trial and for good."""
    heading = ("企业名称", "统一社会信用代码", "所属基地")
    own_base = office.one("bases", office.guan.base)["name"]
    other_base = office.one("bases", office.shen.base)["name"]
    taken = office.one("tenant_companies", office.shen.company)["uscc"]
    made = []
    for row in (("来企业", code(7000004), other_base), ("来企业", taken, own_base)):
        for trial in ({"dry_run": "1"}, {}):
            file = (workbook([heading, row]), "企业.xlsx")
            data = {"kind": "tenant-companies", "file": file, **trial}
            made.append(Call("/admin/import/", data, effect=False, says=" ".join(row)))
    return made


# What a form of a rule set sends; written out, since no page is open here.
RULES_TYPED = {
    "title": "新办法", "level": "city", "first_day": "2026-12-04", "base_summary_by": "01-10",
    "county_summary_by": "01-20", "information__online": "y",
    **{line.name: str(line.asked(CITY_2021)) for line in LINES if not line.yes_no},
}  # fmt: skip
DRAFT = "/admin/rule-sets/city-2026"  # of the sample
RULES: dict[str, Route] = {
    "rule_sets.index": Route(SIGNED_IN, fixed(Call("/admin/rule-sets/"))),
    "rule_sets.show": Route(SIGNED_IN, fixed(Call("/admin/rule-sets/city-2021/"))),
    "rule_sets.new": Route(
        CITY, fixed(Call("/admin/rule-sets/new/?start=city-2021"), Call("/admin/rule-sets/new/", RULES_TYPED))
    ),
    "rule_sets.edit": Route(
        CITY,
        fixed(
            Call(f"{DRAFT}/edit/"),
            Call(f"{DRAFT}/edit/", RULES_TYPED | {"version": "1"}),
        ),
    ),
    "rule_sets.delete": Route(
        CITY, fixed(Call(f"{DRAFT}/delete/"), Call(f"{DRAFT}/delete/", {"version": "1"}))
    ),
    "rule_sets.begin": Route(
        BOSS, fixed(Call(f"{DRAFT}/put-in-force/"), Call(f"{DRAFT}/put-in-force/", {"version": "1"}))
    ),
    "rule_sets.last_day": Route(
        BOSS,
        fixed(
            Call("/admin/rule-sets/city-2021/last-day/"),
            Call("/admin/rule-sets/city-2021/last-day/", {"last_day": "2030-12-03", "version": "0"}),
        ),
    ),
    "what_if.index": Route(
        CITY, fixed(Call("/admin/what-if/?year=2026"), Call("/admin/what-if/?draft=nation-2016"))
    ),
    "what_if.export": Route(CITY, fixed(Call("/admin/what-if/export/?year=2026"))),
    "calendar.index": Route(SIGNED_IN, fixed(Call("/admin/calendar/"))),
    "calendar.show": Route(SIGNED_IN, fixed(Call("/admin/calendar/2026/"))),
    "calendar.save": Route(
        BOSS,
        fixed(Call("/admin/calendar/2027/save", {"holidays": "2027-01-01", "workdays": "", "version": "0"})),
    ),
    "calendar.drop": Route(BOSS, fixed(Call("/admin/calendar/2027/drop", {"version": "1"}, effect=False))),
    "ledger_quality.index": Route(
        SIGNED_IN,
        fixed(
            *(
                Call(f"/admin/ledger-quality/?{query}")
                for query in ("", f"county={SHEN}", f"county={SHEN}&view=months")
            )
        ),
    ),
    "ledger_quality.export": Route(
        SIGNED_IN,
        fixed(
            *(
                Call(f"/admin/ledger-quality/export/?county={SHEN}&view={view}")
                for view in ("faults", "months")
            )
        ),
    ),
}

OTHERS: dict[str, Route] = {
    **RULES,
    "static": Route(ANYONE, fixed(Call("/static/office.css"))),
    "admin.static": Route(ANYONE, fixed(Call("/admin/static/admin/js/filters.js"))),
    "healthz": Route(ANYONE, fixed(Call("/healthz"))),
    "home.root": Route(ANYONE, fixed(Call("/"))),
    "account.login": Route(
        ANYONE,
        fixed(Call("/login"), Call("/login", {"username": "x", "password": "y"}, effect=False)),
        own=True,
        answers=(200, 302, 400),
    ),
    "account.logout": Route(SIGNED_IN, fixed(Call("/logout", {})), own=True),
    "account.password": Route(
        SIGNED_IN,
        fixed(
            Call("/account/password"),
            Call(
                "/account/password",
                {
                    "old_password": "wrong",
                    "new_password": "a-b-c-d-e-f-1",
                    "repeat_password": "a-b-c-d-e-f-1",
                },
            ),
        ),
        own=True,
        answers=(200, 400),
    ),
    "account.language": Route(
        ANYONE, fixed(Call("/account/language", {"locale": "en"}, effect=False)), own=True
    ),
    "account.theme": Route(ANYONE, fixed(Call("/account/theme", {"theme": "dark"}, effect=False)), own=True),
    "account.rail": Route(ANYONE, fixed(Call("/account/rail", {"rail": "folded"}, effect=False)), own=True),
    "admin.index": Route(SIGNED_IN, fixed(Call("/admin/"))),
    "settings.index": Route(SIGNED_IN, fixed(Call("/admin/settings/"))),
    "search.index": Route(
        SIGNED_IN,
        fixed(
            *(Call(f"/admin/search/?search={words}") for words in ("长沙启程", "yt", "139063509", "律师 sx"))
        ),
    ),
    "assessment.index": Route(
        SIGNED_IN,
        fixed(
            *(
                Call(f"/admin/assessment/?{query}")
                for query in ("", f"county={SHEN}&sort=-tenants", "level=province")
            )
        ),
    ),
    "assessment.export": Route(SIGNED_IN, fixed(Call(f"/admin/assessment/export/xlsx/?county={SHEN}"))),
    "base_assessment.base": Route(SIGNED_IN, of_shen("/admin/assessment/base/?id={shen.base}"), hidden=True),
    "base_assessment.export": Route(
        SIGNED_IN, of_shen("/admin/assessment/base/export/xlsx/?id={shen.base}"), hidden=True
    ),
    "counted.index": Route(
        SIGNED_IN,
        lambda office: [
            Call(f"/admin/assessment/counted/?id={office.shen.base}&what={what}")
            for what in ("tenants", "partners", "low-fee", "training.person_times")
        ],
        hidden=True,
    ),
    "counted.export": Route(
        SIGNED_IN, of_shen("/admin/assessment/counted/export/xlsx/?id={shen.base}&what=services"), hidden=True
    ),
    "checklist.edit": Route(
        WRITERS,
        lambda office: [
            Call(f"/admin/assessment/checklist/?id={office.shen.base}"),
            Call(
                f"/admin/assessment/checklist/?id={office.shen.base}", {"version": "0", "state-plan": "met"}
            ),
        ],
        hidden=True,
    ),
    "audit.index": Route(CITY, of_shen("/admin/audit/?record={shen.base}")),
    "recycle_bin.index": Route(
        SIGNED_IN,
        fixed(
            Call("/admin/recycle-bin/"),
            Call("/admin/recycle-bin/?search=已删除&collection=tenant_companies"),
        ),
    ),
    "recycle_bin.bring_back": Route(
        WRITERS, of_shen("/admin/recycle-bin/restore?recycled={shen.recycled}", {}), hidden=True
    ),
    "imports.index": Route(WRITERS, fixed(Call("/admin/import/?kind=bases"))),
    "imports.template": Route(WRITERS, fixed(Call("/admin/import/template/bases.xlsx"))),
    "imports.read": Route(WRITERS, reading, own=True),
    # An upload is for the one who sent it, whoever asks.
    "imports.write": Route(
        WRITERS,
        lambda office: [
            Call(
                "/admin/import/write",
                {"kind": "tenant-companies", "upload": str(office.shen.upload)},
                effect=False,
            )
        ],
        answers=(404, 422),
    ),
    "imports.result": Route(WRITERS, of_shen("/admin/import/batch/{shen.batch}"), hidden=True),
    "imports.rejected": Route(
        WRITERS, of_shen("/admin/import/batch/{shen.batch}/rejected.xlsx"), hidden=True
    ),
    "users.index": Route(BOSS, fixed(Call("/admin/users/"))),
    "users.new": Route(
        BOSS,
        fixed(
            Call("/admin/users/new/"),
            Call("/admin/users/new/", {"username": "extra", "role": "reader", "county": ""}),
        ),
    ),
    "users.edit": Route(
        BOSS,
        lambda office: [
            Call(f"/admin/users/{office.users['shen']}/"),
            Call(f"/admin/users/{office.users['shen']}/", {"role": "reader", "county": "", "version": "1"}),
        ],
    ),
    "users.disable": Route(BOSS, lambda office: [Call(f"/admin/users/{office.users['shen']}/disable/", {})]),
    "users.enable": Route(BOSS, lambda office: [Call(f"/admin/users/{office.users['shen']}/enable/", {})]),
    "users.reset_password": Route(
        BOSS, lambda office: [Call(f"/admin/users/{office.users['shen']}/reset-password/", {})]
    ),
    "users.end_sessions": Route(
        BOSS, lambda office: [Call(f"/admin/users/{office.users['shen']}/end-sessions/", {})]
    ),
}

GROUPS: dict[str, dict[str, Route]] = {
    "others": OTHERS,
    **{
        collection: {f"{collection}.{name}": route for name, route in of_collection(collection)}
        for collection in SLUGS
    },
}
TABLE = {endpoint: route for group in GROUPS.values() for endpoint, route in group.items()}


def test_every_route_is_in_the_table(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(TABLE)


def test_every_method_of_every_route_is_called(app, office):
    for rule in app.url_map.iter_rules():
        route, called = TABLE[rule.endpoint], set()
        for call in route.calls(office):
            called.add("GET" if call.data is None else "POST")
        if called:  # a status has no files
            assert called == rule.methods - {"HEAD", "OPTIONS"}, rule.endpoint


def test_every_route_says_what_it_needs(app):
    assert undeclared_endpoints(app) == []


def words_of(answer: TestResponse) -> str:
    """Return everything an answer says: its body, the cells of its workbook, and what its headers tell."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers if name != "Set-Cookie")
    if answer.mimetype == XLSX:
        return headers + "\n".join(str(cell) for row in cells(answer) for cell in row)
    if answer.is_json:
        return headers + json.dumps(answer.json, ensure_ascii=False)
    return headers + answer.data.decode("utf-8", "replace")


def expected(role: str, route: Route, call: Call) -> tuple[int, ...]:
    if role == "anonymous" and role not in route.who:
        return (302,) if call.data is None else (401,)
    if not route.who:
        return (403, 404)
    if role not in route.who:
        return (403,)
    if route.hidden and role in BOUND:
        return (404,)
    return route.answers


@pytest.mark.parametrize("role", sorted(ANYONE))
@pytest.mark.parametrize("group", GROUPS)
def test_a_role_meets_what_the_table_says(role, group, office, sign_in, app):
    """Tried with 莘县's ids: nothing of it is seen or changed by whoever may not, and all of it by whoever may."""
    hidden_from = role == "anonymous" or role in BOUND
    browser = None
    for endpoint, route in GROUPS[group].items():
        for call in route.calls(office):
            where = f"{role} {endpoint} {call.path} {call.data}"
            browser = browser or (Browser(app) if role == "anonymous" else sign_in(role))
            before, others = office.digest(), other_users(office, role)
            answer = call.send(browser)
            assert answer.status_code in expected(role, route, call), where
            said = words_of(answer)
            if answer.status_code in (302, 303) and not answer.location.startswith("/login"):
                said += words_of(browser.get(answer.location))  # what was flashed
            allowed = role in route.who and not (route.hidden and role in BOUND)
            if hidden_from:
                secrets = [*office.secrets, *(["莘县"] if role in BOUND else [])]
                sent = f"{call.path} {call.data} {call.says}"
                assert [word for word in secrets if word in said and word not in sent] == [], where
            after = office.digest()
            changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
            if not allowed or (hidden_from and not route.own):
                assert changed == set(), where
            elif hidden_from:
                assert other_users(office, role) == others, where
                assert changed <= {"users", "sign_in_failures", "audit_entries", "audit_head",
                                   "import_batches", "uploads.files", "uploads.chunks"}, where  # fmt: skip
            elif call.data is not None and call.effect:
                assert changed, f"{where}: the call changed nothing, so that its refusal proves nothing"
            if changed or route.own:
                office.reset()
                browser = None


def other_users(office: Office, role: str) -> list[dict[str, Any]]:
    return list(office.db["users"].find({"_id": {"$ne": office.users.get(role)}}).sort("_id", 1))


# --- Forged and mistaken requests --------------------------------------------------------------


@pytest.mark.parametrize("group", GROUPS)
def test_a_form_without_its_token_is_refused_without_a_trace(group, office, sign_in):
    browser = sign_in("boss")
    before = office.digest()
    for endpoint, route in GROUPS[group].items():
        for call in route.calls(office):
            if call.data is None:
                continue
            answer = browser.post(call.path, data=dict(call.data))
            assert answer.status_code == 400, endpoint
            assert "Traceback" not in answer.text
            assert "<html" in answer.text
    assert office.digest() == before


def test_a_form_with_another_sessions_token_is_refused(office, sign_in):
    thief, browser = sign_in("guan"), sign_in("city")
    with thief.session_transaction() as session:
        session["csrf_token"] = "1" * 40
    answer = browser.post("/admin/bases/new/", data={**typed(office, "bases"), "csrf_token": thief.token})
    assert answer.status_code == 400


def test_opening_what_only_a_form_may_send_shows_a_page(app, office, sign_in):
    browser = sign_in("boss")
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in ("account.login", "imports.read") and "GET" not in rule.methods:
            path = re.sub("<[^>]+>", str(office.users["shen"]), rule.rule)
            answer = browser.get(path)
            assert answer.status_code == 405, path
            assert "<h1" in answer.text, path
            assert "Traceback" not in answer.text


def test_an_unknown_method_is_refused_as_a_page(office, sign_in):
    before = office.digest()
    for method in ("put", "delete", "patch"):
        answer = getattr(sign_in("boss"), method)(f"/admin/bases/edit/?id={office.shen.base}")
        assert answer.status_code == 405
    office.db["users"].update_many({}, {"$set": {"sessions": []}})
    assert office.digest() == before


# --- What a bound clerk sees of what two counties share ------------------------------------------


def shared_pages(office: Office) -> list[str]:
    one = f"?id={office.shared}"
    return [
        f"/admin/service-partners/details/{one}",
        f"/admin/service-partners/edit/{one}",
        f"/admin/service-partners/delete/{one}",
        "/admin/service-partners/?columns=cooperations&columns=notes",
        "/admin/service-partners/?search=鲁西",
        "/admin/service-partners/export/xlsx/",
        "/admin/service-partners/lookup/?q=鲁西",
        "/admin/search/?search=鲁西",
        "/admin/",
    ]


@pytest.mark.parametrize("role", BOUND)
def test_a_partner_of_two_counties_shows_each_its_own_part(role, office, sign_in):
    browser = sign_in(role)
    for path in shared_pages(office):
        answer = browser.get(path)
        assert answer.status_code == 200 or role == "guan_reader", path
        said = words_of(answer)
        assert MARK not in said, path
        assert "莘县" not in said, path
        if answer.status_code == 200 and path != "/admin/":
            assert "鲁西会计师事务所" in said, path
    assert "清泉创业园" in browser.get(shared_pages(office)[0]).text


def test_the_city_sees_both_parts_of_a_shared_partner(office, sign_in):
    page = sign_in("city").get(f"/admin/service-partners/details/?id={office.shared}").text
    assert "清泉创业园" in page
    assert f"{MARK}创业园" in page


def partner_form(office: Office, **more: Any) -> dict[str, Any]:
    raw = office.one("service_partners", office.shared)
    return {
        "name": raw["name"], "uscc": raw["uscc"], "functions": raw["functions"], "status": raw["status"],
        "version": str(raw["version"]), "cooperations-0-base": str(office.guan.base), **more,
    }  # fmt: skip


def test_a_county_clerk_changes_only_the_countys_part_of_a_shared_partner(office, sign_in):
    browser = sign_in("guan")
    path = f"/admin/service-partners/edit/?id={office.shared}"
    other = [
        one for one in office.one("service_partners", office.shared)["cooperations"] if one["county"] == SHEN
    ]
    form = partner_form(office, **{"cooperations-0-first_day": "2026-01-01"})
    assert browser.send(path, form).status_code == 303
    stored = office.one("service_partners", office.shared)["cooperations"]
    assert [one for one in stored if one["county"] == SHEN] == other
    assert len(stored) == 2
    before = office.digest()
    assert browser.send(path, partner_form(office, name="改名")).status_code == 422
    assert office.digest() == before


def test_the_history_of_a_shared_partner_hides_what_the_other_county_did(office, sign_in):
    path = f"/admin/service-partners/edit/?id={office.shared}"
    form = partner_form(office) | {
        "cooperations-0-base": str(office.shen.base),
        "cooperations-0-first_day": "2022-02-02",
    }
    assert sign_in("shen").send(path, form).status_code == 303
    page = words_of(sign_in("guan").get(f"/admin/service-partners/details/?id={office.shared}"))
    assert MARK not in page
    assert "2022-02-02" not in page


def test_a_conflict_over_a_shared_partner_hides_the_other_countys_part(office, sign_in):
    path = f"/admin/service-partners/edit/?id={office.shared}"
    read = partner_form(office)
    mine = read | {"cooperations-0-first_day": "2026-01-01"}
    theirs = read | {"contact_name": "市局所改"}
    for n, base in enumerate((office.guan.base, office.shen.base)):
        theirs |= {f"cooperations-{n}-base": str(base), f"cooperations-{n}-last_day": "2027-07-07"}
    assert sign_in("city").send(path, theirs).status_code == 303
    answer = sign_in("guan").send(path, mine)
    assert answer.status_code == 409
    assert MARK not in answer.text
    assert "清泉创业园" in answer.text


# --- What is the clerk's own is the clerk's own ---------------------------------------------------


def test_everything_of_a_bound_clerks_list_is_the_countys_alone(office, sign_in):
    other = list(office.db["ledger_entries"].find({"county": SHEN}))
    answer = sign_in("guan").send(
        f"/admin/ledger-entries/action/?county={SHEN}", {"action": "delete", "everything": "1"}
    )
    assert answer.status_code == 303
    assert list(office.db["ledger_entries"].find({"county": SHEN})) == other
    assert office.db["ledger_entries"].count_documents({}) == len(other)


def test_a_base_cannot_be_moved_into_or_taken_from_another_county(office, sign_in):
    raw = office.one("bases", office.guan.spare)
    form = {
        "name": raw["name"],
        "operator": raw["operator"],
        "uscc": raw["uscc"],
        "version": "1",
        "county": SHEN,
    }
    before = office.digest()
    answer = sign_in("guan").send(f"/admin/bases/edit/?id={office.guan.spare}", form)
    office.db["users"].update_many({}, {"$set": {"sessions": []}})
    assert answer.status_code == 422
    assert office.digest() == before


def test_an_upload_is_read_by_nobody_but_its_sender(office, sign_in):
    data = {"kind": "tenant-companies", "upload": str(office.shen.upload)}
    for name in ("boss", "city", "guan"):
        answer = sign_in(name).send("/admin/import/write", data)
        assert answer.status_code in (404, 422)
        assert MARK not in answer.text
    assert sign_in("shen").send("/admin/import/write", data).status_code == 303
