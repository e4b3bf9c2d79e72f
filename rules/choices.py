"""The field's own words as enums: a code that is stored, an English label (a message id) and the office's word.

`zh` is the word as it stands in the office's workbooks and on its papers; the catalogue gives
the same word on screen (`tests/rules/test_choices.py` holds the two together).
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Self, TypeVar

from rules.words import N_


class Choice(str, Enum):
    """A word of a closed list. `value` is stored, `label` is a message id, `zh` the office's own word."""

    label: str
    zh: str
    aliases: tuple[str, ...]

    def __new__(cls, code: str, label: str, zh: str, *aliases: str) -> Self:
        """Build a member from its code, label, Chinese word and other spellings."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        member.zh = zh
        member.aliases = aliases
        return member

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def worded(cls, text: str) -> Self | None:
        """Return the member whose code, Chinese word or other spelling is `text`; None if there is none."""
        return _worded(cls, text)


T = TypeVar("T", bound="Choice | Word")


def _worded(words: Iterable[T], text: str) -> T | None:
    wanted = plain(text)
    for word in words:
        if wanted in {plain(spelling) for spelling in (word.value, word.zh, *word.aliases)}:
            return word
    return None


def plain(text: str) -> str:
    """Return `text` as it is compared: full width folded, no spaces, lower case, 、 for a comma."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(folded.split()).casefold().replace(",", "、")


class BaseType(Choice):
    """The kinds of applicants, Art. 3."""

    START_UP_BASE = "start-up-base", N_("Start-up base"), "创业基地"
    START_UP_PARK = "start-up-park", N_("Start-up park"), "创业园"
    INCUBATOR = "incubator", N_("Incubator"), "孵化器"
    CLUSTER_PARK = "cluster-park", N_("Park within an industrial cluster"), "产业集聚区园中园", "园中园"
    UNIVERSITY_PARK = "university-park", N_("University science park"), "大学科技园"
    LEADING_FIRM_BASE = (
        "leading-firm-base",
        N_("Base of a leading firm"),
        "龙头骨干企业创业创新基地",
        "龙头企业创业创新基地",
    )


class ServiceFunction(Choice):
    """The eight service functions, Art. 7."""

    INFORMATION = "information", N_("Information service"), "信息服务"
    START_UP = "start-up", N_("Start-up guidance"), "创业辅导"
    INNOVATION = "innovation", N_("Innovation support"), "创新支持"
    TRAINING = "training", N_("Staff training"), "人员培训"
    MARKETING = "marketing", N_("Marketing"), "市场营销"
    FINANCING = "financing", N_("Investment and financing"), "投融资服务", "投融资", "融资服务"
    CONSULTING = "consulting", N_("Management consulting"), "管理咨询"
    PROFESSIONAL = "professional", N_("Professional service"), "专业服务"


class ActivityType(Choice):
    """What kind of activity a ledger entry records; Art. 7 counts some of them."""

    ADVICE = "advice", N_("Advice"), "咨询"
    TRAINING = "training", N_("Training"), "培训"
    SERVICE_EVENT = "service-event", N_("Service event"), "服务活动"
    AGENCY = "agency", N_("Agency work"), "代理"
    PRESENTATION = "presentation", N_("Presentation"), "推介"
    FINANCING_MEETING = "financing-meeting", N_("Financing meeting"), "融资对接会"
    TECHNOLOGY_FAIR = "technology-fair", N_("Technology fair"), "技术洽谈会"
    TECHNOLOGY_MATCHMAKING = "technology-matchmaking", N_("Technology matchmaking"), "技术对接会"
    EXHIBITION = "exhibition", N_("Exhibition"), "展览展销"
    TRADE_TALK = "trade-talk", N_("Trade talk"), "贸易洽谈"
    PRODUCT_PROMOTION = "product-promotion", N_("Product promotion"), "产品推介"
    LEADING_FIRM_MATCHMAKING = (
        "leading-firm-matchmaking",
        N_("Matchmaking with leading firms"),
        "龙头企业对接",
    )


class ServiceMode(Choice):
    """How a service was given."""

    OFFLINE = "offline", N_("On site"), "线下"
    ONLINE = "online", N_("Online"), "线上"


class FeeKind(Choice):
    """How a service was paid for; free and low fees count for Art. 5(4)."""

    FREE = "free", N_("Free of charge"), "免费", "公益", "公益性免费"
    LOW = "low", N_("Low fee"), "低收费", "优惠"
    MARKET = "market", N_("Market price"), "市场价", "收费"


class Satisfaction(Choice):
    """What the companies said of a service."""

    VERY_GOOD = "very-good", N_("Very satisfied"), "非常满意"
    GOOD = "good", N_("Satisfied"), "满意"
    FAIR = "fair", N_("Fair"), "一般", "基本满意"
    POOR = "poor", N_("Dissatisfied"), "不满意"


class Employment(Choice):
    """Whether a member of a base's staff works for it full-time (Art. 5(3))."""

    FULL_TIME = "full-time", N_("Full-time"), "专职", "是", "全职", "有", "√"
    PART_TIME = "part-time", N_("Part-time"), "兼职", "否", "非专职", "无", "×"


class StaffDuty(Choice):
    """The two kinds of staff that an application names (Art. 11(5))."""

    MANAGER = "manager", N_("Manager"), "管理人员", "管理", "主要管理人员"
    SERVICE = "service", N_("Service worker"), "服务人员", "服务", "专职服务人员"


class CompanySize(Choice):
    """The four classes of 工信部联企业〔2011〕300号."""

    LARGE = "large", N_("Large"), "大型"
    MEDIUM = "medium", N_("Medium-sized"), "中型"
    SMALL = "small", N_("Small"), "小型"
    MICRO = "micro", N_("Micro"), "微型"


class Industry(Choice):
    """The industries of 工信部联企业〔2011〕300号."""

    FARMING = (
        "farming",
        N_("Agriculture, forestry, animal husbandry and fishery"),
        "农、林、牧、渔业",
        "农林牧渔业",
    )
    MANUFACTURING = (
        "manufacturing",
        N_("Mining, manufacturing and utilities"),
        "工业",
        "制造业",
        "采矿业",
        "电力、热力、燃气及水生产和供应业",
    )
    CONSTRUCTION = "construction", N_("Construction"), "建筑业"
    WHOLESALE = "wholesale", N_("Wholesale"), "批发业"
    RETAIL = "retail", N_("Retail"), "零售业"
    TRANSPORT = "transport", N_("Transport"), "交通运输业"
    WAREHOUSING = "warehousing", N_("Warehousing"), "仓储业"
    POST = "post", N_("Postal service"), "邮政业"
    LODGING = "lodging", N_("Lodging"), "住宿业"
    CATERING = "catering", N_("Catering"), "餐饮业"
    TELECOMMUNICATION = "telecommunication", N_("Information transmission"), "信息传输业"
    SOFTWARE = (
        "software",
        N_("Software and information technology service"),
        "软件和信息技术服务业",
        "软件和信息技术业",
        "软件和信息服务业",
    )
    REAL_ESTATE = "real-estate", N_("Real estate development"), "房地产开发经营", "房地产开发"
    PROPERTY = "property", N_("Property management"), "物业管理"
    LEASING = "leasing", N_("Leasing and business service"), "租赁和商务服务业"
    OTHER = "other", N_("Other industries"), "其他未列明行业", "其他"


class Colour(Choice):
    """The colours that a status may have."""

    GREY = "grey", N_("Grey"), "灰"
    BLUE = "blue", N_("Blue"), "蓝"
    GREEN = "green", N_("Green"), "绿"
    AMBER = "amber", N_("Amber"), "橙"
    RED = "red", N_("Red"), "红"
    VIOLET = "violet", N_("Violet"), "紫"


@dataclass(frozen=True)
class Word:
    """A word of a closed list that is data, not code: the same attributes as a member of a `Choice`."""

    value: str
    label: str
    zh: str
    aliases: tuple[str, ...] = ()


class ChoiceList:
    """A closed list of words that is data; `source` gives them anew, since the office may change them."""

    def __init__(self, source: Callable[[], Iterable[Word]]) -> None:
        """Take the words from `source` at each use."""
        self._source = source

    @classmethod
    def of(cls, *words: Word) -> Self:
        """Return the list of these words."""
        return cls(lambda: words)

    def __iter__(self) -> Iterator[Word]:
        return iter(self._source())

    def worded(self, text: str) -> Word | None:
        """Return the word whose code, Chinese word or other spelling is `text`; None if there is none."""
        return _worded(self, text)


Choices = type[Choice] | ChoiceList
