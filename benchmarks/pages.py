"""The rows of the table: which page, and where each column has it."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from bson import ObjectId
from flask.testing import FlaskClient

from benchmarks.columns import FLOOR, NAMES, OURS, STOCK, company_form, token
from benchmarks.data import sizes
from benchmarks.measuring import Call
from benchmarks.records import record_id
from documents.connection import database
from documents.search import initials

LIST, FORM, SAVE = "list", "form", "save"
_COUNTY = "371522"


@dataclass(frozen=True)
class Page:
    """One row: its name, what kind of page it is, and its address in each column ("" where a column has none)."""

    name: str
    kind: str
    paths: dict[str, str]
    record: ObjectId | None = None
    slow_stock: bool = False  # too slow to be asked for more than once

    def calls(self, clients: dict[str, FlaskClient]) -> dict[str, Call]:
        """Return what each column is asked for."""
        return {name: _saver(name, clients[name], self) if self.kind == SAVE else _getter(clients[name], self.paths[name])
                for name in NAMES if name in clients and self.paths[name]}  # fmt: skip


def pages(factor: float) -> Iterator[Page]:
    """Yield the rows for a data set."""
    counts = sizes(factor)
    companies, entries = counts["tenant_companies"], counts["ledger_entries"]
    company, entry = record_id("tenant_companies", companies // 2), record_id("ledger_entries", 3 * (entries // 6))
    # The last page that both a list of companies at a tiny factor and one at the whole have.
    deep = min(500, companies // 50)
    found = database()["tenant_companies"].find_one({"_id": company}) or {}
    brand_and_trade = found["name"].removeprefix("聊城市").removeprefix("聊城").removeprefix("山东")[:4]
    yield _companies("companies, first page")
    yield _companies("companies of one county", county=_COUNTY)
    yield _companies(f"companies, page {deep}", page=str(deep))
    yield _companies("search: a trade (1 in 12)", search="机械")
    yield _companies("search: a brand (few)", search=brand_and_trade[:2])
    yield _companies("search: a word in every name", search="有限公司")
    yield _companies("search: two words", search=f"{brand_and_trade[2:]} {brand_and_trade[:2]}", stock=False)
    yield _companies("search: initials", search=initials(brand_and_trade), stock=False)
    yield _companies("search: half a code", search=found["uscc"][6:15])
    yield Page("entries with their references", LIST, _everywhere("ledger-entries", "entries", ""))
    yield Page("company form", FORM, _form("tenant-companies", "companies", company), company)
    yield Page("entry form", FORM, _form("ledger-entries", "entries", entry), entry, slow_stock=True)
    yield Page("save a company", SAVE, _form("tenant-companies", "companies", company), company)


def _companies(name: str, *, county: str = "", page: str = "", search: str = "", stock: bool = True) -> Page:
    asked = {key: value for key, value in (("county", county), ("page", page), ("search", search)) if value}
    paths = _everywhere("tenant-companies", "companies", "?" + urlencode(asked) if asked else "")
    theirs = {"flt0_0": county, "page": str(int(page) - 1) if page else "", "search": search}
    query = urlencode({key: value for key, value in theirs.items() if value})
    paths[STOCK] = f"/admin/companies/?{query}" if stock else ""
    return Page(name, LIST, paths)


def _everywhere(ours: str, others: str, query: str) -> dict[str, str]:
    return {OURS: f"/admin/{ours}/{query}", FLOOR: f"/{others}/{query}", STOCK: f"/admin/{others}/{query}"}


def _form(ours: str, others: str, record: ObjectId) -> dict[str, str]:
    return {
        OURS: f"/admin/{ours}/edit/?id={record}", FLOOR: f"/{others}/{record}", STOCK: f"/admin/{others}/edit/?id={record}",
    }  # fmt: skip


def _getter(client: FlaskClient, path: str) -> Call:
    def get() -> tuple[int, int]:
        answer = client.get(path)
        return answer.status_code, len(answer.data)

    return get


def _saver(column: str, client: FlaskClient, page: Page) -> Call:
    """Return a call that saves the form that the clerk has open, each time with another number of people."""
    path, record, people = page.paths[column], page.record, NAMES.index(column) * 1_000_000
    key = token(client.get(path).text) if column == OURS else ""

    def save() -> tuple[int, int]:
        nonlocal people
        people += 1
        answer = client.post(path, data=form | {"people": str(people), "csrf_token": key})
        return answer.status_code, len(answer.data)

    form = company_form(record, people)
    return save
