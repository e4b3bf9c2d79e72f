"""One's own account: sign in, sign out, the password, language and theme."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.desk.view_models import HabitGroup, HabitsPage
from admin_views.shared.guard import (
    HOME,
    begin_session,
    current_signed_in,
    forget_session,
    fresh_policy,
    policy,
    safe_next,
)
from admin_views.shared.layout import sidebar as sidebar_entries
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Option
from documents.desk.user import SignedIn
from forms.sentences import show_refusals
from forms.sign_in import ChangePasswordForm, SignInForm
from rules.errors import Refused, Stale
from rules.words import N_
from services.desk.habits import HABITS, habit, keep_habits
from services.desk.noted import note_failed_sign_in, note_refused_password
from services.desk.sign_in import WRONG_OWN, SlowDown, sign_in, sign_out
from services.desk.users import PREFERENCES, change_password, set_preference
from services.shared.origins import present_origin

_A_YEAR = 365 * 24 * 3600  # seconds


def login() -> ResponseReturnValue:
    """Sign in and go on to the page that was asked for."""
    form = SignInForm(next=request.args.get("next", ""))
    onward = safe_next(form.next.data)
    if request.method == "GET":
        return redirect(onward or HOME) if current_signed_in() else _login_page(form, 200)
    if not form.validate():
        return _login_page(form, 400)
    now = datetime.now(UTC)
    try:
        signed_in, key = sign_in(
            form.username.data,
            form.password.data,
            address=request.remote_addr or "",
            agent=request.user_agent.string,
            now=now,
            policy=fresh_policy(),
        )
    except SlowDown as problem:
        note_failed_sign_in(form.username.data, origin=present_origin(), now=now)
        show_refusals(form, problem)
        answer = _login_page(form, 429)
        answer.headers["Retry-After"] = str(problem.seconds)
        return answer
    except Refused as problem:
        note_failed_sign_in(form.username.data, origin=present_origin(), now=now)
        show_refusals(form, problem)
        return _login_page(form, 400)
    before = current_signed_in()
    if before:
        sign_out(before, now)
    begin_session(signed_in, key)
    return _remember(redirect(onward or start_page(signed_in), 303), signed_in)


def _login_page(form: SignInForm, status: int) -> Response:
    return make_response(render_template("desk/login.html", form=form), status)


def _remember(answer: ResponseReturnValue, signed_in: SignedIn) -> ResponseReturnValue:
    """Bring the user's language and theme to this browser, so that no request need look them up."""
    response = make_response(answer)
    for key in PREFERENCES:
        if signed_in.preferences.get(key) in PREFERENCES[key]:
            _set_cookie(response, key, signed_in.preferences[key])
    return response


def logout() -> ResponseReturnValue:
    """End the session, here and in the database."""
    signed_in = current_signed_in()
    if signed_in:
        sign_out(signed_in, datetime.now(UTC))
    forget_session()
    flash(gettext("You have signed out."), "success")
    return redirect("/login", 303)


def start_page(signed_in: SignedIn) -> str:
    """Return the page that a user begins with: the one they chose, as long as it is theirs to see."""
    chosen = signed_in.preferences.get("start")
    known = {entry.endpoint for entry in sidebar_entries(signed_in.actor)}
    return url_for(chosen) if chosen in known else HOME


def habits() -> ResponseReturnValue:
    """Show and change how one likes to work."""
    signed_in = current_signed_in()
    if signed_in is None:
        return redirect("/login")
    starts = {"": gettext(N_("Today"))} | {
        entry.endpoint: gettext(entry.label)
        for entry in sidebar_entries(signed_in.actor)
        if entry.endpoint != "admin.index"
    }
    if request.method == "POST":
        chosen = {name: request.form.get(name, "") for name in HABITS}
        start = request.form.get("start", "")
        if start not in starts or any(value not in HABITS[name] for name, value in chosen.items()):
            return _habits_page(
                signed_in, starts, gettext(N_("Please choose one of the words offered."))
            ), 422
        keep_habits(signed_in, chosen, start)
        flash(gettext(N_("Pages are shown as you like them from now on.")), "success")
        return redirect(url_for("account.habits"), 303)
    return _habits_page(signed_in, starts, "")


def _habits_page(signed_in: SignedIn, starts: Mapping[str, str], problem: str) -> str:
    preferences = signed_in.preferences
    groups = tuple(
        HabitGroup(
            name,
            gettext(label),
            tuple(
                Option(value, gettext(word), value == habit(preferences, name))
                for value, word in zip(HABITS[name], words, strict=True)
            ),
            gettext(told) if told else "",
        )
        for name, label, words, told in _SAID
    )
    start = preferences.get("start") or ""
    page = HabitsPage(
        title=gettext(N_("How I like to work")),
        groups=groups,
        starts=tuple(Option(value, label, value == start) for value, label in starts.items()),
        problem=problem,
    )
    return render_template("desk/habits.html", page=page)


_SAID = (
    ("density", N_("Rows of lists"), (N_("As usual"), N_("Close together"), N_("Wide apart")), ""),
    ("text_size", N_("Size of the text"), (N_("As usual"), N_("Large text"), N_("Largest text")), ""),
    (
        "keeps_lists", N_("What lists were narrowed by"), (N_("Begin anew each time"), N_("Go on where I was")),
        N_("The menu then leads to each list with the county and the filters of last time, in this browser until"
           " you sign out."),
    ),
    (
        "shows_sums", N_("Sums at the foot of lists"), (N_("Not shown"), N_("Shown")),
        N_("Of every column of numbers, over all that the filters show."),
    ),
)  # fmt: skip


def password() -> ResponseReturnValue:
    """Change one's own password; every other browser is signed out."""
    signed_in, form = current_signed_in(), ChangePasswordForm()
    if signed_in and form.validate_on_submit():
        try:
            key = change_password(
                signed_in,
                form.old_password.data,
                form.new_password.data,
                address=request.remote_addr or "",
                agent=request.user_agent.string,
                now=datetime.now(UTC),
                policy=policy(),
            )
        except (Refused, Stale) as problem:
            if any(refusal.message == WRONG_OWN for refusal in problem.refusals):
                note_refused_password(signed_in, now=datetime.now(UTC))
            show_refusals(form, problem)
        else:
            begin_session(signed_in, key)
            flash(
                gettext("The password has been changed. Every other browser has been signed out."), "success"
            )
            return redirect(HOME, 303)
    must = bool(signed_in and signed_in.must_change_password)
    is_old = bool(signed_in and signed_in.password_is_old)
    page = render_template("desk/password.html", form=form, must_change=must, is_old=is_old)
    return page, 400 if form.errors else 200


def language() -> ResponseReturnValue:
    """Switch between Chinese and English; anyone may, before sign-in too."""
    return _remember_taste("language", request.form.get("locale", ""))


def theme() -> ResponseReturnValue:
    """Switch between light and dark."""
    return _remember_taste("theme", request.form.get("theme", ""))


def sidebar() -> ResponseReturnValue:
    """Fold or open the sidebar."""
    return _remember_taste("rail", request.form.get("rail", ""))


def tour() -> ResponseReturnValue:
    """Show the first day's tour no more, or once more."""
    return _remember_taste("tour", request.form.get("tour", ""))


def _remember_taste(key: str, value: str) -> ResponseReturnValue:
    """Keep a taste in a cookie, and with the user if someone is signed in; then go back to where it was chosen."""
    answer = redirect(safe_next(request.form.get("next")) or HOME, 303)
    if value not in PREFERENCES[key]:
        return answer
    signed_in = current_signed_in()
    if signed_in:
        set_preference(signed_in, key, value)
    return _set_cookie(make_response(answer), key, value)


def _set_cookie(response: Response, key: str, value: str) -> Response:
    # The page's own script writes theme and rail too, so that nothing flickers: they are no secrets.
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(key, value, max_age=_A_YEAR, samesite="Lax", secure=secure)
    return response
