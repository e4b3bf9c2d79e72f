"""The order in which computed fields are computed, and the circle where there is none."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from rules.errors import Refusal, Refused
from rules.words import N_
from schema.expressions.tree import Tree, fields_read

Place = tuple[str, str]

_CIRCLE = N_("These computed fields ask one another in a circle: %(circle)s. Please change one of them.")


def order_of(computed: Mapping[Place, Tree], labels: Mapping[Place, str] | None = None) -> tuple[Place, ...]:
    """Return computed fields (collection and key) so that each comes after those that it reads.

    Raises Refused, naming the circle by `labels`, where fields read one another; also across related collections.
    """
    graph = {
        place: {read for read in fields_read(tree, place[0]) if read in computed}
        for place, tree in computed.items()
    }
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        # graphlib names the circle from what is read to what reads it; a person follows what asks what.
        names = [(labels or {}).get(place, place[1]) for place in reversed(error.args[1])]
        raise Refused(Refusal(_CIRCLE, {"circle": " → ".join(names)}, field=names[0])) from error
