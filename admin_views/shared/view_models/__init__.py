"""What a page shows: the contract between the views and the templates.

A view fills one of the `...Page` values and renders the template that its docstring names, as
`page`; the `Layout` around it comes from a context processor, as `layout`. Every text is already
translated, every URL ready to click, every moment already in the office's time zone and written
out. Plain `str` is escaped when shown; `Markup` is shown as it is. Nothing here reads a request.
"""

from admin_views.shared.view_models.components import (
    COLOURS,
    Action,
    Link,
    Option,
    Pairs,
    Text,
    badge,
    figure,
    toned,
)
from admin_views.shared.view_models.forms import (
    Choice,
    ConfirmPage,
    ConflictField,
    ConflictPage,
    FormPage,
    FormSection,
    Referrers,
)
from admin_views.shared.view_models.layout import Layout, Me, SidebarItem
from admin_views.shared.view_models.lists import (
    BulkAction,
    ColumnChoice,
    CountyPill,
    Empty,
    Filter,
    Filtered,
    GroupChoice,
    ListLayout,
    ListPage,
    Pager,
    SavedView,
    ShownConditions,
)
from admin_views.shared.view_models.records import (
    CommentItem,
    CommentsBox,
    DataSection,
    Fact,
    FieldChange,
    FileItem,
    HistoryEntry,
    Item,
    Meter,
    RecordPage,
    RelatedTable,
    Upload,
)
from admin_views.shared.view_models.rows import Coloured, ListColumn, Row, render_rows

__all__ = [
    "Action",
    "BulkAction",
    "COLOURS",
    "Choice",
    "Coloured",
    "ColumnChoice",
    "ConfirmPage",
    "ConflictField",
    "ConflictPage",
    "CountyPill",
    "DataSection",
    "Empty",
    "Fact",
    "FieldChange",
    "FileItem",
    "Filter",
    "GroupChoice",
    "Filtered",
    "FormPage",
    "FormSection",
    "Layout",
    "HistoryEntry",
    "Item",
    "Link",
    "ListColumn",
    "ListLayout",
    "ListPage",
    "Me",
    "Meter",
    "Option",
    "Pager",
    "Pairs",
    "SidebarItem",
    "CommentItem",
    "CommentsBox",
    "RecordPage",
    "Referrers",
    "RelatedTable",
    "Row",
    "SavedView",
    "ShownConditions",
    "Text",
    "Upload",
    "badge",
    "figure",
    "render_rows",
    "toned",
]
