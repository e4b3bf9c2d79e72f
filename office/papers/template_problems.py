"""What can be wrong with a template that the office supplies: a word, its sentence, the error that carries it."""

from collections.abc import Mapping
from typing import Any

from rules.errors import Refusal, Refused
from rules.words import N_

SENTENCES: Mapping[str, str] = {
    "not-a-docx": N_("This is not a .docx file. Please save the template as .docx in Word or WPS."),
    "damaged": N_("The file is damaged: the part %(part)s cannot be read."),
    "too-large": N_("The template is too large: at most 5 MB, and 30 MB when it is unpacked."),
    "macros": N_("The template holds macros. Please save it as .docx, without macros."),
    "outside": N_("The template refers to something outside the file: %(target)s. Please embed or remove it."),
    "embedded": N_("The template holds an embedded object or another file (%(part)s). Please remove it."),
    "field": N_("The template holds a field that fetches or runs something: %(field)s. Please remove it."),
    "syntax": N_("The template has a fault near “%(near)s”: %(fault)s"),
    "code": N_("The template holds code, which is not allowed: %(what)s near “%(near)s”."),
    "unknown-name": N_("The template uses the unknown name “%(name)s”. Known are: %(known)s."),
    "no-names": N_("The template names none of the paper's values, so every paper would read the same."),
    "missing-value": N_("The template asks for something that the paper does not have: %(fault)s"),
    "not-a-paper": N_("What the template makes cannot be opened: a tag stands where it tears the text apart."),
    "too-slow": N_("The template takes too long: a loop in it does not end, or makes far too much."),
    "failed": N_("The template could not be used."),
}  # fmt: skip


class TemplateProblem(Exception):
    """A fault of a template, as a word of SENTENCES and its parameters."""

    def __init__(self, word: str, **params: Any) -> None:
        super().__init__(word)
        self.word = word
        self.params = params

    def refused(self) -> Refused:
        """Return the error that a clerk is shown."""
        return refused(self.word, self.params)


def refused(word: str, params: Mapping[str, Any]) -> Refused:
    """Return the error for a problem of the child process."""
    known = word if word in SENTENCES else "failed"
    return Refused(Refusal(SENTENCES[known], params, field="file"))
