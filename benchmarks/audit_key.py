"""The answer keys of ../shared/corpus_key as frames, and how many of their known problems the audit finds.

    python -m benchmarks.audit_key [--show]

Judges the audit alone: its input is what the key's annotators read, not what extraction reads (audit_corpus.py does that). Major problems
count for recall; a major finding that matches no keyed problem counts against precision.
"""

from __future__ import annotations

import csv
import json
import pathlib
import re
import sys

import pandas as pd

from trialmart import audit
from trialmart.numbers import parse

KEY = pathlib.Path(__file__).resolve().parents[2] / "shared" / "corpus_key"
STATISTIC = {"range_low": "minimum", "range_high": "maximum", "iqr_low": "q1", "iqr_high": "q3", "ci_low": "ci_lower", "ci_high": "ci_upper",
             "relative_risk": "risk_ratio", "hazard_or_odds_ratio": "ratio", "woman_years": "person_time"}  # fmt: skip
EXACT = {"count", "denominator", "n", "n_events"}
DEPENDENT = {"ci_lower", "ci_upper", "p_value", "sd", "minimum", "maximum", "q1", "q3", "percent", "denominator", "ci_level"}


def _number(text: str, statistic: str, operator: str) -> dict | None:
    try:
        number = parse(text, exact=statistic in EXACT)
    except ValueError:
        return None
    low, high = (0.0, number.value) if operator == "<" else (number.low, number.high)
    return {"printed": text, "value": number.value, "decimals": number.decimals, "value_low": low, "value_high": high, "comparator": operator or "="}


def _who(arm: str, qualifiers: str, names: dict[str, str], reference: str | None) -> dict:
    if arm in ("total", "all"):
        return {"scope": "total", "arm_id": None, "reference_arm_id": None}
    if arm.startswith("contrast") or qualifiers.startswith("contrast vs"):
        return {"scope": "contrast", "arm_id": names.get(arm), "reference_arm_id": reference if names.get(arm) else None}
    return {"scope": "arm" if arm else "trial", "arm_id": names.get(arm) or (arm or None), "reference_arm_id": None}


def article(folder: pathlib.Path) -> tuple[list[dict], list[dict], list[dict]]:
    """Values, arms and tables of one keyed article, as rows."""
    known = json.loads((folder / "article.json").read_text(encoding="utf-8"))
    name = folder.name.lower()
    arms, names, headers = [], {}, {}
    for arm in known["arms"]:
        if arm["name"] != "total":
            arms.append({"article_id": name, "arm_id": arm["name"], "label": arm["name"], "aliases": tuple(arm.get("aliases") or ()), "role": arm.get("role") or "unknown",
                         "members": tuple(arm.get("members") or ()), "n_randomized": arm.get("n_randomized")})  # fmt: skip
        for alias in (arm["name"], *(arm.get("aliases") or ())):
            names[alias] = arm["name"]
        headers[arm["name"]] = arm.get("n_header") or {}
    reference = next((a["arm_id"] for a in arms if a["role"] == "control"), None)
    tables = [{"article_id": name, "table_id": t["id"], "label": t["label"], "caption": "", "kind": t["kind"], "n_rows": 0, "n_columns": 0, "n_header_rows": 1,
               "status": "extracted", "message": None} for t in known["tables"]]  # fmt: skip
    values = _cells(folder, name, names, reference, headers) + _prose(folder, name, names)
    return values, arms, tables


def _cells(folder: pathlib.Path, name: str, names: dict, reference: str | None, headers: dict) -> list[dict]:
    rows: list[dict] = []
    estimate: dict[tuple, str] = {}
    column: dict[tuple, dict[str, int]] = {}
    for ordinal, r in enumerate(csv.DictReader((folder / "cells.csv").open(encoding="utf-8"))):
        statistic = STATISTIC.get(r["statistic"], r["statistic"])
        number = _number(r["value"], statistic, r["op"])
        if number is None:
            continue
        value_id = f"{name}:{r['table_id']}:r{r['row']}c{r['col']}:{ordinal}"
        who = _who(r["arm"], r["qualifiers"], names, reference)
        place = (r["table_id"], r["row"], r["col"], r["arm"])
        line = (r["table_id"], r["row"], r["arm"])
        if statistic not in DEPENDENT or (statistic == "percent" and (place not in estimate)):
            estimate[place] = estimate[line] = value_id
        owner = estimate.get(place) or (estimate.get(line) if statistic in ("ci_lower", "ci_upper", "p_value") else None)
        if who["scope"] != "contrast":
            column.setdefault((r["table_id"], r["arm"]), {}).setdefault(r["population"], int(r["col"]))
        rows.append({"value_id": value_id, "article_id": name, "source_kind": "table", "table_id": r["table_id"], "row_index": int(r["row"]), "column_index": int(r["col"]),
                     "row_path": tuple(json.loads(r["row_path"]) if r["row_path"] else [r["row_label"]]), **who, "population": r["population"] or None, "endpoint": None,
                     "grade": (r["grade"] or "").replace("≥", ">=") or None, "timepoint": r["timepoint"] or None, "statistic": statistic, "estimate_id": owner, **number})  # fmt: skip
    for (table, arm), populations in column.items():
        known = headers.get(names.get(arm, arm), {})
        sizes = known.get(table, {p: known.get(f"{table} {p}") for p in populations})
        for population, at in populations.items():
            n = sizes.get(population) if isinstance(sizes, dict) else sizes
            if isinstance(n, int):
                rows.append({"value_id": f"{name}:{table}:r0c{at}:n", "article_id": name, "source_kind": "table", "table_id": table, "row_index": 0, "column_index": at, "row_path": (),
                             **_who(arm, "", names, reference), "statistic": "n", **_number(str(n), "n", "")})  # fmt: skip
    return rows


def _prose(folder: pathlib.Path, name: str, names: dict) -> list[dict]:
    rows: list[dict] = []
    first: dict[str, str] = {}
    for k, r in enumerate(csv.DictReader((folder / "prose.csv").open(encoding="utf-8"))):
        statistic = STATISTIC.get(r["statistic"], r["statistic"])
        number = _number(r["value"], statistic, r["op"])
        if number is None:
            continue
        for j, section in enumerate((r["section"] or "results").split(";")):
            key = f"{r['id']}:{section}"
            at = 1_000_000 * j + 1000 * int(r["id"].strip("rp") or 0) + k
            value_id = f"{name}:text:{at}"
            first.setdefault(key, value_id)
            arm = "contrast" if r["arm"].startswith("contrast") else r["arm"]
            grade = next((g for g in ("3-4", "3-5") if f"grade {g}" in r["endpoint"]), None)
            rows.append({"value_id": value_id, "span_id": f"{name}@{at}-{at}", "article_id": name, "source_kind": "prose", "section": section.strip(), "row_path": (),
                         **_who(arm, "", names, None), "endpoint": r["endpoint"].replace(f"grade {grade} ", ""), "grade": grade, "population": r["population"] or None,
                         "statistic": statistic, "estimate_id": first[key], "unit": r["unit"] or None, **number})  # fmt: skip
    return rows


def frames(folders: list[pathlib.Path]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """values, arms, tables, observations of the keyed articles."""
    values, arms, tables = (sum(parts, []) for parts in zip(*(article(f) for f in folders), strict=True))
    frame = pd.DataFrame(values)
    for column in ("subgroup", "assessor", "method", "sides", "note"):
        frame[column] = None
    return frame, pd.DataFrame(arms), pd.DataFrame(tables), pd.DataFrame(columns=["article_id", "kind", "table_id", "value_ids", "arm_id", "detail"])


def problems(folders: list[pathlib.Path]) -> pd.DataFrame:
    read = [pd.read_csv(f / "problems.csv", dtype=str).assign(article_id=f.name.lower()) for f in folders]
    return pd.concat(read, ignore_index=True)


def _figures(*texts: object) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", " ".join(str(t) for t in texts)))


def score(checks: pd.DataFrame, values: pd.DataFrame, known: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(the keyed problems with `found`, the open findings of these articles with `keyed`).

    A finding and a problem are the same where the finding touches the problem's row (its table where no row is told or the whole column is
    meant), or, in prose, where two of its figures are printed there.
    """
    findings = checks[checks["verdict"].isin(["inconsistent", "impossible"]) | (checks["severity"] != "info")]
    findings = findings[findings["article_id"].isin(known["article_id"])]
    place = values.set_index("value_id")[["table_id", "row_index", "printed"]]
    found, keyed = [False] * len(known), [False] * len(findings)
    for k, f in enumerate(findings.itertuples()):
        at = place.loc[[v for v in f.value_ids if v in place.index]]
        cells, tables, printed = set(zip(at["table_id"], at["row_index"], strict=True)), set(at["table_id"].dropna()), set(at["printed"])
        for j, p in enumerate(known.itertuples()):
            if p.article_id != f.article_id:
                continue
            row = None if pd.isna(p.row) else int(p.row)
            wide = row is None or p.kind in ("sum_vs_n", "header_n_mismatch")
            if (p.table_id, row) in cells or (wide and p.table_id in tables) or (p.table_id == "prose" and len(printed & _figures(p.printed, p.recomputed)) >= 2):
                found[j] = keyed[k] = True
    return known.assign(found=found), findings.assign(keyed=keyed)


def report(checks: pd.DataFrame, values: pd.DataFrame, known: pd.DataFrame) -> None:
    """Recall of the keyed problems and precision of the grave findings on the same articles, printed."""
    scored, findings = score(checks, values, known)
    for severity, rows in scored.groupby("severity"):
        print(f"keyed {severity} problems: {rows['found'].sum()} of {len(rows)} found")
    grave = findings[findings["severity"].isin(["major", "critical"]) & findings["verdict"].isin(["inconsistent", "impossible"])]
    print(f"major or critical findings on the keyed articles: {len(grave)}, of these keyed {grave['keyed'].sum()}")
    print(scored[(scored["severity"] == "major") & ~scored["found"]][["article_id", "id", "table_id", "kind", "printed"]].to_string())
    for finding in grave[~grave["keyed"]].itertuples():
        print(f"not keyed: {finding.article_id} {finding.rule_id}: {finding.explanation}")


def main() -> None:
    folders = sorted(f for f in KEY.iterdir() if f.is_dir())
    values, arms, tables, observations = frames(folders)
    checks = audit.check(values, arms, tables, observations)
    report(checks, values, problems(folders))
    findings = checks[checks["verdict"].isin(["inconsistent", "impossible"])]
    print(findings.groupby(["severity", "rule_id"]).size().to_string())
    if "--show" in sys.argv:
        for f in findings.sort_values(["article_id", "severity"]).itertuples():
            print(f"[{f.severity}] {f.article_id} {f.rule_id}: {f.explanation}")


if __name__ == "__main__":
    main()
