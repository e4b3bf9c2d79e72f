"""What is sent to yearly reports, change filings and upward recommendations (tests/office_with_reports.py)."""

from collections.abc import Callable
from typing import Any

from tests.admin_views.routes import CITY, SIGNED_IN, WRITERS, Call, Route, fixed, pdf, views_of
from tests.sample_office import SHEN, Office

YEARLY, FILINGS, UPWARD = "/admin/annual-reports", "/admin/change-filings", "/admin/upward"
_SUMMARY = {"received_on": "2026-01-10", "tenants": "31", "summary": "要点", "version": "2"}
_INSPECTION = {"checked_on": "2025-11-04", "fees_finding": "good", "version": "2"}
_COUNTY = {"submitted_on": "2026-01-20", "text": "全县", "version": "1"}
_FILING = {"name": "改名园", "completed_on": "2026-03-02", "filed_on": "2026-03-09"}
_TITLE = {"title_kept": "kept", "reason": "条件不变", "version": "1"}
_LETTER = {"level": "nation", "year": "2026", "number": "聊工信发〔2026〕902号", "dated": "2026-03-02"}
_OUTCOME = {"outcome": "granted", "outcome_on": "2026-03-09", "outcome_number": "", "version": "1"}
_NARROWED = (f"?county={SHEN}", f"?year=2025&county={SHEN}&state=on-time")


def _at(
    path: str, data: dict[str, Any] | None = None, *, ask: bool = False
) -> Callable[[Office], list[Call]]:
    """Return the calls at one address that names something of 莘县: the page where there is one, what is sent."""

    def calls(office: Office) -> list[Call]:
        url = path.format(shen=office.shen, made=office.shen.reports)
        return ([Call(url)] if ask or data is None else []) + ([Call(url, data)] if data is not None else [])

    return calls


def _lists(path: str, *queries: str) -> Callable[[Office], list[Call]]:
    return fixed(*(Call(path + query) for query in ("", *queries)))


def _files(home: str, collection: str, who: frozenset[str] = WRITERS) -> dict[str, Route]:
    name, file = home.rpartition("/")[2].replace("-", "_"), "{made.files[" + collection + "]}"
    return {
        f"{name}.file": Route(SIGNED_IN, _at(f"{home}/file/?file={file}"), hidden=True),
        f"{name}.remove_file": Route(who, _at(f"{home}/files/remove/?file={file}", {}), hidden=True),
    }


def _new_letter(office: Office) -> list[Call]:
    return [Call(f"{UPWARD}/new/"), Call(f"{UPWARD}/new/", _LETTER | {"bases": str(office.shen.base)})]


_REPORT = "?base={shen.base}&year=2025"
_OF_SHEN = f"?county={SHEN}&year=2025"

REPORTS: dict[str, Route] = {
    "annual_reports.index": Route(SIGNED_IN, _lists(f"{YEARLY}/", *_NARROWED)),
    "annual_reports.export": Route(SIGNED_IN, _lists(f"{YEARLY}/export/xlsx/", *_NARROWED)),
    "annual_reports.all_reports": Route(SIGNED_IN, _lists(f"{YEARLY}/all/", f"?county={SHEN}")),
    "annual_reports.all_reports_export": Route(SIGNED_IN, _lists(f"{YEARLY}/all/export/xlsx/", f"?county={SHEN}")),
    **views_of("annual_reports", YEARLY),
    "annual_reports.reminder": Route(SIGNED_IN, _lists(f"{YEARLY}/reminder/", "?year=2024", *_NARROWED)),
    "annual_reports.reminder_export": Route(
        SIGNED_IN, _lists(f"{YEARLY}/reminder/export/xlsx/", "?year=2024", *_NARROWED)
    ),
    "annual_reports.show": Route(SIGNED_IN, _at(f"{YEARLY}/report/{_REPORT}"), hidden=True),
    "annual_reports.summary": Route(
        WRITERS, _at(f"{YEARLY}/report/summary/{_REPORT}", _SUMMARY), hidden=True
    ),
    "annual_reports.carry": Route(
        WRITERS, _at(f"{YEARLY}/report/carry/{_REPORT}".replace("2025", "2026"), {"version": "0"}), hidden=True
    ),
    "annual_reports.situation": Route(SIGNED_IN, _at(f"{YEARLY}/report/situation/{_REPORT}"), hidden=True),
    "annual_reports.inspection": Route(
        WRITERS, _at(f"{YEARLY}/report/inspection/{_REPORT}", _INSPECTION), hidden=True
    ),
    "annual_reports.county": Route(SIGNED_IN, _at(f"{YEARLY}/county/{_OF_SHEN}"), hidden=True),
    "annual_reports.keep_county": Route(
        WRITERS, _at(f"{YEARLY}/county/save/{_OF_SHEN}", _COUNTY), hidden=True
    ),
    **_files(YEARLY, "annual_reports"),
    "change_filings.index": Route(
        SIGNED_IN, _lists(f"{FILINGS}/", f"?county={SHEN}", "?search=创业园", "?state=filed&late=no")
    ),
    **views_of("change_filings", FILINGS),
    "change_filings.export": Route(SIGNED_IN, _lists(f"{FILINGS}/export/xlsx/", f"?county={SHEN}")),
    "change_filings.show": Route(SIGNED_IN, _at(f"{FILINGS}/details/?id={{made.filing}}"), hidden=True),
    "change_filings.new": Route(
        WRITERS, _at(f"{FILINGS}/new/?base={{shen.base}}", _FILING, ask=True), hidden=True
    ),
    "change_filings.edit": Route(
        WRITERS, _at(f"{FILINGS}/edit/?id={{made.filing}}", _FILING | {"version": "1"}, ask=True), hidden=True
    ),
    "change_filings.accept": Route(
        CITY, _at(f"{FILINGS}/accept/?id={{made.filing}}", {"version": "1"}, ask=True)
    ),
    "change_filings.refuse": Route(
        CITY, _at(f"{FILINGS}/refuse/?id={{made.filing}}", {"reason": "不符", "version": "1"}, ask=True)
    ),
    "change_filings.decide_title": Route(
        CITY,
        # It is not accepted yet: the page leads back.
        lambda office: [
            Call(url := f"{FILINGS}/title/?id={office.shen.reports.filing}"), Call(url, _TITLE, effect=False)
        ],
    ),
    "change_filings.add_licence": Route(
        WRITERS,
        lambda office: [Call(f"{FILINGS}/licence/add/?id={office.shen.reports.filing}", {"file": pdf()})],
        hidden=True,
    ),
    "change_filings.add_file": Route(
        WRITERS, lambda office: [Call(f"{FILINGS}/files/add/?id={office.shen.reports.filing}", {"file": pdf()})],
        hidden=True,
    ),
    **_files(FILINGS, "change_filings"),
    "upward.index": Route(SIGNED_IN, _lists(f"{UPWARD}/", f"?county={SHEN}", "?level=province&outcome=pending")),
    **views_of("upward", UPWARD),
    "upward.export": Route(SIGNED_IN, _lists(f"{UPWARD}/export/xlsx/", f"?county={SHEN}")),
    "upward.show": Route(SIGNED_IN, _at(f"{UPWARD}/details/?id={{made.upward}}"), hidden=True),
    "upward.letter_docx": Route(SIGNED_IN, _at(f"{UPWARD}/letter/docx/?id={{made.upward}}"), hidden=True),
    "upward.letter_pdf": Route(SIGNED_IN, _at(f"{UPWARD}/letter/pdf/?id={{made.upward}}"), hidden=True),
    "upward.new": Route(CITY, _new_letter),
    "upward.edit": Route(
        CITY, _at(f"{UPWARD}/edit/?id={{made.upward}}", _LETTER | {"version": "1"}, ask=True)
    ),
    "upward.decide": Route(CITY, _at(f"{UPWARD}/outcome/?id={{made.upward}}", _OUTCOME, ask=True)),
    "upward.add_file": Route(
        CITY,
        lambda office: [
            Call(f"{UPWARD}/files/add/?id={office.shen.reports.upward}&slot=outcome", {"file": pdf()})
        ],
    ),
    **_files(UPWARD, "upward_recommendations", CITY),
}  # fmt: skip
