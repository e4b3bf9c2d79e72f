"""Every change of what is stored, in order: one file a number, each safe to begin again wherever it was cut short."""

from services.maintenance.migrations.m0001_titles_sources import MIGRATION as M0001
from services.maintenance.migrations.m0002_counted_figures import MIGRATION as M0002
from services.maintenance.migrations.m0003_search_words import MIGRATION as M0003
from services.maintenance.migrations.m0004_owning_counties import MIGRATION as M0004
from services.maintenance.migrations.m0005_readings import MIGRATION as M0005
from services.maintenance.migrations.m0006_entry_numbers import MIGRATION as M0006
from services.maintenance.migrations.migration import Migration

MIGRATIONS: tuple[Migration, ...] = (M0001, M0002, M0003, M0004, M0005, M0006)
