"""Applications of 冠县 at the stages where the pages' tests begin, in March 2026."""

import pytest
import time_machine

from rules.applications import Stage
from tests import round_driver as driver
from tests.admin_views.applications.application_pages import DAY


@pytest.fixture
def travel():
    """Stand on a day of March 2026; the returned function goes on to another."""
    travels = []

    def to(day, hour=15):
        for old in travels:
            old.stop()
        travels[:] = [time_machine.travel(driver.moment(day, hour), tick=True)]
        travels[0].start()

    to(DAY)
    yield to
    travels[0].stop()


@pytest.fixture
def round_id(office):
    return driver.make_round()


@pytest.fixture
def draft(office, round_id):
    return driver.drive(office.guan.spare, round_id, to=Stage.DRAFT)


@pytest.fixture
def submitted(office, round_id):
    """Hand in the application of a base whose place and operating conditions the county has verified."""
    application = driver.drive(office.guan.spare, round_id, to=Stage.SUBMITTED)
    driver.verify(office.guan.spare)
    return application


@pytest.fixture
def unverified(office, round_id):
    """Hand in the application of a base of which the county has verified nothing yet."""
    return driver.drive(office.guan.spare, round_id, to=Stage.SUBMITTED)
