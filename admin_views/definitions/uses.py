"""What a change touches, as pages show it before it is made: each by its name, with the way to it."""

from collections.abc import Iterable

from flask import request, url_for
from flask_babel import gettext

from admin_views.shared.guard import current_actor
from admin_views.shared.requests.sent_forms import NOT_TYPED
from admin_views.shared.view_models import ConfirmPage, Link, Referrers
from documents.definitions.own_field import SHIPPED
from rules.access import Permission
from rules.words import N_
from schema.definitions.own_fields import OwnField
from services.definitions.uses import Use, UseOf, uses_of_field, uses_of_words

_TITLES = {
    UseOf.FIELD: N_("Fields of it, or that refer to it"),
    UseOf.FORMULA: N_("Computed fields that read it"),
    UseOf.CONDITION: N_("Rules and colours that name it"),
    UseOf.VIEW: N_("Saved views with it"),
    UseOf.MATCH: N_("Remembered columns of workbooks that lead to it"),
    UseOf.HOOK: N_("Web hooks that tell of its changes"),
}
_MOST = 20
WORDS_SEEN = "words_seen"  # comes with a form whose words were asked about


def shown_uses(own: OwnField) -> tuple[Referrers, ...]:
    """Return what names an own field, group by group; () where nothing does."""
    groups = in_groups(uses_of_field(own, actor=current_actor()))
    return (*groups, _public_page()) if own.public else groups


def in_groups(uses: Iterable[Use], *, is_public: bool = False) -> tuple[Referrers, ...]:
    """Return what names a thing, group by group; only administrators, who may open it all, see by which names."""
    is_told = current_actor().may(Permission.MANAGE_OFFICE)
    groups = []
    for kind, title in _TITLES.items():
        mine = [one for one in uses if one.of is kind]
        if mine:
            links = tuple(map(_link, mine[:_MOST])) if is_told else ()
            groups.append(Referrers(gettext(title), len(mine), links))
    return tuple(groups) if not is_public else (*groups, _public_page())


def _public_page() -> Referrers:
    page = Link(gettext(N_("Public list of certified bases")), url_for("public.bases"))
    return Referrers(gettext(N_("Public pages that show it")), 1, (page,))


def asked_before_words(before: OwnField, after: OwnField, action: str) -> ConfirmPage | None:
    """Return the question before words that something names are removed or retired; None where nothing does.

    The form that was sent comes back with the answer.
    """
    offered = {word.code for word in after.words if not word.retired}
    gone = [word for word in before.words if not word.retired and word.code not in offered]
    if not gone or before.is_computed:
        return None
    touched = uses_of_words(before, [word.code for word in gone], actor=current_actor())
    kept = {word.code for word in after.words}
    is_refused = touched.records and any(word.code not in kept for word in gone)
    if is_refused or not (touched.records or touched.uses):
        return None
    sent = ((name, value) for name, value in request.form.items(multi=True) if name not in NOT_TYPED)
    question = gettext(
        N_("Offer %(words)s of “%(label)s” no more?"),
        words="、".join(f"“{word.label}”" for word in gone), label=before.label,
    )  # fmt: skip
    return ConfirmPage(
        title=question, question=question, action=action, cancel_url=action, button=gettext(N_("Save")),
        consequences=(
            gettext(N_("%(count)d records have it and keep it; a new one cannot choose it."), count=touched.records),
        ),
        touches=in_groups(touched.uses), hidden=(*sent, (WORDS_SEEN, "y")),
    )  # fmt: skip


def _link(use: Use) -> Link:
    slug = SHIPPED[use.collection].slug if use.collection in SHIPPED else ""
    if use.of in (UseOf.FORMULA, UseOf.FIELD):
        return Link(use.label, url_for("own_fields.edit", slug=slug, key=use.key))
    if use.of is UseOf.CONDITION:
        return Link(use.label, url_for("own_conditions.edit", slug=slug, key=use.key))
    if use.of is UseOf.VIEW:
        return Link(use.label, url_for(f"{use.collection}.index_view") + "?" + use.key.removeprefix("?"))
    if use.of is UseOf.HOOK:
        return Link(use.label, url_for("hooks.edit", hook_id=use.key))
    return Link(use.label, url_for("imports.index", kind=slug))
