"""The application and its command line: the only file that knows every room; nobody imports it."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import click
from flask import Flask, current_app, jsonify
from flask.cli import FlaskGroup
from flask.typing import ResponseReturnValue
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_babel import Babel, force_locale, gettext
from werkzeug.middleware.proxy_fix import ProxyFix

from admin_views.api.routes import api, api_reference
from admin_views.applications.routes import applications, rounds
from admin_views.assessment.routes import (
    assessment,
    base_assessment,
    checklist,
    counted,
    ledger_quality,
    registration,
    rule_sets,
    succession,
    what_if,
)
from admin_views.batches.routes import batches
from admin_views.comments.routes import comments
from admin_views.components.routes import components_blueprint
from admin_views.definitions.routes import (
    configuration_blueprint,
    exposing_blueprint,
    own_collections_blueprint,
    own_conditions_blueprint,
    own_fields_blueprint,
)
from admin_views.desk.routes import BLUEPRINTS as DESK
from admin_views.desk.routes import HomeView
from admin_views.help.routes import manual
from admin_views.hooks.routes import hooks
from admin_views.imports.routes import imports
from admin_views.jobs.routes import jobs
from admin_views.messages.routes import messages
from admin_views.notifications.routes import notifications
from admin_views.overview.routes import overview, own_charts_blueprint
from admin_views.publication.routes import publication
from admin_views.records.own import init_own_records
from admin_views.records.routes import doubts, earlier_titles, record_views, recycle_bin
from admin_views.reports.routes import annual_reports, change_filings
from admin_views.revocation.routes import revocation
from admin_views.shared.addresses import addresses_of, init_addresses
from admin_views.shared.articles import init_articles
from admin_views.shared.guard import init_guard, public
from admin_views.shared.help.explained import init_glossary
from admin_views.shared.layout import OFFICE_NAME, layout_context
from admin_views.shared.problems import init_problems
from admin_views.shared.requests.access_log import init_access_log, log_refused, write_access_log
from admin_views.shared.requests.compression import init_compression
from admin_views.shared.requests.late_rules import LateRule
from admin_views.shared.requests.sent_forms import init_sent_forms
from admin_views.shared.requests.stylesheet import init_stylesheet
from admin_views.shared.requests.templates import init_templates
from admin_views.shared.requests.urls import Office
from admin_views.shared.told import init_told
from admin_views.shared.translation import chosen_locale, init_translation
from admin_views.shared.view_models import whole_days
from admin_views.timeline.routes import timeline
from admin_views.upward.routes import upward
from commands import assess, data, figures, upkeep, users
from commands import batches as batch_commands
from commands import jobs as job_commands
from commands import schema as schema_commands
from commands.connections import LONG_HEAD, NOT_UNDERSTOOD, TOO_LARGE, TOO_MUCH, TOO_SLOW, listen
from commands.database import LOCALE, begin_day, finish_rest, forget_lost, with_database
from commands.finishing import HOUR, MINUTES, Finisher
from commands.serving import serve_until_told
from documents.server.connection import PAGE_BOUND, ping
from documents.server.embedded import data_folder
from documents.server.transactions import abandoned_too_long
from forms.sentences import sentence
from office.child_process import use_places_in
from public_views.errors import is_public_address, public_error
from public_views.routes import EXPERT_LINK, POSTED, ROUTES
from rules.errors import Refused
from rules.likeness.pinyin import pinyin
from rules.words import N_
from services.desk.secret_key import refusals_to_key, secret_key
from services.desk.trail_upkeep import note_daily
from services.desk.users import FIRST_ADMINISTRATOR, ensure_first_administrator
from services.hooks.delivering import deliver_due
from services.jobs.apart import run_apart
from services.jobs.kinds import KINDS
from services.jobs.worker import Worker
from services.maintenance.readiness import Readiness
from services.messages.delivering import send_due
from services.notifications.deriving import tell_users
from services.shared.logs import log_unfailingly

_FIRST_START = N_(
    "First start: sign in with the user name and the one-time password above; the password must then be changed."
)
_MOST_REQUEST = 64 * 1024 * 1024  # bytes
_MOST_FORM = 4 * 1024 * 1024
_MOST_PARTS = 10_000  # form fields: a partner may work with hundreds of bases


def create_app(config: dict[str, Any] | None = None) -> Flask:
    """Return the application; `config` overrides. It connects to no database: the one who runs it does."""
    log_unfailingly()
    app = Office(__name__)
    app.url_rule_class = LateRule
    app.config.update(
        BABEL_DEFAULT_LOCALE=LOCALE,
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        MAX_CONTENT_LENGTH=_MOST_REQUEST,
        MAX_FORM_MEMORY_SIZE=_MOST_FORM,
        MAX_FORM_PARTS=_MOST_PARTS,
        SESSION_COOKIE_SECURE=os.environ.get("SESSION_COOKIE_SECURE") == "1",
        ACCESS_LOG=os.environ.get("ACCESS_LOG", ""),
        TRUSTED_PROXIES=int(os.environ.get("TRUSTED_PROXIES", "0")),
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.config.update(config or {})
    use_places_in(data_folder(os.environ))
    init_templates(app)
    init_translation(app, Babel(app, locale_selector=chosen_locale))
    with _said_in_a_sentence(app):
        app.config.update({**addresses_of(os.environ), **(config or {})})
        app.config["SECRET_KEY"] = _fit_key(app)
    init_access_log(app)
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = False
    app.jinja_env.filters["whole_days"] = whole_days
    init_articles(app)
    init_glossary(app)
    init_addresses(app)
    init_guard(app)
    init_compression(app)
    init_stylesheet(app)
    init_sent_forms(app)
    init_problems(app)
    init_told(app)
    init_own_records(app)
    app.context_processor(layout_context)
    for blueprint in (
        *DESK, configuration_blueprint, exposing_blueprint, own_collections_blueprint, own_conditions_blueprint,
        own_fields_blueprint, imports,
        recycle_bin, doubts, earlier_titles,
        rule_sets, succession, what_if, ledger_quality, assessment, base_assessment, counted, checklist,
        registration, applications, rounds, publication, revocation, timeline,
        annual_reports, change_filings, upward, overview, own_charts_blueprint, jobs, batches, api, api_reference,
        hooks, notifications, comments, messages, manual, components_blueprint,
    ):  # fmt: skip
        app.register_blueprint(blueprint)
    app.add_url_rule("/healthz", "healthz", public(_health))
    app.add_url_rule("/readyz", "readyz", public(_ready))
    app.extensions["readiness"] = Readiness(data_folder(os.environ))
    app.extensions["public_errors"] = (is_public_address, public_error)
    for rule, endpoint, view in ROUTES:
        app.add_url_rule(rule, endpoint, public(view))
    for rule, endpoint, view in EXPERT_LINK:
        app.add_url_rule(
            rule, endpoint, public(view), methods=["GET", "POST"] if endpoint in POSTED else ["GET"]
        )
    _add_admin(app)
    _add_commands(app)
    return app


@contextmanager
def _said_in_a_sentence(app: Flask) -> Iterator[None]:
    """Turn what the environment has wrong into one sentence on the command line, and no program."""
    try:
        yield
    except Refused as problem:
        with app.app_context(), force_locale(LOCALE):
            raise click.ClickException(sentence(problem.refusals[0])) from problem


def _fit_key(app: Flask) -> str:
    """Return the key that signs cookies. Raises Refused for one that an office's data must not hang on."""
    given = app.config.get("SECRET_KEY") or os.environ.get("SECRET_KEY")
    key = secret_key(data_folder(os.environ), given)
    is_production = bool(os.environ.get("MONGODB_URI")) or app.config["SESSION_COOKIE_SECURE"]
    if is_production and (refusals := refusals_to_key(key)):
        raise Refused(*refusals)
    return key


def _add_admin(app: Flask) -> None:
    index = HomeView(url="/admin", endpoint="admin")
    admin = Admin(
        app, name=OFFICE_NAME, index_view=index, theme=Bootstrap4Theme(base_template="shared/layout.html")
    )
    for view in record_views():
        admin.add_view(view)


def _health() -> ResponseReturnValue:
    """Tell whether the process runs and reaches a database that takes writes."""
    well = ping()
    return jsonify(status="ok" if well else "database unreachable"), 200 if well else 503


def _ready() -> ResponseReturnValue:
    """Tell whether requests may be sent here; else the names of the checks that do not hold, and no more."""
    failed = current_app.extensions["readiness"].failed()
    return jsonify(status="not ready" if failed else "ready", failed=failed), 503 if failed else 200


def _add_commands(app: Flask) -> None:
    for command in (
        *users.COMMANDS,
        *data.COMMANDS,
        *assess.COMMANDS,
        *figures.COMMANDS,
        *batch_commands.COMMANDS,
        *job_commands.COMMANDS,
        *schema_commands.COMMANDS,
        *upkeep.COMMANDS,
        _serve,
    ):
        app.cli.add_command(command)


@click.command("serve")
@partial(with_database, bound=PAGE_BOUND)
def _serve() -> None:
    """Serve the office on http://127.0.0.1:PORT until it is stopped."""
    serve(current_app._get_current_object())  # type: ignore[attr-defined]  # the app behind the proxy


def serve(app: Flask) -> None:
    """Print the address, and a first administrator's one-time password; serve until told to end."""
    port = int(os.environ.get("PORT") or 5000)
    host = os.environ.get("HOST") or "127.0.0.1"
    sockets: dict[int, Any] = {}
    name = os.environ.get("ADMIN_NAME") or FIRST_ADMINISTRATOR
    most = app.config["MAX_CONTENT_LENGTH"] >> 20
    refusals = (LONG_HEAD, NOT_UNDERSTOOD, TOO_LARGE, TOO_MUCH, TOO_SLOW)
    said = {message: gettext(message, most=most) for message in refusals}
    dispatcher = listen(
        app, sockets, host=host, port=port, threads=16, sentences=said, note=partial(log_refused, app)
    )
    pinyin()  # now, and not while a clerk waits for the first list
    # Only now: had the port been taken, nobody would have seen the one-time password.
    once = ensure_first_administrator(datetime.now(UTC), name)
    click.echo(f"http://127.0.0.1:{port}")
    if once:
        click.echo(f"{name}  {once}")
        click.echo(gettext(_FIRST_START))
    sys.stdout.flush()
    if not app.config["ACCESS_LOG"]:
        write_access_log(app, "stderr")
    warning = abandoned_too_long()
    if warning is not None:
        click.echo(sentence(warning), err=True)
    threading.Thread(target=note_daily, args=(threading.Event(),), name="audit-heads", daemon=True).start()
    opened = app.extensions["database"]
    apart = partial(run_apart, opened.uri, opened.name)
    tell = partial(deliver_due, str(app.config["SECRET_KEY"]))
    send = partial(send_due, str(app.config["SECRET_KEY"]), str(app.config["PUBLIC_URL"]))
    with (
        Finisher(finish_rest),
        Finisher(forget_lost, pause=HOUR),
        Finisher(begin_day, pause=MINUTES),
        Finisher(tell),
        Finisher(tell_users),
        Finisher(send),
        Worker(KINDS, apart=apart),
    ):
        serve_until_told(sockets, dispatcher)


if __name__ == "__main__":
    FlaskGroup(create_app=create_app)(args=sys.argv[1:] or ["serve"])
