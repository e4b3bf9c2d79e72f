"""The dictionary of statuses: labels, colours and order are the office's; codes of the Measures are fixed."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from admin_views.records.routes import RecordView
from admin_views.shared.list_query import FilterSpec
from forms.record import RecordForm
from forms.statuses import StatusForm
from rules.access import Permission
from rules.choices import StatusFor
from rules.words import N_
from schema.statuses import STATUSES


class StatusView(RecordView):
    """The words for what a record is at."""

    sheet = STATUSES
    form_class = StatusForm
    title = N_("Statuses")
    one = N_("Status")
    first_columns = ("label", "collection", "code", "colour", "order", "final", "public")
    default_order = (("collection", 1), ("order", 1), ("_id", 1))
    name_keys = ("label", "needed")
    has_files = False
    has_counties = False
    importable = False
    write_permission = Permission.EDIT_STATUSES
    list_filters = (FilterSpec("collection", "choice", N_("For"), StatusFor),)

    def make_form(self, raw: Mapping[str, Any], typed: Any = None) -> RecordForm:
        """Return the form; what is fixed is not offered."""
        form = super().make_form(raw, typed)
        if "_id" in raw:
            form.drop(("collection", "code", *(("final",) if raw.get("needed") else ())))
        return form

    def defaults(self) -> dict[str, Any]:
        """Return what a new status begins with."""
        return {"collection": "tenant_companies", "order": 50, "colour": "grey"}

    def typed_values(self, form: RecordForm) -> dict[str, Any]:
        """Return what is to be stored; a code is made when none was typed."""
        values = super().typed_values(form)
        if "code" in values:
            values["code"] = (values["code"] or f"status_{secrets.token_hex(3)}").lower()
        return values

    def subtitle(self, raw: Mapping[str, Any]) -> str:
        """Return what it is for."""
        label = next((one.label for one in StatusFor if one.value == raw.get("collection")), "")
        fixed = gettext(N_("needed by the Measures")) if raw.get("needed") else ""
        return " · ".join(text for text in (gettext(label) if label else "", fixed) if text)
