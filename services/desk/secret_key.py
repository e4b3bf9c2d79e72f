"""The key that signs the session cookies: given, or made once and kept; and whether it is fit for an office's data."""

import os
import re
import secrets
from pathlib import Path

from zxcvbn import zxcvbn

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
    file_of_key = data_dir / "secret_key"
    if not file_of_key.exists():
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = data_dir / f".secret_key.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(
                fresh, file_of_key
            )  # unlike a rename it never replaces the key that another process put there
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    file_of_key.chmod(0o600)
    return file_of_key.read_text().strip()


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
