"""The floor column: the bare PyMongo queries for the same rows and facts, in the plainest Jinja table.

The same indexes, the same token search, the counters that the writes keep. No sign-in, no scope, no
translation, no menu, no filters: what cannot be done for less. Nobody could work with it.
"""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from bson import CodecOptions, ObjectId
from flask import Flask, request
from pymongo import WriteConcern
from pymongo.collection import Collection
from rustpy_xlsxwriter import write_worksheet

from documents.assessment.assessment_counts import ledger_figures, partner_figures, tenant_figures
from documents.records import search
from documents.records.ledger_entry import LedgerEntry
from documents.records.service_partner import ServicePartner
from documents.records.tenant_company import TenantCompany
from documents.server.connection import database
from schema.bases import BASES
from schema.field import Field
from schema.ledger_entries import LEDGER_ENTRIES
from schema.tenant_companies import TENANT_COMPANIES

_FIGURES = """<!doctype html><title>{{ title }}</title><table>{% for base in bases %}
<tr><td>{{ base.name }}<td>{{ base.county }}<td>{{ base.service_staff }}<td>{{ tenants.get(base._id, {}).people }}
<td>{{ partners.get(base._id, 0) }}<td>{{ ledger.get(base._id, [])|sum(attribute="company_times") }}</tr>{% endfor %}
</table>"""

SHEETS = {"companies": TENANT_COMPANIES, "entries": LEDGER_ENTRIES}
_CERTIFIED = ("name", "operator", "county", "title_first_day", "title_last_day", "document_number")
ORDERS = {"companies": [("sort_key", 1), ("_id", 1)], "entries": [("served_on", -1), ("_id", -1)]}
_ROWS = 50
_COUNT_LIMIT = 10_000
_NAIVE: CodecOptions[dict[str, Any]] = CodecOptions()  # decodes days without a zone, which is quicker
_TABLE = """<!doctype html><title>{{ title }}</title>
<p>{{ total }}{% for code, n in counties.items() %} {{ code }} {{ n }}{% endfor %}</p>
<table><tr>{% for column in columns %}<th>{{ column.label }}</th>{% endfor %}</tr>
{% for row in rows %}<tr>{% for column in columns %}<td>{{ row[column.source] }}</td>{% endfor %}</tr>
{% endfor %}</table>"""
_FORM = """<!doctype html><title>{{ title }}</title><form method="post">
{% for column in columns %}<p><label>{{ column.label }}
<input name="{{ column.key }}" value="{{ row[column.source] }}"></label></p>
{% endfor %}<button>Save</button></form>"""


def floor_app() -> Flask:
    """Return the application."""
    app = Flask("floor")
    app.config["PROPAGATE_EXCEPTIONS"] = True  # a column that fails is nothing to measure
    table, form = app.jinja_env.from_string(_TABLE), app.jinja_env.from_string(_FORM)
    figures = app.jinja_env.from_string(_FIGURES)

    @app.get("/<kind>/")
    def rows(kind):
        sheet = SHEETS[kind]
        columns = [sheet.field(key) for key in sheet.first_columns]
        found, total, counties = _page(kind, columns)
        return table.render(title=sheet.title, columns=columns, rows=found, total=total, counties=counties)

    @app.get("/assessment/<int:year>/")
    def assessment(year):
        return figures.render(title=str(year), **_figures(year))

    @app.get("/certified/")
    def certified():
        clause, keys = {"status": "certified"}, dict.fromkeys((*_CERTIFIED, "county"), 1)
        found = list(_stored("bases").find(clause, keys).sort("sort_key"))
        columns = [BASES.field(key) for key in _CERTIFIED]
        counties = Counter(row["county"] for row in found)
        return table.render(
            title="", columns=columns, rows=found[:_ROWS], total=len(found), counties=counties
        )

    @app.get("/<kind>/<key>")
    def one(kind, key):
        sheet = SHEETS[kind]
        row = _stored(sheet.name).find_one({"_id": ObjectId(key)})
        return form.render(title=sheet.title, columns=sheet.exported, row=row)

    @app.post("/<kind>/<key>")
    def save(kind, key):
        safe = _stored(SHEETS[kind].name).with_options(write_concern=WriteConcern("majority", j=True))
        change = {"people": int(request.form["people"]), "updated_at": datetime.now(UTC)}
        safe.update_one({"_id": ObjectId(key)}, {"$set": change, "$inc": {"version": 1}})
        return "", 303

    return app


def _stored(name: str) -> Collection[dict[str, Any]]:
    return database().get_collection(name, codec_options=_NAIVE)


def _figures(year: int) -> dict[str, Any]:
    """Return what an assessment of all bases counts: the bases and the three bare pipelines, nothing more."""
    day = date(year, 12, 31)
    return {
        "bases": list(
            _stored("bases").find({}, {"name": 1, "county": 1, "service_staff": 1}).sort("sort_key")
        ),
        "tenants": tenant_figures(TenantCompany.objects, day),
        "partners": partner_figures(ServicePartner.objects, day),
        "ledger": ledger_figures(LedgerEntry.objects, year, day),
    }


def _page(kind: str, columns: list[Field]) -> tuple[list[dict[str, Any]], int, dict[str, int]]:
    county, words = request.args.get("county"), request.args.get("search", "")
    page = int(request.args.get("page", "1"))
    collection = _stored(SHEETS[kind].name)
    matched = search.query(words) if words else {}
    if industry := request.args.get("industry"):
        matched["industry"] = industry
    clause = {**matched, "county": county} if county else matched
    found = collection.find(clause, dict.fromkeys((column.source for column in columns), 1))
    rows = list(found.sort(ORDERS[kind]).skip((page - 1) * _ROWS).limit(_ROWS))
    if not matched:
        count = _stored("tallies").find_one({"_id": collection.name}) or {}
        return rows, count["total"], count["counties"]
    groups = [
        {"$match": matched}, {"$limit": _COUNT_LIMIT + 1}, {"$project": {"county": 1, "_id": 0}},
        {"$group": {"_id": "$county", "n": {"$sum": 1}}},
    ]  # fmt: skip
    counties = {row["_id"]: row["n"] for row in collection.aggregate(groups)}
    return rows, sum(counties.values()), counties


def floor_export(kind: str, path: str) -> int:
    """Write all records of a kind by the bare cursor and writer; return how many."""
    sheet = SHEETS[kind]
    columns = sheet.exported
    found = _stored(sheet.name).find({}, dict.fromkeys((column.source for column in columns), 1))
    pairs = [(column.heading, column.source) for column in columns]
    count = 0

    def rows():
        nonlocal count
        for count, row in enumerate(found.sort(ORDERS[kind]).batch_size(2000), 1):  # noqa: B007 - kept on purpose
            row["companies"] = "、".join(one["name"] for one in row.get("companies", ()))
            yield {heading: row.get(key) for heading, key in pairs}

    write_worksheet(rows(), path, sheet_name=sheet.title)
    return count
