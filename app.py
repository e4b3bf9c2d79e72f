"""The application and its command line: the only file that knows every room; nobody imports it."""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app, jsonify
from flask.cli import AppGroup, FlaskGroup
from flask.typing import ResponseReturnValue
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_babel import Babel, force_locale
from waitress import create_server
from werkzeug.middleware.proxy_fix import ProxyFix

from admin_views.account import account, chosen_language
from admin_views.audit import audit
from admin_views.bases import BaseView
from admin_views.frame import OFFICE_NAME, frame_context
from admin_views.guard import init_guard, public, secret_key
from admin_views.home import HomeView, home
from admin_views.imports import IMPORTED, imports
from admin_views.ledger_entries import LedgerEntryView
from admin_views.problems import init_problems
from admin_views.recycle_bin import recycle_bin
from admin_views.search import search
from admin_views.service_partners import ServicePartnerView
from admin_views.settings import settings
from admin_views.statuses import StatusView
from admin_views.tenant_companies import TenantCompanyView
from admin_views.users import UsersView
from documents.connection import ping
from documents.embedded import data_folder, open_database
from documents.indexes import build_indexes
from documents.kinds import RECORDS
from documents.office_state import read_office_state
from forms.sentences import sentence
from rules.access import SYSTEM, Role
from rules.counties import BY_CODE
from rules.errors import Problem, Refused
from services.audit_trail import verify
from services.backup import backup
from services.demo import load_demo
from services.export_rows import export_workbook
from services.import_rows import import_workbook
from services.restore import restore
from services.users import create_user, ensure_first_administrator

LOCALE = "zh_Hans_CN"
_MOST_REQUEST = 64 * 1024 * 1024  # bytes
_MOST_FORM = 4 * 1024 * 1024
_MOST_PARTS = 10_000  # form fields: a partner may work with hundreds of bases


def create_app(config: dict[str, Any] | None = None) -> Flask:
    """Return the application; `config` overrides. It connects to no database: the one who runs it does."""
    app = Flask(__name__)
    app.config.update(
        BABEL_DEFAULT_LOCALE=LOCALE,
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        MAX_CONTENT_LENGTH=_MOST_REQUEST,
        MAX_FORM_MEMORY_SIZE=_MOST_FORM,
        MAX_FORM_PARTS=_MOST_PARTS,
        SESSION_COOKIE_SECURE=os.environ.get("SESSION_COOKIE_SECURE") == "1",
        TRUSTED_PROXIES=int(os.environ.get("TRUSTED_PROXIES", "0")),
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.config.update(config or {})
    if not app.config.get("SECRET_KEY"):
        app.config["SECRET_KEY"] = secret_key(data_folder(os.environ), os.environ.get("SECRET_KEY"))
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = False
    Babel(app, locale_selector=chosen_language)
    init_guard(app)
    init_problems(app)
    app.context_processor(frame_context)
    for blueprint in (account, home, imports, recycle_bin, audit, settings, search):
        app.register_blueprint(blueprint)
    app.add_url_rule("/healthz", "healthz", public(_health))
    _add_admin(app)
    _add_commands(app)
    return app


def _add_admin(app: Flask) -> None:
    index = HomeView(url="/admin", endpoint="admin")
    admin = Admin(app, name=OFFICE_NAME, index_view=index, theme=Bootstrap4Theme(base_template="layout.html"))
    for view in (BaseView, TenantCompanyView, ServicePartnerView, LedgerEntryView, StatusView, UsersView):
        admin.add_view(view())


def _health() -> ResponseReturnValue:
    """Tell whether the database takes writes."""
    well = ping()
    return jsonify(status="ok" if well else "database unreachable"), 200 if well else 503


# --- The command line -----------------------------------------------------------------------------


def _with_database(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command on the office's database; a foreseen error is one sentence and exit 2, never a trace."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            with open_database() as opened, force_locale(LOCALE):
                # An embedded database that dies alone is brought back by the page that misses it.
                current_app.extensions["revive"] = opened.revive
                build_indexes()
                return command(*args, **kwargs)
        except Problem as problem:
            with force_locale(LOCALE):
                for refusal in problem.refusals:
                    click.echo(sentence(refusal), err=True)
            sys.exit(2)

    return run


def _add_commands(app: Flask) -> None:
    users = AppGroup("users", help="Who may sign in.")
    users.add_command(_users_add)
    for command in (users, _demo, _import, _export, _verify_audit, _backup, _restore, _serve):
        app.cli.add_command(command)


@click.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--county", type=click.Choice(sorted(BY_CODE)), help="Required for county clerks.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@_with_database
def _users_add(name: str, role: str, county: str | None, password_stdin: bool) -> None:
    """Add a user; without --password-stdin a one-time password is printed."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    made = create_user(name, role=role, county=county, password=password, actor=SYSTEM, now=_now())
    if made.one_time_password:
        click.echo(made.one_time_password)


@click.command("demo")
@click.option(
    "--replace", is_flag=True, help="Remove the records that are there. They cannot be brought back."
)
@_with_database
def _demo(replace: bool) -> None:
    """Load an invented office; never over existing data without --replace."""
    for collection, count in load_demo(now=_now(), replace=replace).items():
        click.echo(f"{collection} {count}")


@click.command("import")
@click.argument("kind", type=click.Choice(sorted(IMPORTED)))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Write nothing, report the same.")
@click.option("--strict", is_flag=True, help="Write nothing if one row is rejected.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@_with_database
def _import(kind: str, file: Path, dry_run: bool, strict: bool, as_json: bool) -> None:
    """Import a workbook: exit 0 when nothing was rejected, 1 when rows were, 2 when it cannot be read."""
    report = import_workbook(file, IMPORTED[kind], actor=SYSTEM, now=_now(), dry_run=dry_run, strict=strict)
    found = report.as_json(sentence)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for row in found["rows"]:
            for error in row["errors"]:
                click.echo(f"{row['row']}\t{error['column']}\t{error['message']}")
        keys = ("created", "updated", "unchanged", "rejected", "skipped")
        click.echo("  ".join(f"{key} {found[key]}" for key in keys))
    sys.exit(1 if report.rejected else 0)


@click.command("export")
@click.argument("kind", type=click.Choice(sorted(IMPORTED)))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--county", type=click.Choice(sorted(BY_CODE)))
@click.option("--search", "words", default="", help="Words in any order, parts of codes, initials.")
@_with_database
def _export(kind: str, out: Path, county: str | None, words: str) -> None:
    """Export records to an Excel workbook."""
    sheet = IMPORTED[kind]
    if not out.parent.is_dir():
        raise Refused(f"{out.parent}: no such folder")
    records = RECORDS[sheet.collection].objects.in_county(county).matching(words)
    view = {"ledger_entries": LedgerEntryView}.get(sheet.collection, TenantCompanyView)
    count = export_workbook(
        out, sheet, records, state=read_office_state(), order=view.default_order, actor=SYSTEM
    )
    click.echo(str(count))


@click.command("verify-audit")
@_with_database
def _verify_audit() -> None:
    """Check the audit trail: exit 0 when it is whole, else 1 and the first bad entry."""
    bad = verify()
    if bad is not None:
        click.echo(str(bad))
        sys.exit(1)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_with_database
def _backup(file: Path) -> None:
    """Write everything into one file, as it stood at one moment."""
    backup(file, now=_now())


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Put it in the place of what is there.")
@_with_database
def _restore(file: Path, replace: bool) -> None:
    """Bring a backup back; never over existing data without --replace."""
    restore(file, replace=replace, now=_now())


@click.command("serve")
@_with_database
def _serve() -> None:
    """Serve the office on http://127.0.0.1:PORT until it is stopped."""
    serve(current_app._get_current_object())  # type: ignore[attr-defined]  # the app behind the proxy


def serve(app: Flask) -> None:
    """Print the address, and a first administrator's one-time password; serve until interrupted."""
    port = int(os.environ.get("PORT") or 5000)
    once = ensure_first_administrator(_now())
    host = os.environ.get("HOST") or "127.0.0.1"
    server = create_server(app, host=host, port=port, threads=16, ident=None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    click.echo(f"http://127.0.0.1:{port}")
    if once:
        click.echo(f"admin  {once}")
        click.echo("首次启动：请用以上用户名和一次性密码登录，登录后须修改密码。")
    sys.stdout.flush()
    try:
        server.run()
    except KeyboardInterrupt:
        return


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    FlaskGroup(create_app=create_app)(args=sys.argv[1:] or ["serve"])
