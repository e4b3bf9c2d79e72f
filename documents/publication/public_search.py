"""What the public may search a base by: its names, operator, county, certificate and document number.

The office's own search tokens hold phones and people as well, so that not even the time that a search
takes may depend on them: this one looks at public fields alone.
"""

import re
from typing import Any

from documents.records.search import fold
from rules.counties import CountyFacts, office_counties
from rules.standard_signs import standard_signs

MOST_LENGTH = 60  # characters of a search
_MOST_WORDS = 8
_FIELDS = ("name", "former_names", "operator", "certificate_number", "document_number")
_OPENING, _CLOSING = "([［（〔", ")]］）〕"
_INITIALS = re.compile(r"[a-z]{2,}")


def public_clause(words: str) -> dict[str, Any]:
    """Return the MongoDB filter for bases that hold every one of `words` in a public field; {} for no words."""
    seen = "".join(sign for sign in standard_signs(words) if sign.isprintable() or sign.isspace())
    wanted = list(dict.fromkeys(fold(seen)[:MOST_LENGTH].split()))[:_MOST_WORDS]
    return {"$and": [_word_clause(word) for word in wanted]} if wanted else {}


def _word_clause(word: str) -> dict[str, Any]:
    pattern = {"$regex": "".join(_sign(sign) for sign in word), "$options": "i"}
    ways: list[dict[str, Any]] = [{field: pattern} for field in _FIELDS]
    counties = [county.code for county in office_counties() if _names(county, word)]
    if counties:
        ways.append({"county": {"$in": counties}})
    if _INITIALS.fullmatch(word):
        # The key that sorts a name is its pinyin: qqcyy finds “qing quan chuang ye yuan”.
        ways.append({"sort_key": {"$regex": "(^| )" + "[a-z]* ".join(word)}})
    return {"$or": ways}


def _sign(sign: str) -> str:
    """Return the pattern of one folded sign: names and numbers keep full width and their own brackets."""
    for brackets in (_OPENING, _CLOSING):
        if sign in brackets:
            return "[" + re.escape(brackets) + "]"
    if sign.isascii():
        return f"[{re.escape(sign)}{chr(ord(sign) + 0xFEE0)}]"
    return re.escape(sign)


def _names(county: CountyFacts, word: str) -> bool:
    words = (county.name, county.short, *county.aliases)
    return any(word in name for name in words) or word in (*county.pinyin, *county.initials)
