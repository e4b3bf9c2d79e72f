"""A published office on a fixed day, and nothing kept from the test before."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from public_views.answers import cache_of_answers
from tests.public_views.published import NOON, publish
from tests.sample_office import Office


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Forget the answers of other tests: they write past the audit trail, which tells one state from another."""
    cache_of_answers.clear()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the clock at noon of the day that the published office is made for."""
    with time_machine.travel(NOON, tick=False) as stopped:
        yield stopped


@pytest.fixture
def published(office: Office, clock: time_machine.Traveller) -> dict[str, Any]:
    """Fill the sample office with bases and papers; gives their ids."""
    return publish(office.db)
