"""The form of an application filled in from the records: how much of it a base need not write again (Art. 10)."""

import sys
from datetime import UTC, date, datetime

import pytest

from documents.records.base import Base
from office.application_forms.form_text import FormFacts
from rules.access import SYSTEM
from rules.applications import kind_for
from schema.application_form import FormMark, Source, form_kind
from services.applications.applicants import applicants_of
from services.applications.application_form import (
    asked_fields,
    counted_figures,
    form_values,
    is_filled,
    share_filled,
)
from services.applications.rounds import rounds
from services.demo.demo import load_demo

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LEAST = 0.8


@pytest.mark.slow
def test_at_least_four_fifths_of_the_form_are_filled_in_for_every_base_of_the_demonstration(
    db, small, capsys
):
    load_demo(now=NOW)
    of_round = next(one for one in rounds() if one.year == TODAY.year)
    bases = list(Base.collection().find({}))
    applicants = applicants_of(bases)
    shares, typed = {}, {}
    for base in bases:
        kind = kind_for(applicants[base["_id"]], TODAY)
        values = form_values(base, of_round, kind, counted_figures(base, of_round, SYSTEM, TODAY))
        mark = FormMark(str(base["_id"]), 1, base["version"], NOW)
        facts = FormFacts(form_kind(kind), mark, values, TODAY)
        shares[base["name"]] = share_filled(facts)
        own = [field for field in asked_fields(facts) if field.source is not Source.FIGURE]
        typed[base["name"]] = sum(is_filled(facts, field) for field in own) / len(own)
    mean, least = sum(shares.values()) / len(shares), min(shares.values())
    with capsys.disabled():
        sys.stdout.write(
            f"\nfilled in of the form: {mean:.1%} on average, {least:.1%} at least, over {len(shares)} bases; "
            f"without the counted figures {sum(typed.values()) / len(typed):.1%} and {min(typed.values()):.1%}\n"
        )
    assert least >= LEAST
    assert min(typed.values()) >= LEAST
