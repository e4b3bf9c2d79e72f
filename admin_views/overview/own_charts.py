"""Charts of one's own: made from any list with its present filter, shown, changed, pinned to 今日 and 城市概览."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from admin_views.overview.figures_kept import counted
from admin_views.overview.sheets import sheets
from admin_views.overview.svg import svg
from admin_views.overview.view_models import Chart, ChartRow, Picture
from admin_views.shared.cells import words_of
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import ListQuery
from admin_views.shared.record_list import RecordList
from admin_views.shared.request_context import (
    now,
    office_state,
    parse_object_id,
    shown_moment,
    today,
    typed_version,
)
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Empty, FormPage, FormSection, Link
from documents.kinds import RECORDS
from documents.overview.own_chart import StoredChart
from forms.overview.own_chart import OwnChartForm
from forms.sentences import sentence, show_refusals
from office.charts import charts
from office.charts.grid import Cell, Grid
from rules.access import Permission
from rules.errors import Missing, Refused, Stale
from rules.words import N_
from schema.collection import Collection
from schema.field import Kind
from services.overview import own_charts as service
from services.overview.own_charts import Group

_MOST_BARS, _MOST_PINNED_BARS, _MOST_COLUMNS = 30, 12, 24
_LABEL = 40
_TONE = ("c1",)


@dataclass(frozen=True, slots=True)
class OwnChartsPage:
    """overview/own_charts.html."""

    title: str
    rows: tuple[ChartRow, ...]
    crumbs: tuple[Link, ...]
    empty: Empty | None


@dataclass(frozen=True, slots=True)
class OwnChartPage:
    """overview/own_chart.html."""

    title: str
    subtitle: str
    chart: Chart
    list_url: str
    export_url: str
    edit_url: str
    delete_url: str
    version: int
    crumbs: tuple[Link, ...]


# --- A list as a chart asks it ---------------------------------------------------------------------


def _list_of(name: str) -> RecordList:
    """Return the list of a collection as the actor knows it. Raises Missing."""
    declaration = service.listed(name, current_actor())
    if declaration is None:
        raise Missing()
    return RecordList(
        declaration, name, lambda: RECORDS[name].objects.visible_to(current_actor()), row_url=lambda raw: ""
    )


def _query(of: RecordList, text: str) -> ListQuery:
    return of.asked(MultiDict(parse_qsl(text.removeprefix("?"), keep_blank_values=False)))


def _groups(of: RecordList) -> tuple[Group, ...]:
    return service.groups_of(of.declaration, _names(of))


def _names(of: RecordList) -> frozenset[str]:
    return frozenset(spec.name for spec in of.asked_filters)


def _choices(of: RecordList) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    cuts = {"": "%(field)s", "month": N_("%(field)s, by month"), "year": N_("%(field)s, by year")}
    groups = [
        (
            one.code,
            gettext(cuts[one.cut], field=gettext(one.field.label)) if one.cut else gettext(one.field.label),
        )
        for one in _groups(of)
    ]
    sums = [
        (one.key, gettext(N_("Sum of %(field)s"), field=gettext(one.label)))
        for one in service.measures_of(of.declaration)
    ]
    return groups, [("", gettext(N_("Number of records"))), *sums]


# --- The pages -------------------------------------------------------------------------------------


def index() -> ResponseReturnValue:
    """Show the charts that the actor may see."""
    actor = current_actor()
    rows = tuple(
        ChartRow(
            raw["name"],
            url_for("own_charts.show", chart_id=raw["_id"]),
            gettext(declaration.label),
            raw.get("owner_name", "") if raw["owner"] != actor.id else gettext(N_("Myself")),
            "、".join(_places(raw)),
        )
        for raw in service.charts_of(actor)
        if (declaration := service.listed(raw["of"], actor)) is not None
    )
    empty = Empty(
        gettext(N_("No chart yet")),
        gettext(N_("Open a list, narrow it as you like, and choose “Chart” above it.")),
    )
    page = OwnChartsPage(gettext(N_("My charts")), rows, (), None if rows else empty)
    return render_template("overview/own_charts.html", page=page)


def _places(raw: StoredChart) -> list[str]:
    places = (
        (raw.get("on_today"), N_("Today")),
        (raw.get("on_overview"), N_("City overview")),
        (raw.get("shared"), N_("Shared")),
    )
    return [gettext(word) for is_there, word in places if is_there]


def _crumbs() -> tuple[Link, ...]:
    return (Link(gettext(N_("My charts")), url_for("own_charts.index")),)


def show(chart_id: str) -> ResponseReturnValue:
    """Show one chart, large, with its numbers."""
    raw = service.read_chart(parse_object_id(chart_id), actor=current_actor())
    of = _list_of(raw["of"])
    query = _query(of, raw.get("query", ""))
    actor = current_actor()
    is_own = service.is_own(raw, actor) and actor.may(Permission.WRITE)
    page = OwnChartPage(
        title=raw["name"],
        subtitle=" · ".join(part for part in (gettext(of.declaration.label), of.in_words(query)) if part),
        chart=_drawn(raw),
        list_url=of.url + query.query(),
        export_url=url_for("own_charts.export", chart_id=raw["_id"]) if actor.may(Permission.EXPORT) else "",
        edit_url=url_for("own_charts.edit", chart_id=raw["_id"]) if is_own else "",
        delete_url=url_for("own_charts.delete", chart_id=raw["_id"]) if is_own else "",
        version=raw["version"],
        crumbs=_crumbs(),
    )
    return render_template("overview/own_chart.html", page=page)


def export(chart_id: str) -> ResponseReturnValue:
    """Send the numbers of one chart as a workbook."""
    raw = service.read_chart(parse_object_id(chart_id), actor=current_actor())
    return send_tables(sheets([_picture(raw)]), f"{raw['name']}-{today():%Y%m%d}.xlsx")


def new() -> ResponseReturnValue:
    """Make a chart over the list that the address names, with its filter."""
    name, text = request.args.get("of", ""), request.args.get("query", "")
    of = _list_of(name)
    text = _query(of, text).query()  # what makes no sense in it is left out
    groups, measures = _choices(of)
    if request.method == "GET":
        label = gettext(of.declaration.label)
        return _form_page(OwnChartForm.of_list(groups, measures, name=label, on_overview=True), of, text, 200)
    form = OwnChartForm.of_list(groups, measures, request.form)
    if form.validate():
        try:
            made = service.make_chart(form.values(name, text), _names(of), actor=current_actor(), now=now())
        except Refused as problem:
            show_refusals(form, problem)
        else:
            flash(gettext(N_("Saved.")), "success")
            return redirect(url_for("own_charts.show", chart_id=made), 303)
    return _form_page(form, of, text, 422)


def edit(chart_id: str) -> ResponseReturnValue:
    """Change a chart of one's own."""
    actor = current_actor()
    raw = service.read_chart(parse_object_id(chart_id), actor=actor)
    of, version, status = _list_of(raw["of"]), raw["version"], 200
    groups, measures = _choices(of)
    if request.method == "GET":
        form = OwnChartForm.of_list(groups, measures, **raw)
    else:
        form, version, status = OwnChartForm.of_list(groups, measures, request.form), typed_version(), 422
        if form.validate():
            try:
                values = form.values(raw["of"], raw.get("query", ""))
                service.change_chart(raw["_id"], values, _names(of), version=version, actor=actor, now=now())
            except (Refused, Stale) as problem:
                show_refusals(form, problem)
                if isinstance(problem, Stale):
                    version, status = raw["version"], 409
            else:
                flash(gettext(N_("Saved.")), "success")
                return redirect(url_for("own_charts.show", chart_id=raw["_id"]), 303)
    return _form_page(form, of, raw.get("query", ""), status, raw, version)


def delete(chart_id: str) -> ResponseReturnValue:
    """Take a chart of one's own away."""
    service.delete_chart(parse_object_id(chart_id), version=typed_version(), actor=current_actor(), now=now())
    flash(gettext(N_("The chart was deleted.")), "success")
    return redirect(url_for("own_charts.index"), 303)


def _form_page(
    form: OwnChartForm, of: RecordList, text: str, status: int, raw: StoredChart | None = None,
    version: int | None = None,
) -> ResponseReturnValue:  # fmt: skip
    narrowed = of.in_words(_query(of, text))
    label = gettext(of.declaration.label)
    about = f"{label} · {narrowed}" if narrowed else label
    if raw is None:
        action = url_for("own_charts.new", of=of.declaration.name, query=text)
        cancel = of.url + text
    else:
        action = url_for("own_charts.edit", chart_id=raw["_id"])
        cancel = url_for("own_charts.show", chart_id=raw["_id"])
    page = FormPage(
        title=raw["name"] if raw else gettext(N_("New chart")),
        form=form,
        sections=(
            FormSection(gettext(N_("What it shows")), (("name",), ("group",), ("measure",)), about),
            FormSection(gettext(N_("Where it stands")), (("on_today",), ("on_overview",), ("shared",))),
        ),
        action=action,
        cancel_url=cancel,
        save_label=gettext(N_("Save")),
        version=version,
        crumbs=_crumbs(),
    )
    return render_template("records/form.html", page=page), status


# --- Drawn -----------------------------------------------------------------------------------------


def pinned(place: str) -> tuple[Chart, ...]:
    """Return the charts that stand on a page (`on_today`, `on_overview`), each over a list that the actor sees."""
    return tuple(_drawn(raw, _MOST_PINNED_BARS) for raw in service.charts_of(current_actor(), place))


def _drawn(raw: StoredChart, most: int = _MOST_BARS) -> Chart:
    picture = _picture(raw, most)
    label = picture.title
    return Chart(
        picture,
        Markup("") if picture.grid.is_empty else svg(picture.drawings[0], label),
        url_for("own_charts.show", chart_id=raw["_id"]),
    )


def _picture(raw: StoredChart, most: int = _MOST_BARS) -> Picture:
    """Return what a chart shows now; without marks where its field is no more, or not the actor's to see."""
    of = _list_of(raw["of"])
    query, declaration = _query(of, raw.get("query", "")), of.declaration
    group = next((one for one in _groups(of) if one.code == raw["group"]), None)
    measure = raw.get("measure", "")
    title, key = raw["name"], f"chart-{raw['_id']}"
    if group is None or (measure and measure not in {one.key for one in service.measures_of(declaration)}):
        return _undrawn(key, title, gettext(N_("What this chart counts is not there for you.")))
    if query.conditions and query.conditions.fault:
        return _undrawn(key, title, sentence(query.conditions.fault))
    unit = gettext(declaration.field(measure).label) if measure else gettext(N_("Number of records"))
    counts = counted(raw, group, of.narrowed(query), measure)
    if counts.is_given_up:
        return _undrawn(key, title, gettext(N_("This chart takes too long to count.")))
    head = gettext(group.field.label)
    chip = of.in_words(query)
    as_of = gettext(N_("counted at %(when)s"), when=shown_moment(counts.at)) if counts.is_late else ""
    first = (
        gettext(N_("only the %(count)d largest are drawn"), count=most)
        if len(counts.rows) > most and not group.cut
        else ""
    )
    note = " · ".join(part for part in (gettext(declaration.label), chip, unit, first, as_of) if part)
    url = _Marks(of, query, group)
    words = _words(group, declaration)
    cells = [
        (words.get(value, name) or _blank(value), Cell(n, url.of(value))) for value, n, name in counts.rows
    ]
    if group.cut:
        cells = [pair for pair in sorted(cells) if pair[0]][-_MOST_COLUMNS:]
        grid = Grid((unit,), tuple(label for label, _ in cells), (tuple(cell for _, cell in cells),))
        drawing = charts.columns(grid, _TONE, step=46, high=110)
    else:
        cells = cells[:most]
        grid = Grid(tuple(label[:_LABEL] for label, _ in cells), (unit,), tuple((cell,) for _, cell in cells))
        drawing = charts.bars(grid, _TONE)
    return Picture(key, title, head, grid, (drawing,), note)


def _undrawn(key: str, title: str, why: str) -> Picture:
    empty = Grid((), (), ())
    return Picture(key, title, "", empty, (charts.heat(empty),), why, is_told=True)


def _blank(value: Any) -> str:
    return gettext(N_("Not stated")) if value is None else str(value)


def _words(group: Group, declaration: Collection) -> dict[Any, str]:
    """Return the words of a field's codes."""
    one, state = group.field, office_state()
    if one.kind is Kind.STATUS:
        return dict(state.status_labels(declaration.name))
    if one.kind is Kind.COUNTY:
        return {code: short for code, _, short in state.counties}
    if one.kind is Kind.YES_NO:
        return {True: gettext(N_("Yes")), False: gettext(N_("No"))}
    return {code: str(word) for code, word in words_of(one.choices).items()} if one.choices else {}


@dataclass(frozen=True)
class _Marks:
    """Where the marks of a chart lead: its list, narrowed to what the mark counts."""

    list: RecordList
    query: ListQuery
    group: Group

    def of(self, value: Any) -> str:
        key = self.group.field.key
        if value is None:
            name = f"{key}_filled"
            return self.list.url + self.query.query(**{name: "no"}) if name in _names(self.list) else ""
        if self.group.cut:
            first, last = self._within(str(value))
            ends = {f"{key}_from": first.isoformat(), f"{key}_to": last.isoformat()}
            return self.list.url + self.query.query(**{key: None, **ends})
        word = "yes" if value is True else "no" if value is False else str(value)
        return self.list.url + self.query.query(**{key: word})

    def _within(self, text: str) -> tuple[date, date]:
        """Return the days of a month or year, as far as the list's own days reach."""
        year, _, month = text.partition("-")
        first = date(int(year), int(month or 1), 1)
        last = date(int(year), int(month or 12), monthrange(int(year), int(month or 12))[1])
        least, most = self.query.days.get(self.group.field.key, (None, None))
        return max(first, least or first), min(last, most or last)


def link_to_new(of: str, query: ListQuery) -> str:
    """Return the address at which a chart of a list is made."""
    return url_for("own_charts.new", of=of, query=query.query(sort=None, columns=None, size=None))
