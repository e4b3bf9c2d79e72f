"""What the page of one record shows."""

from dataclasses import dataclass

from markupsafe import Markup

from admin_views.shared.view_models.components import Action, Link, Option, Text
from admin_views.shared.view_models.rows import ListColumn


@dataclass(frozen=True, slots=True)
class Meter:
    """A figure against a threshold, drawn as a bar with a mark; `word` says the same in words."""

    value: float
    threshold: float
    most: float
    word: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of the strip under a record's name. `tone` as in `toned`; `note` stands under the value."""

    label: str
    value: Text
    unit: str = ""
    note: str = ""
    tone: str = ""
    meter: Meter | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class PersonalRow:
    """One personal number of a paper, where it stands; each choice is (value, word, chosen, what stands there then)."""

    key: str
    kind: str
    place: str
    before: str
    written: str
    after: str
    choices: tuple[tuple[str, str, bool, str], ...]
    reason: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PersonalNumbers:
    """shared/personal.html: the personal numbers of a paper that is to be published; `written` marks them in it."""

    rows: tuple[PersonalRow, ...] = ()
    written: tuple[str, ...] = ()
    most: int = 0  # characters of a reason

    @property
    def problems(self) -> tuple[PersonalRow, ...]:
        """The rows in which something is still to decide."""
        return tuple(row for row in self.rows if row.problem)


@dataclass(frozen=True, slots=True)
class Item:
    """One label and its value; `wide` ones take the whole row. None and "" are shown as a dash.

    `whole_url` shows the page with all of what is hidden of personal data.
    """

    label: str
    value: Text | None
    wide: bool = False
    align: str = ""
    whole_url: str = ""


@dataclass(frozen=True, slots=True)
class DataSection:
    """Some of a record's data under a heading."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class RelatedTable:
    """Records that belong to this one: the first few, as rows from `render_rows(..., selectable=False)`."""

    title: str
    total: int
    columns: tuple[ListColumn, ...]
    rows: tuple[Markup, ...]
    all_url: str = ""
    new: Action | None = None
    empty: str = ""
    more: bool = False  # whether there are more than `total`


@dataclass(frozen=True, slots=True)
class FileItem:
    """One attached file; `remove_url` takes a POST, "" when it may not be removed."""

    name: str
    url: str
    size: str
    when: str
    who: str
    remove_url: str = ""
    note: str = ""
    warns: bool = False  # the note says that something is wrong with it


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after."""

    label: str
    old: Text
    new: Text


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Who did what, when. `subject` and `subject_url` name the record where a page shows many.

    `agent` is what the browser calls itself, `device` the same in two words; `version_url` leads back to the record
    as the act left it.
    """

    when: str
    who: str
    action: str
    changes: tuple[FieldChange, ...] = ()
    subject: str = ""
    subject_url: str = ""
    county: str = ""
    address: str = ""
    agent: str = ""
    device: str = ""
    request_id: str = ""
    version_url: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """The form that adds a file: `name` is the file input, `accept` and `hint` say what may come."""

    url: str
    hint: str = ""
    accept: str = ""
    name: str = "file"
    many: bool = False
    counties: tuple[Option, ...] = ()  # to one of which the file may belong; () where that is no question
    warnings: tuple[str, ...] = ()  # of quotas that are nearly used up


@dataclass(frozen=True, slots=True)
class CommentItem:
    """One comment; `edit_url` and `delete_url` are "" for who may not."""

    id: str
    who: str
    when: str
    text: Text
    changed: bool = False
    version: int = 0
    edit_url: str = ""
    delete_url: str = ""


@dataclass(frozen=True, slots=True)
class CommentsBox:
    """shared/comments.html: what was said of a record. `add_url` is "" for who only reads."""

    items: tuple[CommentItem, ...]
    collection: str
    record_id: str
    add_url: str
    people_url: str
    most: int


@dataclass(frozen=True, slots=True)
class RecordPage:
    """details.html. `due` is the one sentence that asks for something (with `due_tone` "due" or "near")."""

    kind: str
    title: str
    state: Text = ""  # from `badge`
    county: str = ""
    subtitle: str = ""
    due: str = ""
    due_tone: str = "near"
    facts: tuple[Fact, ...] = ()
    actions: tuple[Action, ...] = ()
    sections: tuple[DataSection, ...] = ()
    related: tuple[RelatedTable, ...] = ()
    files: tuple[FileItem, ...] | None = None  # None: this kind of record has no files
    upload: Upload | None = None
    history: tuple[HistoryEntry, ...] = ()
    history_url: str = ""
    crumbs: tuple[Link, ...] = ()
    comments: CommentsBox | None = None
    collection: str = ""
    record_id: str = ""
    is_followed: bool = False
    follow_url: str = ""  # takes a POST; "" where it cannot be followed
