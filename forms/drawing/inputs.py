"""Inputs drawn as WTForms draws them, sign for sign, in less time: a form has hundreds of attributes and words."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup
from wtforms.meta import DefaultMeta
from wtforms.widgets.core import Input, Select, TextArea
from wtforms.widgets.core import clean_key as key_of_attribute

from forms.drawing.escaping import html

_MARK = '"'
clean_key = lru_cache(maxsize=1000)(key_of_attribute)


class QuickDrawing:
    """The part of a form's `Meta` that draws its fields; what it does not know it leaves to WTForms."""

    def render_field(self, field: Any, render_kw: Mapping[str, Any]) -> Any:
        """Return the field's HTML."""
        kind = type(field.widget)
        draw = _input if kind.__call__ is Input.__call__ else _WIDGETS.get(kind)
        if draw is None:
            return DefaultMeta.render_field(self, field, render_kw)
        given = {clean_key(key): value for key, value in (getattr(field, "render_kw", None) or {}).items()}
        given |= {clean_key(key): value for key, value in render_kw.items()}
        given.setdefault("id", field.id)
        return draw(field, given)


def attributes(given: Mapping[str, Any]) -> str:
    """Return attributes as `wtforms.widgets.html_params` does: in order, True alone by its name, False not at all."""
    drawn = []
    for key, value in sorted(given.items()):
        if value is True:
            drawn.append(clean_key(key))
        elif value is not False:
            drawn.append(f'{clean_key(key)}="{str(html(value)).replace(_MARK, "&quot;")}"')
    return " ".join(drawn)


def _flagged(field: Any, given: dict[str, Any], *, called: bool = False) -> dict[str, Any]:
    """Return the attributes with those that validators and the field itself ask for, and the name."""
    wanted = field.widget.validation_attrs
    for key, value in vars(field.flags).items():
        if key in wanted and key not in given:
            given[key] = value() if called and callable(value) else value
    return {"name": field.name, **given}


def _input(field: Any, given: dict[str, Any]) -> Markup:
    given.setdefault("type", field.widget.input_type)
    if "value" not in given:
        given["value"] = field._value()
    datalist = getattr(field, "_datalist", None)
    if datalist is not None and "list" not in given:
        given["list"] = datalist if isinstance(datalist, str) else datalist.id
    return Markup(f"<input {attributes(_flagged(field, given, called=True))}>")  # noqa: S704 - escaped above


def _area(field: Any, given: dict[str, Any]) -> Markup:
    drawn, text = attributes(_flagged(field, given)), html(field._value())
    return Markup(f"<textarea {drawn}>\r\n{text}</textarea>")  # noqa: S704 - escaped above


def _select(field: Any, given: dict[str, Any]) -> Any:
    if field.has_groups():
        return field.widget(field, **given)
    if field.widget.multiple:
        given["multiple"] = True
    drawn = [f"<select {attributes(_flagged(field, given))}>"]
    for choice in field._iter_choices_normalized():
        value = str(choice.value) if isinstance(choice.value, bool) else choice.value
        option = {"value": value, **(choice.render_kw or {})}
        if choice.selected:
            option["selected"] = True
        drawn.append(f"<option {attributes(option)}>{html(choice.label or choice.value)}</option>")
    drawn.append("</select>")
    return Markup("".join(drawn))  # noqa: S704 - escaped above


_WIDGETS = {TextArea: _area, Select: _select}
