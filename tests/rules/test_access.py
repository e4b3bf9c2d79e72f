"""Who may do what: the four roles, and the county that a clerk or a reader is bound to."""

import pytest

from rules.access import PERMISSIONS, SYSTEM, Actor, Permission, Role
from rules.errors import Missing, NotAllowed

READ = {Permission.READ, Permission.EXPORT}
COUNTY = READ | {Permission.WRITE, Permission.IMPORT, Permission.REVIEW_APPLICATIONS}
NOT_THE_CITYS = {Permission.MANAGE_USERS, Permission.MANAGE_OFFICE}


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        (Role.READER, READ),  # reviewers read
        (Role.COUNTY, COUNTY),  # a county keeps its records, never a title
        (Role.CITY, set(Permission) - NOT_THE_CITYS),  # city clerks do all but manage the office
        (Role.ADMIN, set(Permission)),
    ],
)
def test_what_each_role_may(role, permissions):
    actor = Actor("1", "甲", role)
    for permission in Permission:
        assert actor.may(permission) is (permission in permissions), permission
        if permission in permissions:
            actor.demand(permission)
        else:
            with pytest.raises(NotAllowed):
                actor.demand(permission)


def test_every_role_has_its_permissions_and_a_label():
    assert set(PERMISSIONS) == set(Role)
    assert len({role.label for role in Role}) == 4


@pytest.mark.parametrize(
    ("bound", "county", "seen"),
    [
        (None, "371525", True),
        (None, None, True),
        ("371525", "371525", True),
        ("371525", "371522", False),
        ("371522", "371525", False),
        ("371525", "", False),
        ("371525", None, True),  # what belongs to no county
    ],
)
def test_a_county_is_in_sight_or_as_good_as_absent(bound, county, seen):
    actor = Actor("1", "甲", Role.COUNTY, bound)
    assert actor.sees(county) is seen
    if seen:
        actor.demand_county(county)
    else:
        with pytest.raises(Missing):
            actor.demand_county(county)


def test_the_program_itself_is_bound_to_no_county():
    assert SYSTEM.county is None
    assert SYSTEM.may(Permission.WRITE)


def test_permissions_cannot_be_changed_while_the_program_runs():
    with pytest.raises(TypeError):
        PERMISSIONS[Role.READER] = frozenset(Permission)  # type: ignore[index]
    with pytest.raises(AttributeError):
        Actor("1", "甲", Role.READER).role = Role.ADMIN  # type: ignore[misc]
