"""What is sent to the desk of titles lost and restored (tests/office_with_cases.py)."""

from collections.abc import Callable
from typing import Any

from tests.admin_views.routes import CITY, SIGNED_IN, Call, Route, fixed, views_of
from tests.office_with_cases import NUMBER, PRIOR
from tests.round_driver import ANNOUNCED
from tests.sample_office import MARK, SHEN, Office

HOME = "/admin/revocation"
_NARROWED = (f"?county={SHEN}", f"?search={MARK}", f"?county={SHEN}&kind=revocation&state=decided", "?all=1")
_DATED = ANNOUNCED.isoformat()


# What signs or issues names the preview that was read.
_SEEN: dict[str, Callable[[Any], dict[str, Any]]] = {
    "sign": lambda cases: {"seen": cases.seen},
    "notice/issue": lambda cases: {"seen": cases.notice_seen},
}


def _lists(path: str) -> Callable[[Office], list[Call]]:
    return fixed(*(Call(path + query) for query in ("", *_NARROWED)))


def _case(part: str, data: dict[str, Any], *, effect: bool = True) -> Callable[[Office], list[Call]]:
    """Return what is sent to one part of the open case, at the version at which it was read."""

    def calls(office: Office) -> list[Call]:
        cases = office.shen.cases
        sent = {"version": str(cases.version), **data} | _SEEN.get(part, lambda _cases: {})(cases)
        return [Call(f"{HOME}/case/{part}/?id={cases.open}", sent, effect)]

    return calls


def _at(path: str) -> Callable[[Office], list[Call]]:
    return lambda office: [Call(path.format(cases=office.shen.cases))]


def _new(office: Office) -> list[Call]:
    cases = office.shen.cases
    grounds = {"kind": "revocation", "grounds": "fraud", "facts-fraud": "虚报台账。"}
    return [
        Call(f"{HOME}/new/"),
        Call(f"{HOME}/new/?base={cases.free}&kind=cancellation"),
        Call(f"{HOME}/new/", grounds | {"base": str(cases.free)}),
    ]


def _dropping(office: Office) -> list[Call]:
    cases = office.shen.cases
    address = f"{HOME}/case/drop/?id={cases.open}"
    return [Call(address), Call(address, {"reason": "证据不足。", "version": str(cases.version)})]


def _papers(path: str) -> Callable[[Office], list[Call]]:
    whats = ("decision", "public")
    return lambda office: [
        Call(f"{HOME}/{path}?id={office.shen.cases.decided}&what={what}") for what in whats
    ]


_SIGNED = {"number": NUMBER, "dated": _DATED}
_NOTICE = {
    "prior_number": PRIOR.number, "prior_dated": PRIOR.dated.isoformat(), "prior_until": PRIOR.statement_by.isoformat(),
}  # fmt: skip
REVOCATION: dict[str, Route] = {
    "revocation.index": Route(SIGNED_IN, _lists(f"{HOME}/")),
    "revocation.export": Route(SIGNED_IN, _lists(f"{HOME}/export/xlsx/")),
    "revocation.all_cases": Route(SIGNED_IN, _lists(f"{HOME}/all/")),
    "revocation.all_cases_export": Route(SIGNED_IN, _lists(f"{HOME}/all/export/xlsx/")),
    **views_of("revocation", HOME),
    "revocation.new": Route(CITY, _new),
    "revocation.case": Route(SIGNED_IN, _at(f"{HOME}/case/?id={{cases.open}}"), hidden=True),
    "revocation.file": Route(SIGNED_IN, _at(f"{HOME}/file/?file={{cases.file}}"), hidden=True),
    "revocation.paper": Route(SIGNED_IN, _papers("case/paper/"), hidden=True),
    "revocation.paper_pdf": Route(SIGNED_IN, _papers("case/paper.pdf"), hidden=True),
    "revocation.grounds": Route(CITY, _case("grounds", {"grounds": "other", "facts-other": "反映较多。"})),
    "revocation.hearing": Route(
        CITY,
        _case("hearing", {"served_on": "2026-03-02", "statement_by": "2026-03-10", "served_how": "挂号"}),
    ),
    "revocation.notice_preview": Route(CITY, _case("notice/preview", _NOTICE, effect=False)),
    "revocation.notice_issue": Route(CITY, _case("notice/issue", _NOTICE)),
    "revocation.drop": Route(CITY, _dropping),
    "revocation.preview": Route(CITY, _case("preview", _SIGNED, effect=False)),
    "revocation.sign": Route(CITY, _case("sign", _SIGNED)),
}
