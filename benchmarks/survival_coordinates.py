"""Round trip of curve coordinates on public data sets: truth -> clicks and numbers at risk -> pseudo patients -> how far off.

Run as `python -m benchmarks.survival_coordinates [--data FILE] [--seed N]`. Needs a file with columns dataset, arm, time, event.
"""

from __future__ import annotations

import argparse
import pathlib
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd

from trialmart.survival import from_coordinates
from trialmart.survival.patients import Patients

DATA = pathlib.Path(__file__).resolve().parents[2] / "shared" / "survival" / "kmdata_dev.csv"


def arms_of(path: pathlib.Path) -> Iterator[tuple[str, list[Patients]]]:
    for name, rows in pd.read_csv(path).groupby("dataset"):
        yield str(name), [Patients(a.time.to_numpy(float), a.event.to_numpy() == 1) for _, a in rows.groupby("arm")]


def curve_at(arm: Patients, times: np.ndarray) -> np.ndarray:
    order = np.lexsort((~arm.event, arm.time))
    t, e = arm.time[order], arm.event[order]
    s = np.cumprod(1 - e / np.arange(len(t), 0, -1))
    return np.concatenate(([1.0], s))[np.searchsorted(t, times, side="right")]


def clicks(arm: Patients, noise: float, rng: np.random.Generator, n: int = 120) -> tuple[np.ndarray, np.ndarray]:
    times = np.linspace(0, arm.time.max(), n)
    return times, np.clip(curve_at(arm, times) + rng.normal(0, noise, n), 0, 1)


def rmst(arm: Patients, until: float) -> float:
    t = np.unique(np.concatenate(([0.0], arm.time[arm.time < until], [until])))
    return float(np.sum(curve_at(arm, t[:-1]) * np.diff(t)))


def median(arm: Patients) -> float:
    t = np.unique(arm.time)
    below = np.flatnonzero(curve_at(arm, t) <= 0.5)
    return float(t[below[0]]) if below.size else np.nan


def one(truth: list[Patients], noise: float, with_events: bool, rng: np.random.Generator, ticks: int) -> dict:
    from trialmart.survival.estimates import cox

    row: dict = {"rmst": [], "median": [], "at_risk": 0.0, "events": 0.0}
    made, seconds = [], []
    for arm in truth:
        at = np.linspace(0, arm.time.max(), ticks, endpoint=False)
        t, s = clicks(arm, noise, rng)
        start = time.perf_counter()
        pseudo = from_coordinates.reconstruct(t, s, at, arm.at_risk(at), arm.n_events if with_events else None)
        seconds.append(time.perf_counter() - start)
        made.append(pseudo)
        row["at_risk"] = max(row["at_risk"], np.abs(pseudo.at_risk(at) - arm.at_risk(at)).max(), abs(len(pseudo) - len(arm)))
        row["events"] = max(row["events"], abs(pseudo.n_events - arm.n_events))
        until = 0.9 * arm.time.max()
        row["rmst"].append(abs(rmst(pseudo, until) / rmst(arm, until) - 1))
        row["median"].append(abs(median(pseudo) / median(arm) - 1))
    row["log_hr"] = abs(cox(*made).log_hazard_ratio - cox(*truth).log_hazard_ratio)
    row["seconds"] = float(np.median(seconds))
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, default=DATA)
    parser.add_argument("--seed", type=int, default=None, help="default: a fresh one")
    parser.add_argument("--ticks", type=int, default=10)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else int(np.random.SeedSequence().entropy % 2**31)
    data = list(arms_of(options.data))
    print(f"{len(data)} data sets, 120 clicks, {options.ticks} numbers at risk, seed {seed}; median / 95th percentile")
    print("noise  events  |Δ log HR|       RMST %         median %       at risk, N  events off  ms a curve")
    for noise in (0.002, 0.005):
        for with_events in (False, True):
            rng = np.random.default_rng([seed, int(noise * 1e4), with_events])
            rows = pd.DataFrame([one(truth, noise, with_events, rng, options.ticks) for _, truth in data])
            at = {name: np.nanpercentile(rows[name].explode().astype(float), [50, 95]) for name in ("log_hr", "rmst", "median")}
            print(f"{noise:.1%}   {'known' if with_events else '-    '}   {at['log_hr'][0]:.4f} / {at['log_hr'][1]:.4f}  "
                  f"{100 * at['rmst'][0]:5.2f} / {100 * at['rmst'][1]:4.2f}  {100 * at['median'][0]:6.2f} / {100 * at['median'][1]:4.2f}"
                  f"  {rows.at_risk.max():10.0f}  {rows.events.max():10.0f}  {1e3 * rows.seconds.median():10.2f}")  # fmt: skip
    print(f"one lifelines Kaplan-Meier fit of the same data: {1e3 * lifelines_seconds(data):.2f} ms (median)")


def lifelines_seconds(data: list[tuple[str, list[Patients]]]) -> float:
    from lifelines import KaplanMeierFitter

    seconds = []
    for _, truth in data:
        for arm in truth:
            start = time.perf_counter()
            KaplanMeierFitter().fit(arm.time, arm.event)
            seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


if __name__ == "__main__":
    main()
