"""Invented names, codes, telephones and days for the demonstration office; nothing in it is real.

Everything comes from the `Random` that is handed in, so the same seed gives the same office.
"""

from datetime import date, timedelta
from random import Random

from stdnum.cn import uscc

from rules.counties import SHIPPED, CountyFacts, office_counties

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈翟单解"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文斌浩宇晨雪梅晓东海燕志远思源嘉怡子涵"
_BRANDS = "鲁聊水城运河东昌凤凰光岳山陕会胶泰岱齐金银恒信瑞昊嘉创智汇禾丰盛达隆博远航启星云正鼎诚兴源"
_TRADES = (
    "轴承", "新材料", "智能装备", "食品科技", "纺织", "医疗器械", "阿胶制品", "农业科技", "环保科技", "电子商务",
    "信息技术", "文化传媒", "物流", "建材", "包装", "新能源", "检测技术", "生物科技", "机械", "钢管",
)  # fmt: skip
_BASE_KINDS = (
    ("start-up-base", "小微企业创业创新示范基地"), ("start-up-park", "电商产业园"), ("incubator", "科技孵化器"),
    ("cluster-park", "轴承产业集聚区园中园"), ("university-park", "大学科技园"),
    ("leading-firm-base", "龙头企业双创基地"),
)  # fmt: skip
_PARTNER_KINDS = (
    "会计师事务所", "律师事务所", "知识产权代理有限公司", "管理咨询有限公司", "融资担保有限公司", "检验检测有限公司",
    "人力资源服务有限公司", "科技成果转化中心",
)  # fmt: skip
_ROADS = ("柳园路", "振兴路", "新东环路", "东昌路", "建设街", "光明大道", "湖南路", "科技街")
_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# What a real office has and a layout must bear.
LONG_BASE = "鲁西北农村电商与智能装备小微企业创业创新示范基地（二期）"
LONG_COMPANY = "聊城市鲁西北现代农业与智能装备产业技术研究院成果转化（集团）有限责任公司"


class Invent:
    """Invents one thing after another; codes and names of bases and companies never twice."""

    def __init__(self, random: Random, today: date) -> None:
        """Days are invented around `today`."""
        self.random = random
        self.today = today
        self._taken: set[str] = set()

    def code(self, county: CountyFacts | None) -> str:
        """Return a unified social credit code with its right check character."""
        place = county.code if county and county.code.isdigit() else "371500"
        body = f"91{place}MA" + "".join(self.random.choices(_CODE_SIGNS, k=7))
        return self._once(body + uscc.calc_check_digit(body)) or self.code(county)

    def person(self) -> str:
        """Return a person's name."""
        return self.random.choice(_SURNAMES) + "".join(
            self.random.choices(_GIVEN, k=self.random.choice((1, 2, 2)))
        )

    def phone(self) -> str:
        """Return a mobile number; the 0635 in its middle is Liaocheng's area code."""
        return f"1{self.random.choice('35789')}{self.random.randrange(10)}0635{self.random.randrange(10_000):04d}"

    def base(self, county: CountyFacts) -> tuple[str, str]:
        """Return a base's type and name."""
        kind, words = self.random.choice(_BASE_KINDS)
        phase = self.random.choice(("", "", "", "（二期）"))
        name = self._once(f"{county.short}{self._brand()}{words}{phase}")
        return (kind, name) if name else self.base(county)

    def company(self, county: CountyFacts) -> str:
        """Return a company's name."""
        place = self.random.choice(("聊城", "聊城市", "山东", f"聊城市{county.short}"))
        ending = self.random.choice(("有限公司", "有限公司", "股份有限公司", "科技有限公司"))
        return self._once(f"{place}{self._brand()}{self.random.choice(_TRADES)}{ending}") or self.company(
            county
        )

    def operator(self) -> str:
        """Return the name of a base's operator."""
        ending = self.random.choice(("园区运营有限公司", "创业服务有限公司", "科技发展有限公司"))
        return self._once(f"聊城{self._brand()}{ending}") or self.operator()

    def partner(self) -> str:
        """Return a service partner's name."""
        place = self.random.choice(("山东", "聊城", "济南"))
        return self._once(f"{place}{self._brand()}{self.random.choice(_PARTNER_KINDS)}") or self.partner()

    def address(self, county: CountyFacts) -> str:
        """Return an address in a county."""
        return f"{county.name}{self.random.choice(_ROADS)}{self.random.randint(1, 299)}号"

    def day(self, first: int, last: int) -> date:
        """Return a day so many days before today: from `first` (the earlier) to `last`."""
        return self.today - timedelta(days=self.random.randint(min(first, last), max(first, last)))

    def _brand(self) -> str:
        return "".join(self.random.sample(_BRANDS, 2))

    def _once(self, text: str) -> str:
        if text in self._taken:
            return ""
        self._taken.add(text)
        return text


# How many bases of the city's 36 each shipped county has; one that an office added has two.
_WEIGHTS = dict(zip((county.code for county in SHIPPED), (5, 4, 5, 3, 4, 3, 3, 4, 2, 2, 1), strict=True))
_ADDED = 2


def counties_of_bases(most: int) -> list[CountyFacts]:
    """Return the county of each of `most` bases, in the office's order; larger counties have more, none has none.

    What rounding leaves over or takes too much is the largest county's.
    """
    weights = {county: _WEIGHTS.get(county.code, _ADDED) for county in office_counties()}
    whole = sum(weights.values())
    shares = {county: max(1, round(most * weight / whole)) for county, weight in weights.items()}
    while (over := sum(shares.values()) - most) != 0:
        largest = max(shares, key=lambda county: shares[county])
        shares[largest] -= 1 if over > 0 else -1
    return [county for county, share in shares.items() for _ in range(share)]
