"""What clerks of 冠县 and 莘县 do in a round, in a line each: photo, check, materials, scores."""

from io import BytesIO
from typing import Any

from bson import ObjectId

from documents.records.base import Base
from rules.access import Actor, Role
from rules.applications import OnSite, Verb
from rules.materials import Material
from services.applications.county_review import review, save_on_site
from services.applications.expert_review import Expert, conclude, put_expert
from services.applications.submission import save_materials
from services.desk.trail import verify
from services.shared.files import add_file
from tests.round_driver import CITY, OPENED, PNG, REVIEWED, SCORED, moment, stored, version_of
from tests.round_driver import verify as verify_conditions
from tests.sample_office import PDF

GUAN, SHEN = "371525", "371522"
GUAN_CLERK = Actor("g", "冠县甲", Role.COUNTY, GUAN)
SHEN_CLERK = Actor("s", "莘县甲", Role.COUNTY, SHEN)
READER = Actor("r", "评审甲", Role.READER)


def base_of(application: ObjectId) -> dict[str, Any]:
    found = Base.collection().find_one({"_id": stored(application)["base"]})
    assert found is not None
    return found


def whole() -> bool:
    """Tell whether the audit trail is whole."""
    return verify() is None


def add_photo(application: ObjectId) -> None:
    add_file(
        "applications",
        application,
        "现场.png",
        BytesIO(PNG),
        slot="on-site",
        actor=CITY,
        now=moment(REVIEWED),
    )


def check_and_pass(application: ObjectId, actor: Actor = CITY) -> None:
    verify_conditions(stored(application)["base"])
    add_photo(application)
    found = OnSite(REVIEWED, "王明", "属实")
    save_on_site(application, found, version=version_of(application), actor=actor, now=moment(REVIEWED))
    review(application, Verb.PASS, opinion="同意", version=version_of(application), actor=actor,
           now=moment(REVIEWED), today=REVIEWED)  # fmt: skip


def fill_in(application: ObjectId) -> None:
    for one in Material:
        ending, data = ("png", PNG) if one is Material.CASES else ("pdf", PDF)
        add_file(
            "applications",
            application,
            f"材料.{ending}",
            BytesIO(data),
            slot=one.value,
            actor=CITY,
            now=moment(OPENED),
        )
    save_materials(
        application,
        cases="案例",
        sealed=True,
        version=version_of(application),
        actor=CITY,
        now=moment(OPENED),
    )


def expert(name: str, points: float = 80) -> Expert:
    return Expert(
        name, "聊城大学", dict.fromkeys(("operation", "ability", "effect", "novelty"), points), "好"
    )


def score(application: ObjectId) -> None:
    for name in ("甲", "乙", "丙"):
        put_expert(application, expert(name), version=version_of(application), actor=CITY, now=moment(SCORED))
    conclude(application, opinion="通过", version=version_of(application), actor=CITY, now=moment(SCORED))
