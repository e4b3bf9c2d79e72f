"""The children that read and set files, forked from a process that has imported what they import.

To start Python and import a reader takes a quarter of a second, and to read a workbook of a test a fiftieth. What the
child does is the same: it is given its job, its environment, its empty folder and its streams, and binds itself to its
limits. That each starts anew and works, what it then knows and what it holds open, is for test_child_process to say,
where none is forked; and that a forked one ends as one that was started, for test_forked_children.
"""

import atexit
import os
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from typing import IO

from office.child_process import _MOST_ERRORS, ChildLimits, Ending, ending_of
from tests.commands.forks import Forks

CHILDREN = (
    "office.application_forms.reading_child", "office.excel.marking_child", "office.excel.parsing_child",
    "office.files.reading_child", "office.papers.document_child", "office.papers.pdf_child",
    "office.papers.rendering_child",
)  # fmt: skip


@cache
def _forks() -> Forks:
    made = Forks(*CHILDREN)
    atexit.register(made.end)
    return made


def run_forked(
    module: str, given: bytes, limits: ChildLimits, output: IO[bytes], errors: IO[bytes], place: int, folder: str,
    environment: Mapping[str, str],
) -> Ending:  # fmt: skip
    """Do what `office.child_process` does with a child that it starts."""
    assert os.fstat(place)  # the parent holds it as long as the child runs
    with tempfile.TemporaryFile() as job:
        job.write(given)
        job.seek(0)
        streams = [job.fileno(), output.fileno(), errors.fileno()]
        try:
            code = _forks().child(module, environment, streams, folder, limits.seconds * 2)
        except subprocess.TimeoutExpired:
            return Ending.TOO_SLOW
    errors.seek(max(errors.seek(0, os.SEEK_END) - _MOST_ERRORS, 0))
    return ending_of(code, errors.read())
