"""The collections of the office's own, for administrators: made, changed, hidden, deleted, brought back."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.definitions.uses import in_groups
from admin_views.definitions.view_models import OwnCollectionLine, OwnCollectionsPage
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, typed_version
from admin_views.shared.view_models import ConfirmPage, FormPage, FormSection, Link
from forms.definitions.own_collections import DeletionForm, OwnCollectionForm, in_words
from forms.sentences import show_refusals
from rules.access import Role
from rules.errors import Missing, Refused, Stale
from rules.words import N_
from schema.definitions.own_collections import SLUG_PREFIX, OwnCollection
from services.definitions import own_collections as service
from services.definitions.collection_deletion import delete_with_records
from services.definitions.uses import uses_of_collection

_TITLE = N_("Collections of your own")


def index() -> ResponseReturnValue:
    """Show the own collections."""
    lines = tuple(map(_line, service.own_collections()))
    page = OwnCollectionsPage(
        gettext(_TITLE), lines, url_for("own_collections.new"), url_for("exposing.begin"), _crumbs()[:1]
    )
    return render_template("definitions/own_collections.html", page=page)


def _line(stored: service.StoredOwnCollection) -> OwnCollectionLine:
    own = stored.own
    in_use = not (stored.deleted or own.hidden)
    return OwnCollectionLine(
        label=gettext(own.label),
        word=own.word,
        scope=gettext(own.scope.label),
        counties=in_words(own.rights, Role.COUNTY),
        records=stored.records,
        version=stored.version,
        hidden=own.hidden,
        deleted=stored.deleted,
        url=url_for("own_collections.edit", word=own.word) if not stored.deleted else "",
        list_url=url_for(f"{own.name}.index_view") if in_use else "",
        fields_url=url_for("own_fields.index", _anchor=SLUG_PREFIX + own.word) if in_use else "",
        show_url=url_for("own_collections.show", word=own.word),
        delete_url=url_for("own_collections.delete", word=own.word) if in_use else "",
    )


def _crumbs() -> tuple[Link, ...]:
    return (
        Link(gettext(N_("Settings")), url_for("settings.index")),
        Link(gettext(_TITLE), url_for("own_collections.index")),
    )


def new() -> ResponseReturnValue:
    """Make a collection."""
    form = OwnCollectionForm.begun() if request.method == "GET" else OwnCollectionForm.typed(request.form)
    form.make_ready(is_new=True)
    if request.method == "POST" and form.validate():
        typed = form.own_collection()
        added = _saved(form, lambda: service.add_own_collection(typed, actor=current_actor(), now=now()))
        if added is not None:
            said = N_("%(label)s is there now. Add the fields that its records have.")
            flash(gettext(said, label=added.label), "success")
            return redirect(url_for("own_fields.index", _anchor=SLUG_PREFIX + added.word), 303)
    title = gettext(N_("New collection"))
    return _shown(form, title, url_for("own_collections.new"))


def edit(word: str) -> ResponseReturnValue:
    """Change a collection; its word, its scope and its statuses stay."""
    stored = service.read_own_collection(word, actor=current_actor())
    own, version = stored.own, stored.version
    form = OwnCollectionForm.of(own) if request.method == "GET" else OwnCollectionForm.typed(request.form)
    form.make_ready(is_new=False)
    if request.method == "POST":
        version = typed_version() or 0
        if form.validate() and _saved(
            form,
            lambda: service.change_own_collection(
                form.own_collection(own), version=version, actor=current_actor(), now=now()
            ),
        ):
            flash(gettext(N_("Saved.")), "success")
            return redirect(url_for("own_collections.index"), 303)
    what = gettext(
        N_("/admin/c/%(word)s/ · %(scope)s · %(count)d records"),
        word=own.word,
        scope=gettext(own.scope.label),
        count=stored.records,
    )
    return _shown(form, gettext(own.label), url_for("own_collections.edit", word=word), version, help=what)


def _saved(form: OwnCollectionForm, save: Callable[[], OwnCollection]) -> OwnCollection | None:
    try:
        return save()
    except (Refused, Stale) as problem:
        show_refusals(form, problem)
        return None


def _shown(
    form: OwnCollectionForm, title: str, action: str, version: int | None = None, *, help: str = ""
) -> ResponseReturnValue:
    given = (
        (N_("Names"), (("label", "english"), ("name_label", "word"), ("unique",))),
        (N_("Whose the records are"), (("scope",), ("referred_label",))),
        (N_("Statuses"), (("statuses",),)),
        (N_("Who may do what"), (("rights_city",), ("rights_county",), ("rights_reader",))),
        (N_("In the menu"), (("menu", "icon"),)),
    )
    sections = []
    for heading, rows in given:
        left = tuple(tuple(name for name in row if name in form) for row in rows)
        if any(left):
            sections.append(FormSection(gettext(heading), tuple(row for row in left if row)))
    page = FormPage(
        title, form, tuple(sections), action, url_for("own_collections.index"), gettext(N_("Save")), version,
        help=help, crumbs=_crumbs(),
    )  # fmt: skip
    return render_template("records/form.html", page=page), 422 if request.method == "POST" else 200


def show(word: str) -> ResponseReturnValue:
    """Hide a collection, show it again, or bring back a deleted one: first what that means, then the act."""
    actor, moment = current_actor(), now()
    stored = _any(word)
    own = stored.own
    verb = "restore" if stored.deleted else "show" if own.hidden else "hide"
    if request.method == "POST":
        version = typed_version() or 0
        if request.form.get("act") != verb:
            raise Stale
        if verb == "restore":
            service.bring_back_own_collection(word, version=version, actor=actor, now=moment)
        else:
            service.hide_own_collection(word, hidden=verb == "hide", version=version, actor=actor, now=moment)
        flash(gettext(N_("Saved.")), "success")
        return redirect(url_for("own_collections.index"), 303)
    label, count = gettext(own.label), stored.records
    questions = {
        "hide": gettext(N_("Hide the collection “%(label)s” everywhere?"), label=label),
        "show": gettext(N_("Show the collection “%(label)s” again?"), label=label),
        "restore": gettext(N_("Bring back the collection “%(label)s”?"), label=label),
    }
    effects = {
        "hide": gettext(N_("Its %(count)d records stay as they are; it can be shown again."), count=count),
        "show": gettext(N_("It has %(count)d records."), count=count),
        "restore": gettext(
            N_("It comes back with its fields; its records are brought back from the recycle bin.")
        ),
    }
    buttons = {"hide": N_("Hide"), "show": N_("Show"), "restore": N_("Bring back")}
    page = ConfirmPage(
        title=questions[verb], question=questions[verb], action=url_for("own_collections.show", word=word),
        cancel_url=url_for("own_collections.index"), button=gettext(buttons[verb]), consequences=(effects[verb],),
        hidden=(("version", str(stored.version)), ("act", verb)), danger=verb == "hide", crumbs=_crumbs(),
        touches=in_groups(uses_of_collection(own, actor=actor).uses) if verb == "hide" else (),
    )  # fmt: skip
    return render_template("shared/confirm.html", page=page)


def _any(word: str) -> service.StoredOwnCollection:
    try:
        return service.read_own_collection(word, actor=current_actor())
    except Missing:
        return service.read_own_collection(word, actor=current_actor(), deleted=True)


def delete(word: str) -> ResponseReturnValue:
    """Delete a collection, its records with it; where it has some its name is typed once more."""
    stored = service.read_own_collection(word, actor=current_actor())
    form = DeletionForm.typed(request.form)
    if not stored.records:
        del form.confirmed_name
    version = typed_version() or 0 if request.method == "POST" else stored.version
    if request.method == "POST" and form.validate():
        typed = form.typed_text("confirmed_name") if "confirmed_name" in form else ""
        try:
            batch = delete_with_records(word, typed=typed, version=version, actor=current_actor(), now=now())
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
        else:
            if batch:
                flash(gettext(N_("It is being deleted; the page may be closed meanwhile.")), "success")
                return redirect(url_for("batches.show", batch=batch), 303)
            flash(gettext(N_("%(label)s is deleted."), label=stored.own.label), "success")
            return redirect(url_for("own_collections.index"), 303)
    title = gettext(N_("Delete the collection “%(label)s”?"), label=gettext(stored.own.label))
    effect = gettext(
        N_("%(count)d records go to the recycle bin. The word %(word)s is never given again."),
        count=stored.records, word=word,
    )  # fmt: skip
    rows = (("confirmed_name",),) if "confirmed_name" in form else ()
    sections = (FormSection(gettext(N_("Type its name to confirm")), rows),) if rows else ()
    page = FormPage(
        title, form, sections, url_for("own_collections.delete", word=word), url_for("own_collections.index"),
        gettext(N_("Delete")), version, help=effect, crumbs=_crumbs(),
    )  # fmt: skip
    touches = in_groups(uses_of_collection(stored.own, actor=current_actor()).uses)
    answer = render_template("definitions/deletion.html", page=page, touches=touches)
    return answer, 422 if request.method == "POST" else 200
