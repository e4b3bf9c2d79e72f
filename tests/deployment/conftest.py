"""One deployed office for all of these tests, in one worker."""

import shutil
from collections.abc import Iterator
from itertools import count

import pytest

from tests.deployment.site import HttpsClerk, Site, debian_nginx
from tests.durability.clerks import base_form


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "deployment" in item.path.parts:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if not debian_nginx() or not shutil.which("openssl"):
        pytest.skip("nginx and openssl are not installed (on Debian: apt-get install nginx-light openssl)")
    folder = tmp_path_factory.mktemp("deployment")
    site = Site(folder)
    try:
        site.start()
        yield site
    finally:
        site.end()
        shutil.rmtree(folder)


@pytest.fixture
def clerk(site: Site) -> HttpsClerk:
    """Give a clerk of the whole city, signed in through nginx."""
    clerk = site.clerk()
    clerk.sign_in()
    return clerk


_NUMBERS = count(1)


@pytest.fixture
def numbers() -> Iterator[int]:
    """Give numbers that no other test uses, for codes and names."""
    return _NUMBERS


@pytest.fixture
def base(clerk: HttpsClerk, numbers: Iterator[int]) -> str:
    """Give the id of a base."""
    made = clerk.post("/admin/bases/new/", base_form(next(numbers)))
    assert made.status == 303, made.text
    return made.made
