"""What is remembered of the sender's headings: every match of columns, seen and forgotten in one place."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.imports.view_models import MatchesPage, MatchLine
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, shown_moment
from admin_views.shared.translation import gettext
from rules.errors import Missing
from rules.words import N_
from schema.collection import Collection
from schema.registry import REGISTRY
from services.imports.column_matches import RememberedMatch, all_matches, forget_all_matches, forget_match


def show() -> ResponseReturnValue:
    """Show all that is remembered."""
    actor = current_actor()
    whose = N_("They hold for all clerks of your county.") if actor.county else N_("They hold for you alone.")
    page = MatchesPage(
        tuple(_line(match) for match in all_matches(actor)),
        url_for("imports.forget_matches"),
        url_for("imports.index"),
        gettext(whose),
    )
    return render_template("imports/matches.html", page=page)


def _line(match: RememberedMatch) -> MatchLine:
    declaration = _declared(match.kind)
    columns = declaration.imported if declaration else ()
    headings = {column.key: column.heading for column in columns}
    return MatchLine(
        gettext(declaration.label) if declaration else match.kind,
        tuple((column, headings[key]) for column, key in match.columns if key in headings),
        "、".join(column for column, key in match.columns if key not in headings),
        match.kept.who,
        shown_moment(match.kept.at),
        f"{match.kind} {match.digest}",
    )


def _declared(kind: str) -> Collection | None:
    return next((one for one in REGISTRY.importable_for(current_actor()) if one.slug == kind), None)


def forget() -> ResponseReturnValue:
    """Forget one match, or all."""
    kind, _, digest = request.form.get("match", "").partition(" ")
    if request.form.get("all"):
        forget_all_matches(actor=current_actor(), now=now())
    else:
        declaration = _declared(kind)
        if declaration is None:
            raise Missing()
        forget_match(declaration, digest[:100], actor=current_actor(), now=now())
    flash(
        gettext(N_("It is forgotten: the next file with this heading is read as its headings say.")),
        "success",
    )
    return redirect(url_for("imports.matches"), 303)
