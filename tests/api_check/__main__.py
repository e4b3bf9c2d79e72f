"""Have schemathesis ask every address of the programming interface, and openapi-spec-validator read its description."""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from documents.server.embedded import PROJECT
from tests.browser.desk import Server

TOOLS = PROJECT / ".venv-api-check" / "bin"
SCHEMA = "/api/v1/openapi.json"


# A version that is past is told before what else is wrong; an address that is too long, before the application.
# Well-formed is not yet right: a code with a wrong check digit, an id of nothing, a version that is past are refused.
CONFIGURATION = """
[checks.negative_data_rejection]
expected-statuses = ["4xx", "5xx"]

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "412", "422", "428", "429", "5xx"]
"""


class _Served(Server):
    """An office whose guard against guessed tokens is off: each operation is asked with wrong ones."""

    def _command(self) -> list[str]:
        return ["-m", "tests.api_check.serving"]


def main(words: list[str]) -> int:
    """Check as each clerk that is named; 1 when something was found. What follows `--` is for schemathesis."""
    parser = argparse.ArgumentParser(prog="python -m tests.api_check", description=__doc__)
    parser.add_argument(
        "--as", dest="clerks", default="admin,county", help="which clerks ask (admin,city,county,reader)"
    )
    parser.add_argument(
        "--examples", type=int, default=300, help="how many requests of each kind an operation gets"
    )
    parser.add_argument("--tools", type=Path, default=TOOLS, help="where schemathesis is installed")
    parser.add_argument("more", nargs="*", help="for schemathesis itself")
    asked = parser.parse_args(words)
    folder = Path(tempfile.mkdtemp(prefix="api-check-"))
    (folder / "schemathesis.toml").write_text(CONFIGURATION, "utf-8")
    server = _Served(folder / "data")
    try:
        server.run(
            f"from tests.api_check.office import fill_office; fill_office({str(folder / 'tokens.json')!r})"
        )
        tokens = json.loads((folder / "tokens.json").read_text("utf-8"))
        server.start()
        return max(_check(asked, server, folder, clerk, tokens[clerk]) for clerk in asked.clerks.split(","))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _check(asked: argparse.Namespace, server: Server, folder: Path, clerk: str, token: str) -> int:
    sys.stdout.write(f"--- as {clerk}\n")
    sys.stdout.flush()
    request = urllib.request.Request(server.url + SCHEMA, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        described = folder / f"{clerk}.json"
        described.write_bytes(answer.read())
    validated = subprocess.run([asked.tools / "openapi-spec-validator", described], check=False)
    tried = subprocess.run(
        [
            asked.tools / "schemathesis", "run", described, "--url", server.url, "--checks", "all",
            "--header", f"Authorization: Bearer {token}", "--max-examples", str(asked.examples),
            "--continue-on-failure", *asked.more,
        ],
        cwd=folder, check=False,
    )  # fmt: skip
    return max(validated.returncode, tried.returncode)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
