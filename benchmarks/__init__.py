"""What the office's pages, saves and exports cost: against the stock library, and against the bare queries.

Run as `python -m benchmarks` (or `make bench`); docs/benchmarks.md says how to read the table.
"""
