"""The eleven county-level units of Liaocheng, in the office's customary order.

Codes are GB/T 2260 where one exists; the three development zones have none and use the
office's own. Pinyin is written by hand: libraries misread 莘, 茌 and 阿.
"""

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class CountyFacts:
    """One county: `code`, full `name`, customary `order`, other spellings, pinyin and initials."""

    code: str
    name: str
    short: str
    order: int
    aliases: tuple[str, ...]
    pinyin: tuple[str, ...]
    initials: tuple[str, ...]


COUNTIES: tuple[CountyFacts, ...] = (
    CountyFacts("371502", "东昌府区", "东昌府", 1, ("东昌府",), ("dongchangfu",), ("dcf",)),
    CountyFacts("371503", "茌平区", "茌平", 2, ("茌平", "茌平县", "371523"), ("chiping",), ("cp",)),
    CountyFacts("371581", "临清市", "临清", 3, ("临清",), ("linqing",), ("lq",)),
    CountyFacts("371525", "冠县", "冠县", 4, (), ("guanxian",), ("gx",)),
    CountyFacts("371522", "莘县", "莘县", 5, (), ("shenxian",), ("sx",)),
    CountyFacts("371521", "阳谷县", "阳谷", 6, ("阳谷",), ("yanggu",), ("yg",)),
    CountyFacts("371524", "东阿县", "东阿", 7, ("东阿",), ("donge",), ("de",)),
    CountyFacts("371526", "高唐县", "高唐", 8, ("高唐",), ("gaotang",), ("gt",)),
    CountyFacts(
        "kfq", "经济技术开发区", "开发区", 9, ("开发区", "经开区"), ("jingkaiqu", "kaifaqu"), ("jkq", "kfq")
    ),
    CountyFacts("gxq", "高新技术产业开发区", "高新区", 10, ("高新区",), ("gaoxinqu",), ("gxq",)),
    CountyFacts("djq", "江北水城旅游度假区", "度假区", 11, ("度假区",), ("dujiaqu",), ("djq",)),
)

BY_CODE: dict[str, CountyFacts] = {county.code: county for county in COUNTIES}


def _key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


_BY_NAME = {_key(word): county for county in COUNTIES for word in (county.name, county.code, *county.aliases)}


def find_county(text: str) -> CountyFacts | None:
    """Return the county that `text` names by full name, short name, former name or code; None if it names none.

    A leading 聊城市 and inner spaces do not matter.
    """
    key = _key(text)
    return _BY_NAME.get(key) or _BY_NAME.get(key.removeprefix("山东省").removeprefix("聊城市"))
