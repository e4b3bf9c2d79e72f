"""The checklist of Art. 6: kept a year, versioned, in scope, with evidence of the base's own, in the trail."""

from io import BytesIO

import pytest
from bson import ObjectId

from rules.assessment.checklist import CheckState, Condition
from rules.errors import Missing, NotAllowed, Refused, Stale
from services.assessment.checklist import Item, read_checklist, save_checklist
from services.desk import trail as audit_trail
from services.shared.files import add_file, remove_file

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
MET = Item(CheckState.MET, "有租赁合同")


def keep(office, base, items, *, year=2026, version=0, actor=None):
    return save_checklist(base, year, items, version=version, actor=actor or office.city, now=office.now)


def test_what_was_kept_is_read_again_and_stands_in_the_trail_of_the_base(office):
    base = office.base("莘县创业园")
    assert keep(office, base, {Condition.PREMISES: MET})
    kept = read_checklist(base, 2026)
    assert (kept.version, kept.year, kept.who, kept.item(Condition.PREMISES)) == (1, 2026, "市局", MET)
    assert kept.item(Condition.PLAN) == Item()
    entry = audit_trail.history("bases", base, office.city)[0]
    assert (entry["action"], entry["label"], entry["counties"]) == (
        "checklist-kept",
        "莘县创业园",
        ["371522"],
    )
    assert entry["changes"] == [
        {"field": "checklist.year", "old": "", "new": "2026"},
        {"field": "checklist.premises", "old": "", "new": "符合；有租赁合同"},
    ]


def test_another_year_begins_with_what_the_year_before_found_and_leaves_that_as_it_was(office):
    base = office.base()
    keep(office, base, {Condition.PREMISES: MET}, year=2025)
    fresh = read_checklist(base, 2026)
    assert (fresh.version, fresh.year, fresh.item(Condition.PREMISES)) == (0, 2025, MET)
    keep(office, base, {Condition.PREMISES: Item(CheckState.NOT_MET)}, year=2026)
    assert read_checklist(base, 2025).item(Condition.PREMISES) == MET
    assert read_checklist(base, 2024).version == 0


def test_the_second_saver_of_the_same_version_is_refused_and_nothing_is_lost(office):
    base = office.base()
    keep(office, base, {Condition.PREMISES: MET})
    with pytest.raises(Stale):
        keep(office, base, {Condition.PLAN: MET})
    keep(office, base, {Condition.PREMISES: MET, Condition.PLAN: MET}, version=1)
    assert read_checklist(base, 2026).version == 2
    assert not keep(office, base, {Condition.PREMISES: MET, Condition.PLAN: MET}, version=2)


def test_evidence_is_a_file_of_this_base_and_of_no_other(office):
    base, other = office.base(), office.base()
    own, foreign = (
        add_file("bases", one, "合同.pdf", BytesIO(PDF), actor=office.city, now=office.now)
        for one in (base, other)
    )
    keep(office, base, {Condition.PREMISES: Item(CheckState.MET, "", (own,))})
    for wrong in (foreign, ObjectId()):
        with pytest.raises(Refused):
            keep(office, base, {Condition.PREMISES: Item(CheckState.MET, "", (wrong,))}, version=1)
    remove_file(own, actor=office.city, now=office.now)
    assert read_checklist(base, 2026).item(Condition.PREMISES).files == (
        own,
    )  # the page says that it is gone


def test_scope_and_role_are_asked(office):
    base = office.base(county="371522")
    with pytest.raises(Missing):
        keep(office, base, {Condition.PLAN: MET}, actor=office.guan)
    with pytest.raises(NotAllowed):
        keep(office, base, {Condition.PLAN: MET}, actor=office.reader)
    assert keep(office, base, {Condition.PLAN: MET}, actor=office.shen)


@pytest.mark.parametrize("remark", ["长" * 501, "甲\x00乙", "\ud800"])
def test_a_remark_that_cannot_be_kept_is_refused_at_its_condition(office, remark):
    base = office.base()
    with pytest.raises(Refused) as refused:
        keep(office, base, {Condition.PLAN: Item(CheckState.MET, remark)})
    assert [one.field for one in refused.value.refusals] == ["plan"]
    assert read_checklist(base, 2026).version == 0
