"""One export in a process of its own, so that its memory is its own; prints its cost as JSON.

`python -m benchmarks.exports COLUMN KIND URI DATABASE MOST`: the growth is the high-water mark of
resident memory during the export less what was resident before, by Linux's own account.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from flask.testing import FlaskClient

from benchmarks.columns import FLOOR, OURS, STOCK, make_client
from benchmarks.floor import floor_export
from benchmarks.measuring import Cost, once
from benchmarks.stock import stock_app
from documents.server.connection import connect, database, disconnect
from schema.registry import REGISTRY

_COLLECTIONS = {"companies": "tenant_companies", "entries": "ledger_entries"}


def in_child(column: str, kind: str, uri: str, name: str, most: int = 0) -> Cost:
    """Return the cost of one export; `most` stops the stock column's after so many rows (0: it does not)."""
    words = [sys.executable, "-m", __name__, column, kind, uri, name, str(most)]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True, timeout=900)  # noqa: S603 - our own words
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def _export(column: str, kind: str, most: int) -> Cost:
    if column == FLOOR:
        return _measured(lambda path: (200, floor_export(kind, path)), kind, most)
    client = make_client(OURS) if column == OURS else stock_app(most).test_client()
    word = REGISTRY[_COLLECTIONS[kind]].slug if column == OURS else kind
    client.get(f"/admin/{word}/")  # the first page of a process reads its templates
    firsts: list[float] = []
    address = f"/admin/{word}/export/xlsx/"
    cost = _measured(lambda path: download(client, address, path, firsts.append), kind, most)
    return replace(cost, first=firsts[0])


def download(
    client: FlaskClient, address: str, path: str, arrived: Callable[[float], None]
) -> tuple[int, int]:
    """Download a file; `arrived` is told how many seconds it took until its first bytes were there."""
    began, is_first = time.perf_counter(), True
    with client.get(address, buffered=False) as answer, Path(path).open("wb") as file:
        for part in answer.iter_encoded():
            if part and is_first:
                arrived(time.perf_counter() - began)
                is_first = False
            file.write(part)
        return answer.status_code, file.tell()


def _measured(export, kind: str, most: int) -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/export.xlsx"
        before = resident()
        cost = once(lambda: export(path))
        growth, size = most_resident() - before, Path(path).stat().st_size
    rows = database()[_COLLECTIONS[kind]].estimated_document_count()
    done = min(most or rows, rows)
    return Cost(
        cost.seconds * rows / done, round(cost.commands * rows / done), cost.database * rows / done, size, cost.status,
        growth=growth, rows=done, estimated=done < rows,
    )  # fmt: skip


def resident(process: int | str = "self") -> int:
    """Return the bytes that a process has resident now, and let its high-water mark begin here."""
    Path(f"/proc/{process}/clear_refs").write_text("5")
    return _status(process, "VmRSS")


def most_resident(process: int | str = "self") -> int:
    """Return the most bytes that were resident since `resident` was asked."""
    return _status(process, "VmHWM")


def _status(process: int | str, key: str) -> int:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"this system does not tell {key}")


def main() -> None:
    """Run one export as the arguments say."""
    column, kind, uri, name, most = sys.argv[1:]
    connect(uri, name)
    print(json.dumps(asdict(_export(column, kind, int(most) if column == STOCK else 0))))
    disconnect()


if __name__ == "__main__":
    main()
