"""Steps that the Measures do not allow, from the first draft to the last decision: one table over the procedure.

Each is sent as a clerk's browser would send it, at the version that the clerk saw, with all else in order. It is
refused with its sentence in Chinese, and nothing is changed: every collection is compared, signing in apart.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine

from rules.applications import Stage
from tests import page_reader as read
from tests import round_driver as driver
from tests.office_with_cases import with_cases
from tests.office_with_reports import with_reports
from tests.office_with_round import version, with_round
from tests.sample_office import SHEN, Browser, Office

Request = tuple[str, dict[str, Any]]
# What signing in writes.
_OF_SIGNING_IN = frozenset({"users"})


@dataclass(frozen=True)
class Illegal:
    """One step: what it is, what is sent, the sentence that refuses it, and who takes it."""

    what: str
    request: Callable[[Office], Request]
    says: str
    who: str = "city"

    def __str__(self) -> str:
        return self.what


@pytest.fixture
def office_with() -> Iterator[tuple[Callable[[Office], Office], ...]]:
    """Name a round, reports and cases of 莘县, on the day of the announcement."""
    with time_machine.travel(driver.moment(driver.ANNOUNCED), tick=True):
        yield with_round, with_reports, with_cases


# --- Applications --------------------------------------------------------------------------------

APPLICATIONS, DESK = "/admin/applications", "/admin/publication"
_OPINION = {"opinion": "同意", "people": "王明", "findings": "属实", "checked_on": "2026-03-04"}
_SCORES = {f"score_{key}": "80" for key in ("operation", "ability", "effect", "novelty")}


def _application(path: str, stage: Stage, data: dict[str, Any]) -> Callable[[Office], Request]:
    def request(office: Office) -> Request:
        application = office.shen.round.at[stage]
        return f"{APPLICATIONS}/{path}/?id={application}", {"version": version(application), **data}

    return request


def _materials(stage: Stage) -> Callable[[Office], Request]:
    return _application("materials", stage, {"cases": "另一案例", "sealed": "1", "action": "submit"})


def _review(stage: Stage, action: str = "pass", **more: str) -> Callable[[Office], Request]:
    return _application("review", stage, {**_OPINION, "action": action, **more})


def _return(stage: Stage, **more: str) -> Callable[[Office], Request]:
    return _application("return", stage, {"audit": "缺页", "due": "2026-12-31", **more})


def _withdraw(stage: Stage, reason: str = "主体调整。") -> Callable[[Office], Request]:
    return _application("withdraw", stage, {"reason": reason})


def _conclude(stage: Stage, **more: str) -> Callable[[Office], Request]:
    return _application("experts", stage, {"opinion": "同意认定。", "action": "conclude", **more})


def _begin(base: Callable[[Office], Any]) -> Callable[[Office], Request]:
    return lambda office: (
        f"{APPLICATIONS}/new/",
        {"base": str(base(office)), "round": str(office.shen.round.id)},
    )


def _recommend(stage: Stage, **more: str) -> Callable[[Office], Request]:
    def request(office: Office) -> Request:
        application = office.shen.round.at[stage]
        data = {
            "id": str(application), f"version-{application}": version(application), "county": SHEN,
            "round": str(office.shen.round.id), "number": "莘工信字〔2026〕88号", "dated": "2026-03-06",
            "action": "issue",
        }  # fmt: skip
        return f"{APPLICATIONS}/recommend/", data | more

    return request


def _stands_at(stage: Stage) -> str:
    return f"该申报处于“{stage.zh}”阶段，不能进行"


BLANK, NO_REASON, NOBODY = "请填写此项", "请填写理由", "请至少选择一项申报"
OF_APPLICATIONS = (
    Illegal(
        "a base with a valid title applies",
        _begin(lambda office: office.shen.base),
        "复核须在期满当年申请，该称号于 2028-12-19 到期（第十六条）",
    ),
    Illegal(
        "a second application beside one under way",
        _begin(lambda office: office.shen.round.base_at[Stage.REVIEWED]),
        "已有",
    ),
    Illegal(
        "hand in without the ten materials",
        _application("materials", Stage.DRAFT, {"cases": "", "action": "submit"}),
        "缺少",
        "shen",
    ),
    *(
        Illegal(f"hand in again what is {stage.value}", _materials(stage), _stands_at(stage), "shen")
        for stage in (
            Stage.SUBMITTED,
            Stage.REVIEWED,
            Stage.RECOMMENDED,
            Stage.SELECTED,
            Stage.ANNOUNCED,
            Stage.NOT_CERTIFIED,
            Stage.WITHDRAWN,
        )
    ),
    Illegal(
        "pass blank", _review(Stage.SUBMITTED, opinion="", people="", findings="", checked_on=""), "请填写"
    ),
    Illegal("pass without a photo of the check", _review(Stage.SUBMITTED), "照片", "shen"),
    Illegal("fail without an opinion", _review(Stage.SUBMITTED, "fail", opinion=""), "请填写意见", "shen"),
    *(
        Illegal(f"pass what is {stage.value}", _review(stage), _stands_at(stage), "shen")
        for stage in (Stage.DRAFT, Stage.RETURNED, Stage.REVIEWED, Stage.ANNOUNCED, Stage.WITHDRAWN)
    ),
    *(
        Illegal(f"return what is {stage.value}", _return(stage), _stands_at(stage), "shen")
        for stage in (Stage.DRAFT, Stage.REVIEWED, Stage.RECOMMENDED, Stage.ANNOUNCED)
    ),
    Illegal("return until a day that is past", _return(Stage.SUBMITTED, due="2026-03-20"), "已过", "shen"),
    *(
        Illegal(f"withdraw what is {stage.value}", _withdraw(stage), _stands_at(stage))
        for stage in (Stage.ANNOUNCED, Stage.NOT_CERTIFIED, Stage.WITHDRAWN)
    ),
    Illegal("withdraw without a reason", _withdraw(Stage.SUBMITTED, " "), BLANK, "shen"),
    *(
        Illegal(f"recommend what is {stage.value}", _recommend(stage), _stands_at(stage), "shen")
        for stage in (Stage.SUBMITTED, Stage.SCORED, Stage.ANNOUNCED, Stage.WITHDRAWN)
    ),
    Illegal(
        "recommend before the review",
        _recommend(Stage.REVIEWED, dated="2026-03-04"),
        "不能早于",
        "shen",
    ),
    Illegal(
        "recommend in the future", _recommend(Stage.REVIEWED, dated="2026-03-24"), "不能晚于今天", "shen"
    ),
    Illegal("recommend with half a number", _recommend(Stage.REVIEWED, number="莘工信88号"), "文号", "shen"),
    *(
        Illegal(f"conclude what is {stage.value}", _conclude(stage), _stands_at(stage))
        for stage in (Stage.REVIEWED, Stage.SCORED, Stage.SELECTED, Stage.ANNOUNCED)
    ),
    Illegal("conclude without experts", _conclude(Stage.RECOMMENDED), "专家"),
    *(
        Illegal(
            f"score what is {stage.value}",
            _application("expert", stage, {"name": "李教授", **_SCORES}),
            _stands_at(stage),
        )
        for stage in (Stage.REVIEWED, Stage.SELECTED)
    ),
    Illegal(
        "score with 101 points",
        _application("expert", Stage.RECOMMENDED, {"name": "李教授", **_SCORES, "score_effect": "101"}),
        "0 至 100",
    ),
)


# --- Result, notice, objection, announcement, correction ---------------------------------------------


def _decide(verb: str, stage: Stage, reason: str = "研究决定。") -> Callable[[Office], Request]:
    def request(office: Office) -> Request:
        application = office.shen.round.at[stage]
        data = {
            "verb": verb, "applications": str(application), f"version-{application}": version(application),
            f"reason-{application}": reason, "confirmed": "1",
        }  # fmt: skip
        return f"{DESK}/results/decide/", data

    return request


_NOTICE = {
    "first_day": "2026-03-23", "working_days": "5", "telephone": "0635-8288000", "email": "jidi@example.cn",
    "address": "昌润路1号", "postcode": "",
}  # fmt: skip
_ELSEWHERE = {
    "elsewhere": "y", "published_where": "市工信局网站", "first_day": "2026-03-09", "last_day": "2026-03-13",
}  # fmt: skip


def _notice(stage: Stage = Stage.SELECTED, **more: Any) -> Callable[[Office], Request]:
    def request(office: Office) -> Request:
        application = office.shen.round.at[stage]
        chosen = {"applications": str(application), f"version-{application}": version(application)}
        path = f"{DESK}/notices/open/?round={office.shen.round.id}"
        return path, {**_NOTICE, **chosen, "seen": "0" * 64, **more}

    return request


def _objection(application: Callable[[Office], Any], **more: str) -> Callable[[Office], Request]:
    data = {
        "received_on": "2026-03-17", "received": "letter", "objector_kind": "person", "objector": "周某某",
        "objector_contact": "电话", "content": "内容。", **more,
    }  # fmt: skip
    return lambda office: (
        f"{DESK}/objections/new/?id={office.shen.round.notice}",
        {**data, "application": str(application(office))},
    )


def _handling(**more: str) -> Callable[[Office], Request]:
    data = {"outcome": "rejected", "handling": "核查。", "decided_on": "2026-03-20", "version": "1", **more}
    return lambda office: (f"{DESK}/objections/?id={office.shen.round.objection}", data)


def _announce(
    notice: Callable[[Any], Any], application: Callable[[Any], Any], **more: Any
) -> Callable[[Office], Request]:
    def request(office: Office) -> Request:
        made = office.shen.round
        chosen = application(made)
        data = {
            "number": "聊工信发〔2026〕999号", "dated": "2026-03-23", "term_first": "", "certificate_prefix": "LCSJ",
            "applications": str(chosen), f"version-{chosen}": version(chosen), "seen": "0" * 64, **more,
        }  # fmt: skip
        return f"{DESK}/notices/announce/publish/?id={notice(made)}", data

    return request


def _announce_usual(**more: Any) -> Callable[[Office], Request]:
    return _announce(lambda made: made.notice, lambda made: made.at[Stage.ON_NOTICE], **more)


def _correct(**more: str) -> Callable[[Office], Request]:
    data = {"words": "更正一处。", "dated": "2026-03-23", "seen": "0" * 64, **more}
    return lambda office: (f"{DESK}/notices/correct/publish/?id={office.shen.round.announcement}", data)


def _on_notice(office: Office) -> Any:
    return office.shen.round.at[Stage.ON_NOTICE]


OF_PUBLICATION = (
    *(
        Illegal(f"select what is {stage.value}", _decide("select", stage), _stands_at(stage))
        for stage in (Stage.RECOMMENDED, Stage.SELECTED, Stage.ANNOUNCED, Stage.NOT_CERTIFIED)
    ),
    *(
        Illegal(f"decline what is {stage.value}", _decide("decline", stage), _stands_at(stage))
        for stage in (Stage.RECOMMENDED, Stage.ANNOUNCED, Stage.WITHDRAWN)
    ),
    *(
        Illegal(f"take up again what is {stage.value}", _decide("reconsider", stage), _stands_at(stage))
        for stage in (Stage.REVIEWED, Stage.ON_NOTICE, Stage.ANNOUNCED)
    ),
    Illegal("decline without a reason", _decide("decline", Stage.SCORED, " "), NO_REASON),
    Illegal("take up again without a reason", _decide("reconsider", Stage.SELECTED, ""), NO_REASON),
    *(
        Illegal(f"put on notice what is {stage.value}", _notice(stage), _stands_at(stage))
        for stage in (Stage.REVIEWED, Stage.SCORED, Stage.NOT_CERTIFIED, Stage.WITHDRAWN)
    ),
    Illegal("a notice without a base", _notice(applications=[]), NOBODY),
    Illegal("a notice of the past", _notice(first_day="2026-03-16"), "公示首日不能早于今天"),
    Illegal("a notice of one working day", _notice(working_days="1"), "公示不少于 5 个工作日（第十二条）"),
    Illegal("a notice far ahead", _notice(first_day="2026-07-01"), "60"),
    Illegal("a notice without a telephone", _notice(telephone=" "), BLANK),
    Illegal(
        "a notice elsewhere that still runs",
        _notice(**_ELSEWHERE | {"last_day": "2026-03-23"}),
        "公示期满后方可补录",
    ),
    Illegal(
        "a notice elsewhere without a place",
        _notice(**_ELSEWHERE | {"published_where": ""}),
        "请填写发布网站及网址",
    ),
    Illegal(
        "a notice elsewhere that was too short",
        _notice(**_ELSEWHERE | {"last_day": "2026-03-10"}),
        "公示不少于 5 个工作日",
    ),
    Illegal(
        "an objection before the notice", _objection(_on_notice, received_on="2026-03-15"), "收到日期应在"
    ),
    Illegal("an objection of tomorrow", _objection(_on_notice, received_on="2026-03-24"), "收到日期应在"),
    Illegal("an objection without its day", _objection(_on_notice, received_on=""), BLANK),
    Illegal("an anonymous objection", _objection(_on_notice, objector=" "), BLANK),
    Illegal(
        "an objection to a base that is not on the notice",
        _objection(lambda office: office.shen.round.at[Stage.SELECTED]),
        "请选择",
    ),
    Illegal("an objection decided before it came", _handling(decided_on="2026-03-15"), "之间"),
    Illegal("an objection decided without saying how", _handling(handling=""), BLANK),
    Illegal("an objection left open by its decision", _handling(outcome="open"), "请选择"),
    Illegal(
        "announce while the notice runs",
        _announce(
            lambda made: made.future, lambda made: driver.notices_of("public-notice") and _listed(made.future)
        ),
        "公示期至",
    ),
    Illegal(
        "announce over an open objection",
        _announce(lambda made: made.disputed_notice, lambda made: made.disputed),
        "的异议尚在处理中",
    ),
    Illegal(
        "announce what was not on the notice",
        _announce(lambda made: made.notice, lambda made: made.at[Stage.SELECTED]),
        NOBODY,
    ),
    Illegal("announce before the notice is over", _announce_usual(dated="2026-03-20"), "公示截止日"),
    Illegal("announce in the future", _announce_usual(dated="2026-03-24"), "不能晚于今天"),
    Illegal("a term before its announcement", _announce_usual(term_first="2026-03-22"), "不能早于"),
    Illegal("announce with half a number", _announce_usual(number="聊工信发999号"), "文号"),
    Illegal("announce without a base", _announce_usual(applications=[]), NOBODY),
    Illegal("a correction without words", _correct(words=" "), BLANK),
    Illegal("a correction before its paper", _correct(dated="2026-03-20"), "不能早于"),
    Illegal("a correction in the future", _correct(dated="2026-03-24"), "不能晚于今天"),
)


def _listed(notice: Any) -> Any:
    """Return the application of a notice with one base."""
    (paper,) = (row for row in driver.notices_of("public-notice") if row["_id"] == notice)
    return paper["entries"][0]["application"]


# --- Titles, reports, change filings, upward, rounds, rule sets --------------------------------------

CASES, YEARLY, FILINGS, UPWARD = (
    "/admin/revocation", "/admin/annual-reports", "/admin/change-filings", "/admin/upward",
)  # fmt: skip


def _case(part: str, case: str = "open", **data: str) -> Callable[[Office], Request]:
    def request(office: Office) -> Request:
        cases = office.shen.cases
        seen = {"seen": cases.seen} if part == "sign" else {}
        return f"{CASES}/case/{part}/?id={getattr(cases, case)}", {
            "version": str(cases.version),
            **seen,
            **data,
        }

    return request


def _new_case(base: Callable[[Office], Any], **data: str) -> Callable[[Office], Request]:
    sent = {"kind": "revocation", "grounds": "fraud", "facts-fraud": "虚报台账。", **data}
    return lambda office: (f"{CASES}/new/", {**sent, "base": str(base(office))})


def _sent(path: str, data: dict[str, Any]) -> Callable[[Office], Request]:
    return lambda office: (path.format(shen=office.shen, made=office.shen.reports), data)


_SIGNED = {"number": "聊工信发〔2026〕921号", "dated": "2026-03-23"}
_FILING = {"name": "改名园", "completed_on": "2026-03-02", "filed_on": "2026-03-09"}
_LETTER = {"level": "nation", "year": "2026", "number": "聊工信发〔2026〕922号", "dated": "2026-03-02"}
_REPORT = YEARLY + "/report/{part}/?base={{shen.base}}&year=2025"
_ROUND = {
    "year": "2026", "name": "另一批次", "apply_from": "2026-03-02", "apply_until": "2026-12-31",
    "rule_set": "city-2021", "assessed_year": "2025", "least_experts": "3", "drop_from": "5", "pass_score": "",
    "dimensions-0-label": "运营", "dimensions-0-weight": "100", "dimensions-0-key": "",
}  # fmt: skip

OF_THE_REST = (
    Illegal("a second case about one title", _new_case(lambda office: office.shen.base), "已有"),
    Illegal(
        "a case without facts",
        _new_case(lambda office: office.shen.cases.free, **{"facts-fraud": " "}),
        "事实",
    ),
    Illegal(
        "give back a title that nobody took away",
        _new_case(
            lambda office: office.shen.cases.free,
            kind="reversal",
            grounds="overturned",
            **{"facts-overturned": "复议撤销。"},
        ),
        "只有已撤销或已取消的称号才能恢复",
    ),
    Illegal(
        "cancel what holds no title",
        _new_case(
            lambda office: office.shen.spare,
            kind="cancellation",
            grounds="no-renewal",
            **{"facts-no-renewal": "未申请复核。"},
        ),
        "该基地没有示范基地称号",
    ),
    Illegal("a case about no title", _new_case(lambda office: office.shen.spare), "称号"),
    Illegal(
        "a hearing of no days",
        _case("hearing", served_on="2026-03-10", statement_by="2026-03-05", served_how="挂号"),
        "陈述、申辩期限不得少于 3 天",
    ),
    Illegal("sign in the future", _case("sign", **_SIGNED | {"dated": "2026-03-24"}), "不能晚于今天"),
    Illegal(
        "sign before the statement was due",
        _case("sign", **_SIGNED | {"dated": "2026-03-03"}),
        "陈述、申辩期未满",
    ),
    Illegal("sign under half a number", _case("sign", **_SIGNED | {"number": "聊工信发921号"}), "文号"),
    Illegal("drop a case without a reason", _case("drop", reason=" "), NO_REASON),
    Illegal("drop a case that is decided", _case("drop", "decided", reason="证据不足。"), "该案件已结"),
    Illegal("sign a case that is decided", _case("sign", "decided", **_SIGNED), "该案件已由"),
    Illegal(
        "a summary of tomorrow",
        _sent(
            _REPORT.format(part="summary"),
            {"received_on": "2026-03-24", "tenants": "31", "summary": "要点", "version": "2"},
        ),
        "不能晚于今天",
    ),
    Illegal(
        "an inspection of tomorrow",
        _sent(
            _REPORT.format(part="inspection"),
            {"checked_on": "2026-03-24", "fees_finding": "good", "version": "2"},
        ),
        "不能晚于今天",
    ),
    Illegal(
        "a county's report of tomorrow",
        _sent(
            f"{YEARLY}/county/save/?county={SHEN}&year=2025",
            {"submitted_on": "2026-03-24", "text": "全县", "version": "1"},
        ),
        "不能晚于今天",
    ),
    Illegal(
        "a change of tomorrow",
        _sent(FILINGS + "/edit/?id={made.filing}", _FILING | {"completed_on": "2026-03-24", "version": "1"}),
        "不能晚于今天",
    ),
    Illegal(
        "filed before it changed",
        _sent(FILINGS + "/edit/?id={made.filing}", _FILING | {"filed_on": "2026-03-01", "version": "1"}),
        "早于",
    ),
    Illegal(
        "refuse a change without a reason",
        _sent(FILINGS + "/refuse/?id={made.filing}", {"reason": " ", "version": "1"}),
        BLANK,
    ),
    Illegal(
        "a letter upwards of tomorrow",
        _sent(UPWARD + "/edit/?id={made.upward}", _LETTER | {"dated": "2026-03-24", "version": "1"}),
        "不能晚于今天",
    ),
    Illegal(
        "an outcome before its letter",
        _sent(
            UPWARD + "/outcome/?id={made.upward}",
            {"outcome": "granted", "outcome_on": "2026-01-01", "outcome_number": "", "version": "1"},
        ),
        "批复日期应在行文日期至今天之间",
    ),
    Illegal(
        "a round that ends before it begins",
        _sent("/admin/rounds/new/", _ROUND | {"apply_until": "2026-03-01"}),
        "早于",
    ),
    Illegal(
        "a round under a draft",
        _sent("/admin/rounds/new/", _ROUND | {"rule_set": "city-2026"}),
        "请从列表中选择",
    ),
    Illegal(
        "a round whose weights are not whole",
        _sent("/admin/rounds/new/", _ROUND | {"dimensions-0-weight": "90"}),
        "100",
    ),
    Illegal(
        "a round of a name that is taken",
        _sent("/admin/rounds/new/", _ROUND | {"name": "2026年度申报"}),
        "已有",
    ),
    Illegal(
        "change a rule set in force",
        _sent("/admin/rule-sets/city-2021/edit/", {"version": "0"}),
        "已施行",
        "boss",
    ),
    Illegal(
        "end a rule set before it began",
        _sent("/admin/rule-sets/city-2021/last-day/", {"last_day": "2021-01-01", "version": "0"}),
        "早于",
        "boss",
    ),
)

TABLE = (*OF_APPLICATIONS, *OF_PUBLICATION, *OF_THE_REST)


def _stored(office: Office) -> dict[str, str]:
    return {name: rows for name, rows in office.digest().items() if name not in _OF_SIGNING_IN}


@pytest.mark.parametrize("step", TABLE, ids=str)
def test_an_illegal_step_is_refused_with_its_sentence_and_nothing_changes(
    step: Illegal, office: Office, sign_in: Callable[[str], Browser]
) -> None:
    path, data = step.request(office)
    browser, before = sign_in(step.who), _stored(office)
    answer = browser.send(path, data)
    assert answer.status_code in (409, 422), read.text_of(answer.text)[:500]
    said = " ".join((read.on_top(answer.text), *read.problems(answer.text).values())) or read.text_of(
        answer.text
    )
    assert step.says and step.says in said, said
    assert _stored(office) == before


def test_the_table_goes_over_the_whole_procedure() -> None:
    assert len(TABLE) >= 60
    assert len({step.what for step in TABLE}) == len(TABLE)
