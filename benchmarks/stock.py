"""The stock column: Flask-Admin's MongoEngine view as its documentation writes it, over the same collections.

Plain documents, plain views: what a first version of this office would have been. It signs nobody in,
keeps no version, no trail and no scope, so it is spared what ours does beside.
"""

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.mongoengine import ModelView
from flask_admin.contrib.mongoengine.filters import FilterEqual
from flask_babel import Babel
from mongoengine import (
    BooleanField,
    DateTimeField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FloatField,
    IntField,
    ListField,
    ReferenceField,
    StringField,
)

PLAIN = {"strict": False, "auto_create_index": False}


class StockBase(Document):
    meta = {"collection": "bases", **PLAIN}

    name = StringField(required=True)
    county = StringField()
    online_system = BooleanField()

    def __str__(self):
        return self.name


class StockPartner(Document):
    meta = {"collection": "service_partners", **PLAIN}

    name = StringField(required=True)

    def __str__(self):
        return self.name


class StockCompany(Document):
    meta = {"collection": "tenant_companies", **PLAIN}

    name = StringField(required=True)
    uscc = StringField(required=True)
    base = ReferenceField(StockBase, required=True)
    county = StringField()
    industry = StringField()
    people = IntField()
    revenue = FloatField()
    assets = FloatField()
    size = StringField()
    moved_in = DateTimeField()
    moved_out = DateTimeField()
    legal_representative = StringField()
    phone = StringField()
    status = StringField()
    notes = StringField()
    sort_key = StringField()

    def __str__(self):
        return self.name


class StockNamedCompany(EmbeddedDocument):
    name = StringField()
    company = ReferenceField(StockCompany)

    def __str__(self):
        return self.name or ""


class StockEntry(Document):
    meta = {"collection": "ledger_entries", **PLAIN}

    base = ReferenceField(StockBase, required=True)
    county = StringField()
    served_on = DateTimeField()
    place = StringField()
    function = StringField()
    activity = StringField()
    mode = StringField()
    partner = ReferenceField(StockPartner)
    request = StringField()
    service_record = StringField()
    companies = ListField(EmbeddedDocumentField(StockNamedCompany))
    company_times = IntField()
    person_times = IntField()
    fee_kind = StringField()
    fee_amount = FloatField()
    satisfaction = StringField()
    feedback = StringField()
    status = StringField()
    notes = StringField()

    def __str__(self):
        return self.request or ""


# Those that our lists show at first.
COMPANY_COLUMNS = (
    "name",
    "status",
    "base",
    "county",
    "industry",
    "people",
    "revenue",
    "size",
    "moved_in",
    "uscc",
)
ENTRY_COLUMNS = (
    "base", "served_on", "status", "function", "activity", "request", "partner", "company_times", "person_times",
    "fee_kind",
)  # fmt: skip


class CompanyView(ModelView):
    column_list = COMPANY_COLUMNS
    column_searchable_list = ("name", "uscc")
    column_filters = (FilterEqual("county", "County"), FilterEqual("industry", "Industry"))
    column_default_sort = "sort_key"  # the order of our list, and indexed
    form_excluded_columns = ("sort_key",)
    page_size = 50
    can_export = True
    export_types = ("xlsx",)


class EntryView(ModelView):
    column_list = ENTRY_COLUMNS
    column_filters = (FilterEqual("county", "County"),)
    column_default_sort = ("served_on", True)
    page_size = 50
    can_export = True
    export_types = ("xlsx",)


def stock_app(most_exported: int = 0) -> Flask:
    """Return the application; an export stops after `most_exported` rows (0: it does not)."""
    app = Flask("stock")
    app.config["SECRET_KEY"] = "stock"  # noqa: S105 - signs nothing but flashed messages
    app.config["PROPAGATE_EXCEPTIONS"] = True  # a column that fails is nothing to measure
    Babel(app)
    admin = Admin(app, name="Stock")
    for view, document, endpoint in (
        (CompanyView, StockCompany, "companies"),
        (EntryView, StockEntry, "entries"),
    ):
        made = view(document, endpoint=endpoint)
        made.export_max_rows = most_exported
        admin.add_view(made)
    return app
