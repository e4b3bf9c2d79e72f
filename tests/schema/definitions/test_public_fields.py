"""What a field of the office's own may not be shown to the public."""

import pytest

from schema.bases import BASES
from schema.definitions.own_fields import OwnField, OwnKind, refusals_of_own_field

PERSONAL, FILES = "What is personal cannot be public.", "Files of a field are not shown to the public."


@pytest.mark.parametrize(
    ("own", "why"),
    [
        (OwnField("bases", "", OwnKind.TEXT, "主导产品", public=True), set()),
        (OwnField("bases", "", OwnKind.PHONE, "值班电话", public=True, personal=True), {PERSONAL}),
        (
            OwnField("bases", "", OwnKind.REFERENCE, "联系人", refers_to="staff_members", public=True),
            {PERSONAL},
        ),
        (
            OwnField("bases", "", OwnKind.REFERENCES, "导师", refers_to="staff_members", public=True),
            {PERSONAL},
        ),
        (OwnField("bases", "", OwnKind.FILE, "平面图", public=True), {FILES}),
    ],
    ids=lambda value: value.label if isinstance(value, OwnField) else "",
)
def test_neither_people_nor_files_are_shown_to_the_public(own: OwnField, why: set[str]) -> None:
    found = {
        refusal.message for refusal in refusals_of_own_field(own, BASES, ()) if refusal.field == "public"
    }
    assert found == why
