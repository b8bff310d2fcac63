"""Patient data, real or pseudo: a time and an event each.

Belongs here: the record that every way in yields and every analysis takes. Does not: estimates, or how patients are made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DAYS_PER_MONTH = 30.4375
MONTHS = {"months": 1.0, "years": 12.0, "weeks": 7 / DAYS_PER_MONTH, "days": 1 / DAYS_PER_MONTH}


@dataclass(frozen=True, slots=True)
class Patients:
    """One arm. `time` float, shape (n,); `event` bool, shape (n,): True where the patient had the event, False where censored."""

    time: np.ndarray
    event: np.ndarray

    def __post_init__(self) -> None:
        if np.shape(self.time) != np.shape(self.event):
            raise ValueError(f"{np.size(self.time)} times but {np.size(self.event)} events")

    def __len__(self) -> int:
        return len(self.time)

    @property
    def n_events(self) -> int:
        return int(np.sum(self.event))

    def at_risk(self, times: np.ndarray) -> np.ndarray:
        """Patients at risk just before each time: those whose own time is not earlier. Risk tables print this number.

        lifelines' event table counts at the times of patients only, and some packages count after the tick; hence our own.
        """
        ordered = np.sort(self.time)
        return len(ordered) - np.searchsorted(ordered, np.asarray(times, float), side="left")


def month_factor(unit: str | None) -> float | None:
    """Months in one `unit`; None where the unit is none of time."""
    name = (unit or "").strip().lower().rstrip(".")
    name = {"mo": "months", "month": "months", "yr": "years", "year": "years", "week": "weeks", "wk": "weeks", "day": "days"}.get(
        name, name
    )
    return MONTHS.get(name)
