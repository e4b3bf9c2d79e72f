"""Commands for jobs: one more worker beside those of the web processes."""

import signal
import threading
from functools import partial

import click
from flask import current_app
from flask.cli import AppGroup

from commands.database import with_database
from commands.finishing import Finisher
from services.hooks.delivering import deliver_due
from services.jobs.kinds import KINDS
from services.jobs.worker import Worker
from services.notifications.deriving import tell_users

_jobs = AppGroup("jobs", help="Work that takes longer than a request.")


@_jobs.command("work")
@click.option("--once", is_flag=True, help="Do what waits, then end.")
@with_database
def _work(once: bool) -> None:
    """Do what waits, web hooks among it, as the web processes do; until it is stopped."""
    worker, tell = Worker(KINDS), partial(deliver_due, str(current_app.config["SECRET_KEY"]))
    if once:
        while worker.work_once():
            pass
        tell_users()
        tell()
        return
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    with Finisher(tell), Finisher(tell_users):
        worker.start()
        told.wait()
        worker.end()


COMMANDS: tuple[click.Command, ...] = (_jobs,)
