"""The key that seals the audit trail. It is never in the database, so that who writes there cannot seal anew.

AUDIT_KEY from the environment goes first (the same for every web process); else `DATA_DIR/audit_key`, made at the first
use, mode 0600. Either may hold several keys, divided by blanks, commas or line ends: the first one seals, the others
only verify what they sealed before.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from documents.server.embedded import data_folder
from documents.server.key_file import kept_key

_NAME_LENGTH = 8  # hexadecimal digits of a key's SHA-256: they tell keys apart, and nothing of the key


@dataclass(frozen=True)
class AuditKeys:
    """The keys of this machine, by their names; `present` names the one that seals."""

    present: str
    by_name: Mapping[str, bytes]

    def mac(self, text: str) -> str:
        """Return the HMAC-SHA-256, hexadecimal, of a text under the present key."""
        return _mac(self.by_name[self.present], text)

    def holds(self, name: str) -> bool:
        """Tell whether the key of this name is here."""
        return name in self.by_name

    def is_right(self, name: str, text: str, mac: str) -> bool:
        """Tell whether `mac` is that of a text under the key of this name."""
        return self.holds(name) and hmac.compare_digest(_mac(self.by_name[name], text), mac)


def audit_keys(environ: Mapping[str, str] = os.environ) -> AuditKeys:
    """Return the keys of this machine. Raises OSError when none can be read or made."""
    return _keys_of(environ.get("AUDIT_KEY", ""), data_folder(environ))


@cache
def _keys_of(given: str, folder: Path) -> AuditKeys:
    words = re.split(r"[\s,]+", (given or kept_key(folder / "audit_key")).strip())
    keys = {hashlib.sha256(word.encode()).hexdigest()[:_NAME_LENGTH]: word.encode() for word in words}
    return AuditKeys(next(iter(keys)), keys)


def _mac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
