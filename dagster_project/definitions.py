"""The entry point of the code location, and nothing else."""

from dagster_project.build import build_defs

defs = build_defs()
