"""A field of a form as a page shows it: label, input, unit, help and problems, written out here.

A form has hundreds of attributes and words: too many for templates. `render_kw` of a field may hold:

- `data-unit`: the unit that stands beside the field;
- `data-lookup`: the address that answers {"results": [{"id", "text", "hint"}], "more": bool} to ?q=; the field then
  is a choice by typing, whose present text is `data-label` (or `field.chosen`, pairs of value and text);
- `data-many`: a look-up that takes several, at most `data-most` of them; `data-create`: one that also takes names
  that are not found;
- `data-depends`: the name of another field whose value goes along with the look-up;
- `data-date`: a day, typed in any spelling or picked from the calendar (every date field has it);
- `data-swatches`: a radio field whose values are colours;
- `data-count`: a text whose length is counted against its maxlength.
"""

import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from markupsafe import Markup

from forms.drawing.escaping import html
from forms.drawing.words import gettext, language
from rules.words import N_
from schema.definitions.own_words import own_words

_MOST_KEPT = 200  # drawings of one declared field
_GAP = "\0"  # which nobody can type
_MOST_PICKS = 12  # words of a list of which several are chosen that stand in sight
_OF_LOOKUP = ("data-create", "data-depends", "data-most", "placeholder")
_DAYS = ("date", "datetime-local")


def field(one: Any) -> Markup:
    """Return a field with its label, help and problems.

    One that was declared is drawn once a language: around what is typed, or for each word chosen (`drawn_by`).
    """
    drawn_before = getattr(one, "drawn_before", None)
    if drawn_before is None or one.errors:
        return _field(one)
    look = (one.label.text, one.description, own_words())
    place = (language(), one.id, one.name, one.drawn_by(), *vars(one.flags).items())
    kept = drawn_before.get(place)
    same = kept is not None and kept[1] == (one.render_kw or {}) and all(map(operator.is_, look, kept[0]))
    if not same:
        if len(drawn_before) >= _MOST_KEPT:
            drawn_before.clear()
        drawn = _around(one) if one.is_typed else (_field(one),)
        kept = drawn_before[place] = (look, dict(one.render_kw or {}), drawn)
    if not one.is_typed:
        return cast("Markup", kept[2][0])
    before, behind = kept[2]
    return Markup(f"{before}{html(one._value())}{behind}")  # noqa: S704 - every part is escaped


def _around(one: Any) -> tuple[str, str]:
    """Return what stands before and behind the value of a field, whatever it is."""
    held = getattr(one, "typed", None)
    one.typed = _GAP
    before, _, behind = str(_field(one)).partition(_GAP)
    one.typed = held
    return before, behind


def _field(one: Any) -> Markup:
    kind, kw = _type_of(one), one.render_kw or {}
    if kind == "hidden":
        return Markup(one())  # noqa: S704 - drawn by its widget
    if hasattr(one, "entries"):
        return _repeating(one)
    label, problem = _text(one.label.text), " bad" if one.errors else ""
    if hasattr(one, "dropped"):
        return _files(one, label, problem)
    help_ = _text(one.description)
    notes = _notes(one, help_)
    if _is_group(one, kw):
        drawn = (
            f'<fieldset class="field{problem}"><legend>{label}{_star(one)}</legend>{_control(one, help_)}{notes}'
            "</fieldset>"
        )
    elif kind == "checkbox":
        drawn = (
            f'<div class="field{problem}"><label class="tick">{_control(one, help_)}<span>{label}</span></label>{notes}'
            "</div>"
        )
    else:
        control, unit = _control(one, help_), kw.get("data-unit")
        if unit:
            control = f'<div class="united">{control}<span class="unit">{_text(unit)}</span></div>'
        drawn = (
            f'<div class="field{problem}"><label for="{_text(one.id)}">{label}{_star(one)}</label>{control}{notes}'
            "</div>"
        )
    return Markup(drawn)  # noqa: S704 - every part is escaped


def control(one: Any, label: Any = "") -> Markup:
    """Return the input of a field alone; `label` is what it is called where none stands beside it."""
    return Markup(_control(one, _text(one.description), _text(label)))  # noqa: S704 - every part is escaped


def notes(one: Any) -> Markup:
    """Return the help and the problems of a field."""
    return Markup(_notes(one, _text(one.description)))  # noqa: S704 - every part is escaped


# --- Parts ---------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    """Return a text as HTML; one that is translated when it is read would else pass for HTML itself."""
    return html(value if isinstance(value, str) else str(value or ""))


def _type_of(one: Any) -> str:
    return getattr(one.widget, "input_type", "")


def _option_of(one: Any) -> str:
    return getattr(getattr(one, "option_widget", None), "input_type", "")


def _is_group(one: Any, kw: Mapping[str, Any]) -> bool:
    """Tell whether a field is several inputs under one legend."""
    if _option_of(one):
        return True
    several = hasattr(one, "iter_choices") and getattr(one.widget, "multiple", False)
    return several and "data-lookup" not in kw and len(list(one.iter_choices())) <= _MOST_PICKS


def _star(one: Any) -> str:
    if not one.flags.required:
        return ""
    said = gettext(N_("Required"))
    return f'<span class="must" title="{_text(said)}" aria-hidden="true">*</span>'


def _described(one: Any, help_: str) -> str:
    said = (f"e-{one.id}" if one.errors else "", f"h-{one.id}" if help_ else "")
    return " ".join(part for part in said if part)


def _notes(one: Any, help_: str) -> str:
    drawn = f'<p class="help" id="h-{_text(one.id)}">{help_}</p>' if help_ else ""
    if one.errors:
        said = " ".join(_text(error) for error in one.errors if isinstance(error, str))
        drawn += f'<p class="wrong" id="e-{_text(one.id)}">{said}</p>'
    return drawn


def _control(one: Any, help_: str, label: str = "") -> str:
    """Return the input; help and label are HTML already."""
    kw, kind = one.render_kw or {}, _type_of(one)
    more = {
        "aria-describedby": _described(one, help_),
        "aria-invalid": "true" if one.errors else "",
        "aria-label": label,
        "aria-required": "true" if one.flags.required else "",
    }
    if "data-lookup" in kw:
        return _lookup(one, kw, more)
    if hasattr(one, "iter_choices"):
        option = _option_of(one)
        if option in ("radio", "checkbox"):
            return _picks(one, option, swatches="data-swatches" in kw)
        if not one.widget.multiple:
            return _plain(one, kw, more)
        if len(list(one.iter_choices())) <= _MOST_PICKS:
            return _picks(one, "checkbox", swatches=False)
        return _plain(one, kw, more, **{"data-choose": "1"})
    if kind in _DAYS or "data-date" in kw:
        look = {"data-date": "1", "inputmode": "numeric", "autocomplete": "off", "maxlength": "20"}
        hint = gettext(N_("YYYY-MM-DD"))
        return (
            f'<span class="with-date">{_plain(one, kw, more, type="text", placeholder=hint, **look)}</span>'
        )
    if kind == "number":
        look = {"type": "text", "inputmode": "decimal", "autocomplete": "off"}
        return _plain(one, kw, more, **{"class": "form-control short"}, **look)
    if kind == "file":
        return _plain(one, kw, more, **{"class": "form-file"})
    if kind == "checkbox":
        return _plain(one, kw, more, **{"class": "form-tick"})
    return _plain(one, kw, more)


def _plain(one: Any, kw: Mapping[str, Any], more: Mapping[str, str], **extra: str) -> str:
    given = {**more, "class": f"form-control {kw.get('class', '')}", **extra}
    return str(one(required=False, **{key: value for key, value in given.items() if value}))


def _lookup(one: Any, kw: Mapping[str, Any], more: Mapping[str, str]) -> str:
    many = kw.get("data-many")
    look = [(key, kw.get(key)) for key in _OF_LOOKUP]
    drawn = [
        f'<select name="{_text(one.name)}" id="{_text(one.id)}" class="form-control"'
        f' data-lookup="{_text(kw["data-lookup"])}"',
        *(f' {key}="{_text(value)}"' for key, value in look if value),
        " multiple" if many else "",
        *(f' {key}="{_text(value)}"' for key, value in more.items() if value),
        ">",
        "" if many else '<option value=""></option>',
    ]
    if hasattr(one, "chosen"):
        chosen: Iterable[tuple[Any, Any]] = one.chosen
    elif one.data:
        value = one._value() if hasattr(one, "_value") else one.data
        chosen = ((value, kw.get("data-label") or one.data),)
    else:
        chosen = ()
    drawn += [f'<option value="{_text(value)}" selected>{_text(text)}</option>' for value, text in chosen]
    return "".join([*drawn, "</select>"])


def _picks(one: Any, kind: str, *, swatches: bool) -> str:
    return "".join(['<div class="picks">', *_picked(one, kind, swatches=swatches), "</div>"])


def _picked(one: Any, kind: str, *, swatches: bool) -> Iterator[str]:
    name, own_id = _text(one.name), _text(one.id)
    for number, choice in enumerate(one.iter_choices(), 1):
        value, checked = _text(choice.value), " checked" if choice.selected else ""
        look = f' class="state s-{value}"' if swatches else ""
        place = "" if number == 1 else f"-{number}"
        yield (
            f'<label class="pick-one"><input type="{kind}" name="{name}" id="{own_id}{place}" value="{value}"{checked}>'
            f"<span{look}>{_text(choice.label)}</span></label>"
        )


# --- Files ---------------------------------------------------------------------------------------


def _files(one: Any, label: str, problem: str) -> Markup:
    """Return the files that stand there or wait to be saved, each with a box to take it away, and an input."""
    name, help_ = _text(one.name), _text(one.description)
    held = [_held_file(one, name, item, "") for item in one.held]
    said = gettext(N_("kept once the form is saved"))
    soon = f" <small>{_text(said)}</small>" if one.waiting else ""
    held += [_held_file(one, name, item, soon) for item in one.waiting]
    described = _described(one, help_)
    more = (
        f' aria-describedby="{described}"' if described else "",
        ' aria-invalid="true"' if one.errors else "",
        ' aria-required="true"' if one.flags.required else "",
    )
    return Markup(  # noqa: S704 - every part is escaped
        "".join((
            f'<fieldset class="field wide{problem}"><legend>{label}{_star(one)}</legend>\n',
            f'<ul class="field-files">{"".join(held)}</ul>' if held else "",
            f'\n<input class="form-file" type="file" name="{name}" id="{_text(one.id)}" multiple'
            f' accept="{_text((one.render_kw or {}).get("accept"))}" aria-label="{label}"{"".join(more)}>\n',
            f"{_notes(one, help_)}</fieldset>",
        ))
    )  # fmt: skip


def _held_file(one: Any, name: str, item: Mapping[str, Any], soon: str) -> str:
    shown, checked = _text(one.shown(item)), " checked" if str(item["file"]) in one.dropped else ""
    said = gettext(N_("Remove"))
    remove = _text(said)
    return (
        f'<li><span>{shown}{soon}</span><label class="tick"><input type="checkbox" name="{name}-drop"'
        f' value="{_text(str(item["file"]))}"{checked}><span>{remove}<span class="sr-only"> {shown}</span></span>'
        "</label></li>"
    )


# --- Rows ----------------------------------------------------------------------------------------


def _repeating(one: Any) -> Markup:
    """Return rows that may be added and taken away: a FieldList of FormFields.

    `blank` is the sub-form of a row to be added, under the prefix that the page's script replaces by the next number.
    """
    movable, label, name = getattr(one, "movable", False), _text(one.label.text), _text(one.name)
    shown = [sub for sub in one.blank if _type_of(sub) != "hidden"]
    heads = "".join(
        f'<th scope="col">{_text(sub.label.text)}{_star(sub)}{_unit_of_head(sub)}</th>' for sub in shown
    )
    even = " even" if len(shown) > 4 or hasattr(one, "column") else ""
    buttons = _row_buttons(movable=movable)
    rows = "".join(_row(entry.form, buttons) for entry in one.entries)
    add = gettext(N_("Add a row"))
    is_wrong = any(isinstance(error, str) for error in one.errors)
    return Markup(  # noqa: S704 - every part is escaped
        f'<fieldset class="field wide{" bad" if is_wrong else ""}" id="{_text(one.id)}" data-repeat="{name}">'
        f"<legend>{label}{_star(one)}</legend>\n"
        f'<table class="repeat{" movable" if movable else ""}{even}"><thead><tr>{heads}<td></td></tr></thead>\n'
        f"<tbody>{rows}</tbody></table>\n<template>{_row(one.blank, buttons)}</template>\n"
        f'<button class="btn btn-light btn-sm" type="button" data-add-row>+ {_text(add)}</button>'
        f"{_notes(one, _text(one.description))}</fieldset>"
    )


def _unit_of_head(sub: Any) -> str:
    unit = (sub.render_kw or {}).get("data-unit")
    return f" <small>{_text(unit)}</small>" if unit else ""


def _row(fields: Iterable[Any], buttons: str) -> str:
    cells, hidden = [], []
    for sub in fields:
        if _type_of(sub) == "hidden":
            hidden.append(str(sub()))
            continue
        wrong, said = (' class="bad"', " ".join(map(_text, sub.errors))) if sub.errors else ("", "")
        wrong_note = f'<p class="wrong" id="e-{_text(sub.id)}">{said}</p>' if sub.errors else ""
        name = _text(sub.label.text)
        cells.append(
            f'<td data-label="{name}"{wrong}>{_control(sub, _text(sub.description), name)}{wrong_note}</td>'
        )
    return f'<tr>{"".join(cells)}<td class="cut">{"".join(hidden)}{buttons}</td></tr>'


def _row_buttons(*, movable: bool) -> str:
    acts = [("data-remove-row", N_("Remove this row"), "×")]
    if movable:
        up, down = N_("Move this row up"), N_("Move this row down")
        acts = [('data-move-row="up"', up, "↑"), ('data-move-row="down"', down, "↓"), *acts]
    return "".join(
        f'<button class="tool" type="button" {act} aria-label="{said}" title="{said}">{sign}</button>'
        for act, said, sign in ((act, _text(gettext(word)), sign) for act, word, sign in acts)
    )
