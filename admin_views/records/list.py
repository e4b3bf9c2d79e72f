"""The list of a collection: the page, its look-ups, its export and what is done to selected records."""

from dataclasses import replace
from typing import Any

from bson import ObjectId
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import ngettext

from admin_views.records.core import RecordCore
from admin_views.shared.exporting import send_workbook
from admin_views.shared.guard import current_actor
from admin_views.shared.list_page import (
    county_pills,
    filters,
    list_columns,
    list_rows,
    pager,
    read_list,
    shown_columns,
)
from admin_views.shared.list_query import ListQuery
from admin_views.shared.request_context import now, office_state
from admin_views.shared.saved_views import shown_views
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Action, BulkAction, Empty, ListPage, Option
from documents.kinds import RECORDS
from documents.records.record import RecordQuerySet
from forms.sentences import sentence
from rules.access import Permission
from rules.errors import Missing, Refused, Stale
from rules.words import N_
from schema.field import Kind
from services.records.bulk import delete_many, set_status_of_many

MOST_AT_ONCE = 500  # records one bulk action may touch
_LOOKUP_LENGTH = 20


class ListRoutes(RecordCore):
    """Everything that begins with the list."""

    def list_query(self) -> ListQuery:
        """Return what the present address asks for."""
        bound = current_actor().county if self.has_counties else None
        query = ListQuery.read(request.args, self.sheet, self.list_filters, bound=bound)
        return query if self.has_counties else replace(query, county="")

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """Show the list."""
        actor, query = current_actor(), self.list_query()
        state = office_state(self.looked_up(query))
        url, columns = (
            url_for(f"{self.endpoint}.index_view"),
            shown_columns(self.sheet, query, self.first_columns, actor),
        )
        data = read_list(
            self.visible(), query, columns, state, actor,
            collection=self.collection, default_order=self.default_order, name_keys=self.name_keys,
        )  # fmt: skip
        heads, listed = list_columns(columns, query, url), {column.key for column in columns}
        rows = list_rows(
            columns, heads, [self.in_sight(raw) for raw in data.rows], state,
            collection=self.collection, endpoint=self.endpoint,
            edit=gettext(N_("Edit")) if self.may_write() else "",
            selectable=self.may_write(),
        )  # fmt: skip
        shown = filters(self.list_filters, query, state, self.collection, url, state.named)
        page = ListPage(
            title=gettext(self.title),
            total=data.total,
            more=data.counts.more,
            columns=heads,
            rows=rows,
            pager=pager(data, query, url),
            url=url,
            arguments=tuple(query.pairs()),
            counties=county_pills(query, data.counts, state, actor, url) if self.has_counties else (),
            county_fixed=actor.county is not None,
            search=query.search,
            search_hint=gettext(N_("Name, code, person or initials")),
            filters=shown,
            clear_url=url + query.query(search=None, **dict.fromkeys((*query.chosen, *query.days)))
            if query.narrowed else "",
            column_choices=tuple(
                Option(column.key, gettext(column.label), column.key in listed) for column in self.sheet.columns[1:]
            ),
            views=shown_views(self.endpoint, self.collection, url, query),
            save_view_url=url_for(f"{self.endpoint}.save_view") + query.query(),
            bulk_url=url_for(f"{self.endpoint}.action_view") + query.query(),
            bulk_actions=self.bulk_actions() if self.may_write() else (),
            actions=self.list_actions(query),
            empty=None if data.rows else self.empty(query, url),
            has_row_actions=self.may_write(),
            subtitle=" · ".join(chip for chip in (state.county_names.get(query.county, ""), query.search,
                                                  *(f"{one.label} {one.chip}" for one in shown if one.chip)) if chip),
        )  # fmt: skip
        return render_template("records/list.html", page=page)

    def looked_up(self, query: ListQuery) -> list[RecordQuerySet]:
        """Return the records that look-up filters have chosen, whose names the page shows; in scope only."""
        chosen = [
            (spec.lookup, query.chosen.get(spec.name)) for spec in self.list_filters if spec.kind == "lookup"
        ]
        return [
            RECORDS[collection].by_ids([ObjectId(value) for value in values], current_actor())
            for collection, values in chosen
            if values
        ]

    def list_actions(self, query: ListQuery) -> tuple[Action, ...]:
        """Return the buttons of the list."""
        made = [
            Action(
                gettext(N_("Export")),
                url_for(f"{self.endpoint}.export", export_type="xlsx") + query.query(),
                icon="download",
            )
        ]
        if self.importable and current_actor().may(Permission.IMPORT):
            made.insert(
                0,
                Action(gettext(N_("Import")), url_for("imports.index", kind=self.sheet.kind), icon="upload"),
            )
        if self.may_write():
            made.append(
                Action(gettext(N_("New")), url_for(f"{self.endpoint}.create_view"), "primary", "plus")
            )
        return tuple(made)  # fmt: skip

    def bulk_actions(self) -> tuple[BulkAction, ...]:
        """Return what may be done to selected records."""
        made = [BulkAction("export", gettext(N_("Export the selected")))]
        if any(column.kind is Kind.STATUS for column in self.sheet.columns) and self.collection != "bases":
            options = tuple(
                Option(code, label) for code, label in office_state().status_labels(self.collection).items()
            )
            made.append(
                BulkAction(
                    "status",
                    gettext(N_("Set the status")),
                    options,
                    gettext(N_("Set the status of %(count)s records?"), count="%(count)s"),
                )
            )
        made.append(
            BulkAction(
                "delete",
                gettext(N_("Move to the recycle bin")),
                (),
                gettext(N_("Move %(count)s records to the recycle bin?"), count="%(count)s"),
                True,
            )
        )
        return tuple(made)  # fmt: skip

    def empty(self, query: ListQuery, url: str) -> Empty:
        """Return what stands in an empty list: why it is empty and what to do first."""
        if query.narrowed:
            clear = Action(
                gettext(N_("Clear search and filters")),
                url + (f"?county={query.county}" if query.county else ""),
            )
            return Empty(
                gettext(N_("Nothing was found")),
                gettext(N_("Try fewer words, or take filters away.")),
                (clear,),
            )
        return Empty(gettext(N_("Nothing here yet")),
                     gettext(N_("Import the office's workbook, or enter the first record by hand.")),
                     self.list_actions(query)[:1] + self.list_actions(query)[-1:])  # fmt: skip

    @expose("/lookup/")
    def lookup_view(self) -> ResponseReturnValue:
        """Answer a look-up by typing: at most twenty records in scope, names only for `names=1`."""
        words = request.args.get("q", "")[:60].replace("\x00", "")
        found = self.visible().matching(words)
        base = request.args.get("base", "")
        if ObjectId.is_valid(base) and "base" in self.document._fields:
            found = found.where_raw({"base": ObjectId(base)})
        keys = ("county", "uscc", *self.name_keys)
        rows = list(found.rows(keys, self.default_order, limit=_LOOKUP_LENGTH + 1))
        names, as_names = office_state().county_names, bool(request.args.get("names"))
        labels = [self.document.label_of(row) for row in rows[:_LOOKUP_LENGTH]]
        results = [
            {"id": label if as_names else str(row["_id"]), "text": label,
             "hint": names.get(row.get("county", ""), "") or row.get("uscc", "")}
            for label, row in zip(labels, rows, strict=False)
        ]  # fmt: skip
        return {"results": results, "more": len(rows) > _LOOKUP_LENGTH}

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """Send the list as filtered, as a workbook."""
        if export_type != "xlsx":
            abort(404)
        query = self.list_query()
        return send_workbook(self.sheet, query.narrow(self.visible()), query, self.default_order)

    @expose("/action/", methods=("POST",))
    def action_view(self) -> ResponseReturnValue:
        """Do something to the selected records, or to all that the present filters show."""
        current_actor().demand(self.write_permission)
        query, action = self.list_query(), request.form.get("action", "")
        if action not in {one.name for one in self.bulk_actions()}:
            abort(400)  # a title is given and taken one base at a time, if at all
        chosen = self.chosen_records(query)
        if action == "export":
            return send_workbook(self.sheet, chosen, query, self.default_order)
        back = redirect(url_for(f"{self.endpoint}.index_view") + query.query(), 303)
        ids = [row["_id"] for row in chosen.rows(("_id",), (("_id", 1),), limit=MOST_AT_ONCE + 1)]
        if not ids or len(ids) > MOST_AT_ONCE:
            said = (
                N_("Select at least one record.")
                if not ids
                else N_("At most 500 records at once: narrow the list.")
            )
            flash(gettext(said), "error")
            return back
        try:
            if action == "delete":
                done = delete_many(self.collection, ids, actor=current_actor(), now=now())
            else:
                status = request.form.get("value-status", "")
                done = set_status_of_many(self.collection, ids, status, actor=current_actor(), now=now())
        except (Refused, Missing, Stale) as problem:
            flash(
                gettext(N_("Nothing was changed."))
                + " "
                + " ".join(sentence(one) for one in problem.refusals),
                "error",
            )
        else:
            flash(ngettext("%(num)d record was changed.", "%(num)d records were changed.", done), "success")
        return back

    def chosen_records(self, query: ListQuery) -> Any:
        """Return the selected records that are in scope; all that the filters show for `everything`."""
        if request.form.get("everything"):
            return query.narrow(self.visible())
        ids = [ObjectId(text) for text in request.form.getlist("id") if ObjectId.is_valid(text)]
        return self.visible().where_raw({"_id": {"$in": ids}})
