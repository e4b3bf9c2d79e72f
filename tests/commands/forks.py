"""Programs of the office, each in a process of its own that is forked from one which has imported everything.

To import the office takes a second or two, and a command but a tenth of that. Run as a program this file is the
process that forks; imported, it has what asks it. A process that was forked is one like any other: it has its own
environment, streams and signals, it may be killed, and it ends as Python does.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import IO, NoReturn

from flask import Flask
from jinja2 import FileSystemBytecodeCache

ROOT = Path(__file__).resolve().parents[2]
PYTHON = (sys.executable, "-W", "error::DeprecationWarning:__main__")
_LONGEST = 180  # seconds that a command may take
_MESSAGE = 1 << 17  # bytes


class Forked:
    """A forked process, with what `subprocess.Popen` has of it. Its output is in files, for `communicate`."""

    def __init__(self, process: int, status: int, given: IO[str] | None, said: Sequence[IO[str]]) -> None:
        self.pid = process
        self.returncode: int | None = None
        self._status, self._given, self._said = status, given, said

    def poll(self) -> int | None:
        """Return the exit code; None while it runs."""
        if self.returncode is None and select.select([self._status], [], [], 0)[0]:
            told = os.read(self._status, 16)
            os.close(self._status)
            assert told, "the process that forks is gone"
            self.returncode = int(told)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code. Raises subprocess.TimeoutExpired."""
        if self.returncode is None and not select.select([self._status], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, sign: int) -> None:
        """Send a signal; to one that has ended, none."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, sign)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """End its input, wait for its end and return what it wrote: output and errors."""
        if self._given is not None:
            self._given.close()
            self._given = None
        self.wait(timeout)
        out, err = self._said
        with out, err:
            for file in (out, err):
                file.seek(0)
            return out.read(), err.read()


class Forks:
    """A process that has imported the office, or these modules of it, and forks."""

    def __init__(self, *modules: str) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._guard = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [*PYTHON, __file__, str(theirs.fileno()), _compiled_templates(), *modules],
                cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=(theirs.fileno(),),
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            )  # fmt: skip

    def python(
        self,
        words: Sequence[str],
        environ: Mapping[str, str],
        streams: Sequence[int],
        *,
        command: bool = False,
        folder: str = "",
    ) -> tuple[int, int]:
        """Run Python with these words, as in `python -m flask`; return the process and where its end is told.

        `streams` are what it reads, where it writes and where its errors go. A `command` may take three minutes, and
        leaves it to the kernel to free its memory. It stands in the project, or in a `folder`.
        """
        asked = json.dumps({
            "words": list(words), "environ": dict(environ), "command": command, "folder": folder,
        }).encode()  # fmt: skip
        assert len(asked) < _MESSAGE
        ours, theirs = os.pipe()
        with self._guard:
            socket.send_fds(self._socket, [asked], [*streams, theirs])
            process = int(self._socket.recv(16))
        os.close(theirs)
        return process, ours

    def start(self, words: Sequence[str], environ: Mapping[str, str], log: IO[bytes]) -> Forked:
        """Run Python with these words; what it writes goes to the log."""
        with Path(os.devnull).open("rb") as nothing:
            streams = [nothing.fileno(), log.fileno(), log.fileno()]
            return Forked(*self.python(words, environ, streams), None, ())

    def begin(self, words: Sequence[str], environ: Mapping[str, str], *, command: bool = False) -> Forked:
        """Run Python with these words; its input stays open until it is asked for what it wrote."""
        read, write = os.pipe()
        out, err = (tempfile.TemporaryFile("w+", encoding="utf-8") for _ in range(2))  # noqa: SIM115 - handed on
        process, status = self.python(words, environ, [read, out.fileno(), err.fileno()], command=command)
        os.close(read)
        return Forked(process, status, os.fdopen(write, "w", encoding="utf-8"), (out, err))

    def run(self, words: Sequence[str], environ: Mapping[str, str], given: str) -> SimpleNamespace:
        """Run one command to its end; return its exit `code` and what it wrote, `out` and `err`."""
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as read,
            tempfile.TemporaryFile("w+", encoding="utf-8") as out,
            tempfile.TemporaryFile("w+", encoding="utf-8") as err,
        ):
            read.write(given)
            read.seek(0)
            streams = [read.fileno(), out.fileno(), err.fileno()]
            ended = Forked(*self.python(words, environ, streams, command=True), None, ())
            code = ended.wait()
            for file in (out, err):
                file.seek(0)
            return SimpleNamespace(code=code, out=out.read(), err=err.read())

    def child(
        self, module: str, environ: Mapping[str, str], streams: Sequence[int], folder: str, seconds: float
    ) -> int:
        """Run a module in a folder to its end, as a child that reads a file; return its exit code.

        Raises subprocess.TimeoutExpired, the child being killed.
        """
        child = Forked(*self.python(["-m", module], environ, streams, command=True, folder=folder), None, ())
        try:
            return child.wait(seconds)
        finally:
            child.kill()
            child.wait()

    def end(self) -> None:
        """End the process that forks; what it forked goes on."""
        self._socket.close()
        self._process.wait()


def _compiled_templates() -> str:
    """Return the folder in which the tests' own applications keep what a template was compiled to; "" for none."""
    kept = Flask.jinja_options.get("bytecode_cache")
    return kept.directory if isinstance(kept, FileSystemBytecodeCache) else ""


@cache
def forks() -> Forks:
    """Return what forks for all tests of this process."""
    made = Forks()
    atexit.register(made.end)
    return made


# --- The process that forks ------------------------------------------------------------------------


def _serve(requests: socket.socket, modules: Sequence[str]) -> None:
    if modules:
        for module in modules:
            importlib.import_module(module)
        for module in modules:
            del sys.modules[module]  # it is run anew as the main one
    else:
        _import_office()
    gc.freeze()  # a child that collects garbage would copy all of this memory
    woken, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waking)
    running: dict[int, int] = {}  # where the end of each process is told
    while True:
        ready = select.select([requests, woken], [], [])[0]
        if woken in ready:
            os.read(woken, 4096)
            _tell_ends(running)
        if requests in ready:
            message, files, _, _ = socket.recv_fds(requests, _MESSAGE, 4)
            if not message:
                return
            process = os.fork()
            if not process:
                requests.detach()
                _be(json.loads(message), files)
            for file in files[:3]:
                os.close(file)
            running[process] = files[3]
            requests.send(str(process).encode())


def _import_office() -> None:
    import app  # noqa: F401  # what every command imports
    from rules.likeness.pinyin import words

    words("园")  # which reads the dictionary


def _tell_ends(running: dict[int, int]) -> None:
    with suppress(ChildProcessError):
        while True:
            process, status = os.waitpid(-1, os.WNOHANG)
            if not process:
                return
            where = running.pop(process)
            with suppress(BrokenPipeError):  # nobody asks
                os.write(where, str(os.waitstatus_to_exitcode(status)).encode())
            os.close(where)


def _be(asked: Mapping[str, object], files: Sequence[int]) -> NoReturn:
    """Go on as the process that was asked for, to its end."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # It hears Ctrl+C even where the tests were started to ignore it, as shells do in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    os.closerange(3, 1 << 10)
    os.environ.clear()
    os.environ.update(asked["environ"])  # type: ignore[arg-type]
    if asked["folder"]:
        os.chdir(str(asked["folder"]))
    tempfile.tempdir = None  # it is in the environment
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    if os.environ.get("PYTHONUNBUFFERED"):
        sys.stdout.reconfigure(write_through=True)  # type: ignore[union-attr]
    words: list[str] = asked["words"]  # type: ignore[assignment]
    if not asked["command"]:
        _run(words)
        sys.exit()
    signal.alarm(_LONGEST)
    code: object = 0
    try:
        _run(words)
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


def _run(words: list[str]) -> None:
    """Run what Python would with these words."""
    first, *others = words
    if first == "-m":
        sys.argv = others
        runpy.run_module(others[0], run_name="__main__", alter_sys=True)
    elif first == "-c":
        sys.argv = [first, *others[1:]]
        exec(compile(others[0], "<string>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = words
        runpy.run_path(first, run_name="__main__")


if __name__ == "__main__":
    if sys.argv[2]:
        Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(sys.argv[2])}
    with socket.socket(fileno=int(sys.argv[1])) as asking:
        _serve(asking, sys.argv[3:])
