"""The list of a published paper with what became of each base; another county's unpublished state is not told."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId
from flask import url_for
from flask_babel import gettext

from admin_views.publication.shared import application_url, kind_badge, paper_url
from admin_views.publication.view_models import ListedRow
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state
from admin_views.shared.view_models import Link, Text, badge
from forms.sentences import sentence
from rules.applications import Stage
from rules.publication import Candidate, NoticeKind, held_back
from rules.words import N_
from services.applications.steps import stage_of

Raw = Mapping[str, Any]


def listed_rows(
    notice: Raw, applications: Mapping[ObjectId, Raw], candidates: Mapping[ObjectId, Candidate],
    announcements: Sequence[Raw],
) -> tuple[ListedRow, ...]:  # fmt: skip
    """Return the lines of a paper's list, in its order."""
    certificates = {
        entry["application"]: (entry["certificate_number"], row)
        for row in announcements
        for entry in row["entries"]
    }
    found = []
    for number, entry in enumerate(notice["entries"], 1):
        identity, names = entry.get("application"), office_state().county_names
        mine = current_actor().sees(entry["county"])
        state, notes, links = _became(
            notice, entry, applications, candidates, certificates.get(identity), mine
        )
        found.append(
            ListedRow(
                number, entry["base_name"], _url(entry) if mine else "", entry["operator"],
                names.get(entry["county"], entry["county"]), kind_badge(entry["kind"]) if entry.get("kind") else "",
                state, notes, links,
            )
        )  # fmt: skip
    return tuple(found)


def _url(entry: Raw) -> str:
    """Return the page of an entry's application; a decision on a title names the base alone."""
    if entry.get("application"):
        return application_url(entry["application"])
    return url_for("bases.details_view", id=entry["base"])


def _became(
    notice: Raw, entry: Raw, applications: Mapping[ObjectId, Raw], candidates: Mapping[ObjectId, Candidate],
    announced: tuple[str, Raw] | None, mine: bool,
) -> tuple[Text, tuple[str, ...], tuple[Link, ...]]:  # fmt: skip
    if notice["kind"] == NoticeKind.ANNOUNCEMENT.value:
        number = entry["certificate_number"]
        file = url_for("publication.certificate_file", id=notice["_id"], application=entry["application"])
        return (
            number,
            (),
            (
                Link(gettext(N_("Certificate (.docx)")), file),
                Link(gettext(N_("Public page")), f"/bases/{number}"),
            ),
        )
    if announced is not None:
        number, paper = announced
        return (
            badge(gettext(Stage.ANNOUNCED.label), "green"),
            (),
            (Link(f"{paper['number']} · {number}", paper_url(paper["_id"])),),
        )
    candidate = candidates.get(entry.get("application"))
    if candidate is None or not mine:
        return "", (), ()
    return _waiting(candidate, stage_of(applications[entry["application"]]))


def _waiting(candidate: Candidate, stage: Stage) -> tuple[Text, tuple[str, ...], tuple[Link, ...]]:
    if stage is not Stage.ON_NOTICE:
        return badge(gettext(stage.label), "grey"), (), ()
    held = tuple(sentence(one) for one in held_back(candidate))
    if held:
        return badge(gettext(N_("Held back")), "red"), held, ()
    return badge(gettext(stage.label), "amber"), (), ()
