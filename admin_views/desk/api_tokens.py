"""Tokens with which programs ask: one's own, made and shown once, and everyone's for administrators."""

from collections.abc import Iterable
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.desk.confirmation import demand_own_password
from admin_views.desk.view_models import TokenMadePage, TokenRow, TokensPage
from admin_views.shared.addresses import public_address
from admin_views.shared.guard import current_actor, current_signed_in
from admin_views.shared.request_context import now, parse_object_id, shown_moment
from admin_views.shared.view_models import FormPage, FormSection, Link
from documents.desk.user import SignedIn, StoredToken
from forms.programs.api_tokens import TokenForm
from forms.sentences import show_refusals
from rules.errors import Missing, Refused
from rules.words import N_
from schema.registry import REGISTRY
from services.desk import api_tokens


def _signed_in() -> SignedIn:
    signed_in = current_signed_in()
    if signed_in is None:
        abort(401)
    return signed_in


# --- One's own -----------------------------------------------------------------------------------


def index() -> ResponseReturnValue:
    """Show the user's tokens."""
    rows = _rows(
        (token, "", url_for("api_tokens.revoke", token_id=token["id"]))
        for token in api_tokens.own_tokens(_signed_in().user_id)
    )
    page = TokensPage(
        title=gettext(N_("Access for programs")),
        rows=rows,
        new_url=url_for("api_tokens.new"),
        reference_url=url_for("api_reference.index"),
    )
    return render_template("desk/api_tokens.html", page=page)


def new() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    form = TokenForm.typed(request.form) if request.method == "POST" else TokenForm()
    form.offer(current_actor())
    if request.method == "POST" and form.validate():
        try:
            demand_own_password(form.own_password.data)
            key = api_tokens.make_token(_signed_in(), form.wanted(), now=now())
        except Refused as problem:
            show_refusals(form, problem)
        else:
            return _made(form.name.data or "", key)
    page = FormPage(
        title=gettext(N_("New token")),
        form=form,
        sections=(
            FormSection(gettext(N_("The program")), (("name",), ("access",), ("collections",), ("days",))),
            FormSection(gettext(N_("Confirmation")), (("own_password",),)),
        ),
        action=url_for("api_tokens.new"),
        cancel_url=url_for("api_tokens.index"),
        save_label=gettext(N_("Make the token")),
        crumbs=_crumbs(),
    )
    return render_template("records/form.html", page=page), 422 if request.method == "POST" else 200


def _made(name: str, key: str) -> str:
    page = TokenMadePage(
        title=gettext(N_("The new token")),
        name=name,
        key=key,
        address=public_address(url_for("api.index")),
        back_url=url_for("api_tokens.index"),
        crumbs=_crumbs(),
    )
    return render_template("desk/api_token_made.html", page=page)


def _crumbs() -> tuple[Link, ...]:
    return (Link(gettext(N_("Access for programs")), url_for("api_tokens.index")),)


def revoke(token_id: str) -> ResponseReturnValue:
    """Take one of them away."""
    try:
        api_tokens.revoke_own_token(_signed_in(), parse_object_id(token_id), now=now())
    except Missing:
        flash(gettext(N_("That one had ended already.")), "info")
    else:
        flash(gettext(N_("The token no longer works.")), "success")
    return redirect(url_for("api_tokens.index"), 303)


# --- Everyone's ----------------------------------------------------------------------------------


def everyones() -> ResponseReturnValue:
    """Show every token of the office."""
    rows = _rows(
        (token, name, url_for("users.revoke_token", user_id=user_id, token_id=token["id"]))
        for user_id, name, token in api_tokens.all_tokens(current_actor())
    )
    page = TokensPage(
        title=gettext(N_("Tokens of all users")),
        rows=rows,
        has_users=True,
        crumbs=(Link(gettext(N_("Users")), url_for("users.index")),),
    )
    return render_template("desk/api_tokens.html", page=page)


def revoke_anyones(user_id: str, token_id: str) -> ResponseReturnValue:
    """Take a user's token away."""
    try:
        api_tokens.revoke_token(
            parse_object_id(user_id), parse_object_id(token_id), actor=current_actor(), now=now()
        )
    except Missing:
        flash(gettext(N_("That one had ended already.")), "info")
    else:
        flash(gettext(N_("The token no longer works.")), "success")
    return redirect(url_for("users.tokens"), 303)


def _rows(tokens: Iterable[tuple[StoredToken, str, str]]) -> tuple[TokenRow, ...]:
    moment = now()
    return tuple(_row(token, user, revoke_url, moment) for token, user, revoke_url in tokens)


def _row(token: StoredToken, user: str, revoke_url: str, moment: datetime) -> TokenRow:
    names = [gettext(REGISTRY[name].label) for name in token["collections"] if REGISTRY.get(name) is not None]
    used = token.get("used_at")
    return TokenRow(
        name=token["name"],
        user=user,
        access=gettext(N_("Read and write")) if token["writes"] else gettext(N_("Read only")),
        collections="、".join(names) if token["collections"] else gettext(N_("everywhere")),
        made=shown_moment(token["made_at"]),
        expires=shown_moment(token["expires_at"]),
        is_over=token["expires_at"] <= moment,
        used=shown_moment(used) if used else gettext(N_("never")),
        used_from=token.get("used_from") or "",
        revoke_url=revoke_url,
    )
