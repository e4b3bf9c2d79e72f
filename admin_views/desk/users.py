"""The people of the office, for administrators: who may sign in, as what, for which county."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from admin_views.desk.confirmation import FIELD, demand_own_password
from admin_views.shared.guard import current_actor, policy
from admin_views.shared.request_context import shown_moment
from admin_views.shared.view_models import FormPage, FormSection, Link, badge
from documents.desk.user import User
from forms.sentences import sentence, show_refusals
from forms.users import ChangeUserForm, ConfirmForm, NewUserForm
from rules.access import Role
from rules.counties import office_counties
from rules.errors import Refused, Stale
from services.desk import users

_ACT = "act-"  # before the names of the second form of a page, so that no two fields share one


@dataclass(frozen=True, slots=True)
class UserRow:
    """One user as the list shows it, ready written."""

    id: str
    name: str
    display_name: str
    role: str
    county: str
    state: Markup
    locked: bool
    last_seen: str
    sessions: int


def _row(user: User, now: datetime, locked: Mapping[str, int]) -> UserRow:
    limits = policy()
    live = [
        session
        for session in user.sessions
        if now - session.seen_at <= limits.idle and now - session.created_at <= limits.absolute
    ]
    seen = max((session.seen_at for session in user.sessions), default=None)
    county = office_counties().by_code.get(user.county or "")
    return UserRow(
        id=str(user.pk),
        name=user.name,
        display_name=user.display_name or "",
        role=gettext(Role(user.role).label),
        county=county.name if county else gettext("Whole city"),
        state=_state(user, locked.get(user.name, 0)),
        locked=user.name in locked,
        last_seen=shown_moment(seen),
        sessions=len(live),
    )


def _state(user: User, locked: int) -> Markup:
    if user.disabled:
        return badge(gettext("Disabled"), "grey")
    if locked:
        return badge(gettext("Locked for %(count)s addresses", count=locked), "red")
    if user.must_change_password:
        return badge(gettext("Has a one-time password"), "amber")
    return badge(gettext("Active"), "green")


def index() -> ResponseReturnValue:
    """Show everyone."""
    now = datetime.now(UTC)
    everyone = users.list_users(current_actor())
    locked = users.locked_users(everyone, now)
    rows = [_row(user, now, locked) for user in everyone]
    return render_template("desk/users.html", rows=rows)


def new() -> ResponseReturnValue:
    """Add a user, and show the one-time password."""
    form = NewUserForm()
    if form.validate_on_submit():
        try:
            demand_own_password(form.own_password.data)
            user = users.create_user(
                form.username.data,
                role=form.role.data,
                county=form.county.data or None,
                display_name=form.display_name.data or "",
                actor=current_actor(),
                now=datetime.now(UTC),
            )
        except Refused as problem:
            show_refusals(form, problem)
        else:
            return _show_once(form.username.data, user.one_time_password or "")
    return _form_page(
        "desk/user_new.html", form, gettext("New user"), url_for(".new"), ("username", "display_name")
    )


def edit(user_id: str) -> ResponseReturnValue:
    """Change a user."""
    user = users.get_user(user_id, current_actor())
    form = ChangeUserForm(obj=user)
    if form.validate_on_submit():
        try:
            demand_own_password(form.own_password.data)
            users.change_user(
                user_id,
                display_name=form.display_name.data or "",
                role=form.role.data,
                county=form.county.data or None,
                version=form.version.data or 0,
                actor=current_actor(),
                now=datetime.now(UTC),
            )
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
        else:
            flash(gettext("Saved."), "success")
            return redirect(url_for(".index"), 303)
    return _edit_page(user, form, ConfirmForm(formdata=None, prefix=_ACT))


def _edit_page(user: User, form: ChangeUserForm, confirm: ConfirmForm) -> ResponseReturnValue:
    now = datetime.now(UTC)
    row = _row(user, now, users.locked_users([user], now))
    action, title = url_for(".edit", user_id=row.id), gettext("User %(name)s", name=user.name)
    page, code = _form_page(
        "desk/user_edit.html", form, title, action, ("display_name",),
        user=row, disabled=user.disabled, confirm=confirm,
    )  # fmt: skip
    return page, 400 if confirm.errors else code


def _act(user_id: str, act: Callable[[User], ResponseReturnValue]) -> ResponseReturnValue:
    """Do something to a user once the administrator has typed their own password; else show the page again."""
    user = users.get_user(user_id, current_actor())
    confirm = ConfirmForm(prefix=_ACT)
    if confirm.validate():
        try:
            demand_own_password(confirm.own_password.data)
        except Refused as problem:
            show_refusals(confirm, problem)
        else:
            return act(user)
    return _edit_page(user, ChangeUserForm(formdata=None, obj=user), confirm)


def _back(message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".index"), 303)


def disable(user_id: str) -> ResponseReturnValue:
    """Shut a user out."""

    def act(_: User) -> ResponseReturnValue:
        try:
            users.disable_user(user_id, actor=current_actor(), now=datetime.now(UTC))
        except Refused as problem:
            flash(sentence(problem.refusals[0]), "error")
            return redirect(url_for(".index"), 303)
        return _back(gettext("The user is disabled and signed out everywhere."))

    return _act(user_id, act)


def enable(user_id: str) -> ResponseReturnValue:
    """Let a user in again."""

    def act(_: User) -> ResponseReturnValue:
        users.enable_user(user_id, actor=current_actor(), now=datetime.now(UTC))
        return _back(gettext("The user may sign in again."))

    return _act(user_id, act)


def unlock(user_id: str) -> ResponseReturnValue:
    """Forget the wrong passwords of a user and the locks that came of them."""

    def act(_: User) -> ResponseReturnValue:
        users.unlock_user(user_id, actor=current_actor(), now=datetime.now(UTC))
        return _back(gettext("The user is unlocked."))

    return _act(user_id, act)


def reset_password(user_id: str) -> ResponseReturnValue:
    """Give a one-time password and show it."""

    def act(user: User) -> ResponseReturnValue:
        once = users.reset_password(user_id, actor=current_actor(), now=datetime.now(UTC))
        return _show_once(user.name, once)

    return _act(user_id, act)


def end_sessions(user_id: str) -> ResponseReturnValue:
    """Sign a user out of every browser."""

    def act(_: User) -> ResponseReturnValue:
        users.end_sessions(user_id, actor=current_actor(), now=datetime.now(UTC))
        return _back(
            gettext(
                "The user has been signed out everywhere; the calendar link and the tokens no longer work."
            )
        )

    return _act(user_id, act)


def _show_once(name: str, once: str) -> ResponseReturnValue:
    # Straight from the answer to the POST: a flash or a redirect would leave the password in a cookie or a history.
    return render_template("desk/one_time_password.html", name=name, once=once)


def _form_page(
    template: str, form: ChangeUserForm, title: str, action: str, first: tuple[str, ...], **more: object
) -> tuple[str, int]:
    page = FormPage(
        title=title,
        form=form,
        sections=(
            FormSection(title=gettext("The person"), rows=(first,)),
            FormSection(title=gettext("Role and county"), rows=(("role", "county"),)),
            FormSection(title=gettext("Confirmation"), rows=((FIELD,),)),
        ),
        action=action,
        cancel_url=url_for(".index"),
        save_label=gettext("Save"),
        version=form.version.data or 0,
        crumbs=(Link(gettext("Users"), url_for(".index")),),
    )
    return render_template(template, page=page, **more), 400 if form.errors else 200
