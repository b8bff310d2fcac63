"""The library: from an article's bytes to published values, checks and effects. Plain Python, pandas and scipy.

Belongs here: everything that would be true without Dagster and without a database. Does not: assets, storage, the command line.
"""
