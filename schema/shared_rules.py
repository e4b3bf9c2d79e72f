"""Rules that several collections declare: what is doubtful about a code."""

from datetime import date

from stdnum.cn import uscc

from rules.doubts.doubt import Doubt
from rules.words import N_
from schema.record_rules import warning
from schema.values import Stored

# The registration authority of companies is the first sign of their code (GB 32100-2015): market regulation.
_MARKET_REGULATION = "9"


def _is_wrong(values: Stored, today: date) -> bool:
    code = values.get("uscc") or ""
    return bool(code) and not uscc.is_valid(code)


def _is_of_other_register(values: Stored, today: date) -> bool:
    code = values.get("uscc") or ""
    return bool(code) and not code.startswith(_MARKET_REGULATION) and uscc.is_valid(code)


WRONG_CODE = warning(
    "wrong-code",
    ("uscc",),
    _is_wrong,
    N_("The check character of the code is wrong."),
    doubt=Doubt.WRONG_CODE,
)
OTHER_REGISTER = warning(
    "other-register", ("uscc",), _is_of_other_register,
    N_("Not the market regulation authority gave this code: it is perhaps no company's."), doubt=Doubt.OTHER_REGISTER,
)  # fmt: skip
