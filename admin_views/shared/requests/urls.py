"""The application, which builds each address without values once: a page asks for some eighty of them."""

from typing import Any, cast

from flask import Flask
from flask.globals import request_ctx
from werkzeug.routing import BuildError

_MOST_KEPT = 5_000
# Values of which there are few: the program's own files, and words that it gave itself.
_KEPT_WITH = frozenset({"filename", "kind", "export_type"})


class Office(Flask):
    """Flask's application; what only a request knows is asked of it each time, as before."""

    def __init__(self, name: str) -> None:
        """Begin with no address."""
        super().__init__(name)
        self._addresses: dict[tuple[str, str, Any], str] = {}

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Return an address, as Flask does."""
        if not values and endpoint[:1] != ".":
            try:
                adapter = cast("Any", request_ctx)._get_current_object().url_adapter
                return self._addresses[adapter.script_name, endpoint, ()]
            except (AttributeError, KeyError, RuntimeError):  # outside of a request, or for the first time
                pass
        given = tuple((name, value) for name, value in values.items() if value is not None)
        is_kept = all(name in _KEPT_WITH for name, _ in given) and (
            "filename" not in values or endpoint.endswith("static")
        )
        if not is_kept or endpoint[:1] == "." or not request_ctx or request_ctx.url_adapter is None:
            return super().url_for(endpoint, **values)
        # Behind a proxy an address may begin with a path of the proxy's.
        key = (request_ctx.url_adapter.script_name, endpoint, given)
        found = self._addresses.get(key)
        if found is None:
            found = super().url_for(endpoint, **values)
            if len(self._addresses) < _MOST_KEPT and self._is_built(endpoint, dict(given)):
                self._addresses[key] = found
        return found

    def _is_built(self, endpoint: str, values: dict[str, Any]) -> bool:
        """Tell whether an address follows from the map alone, and from nothing that a request may change."""
        try:
            request_ctx.url_adapter.build(endpoint, dict(values))  # type: ignore[union-attr]
        except BuildError:
            return False
        return not self.url_default_functions
