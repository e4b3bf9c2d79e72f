"""How templates are compiled: once for each language, with their own words in it, and with a quicker escape.

A page says some 200 words that never change. Looked up and called one by one they took a quarter of a page's time; as
constants they melt into the text around them. Words with values in them are looked up as before.

A part of a page (`drawn_part`) that follows from the language and from what it is given alone, as the menu does from
its entries and their counts, is drawn once for as long as it is asked for with the same. It knows nothing of the
request: no address, no token, no user but those it is given.
"""

import zlib
from collections.abc import MutableMapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, cast

from flask import Flask
from flask.templating import Environment
from flask_babel import get_translations
from jinja2 import Template, nodes
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.compiler import CodeGenerator
from jinja2.utils import LRUCache
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from admin_views.shared.translation import gettext
from forms.drawing.escaping import html
from forms.drawing.words import language

_MOST_TEMPLATES = 400  # of one language
_MOST_PARTS = 1_000  # drawn; a part weighs some kilobytes
_PLAIN = (str, int, bool, type(None))


class _Generator(CodeGenerator):
    """Writes what escapes by `html`."""

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.html(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Words(NodeTransformer):
    """Puts what `_('…')` says of a constant in its place."""

    def visit_Call(  # noqa: N802 - the library looks for this name
        self, node: Any
    ) -> nodes.Node:
        self.generic_visit(node)
        is_word = isinstance(node.node, nodes.Name) and node.node.name == "_"
        given: list[Any] = [*node.args, *(one.value for one in node.kwargs)]
        if (
            not is_word
            or node.dyn_args
            or node.dyn_kwargs
            or not all(isinstance(one, nodes.Const) for one in given)
        ):
            return node
        text = Markup(gettext(node.args[0].value))  # noqa: S704 - our own catalogue
        params = {one.key: one.value.value for one in node.kwargs}
        word = nodes.Const(text % params if params else text, lineno=node.lineno)
        word.set_environment(node.environment)
        return word


class OfficeEnvironment(Environment):
    """Flask's environment, with templates of their own for each language."""

    code_generator_class = _Generator
    html = staticmethod(html)

    def __init__(self, app: Any, **options: Any) -> None:
        """Begin with no template."""
        self._by_locale: dict[str, MutableMapping[Any, Template]] = {}
        self._bytecode: BytecodeCache | None = None
        super().__init__(app, **options)
        self._drawn = lru_cache(_MOST_PARTS)(self._draw)
        self.globals["drawn_part"] = self.part

    def part(self, name: str, **given: Any) -> Markup:
        """Return a part of a page, drawn from plain values: texts, numbers, frozen dataclasses and tuples of them."""
        return self._drawn(language(), name, tuple(given.items()))

    def _draw(self, locale: str, name: str, given: tuple[tuple[str, Any], ...]) -> Markup:
        _demand_plain(given)
        return Markup(self.get_template(name).render(dict(given)))  # noqa: S704 - the template escapes

    @property
    def cache(self) -> MutableMapping[Any, Template]:
        """The templates of the present language."""
        locale = language()
        if locale not in self._by_locale:
            self._by_locale[locale] = cast("Any", LRUCache(_MOST_TEMPLATES))
        return self._by_locale[locale]

    @cache.setter
    def cache(self, value: Any) -> None:
        self._by_locale.clear()

    @property
    def bytecode_cache(self) -> BytecodeCache | None:
        """Where compiled templates are kept, those of each language apart."""
        return _OfLanguage(self._bytecode) if self._bytecode is not None else None

    @bytecode_cache.setter
    def bytecode_cache(self, value: BytecodeCache | None) -> None:
        self._bytecode = value

    def _generate(self, source: nodes.Template, *given: Any, **more: Any) -> str:
        if language():
            source = _Words().visit(source)
        return super()._generate(source, *given, **more)


class _OfLanguage(BytecodeCache):
    """A store of compiled templates in which each language, and each edition of its catalogue, has its own."""

    def __init__(self, kept: BytecodeCache) -> None:
        self._kept = kept

    def get_bucket(self, environment: Any, name: str, filename: str | None, source: str) -> Bucket:
        """Return where the template of this language is kept."""
        return self._kept.get_bucket(environment, f"{_edition()}:{name}", filename, source)

    def set_bucket(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept.set_bucket(bucket)


def _demand_plain(value: Any) -> None:
    """Raise TypeError for HTML among the values: a text of the same signs would be taken for it afterwards."""
    if isinstance(value, tuple):
        for one in value:
            _demand_plain(one)
    elif is_dataclass(value):
        for one in fields(value):
            _demand_plain(getattr(value, one.name))
    elif type(value) not in _PLAIN:
        raise TypeError(f"no part of a page is drawn of {type(value).__name__}")


_EDITIONS: dict[str, str] = {}


def _edition() -> str:
    locale = language()
    if locale not in _EDITIONS:
        catalogue = getattr(get_translations(), "_catalog", None) or {}
        said = "\n".join(sorted(f"{key}={value}" for key, value in catalogue.items()))
        _EDITIONS[locale] = f"{locale}.{zlib.crc32(said.encode()):08x}"
    return _EDITIONS[locale]


def init_templates(app: Flask) -> None:
    """Let `app` compile its templates so; before anything asks for its environment."""
    app.jinja_environment = OfficeEnvironment
