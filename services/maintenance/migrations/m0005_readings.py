"""Search words with how names are read, and fewer of them; private-use characters as the standard ones."""

from rules.words import N_
from services.maintenance.migrations.m0003_search_words import renew_search_words
from services.maintenance.migrations.migration import Migration

# Searches find what has the search words of before as well, by all but its full pinyin.
MIGRATION = Migration(5, N_("Search words tell how names are read"), renew_search_words)
