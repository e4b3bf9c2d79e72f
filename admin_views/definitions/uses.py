"""What names a field, as pages show it before something is changed: each by its name, with the way to it."""

from flask import url_for
from flask_babel import gettext

from admin_views.shared.guard import current_actor
from admin_views.shared.view_models import Link, Referrers
from documents.definitions.own_field import SHIPPED
from rules.words import N_
from schema.definitions.own_fields import OwnField
from services.definitions.uses import Use, UseOf, uses_of_field

_TITLES = {
    UseOf.FORMULA: N_("Computed fields that read it"),
    UseOf.CONDITION: N_("Rules and colours that name it"),
    UseOf.VIEW: N_("Saved views with it"),
    UseOf.MATCH: N_("Remembered columns of workbooks that lead to it"),
    UseOf.HOOK: N_("Web hooks that tell of its changes"),
}
_MOST = 20


def shown_uses(own: OwnField) -> tuple[Referrers, ...]:
    """Return what names an own field, group by group; () where nothing does."""
    uses = uses_of_field(own, actor=current_actor())
    groups = []
    for kind, title in _TITLES.items():
        mine = [one for one in uses if one.of is kind]
        if mine:
            groups.append(Referrers(gettext(title), len(mine), tuple(map(_link, mine[:_MOST]))))
    if own.public:
        page = Link(gettext(N_("Public list of certified bases")), url_for("public.bases"))
        groups.append(Referrers(gettext(N_("Public pages that show it")), 1, (page,)))
    return tuple(groups)


def _link(use: Use) -> Link:
    slug = SHIPPED[use.collection].slug
    if use.of is UseOf.FORMULA:
        return Link(use.label, url_for("own_fields.edit", slug=slug, key=use.key))
    if use.of is UseOf.CONDITION:
        return Link(use.label, url_for("own_conditions.edit", slug=slug, key=use.key))
    if use.of is UseOf.VIEW:
        return Link(use.label, url_for(f"{use.collection}.index_view") + "?" + use.key.removeprefix("?"))
    if use.of is UseOf.HOOK:
        return Link(use.label, url_for("hooks.edit", hook_id=use.key))
    return Link(use.label, url_for("imports.index", kind=slug))
