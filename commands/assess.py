"""Commands for the Measures: the yearly assessment, and the days that follow from a day."""

import json
from datetime import date

import click
from flask.cli import AppGroup
from flask_babel import gettext

from commands.arguments import Day
from commands.database import with_database
from rules.access import SYSTEM
from rules.assessment.counting import as_of
from rules.errors import Refused
from rules.titles import last_valid_day
from rules.words import N_
from rules.working_days import DueDay, change_filing_due, notice_ends
from schema.settings import FIRST_YEAR
from services.assessment.assess import as_json as assessment_json
from services.assessment.assess import assess_bases
from services.assessment.rule_sets import set_in_force
from services.desk.settings import office_settings
from services.desk.working_days import office_calendar
from services.shared.office_day import office_today


@click.command("assess")
@click.argument("year", type=click.IntRange(FIRST_YEAR.minimum, 2200))
@click.option("--today", "on", type=Day(), help="Count as if this were today.")
@click.option("--json", "as_json", is_flag=True, help="Print every figure as JSON, by base name.")
@with_database
def _assess(year: int, on: date | None, as_json: bool) -> None:
    """Assess every base for a year against the rule set in force."""
    first_year = office_settings()[FIRST_YEAR]
    if year < first_year:
        raise Refused(N_("The ledger begins in %(year)s."), year=first_year)
    day = on or office_today()
    measures, really = set_in_force(as_of(year, day))
    if not really:
        sentence = N_("%(title)s is not in force on %(day)s.")
        click.echo(gettext(sentence, title=measures.title, day=as_of(year, day)), err=True)
    assessments = assess_bases(year, measures, today=day, actor=SYSTEM)
    if as_json:
        click.echo(json.dumps(assessment_json(assessments), ensure_ascii=False))
        return
    for base, assessment in assessments:
        failed = ", ".join(indicator.key for indicator in assessment.indicators if not indicator.met)
        click.echo(f"{base['name']}\t{'meets' if assessment.meets else failed}")


_dates = AppGroup("dates", help="The Measures' days: change filing, term, public notice.")
_NO_CALENDAR = N_("The calendar of working days of %(year)s is not known yet: Monday to Friday were counted.")
_AS_THE_RULES = "As the rule set in force on DAY has it, unless given."


def _print_due(due: DueDay) -> None:
    for year in due.missing_years:
        click.echo(gettext(_NO_CALENDAR, year=year), err=True)
    click.echo(due.day.isoformat())


@_dates.command("change-filing")
@click.argument("day", type=Day())
@with_database
def _change_filing(day: date) -> None:
    """Print the last day to file a change completed on DAY (Art. 15)."""
    working_days = set_in_force(day)[0].change_filing_working_days
    _print_due(change_filing_due(day, working_days, office_calendar()))


@_dates.command("term")
@click.argument("day", type=Day())
@click.option("--years", type=click.IntRange(1, 100), help=_AS_THE_RULES)
@with_database
def _term(day: date, years: int | None) -> None:
    """Print the last valid day of a term that begins on DAY (Art. 16)."""
    whole_years = years or set_in_force(day)[0].years_of_validity
    click.echo(last_valid_day(day, whole_years).isoformat())


@_dates.command("notice")
@click.argument("day", type=Day())
@click.option("--working-days", type=click.IntRange(1, 250), help=_AS_THE_RULES)
@with_database
def _notice(day: date, working_days: int | None) -> None:
    """Print the last day of a public notice that begins on DAY."""
    length = working_days or set_in_force(day)[0].notice_working_days
    _print_due(notice_ends(day, length, office_calendar()))


COMMANDS: tuple[click.Command, ...] = (_assess, _dates)
