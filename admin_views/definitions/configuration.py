"""The office's configuration as a file: fetched, compared with what is here, and taken."""

from datetime import datetime
from io import BytesIO

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.definitions.view_models import ConfigurationLine, ConfigurationPage, ConfigurationPart
from admin_views.desk.confirmation import FIELD, demand_own_password
from admin_views.shared.exporting import send_text
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import OFFICE_ZONE, now, parse_object_id
from admin_views.shared.view_models import Link
from forms.configuration import value_in_words, value_label
from forms.sentences import sentence
from rules.errors import Missing, Problem, Refused, Stale
from rules.words import N_
from schema.definitions.configuration import (
    MOST_BYTES,
    NO_CONFIGURATION,
    TOO_LARGE,
    Configuration,
    Outcome,
    read_text,
    written,
)
from schema.definitions.configured import LEFT_OUT
from services.definitions.comparison import Comparison, PartOf
from services.definitions.configuration import read_configuration, take_configuration
from services.imports.uploads import drop_upload, keep_upload, opened_upload

_TITLE = N_("Configuration as a file")
_PLACE, _UPLOAD = "configuration", "configuration.json"
_GONE = N_("The uploaded file is no longer kept: please choose it again.")
_NO_FILE = N_("Please choose the file.")
_SIGNS = {Outcome.ADDED: "new", Outcome.CHANGED: "changed", Outcome.KEPT: "kept", Outcome.LEFT: "left"}


def index() -> ResponseReturnValue:
    """Offer the file; tell what one that was sent would change here."""
    if request.method == "GET":
        return _page()
    try:
        data = _sent()
        compared = take_configuration(_read(data), dry_run=True, actor=current_actor(), now=now())
        # Only what could be taken is kept until the clerk has looked at it.
        upload = keep_upload(BytesIO(data), _UPLOAD, place=_PLACE, actor=current_actor(), now=now())
    except Refused as refused:
        return _page(problems=_told(refused))
    return _page(str(upload), compared)


def _compared(upload: str, data: bytes, problems: tuple[str, ...]) -> ResponseReturnValue:
    try:
        compared = take_configuration(_read(data), dry_run=True, actor=current_actor(), now=now())
    except Refused as refused:
        return _page(problems=(*problems, *_told(refused)))
    return _page(upload, compared, problems)


def _read(data: bytes) -> Configuration:
    try:
        return read_text(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused(NO_CONFIGURATION) from error


def _told(problem: Problem) -> tuple[str, ...]:
    return tuple(map(sentence, problem.refusals))


def _sent() -> bytes:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Refused(_NO_FILE)
    data = upload.stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused(TOO_LARGE, most=MOST_BYTES >> 20)
    return data


def file() -> ResponseReturnValue:
    """Send the configuration as it is now."""
    text = written(read_configuration(actor=current_actor()))
    name = gettext(N_("Configuration"))
    return send_text(text, f"{name}-{datetime.now(OFFICE_ZONE):%Y%m%d-%H%M}.json", "application/json")


def take() -> ResponseReturnValue:
    """Take a configuration whose differences were looked at."""
    upload = request.form.get("upload", "")
    try:
        with opened_upload(parse_object_id(upload), actor=current_actor()) as (path, _):
            data = path.read_bytes()
    except Missing:
        return _page(problems=(gettext(_GONE),))
    try:
        demand_own_password(request.form.get(FIELD))
        taken = take_configuration(
            _read(data), seen=request.form.get("seen", ""), actor=current_actor(), now=now()
        )
    except (Refused, Stale) as problem:
        return _compared(upload, data, _told(problem))
    drop_upload(parse_object_id(upload))
    flash(gettext(N_("Taken: %(count)d entries were added or changed."), count=taken.moves), "success")
    return redirect(url_for("configuration.index"), 303)


def _page(
    upload: str = "", compared: Comparison | None = None, problems: tuple[str, ...] = ()
) -> ResponseReturnValue:
    page = ConfigurationPage(
        gettext(_TITLE), url_for("configuration.index"), url_for("configuration.file"), url_for("configuration.take"),
        tuple(map(_part, compared.parts)) if compared else (), upload if compared else "",
        compared.seen if compared else "", compared.moves if compared else 0,
        tuple((gettext(what), gettext(why)) for what, why in LEFT_OUT), tuple(dict.fromkeys(problems)),
        (Link(gettext(N_("Settings")), url_for("settings.index")),),
    )  # fmt: skip
    return render_template("definitions/configuration.html", page=page), 422 if problems else 200


def _part(part: PartOf) -> ConfigurationPart:
    told = [each for each in part.differences if each.outcome is not Outcome.KEPT]
    lines = tuple(
        ConfigurationLine(
            gettext(each.label),
            gettext(each.reason or each.outcome.value),
            _SIGNS[each.outcome],
            tuple(
                (
                    value_label(part.name, part.labels, key),
                    value_in_words(old),
                    value_in_words(new),
                )
                for key, old, new in each.changes
            ),
            each.records,
        )
        for each in told
    )
    return ConfigurationPart(gettext(part.title), lines, len(part.differences) - len(told))
