"""The page of components: all of them in one theme, the other one click away."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.assessment.view_models import Tab
from admin_views.components import samples
from admin_views.components.view_models import ComponentsPage
from admin_views.overview.page import drawn
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import COLOURS, Link, badge
from rules.words import N_

TITLE = N_("Components of the pages")
_THEMES = (("light", N_("Light")), ("dark", N_("Dark")))
_WORDS = ("未申报", "已提交", "已受理", "已认定", "待补正", "已撤销", "评审中", "已到期")


def index() -> ResponseReturnValue:
    """Show every component with examples, in the theme that is asked for."""
    theme = "dark" if request.args.get("theme") == "dark" else "light"
    url = url_for("components.index", theme=theme)
    chart, no_chart = samples.example_charts(drawn)
    page = ComponentsPage(
        title=gettext(TITLE),
        theme=theme,
        themes=tuple(
            Tab(gettext(word), url_for("components.index", theme=one), one == theme) for one, word in _THEMES
        ),
        url=url,
        badges=tuple(map(badge, _WORDS, COLOURS)),
        tones=samples.TONES,
        buttons=samples.BUTTONS,
        facts=samples.FACTS,
        meters=samples.METERS,
        counties=samples.COUNTIES,
        filters=samples.FILTERS,
        table=samples.TABLE,
        no_rows=samples.NO_ROWS,
        pager=samples.PAGER,
        empty=samples.EMPTY,
        layouts=samples.LAYOUTS,
        form=samples.example_form(),
        history=samples.HISTORY,
        comments=samples.COMMENTS,
        paper=samples.PAPER,
        personal=samples.PERSONAL,
        chart=chart,
        no_chart=no_chart,
        steps=samples.STEPS,
        impact=samples.IMPACT,
        slots=samples.SLOTS,
        grounds=samples.example_grounds(),
        files=samples.FILES,
        send=samples.SEND,
        annual=samples.ANNUAL,
        links=samples.LINKS,
        question=samples.QUESTION,
        crumbs=(Link(gettext(N_("Settings")), url_for("settings.index")),),
        clear_url=samples.HERE,
    )
    return render_template("components/page.html", page=page)
