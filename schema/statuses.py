"""The dictionary of statuses: labels, colours and order are the office's; codes that rules speak of are fixed."""

from rules.access import Actor, Permission
from rules.choices import ChoiceList, Colour
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.collection import REGISTRY, Collection, Hooks, Index, Raw, References, Section, Stored
from schema.field import Field, Input, Kind, Search


def _prepare(raw: Raw, before: Stored | None, actor: Actor, refs: References) -> None:
    actor.demand(Permission.EDIT_STATUSES)
    if before is None and raw.get("collection") not in open_collections():
        sentence = N_("The statuses of bases are fixed by the Measures; new ones cannot be added.")
        raise Refused(Refusal(sentence, field="collection"))
    if before is not None:
        sentence = N_("This cannot be changed: records and rules speak of it.")
        changed = [key for key in fixed_keys(before) if raw.get(key) != before.get(key)]
        if changed:
            raise Refused(*(Refusal(sentence, field=key) for key in changed))


def fixed_keys(raw: Stored) -> tuple[str, ...]:
    """Return what of a stored status cannot be changed."""
    return ("collection", "code", "final") if raw.get("needed") else ("collection", "code")


def open_collections() -> tuple[str, ...]:
    """Return the collections to which the office may add statuses of its own."""
    return tuple(word.value for word in REGISTRY.with_statuses() if REGISTRY[word.value].open_statuses)


def _may_delete(raw: Stored, actor: Actor) -> tuple[Refusal, ...]:
    actor.demand(Permission.EDIT_STATUSES)
    return ()


STATUSES = Collection(
    name="statuses",
    is_copied=False,
    slug="statuses",
    title="状态字典",
    label=N_("Statuses"),
    one=N_("Status"),
    icon="status",
    in_menu=False,
    identity=("collection", "code"),
    county_key="",
    counted=False,
    has_files=False,
    importable=False,
    write_permission=Permission.EDIT_STATUSES,
    default_order=(("collection", 1), ("order", 1), ("_id", 1)),
    sort_name="label",
    name_keys=("label", "needed"),
    hooks=Hooks(prepare=_prepare, may_delete=_may_delete, label_of=lambda raw: str(raw.get("label", ""))),
    indexes=(
        Index("code_unique", ("collection", "code"), N_("The code %(value)s is already used."), "code"),
        Index("label_unique", ("collection", "label"), N_("The label %(value)s is already used."), "label"),
    ),
    search_index=(),
    sorted_by=(),
    sections=(Section("status", N_("Status")),),
    fields=(
        Field("label", N_("Label"), "名称", required=True, sortable=True, max_length=20, section="status",
              half=True, form_order=1, listed=1, search=Search.NAME, help=N_("What clerks see, for example 待核实.")),
        Field("collection", N_("For"), "适用对象", Kind.CHOICE, choices=ChoiceList(REGISTRY.with_statuses), width=14,
              always=True, imported=False, section="status", input=Input.SELECT, offered=open_collections,
              listed=2, filter=1, default="tenant_companies"),
        Field("code", N_("Code"), "代码", Kind.CODE, width=18, always=True, max_length=40,
              pattern=r"^[a-z][a-z0-9_]*$",
              section="status", half=True, form_order=1, listed=3, search=Search.TEXT,
              help=N_("Small letters, digits and _; it cannot be changed later. Left blank, one is made.")),
        Field("colour", N_("Colour"), "颜色", Kind.CHOICE, choices=Colour, width=10, always=True, section="status",
              form_order=3, input=Input.RADIO, listed=4, default="grey"),
        Field("order", N_("Order"), "排序", Kind.INTEGER, width=8, always=True, sortable=True, maximum=9999,
              section="status", form_order=2, listed=5, default=50, help=N_("Smaller numbers stand first.")),
        Field("final", N_("Final"), "是否终态", Kind.YES_NO, width=10, section="status", form_order=4,
              input=Input.CHECKBOX, listed=6, form_label=N_("Final: nothing is expected to follow")),
        Field("public", N_("Shown to the public"), "是否对外公开", Kind.YES_NO, width=12, section="status",
              form_order=4, input=Input.CHECKBOX, listed=7, form_label=N_("May be shown to the public")),
        Field("needed", N_("Needed by the Measures"), kind=Kind.YES_NO, exported=False, imported=False,
              editable=False, input=Input.CHECKBOX),
    ),
)  # fmt: skip
