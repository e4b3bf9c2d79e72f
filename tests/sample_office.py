"""A small office of two counties, made once by the services themselves; every word of 莘县 holds a mark.

冠县 371525 is the county that the bound clerk and the bound reader keep; what they must never see is 莘县's.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
from bson import ObjectId
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from pymongo.database import Database
from stdnum.cn import uscc
from werkzeug.test import TestResponse

from documents.desk.user import User
from rules.access import SYSTEM, Actor, Role
from rules.rule_sets.measures import CITY_2021
from schema.tenant_companies import TENANT_COMPANIES
from services.assessment.rule_sets import create_draft
from services.desk.api_tokens import PREFIX
from services.desk.users import create_user
from services.imports.import_rows import import_workbook
from services.imports.uploads import keep_upload
from services.records import records
from services.records.saved_views import save_view
from services.shared.files import add_file
from tests.stored_rows import StoredRows, digest

GUAN, SHEN, CHANG = "371525", "371522", "371502"
MARK = "燕塔"  # in every name and text of 莘县, nowhere else
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
# An ordinary weekday: everything in the sample was written then.
MADE_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "green-lamp-river-40"
# How small the demonstration is where its size does not matter: its bases and this year's round stay.
SMALL = (
    ("records", "COMPANIES", 90),
    ("records", "PARTNERS", 12),
    ("records", "ENTRIES", 150),
    ("records", "EARLIER", (1,)),
    ("reports", "YEARS", 1),
)

# login name: role, county, name on screen
USERS = {
    "boss": ("admin", None, "管理员甲"),
    "city": ("city", None, "市局甲"),
    "guan": ("county", GUAN, "冠县甲"),
    "shen": ("county", SHEN, f"{MARK}甲"),
    "reader": ("reader", None, "评审甲"),
    "guan_reader": ("reader", GUAN, "评审乙"),
}


def code(number: int, county: str = GUAN) -> str:
    """Return a valid unified social credit code."""
    body = f"91{county}MA{number:07d}"
    return body + uscc.calc_check_digit(body)


@dataclass
class Office:
    """What tests need of the sample: the ids of each county's records, and the database behind them."""

    db: Database[dict[str, Any]]
    guan: SimpleNamespace
    shen: SimpleNamespace
    shared: ObjectId  # a partner that works in both counties
    own_status: ObjectId  # a status of the office's own, for companies, that nothing uses
    users: dict[str, ObjectId]
    secrets: tuple[str, ...]
    rows: StoredRows = field(repr=False)

    def digest(self) -> dict[str, str]:
        """Return a fingerprint of every collection."""
        return digest(self.db)

    def reset(self) -> None:
        """Put the whole database back as the sample was made."""
        self.rows.put_back(self.db)

    def actor(self, name: str) -> Actor:
        """Return a user as the rules know them."""
        role, county, shown = USERS[name]
        return Actor(str(self.users[name]), shown, Role(role), county)

    def one(self, collection: str, record_id: ObjectId) -> dict[str, Any]:
        """Return a stored record."""
        found = self.db[collection].find_one({"_id": record_id})
        assert found is not None
        return found


class Browser(FlaskClient):
    """A browser with a session of its own; `send` posts as our forms do, with their token."""

    bearer = ""  # the token of who has signed in, with which programs ask
    signed_in: tuple[ObjectId, str] | None = None  # who, and the key of the session

    def again(self) -> "Browser":
        """Return another browser in the same session, as it was when it began."""
        other = Browser(self.application)
        if self.signed_in:
            other.begin(*self.signed_in)
            other.bearer, other.signed_in = self.bearer, self.signed_in
        return other

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request and take the whole answer, so that the file behind it is closed.

        What a server could not send as a header fails here.
        """
        answer = super().open(*args, **{"buffered": True, **kwargs})
        "".join(f"{name}{value}" for name, value in answer.headers).encode("latin-1")
        return answer

    def begin(self, user: ObjectId, key: str) -> None:
        """Put a session into the cookie, as a sign-in would."""
        with self.session_transaction() as session:
            session["_user_id"], session["session_key"] = str(user), key
            session["csrf_token"] = "0" * 40

    @property
    def token(self) -> str:
        """The token that a form of this session carries."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", "0" * 40)
        return str(
            URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(raw)  # type: ignore[arg-type]
        )

    def send(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Post a form."""
        return self.post(path, data={"csrf_token": self.token, **(data or {})}, **more)

    def ask(self, path: str, method: str = "GET", **more: Any) -> TestResponse:
        """Ask the programming interface with the user's token."""
        headers = {
            **({"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}),
            **more.pop("headers", {}),
        }
        return self.open(path, method=method, headers=headers, **more)


def token_of(user: ObjectId) -> str:
    """Return the token that a user of the sample has, which may do all that its user may."""
    return f"{PREFIX}{user}".ljust(len(PREFIX) + 43, "x")


def give_token(db: Database[dict[str, Any]], user: ObjectId) -> None:
    """Let a user have that token; it was used just now for all the year, so that reading changes nothing."""
    late = datetime(2099, 1, 1, tzinfo=UTC)
    token = {
        "id": user, "key_hash": hashlib.sha256(token_of(user).encode()).hexdigest(), "name": "样例", "writes": True,
        "collections": [], "made_at": MADE_AT, "expires_at": late, "used_at": late,
    }  # fmt: skip
    db["users"].update_one({"_id": user}, {"$set": {"api_tokens": [token]}})


def open_session(app: Flask, user: ObjectId) -> Browser:
    """Return a browser in which `user` has just signed in; without argon2, which is tested elsewhere."""
    key = ObjectId().binary.hex() * 2
    now = datetime.now(UTC)
    session = {"key_hash": hashlib.sha256(key.encode()).hexdigest(), "created_at": now, "seen_at": now}
    User.collection().update_one({"_id": user}, {"$push": {"sessions": session}})
    browser = Browser(app)
    browser.begin(user, key)
    browser.bearer, browser.signed_in = token_of(user), (user, key)
    return browser


def workbook(rows: Iterable[Iterable[Any]]) -> BytesIO:
    """Return a workbook with these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def cells(answer: TestResponse | bytes) -> list[list[Any]]:
    """Return the cells of the first sheet of a workbook that was sent."""
    data = answer if isinstance(answer, bytes) else answer.data
    book = openpyxl.load_workbook(BytesIO(data))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


Make = Callable[[Office], SimpleNamespace]
_made: dict[tuple[StoredRows, Make], tuple[StoredRows, SimpleNamespace]] = {}


def with_more(office: Office, make: Make) -> tuple[Office, SimpleNamespace]:
    """Return the office with what `make` adds, and what it returned; made once for each office it is added to.

    The database holds it after the returned office's `reset()`; what its fixture `office_with` names, at once.
    """
    key = (office.rows, make)
    if key not in _made:
        office.reset()
        made = make(office)
        _made[key] = (StoredRows(office.db), made)
    rows, made = _made[key]
    return replace(office, rows=rows), made


# --- How it is made ----------------------------------------------------------------------------


def build_office(db: Database[dict[str, Any]], folder: Path) -> Office:
    """Make the sample through the services."""
    users = {
        name: create_user(
            name,
            role=role,
            county=county,
            display_name=shown,
            password=PASSWORD if name in ("guan", "boss") else None,
            actor=SYSTEM,
            now=MADE_AT,
        ).id
        for name, (role, county, shown) in USERS.items()
    }
    db["users"].update_many({}, {"$set": {"must_change_password": False}})
    for user in users.values():
        give_token(db, user)
    office = Office(
        db, SimpleNamespace(), SimpleNamespace(), ObjectId(), ObjectId(), users, (), StoredRows(db)
    )
    city = office.actor("city")
    _make_county(office, office.guan, "guan", GUAN, "清泉", 100, folder)
    _make_county(office, office.shen, "shen", SHEN, MARK, 900, folder)
    both = [{"base": office.guan.base}, {"base": office.shen.base, "first_day": date(2025, 1, 1)}]
    office.shared = _create(
        "service_partners",
        city,
        name="鲁西会计师事务所",
        uscc=code(160, "371500"),
        functions=["professional"],
        cooperations=both,
    )
    office.own_status = _create(
        "statuses",
        city,
        collection="tenant_companies",
        code="to_check",
        label="待核实",
        colour="amber",
        order=30,
        final=False,
        public=False,
    )
    next_rules = replace(CITY_2021, title="下一部办法", first_day=date(2026, 12, 4), last_day=None)
    create_draft(next_rules, actor=city, now=MADE_AT)  # city-2026
    office.secrets = tuple(sorted(_secrets(db, office)))
    db["users"].update_many({}, {"$set": {"sessions": []}})
    office.rows = StoredRows(db)
    return office


def _create(collection: str, actor: Actor, /, **values: Any) -> ObjectId:
    return records.create(collection, values, actor=actor, now=MADE_AT)


def _make_county(
    office: Office, made: SimpleNamespace, clerk: str, county: str, word: str, first: int, folder: Path
) -> None:
    """Make one county's records; `first` is where its codes and phones begin."""
    city, own = office.actor("city"), office.actor(clerk)
    made.county, made.word = county, word
    made.phone = f"1390635{first:04d}"
    made.base = _create(
        "bases",
        city,
        name=f"{word}创业园",
        operator=f"{word}园区运营有限公司",
        uscc=code(first, county),
        county=county,
        base_type="start-up-park",
        legal_representative=f"{word}翟",
        address=f"{word}路1号",
        operating_since=date(2019, 5, 1),
        floor_area=1234.5,
        service_staff=8,
        online_system=True,
        status="certified",
        announced_on=date(2023, 12, 20),
        document_number=f"聊工信发〔2023〕{first}号",
        contact_name=f"{word}李",
        contact_phone=made.phone,
        contact_email=f"base{first}@example.cn",
        notes=f"{word}备注",
    )
    made_in = {"industry": "manufacturing"}
    companies = []
    for n, (stem, values) in enumerate(
        (
            ("长沙启程机械", made_in | {"people": 30, "revenue": 500.0, "moved_in": date(2024, 1, 5)}),
            ("阿胶食品", {"people": 5, "revenue": 90.5, "industry": "retail", "moved_in": date(2025, 2, 6)}),
            (
                "旧邻纺织",
                made_in | {"people": 400, "moved_in": date(2020, 3, 7), "moved_out": date(2025, 6, 30)},
            ),
        )
    ):
        values |= {
            "assets": 10.0 * n,
            "legal_representative": f"{word}单",
            "phone": f"1380635{first + n:04d}",
        }
        companies.append(
            _create("tenant_companies", own, name=f"{word}{stem}有限公司", uscc=code(first + 10 + n, county),
                    base=made.base, **values)
        )  # fmt: skip
    made.company, made.second_company, made.left_company = companies
    made.partner = _create(
        "service_partners",
        own,
        name=f"{word}律师事务所",
        uscc=code(first + 20, county),
        functions=["professional", "training"],
        cooperations=[{"base": made.base, "first_day": date(2024, 1, 1)}],
        contact_name=f"{word}解",
        contact_phone=f"1370635{first:04d}",
    )
    # As many full-time people as the base's record says.
    staff = [
        _create("staff_members", own, name=f"{word}职员{sign}", base=made.base, duty="service", position="创业辅导师",
                employment="full-time", qualification=f"{word}创业指导师", phone=f"1360635{first + n:04d}",
                started_on=date(2024, 3, 1))
        for n, sign in enumerate("甲乙丙丁戊己庚辛")
    ]  # fmt: skip
    made.member, made.spare_member = staff[:2]
    made.entry = _create(
        "ledger_entries",
        own,
        base=made.base,
        served_on=date(2026, 2, 3),
        place=f"{word}会议室",
        function="training",
        activity="training",
        mode="offline",
        partner=made.partner,
        request=f"{word}培训需求",
        service_record=f"{word}已培训",
        companies=[{"name": f"{word}长沙启程机械有限公司"}],
        company_times=1,
        person_times=12,
        fee_kind="free",
        satisfaction="good",
        feedback=f"{word}很好",
        status="submitted",
    )
    made.draft = _create("ledger_entries", own, base=made.base, function="information", request=f"{word}草稿")
    gone = _create(
        "tenant_companies",
        own,
        name=f"{word}已删除商贸有限公司",
        uscc=code(first + 30, county),
        base=made.base,
    )
    records.delete("tenant_companies", gone, version=1, actor=own, now=MADE_AT)
    found = office.db["recycled"].find_one({"record_id": gone})
    assert found is not None
    made.recycled = found["_id"]
    made.spare = _create(
        "bases",
        city,
        name=f"{word}孵化器",
        operator=f"{word}孵化有限公司",
        uscc=code(first + 50, county),
        county=county,
        base_type="incubator",
    )
    made.spare_partner = _create("service_partners", own, name=f"{word}设计院", uscc=code(first + 60, county))
    made.files = {
        collection: add_file(
            collection, record_id, f"{word}营业执照.pdf", BytesIO(PDF + word.encode()), actor=own, now=MADE_AT
        )
        for collection, record_id in (
            ("bases", made.base),
            ("tenant_companies", made.company),
            ("service_partners", made.partner),
            ("staff_members", made.member),
            ("ledger_entries", made.entry),
        )
    }
    heading = [column.heading for column in TENANT_COMPANIES.imported]
    good = {
        "企业名称": f"{word}导入有限公司",
        "统一社会信用代码": code(first + 40, county),
        "所属基地": f"{word}创业园",
    }
    bad = good | {"企业名称": f"{word}坏行有限公司", "统一社会信用代码": f"{word}12"}
    sent = workbook([heading, *([row.get(word) for word in heading] for row in (good, bad))])
    path = folder / f"{county}.xlsx"
    path.write_bytes(sent.getvalue())
    report = import_workbook(path, TENANT_COMPANIES, actor=own, now=MADE_AT, file_name=f"{word}报送.xlsx")
    made.batch = report.batch
    made.upload = keep_upload(sent, f"{word}上传.xlsx", place="import:bases", actor=own, now=MADE_AT)
    save_view(office.users[clerk], "tenant_companies", f"{word}视图", "?search=" + word)


def _secrets(db: Database[dict[str, Any]], office: Office) -> Iterator[str]:
    """Return what nobody bound to 冠县 may read: the mark, and 莘县's codes, phones and addresses of mail."""
    yield MARK
    for collection in ("bases", "tenant_companies", "service_partners", "staff_members", "ledger_entries"):
        for raw in db[collection].find(
            {"_id": {"$ne": office.shared}, "$or": [{"county": SHEN}, {"counties": SHEN}]}
        ):
            yield from (
                raw[key]
                for key in ("uscc", "phone", "contact_phone", "contact_email", "document_number")
                if raw.get(key)
            )
    yield code(930, SHEN)
