"""Company size by industry, 工信部联企业〔2011〕300号.

Large, medium and small must meet every lower limit of the class, else the company drops to the
class below; what misses one limit of small is micro. X people, Y revenue, Z assets, the money in
10,000 yuan.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from rules.choices import CompanySize, Industry


class Limits(NamedTuple):
    """The least `people` (X), `revenue` (Y) and `assets` (Z) of a class; None where the class does not ask."""

    people: int | None = None
    revenue: int | None = None
    assets: int | None = None


def _x(people: int) -> Limits:
    return Limits(people=people)


def _y(revenue: int) -> Limits:
    return Limits(revenue=revenue)


def _xy(people: int, revenue: int) -> Limits:
    return Limits(people=people, revenue=revenue)


def _xz(people: int, assets: int) -> Limits:
    return Limits(people=people, assets=assets)


def _yz(revenue: int, assets: int) -> Limits:
    return Limits(revenue=revenue, assets=assets)


# Large, medium and small of each industry, in this order.
TABLE: Mapping[Industry, tuple[Limits, Limits, Limits]] = MappingProxyType(
    {
        Industry.FARMING: (_y(20000), _y(500), _y(50)),
        Industry.MANUFACTURING: (_xy(1000, 40000), _xy(300, 2000), _xy(20, 300)),
        Industry.CONSTRUCTION: (_yz(80000, 80000), _yz(6000, 5000), _yz(300, 300)),
        Industry.WHOLESALE: (_xy(200, 40000), _xy(20, 5000), _xy(5, 1000)),
        Industry.RETAIL: (_xy(300, 20000), _xy(50, 500), _xy(10, 100)),
        Industry.TRANSPORT: (_xy(1000, 30000), _xy(300, 3000), _xy(20, 200)),
        Industry.WAREHOUSING: (_xy(200, 30000), _xy(100, 1000), _xy(20, 100)),
        Industry.POST: (_xy(1000, 30000), _xy(300, 2000), _xy(20, 100)),
        Industry.LODGING: (_xy(300, 10000), _xy(100, 2000), _xy(10, 100)),
        Industry.CATERING: (_xy(300, 10000), _xy(100, 2000), _xy(10, 100)),
        Industry.TELECOMMUNICATION: (_xy(2000, 100000), _xy(100, 1000), _xy(10, 100)),
        Industry.SOFTWARE: (_xy(300, 10000), _xy(100, 1000), _xy(10, 50)),
        Industry.REAL_ESTATE: (_yz(200000, 10000), _yz(1000, 5000), _yz(100, 2000)),
        Industry.PROPERTY: (_xy(1000, 5000), _xy(300, 1000), _xy(100, 500)),
        Industry.LEASING: (_xz(300, 120000), _xz(100, 8000), _xz(10, 100)),
        Industry.OTHER: (_x(300), _x(100), _x(10)),
    }
)
_CLASSES = (CompanySize.LARGE, CompanySize.MEDIUM, CompanySize.SMALL)


def company_size(
    industry: Industry | None, *, people: float | None, revenue: float | None, assets: float | None
) -> CompanySize | None:
    """Return the size class; None while the industry or a figure that its row asks for is unknown."""
    if industry is None:
        return None
    for size, limits in zip(_CLASSES, TABLE[industry], strict=True):
        is_reached = True
        for figure, limit in zip((people, revenue, assets), limits, strict=True):
            if limit is None:
                continue
            if figure is None:
                return None
            is_reached = is_reached and figure >= limit
        if is_reached:
            return size
    return CompanySize.MICRO
