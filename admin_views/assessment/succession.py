"""The successor of the Measures, step by step: text, title and days, figures, articles, what if; then in force."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.rule_set_labels import asked_text, days_text, line_groups, month_day, unit_of
from admin_views.assessment.rule_set_view_models import TurnedBase
from admin_views.assessment.rule_sets import crumbs, draft_of
from admin_views.assessment.succession_steps import (
    YEARS,
    frame_of,
    open_figures,
    proposals,
    summary_lines,
    taken_or_open,
    text_of_draft,
)
from admin_views.assessment.succession_view_models import (
    ArticlesPage,
    BeginPage,
    CountyYears,
    FiguresPage,
    HeadingPage,
    PairRow,
    ProposedFigure,
    ProposedGroup,
    ProvisionRow,
    ProvisionRows,
    TextPage,
    TurnedInYears,
    YearsPage,
    YearTurn,
)
from admin_views.assessment.what_if import county_change, turned_base
from admin_views.shared.articles import article_of
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import after_refusal, now, office_state, today, typed_version
from admin_views.shared.view_models import Link, Option
from forms.sentences import article_label, sentence, show_refusals
from forms.succession import (
    ArticlesForm,
    HeadingForm,
    ProposedFiguresForm,
    TextForm,
    article_field,
)
from office.papers.document_text import MOST_BYTES, text_of_document
from rules.assessment.counting import as_of
from rules.errors import Problem, Refused, Stale
from rules.rule_sets.measure_lines import TRANSITIONS, MeasureLine
from rules.rule_sets.measures import Measures
from rules.rule_sets.provisions import PROVISIONS, ProvisionGroup
from rules.rule_sets.succession.comparison import ArticlePair, lines_before, paired, said_of_cutting
from rules.rule_sets.succession.figures import FigureValue, NamedFigure
from rules.rule_sets.succession.headings import heading_of
from rules.rule_sets.succession.provisions import proposed_articles, references_of, words_of
from rules.words import N_
from services.assessment import succession as service
from services.assessment.rule_sets import Edition, set_in_force
from services.assessment.what_if import Comparison, try_out_years, years_table


def _old(edition: Edition) -> Measures:
    return service.predecessor_of(edition.measures) or set_in_force(today())[0]


def _shown_again(edition: Edition, problem: Problem | None, *, wrong: bool) -> tuple[Edition, int]:
    """Return the draft at the version that its page carries, and the page's status."""
    if request.method == "GET":
        return edition, 200
    if isinstance(problem, Refused | Stale):
        version, status = after_refusal(problem, lambda: draft_of(edition.measures.code).version)
        return replace(edition, version=version), status
    return replace(edition, version=typed_version()), 422 if wrong else 200


# --- The text ------------------------------------------------------------------------------------


def begin() -> ResponseReturnValue:
    """Begin the successor with its text, pasted or in a file."""
    old = set_in_force(today())[0]
    if request.method == "GET":
        name = gettext(N_("%(title)s (revised)"), title=old.title)
        return _begin_page(TextForm.filled({"title": name}), old)
    form = TextForm.typed(request.form)
    if form.validate():
        try:
            title = form.typed_text("title").strip()
            code = service.begin_succession(
                _sent_text(form), today=today(), title=title, actor=current_actor(), now=now()
            )
        except Refused as problem:
            show_refusals(form, problem)
        else:
            flash(gettext(N_("Kept as a draft: it is not in force.")), "success")
            return redirect(url_for("succession.text", code=code), 303)
    return _begin_page(form, old)


def _sent_text(form: TextForm) -> str:
    """Return the text of the file, where one was sent, else the one pasted. Raises Refused."""
    upload = request.files.get("file")
    if upload and upload.filename:
        return text_of_document(upload.stream.read(MOST_BYTES + 1), upload.filename)
    return form.typed_text("text").replace("\r\n", "\n")


def _begin_page(form: TextForm, old: Measures) -> ResponseReturnValue:
    drafts = tuple(
        Link(
            edition.measures.title,
            url_for("succession.text", code=edition.measures.code),
            days_text(edition.measures),
        )
        for edition in service.drafts_of_successors()
    )
    page = BeginPage(
        form, url_for("succession.begin"), url_for("rule_sets.index"), f"{old.named} {days_text(old)}", drafts, crumbs()
    )  # fmt: skip
    wrong = bool(form.errors or form.form_errors)
    return render_template("assessment/succession_begin.html", page=page), 422 if wrong else 200


def text(code: str) -> ResponseReturnValue:
    """Show the text beside the old one, article by article; correct it and cut it again."""
    edition, problem = draft_of(code), None
    form = TextForm.filled({"title": edition.measures.title, "text": text_of_draft(edition)})
    if request.method == "POST":
        form = TextForm.typed(request.form)
        form.title.data = edition.measures.title
        try:
            gone = service.save_text(
                code, _sent_text(form), version=typed_version(), actor=current_actor(), now=now()
            )
        except (Refused, Stale) as refused:
            problem = refused
            show_refusals(form, refused)
        else:
            flash(gettext(N_("Cut into articles anew and kept.")), "success")
            if gone:
                sentence_ = N_("%(count)s provisions stood in articles that are no more: set them again.")
                flash(gettext(sentence_, count=len(gone)), "warning")
            return redirect(url_for("succession.text", code=code), 303)
    edition, status = _shown_again(edition, problem, wrong=problem is not None)
    return _text_page(edition, form), status


def _text_page(edition: Edition, form: TextForm) -> str:
    old, whole = _old(edition), text_of_draft(edition)
    pairs = paired(old.text, edition.measures.text)
    changed = sum(bool(pair.old and pair.new and pair.changed) for pair in pairs)
    counts = (
        gettext(N_("%(count)s articles"), count=len(edition.measures.text)),
        gettext(N_("%(count)s changed"), count=changed),
        gettext(N_("%(count)s new"), count=sum(pair.old is None for pair in pairs)),
        gettext(N_("%(count)s dropped"), count=sum(pair.new is None for pair in pairs)),
    )
    page = TextPage(
        frame_of(edition, "text", today()), form, url_for("succession.text", code=edition.measures.code), old.named,
        tuple(_pair_row(pair) for pair in pairs), counts,
        warnings=tuple(sentence(refusal) for refusal in said_of_cutting(whole)), before=lines_before(whole),
    )  # fmt: skip
    return render_template("assessment/succession_text.html", page=page)


def _pair_row(pair: ArticlePair) -> PairRow:
    old, new = (article_label(str(article.number)) if article else "" for article in (pair.old, pair.new))
    if pair.old is None:
        state, word = "new", gettext(N_("New article"))
    elif pair.new is None:
        state, word = "dropped", gettext(N_("Article dropped"))
    elif pair.changed:
        state, word = "changed", gettext(N_("Words changed"))
    elif pair.moved:
        state, word = "moved", gettext(N_("Moved"))
    else:
        state, word = "same", gettext(N_("As before"))
    return PairRow(old, new, state, word, pair.spans)


# --- Title, days and transition -------------------------------------------------------------------


def heading(code: str) -> ResponseReturnValue:
    """Confirm title, number, body and days, as the text says them, and the transition."""
    edition, problem = draft_of(code), None
    proposed = heading_of(text_of_draft(edition))
    parts = {
        "document_title": proposed.title, "document_number": proposed.number, "body": proposed.body,
        "first_day": proposed.first_day, "last_day": proposed.last_day,
    }  # fmt: skip
    if request.method == "GET":
        form = HeadingForm.of(edition.measures, _proposed_heading(edition, parts))
    else:
        form = HeadingForm.typed(request.form)
        if form.validate():
            try:
                service.save_heading(
                    code, form.values(), version=typed_version(), actor=current_actor(), now=now()
                )
            except (Refused, Stale) as refused:
                problem = refused
                show_refusals(form, refused)
            else:
                return _next(code, "figures")
    missing = tuple(gettext(form[name].label.text) for name, part in parts.items() if not part.value)
    wrong = bool(form.errors or form.form_errors)
    edition, status = _shown_again(edition, problem, wrong=wrong)
    page = HeadingPage(
        frame_of(edition, "heading", today()), form, url_for("succession.heading", code=code),
        (("title", "document_number"), ("document_title", "body"), ("first_day", "last_day")),
        {name: part.source for name, part in parts.items() if part.source},
        tuple(line.key for line in TRANSITIONS), missing,
    )  # fmt: skip
    return render_template("assessment/succession_heading.html", page=page), status


def _proposed_heading(edition: Edition, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the text says where the draft says nothing of its own yet: before it was confirmed once."""
    measures = edition.measures
    if measures.document_number:
        return {}
    proposed: dict[str, Any] = {
        name: part.value for name, part in parts.items() if part.value and not name.endswith("_day")
    }
    for name in ("first_day", "last_day"):
        if parts[name].value:
            proposed[name] = date.fromisoformat(parts[name].value)
    if parts["document_number"].value:
        proposed["title"] = parts["document_number"].value
    return proposed


def _next(code: str, step: str) -> ResponseReturnValue:
    flash(gettext(N_("Saved.")), "success")
    return redirect(url_for(f"succession.{step}", code=code), 303)


# --- Figures --------------------------------------------------------------------------------------


def figures(code: str) -> ResponseReturnValue:
    """Confirm the figures that the text names one by one; those that it does not name are set by hand."""
    edition, problem = draft_of(code), None
    old, named = _old(edition), proposals(edition.measures)
    if request.method == "GET":
        first = {key: proposed[0].value for key, proposed in named.items() if key not in edition.confirmed}
        form, ticked = ProposedFiguresForm.of(edition.measures, first), set[str]()
    else:
        form, ticked = ProposedFiguresForm.typed(request.form), set(request.form.getlist("take"))
        chosen = form.taken(ticked)
        if not form.errors:
            try:
                service.save_figures(code, chosen, version=typed_version(), actor=current_actor(), now=now())
            except (Refused, Stale) as refused:
                problem = refused
                show_refusals(form, refused)
            else:
                left = open_figures(draft_of(code))
                if not left:
                    return _next(code, "articles")
                flash(gettext(N_("Saved: %(count)s figures are still open."), count=len(left)), "success")
                return redirect(url_for("succession.figures", code=code), 303)
    wrong = bool(form.errors or form.form_errors)
    edition, status = _shown_again(edition, problem, wrong=wrong)
    page = FiguresPage(
        frame_of(edition, "figures", today()), form, url_for("succession.figures", code=code),
        _figure_groups(edition, old, named, ticked), url_for("rule_sets.edit", code=code),
    )  # fmt: skip
    return render_template("assessment/succession_figures.html", page=page), status


def _figure_groups(
    edition: Edition, old: Measures, named: Mapping[str, Sequence[NamedFigure]], ticked: set[str]
) -> tuple[ProposedGroup, ...]:
    groups = []
    for title, _, lines in line_groups():
        rows = [_figure_row(edition, old, line, named, ticked) for line in lines]
        groups.append(ProposedGroup(title, tuple(rows)))
    last = groups.pop()
    summaries = tuple(
        ProposedFigure(
            key, key, label, gettext(N_("month-day")), month_day(getattr(old, key)), *_source(named.get(key, ())),
            taken_or_open(edition, key, named), ticked=key in ticked,
            others=_others(named.get(key, ())),
        )
        for key, label in summary_lines()
    )  # fmt: skip
    return (*groups, ProposedGroup(last.title, last.rows + summaries))


def _figure_row(
    edition: Edition,
    old: Measures,
    line: MeasureLine,
    named: Mapping[str, Sequence[NamedFigure]],
    ticked: set[str],
) -> ProposedFigure:
    proposed = named.get(line.key, ())
    return ProposedFigure(
        line.key, line.name, gettext(line.label), unit_of(line), asked_text(line, line.asked(old)), *_source(proposed),
        taken_or_open(edition, line.key, named), yes_no=line.yes_no, ticked=line.key in ticked,
        others=_others(proposed),
    )  # fmt: skip


def _source(proposed: Sequence[NamedFigure]) -> tuple[str, str]:
    return (article_label(proposed[0].reference), proposed[0].sentence) if proposed else ("", "")


def _others(proposed: Sequence[NamedFigure]) -> str:
    return "；".join(
        f"{_value_text(figure.value)}（{article_label(figure.reference)}）" for figure in proposed[1:]
    )


def _value_text(value: FigureValue) -> str:
    return month_day(value) if isinstance(value, tuple) else str(value)


# --- Articles --------------------------------------------------------------------------------------


def articles(code: str) -> ResponseReturnValue:
    """Confirm the article of each provision, with its words beside it."""
    edition, problem = draft_of(code), None
    old, measures = _old(edition), edition.measures
    proposed = {**proposed_articles(old, measures.text), **measures.articles}
    form = ArticlesForm.of(proposed)
    if request.method == "POST":
        form = ArticlesForm.typed(request.form)
        if form.validate():
            try:
                service.save_articles(
                    code, form.references(), version=typed_version(), actor=current_actor(), now=now()
                )
            except (Refused, Stale) as refused:
                problem = refused
                show_refusals(form, refused)
            else:
                missing = sum(not reference for reference in form.references().values())
                if not missing:
                    return _next(code, "what_if")
                sentence_ = N_("Saved: %(count)s provisions have no article yet.")
                flash(gettext(sentence_, count=missing), "warning")
                return redirect(url_for("succession.articles", code=code), 303)
    rows = {provision: _provision_row(provision.key, form, old, measures) for provision in PROVISIONS}
    groups = tuple(
        ProvisionRows(
            gettext(group.value), tuple(rows[provision] for provision in PROVISIONS if provision.group is group)
        )
        for group in ProvisionGroup
    )  # fmt: skip
    wrong = bool(form.errors or form.form_errors)
    edition, status = _shown_again(edition, problem, wrong=wrong)
    page = ArticlesPage(
        frame_of(edition, "articles", today()), form, url_for("succession.articles", code=code), groups,
        tuple(
            Option(article_label(reference), words_of(measures.text, reference)[:40], False)
            for reference in references_of(measures.text)
        ),
        sum(row.missing for row in rows.values()),
    )  # fmt: skip
    return render_template("assessment/succession_articles.html", page=page), status


def _provision_row(key: str, form: ArticlesForm, old: Measures, measures: Measures) -> ProvisionRow:
    label = next(provision.label for provision in PROVISIONS if provision.key == key)
    field = form[article_field(key)]
    words = words_of(measures.text, field.data or "")
    return ProvisionRow(
        article_field(key), gettext(label), article_of(key, old), words, missing=not words,
        changed=(field.data or "") != old.articles.get(key, ""),
    )  # fmt: skip


# --- What if -----------------------------------------------------------------------------------------


def what_if(code: str) -> ResponseReturnValue:
    """Show who would newly fail or pass in each of the last years, by county and by base."""
    edition = draft_of(code)
    old = _old(edition)
    comparisons = _tried(edition, old)
    state = office_state()
    names, shorts = state.county_names, {county: short for county, _, short in state.counties}
    years = tuple(
        YearTurn(
            str(year) if year < today().year else gettext(N_("%(year)s, until today"), year=year),
            county_change(str(year), comparison.total), url_for("what_if.index", draft=code, start=old.code, year=year),
        )
        for year, comparison in comparisons.items()
    )  # fmt: skip
    codes = dict.fromkeys(county for comparison in comparisons.values() for county in comparison.counties)
    counties = tuple(
        CountyYears(names.get(county, county), tuple(_cell(comparison, county) for comparison in comparisons.values()))
        for county in codes
    )  # fmt: skip
    page = YearsPage(
        frame_of(edition, "what_if", today()), old.named, years, counties, _turned(comparisons, shorts),
        url_for("succession.export", code=code),
        gettext(N_("Counted as the records are on %(day)s."), day=as_of(today().year, today()).isoformat()),
    )  # fmt: skip
    return render_template("assessment/succession_what_if.html", page=page)


def _tried(edition: Edition, old: Measures) -> dict[int, Comparison]:
    return try_out_years(
        old, edition.measures, range(today().year - YEARS + 1, today().year + 1), today=today(), actor=current_actor(),
        counties=[code for code, _, _ in office_state().counties],
    )  # fmt: skip


def _cell(comparison: Comparison, county: str) -> tuple[int, int]:
    counts = comparison.counties.get(county)
    return (counts.newly_failing, counts.newly_passing) if counts else (0, 0)


def _turned(comparisons: Mapping[int, Comparison], shorts: Mapping[str, str]) -> tuple[TurnedInYears, ...]:
    statuses = office_state().statuses.get("bases", {})
    bases: dict[Any, TurnedBase] = {}
    years: dict[Any, list[tuple[str, str, tuple[str, ...]]]] = {}
    for year, comparison in comparisons.items():
        for word, turning in (
            (gettext(N_("Newly fail")), comparison.newly_failing),
            (gettext(N_("Newly pass")), comparison.newly_passing),
        ):  # fmt: skip
            for compared in turning:
                shown = turned_base(compared, shorts, statuses)
                bases.setdefault(compared.base["_id"], shown)
                years.setdefault(compared.base["_id"], []).append((str(year), word, shown.reasons))
    return tuple(TurnedInYears(base, tuple(years[base_id])) for base_id, base in bases.items())


def export(code: str) -> ResponseReturnValue:
    """Send the comparison of all the years as a workbook."""
    edition = draft_of(code)
    old = _old(edition)
    comparisons = _tried(edition, old)
    state = office_state()
    shorts = {county: short for county, _, short in state.counties}
    reasons = {
        year: {
            compared.base["_id"]: turned_base(compared, shorts, {}).reasons for compared in comparison.bases
        }
        for year, comparison in comparisons.items()
    }
    first, last = min(comparisons), max(comparisons)
    note = f"{first}–{last}年度　{old.title} → {edition.measures.title}"
    table = years_table(comparisons, reasons, state=state, note=note)
    return send_tables([table], f"办法试算-{first}-{last}.xlsx")
