"""The addresses of the programming interface; each asks for a token, and knows no session. And its readable page."""

from flask import Response, request

from admin_views.api import files, openapi, records, reference
from admin_views.api.body import VERSION
from admin_views.api.door import Door
from admin_views.api.query import only_parameters
from admin_views.shared.api_problems import answer_to
from admin_views.shared.guard import Open
from admin_views.shared.routing import POST, Route, blueprint_of
from rules.access import Act, Permission
from rules.errors import Problem

_RECORDS = "/<collection>"
_ONE = f"{_RECORDS}/<record_id>"
_FILES = f"{_ONE}/files"
_PATCH, _DELETE = ("PATCH",), ("DELETE",)

api = blueprint_of(
    "api",
    "/api/v1",
    (
        Route("/", "index", records.collections, Open.BEARER),
        Route("/openapi.json", "openapi", openapi.openapi, Open.BEARER),
        Route(_RECORDS, "records", records.list_records, Open.BEARER),
        Route(_RECORDS, "create", records.create, Open.BEARER, POST),
        Route(_ONE, "one", records.one, Open.BEARER),
        Route(_ONE, "change", records.change, Open.BEARER, _PATCH),
        Route(_ONE, "delete", records.delete, Open.BEARER, _DELETE),
        Route(f"{_ONE}/history", "history", records.record_history, Open.BEARER),
        Route(_FILES, "files", files.list_files, Open.BEARER),
        Route(_FILES, "upload", files.upload, Open.BEARER, POST),
        Route(f"{_FILES}/<file_id>", "file", files.download, Open.BEARER),
        Route(f"{_FILES}/<file_id>", "remove_file", files.remove, Open.BEARER, _DELETE),
    ),
)

# What an address may ask for behind its question mark; a list has its own table (`query`), the others nothing.
_PARAMETERS = {"create": ("confirm",), "change": ("confirm",), "delete": (VERSION,)}
_ACTS = {"POST": Act.CREATE, "PATCH": Act.CHANGE, "DELETE": Act.DELETE}


@api.before_request
def _only_known_parameters() -> None:
    """Refuse what no address reads: a misspelt parameter is no reason to do something else. Raises ProblemFound."""
    name = (request.endpoint or "").rpartition(".")[2]
    if name != "records" and request.method != "OPTIONS":
        only_parameters(*_PARAMETERS.get(name, ()))


@api.after_request
def _only_what_is_allowed(answer: Response) -> Response:
    """Name in `Allow` no method that who asks may never use here: what the description leaves out too."""
    word = (request.view_args or {}).get("collection")
    if request.method == "OPTIONS" and word and answer.status_code == 200:
        try:
            door = Door.of(word)
        except Problem as problem:
            return answer_to(problem)
        # A file is added and removed by whoever may change its record.
        is_file = "/files" in request.path
        never = {name for name, act in _ACTS.items() if not door.may(Act.CHANGE if is_file else act)}
        answer.headers["Allow"] = ", ".join(
            sorted({*answer.allow.as_set()} - {name.lower() for name in never})
        ).upper()
    return answer


api_reference = blueprint_of(
    "api_reference", "/admin/api", (Route("/", "index", reference.index, Permission.READ),)
)
