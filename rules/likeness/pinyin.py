"""The library that knows how Chinese signs are read, with the city's own names, which it misreads."""

from functools import cache
from types import ModuleType

# 阿 is e in 东阿 and 阿胶. In names 曾 is zeng, 长 chang.
_SIGNS = {ord("莘"): "shēn", ord("茌"): "chí", ord("曾"): "zēng", ord("长"): "cháng"}
_WORDS = {
    "东阿": [["dōng"], ["ē"]],
    "阿胶": [["ē"], ["jiāo"]],
    "莘县": [["shēn"], ["xiàn"]],
    "茌平": [["chí"], ["píng"]],
    "冠县": [["guān"], ["xiàn"]],
    "高唐": [["gāo"], ["táng"]],
    "单县": [["shàn"], ["xiàn"]],
    "长兴": [["cháng"], ["xīng"]],
    "朝阳": [["cháo"], ["yáng"]],
    "乐陵": [["lào"], ["líng"]],
}


@cache
def pinyin() -> ModuleType:
    """Return pypinyin with the city's own names; loaded when the first name is read.

    That takes half a second, and many a command reads no name.
    """
    import pypinyin

    pypinyin.load_single_dict(dict(_SIGNS))
    pypinyin.load_phrases_dict(dict(_WORDS))
    return pypinyin
