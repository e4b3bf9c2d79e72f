"""A formula on screen: what may be picked, and what it gives of some records before it is saved."""

from dataclasses import replace
from typing import Any

from flask_babel import gettext

from admin_views.definitions.view_models import FormulaHelp, Offered, TriedFormula, TriedRecord
from admin_views.shared.cells import shower
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state, today
from documents.kinds import RECORDS
from forms.sentences import sentence
from rules.errors import Refused
from rules.words import N_
from schema.definitions.own_fields import OwnField, OwnKind, OwnWord, as_field
from schema.expressions import picker
from schema.expressions.picker import OfferedFunction, OfferedName
from schema.expressions.types import Base, Type
from schema.values import stored
from services.definitions.formulas import draft_now, try_formula


def formula_help(
    collection: str, try_url: str, *, tried: TriedFormula | None = None, is_condition: bool = False
) -> FormulaHelp:
    """Return what stands beside a formula of a collection; a condition speaks of no other records."""
    draft = draft_now()
    offered = picker((draft.own_scope if is_condition else draft.scope)(collection))
    functions = (*offered.functions, *(offered.aggregates if offered.related else ()))
    return FormulaHelp(
        try_url,
        tuple(_name(one) for one in offered.fields),
        tuple((heading, tuple(_name(one) for one in fields)) for heading, fields in offered.related),
        tuple(_function(one) for one in functions),
        tried,
    )


def _name(one: OfferedName) -> Offered:
    return Offered(one.inserts, one.label, gettext(one.kind), one.words[:12])


def _function(one: OfferedFunction) -> Offered:
    example = gettext(N_("such as %(example)s"), example=one.example) if one.example else ""
    return Offered(f"{one.word}()", f"{one.word}(…)", f"{gettext(one.help)} {example}".strip())


def tried_formula(collection: str, typed: str, expects: Type | None = None) -> TriedFormula:
    """Return what a typed formula gives of some records, or the sentence that says what is wrong with it."""
    try:
        tried = try_formula(collection, typed, today=today(), actor=current_actor(), expects=expects)
    except Refused as problem:
        return TriedFormula(" ".join(sentence(one) for one in problem.refusals))
    words = tuple(OwnWord(code, label) for code, label in tried.words)
    own = OwnField(collection, "own_computed_tried", OwnKind.COMPUTED, "", gives=tried.gives, words=words)
    show = shower(as_field(own), office_state(), collection)
    document = RECORDS[collection]
    rows = tuple(
        TriedRecord(
            document.label_of(row.record), show({own.key: _as_stored(row.value)}) or "",
            sentence(row.reason) if row.reason else "",
        )
        for row in tried.rows
    )  # fmt: skip
    return TriedFormula("", tried.shown, what_it_gives(own), rows)


def _as_stored(value: Any) -> Any:
    return stored(value)


def what_it_gives(own: OwnField) -> str:
    """Return the kind of a formula's values in the clerk's language."""
    return gettext(next((base.label for base in Base if base.value == own.gives), ""))


def with_shown_formula(own: OwnField) -> OwnField:
    """Return a field with its formula as a person reads it."""
    return replace(own, formula=draft_now().shown(own.collection, own.formula)) if own.formula else own
