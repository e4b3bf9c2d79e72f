"""Clerks who save without a pause, and remember what the office acknowledged and what they only tried."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pymongo.database import Database

from tests.durability.clerks import Answer, Clerk, company_form


@dataclass
class Saver:
    """One clerk at one desk: makes a company, changes it three times, makes the next."""

    clerk: Clerk
    base: str
    numbers: Iterator[int]
    stop: threading.Event
    # by the company's code: the people count last acknowledged, and every one tried since
    acknowledged: dict[str, int] = field(default_factory=dict)
    tried: dict[str, set[int]] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    cut_off: int = 0  # requests that got no answer at all
    longest: float = 0.0  # seconds

    def run(self) -> None:
        while not self.stop.is_set():
            form = company_form(next(self.numbers), self.base, people=1)
            made = self._save("/admin/tenant-companies/new/", form)
            if made is None:
                continue
            for version in (1, 2, 3):
                form["people"] = version + 1
                if (
                    self._save(f"/admin/tenant-companies/edit/?id={made.made}", form | {"version": version})
                    is None
                ):
                    break

    def _save(self, path: str, form: dict[str, Any]) -> Answer | None:
        """Save; return the answer when it is an acknowledgement."""
        self.tried.setdefault(form["uscc"], set()).add(form["people"])
        began = time.monotonic()
        try:
            answer = self.clerk.post(path, form)
        except (OSError, http.client.HTTPException):
            self.cut_off += 1
            time.sleep(0.1)
            return None
        finally:
            self.longest = max(self.longest, time.monotonic() - began)
        self.answers.append(answer)
        if answer.status != 303 or "/login" in answer.headers["Location"]:
            return None
        self.acknowledged[form["uscc"]] = form["people"]
        self.tried[form["uscc"]] = set()
        return answer


@contextmanager
def saving(clerk: Clerk, base: str, numbers: Iterator[int], many: int) -> Iterator[list[Saver]]:
    """Let so many clerks save until the block ends; give their memories."""
    stop = threading.Event()
    savers = [Saver(clerk.at(clerk.port), base, numbers, stop) for _ in range(many)]
    threads = [threading.Thread(target=saver.run) for saver in savers]
    for thread in threads:
        thread.start()
    try:
        yield savers
    finally:
        stop.set()
        for thread in threads:
            thread.join(200)


def lost(savers: list[Saver], db: Database[dict[str, Any]]) -> list[str]:
    """Return what was acknowledged and is not there, and what is there and was never asked for."""
    stored = {raw["uscc"]: raw["people"] for raw in db["tenant_companies"].find({}, {"uscc": 1, "people": 1})}
    found = []
    for saver in savers:
        for uscc, people in saver.acknowledged.items():
            if stored.get(uscc) not in {people} | saver.tried[uscc]:
                found.append(f"{uscc}: acknowledged {people}, stored {stored.get(uscc)}")
    return found


def acknowledged(savers: list[Saver]) -> int:
    """Return how many saves were answered with 303."""
    return sum(answer.status == 303 for saver in savers for answer in saver.answers)
