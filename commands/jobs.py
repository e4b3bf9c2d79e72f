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
from services.messages.delivering import send_due
from services.notifications.deriving import tell_users

_jobs = AppGroup("jobs", help="Work that takes longer than a request.")


@_jobs.command("work")
@click.option("--once", is_flag=True, help="Do what waits, then end.")
@with_database
def _work(once: bool) -> None:
    """Do what waits, web hooks among it, as the web processes do; until it is stopped."""
    key, address = str(current_app.config["SECRET_KEY"]), str(current_app.config["PUBLIC_URL"])
    worker, tell, send = Worker(KINDS), partial(deliver_due, key), partial(send_due, key, address)
    if once:
        while worker.work_once():
            pass
        tell_users()
        tell()
        send()
        return
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    with Finisher(tell), Finisher(tell_users), Finisher(send):
        worker.start()
        told.wait()
        worker.end()


COMMANDS: tuple[click.Command, ...] = (_jobs,)
