"""The office's settings, each declared once: its key, words, kind, default and bounds.

A setting is a decision of the office. What the Measures ask (thresholds, terms, periods) is no setting: it stands in a
rule set (`rules/rule_sets/measures.py`), which changes with an edition and not with an office.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar, cast

from rules.errors import Refusal
from rules.papers import LONGEST_PREFIX, refusals_of_prefix
from rules.words import N_

T = TypeVar("T", int, str)


class SettingKind(Enum):
    """What a setting holds."""

    NUMBER = int
    TEXT = str


class SettingGroup(Enum):
    """The sections of the settings' form, in its order; the value is a message id."""

    SIGN_IN = N_("Sign-in")
    YEARS = N_("Years and days")
    PAPERS = N_("Papers")
    FILES = N_("Files")
    CONTACT = N_("How the office is reached")
    PROGRAMS = N_("Other programs")


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One decision. `minimum` and `maximum` bound a number, or the characters of a text (least 1: it may not be blank).

    `key` is stored and names the field of the form; `label`, `unit` and `help` are message ids.
    """

    key: str
    label: str
    kind: SettingKind
    default: T
    group: SettingGroup
    unit: str = ""
    help: str = ""
    minimum: int = 0
    maximum: int = 100


_NUMBER, _TEXT, _G = SettingKind.NUMBER, SettingKind.TEXT, SettingGroup

SESSION_IDLE = Setting(
    "session_idle_minutes", N_("Signed out when idle for"), _NUMBER, 60, _G.SIGN_IN, N_("minutes"),
    N_("Whoever does nothing for so long must sign in again."), 5, 24 * 60,
)  # fmt: skip
SESSION_ABSOLUTE = Setting(
    "session_absolute_hours", N_("Signed out at the latest after"), _NUMBER, 12, _G.SIGN_IN, N_("hours"),
    N_("However busy one is: once a working day is usual."), 1, 7 * 24,
)  # fmt: skip
LOCK_AFTER = Setting(
    "lock_after", N_("Locked after"), _NUMBER, 5, _G.SIGN_IN, N_("wrong passwords"),
    N_("Counted for each user and address. Other addresses of the user stay open; unknown ones are slowed."), 3, 100,
)  # fmt: skip
LOCK_MINUTES = Setting(
    "lock_minutes", N_("Locked for"), _NUMBER, 15, _G.SIGN_IN, N_("minutes"), "", 1, 24 * 60
)
ONE_TIME_HOURS = Setting(
    "one_time_password_hours", N_("A one-time password is good for"), _NUMBER, 72, _G.SIGN_IN, N_("hours"),
    N_("Whoever has not signed in with it by then asks the administrator for another."), 1, 30 * 24,
)  # fmt: skip
PASSWORD_DAYS = Setting(
    "password_days", N_("A password must be changed after"), _NUMBER, 0, _G.SIGN_IN, N_("days"),
    N_("Asked for at sign-in. 0: never, which is advised where passwords are long."), 0, 730,
)  # fmt: skip
ADDRESS_FAILURES = Setting(
    "address_failures", N_("An address is slowed after"), _NUMBER, 30, _G.SIGN_IN, N_("failed sign-ins"),
    N_("A county office may stand behind one address: it is slowed, never shut out."), 5, 1000,
)  # fmt: skip
FIRST_YEAR = Setting(
    "first_year", N_("First year of the ledger"), _NUMBER, 2000, _G.YEARS, "",
    N_("No year before it is counted, assessed or reported on in the ledger."), 1990, 2100,
)  # fmt: skip
FIRST_REPORT_YEAR = Setting(
    "first_report_year", N_("First year of the yearly reports"), _NUMBER, 2010, _G.YEARS, "",
    N_("Reports on years before it cannot be opened."), 1990, 2100,
)  # fmt: skip
STATEMENT_DAYS = Setting(
    "statement_days", N_("A base's time for its statement, at least"), _NUMBER, 3, _G.YEARS, N_("days"),
    N_("From the day on which the prior notice of a decision was served."), 3, 60,
)  # fmt: skip
REMINDER_DAYS = Setting(
    "reminder_days", N_("A missing summary is reminded of for"), _NUMBER, 30, _G.YEARS, N_("days"),
    N_("Counted from the day on which it was due; afterwards a case about the title is proposed."), 0, 365,
)  # fmt: skip
FILES_OF_RECORD = Setting(
    "files_of_record_mb", N_("Files of one record, at most"), _NUMBER, 300, _G.FILES, "MB",
    N_("From four fifths on, the page says how much is left. It is the same for the other three."), 20, 10_000,
)  # fmt: skip
FILES_OF_USER = Setting(
    "files_of_user_mb", N_("Files of one user in all, at most"), _NUMBER, 10_000, _G.FILES, "MB",
    N_("Those in the recycle bin count as long as they can be restored."), 100, 1_000_000,
)  # fmt: skip
FILES_OF_DAY = Setting(
    "files_of_day_mb", N_("Files of one user on one day, at most"), _NUMBER, 400, _G.FILES, "MB",
    N_("What was removed again the same day counts as well."), 20, 100_000,
)  # fmt: skip
FILES_OF_OFFICE = Setting(
    "files_of_office_mb", N_("Files of the office in all, at most"), _NUMBER, 50_000, _G.FILES, "MB",
    N_("Less than the room on the database's disks."), 1_000, 10_000_000,
)  # fmt: skip
REMOVED_FILE_DAYS = Setting(
    "removed_file_days", N_("Removed files are kept for"), _NUMBER, 180, _G.YEARS, N_("days"),
    N_("So long they can be restored from the recycle bin; afterwards they are gone for good."), 30, 3650,
)  # fmt: skip
CERTIFICATE_PREFIX = Setting(
    "certificate_prefix", N_("Certificate numbers begin with"), _TEXT, "LCSJ", _G.PAPERS, "",
    N_("Year and serial number follow, like LCSJ-2026-001."), 1, LONGEST_PREFIX,
)  # fmt: skip
REVIEW_BODY = Setting(
    "review_body", N_("Administrative review is applied for to"), _TEXT, "聊城市人民政府", _G.PAPERS, "",
    N_("Named in every decision that burdens a base."), 1, 60,
)  # fmt: skip
REVIEW_DAYS = Setting(
    "review_days", N_("Administrative review within"), _NUMBER, 60, _G.PAPERS, N_("days"),
    N_("From the day on which the decision was received."), 60, 365,
)  # fmt: skip
COURT = Setting(
    "court", N_("Administrative action is brought before"), _TEXT, "聊城市东昌府区人民法院", _G.PAPERS, "",
    N_("Please check which court has jurisdiction."), 1, 60,
)  # fmt: skip
LAWSUIT_MONTHS = Setting(
    "lawsuit_months", N_("Administrative action within"), _NUMBER, 6, _G.PAPERS, N_("months"),
    N_("From the day on which the decision was received."), 6, 24,
)  # fmt: skip
UPWARD_ADDRESSEE = Setting(
    "upward_addressee", N_("Letters to the level above are addressed to"), _TEXT, "山东省工业和信息化厅", _G.PAPERS, "",
    N_("Recommendations to the province and to the nation both go through it."), 1, 60,
)  # fmt: skip
COUNTY_MARK = "{县区}"
COUNTY_OFFICE = Setting(
    "county_office", N_("Name of a county's office"), _TEXT, "{县区}工业和信息化局", _G.PAPERS, "",
    N_("{县区} stands for the county's full name. A county whose office is called otherwise has its own name."),
    1, 60,
)  # fmt: skip
TELEPHONE = Setting(
    "telephone", N_("The office's telephone"), _TEXT, "", _G.CONTACT, "",
    N_("What a new public notice begins with; where it is blank, the last notice's line is used."), 0, 60,
)  # fmt: skip
EMAIL = Setting("email", N_("The office's e-mail"), _TEXT, "", _G.CONTACT, maximum=100)
ADDRESS = Setting("address", N_("The office's address"), _TEXT, "", _G.CONTACT, maximum=200)
POSTCODE = Setting("postcode", N_("Postcode"), _TEXT, "", _G.CONTACT, maximum=10)
API_REQUESTS = Setting(
    "api_requests_a_minute", N_("Requests of one token a minute, at most"), _NUMBER, 300, _G.PROGRAMS, "",
    N_("More are answered with a sentence that says when to try again."), 10, 100_000,
)  # fmt: skip

AnySetting = Setting[int] | Setting[str]
SETTINGS: tuple[AnySetting, ...] = (
    SESSION_IDLE, SESSION_ABSOLUTE, LOCK_AFTER, LOCK_MINUTES, ADDRESS_FAILURES, ONE_TIME_HOURS, PASSWORD_DAYS,
    FIRST_YEAR, FIRST_REPORT_YEAR, STATEMENT_DAYS, REMINDER_DAYS, REMOVED_FILE_DAYS,
    CERTIFICATE_PREFIX, COUNTY_OFFICE, REVIEW_BODY, REVIEW_DAYS, COURT, LAWSUIT_MONTHS,
    UPWARD_ADDRESSEE,
    FILES_OF_RECORD, FILES_OF_USER, FILES_OF_DAY, FILES_OF_OFFICE,
    TELEPHONE, EMAIL, ADDRESS, POSTCODE, API_REQUESTS,
)  # fmt: skip


@dataclass(frozen=True)
class SettingValues:
    """The settings as they are in force: `values[LOCK_AFTER]` is what the office chose, else the default."""

    chosen: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, setting: Setting[T]) -> T:
        value = self.chosen.get(setting.key)
        return cast("T", value) if isinstance(value, setting.kind.value) else setting.default

    def by_key(self) -> dict[str, int | str]:
        """Return every setting's value by its key."""
        return {setting.key: self.value_of(setting) for setting in SETTINGS}

    def value_of(self, setting: "AnySetting") -> int | str:
        """Return the value of a setting of whichever kind."""
        value = self.chosen.get(setting.key)
        return cast("int | str", value) if isinstance(value, setting.kind.value) else setting.default


def refusals_of_settings(values: SettingValues) -> tuple[Refusal, ...]:
    """Return why the settings cannot be kept so: out of bounds, too long, or contradicting one another."""
    refusals = [reason for setting in SETTINGS for reason in _refusals_of(setting, values.value_of(setting))]
    if not refusals and values[SESSION_IDLE] > values[SESSION_ABSOLUTE] * 60:
        sentence = N_("Nobody is idle for longer than they are signed in: %(hours)s hours at most.")
        params = {"hours": values[SESSION_ABSOLUTE]}
        refusals.append(Refusal(sentence, params, SESSION_IDLE.key))
    return tuple(refusals)


def _refusals_of(setting: AnySetting, value: int | str) -> tuple[Refusal, ...]:
    bounds = {"least": setting.minimum, "most": setting.maximum}
    if isinstance(value, int):
        if setting.minimum <= value <= setting.maximum:
            return ()
        return (Refusal(N_("Enter a number from %(least)s to %(most)s."), bounds, setting.key),)
    if len(value) < setting.minimum:
        return (Refusal(N_("Please fill in this field."), field=setting.key),)
    if len(value) > setting.maximum:
        return (Refusal(N_("This is longer than %(most)s characters."), bounds, setting.key),)
    if setting is CERTIFICATE_PREFIX:
        return refusals_of_prefix(value, setting.key)
    if setting is COUNTY_OFFICE and COUNTY_MARK not in value:
        return (
            Refusal(
                N_("The name must hold {县区}, in whose place the county's name is put."), field=setting.key
            ),
        )
    return ()
