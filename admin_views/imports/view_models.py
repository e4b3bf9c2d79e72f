"""What the page of the grid shows."""

from dataclasses import dataclass

from admin_views.shared.view_models import Link


@dataclass(frozen=True, slots=True)
class GridPage:
    """imports/grid.html; `setup` is what its script works with: columns, rows, addresses, words, as JSON."""

    title: str
    setup: str
    list_url: str
    import_url: str
    crumbs: tuple[Link, ...] = ()
