"""The small language of templates: values, conditions and loops; no calls, no attributes of Python, no other files.

Jinja's sandbox stops what its authors thought of; here nothing is allowed but what a paper needs.
"""

import re
from collections.abc import Collection, MutableMapping
from functools import lru_cache
from types import CodeType
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, meta, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from office.papers.template_problems import TemplateProblem

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.NSRef, nodes.Const, nodes.For, nodes.If,
    nodes.Assign, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Tuple, nodes.List, nodes.Concat, nodes.Add, nodes.Sub,
    nodes.Neg,
)  # fmt: skip
_FILTERS = frozenset(
    {"length", "count", "join", "first", "last", "upper", "lower", "trim", "replace", "default", "int"}
)
_TESTS = frozenset({"defined", "undefined", "none", "odd", "even", "string", "true", "false", "in"})
_LOOP = frozenset({"index", "index0", "revindex", "first", "last", "length"})
_OWN_NAMES = frozenset({"self", "super", "caller", "varargs", "kwargs"})  # Jinja's, each a way to its insides
_XML_TAG = re.compile(r"<[^>]*>")


class PaperEnvironment(ImmutableSandboxedEnvironment):
    """Parses and runs a template; a name that is not `known` and whatever is not allowed raises TemplateProblem."""

    def __init__(self, known: Collection[str]) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.known = frozenset(known)
        self.used: set[str] = set()
        self.globals.clear()  # range, lipsum, cycler, joiner, namespace
        self.filters = {name: work for name, work in self.filters.items() if name in _FILTERS}
        self.tests = {name: work for name, work in self.tests.items() if name in _TESTS}

    def from_string(
        self,
        source: str | nodes.Template,
        globals: MutableMapping[str, Any] | None = None,
        template_class: type[Template] | None = None,
    ) -> Template:
        """Return the template of a part's text. Raises TemplateProblem."""
        if not isinstance(source, str):
            raise TypeError(source)
        code, names = _compiled(source)
        unknown = sorted(names - self.known)
        if unknown:
            raise TemplateProblem("unknown-name", name=unknown[0], known="、".join(sorted(self.known)))
        self.used |= names
        return Template.from_code(self, code, self.make_globals(globals))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        lines = source.split("\n")
        try:
            tree = super()._parse(source, name, filename)
        except TemplateSyntaxError as error:
            fault = str(error.message)
            raise TemplateProblem("syntax", near=_near(lines, error.lineno), fault=fault) from error
        for node in tree.find_all(nodes.Node):
            what = _forbidden(node)
            if what:
                raise TemplateProblem("code", what=what, near=_near(lines, node.lineno))
        return tree

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Allow the counters of a loop; the paper's values are reached as items, never as attributes."""
        return isinstance(obj, LoopContext) and attr in _LOOP

    def is_safe_callable(self, obj: Any) -> bool:
        """Allow no call at all."""
        return False


@lru_cache(maxsize=16)
def _compiled(source: str) -> tuple[CodeType, frozenset[str]]:
    """Return what a part's text is compiled to, and the names in it: a round's papers are of few templates.

    Raises TemplateProblem.
    """
    environment = PaperEnvironment(())
    tree = environment.parse(source)
    return environment.compile(tree), frozenset(meta.find_undeclared_variables(tree))


def _forbidden(node: nodes.Node) -> str:
    """Return what is not allowed in a node; "" when it is fine."""
    if isinstance(node, nodes.Call):
        return "()"
    if isinstance(node, nodes.Name) and (node.name.startswith("_") or node.name in _OWN_NAMES):
        return node.name
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        return f".{node.attr}"
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and node.value.startswith("__"):
        return node.value
    if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        return f"|{node.name}"
    if isinstance(node, nodes.Test) and node.name not in _TESTS:
        return f"is {node.name}"
    if isinstance(node, (nodes.Expr, nodes.Stmt)) and not isinstance(node, _ALLOWED):
        return type(node).__name__.lower()
    return ""


def _near(lines: list[str], number: int | None) -> str:
    """Return the words of a line, a paragraph of the template, without its XML."""
    line = lines[min(max((number or 1) - 1, 0), len(lines) - 1)]
    return " ".join(_XML_TAG.sub("", line).split())[:60]
