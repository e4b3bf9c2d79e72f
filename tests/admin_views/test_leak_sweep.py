"""Nothing that another county keeps changes a letter of what a county's clerk, or the public, is answered.

Every route of the tables is called twice: in the sample office, and in the same office with a third county in it
(`tests.another_county`). Called with the clerk's own records, with the other county's (which are absent the first
time), and with words that only the other county has. Both answers must be the same, counts and sentences included,
and none may hold the other county's mark. A route that is in no table fails `test_permissions`, one without a call
the last test here.
"""

import difflib
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from werkzeug.test import TestResponse

from documents.records.service_partner import ServicePartner
from public_views import expert_link
from rules.errors import Problem
from tests import round_driver as driver
from tests.admin_views.routes import XLSX, ApiCall, Call
from tests.admin_views.test_permissions import GROUPS, TABLE
from tests.another_county import (
    OTHER_MARK,
    PRIVATE_MARK,
    YANG,
    YANG_NAME,
    mark_what_is_private,
    plant,
    seen_from_there,
)
from tests.office_with_cases import with_cases
from tests.office_with_jobs import with_jobs, with_own_collection, with_own_field
from tests.office_with_reports import with_reports
from tests.office_with_round import with_round
from tests.sample_office import SHEN, Browser, Office, open_session, with_more
from tests.stored_rows import NO_RECORDS, StoredRows

Calls = list[tuple[str, Call]]  # each with its endpoint

NOW = driver.moment(driver.ANNOUNCED)
FOREIGN_WORDS = (OTHER_MARK, "lq", YANG_NAME)
_HEADERS = frozenset({"Content-Type", "Content-Disposition", "Location", "Retry-After"})
# What is another one each time: a form's token and key, the number of a request that went wrong, or of an import, and
# the key of a calendar, and of a program's token, and how long who tried too often has to wait. `seen` is how many
# acts the whole office had done: it tells that there were some, not what.
# Each is found by the words before it, which stay: to look back from every letter takes ten times as long.
_VOLATILE = tuple(
    re.compile(f"({before}){words}")
    for before, words in (
        ('name="csrf_token" value="', '[^"]*'),
        ('name="form_key" value="', '[^"]*'),
        ('name="seen" value="', r"\d+"),
        ("编号 ", "[0-9a-f]+"),
        ("-", r"\d{6}-[0-9a-f]{6}\b"),
        ('"request_id": "', "[0-9a-f]+"),
        ("", r"office_[\w-]{43}"),
        ("/calendar/", r"[\w-]{43}(?=\.ics)"),
        ("Retry-After: ", r"\d+"),
    )
)
_ID = re.compile(r"\b[0-9a-f]{24}\b")
WITH_PUBLISHED = [
    name for name, routes in GROUPS.items() if any(route.published for route in routes.values())
]


@pytest.fixture
def office_with() -> Iterator[tuple[Callable[[Office], Office], ...]]:
    """Name a round, reports, cases and a job, and the shared partner in 莘县 alone."""
    with time_machine.travel(NOW, tick=True):
        yield (
            with_round, with_reports, with_cases, with_jobs, with_own_field, with_own_collection, _with_partner_of_shen
        )  # fmt: skip


def _with_partner_of_shen(office: Office) -> Office:
    return with_more(office, _leave_partner_to_shen)[0]


def _leave_partner_to_shen(office: Office) -> Any:
    """Let the partner that the city entered work in 莘县 alone, so that another county's part is all that is added."""
    raw = office.one("service_partners", office.shared)
    own = [cooperation for cooperation in raw["cooperations"] if cooperation["county"] == SHEN]
    raw |= {"cooperations": own, "counties": [SHEN]}
    words = ServicePartner.search_fields(raw)
    office.db["service_partners"].replace_one({"_id": raw["_id"]}, raw | words)


@dataclass
class Sweep:
    """One office, called in one role; ids that are not `known` before are left out of what is compared."""

    office: Office
    role: str
    known: frozenset[str]

    def answers(self, calls: Calls, app: Flask) -> dict[str, str]:
        """Return what was answered to each call; what a call changed is put back before the next."""
        expert_link.tried.clear()  # each office is asked as often as the other
        self.office.reset()
        browser = self._browser(app)
        begun, rows = browser, StoredRows(self.office.db)
        answered = {}
        for number, (endpoint, call) in enumerate(calls):
            with time_machine.travel(NOW, tick=True):
                answer = fresh(call).send(browser)
                said = self.said(answer)
                if answer.status_code in (302, 303) and not answer.location.startswith("/login"):
                    said += self.said(browser.get(answer.location))
            answered[f"{number} {endpoint} {call.path} {sorted(call.data or ())}"] = said
            if call.data is not None:
                if not rows.stand(self.office.db, NO_RECORDS):  # else it was refused, or changed nothing
                    rows.put_back(self.office.db)
                with time_machine.travel(NOW, tick=True):
                    browser = begun.again()
        return answered

    def _browser(self, app: Flask) -> Browser:
        if self.role == "anonymous":
            return Browser(app)
        with time_machine.travel(NOW, tick=True):
            return open_session(app, self.office.users[self.role])

    def said(self, answer: TestResponse) -> str:
        """Return what an answer says, without what is another one each time."""
        heads = [f"{name}: {value}" for name, value in answer.headers if name in _HEADERS]
        text = "\n".join((str(answer.status_code), *heads, content_of(answer)))
        for pattern in _VOLATILE:
            text = pattern.sub(r"\1", text)
        return _ID.sub(lambda found: found[0] if found[0] in self.known else "(an id)", text)


def content_of(answer: TestResponse) -> str:
    """Return the words of a body: of a workbook the cells of every sheet, hidden ones too; of a paper its text."""
    if answer.mimetype == XLSX:
        book = openpyxl.load_workbook(BytesIO(answer.data))
        return "\n".join(f"{sheet.title} {sheet.sheet_state} {row}" for sheet in book for row in sheet.values)
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(answer.data)) as parts:
            names = sorted(name for name in parts.namelist() if not name.startswith("docProps/"))
            return "\n".join(f"{name} {_text(parts.read(name))}" for name in names)
    if answer.mimetype == "application/pdf":
        return _text_of_pdf(answer.data)
    return answer.data.decode("utf-8", "replace")


def _text_of_pdf(data: bytes) -> str:
    """Return the words of each page; of what a clerk sent, and is no whole PDF, the other county's mark alone."""
    mark = OTHER_MARK if OTHER_MARK.encode() in data else ""
    with suppress(PyPdfError):
        return mark + "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    return mark


def _text(data: bytes) -> str:
    try:
        return "".join(ElementTree.fromstring(data).itertext())
    except ElementTree.ParseError:
        return str(len(data))


def fresh(call: Call) -> Call:
    """Return a call whose files can be sent: those of one that was sent are at their end."""
    return call if call.data is None else replace(call, data={key: _fresh(v) for key, v in call.data.items()})


def _fresh(value: Any) -> Any:
    if isinstance(value, list):
        return [_fresh(one) for one in value]
    if isinstance(value, tuple):
        file = value[0]
        file.seek(0)
        return (BytesIO(file.read()), *value[1:])
    return value


def calls_of(group: str, office: Office, *, published: bool) -> Calls:
    """Return the calls of a group; of what the office has no like of, none can be made."""
    found: Calls = []
    for endpoint, route in GROUPS[group].items():
        if route.published is published:
            with suppress(Problem):
                found += [(endpoint, call) for call in route.calls(office)]
    return found


def of_shared_partner(office: Office, file: Any) -> SimpleNamespace:
    """Return what is known of 莘县, its partner the one that others work with too, with a `file` of theirs."""
    shen = office.shen
    files = {**shen.files, "service_partners": file}
    return SimpleNamespace(
        **{**vars(shen), "partner": office.shared, "spare_partner": office.shared, "files": files}
    )


def with_words(calls: Calls, words: tuple[str, ...]) -> Calls:
    """Return each list once more for each of some words that only what was put in has."""
    lists = [
        (endpoint, call.path) for endpoint, call in calls if call.data is None and call.path.endswith("/")
    ]
    asked = [call.path for endpoint, call in calls if endpoint == "api.records" and "?" not in call.path]
    queries = ("search={word}", "cursor=&search={word}", "search={word}&county={county}")
    return [
        (endpoint, Call(f"{path}?search={word}&q={word}&county={YANG}"))
        for endpoint, path in dict.fromkeys(lists)
        for word in words
    ] + [
        ("api.records", ApiCall(f"{path}?{query.format(word=word, county=YANG)}"))
        for path in dict.fromkeys(asked)
        for word in words
        for query in queries
    ]


def sweep(office: Office, changed: Office, role: str, calls: Calls, app: Flask, mark: str) -> None:
    """Send every call in both offices: both answer the same, and the mark of what was put into one is not told."""
    office.reset()
    rows = (row for name in office.db.list_collection_names() for row in office.db[name].find({}, {"_id": 1}))
    known = frozenset(str(row["_id"]) for row in rows)
    after = Sweep(changed, role, known).answers(calls, app)
    before = Sweep(office, role, known).answers(calls, app)
    assert list(before) == list(after)
    differing = [where for where in before if before[where] != after[where]]
    assert [difference(where, before[where], after[where]) for where in differing] == []
    sent = {
        where: f"{call.path} {call.data} {call.says}" for where, (_, call) in zip(after, calls, strict=True)
    }
    assert [where for where, said in after.items() if mark in said and mark not in sent[where]] == []


def difference(where: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join((where, *(line[:300] for line in lines)))


@pytest.mark.parametrize("group", GROUPS)
def test_another_county_changes_nothing_of_what_a_countys_clerk_is_answered(group, office, app):
    planted, there = with_more(office, plant)
    planted.reset()
    own = calls_of(group, planted, published=False)
    seen = seen_from_there(planted.shen, there.ids)
    foreign = calls_of(group, replace(planted, shen=seen), published=False)
    for file in there.files if group == "service_partners" else ():
        own += calls_of(group, replace(planted, shen=of_shared_partner(planted, file)), published=False)
    sweep(office, planted, "shen", [*own, *foreign, *with_words(own, FOREIGN_WORDS)], app, OTHER_MARK)


@pytest.mark.parametrize("group", WITH_PUBLISHED)
def test_what_is_not_published_changes_nothing_of_what_the_public_is_answered(group, office, app):
    marked, _ = with_more(office, mark_what_is_private)
    marked.reset()
    calls = calls_of(group, marked, published=True)
    sweep(office, marked, "anonymous", [*calls, *with_words(calls, (PRIVATE_MARK,))], app, PRIVATE_MARK)


def test_every_route_is_called_by_the_sweep(office):
    without_calls = {endpoint for endpoint, route in TABLE.items() if not route.calls(office)}
    assert without_calls == {
        f"statuses.{name}" for name in ("file_view", "add_file_view", "remove_file_view")
    }
