"""A collection made of what is already there: choose it, correct what was seen in it, then try its rows."""

from bson import ObjectId
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.definitions.view_models import ExposedColumn, ExposePage, ExposureBeginPage
from admin_views.imports.reading import tried_page
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now
from admin_views.shared.view_models import Link
from forms.definitions.exposing import KINDS, ExposureTyped
from forms.sentences import sentence
from rules.errors import Missing, Refusal, Refused, Unreadable
from rules.words import N_
from schema.definitions.own_collections import OwnScope
from schema.registry import REGISTRY
from services.definitions.exposing import (
    Proposal,
    expose,
    keep_collection,
    keep_file,
    look_at,
    strange_collections,
)
from services.imports.parsing import Reading
from services.imports.uploads import MOST_BYTES

_TITLE = N_("Collection from what is there")
NOTHING = N_("Choose a file, or a collection of the database.")
_BESIDE = ("label", "word", "name_column", "scope_column")


def begin() -> ResponseReturnValue:
    """Ask what the collection is to be made of."""
    if request.method == "GET":
        return _begin_page()
    try:
        kept = _kept()
        look_at(kept, actor=current_actor())  # refused here, where another file can be chosen
    except (Refused, Unreadable) as problem:
        return _begin_page(tuple(map(sentence, problem.refusals)))
    return redirect(url_for("exposing.choose", upload=kept), 303)


def _kept() -> ObjectId:
    sent, name = request.files.get("file"), request.form.get("collection", "")
    if sent is not None and sent.filename:
        return keep_file(sent.stream, sent.filename, actor=current_actor(), now=now())
    if not name:
        raise Refused(NOTHING)
    return keep_collection(name, actor=current_actor(), now=now())


def _begin_page(problems: tuple[str, ...] = ()) -> ResponseReturnValue:
    page = ExposureBeginPage(
        gettext(_TITLE), url_for("exposing.begin"), tuple(strange_collections(actor=current_actor())),
        f"{MOST_BYTES >> 20} MB", problems, _crumbs(),
    )  # fmt: skip
    return render_template("definitions/exposing_begin.html", page=page), 422 if problems else 200


def _crumbs() -> tuple[Link, ...]:
    return (
        Link(gettext(N_("Settings")), url_for("settings.index")),
        Link(gettext(N_("Collections of your own")), url_for("own_collections.index")),
    )


def choose(upload: str) -> ResponseReturnValue:
    """Show what was seen in it, to be corrected; then make the collection and try its rows."""
    if not ObjectId.is_valid(upload):
        raise Missing()
    proposal = look_at(ObjectId(upload), actor=current_actor())
    if request.method == "GET":
        return _page(upload, proposal, ExposureTyped.begun(proposal))
    typed = ExposureTyped.sent(request.form, proposal)
    try:
        own, kept, choice = expose(
            ObjectId(upload), typed.own_collection(proposal), proposal, typed.taken, name=typed.name,
            scoping=typed.scoping, actor=current_actor(), now=now(),
        )  # fmt: skip
    except Refused as refused:
        return _page(upload, proposal, typed, refused.refusals)
    return tried_page(kept, REGISTRY[own.name], strict=False, reading=Reading(choice=choice))


def _page(
    upload: str, proposal: Proposal, typed: ExposureTyped, refusals: tuple[Refusal, ...] = ()
) -> ResponseReturnValue:
    shapes = proposal.shape.columns
    columns = tuple(
        ExposedColumn(
            shape.heading, one.chosen.label, one.chosen.kind.value, shape.filled, shape.distinct,
            "　".join(shape.words[:6] if shape.words else shape.samples), one.taken, one.chosen.filtered,
            one.chosen.searched, one.chosen.listed,
        )
        for shape, one in zip(shapes, typed.columns, strict=True)
    )  # fmt: skip
    page = ExposePage(
        title=gettext(_TITLE), action=url_for("exposing.choose", upload=upload),
        again_url=url_for("exposing.begin"), source=f"{proposal.title} · {proposal.sheet}", rows=proposal.shape.rows,
        label=typed.label, word=typed.word, scope=typed.scope.value,
        scopes=tuple((scope.value, gettext(scope.label)) for scope in OwnScope),
        kinds=tuple((kind.value, gettext(kind.label)) for kind in KINDS), name=typed.name, scoping=typed.scoping,
        columns=columns,
        errors={one.field: sentence(one) for one in refusals if one.field in _BESIDE},
        problems=tuple(sentence(one) for one in refusals if one.field not in _BESIDE), crumbs=_crumbs(),
    )  # fmt: skip
    return render_template("definitions/exposing.html", page=page), 422 if refusals else 200
