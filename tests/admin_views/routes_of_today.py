"""The routes of 今日's calendar link and of a base's past: who may call them, and what comes of it."""

from tests.admin_views.routes import ANYONE, SIGNED_IN, WRITERS, Call, Route, fixed, of_shen
from tests.admin_views.routes_of_notifications import NOTIFICATIONS
from tests.sample_office import SHEN

_CHART = "/admin/charts/000000000000000000000000"
_TYPED = {"name": "各月台账", "group": "function", "measure": "", "on_overview": "y", "shared": "y"}
_NEW = "/admin/charts/new/?of=ledger_entries&query=%3Fstatus%3Dverified"
CHARTS: dict[str, Route] = {
    "own_charts.index": Route(SIGNED_IN, fixed(Call("/admin/charts/"))),
    "own_charts.new": Route(WRITERS, fixed(Call(_NEW), Call(_NEW, _TYPED)), own=True),
    # The sample has none: what becomes of one stands in tests/admin_views/overview.
    "own_charts.show": Route(SIGNED_IN, fixed(Call(f"{_CHART}/")), answers=(404,)),
    "own_charts.export": Route(SIGNED_IN, fixed(Call(f"{_CHART}/export/")), answers=(404,)),
    "own_charts.edit": Route(
        WRITERS,
        fixed(Call(f"{_CHART}/edit/"), Call(f"{_CHART}/edit/", {**_TYPED, "version": "1"}, effect=False)),
        answers=(404,),
    ),
    "own_charts.delete": Route(
        WRITERS, fixed(Call(f"{_CHART}/delete/", {"version": "1"}, effect=False)), answers=(404,)
    ),
}

TODAY: dict[str, Route] = NOTIFICATIONS | {
    "calendar_feed.index": Route(SIGNED_IN, fixed(Call("/account/calendar/"))),
    "calendar_feed.reset": Route(SIGNED_IN, fixed(Call("/account/calendar/reset/", {})), own=True),
    "calendar_feed.drop": Route(SIGNED_IN, fixed(Call("/account/calendar/drop/", {})), own=True),
    "calendar_feed.feed": Route(ANYONE, fixed(Call(f"/calendar/{'x' * 43}.ics")), answers=(404,)),
    "overview.index": Route(
        SIGNED_IN, fixed(Call("/admin/overview/"), Call(f"/admin/overview/?county={SHEN}&year=2026"))
    ),
    "overview.export": Route(SIGNED_IN, fixed(Call(f"/admin/overview/export/?county={SHEN}"))),
    "overview.base": Route(SIGNED_IN, of_shen("/admin/overview/base/?id={shen.base}"), hidden=True),
    "overview.export_base": Route(
        SIGNED_IN, of_shen("/admin/overview/base/export/?id={shen.base}"), hidden=True
    ),
    "overview.compare": Route(
        SIGNED_IN,
        fixed(Call("/admin/overview/compare/"), Call(f"/admin/overview/compare/?by=years&county={SHEN}")),
    ),
    "overview.export_compare": Route(SIGNED_IN, fixed(Call("/admin/overview/compare/export/?by=counties"))),
    **CHARTS,
    "timeline.index": Route(SIGNED_IN, of_shen("/admin/bases/timeline/?id={shen.base}"), hidden=True),
    "timeline.dossier": Route(
        SIGNED_IN, of_shen("/admin/bases/timeline/dossier.docx?id={shen.base}"), hidden=True
    ),
    "timeline.as_of": Route(
        SIGNED_IN, of_shen("/admin/bases/as-of/?id={shen.base}&day=2026-03-02"), hidden=True
    ),
}
