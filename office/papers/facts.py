"""What each paper is made from: plain values, gathered by whoever issues it.

`measures` is the rule set that the matter was decided under: body, title, number and articles come from nowhere else.
"""

from dataclasses import dataclass
from datetime import date

from rules.rule_sets.measures import Level, Measures

# As the notice that came with the Measures addresses them.
COUNTY_OFFICES = "各县（市、区）工业和信息化局、开发区经贸发展部、高新区科技创新发展部、度假区经济发展局："


@dataclass(frozen=True)
class ListedException:
    """Why a base stands on a list that misses a condition: the articles of what it misses ("5(2)"), and the reason."""

    articles: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class ListedBase:
    """One line of a published list. `county` is the full name; `renewal`: 复核."""

    name: str
    operator: str
    county: str
    renewal: bool = False
    certificate_number: str = ""
    remark: str = ""
    term: tuple[date, date] | None = None  # first and last day, in an announcement
    exception: ListedException | None = None


@dataclass(frozen=True)
class NoticeFacts:
    """A 公示 of the preliminary result; `first_day` and `last_day` are both included.

    `elsewhere` is where it was published then, if that was not here; `recorded_on` the day on which that is recorded.
    """

    measures: Measures
    year: int
    bases: tuple[ListedBase, ...]
    first_day: date
    last_day: date
    working_days: int
    telephone: str
    email: str
    address: str
    dated: date
    postcode: str = ""
    call_title: str = ""
    call_number: str = ""
    elsewhere: str = ""
    recorded_on: date | None = None


@dataclass(frozen=True)
class ObjectionCounts:
    """How many of the announced bases nobody objected to, and how many somebody did, without it being borne out.

    `late` are those of which an objection that came after the period is still being looked into.
    """

    without: int
    rejected: int = 0
    late: int = 0


@dataclass(frozen=True)
class AnnouncementFacts:
    """A 公布 通知; when summaries are due and changes are filed, the rule set says.

    Every base has its term: a renewal's follows the one before it.
    `notice_elsewhere` is where the public notice was published, if that was not here.
    """

    measures: Measures
    number: str
    year: int
    bases: tuple[ListedBase, ...]
    dated: date
    notice_first: date
    notice_last: date
    objections: ObjectionCounts
    notice_elsewhere: str = ""
    addressee: str = COUNTY_OFFICES


@dataclass(frozen=True)
class RecommendedBase:
    """One line of a 推荐汇总表; figures as they were frozen when the base applied, None where not known."""

    name: str
    operator: str
    uscc: str
    county: str
    renewal: bool = False
    tenants: int | None = None
    people: int | None = None
    staff: int | None = None
    partners: int | None = None
    low_fee_percent: float | None = None
    functions_met: int | None = None
    opinion: str = ""


@dataclass(frozen=True)
class RecommendationFacts:
    """A county's letter of recommendation; `county_office` writes, the body of the Measures is written to."""

    measures: Measures
    number: str
    county_office: str
    year: int
    bases: tuple[RecommendedBase, ...]
    dated: date
    call_title: str = ""
    call_number: str = ""


@dataclass(frozen=True)
class UpwardBase:
    """One base put forward to `level` for `year`; figures as they were frozen then, None where not known."""

    name: str
    operator: str
    county: str
    level: Level
    year: int
    tenants: int | None = None
    people: int | None = None
    partners: int | None = None
    low_fee_percent: float | None = None
    functions_met: int | None = None


@dataclass(frozen=True)
class UpwardFacts:
    """The city's letter that puts bases forward; bases of one number may go to different levels."""

    measures: Measures
    number: str
    bases: tuple[UpwardBase, ...]
    dated: date
    addressee: str


@dataclass(frozen=True)
class CertificateFacts:
    """A certificate; `url` is the base's public page, which the QR code leads to."""

    measures: Measures
    name: str
    operator: str
    county: str
    certificate_number: str
    document_number: str
    announced_on: date
    term_first: date
    term_last: date
    url: str
    renewal: bool = False


@dataclass(frozen=True)
class CorrectionFacts:
    """A correction of what was published; `correction` may hold several lines, a paragraph each."""

    measures: Measures
    old_title: str
    old_date: date
    correction: str
    dated: date
    old_number: str = ""
    number: str = ""
    addressee: str = ""
