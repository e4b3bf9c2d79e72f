"""A job in a process of its own: what takes much memory or a whole processor must not slow down who answers pages.

`run_apart` is the web process's side, `python -m services.jobs.apart` the child's. The child claims the job as any
worker does, under a lease and a fencing token of its own: killed at any point, the job lies still until the lease is
out and is gone on with by the next. It ends after the piece in hand when whoever started it is gone.
"""

import gc
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from bson import ObjectId

from documents.definitions.own_field import refresh_own_fields
from documents.desk.settings import refresh_settings
from documents.records.county import refresh_counties
from documents.server.connection import connect, disconnect, patient, reachable
from documents.server.embedded import data_folder
from documents.server.transactions import WRITERS
from office.child_process import use_places_in
from services.jobs.kinds import KINDS
from services.jobs.worker import Worker

_log = structlog.get_logger()
_ROOT = Path(__file__).resolve().parents[2]
_NICE = 5  # pages go first
_COLLECTED_AT = (50_000, 50, 100)
_LOOK = 0.2  # seconds between two looks whether the child, or we, are to end
_PATIENCE = 8.0  # seconds that a child has for the piece in hand
_DRAIN = 2.0
_LEFT = 5  # the exit code of a child that could not work on its job now
_MOST_ERRORS = 8192


def run_apart(uri: str, name: str, job_id: ObjectId, ending: threading.Event) -> bool:
    """Let a process of its own work on a job to its end, or until `ending`; tell whether it came to that.

    `uri` is where the database is, `name` which it is. The process has our environment, since it is the same program.
    Raises OSError when no process could do so.
    """
    told = json.dumps({"job": str(job_id), "uri": uri, "name": name}).encode() + b"\n"
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "services.jobs.apart"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors, cwd=_ROOT,
            start_new_session=True,  # Ctrl+C in a terminal is for us, who tell it to end
        )  # fmt: skip
        try:
            _follow(child, told, ending)
        finally:
            if child.poll() is None:
                child.kill()
            code = child.wait()
        if code not in (0, _LEFT):
            errors.seek(max(errors.seek(0, os.SEEK_END) - _MOST_ERRORS, 0))
            said = errors.read().decode(errors="replace")
            _log.warning("the process of a job failed", job=str(job_id), code=code, said=said)
            raise ChildProcessError(code)
    return code == 0


def _follow(child: "subprocess.Popen[bytes]", told: bytes, ending: threading.Event) -> None:
    if child.stdin is None:
        raise OSError("the child has no standard input")
    with suppress(BrokenPipeError), child.stdin as line:
        line.write(told)
        line.flush()
        while child.poll() is None and not ending.wait(_LOOK):
            pass
    # Its input is closed now, by which it knows that it is to end.
    with suppress(subprocess.TimeoutExpired):
        child.wait(_PATIENCE)


def main() -> int:
    """Work on the job that standard input names; 0 when that is done, _LEFT when it is left to another worker."""
    told: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    os.nice(_NICE)
    # Rows are no rings of objects: looking for such among them took a tenth of an import. It ends with the job anyway.
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AT)
    worker = Worker(KINDS)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: worker.tell_to_end())
    if select.select([sys.stdin], [], [], 0)[0]:
        return _LEFT  # who started us is gone already
    threading.Thread(target=_until_left, args=(worker,), name="parent", daemon=True).start()
    use_places_in(data_folder(os.environ))
    connect(told["uri"], told["name"])
    try:
        with patient(), reachable():
            refresh_settings()
            refresh_counties()
            refresh_own_fields()
            return 0 if worker.work_on(ObjectId(told["job"])) else _LEFT
    finally:
        WRITERS.drain(_DRAIN)
        disconnect()


def _until_left(worker: Worker) -> None:
    """Tell the worker to end when nobody holds the other end of standard input any more."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    worker.tell_to_end()


if __name__ == "__main__":
    sys.exit(main())
