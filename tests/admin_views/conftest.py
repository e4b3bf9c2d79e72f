"""What every page's test shares."""

import pytest
from argon2 import PasswordHasher


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a password's hash in no time: how dear one must be is for tests/services/desk to say."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("services.desk.sign_in._HASHER", cheap)
