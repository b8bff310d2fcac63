"""Round trip of published summaries on public data sets: truth -> what an article would print -> pseudo patients -> how far off.

Run as `python -m benchmarks.survival_summaries [--data FILE] [--sets N] [--seed N] [--draws N] [--no-risk-table]`. What is compared is not fitted:
restricted means, landmark survival, the largest gap between curves. Bounds should hold the truth and stay narrow enough to be of use.
"""

from __future__ import annotations

import argparse
import pathlib
import time

import numpy as np
import pandas as pd

from benchmarks.survival_coordinates import DATA, arms_of, curve_at, rmst
from trialmart.survival import estimates, from_summaries
from trialmart.survival.patients import Patients
from trialmart.survival.published import Arm, Figure, PublishedCurve


def printed(value: float, decimals: int) -> Figure:
    return Figure.of("NE" if np.isnan(value) else f"{value:.{decimals}f}")


def summary(truth: list[Patients], risk_table: bool) -> PublishedCurve:
    """What an article would print of these patients."""
    longest = max(arm.time.max() for arm in truth)
    decimals = 1 if longest > 20 else 2
    step = next(s for s in (0.25, 0.5, 1, 2, 3, 4, 6, 12, 24) if longest / s <= 12)
    arms = []
    for i, arm in enumerate(truth):
        m = estimates.median(estimates.kaplan_meier(arm))
        ticks = np.arange(0, longest, step)
        numbers = arm.at_risk(ticks)
        ticks, numbers = ticks[numbers > 0], numbers[numbers > 0]
        arms.append(Arm(f"arm{i}", len(arm), events=Figure.exact(arm.n_events), median=printed(m.value, decimals),
                        lower=printed(m.lower, decimals), upper=printed(m.upper, decimals),
                        risk_times=tuple(ticks) if risk_table else (), at_risk=tuple(map(int, numbers)) if risk_table else ()))  # fmt: skip
    hr = estimates.cox(*truth).estimate
    return PublishedCurve(tuple(arms), *(printed(v, 2) for v in (hr.value, hr.lower, hr.upper)))


def one(truth: list[Patients], risk_table: bool, draws: int, seed: int) -> list[dict]:
    curve = summary(truth, risk_table)
    start = time.perf_counter()
    made = from_summaries.reconstruct(curve, seed, draws)
    drawn = time.perf_counter() - start
    shared_end = min(arm.time.max() for arm in truth)
    until = 24.0 if shared_end > 24 else 0.75 * shared_end
    if not risk_table:
        until = min(until, curve.last_time)  # beyond the last printed time there is nothing to go by
    wanted = [from_summaries.Estimand("rmst", until, i) for i in (0, 1)]
    wanted += [from_summaries.Estimand("survival", until, i) for i in (0, 1)] + [from_summaries.Estimand("rmst_difference", until)]
    found = from_summaries.bounds(curve, wanted, made)
    bounded = time.perf_counter() - start - drawn
    grid = np.linspace(0, until, 200)
    rows = []
    for estimand, b in found.items():
        true, value = estimand.of_patients(truth), estimand.of_patients(made[0].arms)
        gap = max(np.abs(curve_at(p, grid) - curve_at(t, grid)).max() for p, t in zip(made[0].arms, truth, strict=True))
        rows.append({"measure": estimand.measure, "at": until, "error": value - true, "relative": abs(value - true) / max(abs(true), 1e-9),
                     "width": b.high - b.low, "covered": b.low <= true <= b.high, "gap": gap, "met": not made[0].missed, "missed": made[0].note,
                     "draw_seconds": drawn / draws, "bound_seconds": bounded, "rmst": rmst(truth[0], until), "low": b.low, "high": b.high,
                     "truth": true})  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, default=DATA)
    parser.add_argument("--sets", type=int, default=24, help="data sets, drawn at random; 0: all")
    parser.add_argument("--seed", type=int, default=None, help="default: a fresh one")
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--no-risk-table", action="store_true")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else int(np.random.SeedSequence().entropy % 2**31)
    rng = np.random.default_rng(seed)
    data = list(arms_of(options.data))
    if options.sets:
        data = [data[i] for i in sorted(rng.choice(len(data), min(options.sets, len(data)), replace=False))]
    rows, skipped = [], 0
    for name, truth in data:
        try:
            rows += [{"set": name} | row for row in one(truth, not options.no_risk_table, options.draws, seed)]
        except ValueError:
            skipped += 1
    table = pd.DataFrame(rows)
    print(f"{len(data) - skipped} data sets ({skipped} without a curve to find), {options.draws} draws each, seed {seed}; "
          f"numbers at risk {'not ' if options.no_risk_table else ''}printed")  # fmt: skip
    print(f"reference draws that meet every figure: {table.groupby('set').met.first().mean():.0%}; seconds a draw "
          f"{table.draw_seconds.median():.2f}, bounds of 5 estimands {table.bound_seconds.median():.2f}; "
          f"largest gap between curves {table.groupby('set').gap.first().median():.3f} (median)")  # fmt: skip
    print("measure           |error| median / 95th   bounds cover   median width   median width at 24 months")
    for measure, group in table.groupby("measure", sort=False):
        at24 = group[group["at"] == 24]
        e = np.percentile(group.error.abs(), [50, 95])
        print(
            f"{measure:<17} {e[0]:8.3f} / {e[1]:<8.3f}   {group.covered.mean():12.0%}   {group.width.median():12.3f}   {at24.width.median():12.3f}"
        )
    for name, note in table[~table.met].groupby("set").missed.first().items():
        print(f"{name}: {note}")
    missed = table[~table.covered]
    if len(missed):
        print(missed[["set", "measure", "at", "truth", "low", "high", "met"]].round(3).to_string(index=False))


if __name__ == "__main__":
    main()
