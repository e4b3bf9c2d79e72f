"""The list of upward recommendations (Art. 17), on the screen and as a workbook."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.shared.articles import article_of
from admin_views.shared.guard import current_actor
from admin_views.shared.record_list import RecordList
from admin_views.shared.view_models import Action, Empty, Text, toned
from admin_views.upward.labels import TITLE, may_decide, met_label, outcome_badge
from documents.upward.recommendation import UpwardRecommendation
from rules.access import Permission
from rules.upward import LEVELS
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


RECOMMENDATION_LIST = RecordList(
    UPWARD_RECOMMENDATIONS,
    "upward",
    lambda: UpwardRecommendation.objects.visible_to(current_actor()),
    row_url=lambda row: url_for("upward.show", id=row["_id"]),
    index="index",
    title=TITLE,
    search_hint=N_("Base, number or initials"),
    keys=("level", "outcome", "year", *(f"assessment.{level.value}.meets" for level in LEVELS)),
    derive=_derive,
    special={
        "outcome": lambda row: outcome_badge(row["outcome"]),
        "meets": _meets_cell,
        "year": lambda row: str(row["year"]),
    },
)


def index() -> ResponseReturnValue:
    """Show the list."""
    query, actions = RECOMMENDATION_LIST.query(), []
    if current_actor().may(Permission.EXPORT):
        url = url_for("upward.export") + query.query()
        actions.append(Action(gettext(N_("Export")), url, icon="download"))
    new = (
        (Action(gettext(N_("Recommend …")), url_for("upward.new"), "primary", "plus"),)
        if may_decide()
        else ()
    )
    text = N_("Certified bases that stand out are put forward to the province or the nation (%(article)s).")
    empty = Empty(gettext(N_("No recommendation yet")), gettext(text, article=article_of("upward")), new)
    return render_template(
        "records/list.html", page=RECOMMENDATION_LIST.page(query, actions=(*actions, *new), empty=empty)
    )


def export() -> ResponseReturnValue:
    """Send the list as filtered, as a workbook."""
    return RECOMMENDATION_LIST.send(RECOMMENDATION_LIST.query())
