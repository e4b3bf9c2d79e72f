"""One office for all of these tests, on a mongod of its own that may be killed; after each test it must be in order."""

import shutil
from collections.abc import Iterator

import pytest

from tests.durability.clerks import CLERK, Clerk, base_form
from tests.durability.running import House
from tests.sample_office import PASSWORD


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "durability" in item.path.parts:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def _house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("durability") / "data"
    house = House(folder)
    try:
        made = house.command(
            "users", "add", CLERK, "--role", "city", "--password-stdin", stdin=f"{PASSWORD}\n"
        )
        assert made.returncode == 0, made.stderr
        house.clerk = Clerk(house.serve().port).sign_in()
        yield house
    finally:
        house.end()
        shutil.rmtree(folder)


@pytest.fixture
def house(_house: House) -> Iterator[House]:
    """Give the office, one web server running; when the test is done, all that is stored must be in order."""
    _house.only_one()
    if _house.under_maintenance():  # a test before this one failed half-way; a start ends what does not lapse
        _house.webs[0].end()
        _house.only_one()
        _house.wait_for_the_end_of_maintenance()
    yield _house
    assert _house.in_order() == []
    for web in _house.webs:
        assert "Traceback" not in web.log, web.log


@pytest.fixture
def clerk(house: House) -> Clerk:
    """Give the clerk of the whole city, signed in."""
    clerk = house.clerk.at(house.webs[0].port)
    if clerk.get("/admin/bases/").status != 200:  # a restore signed everyone out
        house.clerk = clerk = Clerk(clerk.port).sign_in()
    return clerk


@pytest.fixture
def base(clerk: Clerk, numbers: Iterator[int]) -> str:
    """Give the id of a base that nothing refers to yet."""
    made = clerk.post("/admin/bases/new/", base_form(next(numbers)))
    assert made.status == 303, made.text
    return made.made


_NUMBERS = iter(range(1, 10_000_000))


@pytest.fixture
def numbers() -> Iterator[int]:
    """Give numbers that no other test uses, for codes and names."""
    return _NUMBERS
