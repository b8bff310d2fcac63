"""How a command ends: exit statuses, and what a person can put right.

Belongs here: what cli.py and the modules that do its work both name. Does not: anything else.
"""

from __future__ import annotations

OK, FAILED, WRONG_OPTIONS, INPUT_REFUSED = 0, 1, 2, 3


class Trouble(Exception):
    """Something that a person can put right. The message is one line."""
