"""A key of this machine, kept in a file of its own beside the database: made once, for its owner's eyes alone."""

import os
import secrets
from pathlib import Path


def kept_key(file_of_key: Path) -> str:
    """Return the key kept in a file, made at the first call, mode 0600.

    Of several processes that start at once, all get the same key.
    """
    if not file_of_key.exists():
        file_of_key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = file_of_key.with_name(f".{file_of_key.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            # Unlike a rename it never replaces the key that another process put there.
            os.link(fresh, file_of_key)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    file_of_key.chmod(0o600)
    return file_of_key.read_text().strip()
