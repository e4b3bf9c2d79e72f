"""The command line: the same services as the pages, a file a group of commands."""
