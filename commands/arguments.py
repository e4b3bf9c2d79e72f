"""Kinds of arguments that several commands take."""

import re
from datetime import date
from typing import Any

import click

from office.excel.cell_dates import day_of
from rules.errors import Refused

_CODE = re.compile(r"[a-z0-9]{2,12}")


class Day(click.ParamType[date]):
    """A day in any spelling that an import reads."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day; a usage error (exit 2) when it is none."""
        if isinstance(value, date):
            return value
        try:
            day = day_of(value)
        except Refused:
            day = None
        if day is None:
            self.fail(f"{value!r} is not a day; write 2026-11-23", param, ctx)
        return day


class CountyCode(click.ParamType[str]):
    """The code of a county. Whether the office has it is known once its database is open."""

    name = "county"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the code; a usage error (exit 2) when it cannot be one."""
        if not _CODE.fullmatch(str(value)):
            self.fail(f"{value!r} is not the code of a county; write 371525", param, ctx)
        return str(value)
