"""Misprints made on purpose, and how many the audit finds.

    python -m benchmarks.audit_mutation [--key] [--others 20] [--n 100] [--seed 1] [--misses] [--text 20]

Copies an article's published values, changes one figure of one table (a digit; or exchanges two arms' cells of a row, two rows, or shifts a
column's cells by a row), and audits the copy. Whether a change could be found at all is decided by brute force that shares no code with the
rules: does any count with its percent, sum, limit or repeat that held before now fail, whatever denominator of the arm is taken? Prints the
share found of those, by kind of figure. `--key` uses what the answer keys' annotators read in place of what extraction reads; with `--text N`
so many misprints are made in the characters of a plain-text article and go the whole way through the reader.
"""

from __future__ import annotations

import argparse
import math
import pathlib
import random
from collections import defaultdict

import pandas as pd

from trialmart import audit
from trialmart.numbers import parse

SHARED = pathlib.Path(__file__).resolve().parents[2] / "shared"
BATCH = 60
EXACT = {"count", "denominator", "n", "n_events"}
FIGURES = ("count", "percent", "n", "denominator", "ci_lower", "ci_upper", "hazard_ratio", "odds_ratio", "risk_ratio", "p_value", "median")

Frames = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]


def extracted(path: pathlib.Path, data: bytes | None = None) -> Frames:
    """values, arms, tables, observations of one article, read and extracted as in a run; `data` in place of the file's bytes."""
    from trialmart.extraction import extract
    from trialmart.frames import to_tables
    from trialmart.reading import read

    article = read(path.read_bytes() if data is None else data, str(path), path.stem.lower())
    tables = to_tables([article], [extract(article)])
    names = ("evidence.published_value", "evidence.arm", "evidence.article_table", "evidence.text_observation")
    return tuple(tables[n].to_pandas() for n in names)  # type: ignore[return-value]


# making misprints


def change_digit(values: pd.DataFrame, i: int, rng: random.Random) -> dict[int, str]:
    text = str(values["printed"].iat[i])
    places = [k for k, c in enumerate(text) if c.isdigit()]
    k = rng.choice(places)
    options = [d for d in "0123456789" if d != text[k] and not (d == "0" and k == 0 and len(places) > 1 and text[:2] != "0.")]
    return {i: text[:k] + rng.choice(options) + text[k + 1 :]}


def exchange(values: pd.DataFrame, first: list[int], second: list[int]) -> dict[int, str]:
    """The printed figures of two cells (or rows of cells) exchanged, figure by figure."""
    printed = values["printed"]
    return {a: str(printed.iat[b]) for x, y in ((first, second), (second, first)) for a, b in zip(x, y, strict=True)}


def misprint(values: pd.DataFrame, change: dict[int, str]) -> pd.DataFrame:
    copy = values.copy()
    at = {name: copy.columns.get_loc(name) for name in ("printed", "value", "decimals", "value_low", "value_high")}
    for i, text in change.items():
        number = parse(text, exact=copy["statistic"].iat[i] in EXACT)
        low = 0.0 if copy["comparator"].iat[i] == "<" else number.low
        for name, new in zip(at, (text, number.value, number.decimals, low, number.high), strict=True):
            copy.iat[i, at[name]] = new
    return copy


# what could be found: brute force, no code of the rules


class Oracle:
    """The relations that hold in the article as printed, and whether a changed copy still has them."""

    def __init__(self, frames: Frames) -> None:
        self.values, arms, self.tables, _ = frames
        v = self.values
        self.rows = v.to_dict("records")
        self.sizes: dict[str, set[int]] = defaultdict(set)
        for r in self.rows:
            if r["statistic"] in ("n", "denominator") and r["value"] and r["value"] > 0:
                self.sizes[self._who(r)].add(int(r["value"]))
        for a in arms.to_dict("records"):
            if a["n_randomized"] == a["n_randomized"] and a["n_randomized"]:
                self.sizes[str(a["arm_id"])].add(int(a["n_randomized"]))
        self.position = {r["value_id"]: i for i, r in enumerate(self.rows)}
        self.cells: dict[tuple, list[int]] = defaultdict(list)
        self.columns: dict[tuple, list[int]] = defaultdict(list)
        for i, r in enumerate(self.rows):
            if r["source_kind"] == "table" and r["value"] == r["value"]:
                self.cells[r["table_id"], r["row_index"], r["column_index"]].append(i)
                self.columns[r["table_id"], r["column_index"], tuple(r["row_path"])[:-1], r["statistic"]].append(i)

    @staticmethod
    def _who(r: dict) -> str:
        return "total" if r["scope"] == "total" else str(r["arm_id"])

    def relations(self, i: int) -> list[tuple[str, tuple[int, ...]]]:
        """The relations that value i takes part in: (kind, the values)."""
        r = self.rows[i]
        cell = self.cells[r["table_id"], r["row_index"], r["column_index"]]
        found: list[tuple[str, tuple[int, ...]]] = []
        group = [i, *(j for j in cell if j != i)]
        linked = [j for j, s in enumerate(self.rows) if s["estimate_id"] and s["estimate_id"] in (r["value_id"], r["estimate_id"]) and j != i]
        near = list(dict.fromkeys([*group, *linked, *([self.position[r["estimate_id"]]] if r["estimate_id"] in self.position else [])]))
        kinds = {self.rows[j]["statistic"]: j for j in reversed(near)}
        if "count" in kinds and "percent" in kinds and i in (kinds["count"], kinds["percent"]):
            found.append(("share", (kinds["count"], kinds["percent"])))
        elif r["statistic"] == "percent" and r["scope"] != "contrast":
            found.append(("possible", (i,)))
        for ratio in ("hazard_ratio", "odds_ratio", "risk_ratio", "ratio"):
            if ratio in kinds and "ci_lower" in kinds and "ci_upper" in kinds and i in (kinds[ratio], kinds["ci_lower"], kinds["ci_upper"]):
                found.append(("centre", (kinds[ratio], kinds["ci_lower"], kinds["ci_upper"])))
        if "percent" in kinds and "ci_lower" in kinds and "ci_upper" in kinds and i in (kinds["percent"], kinds["ci_lower"], kinds["ci_upper"]):
            found.append(("inside", (kinds["percent"], kinds["ci_lower"], kinds["ci_upper"])))
        if r["statistic"] == "count":
            column = self.columns[r["table_id"], r["column_index"], tuple(r["row_path"])[:-1], "count"]
            if len(column) > 1 and len(r["row_path"]) > 1:
                found.append(("levels", tuple(column)))
        return found

    def holds(self, kind: str, members: tuple[int, ...], values: pd.DataFrame) -> bool:
        rows = [values.iloc[j] for j in members]
        who = self._who(self.rows[members[0]])
        sizes = self.sizes.get(who, set())
        if kind == "share":
            count, percent = rows
            return any(self._rounds(100 * count["value"] / n, percent) for n in sizes)
        if kind == "possible":
            return not sizes or any(any(self._rounds(100 * x / n, rows[0]) for x in range(n + 1)) for n in sizes)
        if kind == "centre":
            estimate, lower, upper = rows
            if lower["value_high"] <= 0 or upper["value"] <= 0 or not lower["value_low"] <= estimate["value_high"] or not estimate["value_low"] <= upper["value_high"]:
                return False
            low, high = math.sqrt(max(lower["value_low"], 0) * upper["value_low"]), math.sqrt(lower["value_high"] * upper["value_high"])
            return low <= estimate["value_high"] * 1.02 and estimate["value_low"] * 0.98 <= high
        if kind == "inside":
            return rows[1]["value_low"] <= rows[0]["value_high"] and rows[0]["value_low"] <= rows[2]["value_high"]
        if kind == "levels":
            return sum(r["value"] for r in rows) in sizes
        raise ValueError(kind)

    @staticmethod
    def _rounds(exact: float, printed: pd.Series) -> bool:
        return abs(exact - printed["value"]) <= 0.5 * 10.0 ** -printed["decimals"] + 1e-9

    def detectable(self, change: dict[int, str], changed: pd.DataFrame) -> bool:
        """Whether a relation that holds in the article fails in the changed copy."""
        for i in change:
            for kind, members in self.relations(i):
                if self.holds(kind, members, self.values) and not self.holds(kind, members, changed):
                    return True
        return False


# the benchmark


def single_digits(frames: Frames, n: int, rng: random.Random) -> list[tuple[str, dict[int, str]]]:
    values = frames[0]
    usable = values.index[(values["source_kind"] == "table") & values["statistic"].isin(FIGURES) & values["value"].notna()
                          & values["printed"].astype(str).str.fullmatch(r"\d+(?:[.·]\d+)?")].tolist()  # fmt: skip
    chosen = rng.sample(usable, min(n, len(usable)))
    return [(values["statistic"].iat[i], change_digit(values, i, rng)) for i in chosen]


def structural(frames: Frames, n: int, rng: random.Random) -> list[tuple[str, dict[int, str]]]:
    """Cells exchanged between arms, between neighbouring rows of a column, and a column shifted by one row within two rows' reach."""
    values = frames[0]
    cells: dict[tuple, list[int]] = defaultdict(list)
    table = values[(values["source_kind"] == "table") & values["value"].notna() & values["statistic"].isin(["count", "percent"])]
    for i, (t, r, c) in zip(table.index, table[["table_id", "row_index", "column_index"]].itertuples(index=False), strict=True):
        cells[t, int(r), int(c)].append(i)
    shape = {k: tuple(values["statistic"].iloc[v]) for k, v in cells.items()}
    printed = {k: tuple(values["printed"].iloc[v]) for k, v in cells.items()}
    keys, made = list(cells), []
    rng.shuffle(keys)
    for t, r, c in keys:
        for kind, other in (("arms exchanged", next((k for k in cells if k[:2] == (t, r) and k[2] > c), None)), ("rows exchanged", (t, r + 1, c))):
            if other in cells and shape[other] == shape[t, r, c] and printed[other] != printed[t, r, c] and len(shape[other]) == 2:
                made.append((kind, exchange(values, cells[t, r, c], cells[other])))
        three = [(t, r + k, c) for k in range(3)]
        if all(k in cells and shape[k] == shape[three[0]] for k in three) and len(shape[three[0]]) == 2:
            new = {a: str(values["printed"].iat[b]) for k in range(3) for a, b in zip(cells[three[k]], cells[three[k - 1]], strict=True)}
            made.append(("rows shifted", new))
    by_kind: dict[str, list] = defaultdict(list)
    for kind, change in made:
        by_kind[kind].append((kind, change))
    return [m for members in by_kind.values() for m in members[: max(n // 3, 1)]]


def found_in(frames: Frames, changes: list[tuple[str, dict[int, str]]]) -> list[tuple[bool, list[str]]]:
    """For each change whether the audit of the changed copy has a new finding on a changed value, and the rules that have one."""
    values, arms, tables, observations = frames
    ids = values["value_id"].tolist()
    known = _findings(audit.check(*frames), "")
    result: list[tuple[bool, list[str]]] = []
    for start in range(0, len(changes), BATCH):
        chunk = changes[start : start + BATCH]
        copies = [_renamed(misprint(values, change), k) for k, (_, change) in enumerate(chunk)]
        others = [pd.concat([f.assign(article_id=f"copy{k}") for k in range(len(chunk))], ignore_index=True) for f in (arms, tables)]
        none = observations.iloc[:0]
        checks = audit.check(pd.concat(copies, ignore_index=True), *others, none)
        for k, (_, change) in enumerate(chunk):
            mine = _findings(checks[checks["article_id"] == f"copy{k}"], f"copy{k}|")
            changed = {ids[i] for i in change}
            new = [rule_id for (rule_id, where, text) in mine if where & changed and (rule_id, where, text) not in known]
            result.append((bool(new), new))
    return result


def through_the_reader(path: pathlib.Path, changes: list[tuple[str, dict[int, str]]], frames: Frames) -> pd.DataFrame:
    """The same misprints made in the characters of a plain-text file, read and extracted anew."""
    text, values = path.read_text(encoding="utf-8"), frames[0]
    oracle, known, rows = Oracle(frames), _findings(audit.check(*frames), ""), []
    for kind, change in changes:
        written = text
        for i, new in change.items():
            start, end = (int(x) for x in values["span_id"].iat[i].rpartition("@")[2].split("-"))
            if written[start:end] != values["printed"].iat[i] or len(new) != end - start:
                break
            written = written[:start] + new + written[end:]
        else:
            again = extracted(path, written.encode())
            changed = {values["value_id"].iat[i] for i in change}
            new = [rule for rule, where, told in _findings(audit.check(*again), "") if where & changed and (rule, where, told) not in known]
            rows.append({"figure": kind, "detectable": oracle.detectable(change, misprint(values, change)), "found": bool(new), "rules": new, "change": change})
    return pd.DataFrame(rows)


def _findings(checks: pd.DataFrame, prefix: str) -> set[tuple[str, frozenset[str], str]]:
    rows = checks[checks["verdict"].isin(["inconsistent", "impossible"]) | ((checks["verdict"] == "explained") & (checks["severity"] != "info"))]
    return {(r.rule_id, frozenset(v.removeprefix(prefix) for v in r.value_ids), r.explanation) for r in rows.itertuples()}


def _renamed(values: pd.DataFrame, k: int) -> pd.DataFrame:
    return values.assign(article_id=f"copy{k}", value_id=f"copy{k}|" + values["value_id"].astype(str),
                         estimate_id=[None if x is None or x != x else f"copy{k}|{x}" for x in values["estimate_id"]])  # fmt: skip


def run(frames: Frames, changes: list[tuple[str, dict[int, str]]]) -> pd.DataFrame:
    oracle = Oracle(frames)
    rows = []
    for (kind, change), (found, rules) in zip(changes, found_in(frames, changes), strict=True):
        rows.append({"figure": kind, "detectable": oracle.detectable(change, misprint(frames[0], change)), "found": found, "rules": rules, "change": change})
    return pd.DataFrame(rows)


def table(results: pd.DataFrame) -> pd.DataFrame:
    found = results.groupby("figure").agg(changes=("found", "size"), found=("found", "sum"), detectable=("detectable", "sum"))
    both = results[results["detectable"]].groupby("figure")["found"].sum()
    found["found of detectable"] = both.reindex(found.index).fillna(0).astype(int)
    found["share"] = (found["found of detectable"] / found["detectable"]).round(3)
    return found


def articles(key: bool) -> dict[str, Frames]:
    if key:
        from benchmarks.audit_key import KEY, frames

        return {f.name: frames([f]) for f in sorted(KEY.iterdir()) if f.is_dir()}
    paths = [SHARED / "articles" / "paloma2.txt", *(SHARED / "corpus" / f"{f.name}.nxml" for f in sorted((SHARED / "corpus_key").iterdir()) if f.is_dir())]
    return {p.stem: extracted(p) for p in paths if p.exists()}


def others(number: int, seed: int) -> dict[str, list[pd.DataFrame]]:
    """Articles that no key was made for."""
    keyed = {f.name for f in (SHARED / "corpus_key").iterdir()}
    paths = [p for p in sorted((SHARED / "corpus").glob("*.nxml")) if p.stem not in keyed]
    return {p.stem: extracted(p) for p in random.Random(seed).sample(paths, min(number, len(paths)))}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--key", action="store_true")
    options.add_argument("--others", type=int, default=0, help="so many other articles of the corpus, drawn at random, in place of the keyed ones")
    options.add_argument("--n", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--misses", action="store_true")
    options.add_argument("--text", type=int, default=0)
    given = options.parse_args()
    parts = []
    for name, frames in (others(given.others, given.seed) if given.others else articles(given.key)).items():
        rng = random.Random(given.seed)
        changes = single_digits(frames, given.n, rng) + structural(frames, given.n // 3, rng)
        if not changes:
            continue  # an article without tables of figures
        result = run(frames, changes).assign(article=name)
        parts.append(result)
        single = result[result["figure"].isin(["count", "percent"]) & result["detectable"]]
        print(f"{name}: {len(single)} detectable changes of a count or percent, {single['found'].sum()} found")
        if given.misses:
            for m in result[result["detectable"] & ~result["found"]].to_dict("records"):
                for i, text in list(m["change"].items())[:2]:
                    r = frames[0].iloc[i]
                    print(f"   missed {m['figure']}: {r['table_id']} r{r['row_index']}c{r['column_index']} {list(r['row_path'])} {r['arm_id']} {r['printed']} -> {text}")
    if given.text:
        path = SHARED / "articles" / "paloma2.txt"
        frames = extracted(path)
        whole = through_the_reader(path, single_digits(frames, given.text, random.Random(given.seed + 1)), frames)
        print(f"through the reader: {len(whole)} changes of {path.name}, {whole['detectable'].sum()} detectable, of these {whole[whole['detectable']]['found'].sum()} found")
    results = pd.concat(parts, ignore_index=True)
    print(table(results).to_string())
    single = results[results["figure"].isin(["count", "percent"]) & results["detectable"]]
    print(f"single-digit changes of a count or percent, detectable: {len(single)}, found {100 * single['found'].mean():.1f}%")
    by_rule = results[results["detectable"]].explode("rules")["rules"].value_counts()
    print("found by rule: " + ", ".join(f"{r} {n}" for r, n in by_rule.items()))


if __name__ == "__main__":
    main()
