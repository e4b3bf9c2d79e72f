"""Who may do what: roles, permissions and the county scope, decided here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from rules.errors import Missing, NotAllowed
from rules.requests.origin import Origin
from rules.requests.sent_form import SentForm
from rules.words import N_


class Role(StrEnum):
    """The four roles of the office."""

    ADMIN = "admin"
    CITY = "city"
    COUNTY = "county"
    READER = "reader"

    @property
    def label(self) -> str:
        """The role's English message id."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.ADMIN: N_("Administrator"),
    Role.CITY: N_("City clerk"),
    Role.COUNTY: N_("County clerk"),
    Role.READER: N_("Reader"),
}


class Permission(StrEnum):
    """What a role may be allowed to do; every route names the one it needs."""

    READ = "read"
    WRITE = "write"
    IMPORT = "import"
    EXPORT = "export"
    EDIT_STATUSES = "edit-statuses"
    RECORD_TITLES = "record-titles"
    READ_AUDIT = "read-audit"
    DRAFT_RULES = "draft-rules"
    REVIEW_APPLICATIONS = "review-applications"
    DECIDE_APPLICATIONS = "decide-applications"
    MANAGE_USERS = "manage-users"
    MANAGE_OFFICE = "manage-office"


class Act(StrEnum):
    """What a collection of the office's own may allow a role to do with its records, within the role's permissions."""

    SEE = "see"
    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"

    @property
    def label(self) -> str:
        """The act's English message id."""
        return _ACT_LABELS[self]


_ACT_LABELS = {
    Act.SEE: N_("See records"),
    Act.CREATE: N_("Enter new ones"),
    Act.CHANGE: N_("Change records"),
    Act.DELETE: N_("Delete them"),
}
Rights = Mapping[Role, frozenset[Act]]

_READING = frozenset({Permission.READ, Permission.EXPORT})
_COUNTY = _READING | {Permission.WRITE, Permission.IMPORT, Permission.REVIEW_APPLICATIONS}
_CITY = _COUNTY | {
    Permission.EDIT_STATUSES,
    Permission.RECORD_TITLES,
    Permission.READ_AUDIT,
    Permission.DRAFT_RULES,
    Permission.DECIDE_APPLICATIONS,
}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.READER: _READING,
        Role.COUNTY: _COUNTY,
        Role.CITY: _CITY,
        Role.ADMIN: frozenset(Permission),
    }
)


@dataclass(frozen=True)
class Actor:
    """Who acts: the user's id and name, the role, and the county they are bound to (None: the whole city).

    `origin` is from where: it is told in the trail, and makes nobody somebody else.
    """

    id: str
    name: str
    role: Role
    county: str | None = None
    origin: Origin = field(default=Origin(), compare=False)
    # The request by which they act, where it is one that may be sent twice; it makes nobody somebody else.
    sent_form: SentForm | None = field(default=None, compare=False)

    def may(self, permission: Permission) -> bool:
        """Tell whether the role holds `permission`."""
        return permission in PERMISSIONS[self.role]

    def demand(self, permission: Permission) -> None:
        """Raise NotAllowed unless the role holds `permission`."""
        if not self.may(permission):
            raise NotAllowed()

    def sees(self, county: str | None) -> bool:
        """Tell whether records of `county` are in scope; records of no county (partners) are everyone's to read."""
        return self.county is None or county is None or self.county == county

    def demand_county(self, county: str | None) -> None:
        """Raise Missing unless records of `county` are in scope: another county's record is as good as absent."""
        if not self.sees(county):
            raise Missing()


# The program itself: imports by command, demo data, upkeep.
SYSTEM = Actor(id="system", name="system", role=Role.ADMIN)
