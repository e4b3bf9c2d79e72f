"""The offices that are tortured: one on its embedded database, one deployed on a set of three behind nginx."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from tests.deployment.site import HttpsClerk, Site
from tests.durability.clerks import CLERK, Clerk, base_form
from tests.durability.running import House
from tests.sample_office import PASSWORD

# Of codes and names: no two trials of a run make the same.
NUMBERS = count(1)


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder that is thrown away."""
    made = Path(tempfile.mkdtemp(prefix="torture-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path | None]:
    """Give a folder on a disk of its own of this size, in memory; None where that is not allowed here."""
    with folder() as place:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "torture", str(place)],
            capture_output=True, check=False,
        )  # fmt: skip
        if mounted.returncode:
            yield None
            return
        try:
            yield place
        finally:
            subprocess.run(["umount", "--lazy", str(place)], check=False)


@contextmanager
def embedded_office(place: Path) -> Iterator[tuple[House, Clerk, str]]:
    """Give an office on its embedded database, a clerk of the city signed in, and a base."""
    house = House(place / "data")
    try:
        done = house.command(
            "users", "add", CLERK, "--role", "city", "--password-stdin", stdin=f"{PASSWORD}\n"
        )
        assert done.returncode == 0, done.stderr
        clerk = Clerk(house.serve().port).sign_in()
        yield house, clerk, new_base(clerk)
    finally:
        house.end()


@contextmanager
def deployed_office(place: Path) -> Iterator[tuple[Site, HttpsClerk, str]]:
    """Give an office as docs/deploy has it, a clerk of the city signed in, and a base."""
    site = Site(place)
    try:
        site.start()
        clerk = site.clerk()
        clerk.sign_in()
        yield site, clerk, new_base(clerk)
    finally:
        site.end()


def new_base(clerk: Clerk) -> str:
    """Make a base and return its id."""
    made = clerk.post("/admin/bases/new/", base_form(next(NUMBERS)))
    assert made.status == 303, made.text
    return made.made
