"""Answers kept in memory, the same for everyone: bounded, shared by the server's threads, each made once."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_OVERHEAD = 500  # bytes that an answer takes beside its body


@dataclass(frozen=True)
class Answer:
    """What is sent: a page, or a workbook under the name `download`. Only a 200 is kept."""

    body: bytes
    mimetype: str = "text/html"
    status: int = 200
    download: str = ""


@dataclass
class _Turn:
    """Those who want the same answer at once: one makes it, the others wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    wanted: int = 0


class AnswerCache:
    """The answers asked for last, up to `most_bytes` in all; one of over a quarter of that is made each time."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._size = 0
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._turns: dict[str, _Turn] = {}
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], Answer]) -> Answer:
        """Return the answer kept under `key`, else make it and keep it."""
        answer = self._look_up(key)
        if answer is not None:
            return answer
        with self._turn(key):
            answer = self._look_up(key)
            if answer is None:
                answer = make()
                self._keep(key, answer)
        return answer

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._answers.clear()
            self._size = 0

    @contextmanager
    def _turn(self, key: str) -> Iterator[None]:
        with self._lock:
            turn = self._turns.setdefault(key, _Turn())
            turn.wanted += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._lock:
                turn.wanted -= 1
                if not turn.wanted:
                    del self._turns[key]

    def _look_up(self, key: str) -> Answer | None:
        with self._lock:
            answer = self._answers.get(key)
            if answer is not None:
                self._answers.move_to_end(key)
            return answer

    def _keep(self, key: str, answer: Answer) -> None:
        if answer.status != 200 or len(answer.body) > self._most // 4:
            return
        with self._lock:
            self._answers[key] = answer
            self._size += len(answer.body) + _OVERHEAD
            while self._size > self._most:
                _, oldest = self._answers.popitem(last=False)
                self._size -= len(oldest.body) + _OVERHEAD
