"""The key that signs the session cookies: given, or made once and kept; and whether it is fit for an office's data."""

import re
from pathlib import Path

from zxcvbn import zxcvbn

from documents.server.key_file import kept_key
from rules.errors import Refusal
from rules.words import N_

LEAST = 32  # characters
# Of guesses, as a power of ten. Sixteen random bytes in hexadecimal need some 30, rows of the keyboard 12.
_LEAST_GUESSES = 24
# What stands in samples, here and in other people's handbooks, without signs and in lower case.
_SAMPLES = ("changeme", "changethis", "replaceme", "example", "yoursecret", "randomcharacters", "secretkey")


def secret_key(data_dir: Path, given: str | None = None) -> str:
    """Return `given`, or the key kept in `data_dir`/secret_key, made at the first call, mode 0600.

    Of several processes that start at once, all get the same key.
    """
    if given:
        return given
    return kept_key(data_dir / "secret_key")


def refusals_to_key(key: str) -> tuple[Refusal, ...]:
    """Return why a key is not fit to sign the cookies of an office that others reach; nothing if it is."""
    plain = re.sub(r"[^a-z0-9]", "", key.lower())
    if any(sample in plain for sample in _SAMPLES):
        why = N_("SECRET_KEY is a sample that anybody can read. %(how)s")
    elif len(key) < LEAST:
        why = N_("SECRET_KEY is shorter than %(least)s characters. %(how)s")
    elif zxcvbn(key[:72])["guesses_log10"] < _LEAST_GUESSES:
        why = N_("SECRET_KEY can be guessed. %(how)s")
    else:
        return ()
    how = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    return (Refusal(why, {"least": LEAST, "how": how}),)
