"""The office's settings: each is declared once, with a default that may be kept, and says what cannot be."""

import pytest

from schema.settings import (
    CERTIFICATE_PREFIX,
    FIRST_YEAR,
    LOCK_AFTER,
    SETTINGS,
    SettingGroup,
    SettingValues,
    refusals_of_settings,
)


def test_no_key_stands_twice_and_every_group_has_one():
    keys = [setting.key for setting in SETTINGS]
    assert len(keys) == len(set(keys))
    assert {setting.group for setting in SETTINGS} == set(SettingGroup)


def test_the_defaults_may_be_kept():
    assert refusals_of_settings(SettingValues()) == ()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_a_default_is_of_its_kind_and_within_its_bounds(setting):
    assert isinstance(setting.default, setting.kind.value)
    size = setting.default if isinstance(setting.default, int) else len(setting.default)
    assert setting.minimum <= size <= setting.maximum


def test_a_value_is_what_was_chosen_else_the_default():
    values = SettingValues({"lock_after": 8})
    assert (values[LOCK_AFTER], values[FIRST_YEAR]) == (8, 2000)


def test_what_is_stored_of_another_kind_counts_as_not_chosen():
    assert SettingValues({"lock_after": "8", "certificate_prefix": 1})[LOCK_AFTER] == 5
    assert SettingValues({"certificate_prefix": 1})[CERTIFICATE_PREFIX] == "LCSJ"


def test_by_key_holds_every_setting():
    assert set(SettingValues().by_key()) == {setting.key for setting in SETTINGS}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_beyond_its_bounds_it_is_refused_at_its_field(setting):
    number = isinstance(setting.default, int)
    beyond = setting.maximum + 1 if number else "x" * (setting.maximum + 1)
    refusals = refusals_of_settings(SettingValues({setting.key: beyond}))
    assert [refusal.field for refusal in refusals] == [setting.key]
    if setting.minimum:
        below = setting.minimum - 1 if number else ""
        assert refusals_of_settings(SettingValues({setting.key: below}))[0].field == setting.key


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"session_idle_minutes": 61, "session_absolute_hours": 1}, "session_idle_minutes"),
        ({"session_idle_minutes": 60, "session_absolute_hours": 1}, None),
        ({"certificate_prefix": "聊城"}, "certificate_prefix"),
        ({"certificate_prefix": "LC-SJ"}, "certificate_prefix"),
        ({"county_office": "工业和信息化局"}, "county_office"),
        ({"county_office": "{县区}工信局"}, None),
        ({"telephone": ""}, None),
    ],
)
def test_what_contradicts_is_refused(values, field):
    refusals = refusals_of_settings(SettingValues(values))
    assert [refusal.field for refusal in refusals] == ([field] if field else [])
