"""The list of upward recommendations (Art. 17), on the screen and as a workbook."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.shared.filed_list import FiledList
from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import FilterSpec, ListQuery
from admin_views.shared.view_models import Action, Empty, Text, toned
from admin_views.upward.labels import TITLE, may_decide, met_label, outcome_badge
from documents.upward.recommendation import UpwardRecommendation
from rules.access import Permission
from rules.measures import Level
from rules.upward import LEVELS, UpwardOutcome
from rules.words import N_
from schema.upward_recommendations import UPWARD_RECOMMENDATIONS

Row = Mapping[str, Any]  # a stored recommendation, with what `_derive` adds


def _derive(recommendation: Row) -> dict[str, Any]:
    frozen = (recommendation.get("assessment") or {}).get(recommendation["level"])
    meets = "未录入" if frozen is None else ("达标" if frozen["meets"] else "未达标")
    return {**recommendation, "meets": meets, "frozen": frozen}


def _meets_cell(row: Row) -> Text:
    if row.get("frozen") is None:
        return toned(gettext(N_("Not entered yet")), "dim")
    meets = row["frozen"]["meets"]
    return toned(met_label(meets), "met" if meets else "near")


LIST = FiledList(
    endpoint="upward",
    title=TITLE,
    search_hint=N_("Base, number or initials"),
    sheet=UPWARD_RECOMMENDATIONS,
    first_columns=("base_name", "county", "level", "year", "number", "dated", "meets", "outcome", "outcome_on"),
    filters=(
        FilterSpec("level", "choice", N_("Level"), Level),
        FilterSpec("outcome", "choice", N_("Outcome of the recommendation"), UpwardOutcome),
        FilterSpec("dated", "days", N_("Date of the letter")),
    ),
    order=(("dated", -1), ("sort_key", 1), ("_id", 1)),
    records=lambda: UpwardRecommendation.objects.visible_to(current_actor()),
    keys=(
        "base_name", "county", "level", "year", "number", "dated", "outcome", "outcome_on", "outcome_number", "remark",
        *(f"assessment.{level.value}.meets" for level in LEVELS),
    ),
    derive=_derive,
    special={
        "outcome": lambda row: outcome_badge(row["outcome"]),
        "meets": _meets_cell,
        "year": lambda row: str(row["year"]),
    },
)  # fmt: skip


def _query() -> ListQuery:
    return ListQuery.read(request.args, UPWARD_RECOMMENDATIONS, LIST.filters, bound=current_actor().county)


def index() -> ResponseReturnValue:
    """Show the list."""
    query, actions = _query(), []
    if current_actor().may(Permission.EXPORT):
        url = url_for("upward.export") + query.query()
        actions.append(Action(gettext(N_("Export")), url, icon="download"))
    new = (
        (Action(gettext(N_("Recommend …")), url_for("upward.new"), "primary", "plus"),)
        if may_decide()
        else ()
    )
    text = N_("Certified bases that stand out are put forward to the province or the nation (Art. 17).")
    empty = Empty(gettext(N_("No recommendation yet")), gettext(text), new)
    return render_template("records/list.html", page=LIST.page(query, actions=(*actions, *new), empty=empty))


def export() -> ResponseReturnValue:
    """Send the list as filtered, as a workbook."""
    return LIST.send(_query())
