"""The administrative divisions that a unified social credit code names: signs 3 to 8, GB/T 2260.

The province of the office is here with every county-level unit, those too that are no more: a code keeps the division
of the day on which it was given. Of other provinces only the name.
"""

from collections.abc import Mapping
from types import MappingProxyType

CITY = "3715"  # 聊城市
_OWN_PROVINCE = "37"
_PROVINCES: Mapping[str, str] = MappingProxyType(
    {
        "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区", "21": "辽宁省",
        "22": "吉林省", "23": "黑龙江省", "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省",
        "35": "福建省", "36": "江西省", "37": "山东省", "41": "河南省", "42": "湖北省", "43": "湖南省",
        "44": "广东省", "45": "广西壮族自治区", "46": "海南省", "50": "重庆市", "51": "四川省", "52": "贵州省",
        "53": "云南省", "54": "西藏自治区", "61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区",
        "65": "新疆维吾尔自治区", "71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区",
    }
)  # fmt: skip
# A city's code and name, then its units: two signs each with the name.
_CITIES = """
3701 济南市 02历下区 03市中区 04槐荫区 05天桥区 12历城区 13长清区 14章丘区 15济阳区 16莱芜区 17钢城区 23长清县
    24平阴县 25济阳县
    26商河县 81章丘市
3702 青岛市 02市南区 03市北区 05四方区 11黄岛区 12崂山区 13李沧区 14城阳区 15即墨区 81胶州市 82即墨市 83平度市
    84胶南市 85莱西市
3703 淄博市 02淄川区 03张店区 04博山区 05临淄区 06周村区 21桓台县 22高青县 23沂源县
3704 枣庄市 02市中区 03薛城区 04峄城区 05台儿庄区 06山亭区 81滕州市
3705 东营市 02东营区 03河口区 05垦利区 21垦利县 22利津县 23广饶县
3706 烟台市 02芝罘区 11福山区 12牟平区 13莱山区 14蓬莱区 34长岛县 81龙口市 82莱阳市 83莱州市 84蓬莱市 85招远市
    86栖霞市 87海阳市
3707 潍坊市 02潍城区 03寒亭区 04坊子区 05奎文区 24临朐县 25昌乐县 81青州市 82诸城市 83寿光市 84安丘市 85高密市
    86昌邑市
3708 济宁市 02市中区 11任城区 12兖州区 26微山县 27鱼台县 28金乡县 29嘉祥县 30汶上县 31泗水县 32梁山县 81曲阜市
    82兖州市 83邹城市
3709 泰安市 02泰山区 11岱岳区 21宁阳县 23东平县 82新泰市 83肥城市
3710 威海市 02环翠区 03文登区 81文登市 82荣成市 83乳山市
3711 日照市 02东港区 03岚山区 21五莲县 22莒县
3712 莱芜市 02莱城区 03钢城区
3713 临沂市 02兰山区 11罗庄区 12河东区 21沂南县 22郯城县 23沂水县 24兰陵县 25费县 26平邑县 27莒南县 28蒙阴县
    29临沭县
3714 德州市 02德城区 03陵城区 21陵县 22宁津县 23庆云县 24临邑县 25齐河县 26平原县 27夏津县 28武城县 81乐陵市
    82禹城市
3715 聊城市 02东昌府区 03茌平区 21阳谷县 22莘县 23茌平县 24东阿县 25冠县 26高唐县 81临清市
3716 滨州市 02滨城区 03沾化区 21惠民县 22阳信县 23无棣县 24沾化县 25博兴县 26邹平县 81邹平市
3717 菏泽市 02牡丹区 03定陶区 21曹县 22单县 23成武县 24巨野县 25郓城县 26鄄城县 27定陶县 28东明县
"""


def _table() -> dict[str, str]:
    names: dict[str, str] = {}
    city, city_name = "", ""
    words = iter(_CITIES.split())
    for word in words:
        if word.isdigit():
            city, city_name = word, next(words)
            names[f"{city}00"] = city_name
        else:
            names[city + word[:2]] = city_name + word[2:]
    return names


DIVISIONS: Mapping[str, str] = MappingProxyType(_table())


def division_of(uscc: str) -> str:
    """Return the division that a code names, six digits; "" when the code is none or names none."""
    division = uscc[2:8]
    return division if len(uscc) == 18 and division.isascii() and division.isdigit() else ""


def division_name(division: str) -> str:
    """Return a division by its name, the city's before the unit's: 济南市历下区.

    Of a unit that the table does not have, its city or province with the code; else the code itself.
    """
    if division in DIVISIONS:
        return DIVISIONS[division]
    city = DIVISIONS.get(f"{division[:4]}00", "")
    wider = city or _PROVINCES.get(division[:2], "")
    if division[2:] == "0000" and wider:
        return wider
    return f"{wider}（{division}）" if wider else division


def place_is_in_city(place: str, counties: tuple[str, ...] = ()) -> bool | None:
    """Tell whether a place as it was typed lies in the city; None when the text does not say.

    It may be a division's six digits, or an address from the province down, or one that begins with the name of
    one of the city's `counties`.
    """
    text = "".join(place.split())
    if len(text) >= 6 and text[:6].isascii() and text[:6].isdigit():
        return text.startswith(CITY)
    within = text.removeprefix("山东省").removeprefix("山东")
    if within.startswith("聊城") or any(within.startswith(name) for name in counties if name):
        return True
    cities = [name for code, name in DIVISIONS.items() if code.endswith("00") and not code.startswith(CITY)]
    provinces = [name for code, name in _PROVINCES.items() if code != _OWN_PROVINCE]
    if any(text.startswith(name) for name in provinces) or any(within.startswith(name) for name in cities):
        return False
    # 济南路 is a street in many a city; after the province's name it is the city.
    is_of_province = within != text and any(within.startswith(name.removesuffix("市")) for name in cities)
    return False if is_of_province else None
