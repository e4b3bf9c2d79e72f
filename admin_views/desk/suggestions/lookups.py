"""The records that a suggestion may need: all that is to be looked up is said first, and read at once."""

from collections.abc import Iterable
from typing import Any

from admin_views.desk.suggestions.tables import SuggestedTable
from documents.desk.suggestions import Wanted, suggested
from documents.server.connection import reachable
from schema.field import Field, Search

MOST_OF_A_LIST = 4
# Milliseconds for all lists together: what is not found by then is left to the page of the whole search.
TIME = 250


class LookUps:
    """What is looked up of which list; `is_whole` tells that all of it was read in time."""

    def __init__(self, wanted: Iterable[tuple[SuggestedTable, str]]) -> None:
        """Read a few records of each list that hold these words."""
        asked = {(table.declaration.name, words): table for table, words in wanted if words}
        found = None
        if TIME > 0:
            with reachable():
                found = suggested(
                    [
                        Wanted(
                            table.records(), words, (*table.keys, *(one.key for one in people_of(table))),
                            table.declaration.default_order, MOST_OF_A_LIST,
                        )
                        for (_, words), table in asked.items()
                    ],
                    milliseconds=TIME,
                )  # fmt: skip
        self.is_whole = found is not None
        self._found = dict(zip(asked, found or (), strict=False))

    def rows(self, table: SuggestedTable, words: str) -> list[dict[str, Any]]:
        """Return the first records of a list that hold the words."""
        return self._found.get((table.declaration.name, words), [])


def people_of(table: SuggestedTable) -> tuple[Field, ...]:
    """Return the fields that name a person, of those whose values a list shows whole."""
    return tuple(
        one for one in table.declaration.fields if one.search is Search.PERSON and one.stored and not one.masked
    )  # fmt: skip
