"""What is published of one time-to-event endpoint: each figure with the numbers that its digits may stand for.

Belongs here: the record that reconstruction starts from, in months and proportions. Does not: where figures come from (inputs.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from trialmart.numbers import rounding_interval

NOT_REACHED = ("not_estimable", "not_reached")


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure: `low` to `high` is what its digits stand for, in months, proportions or patients.

    `value` is None where the article says that it can't be estimated (`reason`), which is a constraint too.
    """

    value: float | None
    low: float = float("nan")
    high: float = float("nan")
    printed: str = ""
    value_id: str | None = None
    source: str = "article"
    reason: str | None = None

    @classmethod
    def of(cls, printed: str, factor: float = 1.0, value_id: str | None = None, source: str = "article") -> Figure:
        """From its digits: `Figure.of("24.8")`; `factor` takes it to months or proportions. Words mean that it was not reached."""
        try:
            value = float(printed)
        except ValueError:
            return cls(None, printed=printed, value_id=value_id, source=source, reason="not_estimable")
        decimals = len(printed.partition(".")[2])
        low, high = rounding_interval(value, decimals)
        return cls(value * factor, low * factor, high * factor, printed, value_id, source)

    @classmethod
    def exact(cls, value: float, value_id: str | None = None, source: str = "article") -> Figure:
        """A count."""
        return cls(float(value), float(value), float(value), f"{value:g}", value_id, source)

    @property
    def half(self) -> float:
        """Half the width of its rounding interval."""
        return (self.high - self.low) / 2

    def distance(self, value: float) -> float:
        """How far `value` lies outside; infinite where one of the two is estimable and the other is not."""
        missing = value != value
        if self.value is None or missing:
            return 0.0 if self.value is None and missing else float("inf")
        return max(self.low - value, value - self.high, 0.0)


@dataclass(frozen=True, slots=True)
class Landmark:
    """Published survival at a time."""

    time: float
    survival: Figure


@dataclass(frozen=True, slots=True)
class Arm:
    """What is published of one arm. Only `n` is needed."""

    arm_id: str
    n: int
    label: str = ""
    n_id: str | None = None
    events: Figure | None = None
    median: Figure | None = None
    lower: Figure | None = None  # 95 % limits of the median
    upper: Figure | None = None
    landmarks: tuple[Landmark, ...] = ()
    risk_times: tuple[float, ...] = ()  # from 0 on
    at_risk: tuple[int, ...] = ()
    clicks: tuple[tuple[float, float], ...] = ()  # time, survival
    curve_source: str | None = None  # where numbers at risk and clicks come from

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"arm {self.arm_id}: {self.n} patients")
        if len(self.risk_times) != len(self.at_risk):
            raise ValueError(f"arm {self.arm_id}: {len(self.risk_times)} times but {len(self.at_risk)} numbers at risk")
        if self.at_risk and (self.risk_times[0] != 0 or any(b <= a for a, b in zip(self.risk_times, self.risk_times[1:], strict=False))):
            raise ValueError(f"arm {self.arm_id}: numbers at risk must start at time 0 and their times must increase")
        if any(b > a for a, b in zip(self.at_risk, self.at_risk[1:], strict=False)):
            raise ValueError(f"arm {self.arm_id}: the number at risk rises")
        if self.at_risk and self.at_risk[0] != self.n:
            raise ValueError(f"arm {self.arm_id}: {self.at_risk[0]} at risk at time 0 but {self.n} patients")
        if self.events is not None and self.events.value is not None and self.events.value > self.n:
            raise ValueError(f"arm {self.arm_id}: {self.events.value:g} events but {self.n} patients")


@dataclass(frozen=True, slots=True)
class PublishedCurve:
    """One endpoint of one trial: its arm, or two of which the first is the hazard ratio's numerator."""

    arms: tuple[Arm, ...]
    hazard_ratio: Figure | None = None
    hr_lower: Figure | None = None  # 95 % limits
    hr_upper: Figure | None = None
    p_value: Figure | None = None
    total_events: Figure | None = None  # of both arms, where not told apart
    article_id: str = ""
    study_id: str = ""
    endpoint: str = ""
    assessor: str | None = None
    population: str | None = None
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if len(self.arms) not in (1, 2):
            raise ValueError(f"one or two arms, not {len(self.arms)}")

    @property
    def last_time(self) -> float:
        """The latest time that any figure speaks of, in months."""
        times = [0.0]
        for arm in self.arms:
            times += [*arm.risk_times, *(mark.time for mark in arm.landmarks), *(t for t, _ in arm.clicks)]
            times += [f.value for f in (arm.median, arm.lower, arm.upper) if f is not None and f.value is not None]
        return max(times)
