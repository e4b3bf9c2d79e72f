"""What is decided of each personal number before a text becomes public: mask, remove, or keep with a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rules.applications import refusals_of_text
from rules.choices import Choice
from rules.errors import Refusal
from rules.personal_numbers import PersonalNumber, find_personal_numbers
from rules.words import N_

MOST_REASON = 200  # characters
UNDECIDED = N_("Decide what becomes of this number: mask it, remove it, or keep it with a reason.")


class Treatment(Choice):
    """What becomes of a personal number that was found."""

    MASK = "mask", N_("Mask"), "遮盖"
    REMOVE = "remove", N_("Leave out"), "删去"
    KEEP = "keep", N_("Keep"), "保留"


@dataclass(frozen=True)
class Treated:
    """What was decided of one number; `reason` for one that is kept."""

    treatment: Treatment
    reason: str = ""

    def instead_of(self, number: PersonalNumber) -> str | None:
        """Return what stands in the number's place; None when it stays."""
        return {Treatment.MASK: number.masked, Treatment.REMOVE: "", Treatment.KEEP: None}[self.treatment]


@dataclass(frozen=True)
class Finding:
    """A personal number in a text; `place` is a sentence with its parameters, `key` tells it from others."""

    key: str
    place: tuple[str, Mapping[str, object]]
    number: PersonalNumber


Treatments = Mapping[str, Treated]  # by the key of what was found
NOTHING_DECIDED: Treatments = MappingProxyType({})


def refusals_to_release(findings: Iterable[Finding], treatments: Treatments) -> tuple[Refusal, ...]:
    """Return what is still to decide; the field of each refusal is the key of the number that it speaks of."""
    refusals: list[Refusal] = []
    for finding in findings:
        treated = treatments.get(finding.key)
        if treated is None:
            refusals.append(Refusal(UNDECIDED, field=finding.key))
        elif treated.treatment is Treatment.KEEP:
            refusals += _refusals_of_reason(treated.reason, finding.key)
    return tuple(refusals)


UNREAD = "unread"  # the key under which a reason stands for what of a file could not be read


def refusals_to_release_file(
    findings: Iterable[Finding], unread: Iterable[str], treatments: Treatments
) -> tuple[Refusal, ...]:
    """Return why a file may not become public: inside it a number is kept with a reason, or the file is changed."""
    refusals: list[Refusal] = []
    for finding in findings:
        treated = treatments.get(finding.key)
        if treated is None or treated.treatment is not Treatment.KEEP:
            sentence = N_(
                "A number inside a file cannot be changed here: change the file and hand it in again, or keep the"
                " number with a reason."
            )
            refusals.append(Refusal(sentence, field=finding.key))
        else:
            refusals += _refusals_of_reason(treated.reason, finding.key)
    places = "、".join(unread)
    if places:
        looked = treatments.get(UNREAD)
        if looked is None or not looked.reason.strip():
            sentence = N_(
                "This could not be read: %(places)s. Look at it yourself, and say that it may be published."
            )
            refusals.append(Refusal(sentence, {"places": places}, UNREAD))
        else:
            refusals += _refusals_of_reason(looked.reason, UNREAD)
    return tuple(refusals)


def _refusals_of_reason(reason: str, key: str) -> tuple[Refusal, ...]:
    wanted = N_("Say why this number may be published.")
    if find_personal_numbers(reason):
        return (Refusal(N_("The reason itself holds a personal number: say it without."), field=key),)
    return refusals_of_text(reason, key, wanted=wanted, most=MOST_REASON)


def release_note(findings: Iterable[Finding], treatments: Treatments) -> str:
    """Return for the audit trail what was decided, without any number: 手机号码 遮盖 2 处；固定电话 保留 1 处（…）."""
    counts: dict[tuple[str, str, str], int] = {}
    for finding in findings:
        treated = treatments[finding.key]
        reason = treated.reason.strip() if treated.treatment is Treatment.KEEP else ""
        words = finding.number.kind.zh, treated.treatment.zh, reason
        counts[words] = counts.get(words, 0) + 1
    return "；".join(
        f"{kind} {treatment} {count} 处" + (f"（{reason}）" if reason else "")
        for (kind, treatment, reason), count in counts.items()
    )
