"""The audit trail: who did what, when; filtered by person, kind of act and record."""

from bson import ObjectId
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.desk.view_models import AuditPage
from admin_views.shared.guard import current_actor
from admin_views.shared.history import shown_entries
from admin_views.shared.history_labels import ACTIONS
from admin_views.shared.list_page import SIZE, simple_pager
from admin_views.shared.list_query import FilterSpec, ListQuery
from admin_views.shared.view_models import Filter, Option
from rules.choices import ChoiceList
from rules.words import N_
from schema.collection import Listing
from schema.registry import REGISTRY
from services.desk import trail as audit_trail

_COLUMNS = Listing("audit", "", ())
_FILTERS = (
    FilterSpec("collection", "choice", N_("Kind"), ChoiceList(REGISTRY.with_statuses)),
    FilterSpec("at", "days", N_("Time")),
)


def index() -> ResponseReturnValue:
    """Show the trail, the latest first."""
    url = url_for("audit.index")
    query = ListQuery.read(request.args, _COLUMNS, _FILTERS, bound=None)
    action, record = request.args.get("action", ""), request.args.get("record", "")
    first, last = query.days.get("at", (None, None))
    wanted = audit_trail.AuditFilter(
        action=action if action in ACTIONS else "",
        collection=next(iter(query.chosen.get("collection", ())), ""),
        record_id=ObjectId(record) if ObjectId.is_valid(record) else None,
        words=query.search,
        first_day=first,
        last_day=last,
    )
    page_of_trail = audit_trail.page(wanted, actor=current_actor(), number=query.page - 1, size=SIZE)
    pager = simple_pager(page_of_trail.total, request.args, url)
    if pager.page != query.page:  # the address named a page behind the last
        page_of_trail = audit_trail.page(wanted, actor=current_actor(), number=pager.page - 1, size=SIZE)
    narrowed = query.narrowed or action in ACTIONS or bool(record)
    page = AuditPage(
        title=gettext(N_("Audit trail")), entries=shown_entries(page_of_trail.entries), pager=pager, url=url,
        arguments=tuple(request.args.items(multi=True)), search=query.search, filters=_filters(query, action, url),
        clear_url=url if narrowed else "",
    )  # fmt: skip
    return render_template("desk/trail.html", page=page)


def _filters(query: ListQuery, action: str, url: str) -> tuple[Filter, ...]:
    kinds = tuple(
        Option(kind.value, gettext(kind.label), kind.value in query.chosen.get("collection", ()))
        for kind in REGISTRY.with_statuses()
    )
    acts = tuple(Option(word, gettext(label), word == action) for word, label in ACTIONS.items())
    filters = []
    for name, label, options in (("collection", N_("Kind"), kinds), ("action", N_("Action"), acts)):
        chip = "、".join(option.label for option in options if option.selected)
        clear = url + query.query(**{name: None})
        filters.append(Filter(name, gettext(label), options=options, many=False, chip=chip, clear_url=clear))
    first, last = (str(day or "") for day in query.days.get("at", (None, None)))
    chip = f"{first or '…'} – {last or '…'}" if first or last else ""
    filters.append(
        Filter(
            "at",
            gettext(N_("Time")),
            "days",
            first=first,
            last=last,
            chip=chip,
            clear_url=url + query.query(at=None),
        )
    )
    return tuple(filters)
