"""The templates of papers: which one is in use, its samples, an own one put in its place, back to the default."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.shared.files import shown_size
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, shown_moment, typed_version
from admin_views.shared.view_models import Link, Pairs, Text, badge
from forms.sentences import sentence
from office.papers.default_templates import default_template
from office.papers.render import known_names, render_paper
from office.papers.samples import SAMPLED, sample_qr, sample_text
from office.papers.template_check import MOST_BYTES
from rules.access import Permission
from rules.errors import Missing, Refused, Stale
from rules.papers import PaperKind
from rules.words import N_
from services.publication.paper_templates import (
    TemplateChange,
    drop_template,
    put_template,
    template_changes,
    template_for,
    template_of_version,
)

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MOST_EARLIER = 10  # shown


@dataclass(frozen=True, slots=True)
class EarlierTemplate:
    """One change of a kind's template; `url` downloads it, "" for the return to the default."""

    label: str
    when: str
    who: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class TemplateCard:
    """One kind of paper: which template is in use, what can be fetched, what can be done. `names`: (name, example)."""

    code: str
    title: str
    state: Text
    about: str
    links: tuple[Link, ...]
    names: Pairs
    version: int = 0
    earlier: tuple[EarlierTemplate, ...] = ()
    problems: tuple[str, ...] = ()
    upload_url: str = ""
    drop_url: str = ""


@dataclass(frozen=True, slots=True)
class PaperTemplatesPage:
    """desk/paper_templates.html. `most_size` in words."""

    cards: tuple[TemplateCard, ...]
    most_size: str
    crumbs: tuple[Link, ...] = ()


def index() -> ResponseReturnValue:
    """Show the templates of every kind of paper."""
    return render_template("desk/paper_templates.html", page=_page())


def _page(
    at_fault: PaperKind | None = None, problems: Sequence[str] = (), version: int | None = None
) -> PaperTemplatesPage:
    templates = template_changes()
    cards = []
    for kind in SAMPLED:
        wrong = kind is at_fault
        cards.append(
            _card(kind, templates.get(kind, ()), tuple(problems) if wrong else (), version if wrong else None)
        )
    crumbs = (Link(gettext(N_("Settings")), url_for("settings.index")),)
    return PaperTemplatesPage(tuple(cards), shown_size(MOST_BYTES), crumbs)


def _card(
    kind: PaperKind, versions: tuple[TemplateChange, ...], problems: tuple[str, ...], version: int | None
) -> TemplateCard:
    used = versions[0] if versions else None
    own = used is not None and used.own
    may_manage = current_actor().may(Permission.MANAGE_OFFICE)
    stored_version = used.version if used else 0
    return TemplateCard(
        kind.value, gettext(kind.label),
        badge(gettext(N_("Own template")), "blue") if own else badge(gettext(N_("Default template")), "grey"),
        _about(used) if used and own else "",
        _links(kind, own=own), known_names(kind) if may_manage else (),
        # The version that was read stays: another's upload meanwhile must still be seen.
        version=stored_version if version is None else version,
        earlier=tuple(_earlier(template) for template in versions[:_MOST_EARLIER]), problems=problems,
        upload_url=url_for("paper_templates.upload", code=kind.value) if may_manage else "",
        drop_url=url_for("paper_templates.drop", code=kind.value) if may_manage and own else "",
    )  # fmt: skip


def _about(template: TemplateChange) -> str:
    parts = (template.name, shown_size(template.size), shown_moment(template.when), template.who)
    return " · ".join(parts)


def _links(kind: PaperKind, *, own: bool) -> tuple[Link, ...]:
    code = kind.value
    sample = Link(gettext(N_("Sample")), url_for("paper_templates.sample", code=code), icon="file")
    used = Link(
        gettext(N_("Template in use")), url_for("paper_templates.download", code=code), icon="download"
    )
    default = Link(
        gettext(N_("Default template")), url_for("paper_templates.default", code=code), icon="download"
    )
    return (sample, used, default) if own else (sample, default)


def _earlier(template: TemplateChange) -> EarlierTemplate:
    if not template.own:
        name, url = gettext(N_("Default template")), ""
    else:
        name = template.name
        url = url_for("paper_templates.download", code=template.kind.value, version=template.version)
    return EarlierTemplate(name, shown_moment(template.when), template.who, url)


def _kind(code: str) -> PaperKind:
    kind = next((kind for kind in SAMPLED if kind.value == code), None)
    if kind is None:
        abort(404)
    return kind


def download(code: str) -> ResponseReturnValue:
    """Send the template in use, or an earlier one of the office's own."""
    kind, version = _kind(code), request.args.get("version", type=int)
    if version is not None:
        template, data = template_of_version(kind, version)
        return _sent(data, f"{kind.zh}-模板-{template.version}.docx")
    return _sent(template_for(kind) or default_template(kind), f"{kind.zh}-模板.docx")


def default(code: str) -> ResponseReturnValue:
    """Send the default template, to begin an own one from."""
    kind = _kind(code)
    return _sent(default_template(kind), f"{kind.zh}-默认模板.docx")


def sample(code: str) -> ResponseReturnValue:
    """Send an invented paper made from the template in use."""
    kind = _kind(code)
    paper = render_paper(sample_text(kind), template_for(kind), sample_qr(kind))
    return _sent(paper, f"{kind.zh}-样张.docx")


def _sent(data: bytes, name: str) -> Response:
    answer: Response = send_file(BytesIO(data), mimetype=_DOCX, as_attachment=True, download_name=name)
    return answer


def upload(code: str) -> ResponseReturnValue:
    """Put an own template in use, if it works."""
    kind, version = _kind(code), typed_version()
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page_with_problem(kind, gettext(N_("Choose a file first.")), version)
    try:
        data = sent.stream.read(MOST_BYTES + 1)
        put_template(kind, sent.filename, data, version=version, actor=current_actor(), now=now())
    except (Refused, Stale) as problem:
        return _page_with_problem(kind, " ".join(sentence(refusal) for refusal in problem.refusals), version)
    flash(
        gettext(N_("The template is in use from now on; papers issued before stay as they are.")), "success"
    )
    return redirect(url_for("paper_templates.index"), 303)


def _page_with_problem(kind: PaperKind, problem: str, version: int) -> ResponseReturnValue:
    page = _page(kind, (problem,), version)
    return render_template("desk/paper_templates.html", page=page), 422


def drop(code: str) -> ResponseReturnValue:
    """Go back to the default template."""
    kind, version = _kind(code), typed_version()
    try:
        drop_template(kind, version=version, actor=current_actor(), now=now())
    except (Missing, Stale) as problem:
        flash(sentence(problem.refusals[0]), "error")
    else:
        flash(gettext(N_("The default template is in use again.")), "success")
    return redirect(url_for("paper_templates.index"), 303)
