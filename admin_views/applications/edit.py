"""What is done on an application's page: its materials saved and handed in, the county's review, return, withdrawal."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.labels import kind_label, may_take, next_step_label, waiting_label
from admin_views.applications.page import show_again
from admin_views.applications.sections import MATERIALS, REVIEW
from admin_views.applications.shared import (
    asked_application,
    attempt,
    crumbs,
    done,
    page_url,
)
from admin_views.applications.view_models import QuestionPage
from admin_views.shared.files import keep_uploads, remove_asked
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, today, typed_version
from admin_views.shared.retry_state import RetryState
from admin_views.shared.view_models import FormPage, FormSection, Item
from documents.applications.application import COLLECTION, StoredApplication
from forms.applications import ReasonForm, ReturnForm, ReviewForm, innovations_form
from forms.sentences import put_beside, sentence
from rules.applications import Verb, refusals_to_step
from rules.errors import Refusal
from rules.innovations import SLOTS
from rules.materials import ON_SITE, Material
from rules.words import N_
from services.applications import county_review, submission
from services.applications.steps import read_application, stage_of

_SAVED = N_("Saved.")


# --- Materials -----------------------------------------------------------------------------------


def save_materials() -> ResponseReturnValue:
    """Save the uploaded files, the text and the tick; take a file away, or hand in, where that was asked for."""
    raw = asked_application()
    application_id, version = raw["_id"], typed_version()
    cases, sealed = request.form.get("cases", raw.get("cases") or ""), bool(request.form.get("sealed"))
    characteristics = request.form.get("characteristics")
    submitting = request.form.get("action") == "submit"
    form = innovations_form(request.form)
    innovations_sent = any(field.name in request.form for field in form)
    refused_files, files_saved = keep_uploads(
        COLLECTION, application_id, [*(material.value for material in Material), *SLOTS]
    )
    changed = False

    def work() -> None:
        nonlocal version, changed
        changed = submission.save_materials(
            application_id, cases=cases, sealed=sealed, characteristics=characteristics,
            innovations=form.innovations() if innovations_sent else None, version=version,
            actor=current_actor(), now=now(),
        )  # fmt: skip
        version += changed
        changed = remove_asked(COLLECTION, application_id) or changed
        if submitting and not refused_files:
            submission.submit(
                application_id, version=version, actor=current_actor(), now=now(), today=today()
            )

    is_readable = not innovations_sent or form.validate()
    refusals, is_stale = attempt(work) if is_readable else ((), False)
    others = put_beside(form, refusals)
    if refused_files or refusals or not is_readable:
        typed: dict[str, Any] = {"cases": cases, "sealed": sealed}
        if characteristics is not None:
            typed["characteristics"] = characteristics
        retry = RetryState(
            MATERIALS, form=form if innovations_sent else None, values=typed,
            refusals=(*(others if innovations_sent else refusals), *refused_files),
            version=None if is_stale else version, is_stale=is_stale,
            message=gettext(N_("The other files were kept.")) if files_saved else "",
        )  # fmt: skip
        return show_again(application_id, retry, 409 if is_stale else 422)
    if submitting:
        return done(application_id, gettext(N_("Handed in: the county reviews it next.")))
    message = gettext(_SAVED) if changed or files_saved else gettext(N_("Nothing was changed."))
    return done(application_id, message, MATERIALS)


# --- County review ---------------------------------------------------------------------------------


def review() -> ResponseReturnValue:
    """Save the record of the on-site check with its photos; or pass or fail, which saves all of it or nothing."""
    raw = asked_application()
    application_id, version, form = raw["_id"], typed_version(), ReviewForm(request.form)
    verb = {"pass": Verb.PASS, "fail": Verb.FAIL}.get(request.form.get("action", ""))
    refused_files, files_saved = keep_uploads(COLLECTION, application_id, (ON_SITE,))
    changed = False

    def work() -> None:
        nonlocal version, changed
        if verb is None:
            saved = county_review.save_on_site(
                application_id, form.on_site(), version=version, actor=current_actor(), now=now()
            )
            version += saved
            changed = remove_asked(COLLECTION, application_id) or saved
        elif not refused_files:
            county_review.review(
                application_id, verb, opinion=form.opinion.data or "", on_site=form.on_site(),
                failing_reason=form.failing_reason.data or "", version=version, actor=current_actor(), now=now(),
                today=today(),
            )  # fmt: skip

    is_readable = form.validate()
    refusals, is_stale = attempt(work) if is_readable else ((), False)
    # The photos are no field of the form but a place for files.
    refusals = tuple(
        Refusal(refusal.message, refusal.params, ON_SITE) if refusal.field == "photos" else refusal
        for refusal in refusals
    )
    others = put_beside(form, refusals)
    if refused_files or refusals or not is_readable:
        retry = RetryState(
            REVIEW, form=form, refusals=(*others, *refused_files), version=None if is_stale else version,
            is_stale=is_stale,
        )  # fmt: skip
        return show_again(application_id, retry, 409 if is_stale else 422)
    if verb is Verb.PASS:
        return done(application_id, gettext(N_("Passed: it can be recommended now.")))
    if verb is Verb.FAIL:
        return done(application_id, gettext(N_("The application was not passed.")))
    if form.opinion.data:  # an opinion is saved when it is given, not before: it stays in its box
        retry = RetryState(REVIEW, form=form, version=version, message=gettext(_SAVED))
        return show_again(application_id, retry, 200)
    message = gettext(_SAVED) if changed or files_saved else gettext(N_("Nothing was changed."))
    return done(application_id, message, REVIEW)


def return_for_correction() -> ResponseReturnValue:
    """Return an application for correction, item by item."""
    raw = asked_application()
    if request.method == "GET":
        refusals = refusals_to_step(stage_of(raw), Verb.RETURN)
        return _return_page(
            raw, ReturnForm(), raw["version"], tuple(sentence(refusal) for refusal in refusals)
        )
    form, version, is_stale = ReturnForm(request.form), typed_version(), False
    problems: tuple[str, ...] = ()
    if form.validate():
        refusals, is_stale = attempt(
            partial(
                county_review.return_for_correction, raw["_id"], form.reasons(), form.due.data,
                opinion=form.opinion.data or "", version=version, actor=current_actor(), now=now(), today=today(),
            )
        )  # fmt: skip
        if not refusals:
            return done(raw["_id"], gettext(N_("Returned for correction.")))
        problems = tuple(sentence(refusal) for refusal in put_beside(form, refusals))
    if is_stale:
        raw = read_application(raw["_id"], current_actor())
        version = raw["version"]
    return _return_page(raw, form, version, problems, 409 if is_stale else 422)


def _return_page(
    raw: StoredApplication, form: ReturnForm, version: int, problems: tuple[str, ...] = (), status: int = 200
) -> ResponseReturnValue:
    items = tuple((material.value,) for material in Material)
    for material in Material:
        form[material.value].label.text = f"{material.number} {gettext(material.label)}"
    page = FormPage(
        title=gettext(N_("Return for correction: %(name)s"), name=raw["base_name"]),
        form=form,
        sections=(
            FormSection(gettext(N_("Until when")), (("due",), ("opinion",))),
            FormSection(
                gettext(N_("What is to be corrected")), (*items, ("other",)),
                gettext(N_("Fill in what is to be corrected; blank ones are in order.")),
            ),
        ),
        action=url_for("applications.give_back", id=raw["_id"]),
        cancel_url=page_url(raw["_id"]),
        save_label=gettext(N_("Return for correction")),
        version=version,
        problems=problems,
        crumbs=crumbs(raw),
    )  # fmt: skip
    return render_template("records/form.html", page=page), status


# --- Withdrawal --------------------------------------------------------------------------------------


def withdraw() -> ResponseReturnValue:
    """Record that the applicant takes the application back, after a question."""
    raw = asked_application()
    if request.method == "GET":
        return _withdrawal_page(raw, ReasonForm(), raw["version"], ())
    form, version, is_stale = ReasonForm(request.form), typed_version(), False
    problems: tuple[str, ...] = ()
    if form.validate():
        refusals, is_stale = attempt(
            partial(
                submission.withdraw, raw["_id"], reason=form.reason.data or "", version=version,
                actor=current_actor(), now=now(),
            )
        )  # fmt: skip
        if not refusals:
            return done(raw["_id"], gettext(N_("Withdrawn.")))
        # The reason is the opinion of this step.
        of_reason = [sentence(refusal) for refusal in refusals if refusal.field == "opinion"]
        form.reason.errors = [*form.reason.errors, *of_reason]
        problems = tuple(sentence(refusal) for refusal in refusals if refusal.field != "opinion")
    if is_stale:
        raw = read_application(raw["_id"], current_actor())
        version = raw["version"]
    return _withdrawal_page(raw, form, version, problems, 409 if is_stale else 422)


def _withdrawal_page(
    raw: StoredApplication, form: ReasonForm, version: int, problems: tuple[str, ...], status: int = 200
) -> ResponseReturnValue:
    refusal = ""
    if not may_take(raw, Verb.WITHDRAW):
        refusals = refusals_to_step(stage_of(raw), Verb.WITHDRAW)
        after = N_("After the recommendation only the city records a withdrawal.")
        refusal = " ".join(sentence(refusal) for refusal in refusals) or gettext(after)
    page = QuestionPage(
        title=gettext(N_("Withdraw")),
        question=gettext(N_("Withdraw the application of “%(name)s”?"), name=raw["base_name"]),
        form=form,
        action=url_for("applications.withdraw", id=raw["_id"]),
        button=gettext(N_("Withdraw")),
        cancel_url=page_url(raw["_id"]),
        version=version,
        consequences=(
            gettext(N_("It ends here for good; the base may begin a new one while the round is open.")),
        ),
        facts=(
            Item(gettext(N_("Round")), raw["round_name"]),
            Item(gettext(N_("Applied for")), kind_label(raw)),
            Item(gettext(N_("At this stage for")), waiting_label(raw)),
            Item(gettext(N_("What is next")), next_step_label(raw), wide=True),
        ),
        problems=problems,
        refusal=refusal,
        crumbs=crumbs(raw),
    )  # fmt: skip
    return render_template("applications/question.html", page=page), status
