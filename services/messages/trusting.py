"""Whom a mail server's certificate must come from, and what is said of one that cannot be trusted."""

import hashlib
import re
import ssl

from rules.words import N_

LONGEST_AUTHORITY = 20_000  # characters: a chain of a few certificates
BAD_AUTHORITY = N_(
    "Please put in the certificate of the authority as text (PEM), from “-----BEGIN CERTIFICATE-----” to its end; "
    "no private key."
)
OUT_OF_DATE = N_(
    "The mail server's certificate has run out, or is not valid yet. Please tell who runs the mail server."
)
ANOTHER_NAME = N_(
    "The mail server's certificate is made out to another name. Please enter the server's name as its "
    "certificate says it."
)
UNKNOWN_AUTHORITY = N_(
    "The mail server's certificate comes from an authority that is not known here. If it is one of the "
    "office's own, please put its certificate in."
)
NO_TLS_HERE = N_(
    "The mail server does not speak TLS on this port. As a rule port 465 is for TLS from the start, port 587 "
    "for STARTTLS."
)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
# The codes of OpenSSL's X509_verify_cert_error_string.
_OF_DAYS, _OF_NAMES = frozenset({9, 10}), frozenset({62, 64})


def certificates_of(text: str) -> str | None:
    """Return the certificates of a text, "" for none; None where it holds anything else, or what is no certificate."""
    if not text.strip():
        return ""
    found = _CERTIFICATE.findall(text)
    if not found or "PRIVATE KEY" in text or len(text) > LONGEST_AUTHORITY:
        return None
    kept = "\n".join(found).replace("\r\n", "\n") + "\n"
    try:
        context_of(kept)
    except (ssl.SSLError, ValueError):
        return None
    return kept


def context_of(authority: str) -> ssl.SSLContext:
    """Return how to connect: certificate and name are checked, against this authority or those that the system knows.

    Raises ssl.SSLError, ValueError where the authority is no certificate.
    """
    return ssl.create_default_context(cadata=authority or None)


def fingerprint_of(authority: str) -> str:
    """Return what tells one authority from another in the trail; "" for none."""
    return f"SHA-256 {hashlib.sha256(authority.encode()).hexdigest()[:16]}" if authority else ""


def sentence_of(error: ssl.SSLError) -> str:
    """Return why a connection is not trusted, as a message id."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return NO_TLS_HERE
    if error.verify_code in _OF_DAYS:
        return OUT_OF_DATE
    return ANOTHER_NAME if error.verify_code in _OF_NAMES else UNKNOWN_AUTHORITY
