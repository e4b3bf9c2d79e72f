"""What is said of a job wherever it is shown: where it stands, how far it is, how long it will take."""

from datetime import UTC, datetime

from bson import ObjectId
from flask import url_for
from flask_babel import gettext

from admin_views.shared.view_models import Link, Text, badge
from documents.jobs.job import JobState, StoredJob
from rules.words import N_
from services.jobs.kinds import KINDS

TITLE = N_("Jobs")
_LABELS = {kind.name: kind.label for kind in KINDS}
_STATES = {
    JobState.WAITING: (N_("Waiting its turn"), "grey"), JobState.RUNNING: (N_("Running"), "blue"),
    JobState.DONE: (N_("Done"), "green"), JobState.FAILED: (N_("Not done"), "red"),
    JobState.CANCELLED: (N_("Cancelled"), "grey"),
}  # fmt: skip
_LEAST_SECONDS = 3  # before that nobody can tell how long it will take


def crumbs(*, of_one: bool = False) -> tuple[Link, ...]:
    """Return the way to the list of jobs, or to one of them."""
    home = Link(gettext(N_("Settings")), url_for("settings.index"))
    return (home, Link(gettext(TITLE), url_for("jobs.index"))) if of_one else (home,)


def job_url(job_id: ObjectId) -> str:
    """Return the address of a job's page."""
    return url_for("jobs.show", job_id=job_id)


def job_label(job: StoredJob) -> str:
    """Return what a job does, in words."""
    return gettext(_LABELS.get(job["kind"], job["kind"]))


def state_of(state: str) -> str:
    """Return where a job stands, as a message id."""
    return _STATES[JobState(state)][0]


def state_badge(job: StoredJob) -> Text:
    """Return where a job stands."""
    label, colour = _STATES[JobState(job["state"])]
    return badge(gettext(label), colour)


def progress_text(job: StoredJob, now: datetime) -> str:
    """Return how far a job is, how fast, and how long it will take: 1,200 / 5,000 · 400 a second · about 9 s left."""
    done, total = job.get("done", 0), job.get("total", 0)
    if not total:
        return f"{done:,}" if done else ""
    parts = [f"{done:,} / {total:,}"]
    if job["state"] == JobState.RUNNING and done and job.get("started_at"):
        seconds = (now - job["started_at"].replace(tzinfo=UTC)).total_seconds()
        if seconds >= _LEAST_SECONDS:
            rate = done / seconds
            parts.append(
                gettext(N_("%(rate)s a second"), rate=f"{rate:,.0f}" if rate >= 1 else f"{rate:.2f}")
            )
            parts.append(gettext(N_("about %(time)s left"), time=_duration((total - done) / rate)))
    return " · ".join(parts)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return gettext(N_("%(count)d seconds"), count=max(1, round(seconds)))
    return gettext(N_("%(count)d minutes"), count=round(seconds / 60))
