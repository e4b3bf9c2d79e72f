"""The section of the expert review: each expert's scores for the city alone, the average, the conclusion."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flask import url_for
from flask_babel import gettext

from admin_views.applications.labels import may_take, shows_result
from admin_views.applications.sections import EXPERTS, on_site_items
from admin_views.applications.shared import Again, file_place
from admin_views.applications.view_models import DimensionRow, ExpertRow, ExpertsPart, FilePlace
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import shown_moment
from admin_views.shared.slot_files import HINT
from admin_views.shared.view_models import Item, figure
from forms.applications import ConcludeForm, day_of
from rules.applications import Verb
from rules.materials import EXPERT_ON_SITE, SCORE_SHEETS
from rules.scoring import Average, ScoreSheet
from rules.words import N_
from services.applications.expert_review import average_of
from services.applications.steps import step_line

Raw = Mapping[str, Any]
Files = Mapping[str, Sequence[Mapping[str, Any]]]


def experts_part(raw: Raw, sheet: ScoreSheet, files: Files, again: Again | None) -> ExpertsPart | None:
    """Return the expert review: a form while it runs, else what was found; None before the recommendation."""
    if step_line(raw, Verb.RECOMMEND) is None:
        return None
    dimensions = tuple(DimensionRow(one.label, figure(one.weight)) for one in sheet.dimensions)
    if current_actor().county is not None:
        return _for_counties(raw, dimensions)
    mine = again if again and again.part == EXPERTS else None
    may, found = may_take(raw, Verb.CONCLUDE), average_of(raw, sheet)
    return ExpertsPart(
        dimensions=dimensions,
        rows=_rows(raw, sheet, found, may),
        average=f"{found.value:.2f}" if found else "",
        note=_note(raw, sheet, found, may),
        places=_places(files, may, mine),
        items=() if may else _items(raw),
        form=(mine.form if mine and mine.form else filled_conclusion(raw)) if may else None,
        action=url_for("applications.experts", id=raw["_id"]) if may else "",
        version=mine.version if mine and mine.version is not None else raw["version"],
        add_url=url_for("applications.expert", id=raw["_id"]) if may else "",
        name=raw["base_name"],
    )


def _for_counties(raw: Raw, dimensions: tuple[DimensionRow, ...]) -> ExpertsPart:
    """Return what a county reads: the conclusion once it is public, single scores never."""
    conclusion = raw.get("conclusion", {})
    shown = shows_result(raw) and bool(conclusion)
    opinion = Item(gettext(N_("Joint opinion of the experts")), conclusion.get("opinion"), wide=True)
    hidden = (
        ""
        if shown
        else gettext(N_("The experts' scores and opinions are the city's until the result is public."))
    )
    return ExpertsPart(
        dimensions=dimensions,
        rows=(),
        average=f"{conclusion['average']:.2f}" if shown and conclusion.get("average") is not None else "",
        note="",
        places=(),
        items=(opinion,) if shown else (),
        hidden=hidden,
    )  # fmt: skip


def _rows(raw: Raw, sheet: ScoreSheet, found: Average | None, may: bool) -> tuple[ExpertRow, ...]:
    dropped = found.dropped if found else ()
    return tuple(
        ExpertRow(
            place=place,
            name=row["name"],
            organization=row.get("organization", ""),
            points=tuple(figure(row["scores"].get(line.key), 2) for line in sheet.dimensions),
            total=f"{float(round(Fraction(str(row['total'])), 2)):.2f}",
            opinion=row.get("opinion", ""),
            dropped=place in dropped,
            edit_url=url_for("applications.expert", id=raw["_id"], place=place) if may else "",
        )
        for place, row in enumerate(raw.get("experts", ()))
    )


def _note(raw: Raw, sheet: ScoreSheet, found: Average | None, may: bool) -> str:
    count, said = len(raw.get("experts", ())), []
    if found and found.dropped:
        said.append(
            gettext(
                N_("%(counted)d of %(count)d totals counted: one highest and one lowest are dropped."),
                counted=found.counted, count=count,
            )
        )  # fmt: skip
    if may and count < sheet.least_experts:
        said.append(
            gettext(N_("At least %(least)d experts; %(more)d more."), least=sheet.least_experts,
                    more=sheet.least_experts - count)
        )  # fmt: skip
    if sheet.pass_score is not None:
        said.append(gettext(N_("Pass line %(line)d."), line=sheet.pass_score))
    return " ".join(said)


def _places(files: Files, may: bool, mine: Again | None) -> tuple[FilePlace, ...]:
    made = []
    for slot, label in (
        (SCORE_SHEETS, N_("Score sheets")),
        (EXPERT_ON_SITE, N_("Files of the experts' on-site check")),
    ):
        place = file_place(slot, gettext(label), files, open_to=may, again=mine, hint=gettext(HINT))
        if may or place.files:
            made.append(place)
    return tuple(made)


def _items(raw: Raw) -> tuple[Item, ...]:
    kept, conclusion = raw.get("expert_on_site", {}), raw.get("conclusion", {})
    made = list(on_site_items(kept)) if any(kept.values()) else []
    if conclusion:
        made += [
            Item(gettext(N_("Joint opinion of the experts")), conclusion.get("opinion"), wide=True),
            Item(
                gettext(N_("Concluded by")),
                f"{conclusion.get('by_name', '')} {shown_moment(conclusion.get('at'))}",
            ),
        ]
    return tuple(made)


def filled_conclusion(raw: Raw) -> ConcludeForm:
    """Return the form of the conclusion with what is kept."""
    kept, opinion = raw.get("expert_on_site", {}), raw.get("conclusion", {}).get("opinion")
    values = {"people": kept.get("people"), "findings": kept.get("findings"), "opinion": opinion}
    return ConcludeForm(data=values | {"checked_on": day_of(kept.get("checked_on"))})
