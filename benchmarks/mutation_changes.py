"""Say which signs of a module can be changed, and what it is then: run by the mutation tool's own Python.

`python mutation_changes.py SAMPLE SEED MODULE…` writes JSON: a list of module, row, operator and changed source.
The changes are cosmic-ray's; nothing of the program is imported here, and no file is written.
"""

import json
import random
import sys
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

_LEFT_OUT = (
    # `int | None` in an annotation is no rule, and `x @ y` no arithmetic of ours.
    "core/ReplaceBinaryOperator_BitOr",
    "core/ReplaceBinaryOperator_MatMult",
    "core/RemoveDecorator",
    # Whether equal words are one object is the interpreter's affair; members of a closed list always are.
    "core/ReplaceComparisonOperator_Eq_Is",
    "core/ReplaceComparisonOperator_NotEq_Is",
    "core/ReplaceComparisonOperator_Is_Eq",
    "core/ReplaceComparisonOperator_IsNot_NotEq",
)
# The `*` between parameters is no sign of arithmetic.
_SIGNATURES = ("parameters", "param")


def places(module: str, source: str) -> list[tuple[str, str, int, int, int]]:
    """Return every change as module, operator, which of its places, row and column, in the order of the source."""
    tree = get_ast(source)
    found = []
    for name in operator_names():
        operator = get_operator(name)
        if name.startswith(_LEFT_OUT) or operator.arguments():
            continue
        positions = (
            (node, *start) for node in ast_nodes(tree) for start, _ in operator().mutation_positions(node)
        )
        found += [
            (module, name, number, row, column)
            for number, (node, row, column) in enumerate(positions)
            if node.parent.type not in _SIGNATURES
        ]
    return sorted(found, key=lambda place: (place[3], place[4], place[1], place[2]))


def main(sample: int, seed: int, modules: list[str]) -> None:
    """Write the changes: `sample` of them at random, or all of them for 0."""
    sources = {module: Path(module).read_text(encoding="utf-8") for module in modules}
    chosen = [place for module, source in sources.items() for place in places(module, source)]
    if sample and sample < len(chosen):
        chosen = sorted(random.Random(seed).sample(chosen, sample))
    changes = []
    for module, name, number, row, _ in chosen:
        changed = mutate_code(sources[module], get_operator(name)(), number)
        if changed is not None and changed != sources[module]:
            changes.append({"module": module, "row": row, "operator": name, "source": changed})
    json.dump(changes, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
