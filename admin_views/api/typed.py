"""What was sent for a record, read through the form of its page: the same values, checks and sentences."""

from collections.abc import Mapping
from typing import Any

from admin_views.api.door import Door
from admin_views.api.json_values import NOT_WRITTEN, WrongJson, to_typed
from admin_views.shared.api_problems import INVALID, Fault, ProblemFound
from admin_views.shared.translation import gettext
from forms.fields import row_errors
from forms.record import RecordForm
from forms.sentences import sentence
from rules.errors import Refusal
from rules.words import N_

UNKNOWN = N_("There is no such field.")


def values_of_new(door: Door, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a new record: what was sent, else what the blank form begins with. Raises ProblemFound."""
    form = door.view.make_form(door.view.defaults())
    _fill(door, form, sent)
    return door.view.typed_values(form)


def values_of_change(door: Door, raw: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that were sent for a stored record, which is judged as a whole. Raises ProblemFound."""
    form = door.view.make_form(raw)
    _fill(door, form, sent, raw)
    return {key: value for key, value in door.view.typed_values(form).items() if key in sent}


def _fill(
    door: Door, form: RecordForm, sent: Mapping[str, Any], raw: Mapping[str, Any] | None = None
) -> None:
    # Files come by an address of their own: what of them is asked of a clerk is not asked of a program.
    form.drop([field.name for field in form.file_fields()])
    known = {field.key for field in door.fields}
    faults = []
    for key, value in sent.items():
        if key not in known:
            faults.append(Fault(key[:60], gettext(UNKNOWN)))
        elif key not in form:
            faults.append(Fault(key, gettext(NOT_WRITTEN)))
        else:
            try:
                form[key].process(to_typed(door.declaration.field(key), value))
            except WrongJson as problem:
                faults.append(Fault(key, sentence(Refusal(problem.message, problem.params))))
    form.keep_hidden(raw or {})
    wrong = {fault.field for fault in faults}
    if not form.validate():
        faults += [
            Fault(name, said)
            for name, errors in form.errors.items()
            if name not in wrong
            for said in _sentences(row_errors(form[name]) or errors)
        ]
    if faults:
        raise ProblemFound(INVALID, faults=faults)


def _sentences(errors: Any) -> list[str]:
    """Return the sentences of a field's errors, those of its rows too, each once."""
    if isinstance(errors, Mapping):
        errors = [inner for of_one in errors.values() for inner in of_one]
    found: list[str] = []
    for error in errors:
        found += (
            [str(error)] if isinstance(error, str) or not hasattr(error, "__iter__") else _sentences(error)
        )
    return list(dict.fromkeys(found))
