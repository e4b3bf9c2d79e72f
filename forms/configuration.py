"""How the values of a configuration, and of what has no declaration of its fields, are called and shown."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from rules.rule_sets.measure_lines import LINES, POLICIES, TRANSITIONS
from rules.rule_sets.provisions import PROVISIONS
from rules.words import N_

_LONGEST = 200
_YES, _NO, _RETIRED = N_("yes"), N_("no"), N_("retired")
_PROVISION_LABELS = {provision.key: provision.label for provision in PROVISIONS}
_OWN_LABELS = {
    "rule_sets": {
        "title": N_("Name of the rules"), "document_title": N_("Title of the document"),
        "body": N_("Issued by"), "document_number": N_("Number of the paper"), "note": N_("Notes"),
        "level": N_("Level"), "draft": N_("Draft rules"), "source_text": N_("The document it was begun from"),
        "begins_after_end": N_("After its last day something may be begun under it, with a reason"),
        "first_day": N_("In force from"), "last_day": N_("In force to"),
        "base_summary_by": N_("Base's annual summary, by"), "county_summary_by": N_("County's annual report, by"),
    },
    "calendar_years": {
        "holidays": N_("Days off"), "workdays": N_("Week-ends that are worked"), "source": N_("According to"),
    },
}  # fmt: skip


def value_in_words(value: Any) -> str:
    """Return a value of a configuration in one line: lists parted by 、, a word of a list by its label."""
    if isinstance(value, bool):
        return gettext(_YES if value else _NO)
    if isinstance(value, list):
        text = "、".join(_word(member) for member in value)
    else:
        text = "" if value is None else str(value)
    text = " ".join(text.split())
    return (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…") or "—"


def _word(member: Any) -> str:
    if isinstance(member, dict):
        label = str(member.get("label", ""))
        retired = gettext(_RETIRED)
        return f"{label}（{retired}）" if member.get("retired") else label
    return str(member)


def change_label(collection: str, key: str) -> str:
    """Return what the trail calls a value of a rule set or of a calendar; '' for any other."""
    labels = _OWN_LABELS.get(collection)
    if labels is None:
        return ""
    if key in labels:
        return gettext(labels[key])
    decided = next((line for line in (*POLICIES, *TRANSITIONS) if line.key == key), None)
    if decided is not None:
        return gettext(decided.label)
    kind, _, name = key.partition(".")
    if kind == "article" and name in _PROVISION_LABELS:
        return gettext(N_("Article of “%(provision)s”"), provision=gettext(_PROVISION_LABELS[name]))
    if kind == "text" and name.isdecimal():
        return gettext(N_("Text of article %(number)s"), number=int(name))
    line = next((line for line in LINES if line.key == key), None)
    if line is None:
        return ""
    label = gettext(line.label)
    return f"{gettext(line.function.label)} · {label}" if line.function else label


def value_label(part: str, labels: Mapping[str, str], key: str) -> str:
    """Return what a value of an entry of a configuration's part is called; "" where the entry says it all."""
    if part in ("rule_sets", "moved_rule_sets"):
        return change_label("rule_sets", key)
    return gettext(labels[key]) if labels.get(key) else ""
