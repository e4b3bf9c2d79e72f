"""Which record a row is: one table; and what a merge of three sides gives, against a model that knows the values."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.excel.row_marks import cell_digest
from schema.service_partners import SERVICE_PARTNERS
from schema.tenant_companies import TENANT_COMPANIES
from services.imports.matching import Candidates, Identity, Question, is_another, match_of
from services.imports.merging import Merge, merged, merged_row

HERE, THERE = "base-1", "base-2"
CODE, OTHER = "91371522MA3C2K1P4X", "91371525MA7D9Q8R2B"
STORED = {"_id": 1, "name": "山东山金物流有限公司", "uscc": CODE, "base": HERE}
TWIN = {**STORED, "_id": 2}
ROW = Identity(CODE, "山东山金物流有限公司", HERE)
RENAMED = Identity(CODE, "驿昌新能源有限公司", HERE)
STRANGER = Identity(CODE, "驿昌新能源有限公司", THERE)
NEW_CODE = Identity(OTHER, "山东山金物流有限公司", HERE)
ANOTHER = Identity(OTHER, "驿昌新能源有限公司", HERE)
WITHOUT_CODE = Identity("", "山东山金物流有限公司", HERE)


@pytest.mark.parametrize(
    ("row", "found", "record", "question"),
    [
        (ROW, Candidates(), None, None),
        (ROW, Candidates(by_code=STORED), 1, None),
        (RENAMED, Candidates(by_code=STORED), 1, None),
        (Identity(CODE, "山东山金物流有限公司", THERE), Candidates(by_code=STORED), 1, None),
        (STRANGER, Candidates(by_code=STORED), 1, Question.OTHER_NAME),
        (Identity(CODE, "驿昌新能源有限公司"), Candidates(by_code=STORED), 1, Question.OTHER_NAME),
        (Identity(CODE, "山东山金物流公司"), Candidates(by_code=STORED), 1, None),
        (Identity(CODE, ""), Candidates(by_code=STORED), 1, None),
        (STRANGER, Candidates(by_code={**STORED, "former_names": ["驿昌新能源有限公司"]}), 1, None),
        (NEW_CODE, Candidates(by_name=[STORED]), 1, Question.OTHER_CODE),
        (WITHOUT_CODE, Candidates(by_name=[STORED]), 1, None),
        (WITHOUT_CODE, Candidates(by_name=[STORED, TWIN]), 1, Question.ALIKE),
        (NEW_CODE, Candidates(alike=[STORED]), 1, Question.ALIKE),
        # its mark: a corrected code or name is a correction, both at once are asked
        (NEW_CODE, Candidates(marked=STORED), 1, None),
        (RENAMED, Candidates(marked=STORED), 1, None),
        (ANOTHER, Candidates(marked=STORED), 1, Question.REPLACED),
        (Identity("", ""), Candidates(marked=STORED), 1, None),
        (NEW_CODE, Candidates(marked=STORED, by_code=TWIN), 1, None),
    ],
)  # fmt: skip
def test_a_row_is_the_record_that_its_mark_code_or_name_tells_or_it_is_asked(row, found, record, question):
    match = match_of(row, found, TENANT_COMPANIES)
    assert ((match.record or {}).get("_id"), match.question) == (record, question)


def test_a_partner_has_no_place_so_an_unlike_name_is_asked():
    stored = {"_id": 1, "name": "聊城甲律师事务所", "uscc": CODE}
    assert match_of(
        Identity(CODE, "山东乙会计师事务所"), Candidates(by_code=stored), SERVICE_PARTNERS
    ).question
    assert not is_another(Identity(CODE, "聊城市甲律师事务所"), Identity(CODE, "聊城甲律师事务所"))


VALUES = st.one_of(st.none(), st.integers(0, 3), st.sampled_from(["甲", "乙", " 甲", "1"]))
COLUMNS = [
    SimpleNamespace(key=key, kind=TENANT_COMPANIES.field(key).kind) for key in ("name", "notes", "phone")
]


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=3, max_size=3))
def test_a_merge_by_digests_is_the_merge_by_values(cells):
    """The model: what only one side changed is that side's, what both changed alike is no dispute."""
    sides = [
        {column.key: cell_digest(column, cells[place][side]) for place, column in enumerate(COLUMNS)}
        for side in range(3)
    ]
    found = merged_row(*sides)
    for column in COLUMNS:
        exported, now, sent = (side[column.key] for side in sides)
        if sent == exported:  # the clerk left it: whatever stands there stays
            assert found[column.key] is Merge.KEEP
        elif now == exported:  # nobody else touched it
            assert found[column.key] is Merge.TAKE
        else:
            assert found[column.key] is (Merge.KEEP if now == sent else Merge.CONFLICT)


@given(VALUES, VALUES, VALUES)
def test_the_sides_may_be_exchanged_where_nothing_is_disputed(exported, one, other):
    """Whoever comes second, the same value stands in the end."""

    def end(now, sent):
        return {Merge.KEEP: now, Merge.TAKE: sent, Merge.CONFLICT: "?"}[merged(exported, now, sent)]

    assert end(one, other) == end(other, one)


def test_columns_of_one_stored_value_merge_together():
    exported = {"cooperations": "a", "cooperation_first_day": "b", "notes": "c"}
    now = {**exported, "cooperations": "z"}
    sent = {**exported, "cooperation_first_day": "y"}
    assert merged_row(exported, now, sent) == {"cooperations": Merge.CONFLICT, "notes": Merge.KEEP}
