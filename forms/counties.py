"""What an administrator types about a county."""

import re
from typing import Any

from wtforms import Form

from forms.fields import field_for
from rules.counties import LONGEST_NAME, CountyFacts
from rules.words import N_
from schema.field import Field, Kind

_PARTS = re.compile(r"[\s,，、;；]+")
_TEXT = 700  # characters of a list of names


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in _PARTS.split(text or "") if word))


class CountyForm(Form):
    """A county's place, names and spellings."""

    class Meta:
        """Error messages are ours, already translated."""

        csrf = False
        locales = False

    order = field_for(
        Field("order", N_("Place in the order"), "", Kind.INTEGER, required=True),
        N_("Lists, filters and papers name the counties in this order."),
    )
    name = field_for(Field("name", N_("Full name"), required=True, max_length=LONGEST_NAME))
    short = field_for(
        Field("short", N_("Short name"), required=True, max_length=LONGEST_NAME),
        N_("As it stands over lists, like 冠县 or 开发区."),
    )
    aliases = field_for(
        Field("aliases", N_("Further names"), max_length=_TEXT),
        N_("What workbooks also call it, former names and codes too; several are parted by 、."),
    )
    pinyin = field_for(
        Field("pinyin", N_("Pinyin"), "", Kind.CODE, max_length=_TEXT),
        N_("Like guanxian; several are parted by blanks. Left blank, it is made from the names."),
    )
    initials = field_for(
        Field("initials", N_("Initials"), "", Kind.CODE, max_length=_TEXT),
        N_("Like gx. Left blank, they are made from the names."),
    )
    office = field_for(
        Field("office", N_("Name of its office"), max_length=60),
        N_("As it signs and is addressed; left blank, the office's settings say it."),
    )

    @classmethod
    def filled(cls, county: CountyFacts) -> "CountyForm":
        """Return the form with a county's facts."""
        return cls(
            data={
                "order": county.order, "name": county.name, "short": county.short, "aliases": "、".join(county.aliases),
                "pinyin": " ".join(county.pinyin), "initials": " ".join(county.initials), "office": county.office,
            }
        )  # fmt: skip

    @classmethod
    def typed(cls, given: Any) -> Any:
        """Return the form as it was sent."""
        return cls(formdata=given)

    def county(self, code: str) -> CountyFacts:
        """Return the county as typed; call it when the form is valid."""
        return CountyFacts(
            code=code, name=(self.name.data or "").strip(), short=(self.short.data or "").strip(),
            order=int(self.order.data), aliases=_words(self.aliases.data), pinyin=_words(self.pinyin.data),
            initials=_words(self.initials.data), office=(self.office.data or "").strip(),
        )  # fmt: skip


class NewCountyForm(CountyForm):
    """The same of a new one, with its code."""

    code = field_for(
        Field("code", N_("Code"), "", Kind.CODE, required=True, max_length=12),
        N_("Six figures of GB/T 2260, or small letters where it has none; it stays for ever."),
    )

    @classmethod
    def begun(cls, order: int) -> "NewCountyForm":
        """Return the form at the next free place."""
        return cls(data={"order": order})
