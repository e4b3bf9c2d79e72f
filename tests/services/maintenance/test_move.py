"""Moving the whole office to another server: everything is there, and nobody goes on in the old place."""

import pytest
from pymongo import MongoClient

from documents.server.connection import connect, database, disconnect
from documents.server.embedded import EmbeddedDatabase
from rules.access import SYSTEM
from rules.errors import Refused, UnderMaintenance
from services.desk import trail
from services.maintenance.maintenance import end_by_command
from services.maintenance.move import move
from services.records import records


def test_the_whole_office_moves_to_another_server_by_one_command(office, mongo_uri, data_dir):
    base, name = office.base("莘县创业园"), office.db.name
    office.company(base, "甲")
    other = EmbeddedDatabase(data_dir)
    uri = other.start()
    given = {"source_uri": mongo_uri, "source_name": name, "actor": SYSTEM, "now": office.now}
    try:
        with MongoClient(mongo_uri, tz_aware=True) as old:
            here = old[name]
            with pytest.raises(Refused):
                move(mongo_uri, **(given | {"source_name": "bases_office"}))
            counts = move(uri, **given)
            there = database()
            assert there.name != name
            assert counts["bases"] == 1
            for collection in ("bases", "tenant_companies", "users", "statuses", "counties"):
                rows = list(here[collection].find().sort("_id"))
                assert list(there[collection].find().sort("_id")) == rows, collection
            assert trail.verify() is None
            assert records.update("bases", base, {"notes": "在新处"}, version=1, actor=SYSTEM, now=office.now)
            assert "notes" not in here["bases"].find_one({"_id": base})
        _back(mongo_uri, name)
        source = type(office)(database())
        with pytest.raises(UnderMaintenance):
            source.update("bases", base, notes="在旧处")
        end_by_command(actor=SYSTEM, now=office.now)
        with pytest.raises(Refused):
            move(uri, **given)
        assert database().name == name, "what is there already is not overwritten"
        source = type(office)(database())
        assert source.update("bases", base, notes="还在旧处"), "a move that failed lets writes through again"
    finally:
        _back(mongo_uri, name)
        other.stop()


def _back(uri, name):
    disconnect()
    connect(uri, name)
