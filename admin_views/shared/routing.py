"""The one way of routing: a table of routes in each package's `routes.py`, each row with what it needs.

A view is a plain function; its address, its endpoint's name, its methods and who may call it stand in the table.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from inspect import isfunction
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin_views.shared.guard import Access, declare_access

GET, POST, FORM = ("GET",), ("POST",), ("GET", "POST")


@dataclass(frozen=True)
class Route:
    """One address of a package: `rule` below the package's prefix, `endpoint` the name that `url_for` knows.

    `access` is a permission, or one of `guard.Open` where none is asked for; `methods` are GET, POST or FORM.
    """

    rule: str
    endpoint: str
    view: Callable[..., ResponseReturnValue]
    access: Access
    methods: tuple[str, ...] = GET


def blueprint_of(name: str, url_prefix: str, routes: Iterable[Route]) -> Blueprint:
    """Return the blueprint of these routes; each is shut to whoever lacks its `access` (`guard`)."""
    blueprint = Blueprint(name, f"admin_views.{name}", url_prefix=url_prefix)
    for route in routes:
        view = declare_access(_own(route.view), route.access)
        blueprint.add_url_rule(route.rule, route.endpoint, view, methods=list(route.methods))
    return blueprint


def _own(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Return a function that may be marked: a method is shared by all objects of its class."""
    if isfunction(view):
        return view

    @wraps(view)
    def call(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        return view(*args, **kwargs)

    return call
