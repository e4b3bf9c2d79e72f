"""The list of a collection: page, look-ups, export, saved views, and what is done to selected records."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from bson import ObjectId
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import ngettext

from admin_views.batches.labels import batch_url, foreseen_lines
from admin_views.imports.week import WEEK, week_address
from admin_views.jobs.labels import job_url
from admin_views.overview.own_charts import link_to_new
from admin_views.records.beginning import COPY, BeginningRoutes
from admin_views.records.many.edit import edit_many, flash_done, options, safe_keys
from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import ListQuery
from admin_views.shared.request_context import confirmed, now, office_state, shown_moment
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Action, BulkAction, Choice, ConfirmPage, Empty, Option
from documents.batches.batch import BatchAct
from documents.kinds import RECORDS
from forms.sentences import sentence, warnings_of
from rules.access import Act, Permission
from rules.errors import Missing, Refused, Stale, Warned
from rules.words import N_
from schema.registry import REGISTRY
from services.imports.package_job import BASES, COUNTIES
from services.records.bulk import BulkResult, Left, changed_since, delete_many, set_status_of_many
from services.records.bulk_job import ask_for_many
from services.records.bulk_trial import Foreseen, foresee_many

MOST_IN_PACKAGE = 20_000  # records that are packed while they are sent; more are a job
MOST_AT_ONCE = 500  # records that a request does itself; more are a job
_LOOKUP_LENGTH = 20
_MOST_NAMED = 10


def _left_sentence(left: Sequence[Left]) -> str:
    """Say which records were left because they were saved after the list was shown."""
    who = [(f"{record.who} {shown_moment(record.when)}").strip() for record in left]
    named = [
        f"{record.label}（{by}）" if by else record.label
        for record, by in zip(left, who, strict=True)
        if record.label
    ]
    more = len(left) > len(named[:_MOST_NAMED])
    sentence_left = ngettext(
        "%(num)d record was saved or deleted by someone else after this list was shown, and was left as it is:"
        " %(names)s",
        "%(num)d records were saved or deleted by someone else after this list was shown, and were left as they are:"
        " %(names)s",
        len(left),
        names="、".join(named[:_MOST_NAMED]) + ("…" if more and named else ""),
    )
    return str(sentence_left).rstrip("：: ")


def _tell(result: BulkResult) -> None:
    """Say what an act on many records did, and which it left."""
    if result.changed or not result.left:
        flash_done(result.batch, result.changed)
    if result.left:
        flash(_left_sentence(result.left), "warning")


class ListRoutes(BeginningRoutes):
    """Everything that begins with the list."""

    fixed_in_list: ClassVar[frozenset[str]] = frozenset()  # what only a form changes

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """Show the list."""
        records, may, may_delete = self.records, self.may_write(), self.may_write(Act.DELETE)
        query = records.query()
        page = records.page(
            query,
            actions=self.list_actions(query),
            empty=partial(self.empty, query),
            bulk_url=url_for(f"{self.endpoint}.action_view") + query.query(),
            bulk_actions=self.bulk_actions() if may or may_delete else (),
            edit_url=self._edit_url() if may else None,
            copy_url=self._copy_url() if may else None,
            selectable=may or may_delete,
            in_place=self.keys_in_place(),
            cell_url=url_for(f"{self.endpoint}.cell_view") if may else "",
            take_back_url=url_for(f"{self.endpoint}.take_back_view") if may else "",
            beside_url=url_for(f"{self.endpoint}.details_view"),
            layouts=self.layouts(query, "table"),
        )
        return render_template("records/list.html", page=page)

    def keys_in_place(self) -> frozenset[str]:
        """Return the keys of the columns whose cells may be edited in the list."""
        return frozenset()

    def row_of(self, raw: Mapping[str, Any]) -> str:
        """Return the row of one record as the list that the address asks for shows it."""
        may = self.may_write()
        return str(
            self.records.row(
                self.records.query(), raw, edit_url=self._edit_url() if may else None,
                copy_url=self._copy_url() if may else None, selectable=may or self.may_write(Act.DELETE),
                in_place=self.keys_in_place(),
            )
        )  # fmt: skip

    def _edit_url(self) -> Callable[[Mapping[str, Any]], str]:
        address = url_for(f"{self.endpoint}.edit_view")
        return lambda raw: f"{address}?id={raw['_id']}"

    def _copy_url(self) -> Callable[[Mapping[str, Any]], str] | None:
        if not self.declaration.is_copied or not self.may_write(Act.CREATE):
            return None
        address = url_for(f"{self.endpoint}.create_view")
        return lambda raw: f"{address}?{COPY}={raw['_id']}"

    def list_actions(self, query: ListQuery) -> tuple[Action, ...]:
        """Return the buttons of the list."""
        actions = [
            Action(
                gettext(N_("Export")),
                url_for(f"{self.endpoint}.export", export_type="xlsx") + query.query(),
                icon="download",
            )
        ]
        actor, may_enter = current_actor(), self.may_write(Act.CREATE)
        if actor.may(Permission.WRITE):
            actions.append(
                Action(gettext(N_("Chart")), link_to_new(self.collection, query), icon="chart", is_wide=True)
            )
        if actor.may(Permission.IMPORT) and self.declaration in REGISTRY.importable_for(actor):
            address = url_for("imports.index", kind=self.declaration.slug)
            actions.insert(0, Action(gettext(N_("Import")), address, icon="upload"))
            grid = url_for("imports.grid", kind=self.declaration.slug)
            actions.insert(1, Action(gettext(N_("Enter many at once")), grid, icon="columns", is_wide=True))
            if self.declaration.by_week_of:
                chosen = query.chosen.get(self.declaration.by_week_of, ())
                week = week_address(self.declaration, chosen[0] if len(chosen) == 1 else None)
                actions.insert(1, Action(gettext(WEEK), week, icon="calendar", is_wide=True))
        if may_enter and any(field.carried for field in self.declaration.fields):
            actions += self.copying_actions()
        if may_enter:
            address = url_for(f"{self.endpoint}.create_view")
            actions.append(Action(gettext(N_("New")), address, "primary", "plus"))
        return tuple(actions)

    def bulk_actions(self) -> tuple[BulkAction, ...]:
        """Return what may be done to selected records."""
        shapes = tuple(Option(shape, gettext(word)) for shape, word in self.records.shapes.items())
        actions = [BulkAction("export", gettext(N_("Export the selected")), shapes)]
        if self.may_write() and self.bulk_keys():
            actions.append(BulkAction("edit", gettext(N_("Change …")), options(self)))
        if not self.may_write(Act.DELETE):
            return tuple(actions)
        question = gettext(N_("Move %(count)s records to the recycle bin?"), count="%(count)s")
        actions.append(BulkAction("delete", gettext(N_("Move to the recycle bin")), (), question, True))
        return tuple(actions)

    def bulk_keys(self) -> tuple[str, ...]:
        """Return the keys of the fields that many records may be given a value of."""
        return safe_keys(self.declaration, self.fixed_in_list)

    def _further_acts(self) -> set[str]:
        """Return the acts that no button offers, and that programs and older pages may send."""
        may = self.declaration.has_status and self.declaration.bulk_status and self.may_write()
        return {"status"} if may else set()

    def empty(self, query: ListQuery) -> Empty:
        """Return what stands in an empty list: why it is empty and what to do first."""
        actions = self.list_actions(query)
        return Empty(
            gettext(N_("Nothing here yet")),
            gettext(N_("Import the office's workbook, or enter the first record by hand.")),
            actions[:1] + actions[-1:],
        )

    @expose("/lookup/")
    def lookup_view(self) -> ResponseReturnValue:
        """Answer a look-up by typing: at most twenty records in scope, names only for `names=1`."""
        words = request.args.get("q", "")[:60].replace("\x00", "")
        found = self.visible().matching(words)
        base = request.args.get("base", "")
        if ObjectId.is_valid(base) and "base" in self.declaration.by_key:
            found = found.where_raw({"base": ObjectId(base)})
        if within := request.args.get("within", "")[:200]:
            found = self._within(found, within)
        keys = ("county", "uscc", *self.document.reference_keys())
        rows = found.best_of(keys, self.declaration.default_order, limit=_LOOKUP_LENGTH + 1)
        names, as_names = office_state().county_names, bool(request.args.get("names"))
        results = []
        for row in rows[:_LOOKUP_LENGTH]:
            text, label = self.document.reference_name(row), self.document.label_of(row)
            place = names.get(row.get("county", ""), "") or row.get("uscc", "")
            hint = place if label in text else label
            results.append({"id": text if as_names else str(row["_id"]), "text": text, "hint": hint})
        return {"results": results, "more": len(rows) > _LOOKUP_LENGTH}

    def _within(self, found: Any, name: str) -> Any:
        """Return those of the records whose place (a company's base) has this name; all where none in scope has it."""
        place = self.declaration.by_key.get(self.declaration.place_key)
        if place is None or not place.refers_to:
            return found
        named = RECORDS[place.refers_to].objects.visible_to(current_actor()).having("name", [name])
        places = [row["_id"] for row in named.rows(("_id",), (("_id", 1),))]
        return found.having(place.filter_key, places) if places else found

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """Send the list as filtered: as a workbook, as text (csv), as a package of workbooks (counties, bases)."""
        query = self.records.query()
        if export_type not in self.records.shapes:
            abort(404)
        return self._send(query, export_type)

    def _send(self, query: ListQuery, shape: str, chosen: Any = None) -> ResponseReturnValue:
        if shape not in (COUNTIES, BASES):
            return self.records.send(query, chosen, shape=shape)
        if self.may_write():
            records = self.records.narrowed(query) if chosen is None else chosen
            if records.count() > MOST_IN_PACKAGE:
                return self._ask_for_package(query, shape, chosen)
        return self.records.send_package(query, shape, chosen)

    def _ask_for_package(self, query: ListQuery, shape: str, chosen: Any) -> ResponseReturnValue:
        """Let a job make a large package; who followed a link is asked first."""
        if request.method == "POST":
            return redirect(job_url(self.records.ask_for_package(query, shape, chosen)), 303)
        question = gettext(
            N_(
                "This package is large. It is made in the background and kept for you for a day; shall it be made?"
            )
        )
        page = ConfirmPage(
            title=gettext(self.records.shapes[shape]),
            question=question,
            action=url_for(f"{self.endpoint}.action_view") + query.query(),
            button=gettext(N_("Make it")),
            cancel_url=self.records.url + query.query(),
            hidden=(("action", "export"), ("value-export", shape), ("everything", "1")),
            danger=False,
        )
        return render_template("shared/confirm.html", page=page)

    @expose("/action/", methods=("POST",))
    def action_view(self) -> ResponseReturnValue:
        """Do something to the selected records, or to all that the present filters show."""
        current_actor().demand(self.declaration.write_permission)
        query, action = self.records.query(), request.form.get("action", "")
        if action not in {offered.name for offered in self.bulk_actions()} | self._further_acts():
            abort(400)  # a title is given and taken one base at a time, if at all
        if action == "export":
            shape = request.form.get("value-export", "xlsx")
            return self._send(
                query, shape if shape in self.records.shapes else "xlsx", self.records.chosen(query)
            )
        back = redirect(self.records.url + query.query(), 303)
        if action == "edit":
            return edit_many(self, query, back.location, MOST_AT_ONCE)
        versions = self._everything(query) if request.form.get("everything") else self.records.picked()
        if not versions:
            flash(gettext(N_("Select at least one record.")), "error")
            return back
        try:
            if len(versions) > MOST_AT_ONCE:
                return self._do_many(action, query, back.location)
            result = self._act(action, versions)
        except Warned as problem:
            return self._ask_all_the_same(problem, versions, back.location), 422
        except (Refused, Missing, Stale) as problem:
            reasons = " ".join(sentence(refusal) for refusal in problem.refusals)
            flash(f"{gettext(N_('Nothing was changed.'))} {reasons}", "error")
        else:
            _tell(result)
        return back

    def _everything(self, query: ListQuery) -> dict[ObjectId, int]:
        """Return all that the filters show, each at its version; 0, which no record has, for what changed since."""
        chosen = self.records.chosen(query).rows(("_id", "version"), (("_id", 1),), limit=MOST_AT_ONCE + 1)
        versions = {row["_id"]: row["version"] for row in chosen}
        changed = changed_since(self.collection, list(versions), request.form.get("seen", -1, type=int))
        return versions | dict.fromkeys(changed, 0)

    def _do_many(self, action: str, query: ListQuery, back: str) -> ResponseReturnValue:
        """Let a job do it to all of them, however many; what it would meet is asked about first."""
        act = BatchAct.DELETE if action == "delete" else BatchAct.STATUS
        status = request.form.get("value-status", "") if act is BatchAct.STATUS else ""
        seen = request.form.get("seen", -1, type=int)
        chosen, actor = self.records.chosen(query), current_actor()
        if not request.form.get("foreseen"):
            foreseen = foresee_many(
                act, self.collection, chosen, seen=seen, status=status, actor=actor, now=now()
            )
            if not foreseen.is_clear:
                return self._ask_of_many(act, foreseen, status, back), 422
        batch = ask_for_many(
            act, self.collection, chosen, seen=seen, status=status,
            leaves_warned=request.form.get("warned") == "leave", actor=actor, now=now(),
        )  # fmt: skip
        return redirect(batch_url(batch), 303)

    def _ask_of_many(self, act: BatchAct, foreseen: Foreseen, status: str, back: str) -> str:
        """Ask before an act on thousands: of how many records something is said, and what becomes of those."""
        if act is BatchAct.DELETE:
            question = gettext(N_("Move %(count)s records to the recycle bin?"), count=f"{foreseen.total:,}")
        else:
            label = office_state().status_labels(self.collection).get(status, status)
            question = gettext(
                N_("Set the status of %(count)s records to “%(status)s”?"), count=f"{foreseen.total:,}", status=label
            )  # fmt: skip
        warned = gettext(
            N_("What becomes of the %(count)s records that are warned of"), count=f"{foreseen.warned:,}"
        )
        words = (
            ("leave", gettext(N_("Leave them as they are and name them")), True),
            ("do", gettext(N_("Do it all the same")), False),
        )
        kept = ("action", "value-status", "everything", "seen", "id")
        page = ConfirmPage(
            title=gettext(N_("Act on many records")),
            question=question,
            action=request.full_path.rstrip("?"),
            button=gettext(N_("Do it in the background")),
            cancel_url=back,
            consequences=tuple(foreseen_lines(foreseen)),
            choices=(Choice("warned", warned, words),) if foreseen.warned else (),
            danger=act is BatchAct.DELETE,
            hidden=(
                ("foreseen", "1"), *((name, value) for name in kept for value in request.form.getlist(name))
            ),
            crumbs=self.crumbs(),
        )  # fmt: skip
        return render_template("shared/confirm.html", page=page)

    def _act(self, action: str, versions: Mapping[ObjectId, int]) -> BulkResult:
        if action == "delete":
            return delete_many(self.collection, versions, actor=current_actor(), now=now())
        status = request.form.get("value-status", "")
        return set_status_of_many(
            self.collection, versions, status, actor=current_actor(), now=now(), confirmed=confirmed()
        )

    def _ask_all_the_same(self, warned: Warned, versions: Mapping[ObjectId, int], back: str) -> str:
        """Ask before a status is set that contradicts what the records say: of how many, and why."""
        told, tokens = warnings_of(warned)
        status = request.form.get("value-status", "")
        label = office_state().status_labels(self.collection).get(status, status)
        records = (("id", f"{record_id}.{version}") for record_id, version in versions.items())
        page = ConfirmPage(
            title=gettext(N_("Set the status")),
            question=gettext(
                N_("Set the status of %(count)s records to “%(status)s” all the same?"),
                count=len(versions), status=label,
            ),
            action=request.full_path.rstrip("?"),
            button=gettext(N_("Save all the same")),
            cancel_url=back,
            consequences=told,
            danger=False,
            hidden=(("action", "status"), ("value-status", status), *records, *tokens),
            crumbs=self.crumbs(),
        )  # fmt: skip
        return render_template("shared/confirm.html", page=page)

    @expose("/views/save/", methods=("POST",))
    def save_view(self) -> ResponseReturnValue:
        """Keep the present list under a name."""
        return self.records.save_view()

    @expose("/views/delete/", methods=("POST",))
    def drop_view(self) -> ResponseReturnValue:
        """Forget one of the clerk's views."""
        return self.records.drop_view()
