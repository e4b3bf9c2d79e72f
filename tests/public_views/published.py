"""A published office: bases in every state, papers of most kinds, a mark in every field that is nobody's to read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import WriteConcern
from pymongo.database import Database

from documents.records.base import Base
from documents.records.fields import stored_day
from office.papers.facts import AnnouncementFacts, CorrectionFacts, ListedBase, NoticeFacts, ObjectionCounts
from office.papers.paper_text import PaperText
from office.papers.texts import announcement, correction, public_notice
from rules.rule_sets.measures import CITY_2021
from tests.sample_office import CHANG, GUAN, SHEN, code

Db = Database[dict[str, Any]]
TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # in the office it is noon
SECRET = "密语"  # in every private text, nowhere else
PHONE = "13906359876"
PERSON = f"{SECRET}翟法人"
# What no byte of a public answer may hold.
PRIVATE = (SECRET, PHONE, "9876", "secret-mail", "未认定园", "申报中园", "名录外")
LONG = "鲁西北农村电子商务与智能装备小微企业创业创新示范基地（二期）"

OPERATORS = {LONG: "聊城市鲁西北农村电子商务与智能装备产业园区运营管理有限责任公司"}


def quick(db: Db) -> Db:
    """Return the database with writes that need not survive a power cut."""
    return db.with_options(write_concern=WriteConcern(w=1, j=False))


def touch(db: Db) -> None:
    """Move the head of the audit trail, as every write of the office does."""
    quick(db)["audit_head"].update_one(
        {"_id": "head"}, {"$inc": {"seq": 1}, "$set": {"hash": str(ObjectId())}}
    )


def add_base(db: Db, name: str, county: str, number: int, **more: Any) -> ObjectId:
    """Store a certified base, LCSJ-2024-00N, whose private fields are all marked."""
    raw: dict[str, Any] = {
        "_id": ObjectId(), "name": name, "operator": OPERATORS.get(name, f"{name}运营有限公司"),
        "uscc": code(5_000_000 + number, county), "county": county, "base_type": "start-up-park",
        "address": f"兴业路{number}号", "status": "certified", "announced_on": date(2024, 3, 1),
        "document_number": "聊工信发〔2024〕21号", "title_first_day": date(2024, 3, 1),
        "title_last_day": date(2029, 2, 28), "certificate_number": f"LCSJ-2024-{number:03d}",
        "legal_representative": PERSON, "contact_name": f"{SECRET}李", "contact_phone": PHONE,
        "contact_email": "secret-mail@example.cn", "notes": f"{SECRET}备注", "version": 1,
        "floor_area": 98_765.0, "created_by": SECRET, "updated_by": SECRET,
    }  # fmt: skip
    raw |= more
    raw = {key: stored_day(value) if type(value) is date else value for key, value in raw.items()}
    raw = {key: value for key, value in raw.items() if value is not None}
    quick(db)["bases"].insert_one(raw | Base.search_fields(raw))
    touch(db)
    return ObjectId(raw["_id"])


def add_paper(
    db: Db, kind: str, text: PaperText, first: date, *, last: date | None = None, **more: Any
) -> ObjectId:
    """Store a published paper; what is not its words is marked."""
    raw: dict[str, Any] = {
        "_id": ObjectId(), "kind": kind, "title": text.title, "number": text.number or None, "dated": stored_day(first),
        "first_day": stored_day(first), "last_day": stored_day(last) if last else None, "text": text.stored(),
        "entries": [], "contact": {"telephone": "0635-8248000"}, "published_by": SECRET,
        "published_at": datetime(2026, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    quick(db)["notices"].insert_one(raw | more)
    touch(db)
    return ObjectId(raw["_id"])


def entry(base: ObjectId, name: str, county: str, **more: Any) -> dict[str, Any]:
    """Return a line of a frozen list."""
    frozen = {"base": base, "base_name": name, "operator": f"{name}运营有限公司", "county": county}
    return {"application": ObjectId(), "kind": "certification", "note": SECRET, **frozen, **more}


def notice_text(names: dict[str, str], first: date, last: date) -> PaperText:
    """Return the words of a 公示."""
    listed = tuple(ListedBase(name, f"{name}运营有限公司", county) for name, county in names.items())
    return public_notice(
        NoticeFacts(
            CITY_2021,
            2026,
            listed,
            first,
            last,
            5,
            "0635-8248000",
            "zxqy@example.gov.cn",
            "聊城市东昌府区昌润路153号",
            first,
        )
    )


def announcement_text(number: str, names: dict[str, str], dated: date) -> PaperText:
    """Return the words of a 公布."""
    term = dated, dated.replace(year=dated.year + 5) - timedelta(days=1)
    listed = tuple(
        ListedBase(name, f"{name}运营有限公司", county, term=term) for name, county in names.items()
    )
    ran = dated - timedelta(days=20), dated - timedelta(days=14)
    return announcement(
        AnnouncementFacts(CITY_2021, number, dated.year, listed, dated, *ran, ObjectionCounts(len(listed)))
    )


def publish(db: Db) -> dict[str, Any]:
    """Fill the office; the day is meant to be TODAY. Return the ids of the papers and bases by name."""
    db["bases"].delete_many({})
    made: dict[str, Any] = {
        "valid": add_base(db, LONG, GUAN, 1, former_names=["鲁西北电商园"]),
        "second": add_base(db, "清泉创业园", GUAN, 2),
        "chang": add_base(db, "东昌科技孵化器", CHANG, 3, base_type="incubator"),
        "expired": add_base(
            db, "到期园", SHEN, 4, title_first_day=date(2021, 11, 1), title_last_day=date(2026, 10, 31),
            announced_on=date(2021, 11, 1),
        ),
        "renewal": add_base(db, "复核园", SHEN, 5, title_last_day=date(2026, 12, 31)),
        "drafting": add_base(db, "草稿园", SHEN, 6, title_last_day=date(2026, 12, 31)),
        "cancelled": add_base(db, "取消园", GUAN, 7, status="cancelled"),
        "revoked": add_base(db, "撤销园", CHANG, 8, status="revoked"),
        "renewed": add_base(
            db, "换证园", GUAN, 9, certificate_number="LCSJ-2026-009", title_first_day=date(2026, 3, 1),
            title_last_day=date(2031, 2, 28),
            earlier_terms=[{
                "announced_on": stored_day(date(2021, 3, 1)), "document_number": "聊工信发〔2021〕9号",
                "title_first_day": stored_day(date(2021, 3, 1)), "title_last_day": stored_day(date(2026, 2, 28)),
                "certificate_number": "LCSJ-2021-009", "note": SECRET,
            }],
        ),
        "uncertified": add_base(db, "未认定园", GUAN, 10, status="uncertified"),
        "applying": add_base(db, "申报中园", GUAN, 11, status="uncertified", certificate_number=None),
        "later": add_base(db, "名录外明日园", GUAN, 12, announced_on=TODAY + timedelta(days=1)),
    }  # fmt: skip
    for base, kind, stage in (("renewal", "renewal", "submitted"), ("drafting", "renewal", "draft"),
                              ("applying", "certification", "on-notice")):  # fmt: skip
        db["applications"].insert_one(
            {"base": made[base], "base_name": SECRET, "kind": kind, "stage": stage, "open": True, "round": ObjectId(),
             "cases": SECRET, "review": {"opinion": SECRET}}
        )  # fmt: skip
    made |= _papers(db, made)
    db["objections"].insert_one(
        {
            "notice": made["open"],
            "base": made["second"],
            "objector": SECRET,
            "content": SECRET,
            "outcome": "open",
        }
    )
    touch(db)
    return made


def _papers(db: Db, made: dict[str, Any]) -> dict[str, Any]:
    first, last = date(2026, 11, 19), date(2026, 11, 25)
    new = {"清泉创业园": "冠县", "东昌科技孵化器": "东昌府区", LONG: "冠县"}
    papers = {"open": add_paper(db, "public-notice", notice_text(new, first, last), first, last=last, entries=[
        entry(made["second"], "清泉创业园", GUAN), entry(made["chang"], "东昌科技孵化器", CHANG),
        entry(made["valid"], LONG, GUAN, kind="renewal"),
    ])}  # fmt: skip
    future = TODAY + timedelta(days=1)
    papers["future"] = add_paper(
        db, "public-notice", notice_text({"名录外明日园": "冠县"}, future, date(2026, 11, 30)), future,
        last=date(2026, 11, 30), entries=[entry(made["later"], "名录外明日园", GUAN)],
    )  # fmt: skip
    past = date(2024, 2, 1)
    papers["past"] = add_paper(
        db, "public-notice", notice_text({"清泉创业园": "冠县"}, past, date(2024, 2, 7)), past, last=date(2024, 2, 7),
        entries=[entry(made["second"], "清泉创业园", GUAN)],
    )  # fmt: skip
    text = announcement_text("聊工信发〔2024〕21号", new, date(2024, 3, 1))
    papers["announced"] = add_paper(db, "announcement", text, date(2024, 3, 1), answers=papers["past"], entries=[
        entry(made["second"], "清泉创业园", GUAN, certificate_number="LCSJ-2024-002"),
    ])  # fmt: skip
    words = correction(CorrectionFacts(
        CITY_2021, text.title, date(2024, 3, 1),
        "附件第1项“清泉创业园”的运营主体更正为“清泉园区运营有限公司”。", date(2024, 4, 2),
        old_number=text.number,
    ))  # fmt: skip
    papers["correction"] = add_paper(db, "correction", words, date(2024, 4, 2), corrects=papers["announced"])
    return papers
