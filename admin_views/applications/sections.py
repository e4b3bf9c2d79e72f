"""The sections of an application's page where something is done: materials, county review, letter, decision."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from admin_views.applications.labels import may_take, shows_result
from admin_views.applications.shared import PICTURES, Again, file_place
from admin_views.applications.stepper import reason_lines
from admin_views.applications.view_models import FilePlace, MaterialRow, MaterialsPart, ReviewPart
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import shown_moment
from admin_views.shared.slot_files import HINT
from admin_views.shared.view_models import Item, badge
from forms.applications import ReviewForm, day_of
from forms.sentences import sentence
from rules.applications import Stage, Verb
from rules.materials import DECISION, MOST_CASE_CHARACTERS, ON_SITE, Material, characters
from rules.words import N_
from services.applications.county_review import OTHER
from services.applications.steps import stage_of, step_line

Raw = Mapping[str, Any]
Files = Mapping[str, Sequence[Mapping[str, Any]]]
MATERIALS, REVIEW, EXPERTS = "materials", "review", "experts"


# --- The ten materials ---------------------------------------------------------------------------


def materials_part(raw: Raw, files: Files, again: Again | None) -> MaterialsPart:
    """Return the checklist of Art. 11; a form for who may hand in."""
    mine = again if again and again.part == MATERIALS else None
    may = may_take(raw, Verb.SUBMIT)
    values = mine.values if mine else {}
    cases = str(values.get("cases", raw.get("cases") or ""))
    returned = stage_of(raw) is Stage.RETURNED
    reasons = raw.get("returned", {}).get("reasons", {}) if returned else {}
    rows = tuple(_material(one, raw, files, may, reasons, mine, cases) for one in Material)
    label = gettext(N_("Submit again")) if returned else gettext(N_("Submit to the county review"))
    return MaterialsPart(
        rows=rows,
        there=sum(row.there for row in rows),
        cases=cases,
        cases_count=characters(cases),
        cases_most=MOST_CASE_CHARACTERS,
        sealed=bool(values.get("sealed", raw.get("sealed"))),
        action=url_for("applications.materials", id=raw["_id"]) if may else "",
        version=_version(raw, mine),
        may_submit=may,
        submit_label=label,
        cases_problem=_said(mine, "cases"),
        sealed_problem=_said(mine, "sealed"),
        theirs=str(raw.get("cases") or "")
        if mine and mine.stale and (raw.get("cases") or "") != cases
        else "",
        other_reason=reasons.get(OTHER, ""),
        file_hint=gettext(HINT),
    )


def _material(
    one: Material,
    raw: Raw,
    files: Files,
    may: bool,
    reasons: Mapping[str, str],
    mine: Again | None,
    cases: str,
) -> MaterialRow:
    place = file_place(one.value, gettext(one.label), files, open_to=may, again=mine)
    is_cases = one is Material.CASES
    typed = bool(cases.strip()) if is_cases else False
    return MaterialRow(
        number=one.number,
        place=place,
        there=bool(place.files) or typed,
        reason=reasons.get(one.value, ""),
        note=gettext(N_("typed below")) if typed and not place.files else "",
        is_cases=is_cases,
        is_statement=one is Material.STATEMENT,
    )


def _said(mine: Again | None, field: str) -> str:
    return " ".join(sentence(one) for one in mine.beside(field)) if mine else ""


def _version(raw: Raw, mine: Again | None) -> int:
    return mine.version if mine and mine.version is not None else int(raw["version"])


# --- County review -------------------------------------------------------------------------------


def review_part(raw: Raw, files: Files, again: Again | None) -> ReviewPart | None:
    """Return the county's review: a form while it is due, else what was found; None before that."""
    mine = again if again and again.part == REVIEW else None
    found, may = raw.get("review", {}), may_take(raw, Verb.PASS)
    photos = file_place(
        ON_SITE, gettext(N_("Photos of the on-site check")), files, open_to=may, again=mine, accept=PICTURES,
        hint=gettext(N_(".jpg or .png, several at once.")),
    )  # fmt: skip
    if may:
        form = mine.form if mine and mine.form else filled_review(raw)
        return ReviewPart(
            place=photos,
            form=form,
            action=url_for("applications.review", id=raw["_id"]),
            version=_version(raw, mine),
            may_pass=True,
            return_url=url_for("applications.give_back", id=raw["_id"]),
            name=raw["base_name"],
        )
    if not found and not photos.files:
        return None
    return ReviewPart(place=photos, items=review_items(raw), state=_result(found), name=raw["base_name"])


def filled_review(raw: Raw) -> ReviewForm:
    """Return the form of the county's review with what is kept."""
    kept = raw.get("review", {}).get("on_site", {})
    values = {"people": kept.get("people"), "findings": kept.get("findings")}
    return ReviewForm(data=values | {"checked_on": day_of(kept.get("checked_on"))})


def on_site_items(kept: Raw) -> tuple[Item, ...]:
    """Return a check on site in words."""
    day = kept.get("checked_on")
    return (
        Item(gettext(N_("Day of the on-site check")), f"{day:%Y-%m-%d}" if day else ""),
        Item(gettext(N_("Present at the check")), kept.get("people")),
        Item(gettext(N_("What was found")), kept.get("findings"), wide=True),
    )


def review_items(raw: Raw) -> tuple[Item, ...]:
    """Return what the county found."""
    found = raw.get("review", {})
    made = [*on_site_items(found.get("on_site", {}))]
    if found.get("result"):
        made += [
            Item(gettext(N_("Opinion of the county")), found.get("opinion"), wide=True),
            Item(gettext(N_("Reviewed by")), f"{found.get('by_name', '')} {shown_moment(found.get('at'))}"),
        ]
    return tuple(made)


def _result(found: Raw) -> Markup:
    if found.get("result") == Verb.PASS.value:
        return badge(gettext(N_("Passed")), "green")
    return badge(gettext(N_("Not passed")), "red") if found.get("result") else Markup("")


# --- Letter, decision ------------------------------------------------------------------------------


def letter_items(raw: Raw) -> tuple[Item, ...]:
    """Return the letter that recommends it; () before that."""
    letter = raw.get("letter", {})
    if not letter:
        return ()
    return (
        Item(gettext(N_("Number of the letter")), letter.get("number")),
        Item(gettext(N_("Dated")), f"{letter['dated']:%Y-%m-%d}"),
    )


def decision_items(raw: Raw) -> tuple[Item, ...]:
    """Return what was decided, with the papers it stands in; () before that, and for whom it is not yet public."""
    if not shows_result(raw):
        return ()
    made: list[Item] = []
    line = step_line(raw, Verb.SELECT, Verb.DECLINE, Verb.FAIL)
    standing = stage_of(raw) not in (Stage.RECOMMENDED, Stage.SCORED)
    if line and standing:
        verb = next(one for one in Verb if one.value == line["verb"])
        made.append(Item(gettext(N_("Preliminary result")), gettext(verb.label)))
        made.append(Item(gettext(N_("Decided by")), f"{line.get('by_name', '')} {shown_moment(line['at'])}"))
        if line.get("opinion"):
            made.append(Item(gettext(N_("Reason")), line["opinion"], wide=True))
    for key, label in (("notice", N_("Public notice")), ("announcement", N_("Announcement"))):
        if raw.get(key):
            address = url_for("publication.notice", id=raw[key])
            made.append(
                Item(gettext(label), Markup('<a href="%s">%s</a>') % (address, gettext(N_("Open the paper"))))
            )
    if raw.get("certificate_number"):
        made.append(Item(gettext(N_("Certificate number")), raw["certificate_number"], align="code"))
    return tuple(made)


def decision_files(files: Files) -> FilePlace | None:
    """Return the files of the decision, for who may read them."""
    if not files.get(DECISION) or current_actor().county is not None:
        return None
    return file_place(DECISION, gettext(N_("Files of the decision")), files, open_to=False)


def returned_lines(raw: Raw) -> tuple[tuple[str, str], ...]:
    """Return what is to be corrected now, item by item; () when it is not returned."""
    if stage_of(raw) is not Stage.RETURNED:
        return ()
    return reason_lines(raw.get("returned", {}).get("reasons", {}))
