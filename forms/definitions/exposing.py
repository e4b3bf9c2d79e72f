"""What an administrator says of a collection that is made of what is already there: names, and what each column is."""

from collections.abc import Mapping
from dataclasses import dataclass

from schema.definitions.own_collections import OwnCollection, OwnScope
from schema.definitions.own_fields import OwnKind
from services.definitions.exposing import ChosenColumn, Proposal, proposed_columns

# What a column of a table can become; the rest needs more than a table says.
KINDS = (
    OwnKind.TEXT, OwnKind.LONG_TEXT, OwnKind.INTEGER, OwnKind.DECIMAL, OwnKind.PERCENT, OwnKind.DATE, OwnKind.MOMENT,
    OwnKind.YES_NO, OwnKind.COUNTY, OwnKind.CHOICE, OwnKind.CHOICES, OwnKind.LINK, OwnKind.EMAIL, OwnKind.PHONE,
)  # fmt: skip


@dataclass(frozen=True)
class TypedColumn:
    """What was said of one column; `taken` whether it becomes a field."""

    chosen: ChosenColumn
    taken: bool


@dataclass(frozen=True)
class ExposureTyped:
    """The whole form: `name` and `scoping` are columns, None where none was chosen."""

    label: str
    word: str
    scope: OwnScope
    name: int | None
    scoping: int | None
    columns: tuple[TypedColumn, ...]

    @classmethod
    def begun(cls, proposal: Proposal) -> "ExposureTyped":
        """Return what is proposed: every column but a serial number is taken."""
        shape = proposal.shape
        columns = tuple(
            TypedColumn(chosen, not shape.columns[chosen.column].is_serial)
            for chosen in proposed_columns(proposal)
        )
        return cls(proposal.title[:30], "", proposal.scope, shape.name, proposal.scoping, columns)

    @classmethod
    def sent(cls, form: Mapping[str, str], proposal: Proposal) -> "ExposureTyped":
        """Return what was sent; what is no choice of the page is as proposed."""
        before = cls.begun(proposal)
        scope = next((one for one in OwnScope if one.value == form.get("scope")), before.scope)
        columns = tuple(_column(form, typed) for typed in before.columns)
        return cls(
            form.get("label", "").strip(), form.get("word", "").strip().lower(), scope,
            _place(form.get("name_column"), len(columns)), _place(form.get("scope_column"), len(columns)), columns,
        )  # fmt: skip

    def own_collection(self, proposal: Proposal) -> OwnCollection:
        """Return the collection, what names a record called as its column is."""
        referred = ""
        if self.scope in (OwnScope.BASE, OwnScope.COMPANY) and self.scoping is not None:
            referred = proposal.shape.columns[self.scoping].label
        name = "" if self.name is None else self.columns[self.name].chosen.label
        return OwnCollection(
            self.word,
            self.label,
            icon="sheet",
            scope=self.scope,
            name_label=name or "名称",
            referred_label=referred,
        )

    @property
    def taken(self) -> list[ChosenColumn]:
        """The columns that become fields."""
        return [typed.chosen for typed in self.columns if typed.taken]


def _column(form: Mapping[str, str], before: TypedColumn) -> TypedColumn:
    number = before.chosen.column
    kind = next((one for one in KINDS if one.value == form.get(f"kind-{number}")), before.chosen.kind)
    chosen = ChosenColumn(
        number, form.get(f"label-{number}", "").strip(), kind, f"filtered-{number}" in form,
        f"searched-{number}" in form, f"listed-{number}" in form,
    )  # fmt: skip
    return TypedColumn(chosen, f"taken-{number}" in form)


def _place(text: str | None, count: int) -> int | None:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 4 or int(text) >= count:
        return None
    return int(text)
