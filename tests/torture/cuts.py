"""The line to the database cut at the commit: what the page then says is held against what is stored."""

import http.client
import socket
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.durability.clerks import Clerk, company_form
from tests.durability.invariants import faults
from tests.durability.running import House, until
from tests.torture.cutting_proxy import AFTER, BEFORE, CuttingProxy
from tests.torture.judging import Line, failed_checks
from tests.torture.offices import NUMBERS, embedded_office, folder

_SHUT = 8.0  # seconds that the database cannot be reached after a cut


def cut_commits(times: int) -> Iterator[Line]:
    """Cut before and after the commit, with the line back at once, and after some seconds."""
    with folder() as place, embedded_office(place) as (house, _, base):
        proxy = CuttingProxy(lambda: _reach(house))
        try:
            clerk = _web_behind(house, proxy)
            for where in (BEFORE, AFTER):
                for shut_for in (0.0, _SHUT):
                    yield _line(house, clerk, base, proxy, where, shut_for, times)
        finally:
            proxy.end()


def _reach(house: House) -> socket.socket:
    where = (house.folder / "mongod.socket").read_text().strip()
    line = socket.socket(socket.AF_UNIX)
    line.connect(where)
    return line


def _web_behind(house: House, proxy: CuttingProxy) -> Clerk:
    """Start a web process that reaches the same database through the proxy alone."""
    uri = f"mongodb://127.0.0.1:{proxy.port}/bases_office?directConnection=true"
    key = (house.folder / "secret_key").read_text().strip()
    return Clerk(house.serve(MONGODB_URI=uri, SECRET_KEY=key).port).sign_in()


def _line(
    house: House, clerk: Clerk, base: str, proxy: CuttingProxy, where: str, shut_for: float, times: int
) -> Line:
    answers: Counter[str] = Counter()
    saved, gone, wrong, longest = 0, 0, [], 0.0
    for _ in range(times):
        form, cuts = company_form(next(NUMBERS), base, people=7), proxy.cuts
        proxy.cut_next(where, shut_for)
        began = time.monotonic()
        status, text = _sent(clerk, form)
        longest = max(longest, time.monotonic() - began)
        assert proxy.cuts == cuts + 1, "nothing was cut"
        time.sleep(shut_for)
        until(lambda: clerk.get("/admin/tenant-companies/").status == 200, 60)
        # One that was not committed holds its documents until it expires; afterwards it is certain what is stored.
        until(lambda: _sent(clerk, company_form(next(NUMBERS), base))[0] == 303, 60)
        with house.database() as db:
            is_stored = db["tenant_companies"].count_documents({"uscc": form["uscc"]})
        saved += status == 303
        gone += status == 303 and not is_stored
        says_lost = "没有保存" in text and "可能" not in text and "是否" not in text
        if status != 303:
            answers[f"{status} ({'stored' if is_stored else 'not stored'})"] += 1
        if is_stored > 1 or (is_stored and says_lost):
            wrong.append(f"said {status}, stored {is_stored} times: the page says that nothing was saved")
    with house.database() as db:
        wrong += faults(db)
    wrong += failed_checks(house.command)
    found = sorted(set(wrong), key=wrong.index)
    found = [f"{wrong.count(each)} × {each}" if wrong.count(each) > 1 else each for each in found]
    after = f"line back {'at once' if not shut_for else f'after {shut_for:.0f} s'}"
    return Line(f"cut {where} the commit, {after}", times, saved, gone, longest, answers, found)


def _sent(clerk: Clerk, form: dict[str, Any]) -> tuple[int, str]:
    try:
        answer = clerk.post("/admin/tenant-companies/new/", form)
    except (OSError, http.client.HTTPException):
        return 0, ""
    return answer.status, answer.text
