"""Put bases forward, correct a letter, record what became of it (Art. 17)."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.labels import SHORT_LABELS, actual_words, met_word, missing_figure
from admin_views.shared.files import keep_sent, warn_of_lost_files
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import asked_id, now, office_state, today, typed_version
from admin_views.shared.view_models import Empty, FormPage, FormSection, Option, Text, badge
from admin_views.upward.labels import crumbs, show_url
from admin_views.upward.view_models import CandidateRow, ChoosePage, LevelVerdict, UpwardPreviewPage
from documents.upward.recommendation import COLLECTION, LETTER, StoredRecommendation
from forms.sentences import sentence, show_refusals
from forms.upward import OutcomeForm, UpwardForm
from rules.assessment.indicators import Assessment, Indicator
from rules.errors import Missing, Problem, Refused, Stale
from rules.rule_sets.measures import Level
from rules.upward import UpwardOutcome
from rules.words import N_
from schema.settings import FIRST_YEAR
from services.desk.settings import office_settings
from services.upward import recommendations as service
from services.upward.recommendations import UpwardCandidate, read_recommendation

_YEARS = 5
_KEYS = ("tenants", "people", "staff", "partners", "low_fee_share")


def _assessed_year() -> int:
    """Return the year whose figures are shown: the one asked for, else this year."""
    this = today().year
    year = request.args.get("assessed", type=int) or this
    return year if office_settings()[FIRST_YEAR] <= year <= this else this


def _ticked() -> tuple[ObjectId, ...]:
    texts = dict.fromkeys(request.form.getlist("bases"))
    if not all(ObjectId.is_valid(text) for text in texts):
        raise Missing()
    return tuple(ObjectId(text) for text in texts)


def new() -> ResponseReturnValue:
    """Choose bases by the three levels side by side, and record the letter that puts them forward."""
    year = _assessed_year()
    if request.method == "GET":
        start = {"level": Level.PROVINCE.value, "year": today().year, "dated": today()}
        return _choose_page(UpwardForm.filled(start), year, ())
    form, chosen = UpwardForm.typed(request.form), _ticked()
    problems: tuple[str, ...] = ()
    if form.validate():
        try:
            if request.form.get("action") == "preview":
                text = service.preview_letter(form.draft(chosen, year), actor=current_actor(), today=today())
                page = UpwardPreviewPage(gettext(N_("Preview of the letter")), text, crumbs())
                return render_template("upward/letter_preview.html", page=page)
            recommendation_ids = service.recommend_upwards(
                form.draft(chosen, year), actor=current_actor(), now=now(), today=today()
            )
        except Refused as problem:
            problems = _beside(form, problem)
        else:
            _keep_letter(recommendation_ids)
            count = len(recommendation_ids)
            flash(gettext(N_("%(count)s bases are put forward."), count=count), "success")
            return redirect(show_url(recommendation_ids[0]) if count == 1 else url_for("upward.index"), 303)
    warn_of_lost_files(form)
    return _choose_page(form, year, chosen, problems), 422


def _beside(form: UpwardForm, problem: Problem) -> tuple[str, ...]:
    """Show what was refused beside its field; return what is said of the choice of bases."""
    show_refusals(form, problem)
    return tuple(sentence(refusal) for refusal in problem.refusals if refusal.field in ("base", "bases"))


def _keep_letter(recommendation_ids: tuple[ObjectId, ...]) -> None:
    """Keep the letter with every base that it names."""
    for recommendation_id in recommendation_ids:
        keep_sent(COLLECTION, recommendation_id, LETTER)
        for upload in request.files.getlist("file"):
            upload.stream.seek(0)


def _choose_page(
    form: UpwardForm, year: int, chosen: tuple[ObjectId, ...], problems: tuple[str, ...] = ()
) -> str:
    order = {code: place for place, (code, _, _) in enumerate(office_state().counties)}
    candidates = sorted(
        service.candidates(year, today=today(), actor=current_actor()),
        key=lambda candidate: (
            order.get(candidate.base["county"], len(order)), candidate.base["sort_key"],
        ),
    )  # fmt: skip
    empty = Empty(
        gettext(N_("No base can be put forward")),
        gettext(N_("Only certified bases with a valid title can be recommended.")),
    )
    this = today().year
    page = ChoosePage(
        title=gettext(N_("Recommend bases")), form=form, action=url_for("upward.new", assessed=year),
        cancel_url=url_for("upward.index"), year=year,
        years=tuple(
            Option(url_for("upward.new", assessed=shown), str(shown), shown == year)
            for shown in range(this, this - _YEARS, -1)
        ),
        heads=tuple(gettext(SHORT_LABELS[key]) for key in _KEYS), levels=_levels(year),
        rows=tuple(_row(candidate, year, candidate.base["_id"] in chosen) for candidate in candidates),
        base_problems=problems, empty=None if candidates else empty, crumbs=crumbs(),
    )  # fmt: skip
    return render_template("upward/new.html", page=page)


def _levels(year: int) -> tuple[tuple[str, str, str], ...]:
    """Return of each level its name, its rule set, and a warning about that."""
    levels = []
    for level, level_set in service.level_sets(year, today()).items():
        if level_set is None:
            levels.append((gettext(level.label), gettext(N_("Not entered yet")), ""))
            continue
        measures, in_force = level_set
        warning = "" if in_force else gettext(N_("Not in force on the day of counting"))
        if measures.superseded:
            warning = gettext(N_("The figures may be out of date: check them."))
        levels.append((gettext(level.label), measures.title, warning))
    return tuple(levels)


def _row(candidate: UpwardCandidate, year: int, ticked: bool) -> CandidateRow:
    base, short_names = candidate.base, {code: short for code, _, short in office_state().counties}
    # What there is in the base is the same under every level.
    assessment = next(assessment for assessment in candidate.levels.values() if assessment)
    return CandidateRow(
        str(base["_id"]),
        base["name"],
        url_for("base_assessment.base", id=base["_id"], year=year) + "#levels",
        short_names.get(base["county"], base["county"]),
        tuple(_figure(assessment.indicator(key), base) for key in _KEYS),
        tuple(_verdict(assessment) for assessment in candidate.levels.values()),
        tuple(_already_badge(*already) for already in candidate.already),
        ticked,
    )


def _figure(indicator: Indicator, base: Mapping[str, Any]) -> str:
    text = actual_words(indicator, base)
    return f"{text}%" if indicator.unit == "%" and text[:1].isdecimal() else text


def _verdict(assessment: Assessment | None) -> LevelVerdict:
    if assessment is None:
        return LevelVerdict(False, False, gettext(N_("Not entered yet")))
    unmet = [indicator for indicator in assessment.indicators if not indicator.met]
    if not unmet:
        return LevelVerdict(True, True, met_word(True))
    lacking = "、".join(
        f"{gettext(SHORT_LABELS[line.key])} {gettext(N_('%(count)s short'), count=missing_figure(line))}"
        + ("%" if line.key == "low_fee_share" else "")
        for line in unmet
    )
    return LevelVerdict(True, False, gettext(N_("%(count)s not met"), count=len(unmet)), lacking)


def _already_badge(level: str, year: int, outcome: str) -> Text:
    levels = {known.value: gettext(known.label) for known in Level}
    outcomes = {known.value: gettext(known.label) for known in UpwardOutcome}
    return badge(f"{year} {levels.get(level, level)} {outcomes.get(outcome, outcome)}", "blue")


# --- Correct, outcome ------------------------------------------------------------------------------------


def edit() -> ResponseReturnValue:
    """Correct a letter whose outcome is open."""
    recommendation = read_recommendation(asked_id(), current_actor())
    if request.method == "GET":
        return _letter_page(UpwardForm.of(recommendation), recommendation, recommendation["version"])
    form, version, status = UpwardForm.typed(request.form), typed_version(), 422
    if form.validate():
        draft = form.draft((recommendation["base"],), recommendation["year"])
        try:
            service.correct_recommendation(
                recommendation["_id"], draft, version=version, actor=current_actor(), now=now(), today=today()
            )
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
            if isinstance(problem, Stale):
                version, status = _version_now(recommendation), 409
        else:
            flash(gettext(N_("Saved.")), "success")
            return redirect(show_url(recommendation["_id"]), 303)
    return _letter_page(form, recommendation, version), status


def _version_now(recommendation: StoredRecommendation) -> int:
    """Return the version that a stale form goes on with: saved again it replaces what the other one saved."""
    return read_recommendation(recommendation["_id"], current_actor())["version"]


def _letter_page(form: UpwardForm, recommendation: StoredRecommendation, version: int) -> str:
    section = FormSection(gettext(N_("Letter")), (("level", "year"), ("number", "dated"), ("remark",)))
    page = FormPage(
        title=gettext(N_("Edit: %(name)s"), name=recommendation["base_name"]), form=form, sections=(section,),
        action=url_for("upward.edit", id=recommendation["_id"]), cancel_url=show_url(recommendation["_id"]),
        save_label=gettext(N_("Save")), version=version, crumbs=crumbs(recommendation),
    )  # fmt: skip
    return render_template("records/form.html", page=page)


def decide() -> ResponseReturnValue:
    """Record what became of a recommendation."""
    recommendation = read_recommendation(asked_id(), current_actor())
    if request.method != "POST":
        return _outcome_page(OutcomeForm.of(recommendation), recommendation, recommendation["version"])
    form, version, status = OutcomeForm.typed(request.form), typed_version(), 422
    if form.validate():
        try:
            service.record_outcome(
                recommendation["_id"], form.chosen(), outcome_on=form.typed_day("outcome_on"),
                number=form.typed_text("outcome_number"), version=version, actor=current_actor(), now=now(),
                today=today(),
            )  # fmt: skip
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
            if isinstance(problem, Stale):
                version, status = _version_now(recommendation), 409
        else:
            flash(gettext(N_("The outcome is recorded.")), "success")
            return redirect(show_url(recommendation["_id"]), 303)
    return _outcome_page(form, recommendation, version), status


def _outcome_page(form: OutcomeForm, recommendation: StoredRecommendation, version: int) -> str:
    section = FormSection(recommendation["base_name"], (("outcome",), ("outcome_on", "outcome_number")))
    page = FormPage(
        title=gettext(N_("Outcome of the recommendation")), form=form, sections=(section,),
        action=url_for("upward.decide", id=recommendation["_id"]), cancel_url=show_url(recommendation["_id"]),
        save_label=gettext(N_("Save")), version=version, crumbs=crumbs(recommendation),
    )  # fmt: skip
    return render_template("records/form.html", page=page)
