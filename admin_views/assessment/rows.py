"""The rows of the overview, written out: verdict, place, status and the seven indicators of each base."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup, escape

from admin_views.assessment.labels import actual_words, met_word, short_word
from admin_views.shared.request_context import office_state
from admin_views.shared.view_models import badge, toned
from rules.assessment import Assessment
from rules.words import N_

Assessed = tuple[Mapping[str, Any], Assessment]
_ROW = Markup(
    '<tr><th scope="row"><a href="%s" title="%s">%s</a></th><td class="verdict">%s</td><td>%s</td>'
    '<td class="state">%s</td>%s</tr>\n'
)


def overview_rows(assessed: Iterable[Assessed], year: int) -> tuple[Markup, ...]:
    """Return a whole `<tr>` for each base: 300 of them are too many cells for a template."""
    state, url = office_state(), url_for("base_assessment.base")
    shorts = {code: short for code, _, short in state.counties}
    badges = {code: badge(word.label, word.colour) for code, word in state.statuses.get("bases", {}).items()}
    met = escape(met_word(True))
    return tuple(
        _ROW % (
            f"{url}?id={base['_id']}&year={year}", base["name"], base["name"], _verdict(one),
            shorts.get(base["county"], base["county"]), badges.get(base.get("status", ""), ""), _cells(base, one, met),
        )
        for base, one in assessed
    )  # fmt: skip


def _cells(base: Mapping[str, Any], one: Assessment, met: str) -> Markup:
    """Return the cells of the indicators; `met` is the word for it, which most of 2,000 cells say."""
    made = []
    for item in one.indicators:
        word = met if item.met else escape(short_word(item, base))
        shown = escape(_shown(item.key, actual_words(item, base)))
        made.append(f'<td class="fig {"met" if item.met else "miss"}"><b>{shown}</b><i>{word}</i></td>')
    return Markup("".join(made))  # noqa: S704 - every part is escaped above


def _shown(key: str, text: str) -> str:
    if key == "functions":
        return f"{text}/8"
    return f"{text}%" if key == "low_fee_share" and text[:1].isdecimal() else text


def _verdict(one: Assessment) -> Markup:
    """Return the verdict, and beside it how near it is to turning: the smallest surplus, or all that is missing."""
    if one.meets:
        word, percent = toned(met_word(True), "met"), min(int(one.margin * 100), 999)
        near = gettext(N_("%(percent)s%% to spare"), percent=percent)
        told = gettext(N_("The smallest surplus over what is asked"))
    else:
        count = sum(not item.met for item in one.indicators)
        word = toned(gettext(N_("%(count)s not met"), count=count), "due")
        near = gettext(N_("%(percent)s%% lacking"), percent=max(1, round(one.gap * 100)))
        told = gettext(N_("What is missing, as shares of what is asked, added up"))
    return Markup('%s <small title="%s">%s</small>') % (word, told, near)
