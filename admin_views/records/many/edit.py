"""Change one field of many records: its value, then what that would meet, named with the records; then the doing.

What the rules miss beside it (the day of leaving of a status "moved out") is asked for in the same question.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from admin_views.batches.labels import batch_url, foreseen_lines
from admin_views.shared.cells import shower
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, office_state
from admin_views.shared.requests.undoing import flash_with_undo
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Link, Option, Pairs, Text
from documents.batches.batch import BatchAct
from forms.record import RecordForm
from rules.errors import Refused
from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind
from schema.values import stored
from services.batches.batches import BatchState, read_batch
from services.jobs.at_once import work_at_once
from services.records.bulk_job import ask_for_many
from services.records.bulk_trial import Edit, Foreseen, foresee_many

_MOST_NAMED = 10
_MOST_SHOWN = 60  # signs of a value in the question
# Of these a form sends nothing where nothing is chosen.
_SEVERAL = (Kind.CHOICES, Kind.REFERENCES, Kind.NAMES)
_KEPT = ("action", "value-edit", "everything", "seen", "id")


@dataclass(frozen=True, slots=True)
class EditManyPage:
    """records/edit_many.html: the value of one field for many records, or the question before it is written.

    `asked` are the fields that the rules miss beside it, filled in where a record has none; `foreseen` says that the
    question has been asked.
    """

    title: str
    question: str
    form: RecordForm
    fields: tuple[str, ...]
    asked: tuple[str, ...]
    names: tuple[str, ...]
    more_names: int
    consequences: tuple[str, ...]
    warned: int
    action: str
    cancel_url: str
    button: str
    hidden: Pairs
    is_asked: bool = False
    crumbs: tuple[Link, ...] = ()


def safe_keys(declaration: Collection, fixed: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the keys whose value many records may share, the status first: nothing that tells two records apart.

    What is looked up within another value of the same record (`depends_on`) is not the same for many.
    """
    fields = [
        one for one in declaration.fields
        if one.is_edited_in_place and not (one.code or one.personal or one.depends_on)
        and one.key in declaration.copied_keys
        and one.key not in {*declaration.name_keys, declaration.identity[0] if declaration.matched_by_code else ""}
        and (one.key != "status" or declaration.bulk_status)
    ]  # fmt: skip
    fixed = set(fixed)
    return tuple(
        one.key for one in sorted(fields, key=lambda one: one.key != "status") if one.key not in fixed
    )


def edit_many(view: Any, query: Any, back: str, at_once: int) -> ResponseReturnValue:
    """Ask for the value, show what it would meet, and do it: up to `at_once` records at once, more by a job."""
    key = request.form.get("value-edit", "")
    if key not in view.bulk_keys():
        raise Refused(N_("This cannot be changed in the list."))
    many = _Many(view, view.records.chosen(query), key, back)
    if not many.total:
        flash(gettext(N_("Select at least one record.")), "error")
        return redirect(back, 303)
    if not request.form.get("set"):
        return many.ask_value(many.form({}), 200)
    form = many.form(request.form)
    if key not in form:
        return many.ask_value(many.form({}), 422)
    if not form[key].validate(form) or not all(form[one].validate(form) for one in many.also(form)):
        return many.ask_value(form, 422)
    if not request.form.get("foreseen"):
        return many.ask(form)
    return many.do(form, at_once)


class _Many:
    """One act on the records that were chosen."""

    def __init__(self, view: Any, chosen: Any, key: str, back: str) -> None:
        self._view, self._chosen, self._back = view, chosen, back
        self._declaration: Collection = view.declaration
        self._field: Field = self._declaration.by_key[key]
        self.total = chosen.count()

    def form(self, typed: Any) -> RecordForm:
        """Return the form of the collection, as far as it is for many records."""
        form: RecordForm = self._view.make_form({}, MultiDict(typed) if typed else None)
        if typed:
            own = {self._field.key} if self._field.kind in _SEVERAL else set()
            form.drop([name for name in form._fields if name not in {*typed, *own}])
        else:
            form.drop([name for name in form._fields if name != self._field.key])
        return form

    def also(self, form: RecordForm) -> list[str]:
        """Return the further fields that were asked for and filled in."""
        wanted = [*request.form.getlist("also")]
        allowed = self._view.bulk_keys()
        return [key for key in wanted if key in allowed and key in form and key != self._field.key]

    def _edit(self, form: RecordForm) -> Edit:
        values = {self._field.key: form[self._field.key].data}
        fill = {key: form[key].data for key in self.also(form) if form[key].data is not None}
        said = "；".join(self._told(form, key) for key in {**values, **fill})
        return Edit(values, fill, said)

    def _told(self, form: RecordForm, key: str) -> str:
        """Return what batches and the trail say of it: no value that some role may not see."""
        if self._declaration.by_key[key].seen_by is not None:
            return self._label(key)
        return f"{self._label(key)}：{self._shown(form, key)}"

    def _label(self, key: str) -> str:
        return gettext(self._declaration.by_key[key].label)

    def _shown(self, form: RecordForm, key: str) -> Text:
        field, value = self._declaration.by_key[key], form[key].data
        if value in (None, "", []):
            return gettext(N_("(blank)"))
        if key == "status":
            return office_state().status_labels(self._view.collection).get(value, value)
        if (chosen := getattr(form[key], "chosen", None)) is not None:
            shown: Text = "、".join(text for _, text in chosen)
        else:
            shown = shower(field, office_state(), self._view.collection)({field.source: stored(value)}) or ""
        return shown if len(shown) <= _MOST_SHOWN else f"{shown[:_MOST_SHOWN]}…"

    def ask_value(self, form: RecordForm, status: int) -> ResponseReturnValue:
        """Show the field, empty or with what is wrong about it."""
        question = gettext(
            N_("New value of “%(field)s” for %(count)s records of %(collection)s"),
            field=self._label(self._field.key), count=f"{self.total:,}", collection=gettext(self._declaration.label),
        )  # fmt: skip
        page = self._page(question, form, (self._field.key, *self.also(form)), gettext(N_("Next")))
        return render_template("records/edit_many.html", page=page), status

    def ask(self, form: RecordForm) -> ResponseReturnValue:
        """Show the question that names the value and the records, and what the rules say of it."""
        edit = self._edit(form)
        foreseen = foresee_many(
            BatchAct.EDIT, self._view.collection, self._chosen, seen=self._seen(), edit=edit,
            actor=current_actor(), now=now(),
        )  # fmt: skip
        question = gettext(
            N_("Change “%(field)s” of %(count)s records of %(collection)s to “%(value)s”?"),
            field=self._label(self._field.key), count=f"{self.total:,}", collection=gettext(self._declaration.label),
            value=self._shown(form, self._field.key),
        )  # fmt: skip
        asked = self._missing(foreseen, form)
        whole = self._view.make_form({}, MultiDict(request.form))
        whole.drop([name for name in whole._fields if name not in (self._field.key, *asked)])
        page = self._page(question, whole, (self._field.key,), gettext(N_("Change them")), foreseen, asked)
        return render_template("records/edit_many.html", page=page)

    def _missing(self, foreseen: Foreseen, form: RecordForm) -> tuple[str, ...]:
        """Return the fields at which the rules find something, and those asked for already."""
        said = [refusal.field or "" for refusal, _ in (*foreseen.warnings, *foreseen.refusals)]
        allowed = set(self._view.bulk_keys()) - {self._field.key}
        return tuple(dict.fromkeys(key for key in (*self.also(form), *said) if key in allowed))

    def do(self, form: RecordForm, at_once: int) -> ResponseReturnValue:
        """Write it, as one batch."""
        edit = self._edit(form)
        batch = ask_for_many(
            BatchAct.EDIT, self._view.collection, self._chosen, seen=self._seen(), edit=edit,
            leaves_warned=request.form.get("warned") == "leave", actor=current_actor(), now=now(),
        )  # fmt: skip
        line = read_batch(batch, actor=current_actor(), now=now())
        if self.total > at_once or line.job is None:
            return redirect(batch_url(batch), 303)
        work_at_once(line.job)
        line = read_batch(batch, actor=current_actor(), now=now())
        if line.state is not BatchState.DONE:
            return redirect(batch_url(batch), 303)
        flash_done(batch, line.counts.get("changed", 0))
        left = line.counts.get("left", 0) + line.counts.get("not_done", 0)
        if left:
            told = gettext(N_("%(count)s records were left as they are."), count=f"{left:,}")
            why = gettext(N_("Why"))
            flash(Markup('{} <a href="{}">{}</a>').format(told, batch_url(batch), why), "warning")
        return redirect(self._back, 303)

    def _seen(self) -> int:
        return request.form.get("seen", -1, type=int)

    def _page(
        self, question: str, form: RecordForm, fields: tuple[str, ...], button: str,
        foreseen: Foreseen | None = None, asked: tuple[str, ...] = (),
    ) -> EditManyPage:  # fmt: skip
        rows = self._chosen.rows(
            self._declaration.name_keys, self._declaration.default_order, limit=_MOST_NAMED
        )
        names = tuple(self._view.document.label_of(row) for row in rows)
        self._view.link_lookups(form)
        return EditManyPage(
            title=gettext(N_("Change many records")),
            question=question,
            form=form,
            fields=fields,
            asked=asked,
            names=names,
            more_names=self.total - len(names),
            consequences=tuple(foreseen_lines(foreseen)) if foreseen else (),
            warned=foreseen.warned if foreseen else 0,
            action=request.full_path.rstrip("?"),
            cancel_url=self._back,
            button=button,
            hidden=tuple((name, value) for name in _KEPT for value in request.form.getlist(name)),
            is_asked=foreseen is not None,
            crumbs=self._view.crumbs(),
        )


def flash_done(batch: str, changed: int) -> None:
    """Say how many records an act changed, with a button that undoes the batch."""
    done = ngettext("%(num)d record was changed.", "%(num)d records were changed.", changed)
    if changed:
        flash_with_undo(str(done), batch_undo_url(batch))
    else:
        flash(str(done), "success")


def batch_undo_url(batch: str) -> str:
    """Return where a batch is undone."""
    return url_for("batches.undo", batch=batch)


def options(view: Any) -> tuple[Option, ...]:
    """Return the fields that many records may be given a value of."""
    return tuple(Option(key, gettext(view.declaration.by_key[key].label)) for key in view.bulk_keys())
