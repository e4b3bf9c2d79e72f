"""The words of what was recognised in a workbook."""

from collections.abc import Iterator, Mapping

from flask import url_for
from flask_babel import gettext

from admin_views.imports.view_models import TrialNote
from office.recognition.recognition import Recognition, SheetSeen
from rules.words import N_
from services.imports.column_matches import letters_of

# Why a row of the sheet is no record.
SKIPPED: Mapping[str, str] = {
    "blank": N_("A blank row"),
    "example": N_("An example of the template"),
    "total": N_("A row of totals"),
    "footer": N_("A note or signature below the table"),
    "heading": N_("The heading once more"),
    "hidden": N_("A hidden row that is left out"),
    "taken": N_("Taken by an earlier import and not changed since"),
}


def read_as(recognised: Recognition, name: str) -> str:
    """Return in one sentence how a workbook was read."""
    taken = sum(bool(column.key) for column in recognised.columns)
    facts = {"sheet": recognised.sheet, "row": recognised.header_row, "taken": taken}
    if name.lower().endswith(".csv"):
        said = gettext(N_("Heading in row %(row)d; %(taken)d columns taken."), **facts)
    else:
        said = gettext(N_("Sheet “%(sheet)s”, heading in row %(row)d; %(taken)d columns taken."), **facts)
    if recognised.remembered:
        said += gettext(N_(" The columns are matched as remembered for this heading."))
    return said


def rows_of(sheet: SheetSeen) -> str:
    """Return a sheet's name with how many rows it holds, and that it is hidden."""
    words = N_("%(name)s (%(rows)s rows)")
    if sheet.more:
        words = N_("%(name)s (more than %(rows)s rows)")
    if sheet.hidden:
        words = N_("%(name)s (hidden, %(rows)s rows)")
        if sheet.more:
            words = N_("%(name)s (hidden, more than %(rows)s rows)")
    return gettext(words, name=sheet.name, rows=f"{sheet.rows:,}")


def hidden_rows_of(recognised: Recognition) -> str:
    """Return what is to be said of a sheet's hidden rows; "" for none."""
    if not recognised.hidden_rows:
        return ""
    words = N_("%(rows)s rows of the sheet are hidden.")
    if recognised.filtered:
        words = N_("%(rows)s rows of the sheet are hidden by its filter.")
    return gettext(words, rows=f"{recognised.hidden_rows:,}")


def notes_of(recognised: Recognition, taken: int, upload: str) -> tuple[TrialNote, ...]:
    """Return what a trial says of its workbook beside the rows."""
    return tuple(_notes(recognised, taken, url_for("imports.choose", upload=upload)))


def _notes(recognised: Recognition, taken: int, action: str) -> Iterator[TrialNote]:
    if taken:
        yield TrialNote(
            gettext(
                N_(
                    "%(rows)s rows were taken by an earlier import and are unchanged: they are not taken again."
                ),
                rows=f"{taken:,}",
            )
        )
    unnamed = [letters_of(one.place) for one in recognised.columns if not one.heading and not one.key]
    if unnamed:
        text = N_("Columns without a heading that hold something are not taken: %(columns)s.")
        yield TrialNote(gettext(text, columns="、".join(unnamed)))
    for sheet in recognised.sheets:
        if sheet.name == recognised.sheet:
            continue
        instead = gettext(N_("Take this sheet instead")), _sent(recognised, sheet=sheet.name), False
        too = gettext(N_("Try this sheet too")), (("step", "too"), ("sheet", sheet.name)), True
        text = gettext(N_("Another sheet is not taken: %(sheet)s."), sheet=rows_of(sheet))
        yield TrialNote(text, action, (instead, too))
    if recognised.more_sheets:
        text = gettext(
            N_("%(count)d further sheets hold rows and are not taken."), count=recognised.more_sheets
        )
        yield TrialNote(text)
    yield from _of_hidden_rows(recognised, action)
    if recognised.filled:
        text = N_("Merged cells hold for each of their rows: %(columns)s.")
        yield TrialNote(gettext(text, columns="、".join(recognised.filled)))
    if recognised.first_only:
        text = N_(
            "Merged cells count for their first row alone, so that nothing is counted twice: %(columns)s."
        )
        yield TrialNote(gettext(text, columns="、".join(recognised.first_only)))


def _of_hidden_rows(recognised: Recognition, action: str) -> Iterator[TrialNote]:
    if recognised.hidden_rows:
        shown = hidden_rows_of(recognised)
        if recognised.with_hidden:
            said, word, tick = N_(" They are taken like the others."), N_("Leave the hidden rows out"), ""
        else:
            said, word, tick = N_(" They are left out."), N_("Take the hidden rows"), "1"
        yield TrialNote(
            shown + gettext(said), action, ((gettext(word), _sent(recognised, with_hidden=tick), False),)
        )
    if not recognised.tells_hidden:
        yield TrialNote(
            gettext(N_("Which rows are hidden cannot be told of this kind of file: all rows are taken."))
        )


def _sent(
    recognised: Recognition, *, sheet: str = "", with_hidden: str | None = None
) -> tuple[tuple[str, str], ...]:
    tick = ("1" if recognised.with_hidden else "") if with_hidden is None else with_hidden
    sent = (
        ("step", "sheet"),
        ("sheet", sheet or recognised.sheet),
        ("header_row", str(recognised.header_row)),
    )
    return (*sent, ("hidden", tick))
