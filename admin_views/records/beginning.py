"""What a new record begins with: what the one before had, where many like ones are entered after one another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from flask import request, url_for

from admin_views.records.core import RecordCore
from admin_views.shared.guard import current_actor
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Action
from documents.kinds import RECORDS
from rules.access import Act
from rules.errors import Missing
from rules.words import N_
from schema.field import Kind
from services.records.recent import last_entered_by

# Arguments of the address of a new form: the record that it follows, the one that it copies, the clerk's last one.
AFTER, COPY, REPEAT, WHOLE = "after", "copy", "repeat", "whole"


@dataclass(frozen=True)
class Begun:
    """The values of a new record; `carried` are the keys that another one gave, `note` says from where they are."""

    values: Mapping[str, Any]
    carried: tuple[str, ...] = ()
    note: str = ""


class BeginningRoutes(RecordCore):
    """What the blank form of a collection is filled with."""

    def begun(self) -> Begun:
        """Return what the form begins with: defaults, what another record gives, what the address names."""
        source, keys, note = self._source()
        taken = _taken(self, source, keys) if source else {}
        # What the one before left blank is blank, whatever the default.
        values = {key: value for key, value in self.defaults().items() if not source or key not in keys}
        return Begun(values | taken | self._named(), keys if source else (), note if source else "")

    def _source(self) -> tuple[Mapping[str, Any] | None, tuple[str, ...], str]:
        declaration, wanted = self.declaration, request.args.get
        if after := wanted(AFTER):
            keys = declaration.carried_keys(asked=bool(wanted(WHOLE)))
            return self._found(after), keys, ""
        if (copied := wanted(COPY)) and declaration.is_copied:
            note = gettext(N_("This is a copy. Nothing is saved before you save it: change what differs."))
            return self.one_raw(copied), declaration.copied_keys, note
        if wanted(REPEAT) and declaration.is_copied:
            last = last_entered_by(current_actor(), self.collection)
            note = gettext(N_("The same as you entered last. Nothing is saved before you save it."))
            return self._found(str(last)), declaration.copied_keys, note
        return None, (), ""

    def _found(self, text: str) -> Mapping[str, Any] | None:
        """Return a record in scope; None where there is none any more."""
        try:
            return self.one_raw(text)
        except Missing:
            return None

    def _named(self) -> dict[str, Any]:
        """Return the records in scope that the address names."""
        named: dict[str, Any] = {}
        for field in (*self.declaration.references, *self.declaration.reference_lists):
            text = request.args.get(field.key, "")
            if not ObjectId.is_valid(text):
                continue
            document = RECORDS[field.refers_to]
            found = document.by_ids([ObjectId(text)], current_actor()).as_pymongo().first()
            if found:
                several = field.kind is Kind.REFERENCES
                record, name = found["_id"], document.reference_name(found)
                named |= {
                    field.key: [record] if several else record, field.name_key: [name] if several else name
                }  # fmt: skip
        return named

    def copying_actions(self, raw: Mapping[str, Any] | None = None) -> tuple[Action, ...]:
        """Return the buttons that begin a record like another: like `raw`, or like the one that was entered last."""
        if not self.declaration.is_copied or not self.may_write(Act.CREATE):
            return ()
        address = url_for(f"{self.endpoint}.create_view")
        if raw is not None:
            return (Action(gettext(N_("Copy")), f"{address}?{COPY}={raw['_id']}", icon="copy"),)
        return (Action(gettext(N_("Repeat the last")), f"{address}?{REPEAT}=1", icon="copy"),)

    def address_after(self, made: ObjectId, *, whole: bool) -> str:
        """Return the address of the form that follows a record which was just entered."""
        address = url_for(f"{self.endpoint}.create_view")
        return f"{address}?{AFTER}={made}" + (f"&{WHOLE}=1" if whole else "")


def _taken(view: RecordCore, source: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """Return the values of these keys, with the copied names beside references."""
    by_key = view.declaration.by_key
    wanted = {name for key in keys for name in (key, by_key[key].name_key) if name}
    return {name: source[name] for name in wanted if source.get(name) is not None}
