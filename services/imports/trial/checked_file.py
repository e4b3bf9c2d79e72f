"""The clerk's own workbook back from the trial: what is at fault marked in its cells, what is right left as it was."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bson import ObjectId

from documents.imports.import_trial import ImportTrial
from documents.server.connection import reachable
from office.child_process import ChildLimits, Ending, run_child
from office.excel.template_writer import help_of, words_of
from office.excel.workbook_reader import ReadSheet, read_workbook
from office.recognition.check_marks import CHANGED, NEW, SAME, CheckMark, check_heading, row_digest
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused
from rules.words import N_
from schema.collection import Collection
from schema.registry import REGISTRY
from services.imports.report import Outcome
from services.imports.trials import reading_of
from services.imports.uploads import opened_upload

Corrections = Mapping[int, Mapping[str, str]]
_LIMITS = ChildLimits(seconds=60, memory=1 << 30, output=100 << 20)
_TOO_LARGE = N_("This workbook is too large to be marked. Correct the rows on the page instead.")
# In Chinese, since a workbook is read by itself and not on our screens.
_RESULTS: Mapping[str, str] = {
    Outcome.CREATED: "可导入：新增", Outcome.UPDATED: "可导入：更新", Outcome.UNCHANGED: "无变化",
    Outcome.REJECTED: "退回：", Outcome.CONFLICT: "待确认：",
}  # fmt: skip
_TAKEN = "此前已导入，未再改动，本次不再取用"
_HIDDEN = "隐藏行，未取用"
_MARKED = {Outcome.CREATED: NEW, Outcome.UPDATED: CHANGED, Outcome.UNCHANGED: SAME}
_COLOURS = {Outcome.REJECTED.value: "red", Outcome.CONFLICT.value: "amber"}


def checked_file(
    upload: ObjectId,
    *,
    actor: Actor,
    translate: Callable[[Refusal], str],
    status_labels: tuple[str, ...] = (),
) -> tuple[bytes, str, int]:
    """Return the tried workbook with every row's result, its name, and how many rows it speaks of.

    Raises Missing when the trial is no longer kept, Refused when the workbook is too large to be marked, Busy.
    """
    actor.demand(Permission.IMPORT)
    with reachable():
        head, rows = ImportTrial.head_of(upload, actor.id), ImportTrial.rows_of(upload, actor.id)
    if head is None or rows is None:
        raise Missing()
    declaration = REGISTRY.importable_by(head["kind"], actor)
    with opened_upload(upload, actor=actor) as (path, name):
        reading = reading_of(head)
        with read_workbook(path, declaration, name=name, choice=reading.choice) as read:
            columns = [
                {"key": column.key, "place": place, "words": words_of(column, status_labels)}
                for place, column in read.columns.items()
            ]
            sheet, header_row = read.sheet, read.header_row
            checks = _checks(upload, read, rows, reading.corrections)
        marks = list(_marks(declaration, rows, translate, reading.corrections, checks))
        job = {
            "path": str(path), "suffix": path.suffix.lower(), "sheet": sheet, "header_row": header_row,
            "columns": columns, "rows": marks, "check_heading": check_heading(declaration.name),
            "spellings": [sorted(column.spellings) for column in declaration.exported],
        }  # fmt: skip
        ended = run_child("office.excel.marking_child", job, _LIMITS)
    if ended.ending is not Ending.DONE:
        ended.output.close()
        raise Refused(_TOO_LARGE)
    stem, _, suffix = name.rpartition(".")
    kind = "xlsm" if suffix.lower() == "xlsm" else "xlsx"
    return ended.read(), f"{stem or name}-检查结果.{kind}", len(marks)


def _checks(
    upload: ObjectId, read: ReadSheet, rows: list[dict[str, Any]], corrections: Corrections
) -> dict[int, str]:
    """Return the mark of each row that could be taken, its cells as they stand in the marked workbook."""
    marked = {row["row"]: _MARKED[row["outcome"]] for row in rows if row["outcome"] in _MARKED}
    fields = list(read.columns.values())
    return {
        row.number: str(
            CheckMark(
                str(upload), marked[row.number], row.number,
                row_digest(fields, {**row.cells, **corrections.get(row.number, {})}),
            )
        )
        for row in read.rows if row.number in marked
    }  # fmt: skip


def _marks(
    declaration: Collection, rows: list[dict[str, Any]], translate: Callable[[Refusal], str],
    corrections: Corrections, checks: Mapping[int, str],
) -> Iterator[dict[str, Any]]:  # fmt: skip
    for row in rows:
        if row.get("skipped") in ("taken", "hidden"):
            yield {"row": row["row"], "result": _TAKEN if row["skipped"] == "taken" else _HIDDEN, "cells": []}
            continue
        word = _RESULTS.get(row["outcome"])
        if word is None:
            continue
        cells, sentences = [], []
        for fault in (*row.get("errors", ()), *row.get("warnings", ())):
            said = translate(Refusal(fault["message"], fault.get("params") or {}))
            sentences.append(f"{fault['column']}：{said}")
            column = declaration.by_key.get(fault["key"])
            right = f"\n应填：{help_of(column)}" if column is not None and column.imported else ""
            colour = _COLOURS.get(row["outcome"], "amber")
            cells.append({"key": fault["key"], "colour": colour, "text": said + right})
        word += "；提示：" if row.get("warnings") else ""
        yield {
            "row": row["row"], "result": word + "；".join(sentences), "cells": cells,
            "corrected": dict(corrections.get(row["row"], {})), "check": checks.get(row["row"]),
        }  # fmt: skip
