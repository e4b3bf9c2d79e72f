"""The lists of Art. 11(5) to (7) made from the records: to be fetched before, kept as they were when handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bson import ObjectId

from documents.applications.application import StoredApplication
from documents.assessment.base_years import cooperations_of, staff_of, tenants_of
from documents.records.base import Base
from office.excel.tables_writer import Table
from office.tables.materials_lists import TITLES, StaffMember, partners_table, staff_table, tenants_table
from rules.access import Actor
from rules.assessment.counting import NotCounted, is_on_staff, why_not_tenant
from rules.choices import Employment, StaffDuty
from rules.materials import Material
from services.assessment.counted import partner_on

# A company of any size is a tenant, whether or not it counts.
_HOUSED = (None, NotCounted.NO_SIZE, NotCounted.TOO_LARGE)
_DUTIES = {duty.value: duty.zh for duty in StaffDuty}


@dataclass(frozen=True)
class MaterialList:
    """One list as of a day, of `count` lines; what it is called as a file."""

    material: Material
    table: Table
    count: int
    base_name: str
    day: date

    def file_name(self, ending: str) -> str:
        """Return the name of the file with this ending."""
        return f"{TITLES[self.material]}（{self.day.isoformat()}）.{ending}"


def _staff_on(base: ObjectId, day: date, actor: Actor) -> list[StaffMember]:
    """Return the staff whom a base's list names as there on a day, managers first; none of a base without a list."""
    members = [member for member in staff_of(base, actor) if is_on_staff(member, day)]
    members.sort(key=lambda member: member.get("duty") != StaffDuty.MANAGER)
    return [
        StaffMember(
            member["name"],
            member.get("position") or _DUTIES.get(member.get("duty") or "", ""),
            member.get("qualification") or "",
            member["employment"] == Employment.FULL_TIME,
        )
        for member in members
    ]


def material_lists(base: Mapping[str, Any], *, actor: Actor, day: date) -> dict[Material, MaterialList]:
    """Return the lists of a stored base in the actor's scope as of a day: three commands."""
    name = base["name"]
    staff = _staff_on(base["_id"], day, actor)
    partners = [
        row
        for row, reason in (partner_on(partner, day) for partner in cooperations_of(base["_id"], actor))
        if reason is None
    ]
    companies = [row for row in tenants_of(base["_id"], actor) if why_not_tenant(row, day) in _HOUSED]
    tables = {
        Material.STAFF: (staff_table(name, day, staff), len(staff)),
        Material.PARTNERS: (partners_table(name, day, partners), len(partners)),
        Material.TENANTS: (tenants_table(name, day, companies), len(companies)),
    }
    return {
        material: MaterialList(material, table, count, name, day)
        for material, (table, count) in tables.items()
    }


def lists_of(raw: StoredApplication, *, actor: Actor, day: date) -> dict[Material, MaterialList]:
    """Return the lists of an application's base as of a day. Raises Missing."""
    return material_lists(Base.read(raw["base"], actor), actor=actor, day=day)
