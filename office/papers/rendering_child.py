"""The child process that opens a template which the office supplied, under limits.

It is started as `python -m office.papers.rendering_child`, reads a job as JSON from standard input and writes the
paper to standard output, or a problem as JSON.
"""

import base64
import json
import sys
from typing import Any

from office.child_limits import begin
from office.child_process import PROBLEM_EXIT
from office.papers.filling import fill_in
from office.papers.paper_text import PaperText
from office.papers.template_check import check_package
from office.papers.template_problems import TemplateProblem


def main() -> int:
    """Do the job on standard input; 0 when the paper was written, PROBLEM_EXIT when a problem was."""
    job = begin()
    try:
        paper = _render(job)
    except TemplateProblem as problem:
        fault = {"problem": problem.word, "params": problem.params}
        sys.stdout.buffer.write(json.dumps(fault).encode())
        return PROBLEM_EXIT
    sys.stdout.buffer.write(paper)
    return 0


def _render(job: dict[str, Any]) -> bytes:
    """Return the last of the papers."""
    template = base64.b64decode(job["template"])
    check_package(template)
    rendered = b""
    for paper in job["papers"]:
        qr = base64.b64decode(paper["qr"]) if paper["qr"] else None
        rendered = fill_in(PaperText.from_stored(paper["text"]), template, qr, must_use=job["check"])
    return rendered


if __name__ == "__main__":
    sys.exit(main())
