"""Commands for jobs: one more worker beside those of the web processes."""

import signal
import threading

import click
from flask.cli import AppGroup

from commands.database import with_database
from services.jobs.kinds import KINDS
from services.jobs.worker import Worker

_jobs = AppGroup("jobs", help="Work that takes longer than a request.")


@_jobs.command("work")
@click.option("--once", is_flag=True, help="Do what waits, then end.")
@with_database
def _work(once: bool) -> None:
    """Do what waits, as the web processes do; until it is stopped."""
    worker = Worker(KINDS)
    if once:
        while worker.work_once():
            pass
        return
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    worker.start()
    told.wait()
    worker.end()


COMMANDS: tuple[click.Command, ...] = (_jobs,)
