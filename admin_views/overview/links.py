"""Where the marks of the pictures lead: the list behind a number, filtered so that it has exactly that many rows."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from bson import ObjectId
from flask import url_for

from rules.assessment.counting import COUNTED_STATUSES
from rules.assessment.kept_figures import BLANK

_CERTIFIED = "certified"
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Lists:
    """The lists of a year, of one county ("": all in scope) or of one base."""

    year: int
    county: str = ""
    base: ObjectId | None = None

    @cached_property
    def _ledger(self) -> str:
        return url_for("ledger_entries.index_view")

    @cached_property
    def _companies(self) -> str:
        return url_for("tenant_companies.index_view")

    @cached_property
    def _bases(self) -> str:
        return url_for("bases.index_view")

    @cached_property
    def _assessment(self) -> str:
        return url_for("assessment.index")

    def entries(
        self, *, month: int = 0, year: int = 0, county: str = "", base: ObjectId | None = None, **words: str
    ) -> str:
        """Return the counted entries of the year, or of a month of it, with a word in each of these fields."""
        pairs: Pairs = [("status", status) for status in COUNTED_STATUSES]
        return self._of_place(
            self._ledger,
            [*_days("served_on", year or self.year, month), *pairs, *_words(words)],
            county,
            base,
        )

    def moves(self, key: str, year: int, industry: str = "", county: str = "") -> str:
        """Return the companies that moved (`key` is the day) in a year, of an industry or of all."""
        pairs = _days(key, year)
        return self._of_place(
            self._companies, pairs + (_words({"industry": industry}) if industry else []), county
        )

    def certified(self, county: str = "") -> str:
        """Return the certified bases."""
        return self._of_place(self._bases, [("status", _CERTIFIED)], county)

    def of_county(self, county: str) -> str:
        """Return all bases of a county."""
        return self._of_place(self._bases, [], county)

    def ending(self, year: int, month: int = 0) -> str:
        """Return the certified bases whose title ends in a year, or in a month of it."""
        return self._of_place(self._bases, [("status", _CERTIFIED), *_days("title_last_day", year, month)])

    def assessed(self, indicator: str = "", met: str = "", county: str = "") -> str:
        """Return the assessed bases of the year, by what an indicator or the whole says."""
        pairs = [
            ("year", str(self.year)),
            ("indicator", indicator),
            ("met", met),
            ("county", county or self.county),
        ]
        return _address(self._assessment, pairs)

    def applications(self, round_id: ObjectId, stages: Iterable[str]) -> str:
        """Return the applications of a round that stand at one of these stages."""
        pairs = [("round", str(round_id)), *(("stage", stage) for stage in stages)]
        return self._of_place(url_for("applications.index_view"), pairs)

    def page(self, county: str = "") -> str:
        """Return the pictures of a county, or of the whole."""
        return _address(url_for("overview.index"), [("year", str(self.year)), ("county", county)])

    def base_page(self, base: ObjectId) -> str:
        """Return the pictures of a base."""
        return _address(url_for("overview.base"), [("id", str(base)), ("year", str(self.year))])

    def _of_place(self, url: str, pairs: Pairs, county: str = "", base: ObjectId | None = None) -> str:
        of_base = base or self.base
        place = ("base", str(of_base)) if of_base else ("county", county or self.county)
        return _address(url, [place, *pairs])


def _address(url: str, pairs: Pairs) -> str:
    asked = [(name, value) for name, value in pairs if value]
    return f"{url}?{urlencode(asked)}" if asked else url


def _words(words: dict[str, str]) -> Pairs:
    """Return the arguments for the word of each field; for BLANK those for nothing at all."""
    return [(f"{key}_filled", "no") if word == BLANK else (key, word) for key, word in words.items()]


def _days(key: str, year: int, month: int = 0) -> Pairs:
    first = date(year, month or 1, 1)
    last = date(year, month or 12, monthrange(year, month or 12)[1])
    return [(f"{key}_from", first.isoformat()), (f"{key}_to", last.isoformat())]
