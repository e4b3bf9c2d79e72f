"""The rows of the table: which page, and where each column has it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from bson import ObjectId
from flask.testing import FlaskClient

from benchmarks.columns import FLOOR, NAMES, OURS, STOCK, company_form, token
from benchmarks.data import sizes
from benchmarks.measuring import Call
from benchmarks.records import record_id
from documents.records.search import initials
from documents.server.connection import database
from public_views.answers import cache_of_answers

LIST, FORM, SAVE, ASSESSMENT, PUBLIC = "list", "form", "save", "assessment", "public"
SUGGESTED, OVERVIEW, BOARD, PACKED = "suggested", "overview", "board", "packed"
YEAR = 2025
EVERY_NAME = "search: a word in every name"
_COUNTY = "371522"
_ONE = 60  # the record that is searched, opened and saved; an entry with one company
# What is typed in the search box: few letters, words in every name, initials, questions.
_SUGGESTED = (
    ("a trade", "机械"),
    ("a word in every name", "有限公司"),
    ("initials", "jx"),
    ("a question", "冠县从业人员超过50人的企业"),
)


@dataclass(frozen=True, eq=False)
class Page:
    """One row: its name, what kind of page it is, and its address in each column ("" where a column has none)."""

    name: str
    kind: str
    paths: dict[str, str]
    records: tuple[
        ObjectId, ...
    ] = ()  # what each column saves: one record each, so that nobody meets another's version
    slow_stock: bool = False  # too slow to be asked for more than once
    anew: bool = False  # what the process keeps of public pages is forgotten first
    packed: bool = False  # asked for as a browser does, which takes gzip; elsewhere nobody packs

    def calls(self, clients: dict[str, FlaskClient]) -> dict[str, Call]:
        """Return what each column is asked for."""
        asked = {name: client for name, client in clients.items() if self.paths[name]}
        if self.kind == SAVE:
            return {name: _saver(name, client, self) for name, client in asked.items()}
        return {name: _getter(client, self.paths[name], self) for name, client in asked.items()}


def pages(factor: float, like: float = 0) -> Iterator[Page]:
    """Yield the rows for a data set; `like` another, smaller one where the two are to be compared."""
    company, entry = record_id("tenant_companies", _ONE), record_id("ledger_entries", _ONE)
    # A page that the smallest data set has too.
    deep = min(500, sizes(like or factor)["tenant_companies"] // 50)
    found = database()["tenant_companies"].find_one({"_id": company}) or {}
    brand_and_trade = found["name"].removeprefix("聊城市").removeprefix("聊城").removeprefix("山东")[:4]
    yield _companies("companies, first page")
    yield _companies("companies of one county", county=_COUNTY)
    yield _companies(f"companies, page {deep}", page=str(deep))
    yield _companies("companies of one industry", industry="retail")
    yield _companies("search: a trade (1 in 12)", search="机械")
    yield _companies("search: a brand (few)", search=brand_and_trade[:2])
    yield _companies(EVERY_NAME, search="有限公司")
    yield _companies("search: two words", search=f"{brand_and_trade[2:]} {brand_and_trade[:2]}", stock=False)
    yield _companies("search: initials", search=initials(brand_and_trade), stock=False)
    yield _companies("search: a county's initials (sx)", search="sx", stock=False)
    yield _companies("search: half a code", search=found["uscc"][6:15])
    for what, words in _SUGGESTED:
        path = f"/admin/search/suggest/?{urlencode({'q': words})}"
        yield Page(f"while typing: {what}", SUGGESTED, {OURS: path, FLOOR: "", STOCK: ""})
    yield Page("entries with their references", LIST, _everywhere("ledger-entries", "entries", ""))
    first = _everywhere("tenant-companies", "companies", "")
    yield Page("companies, first page, packed", PACKED, {**first, STOCK: ""}, packed=True)
    for what, kind, path in (
        ("board of companies", BOARD, "/admin/tenant-companies/board/"),
        ("city overview", OVERVIEW, f"/admin/overview/?year={YEAR}"),
        ("overview of a county", OVERVIEW, f"/admin/overview/?year={YEAR}&county={_COUNTY}"),
    ):
        yield Page(what, kind, {OURS: path, FLOOR: "", STOCK: ""})
    yield Page("company form", FORM, _form("tenant-companies", "companies", [company] * 3))
    yield Page("entry form", FORM, _form("ledger-entries", "entries", [entry] * 3), slow_stock=True)
    assessed = {OURS: f"/admin/assessment/?year={YEAR}", FLOOR: f"/assessment/{YEAR}/", STOCK: ""}
    yield Page("assessment of all bases", ASSESSMENT, assessed)
    public = {OURS: "/bases/", FLOOR: "/certified/", STOCK: ""}
    yield Page("public list of bases, kept", PUBLIC, public)
    yield Page("public list of bases, made anew", PUBLIC, public, anew=True)
    saved = tuple(record_id("tenant_companies", _ONE + step) for step in (1, 2, 3))
    yield Page("save a company", SAVE, _form("tenant-companies", "companies", saved), saved)


def _companies(
    name: str, *, county: str = "", page: str = "", search: str = "", industry: str = "", stock: bool = True
) -> Page:
    given = {"county": county, "page": page, "search": search, "industry": industry}
    asked = {key: value for key, value in given.items() if value}
    paths = _everywhere("tenant-companies", "companies", "?" + urlencode(asked) if asked else "")
    theirs = {
        "flt0_0": county,
        "flt1_1": industry,
        "page": str(int(page) - 1) if page else "",
        "search": search,
    }
    query = urlencode({key: value for key, value in theirs.items() if value})
    paths[STOCK] = f"/admin/companies/?{query}" if stock else ""
    return Page(name, LIST, paths)


def _everywhere(ours: str, others: str, query: str) -> dict[str, str]:
    return {OURS: f"/admin/{ours}/{query}", FLOOR: f"/{others}/{query}", STOCK: f"/admin/{others}/{query}"}


def _form(ours: str, others: str, records: Sequence[ObjectId]) -> dict[str, str]:
    mine, floors, stocks = records
    return {
        OURS: f"/admin/{ours}/edit/?id={mine}",
        FLOOR: f"/{others}/{floors}",
        STOCK: f"/admin/{others}/edit/?id={stocks}",
    }


def _getter(client: FlaskClient, path: str, page: Page) -> Call:
    headers = {"Accept-Encoding": "gzip"} if page.packed else {}

    def get() -> tuple[int, int]:
        if page.anew:
            cache_of_answers.clear()
        answer = client.get(path, headers=headers)
        return answer.status_code, len(answer.data)

    return get


def _saver(column: str, client: FlaskClient, page: Page) -> Call:
    """Return a call that saves the form that the clerk has open, each time with another number of people."""
    path, record = page.paths[column], page.records[NAMES.index(column)]
    form = company_form(record)
    if column == OURS:
        form["csrf_token"] = token(client.get(path).text)

    def save() -> tuple[int, int]:
        answer = client.post(path, data=form)
        form["people"] = str(int(form["people"]) + 1)
        form["version"] = str(int(form["version"]) + 1)
        saved = answer.status_code in (302, 303)  # a form with a fault in it is shown again, with 200
        return 200 if saved else 500, len(answer.data)

    return save
