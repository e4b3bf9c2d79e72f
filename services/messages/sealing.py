"""Secrets of other programs, as they lie in the database: sealed with the office's key, of no use without it.

HMAC-SHA256 as a pseudo-random function in counter mode (NIST SP 800-38A, with keys of SP 800-108), then a tag over
salt and ciphertext: encrypt, then authenticate.
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode

_SALT, _TAG = 16, 32  # bytes


def seal(text: str, key: str) -> str:
    """Return a text sealed with the office's key, in base64; another one each time."""
    salt, plain = secrets.token_bytes(_SALT), text.encode()
    hidden = _combined(plain, salt, key)
    return b64encode(salt + hidden + _tag(salt + hidden, key)).decode()


def unseal(sealed: str, key: str) -> str | None:
    """Return what was sealed; None where another key sealed it, or somebody changed it."""
    try:
        raw = b64decode(sealed, validate=True)
    except ValueError:
        return None
    body, tag = raw[:-_TAG], raw[-_TAG:]
    if len(body) < _SALT or not hmac.compare_digest(tag, _tag(body, key)):
        return None
    return _combined(body[_SALT:], body[:_SALT], key).decode()


def _combined(data: bytes, salt: bytes, key: str) -> bytes:
    stream, own = b"", _key_for("stream", key)
    for number in range(-(-len(data) // 32)):
        stream += hmac.new(own, salt + number.to_bytes(4, "big"), hashlib.sha256).digest()
    return bytes(one ^ other for one, other in zip(data, stream, strict=False))


def _tag(body: bytes, key: str) -> bytes:
    return hmac.new(_key_for("tag", key), body, hashlib.sha256).digest()


def _key_for(use: str, key: str) -> bytes:
    return hmac.new(key.encode(), f"message channels {use}".encode(), hashlib.sha256).digest()
