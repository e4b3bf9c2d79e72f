"""The list of jobs, and one of them: its progress, its end, and the way to stop it."""

from datetime import datetime

from flask import flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.jobs.labels import TITLE, crumbs, job_label, job_url, progress_text, state_badge
from admin_views.jobs.view_models import JobPage, JobRow, JobsPage
from admin_views.shared.exporting import send_kept
from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of
from admin_views.shared.request_context import now, parse_object_id, shown_moment
from admin_views.shared.view_models import Link
from documents.jobs.job import ENDED, JobState, StoredJob
from forms.sentences import sentence
from rules.access import Permission
from rules.errors import Refusal, Refused
from rules.words import N_
from services.imports.package_job import kept_package, opened_package
from services.imports.trial.trying import TRIAL
from services.jobs import queue
from services.jobs.kinds import FIGURES


def index() -> ResponseReturnValue:
    """Show the latest jobs."""
    at, actor = now(), current_actor()
    page = JobsPage(
        title=gettext(TITLE),
        rows=tuple(_row(job, at) for job in queue.jobs_of(actor)),
        count_url=url_for("jobs.count_figures") if actor.may(Permission.MANAGE_OFFICE) else "",
        crumbs=crumbs(),
    )
    return render_template("jobs/list.html", page=page)


def _row(job: StoredJob, at: datetime) -> JobRow:
    return JobRow(
        job_label(job), job_url(job["_id"]), state_badge(job), progress_text(job, at), name_of(job.get("actor_name")),
        shown_moment(job["asked_at"]), shown_moment(job.get("finished_at")),
    )  # fmt: skip


def show(job_id: str) -> ResponseReturnValue:
    """Show one job."""
    job = _asked(job_id)
    is_open = JobState(job["state"]) not in ENDED
    given = (
        (N_("Asked for by"), name_of(job.get("actor_name"))), (N_("Asked for"), shown_moment(job["asked_at"])),
        (N_("Begun"), shown_moment(job.get("started_at"))), (N_("Ended"), shown_moment(job.get("finished_at"))),
    )  # fmt: skip
    page = JobPage(
        title=job_label(job), state=state_badge(job),
        facts=tuple((gettext(label), value) for label, value in given if value),
        done=job.get("done", 0), total=job.get("total", 0), progress=progress_text(job, now()), problem=_problem(job),
        progress_url=url_for("jobs.progress", job_id=job_id) if is_open else "",
        cancel_url=_cancel_url(job) if is_open else "",
        results=_results(job),
        crumbs=crumbs(of_one=True),
    )  # fmt: skip
    return render_template("jobs/page.html", page=page)


def _cancel_url(job: StoredJob) -> str:
    if job.get("cancel_asked") or not current_actor().may(Permission.WRITE):
        return ""
    return url_for("jobs.cancel", job_id=job["_id"])


def progress(job_id: str) -> ResponseReturnValue:
    """Tell how far a job is, for the page that shows it."""
    job = _asked(job_id)
    return jsonify(
        state=job["state"], ended=JobState(job["state"]) in ENDED, done=job.get("done", 0),
        total=job.get("total", 0), text=progress_text(job, now()),
    )  # fmt: skip


def send_file(job_id: str) -> ResponseReturnValue:
    """Send the package that a job has made, to who asked for it."""
    return send_kept(*opened_package(parse_object_id(job_id), actor=current_actor()))


def _results(job: StoredJob) -> tuple[Link, ...]:
    """Return the way to what a job has made for who looks, and what it did."""
    if job["kind"] == TRIAL.name and job["actor_id"] == current_actor().id:
        address = url_for("imports.trial", upload=str(job["args"]["upload"]))
        return (Link(gettext(N_("Trial of the import")), address),)
    links = []
    if kept_package(job, current_actor()) is not None:
        url = url_for("jobs.file", job_id=job["_id"])
        links.append(Link(job["args"]["name"], url, gettext(N_("Kept for a day, for you alone"))))
    batch = job.get("args", {}).get("batch")
    if batch and current_actor().may(Permission.WRITE):
        links.append(Link(gettext(N_("The batch that it does")), url_for("batches.show", batch=batch)))
    return tuple(links)


def cancel(job_id: str) -> ResponseReturnValue:
    """Ask to stop a job."""
    job = _asked(job_id)
    try:
        queue.cancel(job["_id"], actor=current_actor(), now=now())
    except Refused as problem:
        flash(sentence(problem.refusals[0]), "error")
    else:
        flash(gettext(N_("It stops after the piece in hand; what was written stays.")), "success")
    return redirect(job_url(job["_id"]), 303)


def count_figures() -> ResponseReturnValue:
    """Ask for all figures to be counted anew."""
    job_id = queue.ask_once(FIGURES, {}, actor=current_actor(), now=now())
    return redirect(job_url(job_id), 303)


def _asked(job_id: str) -> StoredJob:
    return queue.read_job(parse_object_id(job_id), actor=current_actor())


def _problem(job: StoredJob) -> str:
    problem = job.get("problem")
    return sentence(Refusal(problem["message"], problem.get("params", {}))) if problem else ""
