"""What the records of a list add up to, as filtered, and how many of them have each word of a column."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.records.core import RecordCore
from admin_views.shared.lists.divided import address_of, label_of, said_by
from admin_views.shared.lists.sums import is_summed, shown_sum
from admin_views.shared.request_context import office_state
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Link, Option, Pairs
from documents.records.record import Sums
from rules.words import N_
from schema.field import Field
from schema.narrowing.divisions import divisions_of

MOST_GROUPS = 100
_MILLISECONDS = 3000


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One word with the records that have it; `url` leads to them."""

    label: str
    url: str
    count: str
    sums: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SummaryPage:
    """summary.html. `total` is None where there are too many records to add up."""

    title: str
    narrowed: str
    numbers: tuple[str, ...]
    total: SummaryRow | None
    means: tuple[str, ...]
    filled: tuple[str, ...]
    by: tuple[Option, ...]
    by_label: str
    rows: tuple[SummaryRow, ...]
    by_days: bool
    more: bool
    arguments: Pairs
    url: str
    back_url: str
    crumbs: tuple[Link, ...]


class SummaryRoutes(RecordCore):
    """Sums and counts of a list."""

    @expose("/summary/")
    def summary_view(self) -> ResponseReturnValue:
        """Show the sums of what the filters show, and its records by the words of a column."""
        query, fields = self.records.query(), self.records.compared
        numbers = [one for one in fields if is_summed(one, self.declaration)]
        grouped = divisions_of(fields)
        by = grouped.get(request.args.get("by", ""))
        keys = [one.key for one in numbers]
        records = self.records.narrowed(query)
        whole = records.sums(keys, milliseconds=_MILLISECONDS)
        found = None
        if by is not None and whole is not None:
            found = records.sums(keys, by=by, most=MOST_GROUPS + 1, milliseconds=_MILLISECONDS)
        total = (whole or [Sums(None, 0, {}, {})])[0]
        said = said_by(by, office_state(), self.collection) if by else None
        page = SummaryPage(
            title=gettext(N_("Summary of %(list)s"), list=gettext(self.declaration.label)),
            narrowed=self.records.in_words(query),
            numbers=tuple(_with_unit(one) for one in numbers),
            total=None
            if whole is None or (by is not None and found is None)
            else SummaryRow(gettext(N_("Sum")), "", f"{total.count:,}", _shown(total, keys)),
            means=tuple(_mean(total, key) for key in keys),
            filled=tuple(f"{total.filled.get(key, 0):,}" for key in keys),
            by=tuple(Option(key, label_of(one), one is by) for key, one in grouped.items()),
            by_label=label_of(by) if by else "",
            rows=tuple(
                SummaryRow(
                    said(one.value, one.label), address_of(self.records.url, query, by, one.value),
                    f"{one.count:,}", _shown(one, keys),
                )
                for one in (found or ())[:MOST_GROUPS]
                if by is not None and said is not None
            ),
            by_days=bool(by and by.cut),
            more=len(found or ()) > MOST_GROUPS,
            arguments=tuple(query.pairs()),
            url=url_for(f"{self.endpoint}.summary_view"),
            back_url=self.records.url + query.query(),
            crumbs=self.crumbs(),
        )  # fmt: skip
        return render_template("records/summary.html", page=page)


def _with_unit(field: Field) -> str:
    return f"{gettext(field.label)}（{gettext(field.unit)}）" if field.unit else gettext(field.label)


def _shown(one: Sums, keys: list[str]) -> tuple[str, ...]:
    return tuple(shown_sum(one.sums.get(key)) for key in keys)


def _mean(one: Sums, key: str) -> str:
    total, filled = one.sums.get(key), one.filled.get(key, 0)
    return shown_sum(total / filled) if total is not None and filled else ""
