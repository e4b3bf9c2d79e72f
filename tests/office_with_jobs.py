"""The sample office with a job that 莘县 asked for and that waits."""

from types import SimpleNamespace

from rules.access import Permission
from services.jobs.queue import ask
from services.jobs.run import JobKind
from tests.sample_office import MADE_AT, MARK, Office, with_more

WAITING = JobKind("waiting", f"{MARK}任务", Permission.READ, lambda run: {})


def with_jobs(office: Office) -> Office:
    """Return the office with the job; `office.shen.jobs` names it: `waiting`."""
    whole, office.shen.jobs = with_more(office, _make)
    return whole


def _make(office: Office) -> SimpleNamespace:
    return SimpleNamespace(waiting=ask(WAITING, {}, actor=office.actor("shen"), now=MADE_AT))
