"""What the routes of an application share: reading it in scope, its files, and the way back to its page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.view_models import FilePlace
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.slot_files import ACCEPT, asked_id, form_items, send_slot_file
from admin_views.shared.view_models import Link
from documents.applications.application import COLLECTION
from forms.sentences import sentence
from rules.access import Permission
from rules.errors import Refusal, Refused, Stale
from rules.words import N_
from services.applications.steps import Raw, read_application

TITLE = N_("Applications and renewals")
PICTURES = ".jpg,.jpeg,.png"


@dataclass(frozen=True)
class Again:
    """What a form that could not be carried out brings back to the page: what was typed, and what is wrong.

    `part` names the section, `version` the one the form goes on with (None: the present one).
    """

    part: str
    values: Mapping[str, Any] = field(default_factory=dict)
    form: Any = None
    refusals: tuple[Refusal, ...] = ()
    version: int | None = None
    stale: bool = False
    said: str = ""

    def beside(self, place: str) -> tuple[Refusal, ...]:
        """Return the refusals that belong to a field or a place for files."""
        return tuple(one for one in self.refusals if one.field == place)


def asked_application() -> Raw:
    """Return the application that the address names, in the actor's scope; Missing when there is none."""
    return read_application(asked_id(), current_actor())


def page_url(application_id: Any, part: str = "") -> str:
    """Return the address of an application's page."""
    return url_for("applications.details_view", id=application_id) + (f"#{part}" if part else "")


def back(application_id: Any, said: str, part: str = "") -> ResponseReturnValue:
    """Say that it is done, and show the application."""
    flash(said, "success")
    return redirect(page_url(application_id, part), 303)


def crumbs(raw: Raw | None = None) -> tuple[Link, ...]:
    """Return the way to a page of the applications, or of one."""
    home = Link(gettext(TITLE), url_for("applications.index_view"))
    return (home, Link(raw["base_name"], page_url(raw["_id"]))) if raw else (home,)


def attempt(work: Callable[[], Any]) -> tuple[tuple[Refusal, ...], bool]:
    """Do something; return why it was refused, and whether somebody else had saved meanwhile. () when it was done."""
    try:
        work()
    except Stale as problem:
        return problem.refusals, True
    except Refused as problem:
        return problem.refusals, False
    return (), False


def put_beside(form: Any, refusals: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """Put each sentence beside its field of a form; return those that belong to none."""
    rest = []
    for one in refusals:
        field = form._fields.get(one.field or "")
        if field is None:
            rest.append(one)
        else:
            field.errors = [*field.errors, sentence(one)]
    return tuple(rest)


def typed_version() -> int:
    """Return the version that the form was read at."""
    return request.form.get("version", type=int) or 0


# --- Files -------------------------------------------------------------------------------------


def file_place(
    slot: str, label: str, files: Mapping[str, Any], *, open_to: bool, again: Again | None = None, accept: str = ACCEPT,
    hint: str = "",
) -> FilePlace:  # fmt: skip
    """Return one place for files; `open_to` whether the actor may change it now."""
    wrong = again.beside(slot) if again else ()
    return FilePlace(
        slot=slot,
        label=label,
        files=form_items("applications", files.get(slot, ()), removable=open_to),
        name=f"file-{slot}" if open_to else "",
        accept=accept,
        hint=hint if open_to else "",
        problem=" ".join(sentence(one) for one in wrong),
    )


@needs(Permission.READ)
def file() -> ResponseReturnValue:
    """Send a file of an application as a download, never shown inside a page."""
    return send_slot_file((COLLECTION,))


ROUTES = (("/file/", "file", file, ("GET",)),)
