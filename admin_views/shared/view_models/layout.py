"""What stands around every page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SidebarItem:
    """An entry of the sidebar. `icon` names a symbol of static/icons.svg; a new `group` draws a line above."""

    label: str
    url: str
    icon: str
    count: int | None = None
    waits: str = ""  # how much waits there for who is signed in; "" for nothing
    active: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Me:
    """Who is signed in; `county` is "" for the whole city."""

    name: str
    role: str
    county: str = ""
    key: str = ""  # tells this user's drafts and remembered lists from others' in one browser


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything around a page (layout.html). `me` is None before sign-in: then there is no rail.

    `theme` ("light", "dark") and `folded` are read from the cookies `theme` and `rail=folded`,
    which the page's script writes, so that nothing flickers. `locale_url` takes a POST with
    `locale` ("zh_Hans_CN" or "en") and `next`.
    """

    office_name: str
    locale: str
    today: str
    theme: str = "light"
    folded: bool = False
    habits: str = ""  # classes for the density and the size of the text
    keeps_lists: bool = False  # whether the menu leads to each list as it was last shown
    habits_url: str = ""
    me: Me | None = None
    sidebar: tuple[SidebarItem, ...] = ()
    home_url: str = "/"
    search_url: str = ""
    suggest_url: str = ""
    locale_url: str = ""
    password_url: str = ""
    sessions_url: str = ""
    tokens_url: str = ""
    calendar_url: str = ""
    bell_url: str = ""
    unread: str = ""  # how many notifications were not read yet; "" for none
    help_url: str = ""
    logout_url: str = ""
    maintenance: str = ""  # the sentence that writes are held back just now
