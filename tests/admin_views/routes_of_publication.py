"""What is sent to the publication desk: with a round of 莘县 in the office (tests/office_with_round.py)."""

from typing import Any

from werkzeug.datastructures import MultiDict

from admin_views.publication.preview import digest_of
from documents.publication.notice import Notice
from forms.publication import AnnouncementForm, CorrectionForm, NoticeForm
from rules.applications import Stage
from services.publication.announcement import preview_announcement
from services.publication.correction import correction_text
from services.publication.notice import preview_notice
from tests import round_driver as driver
from tests.admin_views.routes import CITY, SIGNED_IN, Call, Route, pdf, views_of
from tests.office_with_round import version
from tests.sample_office import SHEN, Office

HOME = "/admin/publication"
_NOTICE = {
    "first_day": "2026-03-23", "working_days": "5", "telephone": "0635-8288000", "email": "jidi@example.cn",
    "address": "昌润路1号", "postcode": "",
}  # fmt: skip
_ANNOUNCEMENT = {
    "number": "聊工信发〔2026〕999号",
    "dated": "2026-03-23",
    "term_first": "",
    "certificate_prefix": "LCSJ",
}
_CORRECTION = {"words": "更正一处。", "dated": "2026-03-23"}
_OBJECTION = {
    "received_on": "2026-03-17", "received": "letter", "objector_kind": "person", "objector": "周某某",
    "objector_contact": "电话", "content": "内容。",
}  # fmt: skip
_DECISION = {"outcome": "rejected", "handling": "核查。", "decided_on": "2026-03-20", "version": "1"}


def _chosen(office: Office, stage: Stage) -> dict[str, str]:
    one = office.shen.round.at[stage]
    return {"applications": str(one), f"version-{one}": version(one)}


def _boards(office: Office) -> list[Call]:
    queries = ("", f"?county={SHEN}", f"?round={office.shen.round.id}&county={SHEN}")
    return [Call(f"{HOME}/{query}") for query in queries]


def _results(office: Office) -> list[Call]:
    return [Call(f"{HOME}/results/?round={office.shen.round.id}")]


def _decide(office: Office) -> list[Call]:
    one = office.shen.round.at[Stage.SCORED]
    data = {
        "applications": str(one), f"version-{one}": version(one), "verb": "decline", f"reason-{one}": "名额有限。",
    }  # fmt: skip
    path = f"{HOME}/results/decide/"
    return [Call(path, data, effect=False), Call(path, data | {"confirmed": "1"})]


def _choose(office: Office) -> list[Call]:
    path = f"{HOME}/notices/new/?round={office.shen.round.id}"
    return [Call(path), Call(path, _NOTICE | _chosen(office, Stage.SELECTED), effect=False)]


def _open(office: Office) -> list[Call]:
    made, day = office.shen.round, driver.ANNOUNCED
    draft = NoticeForm.typed(MultiDict(_NOTICE)).draft(made.id)
    shown = preview_notice(draft, [made.at[Stage.SELECTED]], actor=driver.CITY, today=day)
    data = _NOTICE | _chosen(office, Stage.SELECTED) | {"seen": digest_of(shown.text)}
    return [Call(f"{HOME}/notices/open/?round={made.id}", data)]


def _draft_announcement(office: Office) -> list[Call]:
    path = f"{HOME}/notices/announce/?id={office.shen.round.notice}"
    return [Call(path), Call(path, _ANNOUNCEMENT | _chosen(office, Stage.ON_NOTICE), effect=False)]


def _announce(office: Office) -> list[Call]:
    made = office.shen.round
    draft = AnnouncementForm.typed(MultiDict(_ANNOUNCEMENT)).draft(made.notice, {})
    shown = preview_announcement(draft, [made.at[Stage.ON_NOTICE]], actor=driver.CITY, today=driver.ANNOUNCED)
    data = _ANNOUNCEMENT | _chosen(office, Stage.ON_NOTICE) | {"seen": digest_of(shown.text)}
    return [Call(f"{HOME}/notices/announce/publish/?id={made.notice}", data)]


def _draft_correction(office: Office) -> list[Call]:
    path = f"{HOME}/notices/correct/?id={office.shen.round.announcement}"
    return [Call(path), Call(path, _CORRECTION, effect=False)]


def _publish_correction(office: Office) -> list[Call]:
    identity, form = office.shen.round.announcement, CorrectionForm.typed(MultiDict(_CORRECTION))
    dated = driver.ANNOUNCED
    text = correction_text(Notice.read(identity), form.text("words"), dated, today=dated)
    return [Call(f"{HOME}/notices/correct/publish/?id={identity}", _CORRECTION | {"seen": digest_of(text)})]


def _papers(office: Office) -> list[Call]:
    return [Call(f"{HOME}/papers/?{query}") for query in ("", "kind=public-notice", "search=园")]


def _new_objection(office: Office) -> list[Call]:
    made = office.shen.round
    path = f"{HOME}/objections/new/?id={made.notice}"
    data = _OBJECTION | {"application": str(made.at[Stage.ON_NOTICE])}
    return [Call(path), Call(path, data)]


def _objection(office: Office) -> list[Call]:
    path = f"{HOME}/objections/?id={office.shen.round.objection}"
    return [Call(path), Call(path, _DECISION)]


def _at(path: str, data: dict[str, Any] | None = None) -> Any:
    """Return one call whose address names something of the round."""
    return lambda office: [Call(HOME + path.format(made=office.shen.round), data)]


def _add_evidence(office: Office) -> list[Call]:
    return [Call(f"{HOME}/objections/files/add/?id={office.shen.round.objection}", {"file": pdf()})]


PUBLICATION: dict[str, Route] = {
    "publication.index": Route(SIGNED_IN, _boards),
    "publication.results": Route(CITY, _results),
    "publication.decide": Route(CITY, _decide),
    "publication.choose": Route(CITY, _choose),
    "publication.open_notice": Route(CITY, _open),
    # Before its first day a notice is nobody's but the city bureau's; afterwards it is anyone's.
    "publication.notice": Route(SIGNED_IN, _at("/notices/?id={made.future}"), hidden=True),
    "publication.paper_file": Route(SIGNED_IN, _at("/notices/paper.docx?id={made.future}"), hidden=True),
    "publication.paper_pdf": Route(SIGNED_IN, _at("/notices/paper.pdf?id={made.future}"), hidden=True),
    "publication.list_file": Route(SIGNED_IN, _at("/notices/list.xlsx?id={made.future}"), hidden=True),
    "publication.certificate_file": Route(
        SIGNED_IN,
        _at("/notices/certificate.docx?id={made.announcement}&application={made.announced}"),
        published=True,
    ),
    "publication.certificate_pdf": Route(
        SIGNED_IN,
        _at("/notices/certificate.pdf?id={made.announcement}&application={made.announced}"),
        published=True,
    ),
    # Where a notice was published then is shown to whoever reads the desk's papers.
    "publication.file": Route(SIGNED_IN, _at("/notices/file/?file={made.shown_elsewhere}"), published=True),
    "publication.draft_announcement": Route(CITY, _draft_announcement),
    "publication.announce": Route(CITY, _announce),
    "publication.draft_correction": Route(CITY, _draft_correction),
    "publication.publish_correction": Route(CITY, _publish_correction),
    # What is published names its bases to everyone, and so do the titles of decisions.
    "publication.papers": Route(SIGNED_IN, _papers, published=True),
    "publication.papers_export": Route(SIGNED_IN, _at("/papers/export/xlsx/"), published=True),
    **views_of("publication", HOME, published=True),
    "publication.new_objection": Route(CITY, _new_objection),
    "publication.objection": Route(CITY, _objection),
    "publication.add_evidence": Route(CITY, _add_evidence),
    "publication.remove_evidence": Route(
        CITY, _at("/objections/files/remove/?id={made.objection}&file={made.evidence}", {})
    ),
    "publication.evidence": Route(CITY, _at("/objections/file/?file={made.evidence}")),
}
