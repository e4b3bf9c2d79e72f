"""The templates of papers: which one is in use, its samples, an own one put in its place, back to the default."""

from collections.abc import Sequence
from io import BytesIO

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.desk.view_models_paper_templates import EarlierTemplate, PaperTemplatesPage, TemplateCard
from admin_views.shared.files import shown_size
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, shown_moment
from admin_views.shared.view_models import Link, badge
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
    KeptTemplate,
    drop_template,
    kept_templates,
    put_template,
    template_for,
    template_of_version,
)

paper_templates = Blueprint("paper_templates", __name__, url_prefix="/admin/paper-templates")
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MOST_EARLIER = 10  # shown


@paper_templates.route("/")
@needs(Permission.READ)
def index() -> ResponseReturnValue:
    """Show the templates of every kind of paper."""
    return render_template("desk/paper_templates.html", page=_page())


def _page(
    at_fault: PaperKind | None = None, problems: Sequence[str] = (), version: int | None = None
) -> PaperTemplatesPage:
    kept = kept_templates()
    cards = []
    for kind in SAMPLED:
        mine = kind is at_fault
        cards.append(
            _card(kind, kept.get(kind, ()), tuple(problems) if mine else (), version if mine else None)
        )
    crumbs = (Link(gettext(N_("Settings")), url_for("settings.index")),)
    return PaperTemplatesPage(tuple(cards), shown_size(MOST_BYTES), crumbs)


def _card(
    kind: PaperKind, kept: tuple[KeptTemplate, ...], problems: tuple[str, ...], version: int | None
) -> TemplateCard:
    used = kept[0] if kept else None
    own = used is not None and used.own
    may = current_actor().may(Permission.MANAGE_OFFICE)
    read = used.version if used else 0
    return TemplateCard(
        kind.value, gettext(kind.label),
        badge(gettext(N_("Own template")), "blue") if own else badge(gettext(N_("Default template")), "grey"),
        _about(used) if used and own else "",
        _links(kind, own=own), known_names(kind) if may else (),
        # The version that was read stays: another's upload meanwhile must still be seen.
        version=read if version is None else version,
        earlier=tuple(_earlier(one) for one in kept[:_MOST_EARLIER]), problems=problems,
        upload_url=url_for("paper_templates.upload", code=kind.value) if may else "",
        drop_url=url_for("paper_templates.drop", code=kind.value) if may and own else "",
    )  # fmt: skip


def _about(one: KeptTemplate) -> str:
    return " · ".join((one.name, shown_size(one.size), shown_moment(one.when), one.who))


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


def _earlier(one: KeptTemplate) -> EarlierTemplate:
    url = url_for("paper_templates.download", code=one.kind.value, version=one.version) if one.own else ""
    return EarlierTemplate(
        one.name if one.own else gettext(N_("Default template")), shown_moment(one.when), one.who, url
    )


def _kind(code: str) -> PaperKind:
    found = next((kind for kind in SAMPLED if kind.value == code), None)
    if found is None:
        abort(404)
    return found


@paper_templates.route("/<code>/template.docx")
@needs(Permission.READ)
def download(code: str) -> ResponseReturnValue:
    """Send the template in use, or an earlier one of the office's own."""
    kind, version = _kind(code), request.args.get("version", type=int)
    if version is not None:
        one, data = template_of_version(kind, version)
        return _sent(data, f"{kind.zh}-模板-{one.version}.docx")
    return _sent(template_for(kind) or default_template(kind), f"{kind.zh}-模板.docx")


@paper_templates.route("/<code>/default.docx")
@needs(Permission.READ)
def default(code: str) -> ResponseReturnValue:
    """Send the default template, to begin an own one from."""
    kind = _kind(code)
    return _sent(default_template(kind), f"{kind.zh}-默认模板.docx")


@paper_templates.route("/<code>/sample.docx")
@needs(Permission.READ)
def sample(code: str) -> ResponseReturnValue:
    """Send an invented paper made from the template in use."""
    kind = _kind(code)
    paper = render_paper(sample_text(kind), template_for(kind), sample_qr(kind))
    return _sent(paper, f"{kind.zh}-样张.docx")


def _sent(data: bytes, name: str) -> Response:
    answer: Response = send_file(BytesIO(data), mimetype=_DOCX, as_attachment=True, download_name=name)
    return answer


@paper_templates.route("/<code>/upload", methods=["POST"])
@needs(Permission.MANAGE_OFFICE)
def upload(code: str) -> ResponseReturnValue:
    """Put an own template in use, if it works."""
    kind, version = _kind(code), request.form.get("version", type=int) or 0
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _again(kind, gettext(N_("Choose a file first.")), version)
    try:
        data = sent.stream.read(MOST_BYTES + 1)
        put_template(kind, sent.filename, data, version=version, actor=current_actor(), now=now())
    except (Refused, Stale) as problem:
        return _again(kind, " ".join(sentence(one) for one in problem.refusals), version)
    flash(
        gettext(N_("The template is in use from now on; papers issued before stay as they are.")), "success"
    )
    return redirect(url_for("paper_templates.index"), 303)


def _again(kind: PaperKind, problem: str, version: int) -> ResponseReturnValue:
    page = _page(kind, (problem,), version)
    return render_template("desk/paper_templates.html", page=page), 422


@paper_templates.route("/<code>/drop", methods=["POST"])
@needs(Permission.MANAGE_OFFICE)
def drop(code: str) -> ResponseReturnValue:
    """Go back to the default template."""
    kind, version = _kind(code), request.form.get("version", type=int) or 0
    try:
        drop_template(kind, version=version, actor=current_actor(), now=now())
    except (Missing, Stale) as problem:
        flash(sentence(problem.refusals[0]), "error")
    else:
        flash(gettext(N_("The default template is in use again.")), "success")
    return redirect(url_for("paper_templates.index"), 303)
