"""What an expert's private link opens, without an account: the bases given to them, their materials, their scores.

A link that is over, taken back, of a closed round or never made is one and the same page; nothing else of the office
is to be seen from here.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from bson import ObjectId
from flask import Response, flash, make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from documents.applications.application import StoredApplication, StoredExpert
from forms.sentences import sentence
from office.excel.cells import parse
from public_views.layout import OFFICE
from public_views.rate_limit import RateLimit
from rules.applications import MOST_OPINION
from rules.counties import office_counties
from rules.errors import Missing, Refusal, Refused, Stale
from rules.innovations import SLOTS as INNOVATIONS
from rules.innovations import Aspect
from rules.materials import FORM, ON_SITE, Material
from rules.words import N_
from schema.field import Field, Kind
from services.applications.innovations import shown_innovations
from services.applications.round_experts import (
    OpenedLink,
    entry_of,
    files_shown,
    open_link,
    open_shown_file,
    score_by_link,
)
from services.applications.score_grid import mark_of
from services.shared.office_day import office_today
from services.shared.origins import present_origin

# A person reads and scores far below this; who tries links is stopped after a few.
asked = RateLimit(120, 60)
tried = RateLimit(10, 60)
_HEADERS = {
    "Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer",
}  # fmt: skip
_POINTS = Field("points", N_("Points"), "", Kind.DECIMAL)
_PLACES = {
    **{material.value: material.label for material in Material}, FORM: N_("Application form"),
    ON_SITE: N_("On-site check"), **dict.fromkeys(INNOVATIONS, N_("Innovations")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GivenBase:
    """One base of the list; `total` is what this expert has given, "" while they have not."""

    name: str
    operator: str
    county: str
    url: str
    total: str


@dataclass(frozen=True, slots=True)
class ExpertLinkPage:
    """expert_link/index.html."""

    office: str
    round: str
    expert: str
    until: str
    bases: tuple[GivenBase, ...]
    drafts_of: str


@dataclass(frozen=True, slots=True)
class PointsField:
    """One dimension: name, label and weight, what stands in it, what is wrong with it."""

    name: str
    label: str
    weight: int
    value: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ExpertScorePage:
    """expert_link/score.html: one base with its materials, and the form of the scores."""

    office: str
    round: str
    expert: str
    until: str
    name: str
    facts: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    cases: str
    characteristics: str
    innovations: tuple[tuple[str, str, str], ...]
    points: tuple[PointsField, ...]
    opinion: str
    opinion_problem: str
    problems: tuple[str, ...]
    wrong_fields: tuple[tuple[str, str], ...]
    mark: str
    home_url: str
    drafts_of: str
    draft_key: str
    most_opinion: int = MOST_OPINION


def _guarded(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Answer a view of a link so that nothing keeps or leaks it; one that opens nothing, with the page that says so."""

    @wraps(view)
    def guarded(secret: str, **more: Any) -> ResponseReturnValue:
        address, moment = request.remote_addr or "", time.monotonic()
        wait = asked.wait(address, moment)
        if wait:
            return _closed(429, wait)
        try:
            opened = open_link(secret, today=office_today())
        except Missing:
            wait = tried.wait(address, moment)
            return _closed(429, wait) if wait else _closed(404)
        try:
            response = make_response(view(secret, opened, **more))
        except Missing:
            return _closed(404)
        return _sealed(response)

    return guarded


def _sealed(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers[name] = value
    return response


def _closed(code: int, wait: int = 0) -> Response:
    page = render_template("expert_link/closed.html", office=gettext(OFFICE), waiting=code == 429)
    response = make_response(page, code)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return _sealed(response)


@_guarded
def index(secret: str, opened: OpenedLink) -> ResponseReturnValue:
    """Show the bases that were given to the holder of a link."""
    counties = office_counties().by_code
    bases = []
    for raw in opened.applications:
        entry = _stored(opened, raw)
        county = counties[raw["county"]].name if raw["county"] in counties else raw["county"]
        url = url_for("expert_link.score", secret=secret, application=raw["_id"])
        total = f"{entry['total']:g}" if entry else ""
        bases.append(GivenBase(raw["base_name"], raw.get("operator", ""), county, url, total))
    page = ExpertLinkPage(
        gettext(OFFICE), opened.round.name, opened.expert.name, opened.until.isoformat(), tuple(bases),
        _drafts_of(opened),
    )  # fmt: skip
    return render_template("expert_link/index.html", page=page)


@_guarded
def score(secret: str, opened: OpenedLink, application: str) -> ResponseReturnValue:
    """Show one base and take the expert's scores of it."""
    raw = opened.application(_id(application))
    if request.method == "GET":
        return _score_page(secret, opened, raw, mark_of(_stored(opened, raw)))
    refusals: list[Refusal] = []
    points: dict[str, float | None] = {}
    for line in opened.round.sheet.dimensions:
        try:
            points[line.key] = parse(_POINTS, request.form.get(f"score_{line.key}", ""))
        except Refused as problem:
            refusals.append(Refusal(problem.refusals[0].message, problem.refusals[0].params, line.key))
    status, mark = 422, request.form.get("mark", "")
    try:
        if refusals:
            raise Refused(*refusals)
        score_by_link(
            secret, raw["_id"], points, request.form.get("opinion", ""), mark=mark,
            origin=present_origin(), now=datetime.now(UTC),
        )  # fmt: skip
    except Stale as problem:
        refusals, status = list(problem.refusals), 409
        raw = open_link(secret, today=office_today()).application(raw["_id"])
        mark = mark_of(_stored(opened, raw))  # told of the change: sent again, theirs replaces it
    except Refused as problem:
        refusals = list(problem.refusals)
    else:
        flash(gettext(N_("Your scores of %(name)s are saved."), name=raw["base_name"]), "success")
        return redirect(url_for("expert_link.index", secret=secret), 303)
    return _score_page(secret, opened, raw, mark, refusals), status


@_guarded
def file(secret: str, opened: OpenedLink, file_id: str) -> ResponseReturnValue:
    """Send a file of a base that was given, as a download."""
    entry, stream = open_shown_file(opened, _id(file_id))
    answer = send_file(stream, mimetype=entry["media_type"], as_attachment=True, download_name=entry["name"])
    answer.content_length = entry["size"]
    return answer


def _id(text: str) -> ObjectId:
    if not ObjectId.is_valid(text):
        raise Missing()
    return ObjectId(text)


def _stored(opened: OpenedLink, raw: StoredApplication) -> StoredExpert | None:
    return next((entry for entry in raw.get("experts", ()) if entry["name"] == opened.expert.name), None)


def _score_page(
    secret: str, opened: OpenedLink, raw: StoredApplication, mark: str, refusals: list[Refusal] | None = None
) -> str:
    given = entry_of(raw, opened.expert.name)
    typed = request.form if request.method == "POST" else {}
    dimensions = opened.round.sheet.dimensions
    wrong = {refusal.field: sentence(refusal) for refusal in refusals or ()}
    beside = {line.key for line in dimensions} | {"opinion"}
    county = office_counties().by_code.get(raw["county"])
    page = ExpertScorePage(
        office=gettext(OFFICE), round=opened.round.name, expert=opened.expert.name, until=opened.until.isoformat(),
        name=raw["base_name"],
        facts=(
            (gettext(N_("Operator")), raw.get("operator", "")),
            (gettext(N_("County")), county.name if county else raw["county"]),
        ),
        files=_files(secret, raw),
        cases=raw.get("cases", ""),
        characteristics=raw.get("characteristics", ""),
        innovations=_innovations(raw),
        points=tuple(
            PointsField(
                f"score_{line.key}", line.label, line.weight,
                typed.get(f"score_{line.key}", _shown(given.scores or {}, line.key) if given else ""),
                wrong.get(line.key, ""),
            )
            for line in dimensions
        ),
        opinion=typed.get("opinion", given.opinion if given else ""),
        opinion_problem=wrong.get("opinion", ""),
        problems=tuple(sentence(refusal) for refusal in refusals or () if refusal.field not in beside),
        wrong_fields=tuple(
            (name, label) for name, key, label in (
                *((f"score_{line.key}", line.key, line.label) for line in dimensions),
                ("opinion", "opinion", gettext(N_("Opinion"))),
            ) if key in wrong
        ),
        mark=mark,
        home_url=url_for("expert_link.index", secret=secret),
        drafts_of=_drafts_of(opened),
        draft_key=str(raw["_id"]),
    )  # fmt: skip
    return render_template("expert_link/score.html", page=page)


def _drafts_of(opened: OpenedLink) -> str:
    """Return by what a browser tells this expert's drafts from others'; it opens nothing, as the link would."""
    return f"expert-{opened.key}"


def _shown(scores: Any, key: str) -> str:
    value = scores.get(key)
    return f"{value:g}" if value is not None else ""


def _files(secret: str, raw: StoredApplication) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    by_place: dict[str, list[tuple[str, str]]] = {}
    for entry in files_shown(raw):
        url = url_for("expert_link.file", secret=secret, file_id=entry["_id"])
        by_place.setdefault(entry.get("slot", ""), []).append((entry["name"], url))
    order = list(_PLACES)
    return tuple(
        (gettext(_PLACES[place]), tuple(by_place[place])) for place in sorted(by_place, key=order.index)
    )


def _innovations(raw: StoredApplication) -> tuple[tuple[str, str, str], ...]:
    shown = []
    for stored in shown_innovations(raw):
        aspect = Aspect.worded(stored["aspect"]) if stored["aspect"] else None
        shown.append((gettext(aspect.label) if aspect else "", stored["title"], stored["description"]))
    return tuple(shown)
