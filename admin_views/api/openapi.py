"""The OpenAPI 3.1 document of the programming interface, made from the declarations, as who asks may see them."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue

from admin_views.api.body import MOST_BYTES, MOST_VERSION, VERSION
from admin_views.api.door import Door, seen_collections
from admin_views.api.query import ENDED, ENDS, LIMIT, MOST_AMOUNT, MOST_PAGE
from admin_views.shared.api_problems import KINDS, MEDIA_TYPE
from admin_views.shared.guard import current_actor
from admin_views.shared.layout import OFFICE_NAME
from admin_views.shared.list_query import CONDITIONS, MOST_SEARCH, SIZES, FilterSpec
from admin_views.shared.request_context import office_state
from admin_views.shared.translation import gettext
from rules.access import Act
from rules.words import N_
from schema.field import MOST_REFERRED, Field, Kind
from schema.narrowing.address import LONGEST

Json = dict[str, Any]
_ID = {"type": "string", "pattern": "^[0-9a-f]{24}$"}
_DAY = {"type": "string", "format": "date"}
_AMOUNT = {"type": "number", "minimum": -MOST_AMOUNT, "maximum": MOST_AMOUNT}
_MOMENT = {"type": "string", "format": "date-time"}
_LONGEST_LIST = 1000
_CONFIRM: Json = {
    "name": "confirm", "in": "query", "schema": {"type": "array", "items": {"type": "string"}},
    "description": N_("What a warning named: it is kept all the same."),
}  # fmt: skip
# Said before the application is asked, so that it is no problem document.
_TOO_LONG: Json = {
    "description": N_("The address or the headers are too long."),
    "content": {"text/plain": {"schema": {"type": "string"}}},
}
_VERSION_NUMBER: Json = {"type": "integer", "minimum": 1, "maximum": MOST_VERSION}
_VERSION: Json = {
    "name": "If-Match", "in": "header",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    "description": N_("The version that was read, in quotation marks (its ETag)."),
}  # fmt: skip


def openapi() -> ResponseReturnValue:
    """Answer the document."""
    return jsonify(document())


def document() -> Json:
    """Return the document: paths and schemas of every collection that who asks may read."""
    paths: Json = {}
    schemas: Json = {"Problem": _problem(), "File": _file(), "Entry": _entry()}
    for declaration in seen_collections():
        door = Door(declaration)
        paths |= _paths(door)
        schemas |= _schemas(door)
    return {
        "openapi": "3.1.0",
        "info": {"title": gettext(OFFICE_NAME), "version": "1"},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {
            "/api/v1/": {"get": _reading("collections", gettext(N_("The collections")), {"type": "object"})}
        }
        | paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas,
            "responses": {
                str(status): {
                    "description": title,
                    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
                for status, title in _titles().items()
            }
            | {"431": _told(_TOO_LONG)},
        },
    }


def _titles() -> Mapping[int, str]:
    found: dict[int, str] = {}
    for kind in KINDS:
        found.setdefault(kind.status, gettext(kind.title))
    return found


def _problems(*statuses: int) -> Json:
    always = (400, 401, 403, 404, 429, 431, 503)
    return {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted({*always, *statuses})
    }


def _body(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _reading(name: str, summary: str, schema: Json, **more: Any) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        **more,
        "responses": {
            "200": {"description": "OK", "content": _body(schema)},
            **_problems(*([422] if "parameters" in more else [])),
        },
    }


# --- Paths ---------------------------------------------------------------------------------------


def _paths(door: Door) -> Json:
    slug, name = door.declaration.slug, door.name
    home = url_for("api.records", collection=slug)
    label, one = gettext(door.declaration.label), gettext(door.declaration.one)
    record = {"$ref": f"#/components/schemas/{name}"}
    tags = [label]
    by_id = [{"name": "record_id", "in": "path", "required": True, "schema": _ID}]
    listed: Json = {
        "get": _reading(
            f"list_{name}", label, {"$ref": f"#/components/schemas/{name}_list"}, tags=tags,
            parameters=list(_list_parameters(door)),
        )
    }  # fmt: skip
    single: Json = {"get": _reading(f"read_{name}", one, record, tags=tags), "parameters": by_id}
    single["get"]["responses"]["304"] = {"description": "Not Modified"}
    listed["get"]["responses"]["200"]["links"] = _links(door, "$response.body#/items/0/id")
    found = {home: listed, f"{home}/{{record_id}}": single}
    if door.may(Act.CREATE):
        listed["post"] = _writing(
            f"create_{name}", gettext(N_("New: %(what)s"), what=one), {"$ref": f"#/components/schemas/{name}_new"},
            "201", record, tags, [_told(_CONFIRM)],
        )  # fmt: skip
        listed["post"]["responses"]["201"]["links"] = _links(door, "$response.body#/id")
    if door.may(Act.CHANGE):
        single["patch"] = _writing(
            f"change_{name}", gettext(N_("Change")), {"$ref": f"#/components/schemas/{name}_change"},
            "200", record, tags, [_told(_VERSION), _told(_CONFIRM)], 409, 412, 428,
        )  # fmt: skip
    if door.may(Act.DELETE):
        version = {
            "name": VERSION,
            "in": "query",
            "schema": _VERSION_NUMBER,
        }
        single["delete"] = {
            "operationId": f"delete_{name}",
            "summary": gettext(N_("Move to the recycle bin")),
            "tags": tags,
            "parameters": [_told(_VERSION), version],
            "responses": {"204": {"description": "No Content"}, **_problems(409, 412, 422, 428)},
        }
    found[f"{home}/{{record_id}}/history"] = {
        "parameters": by_id,
        "get": _reading(f"history_{name}", gettext(N_("History")), _items("Entry"), tags=tags),
    }
    if door.declaration.has_files:
        found |= _file_paths(door, home, tags, by_id)
    return found


def _links(door: Door, record_id: str) -> Json:
    """Return where one may go on from an answer that names a record."""
    names = [f"read_{door.name}", f"history_{door.name}"]
    names += [f"change_{door.name}"] if door.may(Act.CHANGE) else []
    names += [f"delete_{door.name}"] if door.may(Act.DELETE) else []
    if door.declaration.has_files:
        names += [f"files_{door.name}"]
        names += [f"upload_{door.name}"] if door.may(Act.CHANGE) else []
    return {name: {"operationId": name, "parameters": {"record_id": record_id}} for name in names}


def _writing(
    name: str, summary: str, sent: Json, status: str, answered: Json, tags: list[str], parameters: list[Json],
    *statuses: int,
) -> Json:  # fmt: skip
    return {
        "operationId": name,
        "summary": summary,
        "tags": tags,
        "parameters": parameters,
        "requestBody": {"required": True, "content": _body(sent)},
        "responses": {
            status: {"description": "OK", "content": _body(answered)},
            **_problems(413, 415, 422, *statuses),
        },
    }


def _told(parameter: Json) -> Json:
    words = parameter["description"]
    return parameter | {"description": gettext(words)}


def _file_paths(door: Door, home: str, tags: list[str], by_id: list[Json]) -> Json:
    name = door.name
    files: Json = {
        "parameters": by_id,
        "get": _reading(f"files_{name}", gettext(N_("Files")), _items("File"), tags=tags),
    }
    one: Json = {
        "parameters": [*by_id, {"name": "file_id", "in": "path", "required": True, "schema": _ID}],
        "get": {
            "operationId": f"file_{name}",
            "summary": gettext(N_("Download")),
            "tags": tags,
            "responses": {"200": {"description": "OK", "content": {"*/*": {}}}, **_problems()},
        },
    }
    if door.may(Act.CHANGE):
        file_part: Json = {
            "type": "object",
            "required": ["file"],
            "properties": {"file": {"type": "string", "format": "binary"}},
        }
        if of_fields := [
            field for field in door.declaration.file_fields if field.key in door.declaration.by_key
        ]:
            words = "; ".join(f"{field.key}: {gettext(field.label)}" for field in of_fields)
            field_part = {"type": "string", "enum": [field.key for field in of_fields], "description": words}
            file_part["properties"] |= {"field": field_part}
        files["post"] = {
            "operationId": f"upload_{name}",
            "summary": gettext(N_("Upload")),
            "tags": tags,
            "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": file_part}}},
            "responses": {
                "201": {
                    "description": "Created",
                    "content": _body({"$ref": "#/components/schemas/File"}),
                    "links": {
                        one: {
                            "operationId": one,
                            "parameters": {
                                "record_id": "$request.path.record_id",
                                "file_id": "$response.body#/id",
                            },
                        }
                        for one in (f"file_{name}", f"remove_file_{name}")
                    },
                },
                **_problems(413, 415, 422),
            },
        }
        one["delete"] = {
            "operationId": f"remove_file_{name}",
            "summary": gettext(N_("Remove")),
            "tags": tags,
            "responses": {"204": {"description": "No Content"}, **_problems(409)},
        }
    return {f"{home}/{{record_id}}/files": files, f"{home}/{{record_id}}/files/{{file_id}}": one}


def _list_parameters(door: Door) -> Iterable[Json]:
    declaration = door.declaration
    if declaration.county_key:
        actor = current_actor()
        codes = [code for code, _, _ in office_state().counties if actor.sees(code)]
        yield _parameter("county", gettext(N_("County")), {"type": "string", "enum": codes})
    yield _parameter(
        "search", gettext(N_("Words to search for")), {"type": "string", "maxLength": MOST_SEARCH}
    )
    for spec in door.records.asked_filters:
        yield from _filter_parameters(door, spec)
    if door.records.compared:
        meaning = N_(
            'Conditions, nested, as the list’s own page writes them: ["all",["name","has","…"],["any",…]]'
        )
        yield _parameter(CONDITIONS, gettext(meaning), {"type": "string", "maxLength": LONGEST})
    sortable = [field.key for field in door.fields if field.sortable and field.exported]
    keys = [sign + key for key in sortable for sign in ("", "-")]
    if keys:
        yield _parameter(
            "sort", gettext(N_("Order; with - before it, the other way")), {"type": "string", "enum": keys}
        )
    yield _parameter(
        "page",
        gettext(N_("Page, from 1; not with a cursor")),
        {"type": "integer", "minimum": 1, "maximum": MOST_PAGE},
    )
    yield _parameter(
        LIMIT,
        gettext(N_("Records a page")),
        {"type": "integer", "minimum": 1, "maximum": SIZES[-1], "default": 50},
    )
    cursor = N_("Blank for the beginning; then follow “next”. The way to read everything.")
    yield _parameter("cursor", gettext(cursor), {"type": "string", "maxLength": 2000})
    columns = [field.key for field in door.fields if field.exported]
    yield _parameter(
        "columns",
        gettext(N_("These fields only")),
        {"type": "array", "items": {"type": "string", "enum": columns}},
    )


def _filter_parameters(door: Door, spec: FilterSpec) -> Iterable[Json]:
    label = gettext(spec.label)
    if spec.kind == "without":
        nobody = gettext(N_("Without: %(what)s"), what=label)
        yield _parameter(spec.name, nobody, {"type": "string", "enum": ["yes"]})
    if spec.has_ends:
        bounds = _AMOUNT if spec.kind == "amount" else _DAY
        for end, words in zip(ENDS, (N_("%(what)s from"), N_("%(what)s to")), strict=True):
            yield _parameter(spec.name + end, gettext(words, what=label), bounds)
    if spec.kind in ENDED:
        return
    if spec.kind == "filled":
        schema: Json = {"type": "string", "enum": ["yes", "no"]}
    elif spec.kind == "lookup":
        schema = _ID
    elif spec.kind == "status":
        schema = {"type": "string", "enum": list(office_state().status_labels(door.name))}
    elif spec.options:
        schema = {"type": "string", "enum": [value for value, _ in spec.options()]} if spec.options() else _ID
    elif spec.choices:
        schema = {"type": "string", "enum": [word.value for word in spec.choices]}
    else:
        schema = {"type": "string", "minLength": 1, "maxLength": 60}
    yield _parameter(spec.name, label, {"type": "array", "items": schema})


def _parameter(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": schema}


# --- Schemas -------------------------------------------------------------------------------------


def _schemas(door: Door) -> Json:
    name = door.name
    always: Json = {
        "id": _ID, "version": {"type": "integer"},
        "created_at": _or_null(_MOMENT), "created_by": _or_null({"type": "string"}),
        "updated_at": _or_null(_MOMENT), "updated_by": _or_null({"type": "string"}),
    }  # fmt: skip
    answered = dict(always)
    for field in door.fields:
        answered[field.key] = _or_null(_schema(door, field) | _words_of(field))
        if field.name_key:
            text: Json = {"type": "string"}
            names = {"type": "array", "items": text} if field.kind is Kind.REFERENCES else text
            answered[field.name_key] = {**_or_null(names), "readOnly": True}
    found: Json = {
        name: {"type": "object", "properties": answered, "required": ["id", "version"]},
        f"{name}_list": {
            "type": "object",
            "required": ["items", "limit", "next"],
            "properties": {
                "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
                "total": {"type": "integer"},
                "total_is_exact": {"type": "boolean"},
                "page": {"type": "integer"},
                LIMIT: {"type": "integer"},
                "next": {"type": ["string", "null"]},
            },
        },
    }
    if door.may(Act.CREATE):
        new = written_fields(door, {})
        found[f"{name}_new"] = {
            "type": "object",
            "additionalProperties": False,
            "properties": {field.key: _written(door, field, is_new=True) for field in new},
            "required": [field.key for field in new if field.required and field.default is None],
        }
    if door.may(Act.CHANGE):
        changed = {field.key: _written(door, field, is_new=False) for field in written_fields(door)}
        found[f"{name}_change"] = {
            "type": "object",
            "additionalProperties": False,
            "properties": changed | {VERSION: _VERSION_NUMBER},
        }
    return found


def written_fields(door: Door, raw: Mapping[str, Any] | None = None) -> list[Field]:
    """Return the fields that who asks may write: of this record, {} for a new one; None for some record there is."""
    if raw is not None:
        form = door.view.make_form(door.view.defaults())
        return [field for field in door.fields if field.key in form and field.kind is not Kind.FILES]
    typed = set(door.declaration.typed_keys)
    written = (field for field in door.fields if field.kind is not Kind.FILES)
    return [field for field in written if field.key in typed and field.section]


def _written(door: Door, field: Field, *, is_new: bool) -> Json:
    schema = _schema(door, field, is_written=True) | _words_of(field)
    # A new record without a status has the first one; one that there is keeps a status.
    is_kept = field.required or (field.kind is Kind.STATUS and not is_new)
    return schema if is_kept else _or_null(schema)


def _words_of(field: Field) -> Json:
    words: Json = {"title": gettext(field.label)}
    about = [gettext(field.help)] if field.help else []
    if field.unit:
        about.append(f"({gettext(field.unit)})")
    if field.choices is not None:
        about.append("; ".join(f"{word.value}: {gettext(word.label)}" for word in field.choices))
    return words | ({"description": " ".join(about)} if about else {})


def _or_null(schema: Json) -> Json:
    if "enum" in schema:
        return schema | {"type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    return schema | {"type": [schema["type"], "null"]}


def _schema(door: Door, field: Field, *, is_written: bool = False) -> Json:
    text: Json = {"type": "string"}
    if is_written:
        text["maxLength"] = field.max_length
        text |= {"minLength": 1} if field.required else {}
    if field.kind is Kind.INTEGER or field.kind is Kind.DECIMAL:
        schema: Json = {"type": "integer" if field.kind is Kind.INTEGER else "number"}
        if is_written:
            schema["minimum"] = 0 if field.minimum is None else field.minimum
            schema |= {} if field.maximum is None else {"maximum": field.maximum}
        return schema
    if field.kind is Kind.COUNTY and is_written:
        return {
            "type": "string",
            "enum": [
                code
                for code, _, _ in office_state().counties
                if field.key != door.declaration.county_key or current_actor().sees(code)
            ],
        }
    if field.kind is Kind.STATUS and is_written:
        return {"type": "string", "enum": list(office_state().status_labels(door.name))}
    if field.kind is Kind.CHOICE and field.choices is not None:
        offered = {*field.offered()} if field.offered and is_written else None
        codes = [word.value for word in field.choices if offered is None or word.value in offered]
        return {"type": "string", "enum": codes} if is_written else {"type": "string"}
    if field.kind is Kind.CHOICES and field.choices is not None:
        codes = [word.value for word in field.choices]
        return {
            "type": "array",
            "items": {"type": "string", "enum": codes} if is_written else {"type": "string"},
        }
    if field.kind is Kind.ROWS:
        return _rows(door, field, is_written=is_written)
    return dict(_SHAPES.get(field.kind, text))


def _rows(door: Door, field: Field, *, is_written: bool) -> Json:
    parts: Json = {}
    for part in field.parts:
        shape = _schema(door, part, is_written=is_written)
        words = {"title": gettext(part.label)} | ({"description": gettext(part.unit)} if part.unit else {})
        parts[part.key] = words | (_or_null(shape) if is_written and not part.required else shape)
    needed = [part.key for part in field.parts if part.required]
    row: Json = {"type": "object", "properties": parts}
    if is_written:
        row |= {"additionalProperties": False} | ({"required": needed} if needed else {})
    return (
        {"type": "array", "maxItems": field.most_rows, "items": row}
        if is_written
        else {"type": "array", "items": row}
    )


_COOPERATION: Json = {
    "type": "object", "required": ["base"],
    "properties": {"base": _ID, "first_day": _or_null(_DAY), "last_day": _or_null(_DAY)},
}  # fmt: skip
_FIELD_FILE: Json = {
    "type": "object", "required": ["file", "name"], "properties": {"file": _ID, "name": {"type": "string"}},
}  # fmt: skip
_SHAPES: Mapping[Kind, Json] = {
    Kind.DATE: _DAY, Kind.MOMENT: _MOMENT, Kind.YES_NO: {"type": "boolean"}, Kind.REFERENCE: _ID,
    Kind.REFERENCES: {"type": "array", "maxItems": MOST_REFERRED, "items": _ID},
    Kind.NAMES: {"type": "array", "maxItems": _LONGEST_LIST, "items": {"type": ["string", "object"]}},
    Kind.TEXTS: {"type": "array", "maxItems": _LONGEST_LIST, "items": {"type": "string"}},
    Kind.COOPERATIONS: {"type": "array", "maxItems": 500, "items": _COOPERATION},
    Kind.FILES: {"type": "array", "items": _FIELD_FILE},
}  # fmt: skip


def _items(name: str) -> Json:
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}
    return {"type": "object", "required": ["items"], "properties": {"items": items}}


def _file() -> Json:
    text = {"type": "string"}
    return {
        "type": "object",
        "properties": {
            "id": _ID, "name": text, "size": {"type": "integer"}, "media_type": text, "sha256": text,
            "uploaded_at": _MOMENT, "uploaded_by": text, "url": text, "field": text,
        },
    }  # fmt: skip


def _entry() -> Json:
    text = {"type": "string"}
    change = {"type": "object", "properties": {"field": text, "old": {}, "new": {}}}
    return {
        "type": "object",
        "properties": {
            "entry": {"type": "integer"}, "at": _MOMENT, "who": text, "action": text, "note": text,
            "changes": {"type": "array", "items": change},
        },
    }  # fmt: skip


def _problem() -> Json:
    text = {"type": "string"}
    fault = {"type": "object", "required": ["detail"], "properties": {"field": text, "detail": text}}
    most = gettext(N_("At most %(most)s bytes of JSON are read."), most=f"{MOST_BYTES:,}")
    return {
        "type": "object",
        "description": f"RFC 9457. {most}",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": text, "title": text, "status": {"type": "integer"}, "detail": text, "request_id": text,
            "errors": {"type": "array", "items": fault},
            "confirm": {"type": "array", "items": text},
            "existing": {
                "type": "array",
                "items": {"type": "object", "properties": {"collection": text, "id": text}},
            },
        },
    }  # fmt: skip
