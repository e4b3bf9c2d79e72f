"""One cell of a list, edited where it stands: the form's own field, its checks, and the save that forms use."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from admin_views.records.edit import EditRoutes
from admin_views.records.list import ListRoutes
from admin_views.shared.cells import shower
from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of
from admin_views.shared.request_context import confirmed, now, office_state, typed_version
from admin_views.shared.translation import gettext
from forms.record import RecordForm
from forms.sentences import sentence, warnings_of
from rules.errors import Missing, NotAllowed, Problem, Refused, Stale, Warned
from rules.words import N_
from services.records import records
from services.timeline.taking_back import take_back_save

_NOT_HERE = N_("This cannot be changed in the list.")
_MEANWHILE = N_(
    "%(who)s has saved this record meanwhile; here it says “%(value)s” now. Saved again, yours replaces it; Esc leaves "
    "it."
)


class CellRoutes(ListRoutes, EditRoutes):
    """Reading and writing one cell. It answers a script: a piece of the form, then JSON."""

    def keys_in_place(self) -> frozenset[str]:
        """Return the keys of the columns whose cells may be edited in the list."""
        if not self.may_write():
            return frozenset()
        fields = self.declaration.fields
        return frozenset(one.key for one in fields if one.is_edited_in_place) - self.fixed_in_list

    def _cell_form(
        self, raw: Mapping[str, Any], typed: MultiDict[str, str] | None = None
    ) -> tuple[RecordForm, str]:
        """Return the form and the one key of it that is asked for. Raises Refused where that is not edited here."""
        key = request.values.get("field", "")
        form = self.make_form(raw, typed)
        if key not in self.keys_in_place() or key not in form:
            raise Refused(_NOT_HERE)
        form.drop([name for name in form._fields if name != key])
        return form, key

    @expose("/cell/", methods=("GET", "POST"))
    def cell_view(self) -> ResponseReturnValue:
        """Give the field of a cell, then save what was typed into it."""
        current_actor().demand(self.declaration.write_permission)
        raw = self.one_raw(request.values.get("id"))
        try:
            if request.method == "POST":
                return self._save_cell(raw)
            form, key = self._cell_form(raw)
        except (Refused, NotAllowed, Stale, Missing) as problem:
            return {"problem": sentence(problem.refusals[0])}, _code_of(problem)
        depends = self.declaration.by_key[key].depends_on
        within = (depends, str(raw[depends])) if depends and raw.get(depends) else None
        return render_template(
            "records/cell.html", field=form[key], version=raw["version"], id=raw["_id"], within=within
        )

    def _save_cell(self, raw: Mapping[str, Any]) -> ResponseReturnValue:
        form, key = self._cell_form(raw, request.form)
        if not form.validate():
            return {"problem": " ".join(str(error) for error in form[key].errors)}, 422
        try:
            changed = records.update(
                self.collection, raw["_id"], form.values(), version=typed_version(), actor=current_actor(), now=now(),
                confirmed=confirmed(),
            )  # fmt: skip
        except Warned as problem:
            told, tokens = warnings_of(problem)
            return {"problem": " ".join(told), "confirm": [token for _, token in tokens]}, 422
        except Stale:
            return self._saved_meanwhile(key), 409
        except Refused as problem:
            return {"problem": " ".join(sentence(refusal) for refusal in problem.refusals)}, 422
        saved = self.one_raw(str(raw["_id"]))
        answer: dict[str, Any] = {"row": self.row_of(saved), "changed": bool(changed)}
        if changed:
            answer |= {"said": gettext(N_("Saved.")), "version": changed}
        return answer

    def _saved_meanwhile(self, key: str) -> dict[str, Any]:
        """Return who saved the record meanwhile and what stands in the cell now, so that one can decide on it there."""
        raw = self.one_raw(request.form.get("id"))
        value = shower(self.declaration.by_key[key], office_state(), self.collection)(raw)
        facts = {
            "who": name_of(raw.get("updated_by")) or gettext(N_("somebody else")),
            "value": (value.striptags() if isinstance(value, Markup) else value) or gettext(N_("(blank)")),
        }
        return {
            "problem": gettext(_MEANWHILE, **facts), "version": raw["version"], "row": self.row_of(raw),
        }  # fmt: skip

    @expose("/take-back/", methods=("POST",))
    def take_back_view(self) -> ResponseReturnValue:
        """Undo the clerk's own save of a record, which nobody has saved since."""
        current_actor().demand(self.declaration.write_permission)
        text = request.form.get("id")
        raw = self.one_raw(text)
        asks_script = request.accept_mimetypes.best == "application/json"
        try:
            is_there = take_back_save(
                self.collection, raw["_id"], version=typed_version(), actor=current_actor(), now=now()
            )
        except (Refused, Stale, NotAllowed) as problem:
            said = " ".join(sentence(refusal) for refusal in problem.refusals)
            if asks_script:
                return {"problem": said}, 403 if isinstance(problem, NotAllowed) else 409
            flash(said, "error")
            return redirect(url_for(f"{self.endpoint}.details_view", id=raw["_id"]), 303)
        said = gettext(N_("Undone."))
        if asks_script:
            return {"said": said, "row": self.row_of(self.one_raw(text)) if is_there else ""}
        flash(said, "success")
        if is_there:
            return redirect(url_for(f"{self.endpoint}.details_view", id=raw["_id"]), 303)
        return redirect(self.records.url, 303)


def _code_of(problem: Problem) -> int:
    codes = {Stale: 409, Missing: 404, NotAllowed: 403}
    return codes.get(type(problem), 422)
