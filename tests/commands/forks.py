"""Commands of the office, each in a process of its own that is forked from one which has imported everything.

To import the office takes a second or two, and a command but a tenth of that. Run as a program this file is the
process that forks; imported, it has the class that asks it.
"""

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
PYTHON = (sys.executable, "-W", "error::DeprecationWarning:__main__")
_STREAMS = ("stdin", "stdout", "stderr")
_LONGEST = 180  # seconds


class Forks:
    """Runs `flask --app app` with any words, input and environment."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory()
        self._process = subprocess.Popen(
            [*PYTHON, __file__], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip

    def run(self, words: Sequence[str], environ: Mapping[str, str], given: str) -> SimpleNamespace:
        """Run one command to its end; return its exit `code` and what it wrote, `out` and `err`."""
        assert self._process.stdin and self._process.stdout
        files = {name: Path(self._folder.name) / name for name in _STREAMS}
        files["stdin"].write_text(given, encoding="utf-8")
        asked = {
            "words": list(words), "environ": dict(environ), "files": [str(files[name]) for name in _STREAMS],
        }  # fmt: skip
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        out, err = (files[name].read_text(encoding="utf-8") for name in _STREAMS[1:])
        return SimpleNamespace(code=code, out=out, err=err)

    def end(self) -> None:
        """End the process that forks."""
        self._process.communicate()
        self._folder.cleanup()


def _serve() -> None:
    from flask.cli import main

    import app  # noqa: F401  # what every command imports

    gc.freeze()  # a child that collects garbage would copy all of this memory
    requests = os.fdopen(
        os.dup(0), encoding="utf-8"
    )  # nothing is read of `sys.stdin` itself: it is the command's
    for line in requests:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _become(asked)
            _end_as(main)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _end_as(main: Callable[[], None]) -> NoReturn:
    """Run a program and end as Python would, but leave it to the kernel to free the memory."""
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


def _become(asked: Mapping[str, object]) -> None:
    """Take the command's own words, environment and streams, as if this process had been started with them."""
    signal.alarm(_LONGEST)
    os.environ.clear()
    os.environ.update(asked["environ"])  # type: ignore[arg-type]
    for number, path in enumerate(asked["files"]):  # type: ignore[arg-type]
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC if number else os.O_RDONLY
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    for name in _STREAMS:
        getattr(sys, name).reconfigure(encoding="utf-8")
    sys.argv = ["flask", "--app", "app", *asked["words"]]  # type: ignore[misc]


if __name__ == "__main__":
    _serve()
