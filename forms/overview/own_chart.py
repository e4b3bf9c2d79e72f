"""What somebody says of a chart of their own."""

from typing import Any, Self

from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectField, StringField

from forms.plain_form import PlainForm
from forms.sign_in import Wanted
from services.overview.own_charts import LONGEST_NAME, ChartValues

Choices = list[tuple[str, str]]


class OwnChartForm(PlainForm):
    """A chart over a list; `of_list` says what it may count by and add up."""

    name = StringField(
        lazy_gettext("Name"), [Wanted()], render_kw={"autocomplete": "off", "maxlength": str(LONGEST_NAME)}
    )
    group = SelectField(lazy_gettext("Group by"), choices=[], validate_choice=False)
    measure = SelectField(
        lazy_gettext("What the chart shows"),
        choices=[],
        validate_choice=False,
        description=lazy_gettext("The number of records, or the sum of a figure of theirs."),
    )
    on_today = BooleanField(lazy_gettext("Show it on 今日"))
    on_overview = BooleanField(lazy_gettext("Show it on 城市概览"))
    shared = BooleanField(
        lazy_gettext("Share it"),
        description=lazy_gettext(
            "Others see it with the figures of their own scope, where it is shown for you."
        ),
    )

    @classmethod
    def of_list(
        cls, groups: Choices, measures: Choices, given: MultiDict[str, str] | None = None, **values: Any
    ) -> Self:
        """Return the form as it was sent, or with these values."""
        form = cls(formdata=given) if given is not None else cls(data=values)
        form.group.choices, form.measure.choices = groups, measures
        return form

    def values(self, of: str, query: str) -> ChartValues:
        """Return what was typed of a chart over a list."""
        return ChartValues(
            name=self.name.data or "",
            of=of,
            query=query,
            group=self.group.data or "",
            measure=self.measure.data or "",
            shared=bool(self.shared.data),
            on_today=bool(self.on_today.data),
            on_overview=bool(self.on_overview.data),
        )
