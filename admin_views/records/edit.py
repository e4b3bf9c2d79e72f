"""The forms of a collection: enter, change, delete; wrong input is kept, a second saver loses nothing."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from werkzeug.datastructures import MultiDict

from admin_views.records.beginning import WHOLE, BeginningRoutes, Begun
from admin_views.records.conflict import conflict_page, kept_names
from admin_views.records.page import shown_item
from admin_views.records.said import shown_warnings
from admin_views.shared.cells import shown_change
from admin_views.shared.files_of_fields import carried_inputs, take_sent_files
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import confirmed, now, office_state, typed_version
from admin_views.shared.requests.undoing import flash_binned, flash_saved
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import ConfirmPage, FormPage, FormSection, Link, Referrers
from documents.kinds import RECORDS
from forms.fields import ReferencesField
from forms.record import RecordForm, drawn_names, form_of, form_of_one
from forms.sentences import sentence, show_refusals, warnings_of
from rules.access import Act
from rules.errors import NotAllowed, Refusal, Refused, Stale, Warned
from rules.words import N_
from schema.field import Kind
from schema.registry import REGISTRY
from schema.values import stored
from services.records import records

TYPED_WHERE_NOTHING_IS = N_(
    "The field “%(field)s” was changed or hidden while you were typing: what you typed there, “%(value)s”, is not "
    "saved. Please look at the fields below and enter it again where it is still needed."
)
# What is sent of these is no text that a clerk typed.
_SENT_AS_CODES = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.COUNTY, Kind.YES_NO, Kind.ROWS, Kind.FILES})
_MOST_REFERRERS = 5


class EditRoutes(BeginningRoutes):
    """Everything that writes one record."""

    @property
    def form_class(self) -> type[RecordForm]:
        """The form, made from the declaration."""
        return form_of(self.declaration)

    def make_form(self, raw: Mapping[str, Any], typed: MultiDict[str, str] | None = None) -> RecordForm:
        """Return the form, filled from a record or with what was typed, its office choices set."""
        form = self.form_class.typed(typed, raw) if typed is not None else self.form_class.filled(raw)
        state, actor = office_state(), current_actor()
        for field in form:
            kind = getattr(getattr(field, "column", None), "kind", None)
            if kind is Kind.STATUS:
                # A blank status of a new record is the usual one; one that a record has cannot be taken away.
                held, labels = raw.get("status", ""), state.status_labels(self.collection)
                field.choices = list((labels if held in labels else {held: held} | labels).items())
            elif kind is Kind.COUNTY:
                # Whose a record is, is bound to the actor's county; another field may name any.
                is_scope = field.name == self.declaration.county_key
                field.choices = [("", "")] + [
                    (code, name) for code, name, _ in state.counties if not is_scope or actor.sees(code)
                ]
        if typed is not None:
            self.name_chosen(form)
        self.link_lookups(form)
        return form

    def name_chosen(self, form: RecordForm) -> None:
        """Show a record that was chosen just now by its name, when the form comes back to be corrected."""
        fields = [
            field for field in form.lookups() if field.chosen and field.chosen[0][0] == field.chosen[0][1]
        ]
        for collection in {field.collection for field in fields}:
            ids = [field.data for field in fields if field.collection == collection]
            document = RECORDS[collection]
            keys = document.reference_keys()
            found = document.by_ids(ids, current_actor()).rows(keys, (("_id", 1),))
            names = {row["_id"]: document.reference_name(row) for row in found}
            for field in fields:
                if field.data in names:
                    field.chosen = ((str(field.data), names[field.data]),)
        for several in form.reference_lists():
            self._name_several(several)

    def _name_several(self, field: ReferencesField) -> None:
        """Show by their names the records of a list that have none beside them yet, as far as they are in scope."""
        unnamed = [ObjectId(one) for one, text in field.chosen if one == text]
        if not unnamed:
            return
        document = RECORDS[field.column.refers_to]
        found = document.by_ids(unnamed, current_actor()).rows(document.reference_keys(), (("_id", 1),))
        names = {str(row["_id"]): document.reference_name(row) for row in found}
        field.chosen = tuple((one, names.get(one, text)) for one, text in field.chosen)

    def link_lookups(self, form: Any) -> None:
        """Give every look-up field the address that answers it."""
        for field in form:
            render = dict(field.render_kw or {})
            word = render.get("data-lookup", "")
            if word and not word.startswith("/"):
                many = "1" if render.get("data-many") and not render.get("data-ids") else None
                render["data-lookup"] = url_for(f"{word.replace('-', '_')}.lookup_view", names=many)
                field.render_kw = render
            if hasattr(field, "entries"):
                # The row that the page's script copies for a new one; it is never sent itself.
                field.blank = field.unbound_field.args[0](prefix=f"{field.name}-__n__-")
                for form_of_row in (field.blank, *(entry.form for entry in field.entries)):
                    self.link_lookups(form_of_row)

    def shown_only(self, raw: Mapping[str, Any]) -> tuple[FormSection, ...]:
        """Return the sections of the form that are shown and not typed; `raw` is {} for a new record."""
        return ()

    def _computed(self, raw: Mapping[str, Any]) -> tuple[FormSection, ...]:
        """Return what formulas gave of the record when it was last saved; a new record has nothing yet."""
        declaration = self.declaration
        if "_id" not in raw:
            return ()
        seen = [declaration.by_key[one.key] for one in declaration.computed if one.key in declaration.by_key]
        items = tuple(shown_item(self, field, raw) for field in seen)
        help = gettext(N_("Formulas compute these anew with each save."))
        return (FormSection(gettext(N_("Computed values")), (), help, items),) if items else ()

    def refusals_of_sent(self, form: RecordForm, raw: Mapping[str, Any]) -> tuple[Refusal, ...]:
        """Return why what was sent beside the fields of the form is refused rather than left aside."""
        return ()

    def is_valid(self, form: RecordForm, raw: Mapping[str, Any]) -> bool:
        """Check what was sent, and say beside the fields and on top of the form what is wrong."""
        is_valid = form.validate()
        refusals = (*self.refusals_of_sent(form, raw), *self._typed_where_nothing_is(form, raw))
        form.form_errors += [sentence(refusal) for refusal in refusals]
        return is_valid and not refusals

    def _typed_where_nothing_is(self, form: RecordForm, raw: Mapping[str, Any]) -> tuple[Refusal, ...]:
        """Return what was typed into own fields that were hidden, or replaced, after the page had been drawn."""
        actor, declaration = current_actor(), self.declaration
        known = {one.key: one for one in (*declaration.hidden, *declaration.fields)}
        found = []
        for name in drawn_names(request.form) or ():
            column = known.get(name)
            if name in form or column is None or not column.is_seen_by(actor.role):
                continue
            earlier = form_of_one(column).typed(request.form, raw)
            sent = [file.filename or "" for file in request.files.getlist(name) if file.filename]
            if sent and column.kind is Kind.FILES:
                found.append(
                    Refusal(TYPED_WHERE_NOTHING_IS, {"field": column.label, "value": "、".join(sent)})
                )
                continue
            value, is_read = stored(earlier[name].data), not earlier[name].process_errors
            was = stored(raw.get(name))
            if name in kept_names(request.form) or (is_read and value == was):
                continue
            self.name_chosen(earlier)
            said = "、".join(text for _, text in getattr(earlier[name], "chosen", ()))
            if not said and column.kind in _SENT_AS_CODES and is_read:
                said = str(shown_change(column, value, office_state(), self.collection))
            said = said or "、".join(request.form.getlist(name)) or "—"
            found.append(Refusal(TYPED_WHERE_NOTHING_IS, {"field": column.label, "value": said}))
        return tuple(found)

    def show_form(
        self, form: RecordForm, title: str, raw: Mapping[str, Any], status: int = 200, *,
        warned: Warned | None = None, begun: Begun | None = None,
    ) -> ResponseReturnValue:  # fmt: skip
        """Show the form page; what was `warned` of is saved all the same when it is sent once more."""
        tokens = warnings_of(warned)[1] if warned else ()
        new = "_id" not in raw
        home = self.records.url
        back = home if new else f"{url_for(f'{self.endpoint}.details_view')}?id={raw['_id']}"
        page = FormPage(
            title=title,
            form=form,
            sections=tuple(
                FormSection(
                    gettext(section.title), section.rows, gettext(section.help) if section.help else ""
                )
                for section in form.shown_sections()
            )
            + self.shown_only(raw)
            + self._computed(raw),
            action=request.full_path.rstrip("?"),
            cancel_url=back,
            save_label=gettext(N_("Save all the same") if warned else N_("Save")),
            warnings=shown_warnings(warned) if warned else (),
            hidden=(*tokens, *carried_inputs(form)),
            multipart=bool(form.file_fields()),
            note=begun.note if begun else "",
            carried=begun.carried if begun else (),
            carries_more=self._carries_more() if new else "",
            is_carried_whole=bool(request.args.get(WHOLE) or request.form.get("whole")),
            version=None if new else raw["version"],
            drawn=" ".join(form.own_names),
            save_and_new=new,
            crumbs=self.crumbs(),
        )
        return render_template("records/form.html", page=page), status

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        """Enter a new record."""
        current_actor().demand(self.declaration.write_permission)
        if request.method == "GET":
            begun = self.begun()
            return self.show_form(self.make_form(begun.values), self.new_title(), {}, begun=begun)
        form = self.make_form({}, request.form)
        files = take_sent_files(form, self.collection)
        warned: Warned | None = None
        if self.is_valid(form, {}):
            try:
                made = records.create(
                    self.collection, self.typed_values(form), actor=current_actor(), now=now(),
                    confirmed=confirmed(), files=files,
                )  # fmt: skip
            except Warned as problem:
                warned = problem
            except (Refused, NotAllowed) as problem:
                show_refusals(form, problem)
            else:
                self._flash_saved(made, 1, is_new=True)
                if request.form.get("again"):
                    whole = bool(request.form.get("whole"))
                    return redirect(self.address_after(made, whole=whole), 303)
                return redirect(url_for(f"{self.endpoint}.details_view", id=made), 303)
        return self.show_form(form, self.new_title(), {}, 422, warned=warned)

    def _carries_more(self) -> str:
        """Return what the next record takes over where the clerk asks for it, in words; "" where that is nothing."""
        declaration = self.declaration
        more = set(declaration.carried_keys(asked=True)) - set(declaration.carried_keys())
        return "、".join(gettext(field.label) for field in declaration.fields if field.key in more)

    def new_title(self) -> str:
        """Return the title of the blank form."""
        return gettext(N_("New: %(what)s"), what=gettext(self.declaration.one))

    def typed_values(self, form: RecordForm) -> dict[str, Any]:
        """Return what is to be stored of a form."""
        return form.values(without=(*kept_names(request.form), *form.undrawn(request.form)))

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> ResponseReturnValue:
        """Change a record; a second saver is shown both versions."""
        current_actor().demand(self.declaration.write_permission)
        raw = self.one_raw(request.args.get("id"))
        title = gettext(N_("Edit: %(name)s"), name=self.document.label_of(raw))
        if request.method == "GET":
            return self.show_form(self.make_form(raw), title, raw)
        form = self.make_form(raw, request.form)
        files = take_sent_files(form, self.collection)
        version, warned = typed_version(), None
        if self.is_valid(form, raw):
            try:
                saved = records.update(
                    self.collection, raw["_id"], self.typed_values(form), version=version,
                    actor=current_actor(), now=now(), confirmed=confirmed(), files=files,
                )  # fmt: skip
            except Stale:
                return self.show_conflict(form, version)
            except Warned as problem:
                warned = problem
            except (Refused, NotAllowed) as problem:
                show_refusals(form, problem)
            else:
                if saved:
                    self._flash_saved(raw["_id"], saved)
                else:
                    flash(gettext(N_("Nothing was changed.")), "success")
                return redirect(url_for(f"{self.endpoint}.details_view", id=raw["_id"]), 303)
        # The version the clerk read stays: a save after the correction must still see another's save.
        return self.show_form(form, title, {**raw, "version": version}, 422, warned=warned)

    def _flash_saved(self, record_id: ObjectId, version: int, *, is_new: bool = False) -> None:
        if is_new and not self.may_write(Act.DELETE):  # to undo it is to delete it
            flash(gettext(N_("Saved.")), "success")
            return
        flash_saved(self.endpoint, record_id, version)

    def _flash_deleted(self, raw: Mapping[str, Any]) -> None:
        said = gettext(N_("%(name)s is in the recycle bin now."), name=self.document.label_of(raw))
        if self.may_write(Act.CREATE):
            flash_binned(said, self.collection, raw["_id"])
        else:
            flash(said, "success")

    def show_conflict(self, form: RecordForm, version: int) -> ResponseReturnValue:
        """Show what was read, what they saved and what was typed, field by field."""
        raw = self.one_raw(request.args.get("id"))
        return render_template("records/conflict.html", page=conflict_page(self, raw, form, version)), 409

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> ResponseReturnValue:
        """Ask, then move a record to the recycle bin; refused while something refers to it."""
        current_actor().demand(self.declaration.write_permission)
        raw = self.one_raw(request.values.get("id"))
        problem: Refused | Stale | None = None
        if request.method == "POST":
            try:
                records.delete(
                    self.collection, raw["_id"], version=typed_version(), actor=current_actor(), now=now()
                )
            except (Refused, Stale) as refused:
                problem = refused
            else:
                self._flash_deleted(raw)
                return redirect(url_for(f"{self.endpoint}.index_view"), 303)
        reasons = (
            problem.refusals
            if problem
            else records.why_not_deleted(self.collection, raw["_id"], actor=current_actor())
        )
        return render_template(
            "shared/confirm.html", page=self.delete_page(raw, reasons)
        ), 409 if problem else 200

    def referrers(self, raw: Mapping[str, Any], reason: Refusal) -> Referrers:
        """Return the first few records of one kind that refer to this one and are the clerk's to see."""
        other = reason.field or ""
        document, clause = RECORDS[other], records.referring(self.collection, raw)[other]
        found = (
            document.objects.visible_to(current_actor()).where_raw(clause).limit(_MOST_REFERRERS).as_pymongo()
        )
        links = tuple(
            Link(document.label_of(one), url_for(f"{other}.details_view", id=one["_id"])) for one in found
        )
        return Referrers(gettext(REGISTRY[other].label), int(reason.params["count"]), links)

    def delete_page(self, raw: Mapping[str, Any], reasons: Any) -> ConfirmPage:
        """Return the question before a deletion, or why it cannot be done."""
        name = self.document.label_of(raw)
        return ConfirmPage(
            title=gettext(N_("Delete")),
            question=gettext(N_("Move “%(name)s” to the recycle bin?"), name=name),
            action=url_for(f"{self.endpoint}.delete_view"),
            button=gettext(N_("Move to the recycle bin")),
            cancel_url=url_for(f"{self.endpoint}.details_view", id=raw["_id"]),
            consequences=(
                gettext(N_("It can be restored from the recycle bin, with its history and files.")),
            ),
            refusal="\n".join(sentence(reason) for reason in reasons),
            referrers=tuple(self.referrers(raw, reason) for reason in reasons if reason.field in RECORDS),
            hidden=(("id", str(raw["_id"])), ("version", str(raw["version"]))),
            crumbs=self.crumbs(),
        )
