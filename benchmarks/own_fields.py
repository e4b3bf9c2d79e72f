"""What ten own fields on the companies cost: two offices that differ in nothing else, asked in turns.

Each office has a process of its own (`python -m benchmarks.own_fields URI DATABASE`), for what is declared holds for
a whole process. A line on its standard input names what is asked, a line of JSON on its standard output the cost.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bson import ObjectId
from flask.json.provider import DefaultJSONProvider
from flask.testing import FlaskClient
from pymongo import monitoring
from python_calamine import CalamineWorkbook

from benchmarks.columns import OURS, company_form, make_client, token
from benchmarks.data import CLERK, database_name, ensure
from benchmarks.exports import download
from benchmarks.measuring import COMMANDS, Call, Cost, median, once
from benchmarks.records import record_id
from documents.definitions.own_field import SHIPPED, refresh_own_fields
from documents.desk.user import SignedIn, User
from documents.kinds import RECORDS
from documents.records.own_indexes import build_own_indexes
from documents.server.connection import connect, database, disconnect, patient
from rules.access import SYSTEM, Role
from schema.definitions.own_fields import OwnField, OwnKind, OwnWord
from schema.registry import REGISTRY
from schema.settings import API_REQUESTS
from services.definitions.own_fields import add_own_field
from services.desk.api_tokens import NewToken, make_token
from services.desk.settings import read_settings, save_settings

COMPANIES = "tenant_companies"
WITHOUT, WITH = "without", "with"
_WORDS = tuple(OwnWord("", f"产业链{number}") for number in range(1, 13))
# Two to filter by, two to sort by, one reference, one computed, four plain ones.
_FIELDS: tuple[OwnField, ...] = (
    OwnField(COMPANIES, "", OwnKind.CHOICE, "产业链", words=_WORDS, filtered=True),
    OwnField(COMPANIES, "", OwnKind.YES_NO, "专精特新", filtered=True),
    OwnField(COMPANIES, "", OwnKind.INTEGER, "专利数", filtered=True),
    OwnField(COMPANIES, "", OwnKind.DATE, "走访日", filtered=True),
    OwnField(COMPANIES, "", OwnKind.REFERENCE, "原属基地", refers_to="bases"),
    OwnField(COMPANIES, "", OwnKind.COMPUTED, "人均收入", formula="营业收入 / 从业人员"),
    OwnField(COMPANIES, "", OwnKind.TEXT, "主导产品"),
    OwnField(COMPANIES, "", OwnKind.LINK, "官网"),
    OwnField(COMPANIES, "", OwnKind.PHONE, "值班电话"),
    OwnField(COMPANIES, "", OwnKind.DECIMAL, "研发投入"),
)
_RANDOM: Mapping[str, Any] = {"$rand": {}}
_LISTS, _EXPORT, _FLOOR = "/admin/tenant-companies/", "export", "api floor"
_API = "/api/v1/tenant-companies"
_BARE = "bare cursor and JSON of 100"
_ONE = 60


@dataclass(frozen=True)
class Row:
    """One row of the table: what is asked of the office without and of the one with own fields."""

    name: str
    without: str
    with_own: str
    is_explained: bool = False

    def asked(self, office: str) -> str:
        """Return what an office is asked."""
        return self.without if office == WITHOUT else self.with_own


def rows(keys: Mapping[str, str]) -> Iterator[Row]:
    """Yield the rows; `keys` are the own fields' by their names."""
    company = record_id(COMPANIES, _ONE)
    form = f"{_LISTS}edit/?id={company}"

    def same(name: str, asked: str) -> Row:
        return Row(name, asked, asked)

    yield same("list, first page", _LISTS)
    yield Row(
        "list, filtered (by industry; by an own choice)", f"{_LISTS}?industry=retail",
        f"{_LISTS}?{keys['产业链']}=w3", True,
    )  # fmt: skip
    yield Row(
        "list, filtered (by industry; by an own yes or no)",
        f"{_LISTS}?industry=retail",
        f"{_LISTS}?{keys['专精特新']}=yes",
        True,
    )
    yield Row(
        "list, sorted (by day; by an own day)",
        f"{_LISTS}?sort=moved_in",
        f"{_LISTS}?sort={keys['走访日']}",
        True,
    )
    yield Row(
        "list, sorted (by people; by an own number)",
        f"{_LISTS}?sort=-people",
        f"{_LISTS}?sort=-{keys['专利数']}",
        True,
    )
    columns = "columns=name&columns=base&columns=people&columns={}&columns={}"
    yield Row(
        "list, two further columns", f"{_LISTS}?{columns.format('phone', 'moved_in')}",
        f"{_LISTS}?{columns.format(keys['值班电话'], keys['走访日'])}",
    )  # fmt: skip
    yield same("search: a trade (1 in 12)", f"{_LISTS}?search=机械")
    yield same("page of a company", f"{_LISTS}details/?id={company}")
    yield same("company form", form)
    yield same("save a company", f"save {form}")
    yield same("interface: a list of 100", f"{_API}?limit=100")
    yield same(_BARE, _FLOOR)


# --- Both offices, in turns ----------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """What a row cost in both offices, and how the server read the companies for it with own fields."""

    name: str
    costs: Mapping[str, Cost]
    plans: tuple[str, ...] = ()

    @property
    def ratio(self) -> float:
        """With own fields, as a multiple of without."""
        return self.costs[WITH].seconds / self.costs[WITHOUT].seconds

    @property
    def more_commands(self) -> int:
        """How many commands more there are with own fields."""
        return self.costs[WITH].commands - self.costs[WITHOUT].commands

    @property
    def is_ours(self) -> bool:
        """Whether it is the office's, not the floor."""
        return self.name != _BARE


def measure(factor: float, uri: str, runs: int, exports: int = 3) -> list[Measured]:
    """Build both data sets where they are not there, and measure each row in both offices in turns."""
    names = {WITHOUT: database_name(factor), WITH: f"{database_name(factor)}_own"}
    for name in names.values():
        connect(uri, name)
        ensure(factor, uri)
        if name == names[WITH] and database()["bench"].find_one({"_id": "own"}) is None:
            words = [sys.executable, "-m", "benchmarks.own_fields", uri, name, "fill"]
            subprocess.run(words, check=True, timeout=1800)  # noqa: S603 - our own words
            database()["bench"].insert_one({"_id": "own"})
        disconnect()
    with ExitStack() as stack:
        offices = {office: stack.enter_context(_child(uri, name)) for office, name in names.items()}
        asked = [(row, runs) for row in rows(offices[WITH].keys)]
        asked.append((Row("export, per cell", _EXPORT, _EXPORT), exports))
        return [_in_turns(row, offices, many) for row, many in asked]


def table(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"{'':52}{'without ms':>11}{'with ms':>10}{'ratio':>7}{'commands':>12}  plans"
    for row in measured:
        without, with_own = row.costs[WITHOUT], row.costs[WITH]
        yield (
            f"{row.name:52}{without.seconds * 1000:11.2f}{with_own.seconds * 1000:10.2f}"
            f"{row.ratio:7.2f}{without.commands:7}{with_own.commands:5}"
            f"  {'; '.join(dict.fromkeys(row.plans))}"
        )


class _Child:
    """An office in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.keys: Mapping[str, str] = self._heard()

    def _heard(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError("the office of the measurement ended")
        return json.loads(line)

    def ask(self, line: str) -> Any:
        """Have it measure something."""
        if self._process.stdin:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        return self._heard()


@contextmanager
def _child(uri: str, name: str) -> Iterator[_Child]:
    words = [sys.executable, "-m", "benchmarks.own_fields", uri, name]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, encoding="utf-8") as process:  # noqa: S603 - our own words
        yield _Child(process)
        if process.stdin:
            process.stdin.close()


def _in_turns(row: Row, offices: Mapping[str, _Child], runs: int) -> Measured:
    taken: dict[str, list[Cost]] = {name: [] for name in offices}
    for turn in range(runs + 1):
        # Who is asked first alternates, so that a machine that slows down favours neither.
        for name in list(offices)[:: 1 if turn % 2 else -1]:
            cost = Cost(**offices[name].ask(f"cost {row.asked(name)}"))
            if turn:  # the first one warms up
                taken[name].append(cost)
    costs = {name: median(found) for name, found in taken.items()}
    if row.with_own == _EXPORT:
        costs = {
            name: replace(cost, seconds=cost.seconds / max(cost.rows, 1)) for name, cost in costs.items()
        }
    plans = offices[WITH].ask(f"plans {row.with_own}") if row.is_explained else ()
    return Measured(row.name, costs, tuple(plans))


# --- One office, in its own process --------------------------------------------------------------


def define_and_fill() -> None:
    """Add the ten fields to the connected office, give every company values, and build what follows."""
    now = datetime.now(UTC)
    for field in _FIELDS:
        add_own_field(field, actor=SYSTEM, now=now)
    keys = own_keys()
    word = {"$concat": ["w", {"$toString": _number(12, 1)}]}
    day = {
        "$dateAdd": {"startDate": datetime(2021, 1, 4, tzinfo=UTC), "unit": "day", "amount": _number(2000)}
    }
    ratio = {"$round": [{"$divide": ["$revenue", "$people"]}, 4]}
    values = {
        "产业链": word, "专精特新": {"$lt": [_RANDOM, 0.1]}, "专利数": _number(300), "走访日": day, "原属基地": "$base",
        "人均收入": {"$cond": [{"$gt": ["$people", 0]}, ratio, None]}, "主导产品": "精密轴承与传动部件",
        "官网": "https://www.example.cn/", "值班电话": "0635-8230001", "研发投入": {"$toDouble": _number(900)},
    }  # fmt: skip
    stored = {keys[label]: value for label, value in values.items()} | {
        f"{keys['原属基地']}_name": "$base_name"
    }
    with patient():
        database()[COMPANIES].update_many({}, [{"$set": stored}])
        refresh_own_fields()
        build_own_indexes(SHIPPED[COMPANIES], RECORDS[COMPANIES])


def _number(most: int, least: int = 0) -> dict[str, Any]:
    return {"$toInt": {"$add": [least, {"$floor": {"$multiply": [_RANDOM, most]}}]}}


def own_keys() -> dict[str, str]:
    """Return the keys of the companies' own fields by their names."""
    return {field.label: field.key for field in REGISTRY[COMPANIES].fields if field.key.startswith("own_")}


class _Office:
    """Answers what is asked of the connected office."""

    def __init__(self) -> None:
        self._client = make_client(OURS)
        self._headers = {"Authorization": f"Bearer {_clerks_token()}"}
        self._save: Call | None = None

    def cost(self, asked: str) -> Cost:
        if asked == _EXPORT:
            with TemporaryDirectory() as folder:
                path = f"{folder}/export.xlsx"
                address = f"{_LISTS}export/xlsx/?columns="
                cost = once(lambda: download(self._client, address, path, lambda seconds: None))
                return replace(cost, rows=cells_of(Path(path)))
        return once(self._call(asked))

    def _call(self, asked: str) -> Call:
        if asked == _FLOOR:
            return _floor
        if asked.startswith("save "):
            self._save = self._save or _saver(self._client, asked.removeprefix("save "))
            return self._save
        headers = self._headers if asked.startswith(_API) else {}

        def get() -> tuple[int, int]:
            answer = self._client.get(asked, headers=headers)
            return answer.status_code, len(answer.data)

        return get

    def plans(self, asked: str) -> list[str]:
        """Return the plans of the companies' reads of one page, as the server sums them up."""
        companies = f"{database().name}.{COMPANIES}"
        database().command("profile", 2)
        try:
            self._call(asked)()
        finally:
            database().command("profile", 0)
        read = {"ns": companies, "planSummary": {"$exists": True}}
        plans = [row["planSummary"] for row in database()["system.profile"].find(read)]
        database()["system.profile"].drop()
        return plans


def cells_of(path: Path) -> int:
    """Return how many cells the sheets of a workbook have."""
    sheets = CalamineWorkbook.from_path(str(path))
    return sum(len(row) for name in sheets.sheet_names for row in sheets.get_sheet_by_name(name).to_python())


def _clerks_token() -> str:
    now = datetime.now(UTC)
    raw: Mapping[str, Any] = User.collection().find_one({"name": CLERK}) or {}
    # A user has so many tokens and no more; those of earlier runs go.
    User.collection().update_one(
        {"_id": raw["_id"], "api_tokens.9": {"$exists": True}}, {"$unset": {"api_tokens": 1}}
    )
    clerk = SignedIn(raw["_id"], "", CLERK, "", Role(raw["role"]), None, False, False, now, now)
    _, version = read_settings(SYSTEM)
    save_settings({API_REQUESTS.key: API_REQUESTS.maximum or 0}, version=version, actor=SYSTEM, now=now)
    return make_token(clerk, NewToken("bench", writes=False, collections=(), days=30), now=now)


def _floor() -> tuple[int, int]:
    """Read 100 companies with a cursor and write them as JSON: what the interface cannot do without."""
    fields = {field.key: 1 for field in REGISTRY[COMPANIES].fields if field.stored}
    found = list(database()[COMPANIES].find({}, {**fields, "version": 1}).sort("sort_key", 1).limit(100))
    text = json.dumps({"items": found}, default=_plain)
    return 200, len(text)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, ObjectId) else DefaultJSONProvider.default(value)


def _saver(client: FlaskClient, path: str) -> Call:
    company = record_id(COMPANIES, _ONE)
    form = company_form(company) | {"csrf_token": token(client.get(path).text)}
    raw: Mapping[str, Any] = database()[COMPANIES].find_one({"_id": company}) or {}
    for label, key in own_keys().items():
        value = raw.get(key)
        if label == "人均收入" or value is None:
            continue
        if isinstance(value, bool):
            form[key] = "yes" if value else "no"
        else:
            form[key] = f"{value:%Y-%m-%d}" if isinstance(value, datetime) else str(value)

    def save() -> tuple[int, int]:
        answer = client.post(path, data=form)
        form["people"], form["version"] = str(int(form["people"]) + 1), str(int(form["version"]) + 1)
        return 200 if answer.status_code in (302, 303) else 500, len(answer.data)

    return save


def main() -> None:
    """Answer on one office as its standard input asks, until that ends."""
    uri, name, *more = sys.argv[1:]
    monitoring.register(COMMANDS)
    connect(uri, name)
    try:
        refresh_own_fields()
        if more:
            define_and_fill()
            return
        office = _Office()
        _tell(own_keys())
        for line in sys.stdin:
            verb, _, asked = line.rstrip("\n").partition(" ")
            _tell(office.plans(asked) if verb == "plans" else asdict(office.cost(asked)))
    finally:
        disconnect()


def _tell(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
