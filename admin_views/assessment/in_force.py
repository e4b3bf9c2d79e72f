"""Putting a draft in force: what changes, what is under way and by which set it is decided, then the question."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.rule_set_labels import days_text, figure_groups, month_day
from admin_views.assessment.rule_sets import draft_of, earlier_set
from admin_views.assessment.succession_steps import frame_of, open_figures
from admin_views.assessment.succession_view_models import InForcePage, MatterRow
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, today, typed_version
from admin_views.shared.view_models import Item
from forms.sentences import article_label, sentence
from rules.errors import Refusal, Refused, Stale
from rules.rule_sets.measures import Level, Measures, refusals_to_cite
from rules.rule_sets.provisions import PROVISIONS
from rules.words import N_
from services.assessment import rule_sets as service
from services.assessment.rule_sets import Edition, refusals_to_keep
from services.assessment.succession import Consequences, OpenMatter, consequences_of

_MOST_MATTERS = 50
_KINDS = {
    "rounds": (N_("Round"), "rounds.show", "text"),
    "notices": (N_("Public notice"), "publication.notice", "id"),
    "decisions": (N_("Case about the title"), "revocation.case", "id"),
}


def put_in_force(code: str) -> ResponseReturnValue:
    """Ask, then put a draft in force from its first day."""
    edition, problem = draft_of(code), None
    if request.method == "POST":
        try:
            service.put_in_force(code, version=typed_version(), actor=current_actor(), now=now())
        except (Refused, Stale) as refused:
            problem = refused
        else:
            flash(gettext(N_("The rule set is in force from its first day.")), "success")
            return redirect(url_for("rule_sets.show", code=code), 303)
    reasons = (
        problem.refusals
        if problem
        else (*refusals_to_cite(edition.measures), *refusals_to_keep(edition.measures))
    )
    page = _page(edition, reasons)
    return render_template("assessment/succession_in_force.html", page=page), 409 if problem else 200


def _page(edition: Edition, reasons: Sequence[Refusal]) -> InForcePage:
    measures, earlier = edition.measures, earlier_set(edition)
    of_city = measures.level is Level.CITY
    frame = frame_of(edition, "in_force", today())
    if not of_city:
        frame = replace(frame, steps=())
    followed = consequences_of(edition, today=today(), actor=current_actor()) if of_city else None
    day = measures.first_day.isoformat()
    groups = figure_groups(measures, earlier)
    return InForcePage(
        frame=frame,
        question=gettext(N_("Put “%(title)s” in force from %(day)s?"), title=measures.title, day=day),
        facts=(
            Item(gettext(N_("Title of the document")), measures.document_title or "—", wide=True),
            Item(gettext(N_("Number of the paper")), measures.document_number or "—"),
            Item(gettext(N_("Issued by")), measures.body or "—"),
            Item(gettext(N_("In force")), days_text(measures)),
            Item(gettext(N_("Level")), gettext(measures.level.label)),
        ),
        figures=tuple(
            replace(group, rows=tuple(row for row in group.rows if row.changed))
            for group in groups
            if any(row.changed for row in group.rows)
        ),
        articles=_moved(measures, earlier) if of_city else (),
        matters=_matters(followed) if followed else (),
        obligations=_obligations(measures, followed) if followed else (),
        consequences=(
            gettext(N_("From then on its figures can no longer be changed, nor can it be deleted.")),
            gettext(N_("Assessments for days from %(day)s on go by it."), day=day),
            gettext(N_("What is begun from %(day)s on is begun under it, and its papers cite it."), day=day),
        ),
        warnings=_warnings(edition, followed),
        refusals=_told(reasons),
        action=url_for("rule_sets.begin", code=measures.code), button=gettext(N_("Put in force")),
        cancel_url=url_for("rule_sets.show", code=measures.code), hidden=(("version", str(edition.version)),),
    )  # fmt: skip


def _told(reasons: Sequence[Refusal]) -> tuple[str, ...]:
    """Return the reasons, the provisions without an article in one sentence."""
    missing = [reason for reason in reasons if (reason.field or "").startswith("article-")]
    told = [sentence(reason) for reason in reasons if reason not in missing]
    if missing:
        provisions = (reason.params["provision"] for reason in missing)
        names = "、".join(gettext(provision.label) for provision in provisions)
        told.append(gettext(N_("No article is named yet for: %(provisions)s."), provisions=names))
    return tuple(told)


def _moved(measures: Measures, earlier: Measures | None) -> tuple[str, ...]:
    """Return the provisions that stand in another article now."""
    if earlier is None:
        return ()
    return tuple(
        f"{gettext(provision.label)}：{article_label(earlier.articles.get(provision.key, '')) or '—'} → "
        f"{article_label(measures.articles.get(provision.key, '')) or '—'}"
        for provision in PROVISIONS
        if earlier.articles.get(provision.key, "") != measures.articles.get(provision.key, "")
    )


def _matters(followed: Consequences) -> tuple[MatterRow, ...]:
    return tuple(_matter(matter) for matter in followed.matters[:_MOST_MATTERS])


def _matter(matter: OpenMatter) -> MatterRow:
    label, endpoint, key = _KINDS[matter.collection]
    arguments: dict[str, Any] = {key: str(matter.id)}
    url = url_for(endpoint, **arguments)
    return MatterRow(gettext(label), matter.name, url, matter.decided_under.title)


def _obligations(measures: Measures, followed: Consequences) -> tuple[str, ...]:
    """Return by which rule set reports, change filings and terms go on."""
    under = followed.terms_under
    running = N_(
        "%(count)s titles run on %(day)s; what their bases owe (summary by %(summary)s, change filings within "
        "%(days)s working days) goes by %(title)s."
    )
    year = measures.first_day.year
    reports = N_("The counties' reports on %(year)s are due by %(day)s, by %(title)s.")
    return (
        gettext(
            running, count=followed.running_terms, day=max(measures.first_day, today()).isoformat(),
            summary=month_day(under.base_summary_by), days=under.change_filing_working_days, title=under.title,
        ),
        gettext(reports, year=year, day=month_day(measures.county_summary_by), title=measures.title),
        gettext(
            N_("Titles announced under it are valid for %(years)s years."), years=measures.years_of_validity
        ),
    )  # fmt: skip


def _warnings(edition: Edition, followed: Consequences | None) -> tuple[str, ...]:
    warnings = []
    if followed and followed.gap:
        first, last = (day.isoformat() for day in followed.gap)
        sentence_ = N_(
            "From %(first)s to %(last)s no rule set is in force: nothing can be begun on these days."
        )
        warnings.append(gettext(sentence_, first=first, last=last))
    figures = len(open_figures(edition)) if followed and edition.source_text else 0
    if figures:
        sentence_ = N_("%(count)s figures were not confirmed beside the text: they stay as before.")
        warnings.append(gettext(sentence_, count=figures))
    if edition.measures.first_day < today():
        sentence_ = N_(
            "It comes into force for days that have passed: what was decided then stays as it was."
        )
        warnings.append(gettext(sentence_))
    return tuple(warnings)
