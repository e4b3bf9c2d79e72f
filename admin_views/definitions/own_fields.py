"""The office's own fields, for administrators: which there are, one added, changed, hidden, moved or deleted."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.definitions.formulas import formula_help, tried_formula, with_shown_formula
from admin_views.definitions.uses import WORDS_SEEN, asked_before_words, shown_uses
from admin_views.definitions.view_models import OwnFieldLine, OwnFieldsOf, OwnFieldsPage
from admin_views.desk.view_models import LinkGroup, SettingsPage
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, typed_version
from admin_views.shared.view_models import ConfirmPage, FormPage, FormSection, Link, Pairs
from documents.definitions.own_field import SHIPPED
from forms.definitions.own_fields import FieldDeletionForm, OwnFieldForm
from forms.sentences import show_refusals
from rules.errors import Missing, Refused, Stale
from rules.words import N_
from schema.collection import Collection
from schema.definitions.kind_changes import possible_kinds
from schema.definitions.own_collections import PREFIX
from schema.definitions.own_fields import SECTION, OwnField, OwnKind
from schema.registry import REGISTRY
from services.definitions import own_fields as service

_TITLE = N_("Fields of your own")
_KINDS = (
    (OwnKind.TEXT, N_("A name, a place, a few words"), "edit"),
    (OwnKind.LONG_TEXT, N_("A description of up to 2,000 characters"), "file"),
    (OwnKind.INTEGER, N_("A count, like 12 patents"), "columns"),
    (OwnKind.DECIMAL, N_("An amount with up to four decimals, like 235.5 万元"), "columns"),
    (OwnKind.PERCENT, N_("0 to 100 percent, if nothing else is set"), "columns"),
    (OwnKind.DATE, N_("A day, typed in any usual way"), "calendar"),
    (OwnKind.MOMENT, N_("A day with its time, like 2026-11-23 09:30"), "history"),
    (OwnKind.YES_NO, N_("Yes, no, or not known"), "check"),
    (OwnKind.CHOICE, N_("One of the words that you list"), "status"),
    (OwnKind.CHOICES, N_("Some of the words that you list"), "status"),
    (OwnKind.LINK, N_("An address that begins with http or www"), "search"),
    (OwnKind.EMAIL, N_("An address with @"), "file"),
    (OwnKind.PHONE, N_("A mobile or a fixed line with its area code"), "users"),
    (OwnKind.CODE, N_("Letters and figures that stay text, of a form that you give"), "ledger"),
    (OwnKind.COUNTY, N_("One of the office's counties, by any of its names"), "base"),
    (OwnKind.REFERENCE, N_("A company, base, partner, or a record of a list of your own"), "bookmark"),
    (
        OwnKind.REFERENCES,
        N_("Several companies, bases, partners, or records of a list of your own"),
        "bookmark",
    ),
    (OwnKind.ROWS, N_("Rows of a few sub-fields each, like products with year and amount"), "columns"),
    (OwnKind.FILE, N_("Up to ten files of each record, like a licence or a report"), "file"),
    (
        OwnKind.COMPUTED,
        N_("What a formula gives of the record's other fields, such as revenue per person"),
        "columns",
    ),
)
_USES = (
    ("required", N_("must be filled in")), ("unique", N_("unique")), ("filtered", N_("filter and order")),
    ("searched", N_("search")),
    ("listed", N_("in lists")), ("public", N_("public")),
    ("personal", N_("personal")),
)  # fmt: skip

# Of a collection that ships, and of one that the office made: nothing of that came with the program.
_OTHERS = (N_("Fields that come with the program"), N_("Fields that it has from the start"))
_NOTHING = (
    N_("No field of your own yet; %(count)d come with the program."),
    N_("No further field yet; it has %(count)d from the start."),
)


def is_own(shipped: Collection) -> bool:
    """Tell whether the office made a collection itself."""
    return shipped.name.startswith(PREFIX)


def index() -> ResponseReturnValue:
    """Show every collection's own fields."""
    groups = [
        _group(shipped)
        for shipped in SHIPPED.values()
        if shipped.listed and shipped.importable and not shipped.is_hidden
    ]
    page = OwnFieldsPage(gettext(_TITLE), tuple(groups), crumbs()[:1])
    return render_template("definitions/own_fields.html", page=page)


def _group(shipped: Collection) -> OwnFieldsOf:
    stored = service.own_fields_of(shipped.name)
    shown = [one for one in stored if not one.field.hidden]
    lines = tuple(
        _line(one, first=one is shown[0] if shown else False, last=bool(shown) and one is shown[-1])
        for one in stored
    )
    return OwnFieldsOf(
        gettext(shipped.label),
        lines,
        url_for("own_fields.new", slug=shipped.slug),
        url_for("own_fields.shipped", slug=shipped.slug),
        gettext(_OTHERS[is_own(shipped)]),
        gettext(_NOTHING[is_own(shipped)], count=len(shipped.fields)),
        shipped.slug,
    )


def _line(stored: service.StoredOwnField, *, first: bool, last: bool) -> OwnFieldLine:
    own = stored.field
    address: dict[str, Any] = {"slug": SHIPPED[own.collection].slug, "key": own.key}
    uses = [gettext(word) for name, word in _USES if getattr(own, name)]
    kept = [gettext(role.label) for role in own.unseen_by]
    if kept:
        uses.append(gettext(N_("not for %(roles)s"), roles="、".join(kept)))
    return OwnFieldLine(
        gettext(own.label), gettext(own.kind.label), _section_title(own), "、".join(uses), own.hidden, stored.version,
        url_for("own_fields.edit", **address),
        url_for("own_fields.show" if own.hidden else "own_fields.hide", **address),
        url_for("own_fields.delete", **address),
        "" if first or own.hidden else url_for("own_fields.move", **address, way="up"),
        "" if last or own.hidden else url_for("own_fields.move", **address, way="down"),
        url_for("own_fields.change_kind", **address)
        if possible_kinds(own) and not own.hidden and not own.changing
        else "",
        url_for("batches.show", batch=own.changing) if own.changing else "",
    )  # fmt: skip


def _section_title(own: OwnField) -> str:
    sections = {section.key: section.title for section in SHIPPED[own.collection].sections}
    return gettext(sections.get(own.section, SECTION.title))


def crumbs() -> tuple[Link, ...]:
    """Return the way to the pages of the fields."""
    return (
        Link(gettext(N_("Settings")), url_for("settings.index")),
        Link(gettext(_TITLE), url_for("own_fields.index")),
    )


def shipped_of(slug: str) -> Collection:
    """Return the declaration, as it ships, of the collection of this word. Raises Missing."""
    found = REGISTRY.by_slug(slug)
    if found is None or found.name not in SHIPPED:
        raise Missing()
    return SHIPPED[found.name]


def new(slug: str) -> ResponseReturnValue:
    """Add a field to a collection: first what it holds, then the rest."""
    shipped = shipped_of(slug)
    title = gettext(N_("New field of %(collection)s"), collection=gettext(shipped.label))
    kind = next((one for one, _, _ in _KINDS if one.value == request.values.get("kind")), None)
    if kind is None:
        links = [
            Link(
                gettext(one.label), url_for("own_fields.new", slug=slug, kind=one.value), gettext(hint), icon
            )
            for one, hint, icon in _KINDS
        ]
        page = SettingsPage(title, (LinkGroup(gettext(N_("What shall it hold?")), tuple(links)),), crumbs())
        return render_template("desk/settings.html", page=page), 422 if request.method == "POST" else 200
    form = OwnFieldForm.begun() if request.method == "GET" else OwnFieldForm.typed(request.form)
    form.offer(shipped)
    form.fix_kind(kind)
    if request.method == "POST" and not request.form.get("try") and form.validate():
        typed = form.own_field(shipped.name, kind)
        added = _saved(form, lambda: service.add_own_field(typed, actor=current_actor(), now=now()))
        if added is not None:
            flash(
                gettext(N_("%(label)s is in forms, lists and workbooks now."), label=added.label), "success"
            )
            return redirect(url_for("own_fields.index"), 303)
    form_page = _form_page(
        form,
        title,
        url_for("own_fields.new", slug=slug),
        help=gettext(kind.label),
        hidden=(("kind", kind.value),),
    )
    return _rendered(form_page, shipped, kind)


def _rendered(page: FormPage, shipped: Collection, kind: OwnKind) -> ResponseReturnValue:
    """Return the form; beside a formula stands what it may speak of and, where that was asked, what it gives."""
    tried = request.form.get("try")
    status = 422 if request.method == "POST" and not tried else 200
    if kind is not OwnKind.COMPUTED:
        return render_template("records/form.html", page=page), status
    shown = tried_formula(shipped.name, request.form.get("formula", "")) if tried else None
    help = formula_help(shipped.name, url_for("own_fields.formula", slug=shipped.slug), tried=shown)
    return render_template("definitions/formula_form.html", page=page, formula=help), status


def formula(slug: str) -> ResponseReturnValue:
    """Tell what a typed formula gives of some records: the part of the page that follows the typing."""
    shipped = shipped_of(slug)
    tried = tried_formula(shipped.name, request.args.get("formula", ""))
    return render_template("definitions/tried.html", tried=tried)


def edit(slug: str, key: str) -> ResponseReturnValue:
    """Change a field; its kind and what records hold stay."""
    shipped = shipped_of(slug)
    stored = service.read_own_field(shipped.name, key, actor=current_actor())
    own, version = with_shown_formula(stored.field), stored.version
    form = OwnFieldForm.of(own) if request.method == "GET" else OwnFieldForm.typed(request.form)
    form.offer(shipped)
    form.fix_kind(own.kind)
    if "refers_to" in form:
        del form.refers_to  # what a reference names stays, as its kind does
    if request.method == "POST":
        version = typed_version() or 0
        is_sent = not request.form.get("try") and form.validate()
        if is_sent and version == stored.version and not request.form.get(WORDS_SEEN):
            after = form.own_field(shipped.name, own.kind, key, own.hidden)
            action = url_for("own_fields.edit", slug=slug, key=key)
            if question := asked_before_words(stored.field, after, action):
                return render_template("shared/confirm.html", page=question)
        typed = is_sent and _saved(
            form,
            lambda: service.change_own_field(
                form.own_field(shipped.name, own.kind, key, own.hidden), version=version, actor=current_actor(),
                now=now(),
            ),
        )  # fmt: skip
        if typed:
            flash(gettext(N_("Saved.")), "success")
            return redirect(url_for("own_fields.index"), 303)
    title = gettext(
        N_("%(collection)s: %(label)s"), collection=gettext(shipped.label), label=gettext(own.label)
    )
    filled = gettext(
        N_("%(kind)s; %(count)d records hold something here."),
        kind=gettext(own.kind.label),
        count=stored.filled,
    )
    page = _form_page(form, title, url_for("own_fields.edit", slug=slug, key=key), version, help=filled)
    return _rendered(page, shipped, own.kind)


def _saved(form: OwnFieldForm, save: Callable[[], OwnField]) -> OwnField | None:
    try:
        return save()
    except (Refused, Stale) as problem:
        show_refusals(form, problem)
        return None


def _form_page(
    form: OwnFieldForm,
    title: str,
    action: str,
    version: int | None = None,
    *,
    help: str = "",
    hidden: Pairs = (),
) -> FormPage:
    given = (
        (N_("Names"), (("label", "english"), ("help",), ("aliases",))),
        (
            N_("What it holds"),
            (
                ("formula",),
                ("refers_to",),
                ("words",),
                ("parts",),
                ("unit",),
                ("mask",),
                ("minimum", "maximum"),
            ),
        ),
        (N_("Where it stands"), (("section",), ("required", "listed"), ("exported", "unique"))),
        (N_("How it is found"), (("filtered", "searched"),)),
        (
            N_("Who sees it"),
            (
                ("unseen_city", "unchanged_city"),
                ("unseen_county", "unchanged_county"),
                ("unseen_reader",),
                ("personal", "public"),
            ),
        ),
    )
    sections = []
    for heading, rows in given:
        left = tuple(tuple(name for name in row if name in form) for row in rows)
        if any(left):
            sections.append(FormSection(gettext(heading), tuple(row for row in left if row)))
    return FormPage(
        title, form, tuple(sections), action, url_for("own_fields.index"), gettext(N_("Save")), version, help=help,
        hidden=hidden, crumbs=crumbs(),
    )  # fmt: skip


def hide(slug: str, key: str) -> ResponseReturnValue:
    """Hide a field everywhere, its values kept: first what that means, then the act."""
    if request.method == "POST":
        return _shown_or_hidden(slug, key, hidden=True)
    return _question(
        slug, key, "own_fields.hide", N_("Hide the field “%(label)s” everywhere?"),
        N_("%(count)d records keep what they hold here; it can be shown again."), N_("Hide"),
    )  # fmt: skip


def show(slug: str, key: str) -> ResponseReturnValue:
    """Show a hidden field again: first what that means, then the act."""
    if request.method == "POST":
        return _shown_or_hidden(slug, key, hidden=False)
    return _question(
        slug, key, "own_fields.show", N_("Show the field “%(label)s” again?"),
        N_("%(count)d records hold something here."), N_("Show"), danger=False,
    )  # fmt: skip


def delete(slug: str, key: str) -> ResponseReturnValue:
    """Delete a field: where records hold something its name is typed once more, else it is asked alone."""
    shipped = shipped_of(slug)
    stored = service.read_own_field(shipped.name, key, actor=current_actor())
    own, version = stored.field, stored.version
    if own.is_computed or not stored.filled:
        if request.method == "POST":
            version = typed_version() or 0
            service.delete_own_field(shipped.name, key, version=version, actor=current_actor(), now=now())
            return _done()
        return _question(
            slug, key, "own_fields.delete", N_("Delete the field “%(label)s” for good?"),
            N_("A field made again under this name begins empty."), N_("Delete"), deletes=True,
        )  # fmt: skip
    form = FieldDeletionForm.typed(request.form)
    if request.method == "POST":
        version = typed_version() or 0
        if form.validate() and _is_deleted(form, own, version):
            said = N_("%(label)s is in the recycle bin, with what the records hold.")
            flash(gettext(said, label=gettext(own.label)), "success")
            return redirect(url_for("own_fields.index"), 303)
    effect = gettext(
        N_(
            "What %(count)d records hold goes to the recycle bin with the field, and can be brought back from there. A"
            " field made again under this name begins empty, with rights of its own."
        ),
        count=stored.filled,
    )
    page = FormPage(
        gettext(N_("Delete the field “%(label)s”?"), label=gettext(own.label)), form,
        (FormSection(gettext(N_("Type the field's name to confirm")), (("confirmed_name",),)),),
        url_for("own_fields.delete", slug=slug, key=key), url_for("own_fields.index"), gettext(N_("Delete")), version,
        help=" ".join((effect, *_told_uses(own))), crumbs=crumbs(),
    )  # fmt: skip
    return render_template("records/form.html", page=page), 422 if request.method == "POST" else 200


def _told_uses(own: OwnField) -> Iterator[str]:
    """Yield what names a field, a sentence for each group."""
    for group in shown_uses(own):
        yield f"{group.title}：{'、'.join(link.label for link in group.links)}。"


def _is_deleted(form: FieldDeletionForm, own: OwnField, version: int) -> bool:
    typed = form.typed_text("confirmed_name")
    try:
        service.delete_own_field(
            own.collection, own.key, typed=typed, version=version, actor=current_actor(), now=now()
        )
    except (Refused, Stale) as problem:
        show_refusals(form, problem)
        return False
    return True


def _question(
    slug: str, key: str, endpoint: str, question: str, effect: str, button: str, *, danger: bool = True,
    deletes: bool = False,
) -> ResponseReturnValue:  # fmt: skip
    """Ask before an act on a field."""
    stored = service.read_own_field(shipped_of(slug).name, key, actor=current_actor())
    asked = gettext(question, label=gettext(stored.field.label))
    if stored.field.is_computed and not deletes:
        effect = N_("Its values are computed anew when it is shown again.")
    page = ConfirmPage(
        title=asked, question=asked, action=url_for(endpoint, slug=slug, key=key),
        cancel_url=url_for("own_fields.index"), button=gettext(button),
        consequences=(gettext(effect, count=stored.filled),),
        touches=shown_uses(stored.field),
        hidden=(("version", str(stored.version)),), danger=danger,
    )  # fmt: skip
    return render_template("shared/confirm.html", page=page)


def _shown_or_hidden(slug: str, key: str, *, hidden: bool) -> ResponseReturnValue:
    service.show_own_field(
        shipped_of(slug).name,
        key,
        hidden=hidden,
        version=typed_version() or 0,
        actor=current_actor(),
        now=now(),
    )
    return _done()


def _done() -> ResponseReturnValue:
    flash(gettext(N_("Saved.")), "success")
    return redirect(url_for("own_fields.index"), 303)


def move(slug: str, key: str, way: str) -> ResponseReturnValue:
    """Let a field change places with the one before or after it."""
    shipped = shipped_of(slug)
    if way not in ("up", "down"):
        raise Missing()
    service.move_own_field(
        shipped.name, key, up=way == "up", version=typed_version() or 0, actor=current_actor(), now=now()
    )
    return redirect(url_for("own_fields.index"), 303)
