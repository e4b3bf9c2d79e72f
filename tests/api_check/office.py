"""The office whose programming interface is checked: a demonstration with fields of every kind, and four tokens."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from documents.definitions.own_field import refresh_own_fields
from documents.desk.user import SignedIn, User
from documents.indexes import build_indexes
from documents.kinds import RECORDS
from documents.server.embedded import open_database
from rules.access import SYSTEM, Actor, Role
from schema.definitions.own_collections import OwnCollection, OwnScope, OwnStatus
from schema.definitions.own_fields import LISTS, REFERRING, OwnField, OwnKind, OwnWord
from schema.definitions.own_parts import OwnPart, PartKind, PartWord
from schema.registry import REGISTRY
from schema.settings import API_REQUESTS
from services.definitions.own_collections import add_own_collection
from services.definitions.own_fields import add_own_field
from services.demo.demo import load_demo
from services.desk.api_tokens import NewToken, make_token
from services.desk.settings import read_settings, save_settings
from services.desk.users import create_user
from services.records import records
from tests.browser.desk import PASSWORD

GUAN = "371525"
CLERKS = MappingProxyType(
    {"admin": ("admin", None), "city": ("city", None), "county": ("county", GUAN), "reader": ("reader", None)}
)
STATUSES = (OwnStatus("", "拟走访"), OwnStatus("", "已走访"))
# With the field that says whose their records are.
COLLECTIONS = (
    (OwnCollection("visits", "企业走访", scope=OwnScope.COMPANY, statuses=STATUSES), "company"),
    (OwnCollection("tutors", "创业导师", unique=True, scope=OwnScope.COUNTY), "county"),
    (OwnCollection("policies", "惠企政策", scope=OwnScope.CITY), ""),
)  # fmt: skip


# As many as a collection may have.
FILTERED = frozenset(
    {
        OwnKind.TEXT, OwnKind.INTEGER, OwnKind.DECIMAL, OwnKind.DATE, OwnKind.YES_NO, OwnKind.CHOICE, OwnKind.CHOICES,
        OwnKind.CODE, OwnKind.REFERENCE, OwnKind.COMPUTED,
    }
)  # fmt: skip
# What records of own collections hold, by the keys that the names of the fields lead to.
VALUES: MappingProxyType[str, Any] = MappingProxyType(
    {
        "own_danxingwenzijia": "一行", "own_zhengshujia": 7, "own_riqijia": date(2026, 3, 2), "own_youwujia": True,
        "own_danxuanjia": "w1", "own_duoxuanjia": ["w1", "w3"], "own_bianhaojia": "LC-0001",
    }
)  # fmt: skip


def fill_office(tokens: str) -> None:
    """Make it on the data folder in force, and write each clerk's token to the file `tokens` (JSON)."""
    with open_database():
        build_indexes()
        now = datetime.now(UTC)
        load_demo(now=now)
        users: dict[str, SignedIn] = {}
        for name, (role, county) in CLERKS.items():
            made = create_user(name, role=role, county=county, password=PASSWORD, actor=SYSTEM, now=now)
            users[name] = _signed_in(User.read(made.id, SYSTEM), now)
        boss = users["admin"].actor
        _, version = read_settings(boss)
        save_settings({API_REQUESTS.key: API_REQUESTS.maximum or 0}, version=version, actor=boss, now=now)
        _define(boss, now)
        _enter(boss, now)
        wanted = NewToken("api-check", writes=True, collections=(), days=30)
        found = {name: make_token(user, wanted, now=now) for name, user in users.items()}
        Path(tokens).write_text(json.dumps(found), "utf-8")


def _define(boss: Actor, now: datetime) -> None:
    for own, _ in COLLECTIONS:
        add_own_collection(own, actor=boss, now=now)
    for name in ("tenant_companies", "service_partners", *(own.name for own, _ in COLLECTIONS)):
        for field in _fields_of(name):
            add_own_field(field, actor=boss, now=now)
    refresh_own_fields()


def _fields_of(collection: str) -> Iterator[OwnField]:
    """Give a field of every kind; the first ones are filters, and a text is personal."""
    is_own = collection.startswith("c_")
    for kind in OwnKind:
        more: dict[str, Any] = {}
        if kind in LISTS:
            more["words"] = tuple(OwnWord("", word) for word in ("甲", "乙", "丙"))
        if kind is OwnKind.CODE:
            more["mask"] = "LC-####"
        if kind is OwnKind.COMPUTED:
            more["formula"] = "整数甲 * 2"
        if kind is OwnKind.ROWS:
            more["parts"] = tuple(
                OwnPart("", part.zh, part, words=(PartWord("", "甲"),) if part is PartKind.CHOICE else ())
                for part in PartKind
            )
        if kind in REFERRING:
            more["refers_to"] = "bases" if collection != "c_policies" else "c_policies"
        if kind is OwnKind.SHIPPED or (kind in REFERRING and collection == "service_partners"):
            continue
        yield OwnField(
            collection, "", kind, f"{kind.zh}甲", filtered=is_own and kind in FILTERED,
            searched=kind in (OwnKind.TEXT, OwnKind.LONG_TEXT), listed=True, **more,
        )  # fmt: skip
    yield OwnField(collection, "", OwnKind.PHONE, "私人电话", personal=True)
    yield OwnField(collection, "", OwnKind.TEXT, "内部意见", unseen_by=(Role.COUNTY, Role.READER))


def _enter(boss: Actor, now: datetime) -> None:
    """Enter three records for each of two counties, or for the city."""
    for own, owner in COLLECTIONS:
        for county in (GUAN, "371522") if owner else ("",):
            company = RECORDS["tenant_companies"].collection().find_one({"county": county}) or {}
            whose: dict[str, Any] = {
                "company": {"company": company.get("_id")},
                "county": {"county": county},
            }.get(owner, {})
            for number in range(3):
                values: dict[str, Any] = {
                    key: value for key, value in VALUES.items() if key in REGISTRY[own.name].by_key
                }
                name = {"name": f"{own.label}{county}{number}"}
                records.create(own.name, values | whose | name, actor=boss, now=now)


def _signed_in(raw: dict[str, Any], now: datetime) -> SignedIn:
    return SignedIn(
        raw["_id"], "", raw["name"], "", Role(raw["role"]), raw.get("county"), False, False, now, now
    )
