"""The steps of base and county: keep and hand in the materials, review, return, withdraw."""

from functools import partial

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.labels import kind_word, may_take, next_words, waiting_words
from admin_views.applications.page import answered
from admin_views.applications.sections import MATERIALS, REVIEW
from admin_views.applications.shared import (
    Again,
    asked_application,
    attempt,
    back,
    crumbs,
    page_url,
    put_beside,
    typed_version,
)
from admin_views.applications.view_models import QuestionPage
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, today
from admin_views.shared.slot_files import keep_uploads, remove_asked
from admin_views.shared.view_models import FormPage, FormSection, Item
from documents.applications.application import COLLECTION
from forms.applications import ReasonForm, ReturnForm, ReviewForm
from forms.sentences import sentence
from rules.access import Permission
from rules.applications import Verb, refusals_to_step
from rules.errors import Refusal
from rules.materials import ON_SITE, Material
from rules.words import N_
from services.applications.applications import keep, submit, withdraw
from services.applications.county_review import keep_on_site, return_for_correction
from services.applications.county_review import review as take_review
from services.applications.steps import Raw, read_application, stage_of

_SAVED = N_("Saved.")


# --- Materials -----------------------------------------------------------------------------------


@needs(Permission.WRITE)
def materials() -> ResponseReturnValue:
    """Keep the uploaded files, the text and the tick; take a file away, or hand in, where that was asked for."""
    raw = asked_application()
    application, version = raw["_id"], typed_version()
    cases, sealed = request.form.get("cases", raw.get("cases") or ""), bool(request.form.get("sealed"))
    refused, kept = keep_uploads(COLLECTION, application, [one.value for one in Material])
    changed = False

    def work() -> None:
        nonlocal version, changed
        changed = keep(
            application, cases=cases, sealed=sealed, version=version, actor=current_actor(), now=now()
        )
        version += changed
        changed = remove_asked(COLLECTION, application) or changed
        if request.form.get("action") == "submit" and not refused:
            submit(application, version=version, actor=current_actor(), now=now(), today=today())

    reasons, stale = attempt(work)
    if refused or reasons:
        said = gettext(N_("The other files were kept.")) if kept else ""
        again = Again(
            MATERIALS, {"cases": cases, "sealed": sealed}, refusals=(*reasons, *refused),
            version=None if stale else version, stale=stale, said=said,
        )  # fmt: skip
        return answered(application, again, 409 if stale else 422)
    if request.form.get("action") == "submit":
        return back(application, gettext(N_("Handed in: the county reviews it next.")))
    return back(application, gettext(_SAVED if changed or kept else N_("Nothing was changed.")), MATERIALS)


# --- County review ---------------------------------------------------------------------------------


@needs(Permission.REVIEW_APPLICATIONS)
def review() -> ResponseReturnValue:
    """Keep the record of the on-site check with its photos; pass or fail where that was asked for."""
    raw = asked_application()
    application, version, form = raw["_id"], typed_version(), ReviewForm(request.form)
    verb = {"pass": Verb.PASS, "fail": Verb.FAIL}.get(request.form.get("action", ""))
    refused, _ = keep_uploads(COLLECTION, application, (ON_SITE,))

    def work() -> None:
        nonlocal version
        version += keep_on_site(
            application, form.on_site(), version=version, actor=current_actor(), now=now()
        )
        remove_asked(COLLECTION, application)
        if verb and not refused:
            take_review(
                application, verb, opinion=form.opinion.data or "", version=version, actor=current_actor(), now=now(),
                today=today(),
            )  # fmt: skip

    readable = form.validate()
    reasons, stale = attempt(work) if readable else ((), False)
    # The photos are no field of the form but a place for files.
    reasons = tuple(
        Refusal(one.message, one.params, ON_SITE) if one.field == "photos" else one for one in reasons
    )
    rest = put_beside(form, reasons)
    if refused or reasons or not readable:
        again = Again(
            REVIEW, form=form, refusals=(*rest, *refused), version=None if stale else version, stale=stale
        )
        return answered(application, again, 409 if stale else 422)
    if verb:
        words = (
            N_("Passed: it can be recommended now.")
            if verb is Verb.PASS
            else N_("The application was not passed.")
        )
        return back(application, gettext(words))
    if form.opinion.data:  # an opinion is kept when it is given, not before: it stays in its box
        return answered(application, Again(REVIEW, form=form, version=version, said=gettext(_SAVED)), 200)
    return back(application, gettext(_SAVED), REVIEW)


@needs(Permission.REVIEW_APPLICATIONS)
def give_back() -> ResponseReturnValue:
    """Return an application for correction, item by item."""
    raw = asked_application()
    if request.method == "GET":
        reasons = refusals_to_step(stage_of(raw), Verb.RETURN)
        return _return_page(raw, ReturnForm(), raw["version"], tuple(sentence(one) for one in reasons))
    form, version, stale = ReturnForm(request.form), typed_version(), False
    on_top: tuple[str, ...] = ()
    if form.validate():
        refused, stale = attempt(
            partial(
                return_for_correction, raw["_id"], form.reasons(), form.due.data, opinion=form.opinion.data or "",
                version=version, actor=current_actor(), now=now(), today=today(),
            )
        )  # fmt: skip
        if not refused:
            return back(raw["_id"], gettext(N_("Returned for correction.")))
        on_top = tuple(sentence(one) for one in put_beside(form, refused))
    if stale:
        raw = read_application(raw["_id"], current_actor())
        version = raw["version"]
    return _return_page(raw, form, version, on_top, 409 if stale else 422)


def _return_page(
    raw: Raw, form: ReturnForm, version: int, problems: tuple[str, ...] = (), status: int = 200
) -> ResponseReturnValue:
    items = tuple((one.value,) for one in Material)
    for one in Material:
        form[one.value].label.text = f"{one.number} {gettext(one.label)}"
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


@needs(Permission.WRITE)
def take_back() -> ResponseReturnValue:
    """Record that the applicant takes the application back, after a question."""
    raw = asked_application()
    if request.method == "GET":
        return _question(raw, ReasonForm(), raw["version"], ())
    form, version, stale = ReasonForm(request.form), typed_version(), False
    on_top: tuple[str, ...] = ()
    if form.validate():
        refused, stale = attempt(
            partial(
                withdraw, raw["_id"], reason=form.reason.data or "", version=version, actor=current_actor(), now=now()
            )
        )  # fmt: skip
        if not refused:
            return back(raw["_id"], gettext(N_("Withdrawn.")))
        for one in refused:
            if one.field == "opinion":
                form.reason.errors = [*form.reason.errors, sentence(one)]
        on_top = tuple(sentence(one) for one in refused if one.field != "opinion")
    if stale:
        raw = read_application(raw["_id"], current_actor())
        version = raw["version"]
    return _question(raw, form, version, on_top, 409 if stale else 422)


def _question(
    raw: Raw, form: ReasonForm, version: int, problems: tuple[str, ...], status: int = 200
) -> ResponseReturnValue:
    refusal = ""
    if not may_take(raw, Verb.WITHDRAW):
        reasons = refusals_to_step(stage_of(raw), Verb.WITHDRAW)
        after = N_("After the recommendation only the city records a withdrawal.")
        refusal = " ".join(sentence(one) for one in reasons) or gettext(after)
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
            Item(gettext(N_("Applied for")), kind_word(raw)),
            Item(gettext(N_("At this stage for")), waiting_words(raw)),
            Item(gettext(N_("What is next")), next_words(raw), wide=True),
        ),
        problems=problems,
        refusal=refusal,
        crumbs=crumbs(raw),
    )  # fmt: skip
    return render_template("applications/question.html", page=page), status


ROUTES = (
    ("/materials/", "materials", materials, ("POST",)),
    ("/review/", "review", review, ("POST",)),
    ("/return/", "give_back", give_back, ("GET", "POST")),
    ("/withdraw/", "withdraw", take_back, ("GET", "POST")),
)
