"""The routes of 今日's calendar link and of a base's past: who may call them, and what comes of it."""

from tests.admin_views.routes import ANYONE, SIGNED_IN, Call, Route, fixed, of_shen
from tests.admin_views.routes_of_notifications import NOTIFICATIONS
from tests.sample_office import SHEN

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
    "timeline.index": Route(SIGNED_IN, of_shen("/admin/bases/timeline/?id={shen.base}"), hidden=True),
    "timeline.dossier": Route(
        SIGNED_IN, of_shen("/admin/bases/timeline/dossier.docx?id={shen.base}"), hidden=True
    ),
    "timeline.as_of": Route(
        SIGNED_IN, of_shen("/admin/bases/as-of/?id={shen.base}&day=2026-03-02"), hidden=True
    ),
}
