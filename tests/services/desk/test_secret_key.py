"""The key of the session cookies: made once, and refused where it is weak and an office's data hang on it."""

import re
import secrets
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import pytest

from app import create_app
from services.desk.secret_key import refusals_to_key, secret_key

ROOT = Path(__file__).resolve().parents[3]
WEAK = ("short-but-random-x9Qz7", "0" * 64, "1234567890" * 4, "qwertyuiopasdfghjklzxcvbnm123456")


def test_the_secret_key_is_made_once_and_for_the_owner_alone(data_dir):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret_key(data_dir), range(16)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 64
    assert stat.S_IMODE((data_dir / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in data_dir.iterdir()] == ["secret_key"]


def test_a_given_secret_key_goes_before(data_dir):
    assert secret_key(data_dir, "given") == "given"
    assert not data_dir.exists()


@pytest.mark.parametrize("make", [lambda: secrets.token_hex(16), lambda: secrets.token_urlsafe(48)])
def test_a_key_from_a_generator_is_fit(make):
    assert all(refusals_to_key(make()) == () for _ in range(20))


@pytest.mark.parametrize("key", WEAK)
def test_a_short_or_guessable_key_is_not(key):
    assert refusals_to_key(key)


def samples() -> list[str]:
    """Return every key that stands in our own papers and samples as one to be replaced."""
    papers = [ROOT / "README.md", *(path for path in (ROOT / "docs").rglob("*") if path.is_file())]
    texts = [path.read_text() for path in papers if path.suffix != ".png"]
    return [found for text in texts for found in re.findall(r"^\s*SECRET_KEY[=:]\s*([^\s${]+)", text, re.M)]


def test_no_sample_of_ours_is_a_key():
    assert samples()
    for key in samples():
        assert refusals_to_key(key), key


@pytest.mark.parametrize("key", [*WEAK, "CHANGE-ME-to-32-or-more-random-characters"])
@pytest.mark.parametrize(
    "production", [{"MONGODB_URI": "mongodb://db1/office"}, {"SESSION_COOKIE_SECURE": "1"}]
)
def test_no_program_begins_on_a_weak_key_where_an_offices_data_are(key, production, monkeypatch):
    for name, value in {"SECRET_KEY": key, **production}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(click.ClickException) as caught:
        create_app()
    assert "SECRET_KEY" in caught.value.message
    assert key not in caught.value.message
    assert "\n" not in caught.value.message


def test_whoever_tries_the_program_may_take_any_key_and_a_kept_one_stays(monkeypatch, data_dir):
    monkeypatch.setenv("SECRET_KEY", "tried")
    assert create_app().config["SECRET_KEY"] == "tried"
    monkeypatch.delenv("SECRET_KEY")
    monkeypatch.setenv("DATA_DIR", str(data_dir))
    monkeypatch.setenv("SESSION_COOKIE_SECURE", "1")
    key = create_app().config["SECRET_KEY"]
    assert key == create_app().config["SECRET_KEY"] == (data_dir / "secret_key").read_text()
