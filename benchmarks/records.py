"""The invented records of the data set: the n-th of each kind is the same on every machine and at every factor."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from bson import ObjectId
from stdnum.cn import uscc

from documents.kinds import RECORDS
from rules.assessment.company_size import company_size
from rules.choices import ActivityType, BaseType, FeeKind, Industry, Satisfaction, ServiceFunction
from rules.counties import SHIPPED

Raw = dict[str, Any]

KINDS = ("bases", "service_partners", "tenant_companies", "ledger_entries")
_BEGAN = datetime(2021, 1, 4, tzinfo=UTC)
_BRANDS = "启程恒泰鸿运金石天宇华瑞德信百川瑞丰嘉诚博远同创新源盛达兴隆永固安顺明辉海纳东方凯旋龙腾广源正大"
_TRADES = ("机械", "纺织", "食品", "电子", "建材", "轴承", "农业", "商贸", "物流", "软件", "包装", "化工")
_ENDINGS = ("有限公司", "有限公司", "有限公司", "科技有限公司", "股份有限公司")
_KINDS_OF_BASE = ("创业园", "孵化器", "大学科技园", "创业基地", "电商产业园", "小微企业创业创新示范基地")
_KINDS_OF_PARTNER = (
    "会计师事务所",
    "律师事务所",
    "知识产权代理有限公司",
    "管理咨询有限公司",
    "检测技术有限公司",
)
_SURNAMES, _GIVEN = "王李张刘陈杨赵黄周吴翟单解", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超"
_REQUESTS = (
    "高企申报辅导",
    "商标注册",
    "劳动合同咨询",
    "招聘技术工人",
    "流动资金贷款对接",
    "专利申请",
    "财税政策解读",
)
_PLACES = ("基地会议室", "企业现场", "路演大厅", "一站式服务窗口", "线上")


def record_id(kind: str, number: int) -> ObjectId:
    """Return the id of the n-th record of a kind."""
    return ObjectId(f"60000000{KINDS.index(kind):06x}{number:010x}")


class Maker:
    """Makes records as they are stored; `sizes` says how many of each kind there are to refer to."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self.sizes = sizes
        self._random = Random()
        self._name_of = lru_cache(maxsize=4096)(_name_of)  # bases and partners are named by many

    def record(self, kind: str, number: int) -> Raw:
        """Return the n-th record of a kind, whole: derived fields, search fields and bookkeeping too."""
        self._random.seed(f"{kind} {number}")
        raw: Raw = {"_id": record_id(kind, number), **_MAKERS[kind](self, number)}
        raw |= RECORDS[kind].search_fields(raw)
        made = _BEGAN + timedelta(minutes=number)
        return raw | {
            "version": 1,
            "created_at": made,
            "created_by": "bench",
            "updated_at": made,
            "updated_by": "bench",
        }

    def _base(self, number: int) -> Raw:
        random, county = self._random, SHIPPED[number % len(SHIPPED)]
        raw = {
            "name": self._name_of("bases", number), "operator": f"聊城{self._brand()}园区运营有限公司",
            "uscc": _code("91371500", number), "county": county.code, "base_type": random.choice(list(BaseType)).value,
            "legal_representative": self._person(), "address": f"{county.name}兴华路{random.randint(1, 299)}号",
            "operating_since": self._day(4000, 2000), "floor_area": float(random.randrange(3000, 90_000, 50)),
            "service_staff": random.randint(3, 18), "online_system": random.random() < 0.7, "status": "uncertified",
            "contact_name": self._person(), "contact_phone": self._phone(),
        }  # fmt: skip
        if number % 4:
            announced = self._day(1500, 30)
            last = announced + timedelta(days=1825)
            raw |= {
                "status": "certified",
                "announced_on": announced,
                "title_first_day": announced,
                "title_last_day": last,
            }
            raw["document_number"] = f"聊工信发〔{announced.year}〕{announced:%m%d}号"
        return raw

    def _partner(self, number: int) -> Raw:
        random = self._random
        homes = random.sample(range(self.sizes["bases"]), min(random.randint(1, 6), self.sizes["bases"]))
        cooperations = [
            self._home(home) | {"first_day": self._day(1500, 400), "last_day": self._day(-300, -900)}
            for home in homes
        ]
        return {
            "name": self._name_of("service_partners", number), "uscc": _code("91370100", number),
            "functions": [one.value for one in random.sample(list(ServiceFunction), 3)], "cooperations": cooperations,
            "counties": sorted({one["county"] for one in cooperations}), "contact_name": self._person(),
            "contact_phone": self._phone(), "status": "ended" if number % 8 == 5 else "cooperating",
        }  # fmt: skip

    def _company(self, number: int) -> Raw:
        random, industry = self._random, self._random.choice(list(Industry))
        people, revenue = int(random.lognormvariate(3, 1.2)) + 1, round(random.lognormvariate(6, 1.5), 2)
        assets = round(revenue * random.uniform(0.5, 2), 2)
        computed = company_size(industry, people=people, revenue=revenue, assets=assets)
        size = computed.value if computed else None
        raw = {
            "name": self._name_of("tenant_companies", number), "uscc": _code("91371502", number),
            **self._home(self._home_of(number)), "industry": industry.value, "people": people, "revenue": revenue,
            "assets": assets, "size": size, "size_computed": size, "moved_in": self._day(1600, 30),
            "legal_representative": self._person(), "phone": self._phone(), "status": "housed",
        }  # fmt: skip
        return raw | {"moved_out": self._day(29, 0), "status": "moved_out"} if number % 11 == 7 else raw

    def _entry(self, number: int) -> Raw:
        random = self._random
        companies = self.sizes["tenant_companies"]
        first = number % companies
        # The companies of one base stand a whole round of bases apart.
        named = [
            one
            for one in range(first, first + 3 * self.sizes["bases"], self.sizes["bases"])
            if one < companies
        ]
        named = named[: 1 + number % 3]
        raw: Raw = {
            **self._home(self._home_of(first)), "served_on": self._day(1500, 0), "place": random.choice(_PLACES),
            "function": random.choice(list(ServiceFunction)).value, "activity": random.choice(list(ActivityType)).value,
            "mode": random.choice(("offline", "online")), "request": f"{random.choice(_REQUESTS)}（{number + 1}）",
            "service_record": "已完成对接，形成服务记录。", "company_times": len(named), "person_times": len(named) * 4,
            "companies": [
                {"name": self._name_of("tenant_companies", one), "company": record_id("tenant_companies", one)}
                for one in named
            ],
            "fee_kind": random.choice(list(FeeKind)).value, "satisfaction": random.choice(list(Satisfaction)).value,
            "feedback": "服务及时，效果很好。",
            "status": random.choices(("verified", "submitted", "draft"), (85, 12, 3))[0],
        }  # fmt: skip
        if number % 5 < 3:
            partner = random.randrange(self.sizes["service_partners"])
            raw |= {
                "partner": record_id("service_partners", partner),
                "partner_name": self._name_of("service_partners", partner),
            }
        return raw

    def _home_of(self, company: int) -> int:
        return company % self.sizes["bases"]

    def _home(self, base: int) -> Raw:
        county = SHIPPED[base % len(SHIPPED)]
        return {
            "base": record_id("bases", base),
            "base_name": self._name_of("bases", base),
            "county": county.code,
        }

    def _brand(self) -> str:
        return "".join(self._random.sample(_BRANDS, 2))

    def _person(self) -> str:
        return self._random.choice(_SURNAMES) + "".join(self._random.choices(_GIVEN, k=2))

    def _phone(self) -> str:
        return f"138{self._random.randrange(10**8):08d}"

    def _day(self, first: int, last: int) -> datetime:
        """Return a day so many days before the end of 2025."""
        return datetime(2025, 12, 31, tzinfo=UTC) - timedelta(
            days=self._random.randint(min(first, last), max(first, last))
        )


def _name_of(kind: str, number: int) -> str:
    """Return the name of any record: it depends on its number alone, so that nothing has to be read back."""
    random = Random(f"name {kind} {number}")
    brand = "".join(random.sample(_BRANDS, 2))
    if kind == "bases":
        place, turn = SHIPPED[number % len(SHIPPED)].short, number // len(SHIPPED) + 1
        return f"{place}{brand}{random.choice(_KINDS_OF_BASE)}（{turn}期）"
    if kind == "service_partners":
        return f"山东{brand}{random.choice(_KINDS_OF_PARTNER)}"
    place = random.choice(("聊城", "聊城市", "山东"))
    return f"{place}{brand}{random.choice(_TRADES)}{random.choice(_ENDINGS)}"


def _code(start: str, number: int) -> str:
    """Return a valid code; the digits after `start` are spread, so that half a code tells companies apart."""
    body = f"{start}{number * 7919 % 10**9:09d}"
    return body + uscc.calc_check_digit(body)


_MAKERS = {
    "bases": Maker._base, "service_partners": Maker._partner, "tenant_companies": Maker._company,
    "ledger_entries": Maker._entry,
}  # fmt: skip
