"""The routes of the manual: whoever is signed in reads it."""

from tests.admin_views.routes import SIGNED_IN, Call, Route, fixed

HELP: dict[str, Route] = {
    "help.index": Route(SIGNED_IN, fixed(Call("/admin/help/"))),
    "help.keys": Route(SIGNED_IN, fixed(Call("/admin/help/keys/"))),
    "help.words": Route(SIGNED_IN, fixed(Call("/admin/help/words/"))),
    "help.chapter": Route(SIGNED_IN, fixed(Call("/admin/help/ledger/"))),
    "year.index": Route(SIGNED_IN, fixed(Call("/admin/year/"))),
    "year.show": Route(SIGNED_IN, fixed(Call("/admin/year/2026/"))),
    "year.feed": Route(SIGNED_IN, fixed(Call("/admin/year/2026/days.ics"))),
    "account.tour": Route(SIGNED_IN, fixed(Call("/account/tour", {"tour": "seen"})), own=True),
}
