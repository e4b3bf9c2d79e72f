"""What an administrator types of the office's settings: a field for each setting as it is declared."""

from collections.abc import Mapping
from typing import Any

from wtforms import Form

from forms.fields import field_for
from forms.users import own_password_field
from schema.field import Field, Kind
from schema.settings import SETTINGS, AnySetting, SettingKind, SettingValues


class SettingsForm(Form):
    """A field for each setting, named by its key."""

    class Meta:
        """Error messages are ours, already translated."""

        csrf = False
        locales = False

    own_password = own_password_field()

    @classmethod
    def filled(cls, values: SettingValues) -> "SettingsForm":
        """Return the form with the settings in force."""
        return cls(data=values.by_key())

    @classmethod
    def typed(cls, given: Any) -> "SettingsForm":
        """Return the form as it was sent."""
        return cls(formdata=given)

    def values(self) -> Mapping[str, int | str]:
        """Return what was typed, by key; call it when the form is valid."""
        return {setting.key: self._value(setting) for setting in SETTINGS}

    def _value(self, setting: AnySetting) -> int | str:
        typed = self._fields[setting.key].data
        return int(typed) if setting.kind is SettingKind.NUMBER else str(typed or "").strip()


def _field(setting: AnySetting) -> Any:
    number = setting.kind is SettingKind.NUMBER
    column = Field(
        setting.key, setting.label, "", Kind.INTEGER if number else Kind.TEXT, unit=setting.unit,
        required=number or setting.minimum > 0, max_length=setting.maximum,
    )  # fmt: skip
    return field_for(column, setting.help)


for _setting in SETTINGS:
    setattr(SettingsForm, _setting.key, _field(_setting))
