"""The words of a document that a clerk brings, .docx or .txt: a process of its own reads it, under limits."""

import base64
from collections.abc import Mapping
from pathlib import Path

from office.child_process import ChildLimits, Ending, run_child
from rules.errors import Refusal, Refused
from rules.words import N_

ENDINGS = (".docx", ".txt")
MOST_BYTES = 10 << 20
_LIMITS = ChildLimits(seconds=10, output=64 << 20)

SENTENCES: Mapping[str, str] = {
    "extension": N_("“%(name)s” is neither .docx nor .txt. Please save the text as one of them in Word or WPS."),
    "too-large": N_("The file is too large: at most %(most)s MB."),
    "not-a-docx": N_(
        "The file is not a .docx document, or it is damaged or locked by a password. Please save it as .docx in Word "
        "or WPS and try again, or paste the text."
    ),
    "not-text": N_("The .txt file is neither in UTF-8 nor in GB 18030. Please save it as UTF-8, or paste the text."),
    "too-slow": N_("Reading the file took too long. Please paste the text."),
    "empty": N_("There are no words in the file: is it a scan? Please paste the text."),
}  # fmt: skip


def text_of_document(data: bytes, name: str, *, limits: ChildLimits = _LIMITS) -> str:
    """Return the words of a .docx or .txt, a line a paragraph, numbers that Word counts by itself included.

    Raises Refused with one clear sentence, beside the field `file`, for what cannot be read; Busy.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in ENDINGS:
        raise _refused("extension", name=name)
    if len(data) > MOST_BYTES:
        raise _refused("too-large")
    text = _decoded(data) if suffix == ".txt" else _in_child(data, limits)
    if not text.strip():
        raise _refused("empty")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _decoded(data: bytes) -> str:
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused("not-text")


def _in_child(data: bytes, limits: ChildLimits) -> str:
    ended = run_child("office.papers.document_child", {"document": base64.b64encode(data).decode()}, limits)
    if ended.ending is Ending.DONE:
        return ended.read().decode()
    if ended.ending is Ending.PROBLEM:
        raise _refused(ended.json()["problem"])
    ended.output.close()
    raise _refused(
        {Ending.TOO_SLOW: "too-slow", Ending.TOO_LARGE: "too-large"}.get(ended.ending, "not-a-docx")
    )


def _refused(word: str, **params: str) -> Refused:
    return Refused(Refusal(SENTENCES[word], {"most": MOST_BYTES >> 20, **params}, field="file"))
