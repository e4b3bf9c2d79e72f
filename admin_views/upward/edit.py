"""Put bases forward, correct a letter, record what became of it (Art. 17)."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.labels import SHORT_LABELS, actual_words, met_word, missing_figure
from admin_views.reports.view_models import CandidateRow, ChoosePage, LevelVerdict
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, office_state, today
from admin_views.shared.slot_files import asked_id, keep_sent, sent_files
from admin_views.shared.view_models import Empty, FormPage, FormSection, Option, Text, badge
from admin_views.upward.list import LETTER, crumbs, show_url, upward
from documents.upward.recommendation import COLLECTION
from forms.sentences import sentence, show_refusals
from forms.upward import OutcomeForm, UpwardForm
from rules.access import Permission
from rules.assessment import Assessment
from rules.errors import Missing, Problem, Refused, Stale
from rules.measures import Level
from rules.upward import UpwardOutcome
from rules.words import N_
from schema.settings import FIRST_YEAR
from services.desk.settings import office_settings
from services.upward import recommendations as service
from services.upward.recommendations import Candidate, read_recommendation

__all__ = ["upward"]
_YEARS = 5
_KEYS = ("tenants", "people", "staff", "partners", "low_fee_share")
_NOT_KEPT = N_("The files you chose were not kept: please choose them again.")


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


@upward.route("/new/", methods=["GET", "POST"])
@needs(Permission.DECIDE_APPLICATIONS)
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
            made = service.recommend_upwards(
                form.draft(chosen, year), actor=current_actor(), now=now(), today=today()
            )
        except Refused as problem:
            problems = _beside(form, problem)
        else:
            _keep_letter(made)
            flash(gettext(N_("%(count)s bases are put forward."), count=len(made)), "success")
            return redirect(show_url(made[0]) if len(made) == 1 else url_for("upward.index"), 303)
    if sent_files():
        form.form_errors.append(gettext(_NOT_KEPT))
    return _choose_page(form, year, chosen, problems), 422


def _beside(form: UpwardForm, problem: Problem) -> tuple[str, ...]:
    """Show what was refused beside its field; return what is said of the choice of bases."""
    show_refusals(form, problem)
    return tuple(sentence(one) for one in problem.refusals if one.field in ("base", "bases"))


def _keep_letter(made: tuple[ObjectId, ...]) -> None:
    """Keep the letter with every base that it names."""
    for identity in made:
        keep_sent(COLLECTION, identity, LETTER)
        for one in request.files.getlist("file"):
            one.stream.seek(0)


def _choose_page(
    form: UpwardForm, year: int, chosen: tuple[ObjectId, ...], problems: tuple[str, ...] = ()
) -> str:
    found = service.candidates(year, today=today(), actor=current_actor())
    order = {code: place for place, (code, _, _) in enumerate(office_state().counties)}
    rows = sorted(found, key=lambda one: (order.get(one.base["county"], len(order)), one.base["sort_key"]))
    empty = Empty(
        gettext(N_("No base can be put forward")),
        gettext(N_("Only certified bases with a valid title can be recommended.")),
    )
    this = today().year
    page = ChoosePage(
        title=gettext(N_("Recommend bases")), form=form, action=url_for("upward.new", assessed=year),
        cancel_url=url_for("upward.index"), year=year,
        years=tuple(
            Option(url_for("upward.new", assessed=one), str(one), one == year) for one in range(this, this - _YEARS, -1)
        ),
        heads=tuple(gettext(SHORT_LABELS[key]) for key in _KEYS), levels=_levels(year),
        rows=tuple(_row(one, year, one.base["_id"] in chosen) for one in rows), base_problems=problems,
        empty=None if rows else empty, crumbs=crumbs(),
    )  # fmt: skip
    return render_template("upward/new.html", page=page)


def _levels(year: int) -> tuple[tuple[str, str, str], ...]:
    made = []
    for level, found in service.level_sets(year, today()).items():
        if found is None:
            made.append((gettext(level.label), gettext(N_("Not entered yet")), ""))
            continue
        measures, really = found
        warn = "" if really else gettext(N_("Not in force on the day of counting"))
        if measures.superseded:
            warn = gettext(N_("The figures may be out of date: check them."))
        made.append((gettext(level.label), measures.title, warn))
    return tuple(made)


def _row(one: Candidate, year: int, ticked: bool) -> CandidateRow:
    base, counties = one.base, {code: short for code, _, short in office_state().counties}
    known = next(found for found in one.levels.values() if found)
    return CandidateRow(
        str(base["_id"]),
        base["name"],
        url_for("base_assessment.base", id=base["_id"], year=year) + "#levels",
        counties.get(base["county"], base["county"]),
        tuple(actual_words(known.indicator(key), base) for key in _KEYS),
        tuple(_verdict(found) for found in one.levels.values()),
        tuple(_already(*line) for line in one.already),
        ticked,
    )


def _verdict(found: Assessment | None) -> LevelVerdict:
    if found is None:
        return LevelVerdict(False, False, gettext(N_("Not entered yet")))
    missing = [one for one in found.indicators if not one.met]
    if not missing:
        return LevelVerdict(True, True, met_word(True))
    lacking = "、".join(
        f"{gettext(SHORT_LABELS[one.key])} {gettext(N_('%(count)s short'), count=missing_figure(one))}"
        + ("%" if one.key == "low_fee_share" else "")
        for one in missing
    )
    return LevelVerdict(True, False, gettext(N_("%(count)s not met"), count=len(missing)), lacking)


def _already(level: str, year: int, outcome: str) -> Text:
    word = next((gettext(one.label) for one in Level if one.value == level), level)
    state = next((gettext(one.label) for one in UpwardOutcome if one.value == outcome), outcome)
    return badge(f"{year} {word} {state}", "blue")


# --- Correct, outcome ------------------------------------------------------------------------------------


@upward.route("/edit/", methods=["GET", "POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def edit() -> ResponseReturnValue:
    """Correct a letter whose outcome is open."""
    raw = read_recommendation(asked_id(), current_actor())
    if request.method == "GET":
        given = {key: raw.get(key) for key in ("level", "year", "number", "remark")}
        return _letter_page(UpwardForm.filled({**given, "dated": raw["dated"].date()}), raw, raw["version"])
    form, version, code = UpwardForm.typed(request.form), request.form.get("version", type=int) or 0, 422
    if form.validate():
        try:
            service.correct_recommendation(
                raw["_id"], form.draft((raw["base"],), raw["year"]), version=version, actor=current_actor(), now=now(),
                today=today(),
            )  # fmt: skip
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
            if isinstance(problem, Stale):
                version, code = read_recommendation(raw["_id"], current_actor())["version"], 409
        else:
            flash(gettext(N_("Saved.")), "success")
            return redirect(show_url(raw["_id"]), 303)
    return _letter_page(form, raw, version), code


def _letter_page(form: UpwardForm, raw: Mapping[str, Any], version: int) -> str:
    section = FormSection(gettext(N_("Letter")), (("level", "year"), ("number", "dated"), ("remark",)))
    page = FormPage(
        title=gettext(N_("Edit: %(name)s"), name=raw["base_name"]), form=form, sections=(section,),
        action=url_for("upward.edit", id=raw["_id"]), cancel_url=show_url(raw["_id"]),
        save_label=gettext(N_("Save")), version=version, crumbs=crumbs(raw),
    )  # fmt: skip
    return render_template("records/form.html", page=page)


@upward.route("/outcome/", methods=["GET", "POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def decide() -> ResponseReturnValue:
    """Record what became of a recommendation."""
    raw = read_recommendation(asked_id(), current_actor())
    day = raw.get("outcome_on")
    kept = {"outcome": raw["outcome"], "outcome_number": raw.get("outcome_number")}
    form = OutcomeForm.filled({**kept, "outcome_on": day.date() if day else None})
    version, code = raw["version"], 200
    if request.method == "POST":
        form, version, code = OutcomeForm.typed(request.form), request.form.get("version", type=int) or 0, 422
        if form.validate():
            try:
                service.record_outcome(
                    raw["_id"], form.chosen(), outcome_on=form.day(), number=form.outcome_number.data or "",
                    version=version, actor=current_actor(), now=now(), today=today(),
                )  # fmt: skip
            except (Refused, Stale) as problem:
                show_refusals(form, problem)
                if isinstance(problem, Stale):
                    version, code = read_recommendation(raw["_id"], current_actor())["version"], 409
            else:
                flash(gettext(N_("The outcome is recorded.")), "success")
                return redirect(show_url(raw["_id"]), 303)
    section = FormSection(raw["base_name"], (("outcome",), ("outcome_on", "outcome_number")))
    page = FormPage(
        title=gettext(N_("Outcome of the recommendation")), form=form, sections=(section,),
        action=url_for("upward.decide", id=raw["_id"]), cancel_url=show_url(raw["_id"]),
        save_label=gettext(N_("Save")), version=version, crumbs=crumbs(raw),
    )  # fmt: skip
    return render_template("records/form.html", page=page), code
