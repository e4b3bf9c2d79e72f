"""The dictionary of statuses: labels, colours and order are the office's; codes of the Measures are fixed."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from admin_views.definitions.uses import in_groups
from admin_views.records.view import RecordView
from admin_views.shared.guard import current_actor
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import ConfirmPage
from forms.record import RecordForm
from rules.words import N_
from schema.registry import REGISTRY
from schema.statuses import fixed_keys
from services.definitions.uses import uses_of_status


class StatusView(RecordView):
    """The words for what a record is at."""

    collection = "statuses"

    fixed_in_list = frozenset({"collection", "code", "final"})

    def visible(self) -> Any:
        """Return the words of the collections that are shown: those of a hidden one come back with it."""
        hidden = [one.name for one in REGISTRY if one.is_hidden]
        found = super().visible()
        return found.where_raw({"collection": {"$nin": hidden}}) if hidden else found

    def make_form(self, raw: Mapping[str, Any], typed: Any = None) -> RecordForm:
        """Return the form; what is fixed is not offered."""
        form = super().make_form(raw, typed)
        if "_id" in raw:
            form.drop(fixed_keys(raw))
        return form

    def typed_values(self, form: RecordForm) -> dict[str, Any]:
        """Return what is to be stored; a code is made when none was typed."""
        values = super().typed_values(form)
        if "code" in values:
            values["code"] = (values["code"] or f"status_{secrets.token_hex(3)}").lower()
        return values

    def subtitle(self, raw: Mapping[str, Any]) -> str:
        """Return what it is for."""
        declared = REGISTRY.get(raw.get("collection", ""))
        label = declared.label if declared else ""
        fixed = gettext(N_("needed by the Measures")) if raw.get("needed") else ""
        return " · ".join(text for text in (gettext(label) if label else "", fixed) if text)

    def delete_page(self, raw: Mapping[str, Any], reasons: Any) -> ConfirmPage:
        """Return the question with what else names the status: formulas, rules, saved views, web hooks."""
        page = super().delete_page(raw, reasons)
        touched = uses_of_status(raw["collection"], raw["code"], actor=current_actor())
        return replace(page, touches=in_groups(touched.uses, is_public=bool(raw.get("public"))))
