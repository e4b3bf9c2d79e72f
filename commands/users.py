"""Commands for the people who sign in."""

import sys

import click
from flask.cli import AppGroup

from commands.arguments import CountyCode
from commands.database import now, with_database
from rules.access import SYSTEM, Role
from services.desk.users import create_user, id_of, reset_password, unlock_user

_users = AppGroup("users", help="Who may sign in.")


@_users.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--county", type=CountyCode(), help="Required for county clerks.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_database
def _add(name: str, role: str, county: str | None, password_stdin: bool) -> None:
    """Add a user; without --password-stdin a one-time password is printed.

    A password must be as strong as one that is chosen on the page.
    """
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    user = create_user(name, role=role, county=county, password=password, actor=SYSTEM, now=now())
    if user.one_time_password:
        click.echo(user.one_time_password)


@_users.command("unlock")
@click.argument("name")
@with_database
def _unlock(name: str) -> None:
    """Forget the wrong passwords of a user and every lock that came of them."""
    unlock_user(id_of(name, SYSTEM), actor=SYSTEM, now=now())


@_users.command("reset-password")
@click.argument("name")
@with_database
def _reset_password(name: str) -> None:
    """Print a one-time password for a user, who is signed out everywhere and unlocked."""
    click.echo(reset_password(id_of(name, SYSTEM), actor=SYSTEM, now=now()))


COMMANDS: tuple[click.Command, ...] = (_users,)
