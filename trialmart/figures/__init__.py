"""Figures for print: forest plots, adverse events, Kaplan-Meier curves with their risk tables.

Belongs here: drawing what the marts hold. Does not: computing anything. matplotlib is imported inside the functions that draw.
"""
