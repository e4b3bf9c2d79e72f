"""The child process that opens a template which the office supplied, under limits.

It is started as `python -m office.papers.rendering_child`, reads a job as JSON from standard input and writes the
paper to standard output, or a problem as JSON.
"""

import base64
import json
import resource
import sys
from typing import Any

from office.papers.filling import fill_in
from office.papers.paper_text import PaperText
from office.papers.template_check import check_package
from office.papers.template_problems import PROBLEM_EXIT, TemplateProblem


def main() -> int:
    """Do the job on standard input; 0 when the paper was written, PROBLEM_EXIT when a problem was."""
    job = json.load(sys.stdin.buffer)
    _limit(resource.RLIMIT_AS, job["memory"])
    _limit(resource.RLIMIT_CPU, job["seconds"])
    _limit(resource.RLIMIT_CORE, 0)
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


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    sys.exit(main())
