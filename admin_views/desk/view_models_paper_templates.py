"""What the page of the paper templates shows."""

from dataclasses import dataclass

from admin_views.shared.view_models.components import Link, Pairs, Text


@dataclass(frozen=True, slots=True)
class EarlierTemplate:
    """One change of a kind's template; `url` downloads it, "" for the return to the default."""

    label: str
    when: str
    who: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class TemplateCard:
    """One kind of paper: which template is in use, what can be fetched, what can be done. `names`: (name, example)."""

    code: str
    title: str
    state: Text
    about: str
    links: tuple[Link, ...]
    names: Pairs
    version: int = 0
    earlier: tuple[EarlierTemplate, ...] = ()
    problems: tuple[str, ...] = ()
    upload_url: str = ""
    drop_url: str = ""


@dataclass(frozen=True, slots=True)
class PaperTemplatesPage:
    """paper_templates.html. `most_size` in words."""

    cards: tuple[TemplateCard, ...]
    most_size: str
    crumbs: tuple[Link, ...] = ()
