"""Small tables in workbooks: each field of rows has a sheet of its own beside the list, written and read back."""
