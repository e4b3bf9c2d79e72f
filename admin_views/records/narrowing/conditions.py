"""The page on which the conditions of a list are put together; with script it opens over the list."""

from collections.abc import Sequence
from urllib.parse import urlencode

from bson import ObjectId
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.records.core import RecordCore
from admin_views.records.narrowing.draft import (
    DraftGroup,
    DraftRow,
    acted,
    draft_of,
    draft_sent,
    faults_of,
    fitted,
    read_draft,
)
from admin_views.records.narrowing.view_models import ComparisonRow, ConditionGroup, ConditionsPage
from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import CONDITIONS, ListQuery
from admin_views.shared.lists.conditions import words_of_field
from admin_views.shared.request_context import office_state
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Option
from documents.kinds import RECORDS
from forms.sentences import sentence
from rules.words import N_
from schema.field import Field
from schema.narrowing.address import LONGEST, TOO_MANY, written
from schema.narrowing.operators import MANY, OPERATORS, Family, family_of, operator_of
from schema.narrowing.tree import MOST_COMPARISONS, MOST_VALUES, Group

_TOO_LONG = N_("These conditions are too long for an address: take some of them away.")


class ConditionRoutes(RecordCore):
    """How conditions are put together."""

    @expose("/conditions/")
    def conditions_view(self) -> ResponseReturnValue:
        """Show the form, after a button of it was pressed too; or go to the list with the conditions."""
        query, fields = self.records.query(), {one.key: one for one in self.records.compared}
        sent, problem = draft_sent(request.args), ""
        focus = request.args.get("focus", "")[:40]
        if sent is None:
            asked = query.conditions
            problem = sentence(asked.fault) if asked and asked.fault else ""
            draft = draft_of(asked.group if asked else None)
        else:
            draft = fitted(sent, fields)
            act = request.args.get("act", "")
            if act == "show":
                group, draft = read_draft(draft, fields)
                problem = _problem_of(group)
                if not problem and not faults_of(draft):
                    text = written(group) if group else None
                    return redirect(self.records.url + query.query(**{CONDITIONS: text}), 303)
            elif act:
                draft, place = acted(draft, act)
                focus = f"field.{place}" if place else focus
        page = self._page(draft, query, fields, problem, focus)
        name = "conditions_form" if request.args.get("part") else "conditions"
        return render_template(f"records/{name}.html", page=page)

    def _page(
        self, draft: DraftGroup, query: ListQuery, fields: dict[str, Field], problem: str, focus: str
    ) -> ConditionsPage:
        kept = query.pairs(**{CONDITIONS: None})
        back = self.records.url + ("?" + urlencode(kept) if kept else "")
        return ConditionsPage(
            title=gettext(N_("Filter conditions")),
            action=url_for(f"{self.endpoint}.conditions_view"),
            arguments=tuple(kept),
            group=self._group(draft, fields),
            cancel_url=self.records.url + query.query() if query.conditions else back,
            clear_url=back if query.conditions else "",
            problem=problem,
            focus=focus,
            is_full=draft.count >= MOST_COMPARISONS,
            crumbs=self.crumbs(),
        )

    def _group(self, draft: DraftGroup, fields: dict[str, Field]) -> ConditionGroup:
        names = self._names(draft, fields)
        return self._shown(draft, fields, names)

    def _shown(self, draft: DraftGroup, fields: dict[str, Field], names: dict[str, str]) -> ConditionGroup:
        return ConditionGroup(
            draft.place,
            draft.any_of,
            tuple(
                self._shown(part, fields, names)
                if isinstance(part, DraftGroup)
                else self._row(part, fields, names)
                for part in draft.parts
            ),
            draft.may_hold_groups,
        )

    def _row(self, row: DraftRow, fields: dict[str, Field], names: dict[str, str]) -> ComparisonRow:
        named = fields.get(row.field)
        choices = tuple(Option(one.key, gettext(one.label), one.key == row.field) for one in fields.values())
        problem = sentence(row.problem) if row.problem else ""
        if named is None:
            return ComparisonRow(row.place, choices, problem=problem)
        family = family_of(named)
        how = operator_of(named, row.how) or OPERATORS[family][0]
        words = words_of_field(named, office_state(), self.collection)
        kind = how.takes or family.value
        options: tuple[Option, ...] = ()
        if kind == Family.RECORD.value:
            options = tuple(Option(value, names.get(value, value), True) for value in row.values if value)
        elif words:
            options = tuple(Option(value, word, value in row.values) for value, word in words.items())
        count = how.values if how.values != MANY else 1
        return ComparisonRow(
            row.place,
            choices,
            tuple(Option(one.name, gettext(one.label), one is how) for one in OPERATORS[family]),
            kind if how.values else "",
            (*row.values, *[""] * count)[:count],
            options,
            lookup_url=url_for(f"{named.refers_to}.lookup_view") if kind == Family.RECORD.value else "",
            unit=gettext(named.unit) if named.unit and kind == Family.NUMBER.value else "",
            problem=problem,
            label=gettext(named.label),
        )

    def _names(self, draft: DraftGroup, fields: dict[str, Field]) -> dict[str, str]:
        """Return the names of the records that a draft has chosen, by id; of those in scope alone."""
        wanted: dict[str, list[ObjectId]] = {}
        for row in _rows(draft):
            named = fields.get(row.field)
            if named is not None and family_of(named) is Family.RECORD:
                ids = [ObjectId(value) for value in row.values[:MOST_VALUES] if ObjectId.is_valid(value)]
                wanted.setdefault(named.refers_to, []).extend(ids)
        found = {}
        for collection, ids in wanted.items():
            document = RECORDS[collection]
            for raw in document.by_ids(ids, current_actor()).rows(("name", "county"), (("_id", 1),)):
                found[str(raw["_id"])] = document.label_of(raw)
        return found


def _rows(draft: DraftGroup) -> Sequence[DraftRow]:
    return [row for part in draft.parts for row in (_rows(part) if isinstance(part, DraftGroup) else (part,))]


def _problem_of(group: Group | None) -> str:
    if group is None:
        return ""
    if sum(1 for _ in group.comparisons()) > MOST_COMPARISONS:
        return gettext(TOO_MANY, most=MOST_COMPARISONS)
    return gettext(_TOO_LONG) if len(written(group)) > LONGEST else ""
