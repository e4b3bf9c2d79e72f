"""How well likely doubles are found: `python -m benchmarks.doubles` plants them among invented companies and counts.

Each kind of double is one way in which the same company comes to stand twice. It prints precision (how many of the
pairs found were planted) and recall (how many of the planted were found), in all and by kind.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from stdnum.cn import uscc

from rules.counties import SHIPPED
from rules.likeness.company import Company, read
from rules.likeness.doubles import likely_doubles
from services.demo.names import Invent

_TODAY = date(2026, 11, 26)
_COMPANIES, _PLANTED, _BASES = 100_000, 5_000, 600
# Of a thousand companies so many belong to an owner of two: likely to be taken for doubles, and none.
_OF_ONE_OWNER = 10
_BRANDS = (
    "鲁聊水城运河东昌凤凰光岳山陕会胶泰岱齐金银恒信瑞昊嘉创智汇禾丰盛达隆博远航启星云正鼎诚兴源荣华润宏利宝康佳美森林海"
    "天地人和永安平顺通捷锐新力方圆百千万德仁义礼乐"
)
_TRADES = (
    "轴承", "新材料", "智能装备", "食品科技", "纺织", "医疗器械", "阿胶制品", "农业科技", "环保科技", "电子商务",
    "信息技术", "文化传媒", "物流", "建材", "包装", "新能源", "检测技术", "生物科技", "机械", "钢管",
)  # fmt: skip
_ENDINGS = ("有限公司", "有限公司", "股份有限公司", "科技有限公司")
_SAME_SOUND = dict(
    zip("创恒信达源诚瑞嘉盛金鼎丰兴远和荣宏华德永", "闯衡欣大元成睿佳圣今顶风星苑河容红桦得勇", strict=True)
)
_SAME_SOUND_OF_PEOPLE = dict(zip("伟芳明华文浩英", "玮方铭骅纹昊瑛", strict=True))
_ODD_SIGNS = "鑫垚淼犇骉"
_CODE_SLIP, _MOVED = "slip in the code", "moved and renamed"
_BY_CODE = (_CODE_SLIP, _MOVED)  # those whose code is part of the double


@dataclass(frozen=True)
class Result:
    """What came of one run: pairs planted and found by kind, pairs found that were not planted, seconds."""

    planted: Mapping[str, int]
    found: Mapping[str, int]
    wrong: int
    seconds: float

    @property
    def precision(self) -> float:
        """The share of the pairs found that were planted."""
        right = sum(self.found.values())
        return right / (right + self.wrong) if right else 0.0

    @property
    def recall(self) -> float:
        """The share of the planted pairs that were found."""
        planted = sum(self.planted.values())
        return sum(self.found.values()) / planted if planted else 0.0


def measure(factor: float, seed: int = 7) -> Result:
    """Plant doubles among 100,000 × `factor` companies, look for them, and count."""
    companies, kinds = _with_doubles(factor, seed)
    began = time.process_time()
    pairs = {(double.first.key, double.second.key) for double in likely_doubles(companies)}
    seconds = time.process_time() - began
    found = Counter(kind for pair, kind in kinds.items() if pair in pairs)
    return Result(Counter(kinds.values()), found, len(pairs - kinds.keys()), seconds)


def _with_doubles(factor: float, seed: int) -> tuple[list[Company], dict[tuple[int, int], str]]:
    """Return companies, the planted ones last, and the kind of each planted pair."""
    random = Random(seed)
    invent = Invent(random, _TODAY)
    names: set[str] = set()
    companies = list(_originals(random, invent, round(_COMPANIES * factor), names))
    kinds: dict[tuple[int, int], str] = {}
    planter = _Planter(random, invent, names)
    first = round(len(companies) * _OF_ONE_OWNER / 1000) * 3
    for place in random.sample(range(first, len(companies)), round(_PLANTED * factor)):
        kind, double = planter.double_of(companies[place], len(companies))
        if double is not None:
            kinds[place, len(companies)] = kind
            companies.append(double)
    return companies, kinds


def _originals(random: Random, invent: Invent, count: int, names: set[str]) -> Iterator[Company]:
    owner: Company | None = None
    owned = round(count * _OF_ONE_OWNER / 1000) * 3
    for key in range(count):
        company = Company(
            key, _name(random, names), invent.code(random.choice(SHIPPED)), f"b{random.randrange(_BASES)}",
            invent.person(), invent.phone(),
        )  # fmt: skip
        if key < owned and key % 3 == 0:
            owner = company
        elif key < owned and key % 3 == 1 and owner:
            company = replace(company, base=owner.base, person=owner.person, phone=owner.phone)
        yield company


def _name(random: Random, names: set[str]) -> str:
    """Return a name that is not among `names`, and add it to them."""
    place = random.choice(("聊城", "聊城市", "山东", f"聊城市{random.choice(SHIPPED).short}"))
    brand = "".join(random.sample(_BRANDS, 2))
    name = place + brand + random.choice(_TRADES) + random.choice(_ENDINGS)
    if name in names:
        return _name(random, names)
    names.add(name)
    return name


class _Planter:
    """Enters a company a second time, in one of the ways in which that happens."""

    def __init__(self, random: Random, invent: Invent, names: set[str]) -> None:
        self._random, self._invent, self._names = random, invent, names
        self._ways: Mapping[str, Callable[[Company], Company | None]] = {
            "another legal form": self._legal_form, "another region": self._region, "homophone": self._homophone,
            "another sign": self._another_sign, "sign left out": self._left_out, "region in brackets": self._brackets,
            _CODE_SLIP: self._code_slip, _MOVED: self._moved, "signs swapped": self._swapped,
            "longer name": self._longer, "person's name by sound": self._person,
        }  # fmt: skip

    def double_of(self, company: Company, key: int) -> tuple[str, Company | None]:
        """Return one kind of double and the double; None where this company cannot have one of that kind."""
        kind = self._random.choice(sorted(self._ways))
        double = self._ways[kind](company)
        if double is None:
            return kind, None
        if double.code == company.code and kind not in _BY_CODE:
            double = replace(double, code=self._invent.code(self._random.choice(SHIPPED)))
        return kind, replace(double, key=key) if double.code != company.code else None

    def _legal_form(self, company: Company) -> Company:
        shorter = company.name.replace("股份有限公司", "公司")
        if shorter == company.name:
            shorter = company.name.replace("有限公司", self._random.choice(("公司", "有限责任公司", "")))
        return replace(
            company, name=shorter, phone=self._random.choice((company.phone, "", self._invent.phone()))
        )

    def _region(self, company: Company) -> Company:
        name = company.name
        if "聊城市" in name:
            return replace(company, name=name.replace("聊城市", "聊城", 1))
        longer = (
            name.replace("山东", "山东省", 1)
            if name.startswith("山东")
            else name.replace("聊城", "聊城市", 1)
        )
        return replace(company, name=longer)

    def _homophone(self, company: Company) -> Company | None:
        signs = [sign for sign in company.name if sign in _SAME_SOUND]
        if not signs:
            return None
        sign = self._random.choice(signs)
        return replace(company, name=company.name.replace(sign, _SAME_SOUND[sign], 1))

    def _another_sign(self, company: Company) -> Company:
        place = company.name.index(read(company).core) + self._random.randrange(2)
        return replace(company, name=_put(company.name, place, self._random.choice(_ODD_SIGNS)))

    def _left_out(self, company: Company) -> Company:
        core = read(company).core
        place = company.name.index(core) + self._random.randrange(len(core))
        return replace(company, name=_put(company.name, place, ""))

    def _brackets(self, company: Company) -> Company:
        region = "山东" if company.name.startswith("山东") else "聊城"
        return replace(company, name=f"{read(company).core}（{region}）有限公司")

    def _code_slip(self, company: Company) -> Company:
        slipped = _put(
            company.code, self._random.randrange(10, 16), self._random.choice("0123456789ABCDEFGH")
        )
        return replace(company, phone="", code=_with_check(slipped))

    def _moved(self, company: Company) -> Company:
        moved = f"{company.code[:2]}371525{company.code[8:]}"
        return replace(company, name=_name(self._random, self._names), code=_with_check(moved))

    def _swapped(self, company: Company) -> Company | None:
        core = read(company).core
        turned = core[1] + core[0] + core[2:]
        return None if turned == core else replace(company, name=company.name.replace(core, turned))

    def _longer(self, company: Company) -> Company:
        core = read(company).core
        return replace(company, name=company.name.replace(core, core + "科技"))

    def _person(self, company: Company) -> Company:
        last = company.person[-1]
        person = company.person[:-1] + _SAME_SOUND_OF_PEOPLE.get(last, last)
        return replace(company, person=person, phone=self._invent.phone())


def _put(text: str, place: int, sign: str) -> str:
    return text[:place] + sign + text[place + 1 :]


def _with_check(code: str) -> str:
    return code[:17] + str(uscc.calc_check_digit(code[:17]))


def main(words: list[str]) -> int:
    """Print precision and recall."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.doubles", description=__doc__)
    parser.add_argument("--factor", type=float, default=1.0, help="1: 100,000 companies")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args(words)
    result = measure(asked.factor, asked.seed)
    for kind, planted in sorted(result.planted.items()):
        found = result.found.get(kind, 0)
        print(f"{kind:24}{planted:7} planted{found:7} found{found / planted:8.1%}")
    print(f"precision {result.precision:.1%}, recall {result.recall:.1%}, {result.seconds:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
