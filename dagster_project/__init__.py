"""The engine room: how the graph is assembled, stored, scheduled and run.

Belongs here: everything that knows Dagster's instance, the database and the file system. Does not: what a stop does (assets/), what a
table holds (schemas/), anything that is true without an engine (trialmart/).
"""
