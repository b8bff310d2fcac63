"""The small file of curve coordinates and numbers at risk beside an article, since articles hold them only in figures.

Belongs here: its format (docs/curves.md) and how its names become arms. Does not: opening files, or what is made of the figures.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

import pandas as pd

NEEDED = ("endpoint", "arm", "time_months")
KINDS = {"n_risk": "number_at_risk", "survival": "survival", "total_events": "total_events"}
OPTIONAL = ("assessor", "population", "source")
COLUMNS = ("article_id", "endpoint", "assessor", "population", "arm_id", "kind", "time_months", "value", "source", "source_path", "line")


def parse(text: str, source_path: str, article_id: str) -> pd.DataFrame:
    """The rows of evidence.curve_point that a sidecar holds: one for each number. `arm_id` is still the name that the file uses.

    Raises ValueError with the line where the file is not as docs/curves.md has it. The columns are those of schemas.CurvePoint, whose
    Pandera model judges the rows once more where they land.
    """
    rows = [{"article_id": article_id, "source_path": source_path, **row} for row in _rows(text)]
    if not rows:
        raise ValueError("the sidecar holds no figures")
    _increasing(rows)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(text: str) -> Iterator[dict[str, object]]:
    lines = [(number, line) for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1) if line.strip()]
    sources = [line.split(":", 1)[1].strip() for _, line in lines if re.match(r"#\s*source\s*:", line, re.I)]
    lines = [(number, line) for number, line in lines if not line.lstrip().startswith("#")]
    if not lines:
        return
    header = [name.strip().lower() for name in next(csv.reader([lines[0][1]]))]
    _check_header(header)
    for number, line in lines[1:]:
        cells = [cell.strip() for cell in next(csv.reader([line]))]
        if len(cells) != len(header):
            raise ValueError(f"line {number}: {len(cells)} cells under {len(header)} columns")
        cell = dict(zip(header, cells, strict=True))
        if not all(cell[name] for name in NEEDED):
            raise ValueError(f"line {number}: endpoint, arm and time_months must not be empty")
        given = [name for name in KINDS if cell.get(name)]
        if not given:
            raise ValueError(f"line {number}: none of {', '.join(KINDS)} is given")
        for place, name in enumerate(given):
            value = _number(cell[name], number)
            if name == "survival" and value > 1:
                raise ValueError(f"line {number}: survival {value:g} is no proportion (0 to 1)")
            if name != "survival" and value % 1:
                raise ValueError(f"line {number}: {name} {value:g} is not whole")
            yield {
                "endpoint": cell["endpoint"],
                "assessor": cell.get("assessor") or None,
                "population": cell.get("population") or None,
                "arm_id": cell["arm"],
                "kind": KINDS[name],
                "time_months": _number(cell["time_months"], number),
                "value": value,
                "source": cell.get("source") or ("; ".join(sources) or None),
                # several figures of one line: told apart, yet each still points near its line
                "line": number if place == 0 else number + place * 1_000_000,
            }


def _check_header(header: list[str]) -> None:
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise ValueError(f"line 1: no column {', '.join(missing)}")
    unknown = [name for name in header if name not in {*NEEDED, *KINDS, *OPTIONAL}]
    if unknown:
        raise ValueError(f"line 1: unknown column {', '.join(unknown)}")
    if not any(name in header for name in KINDS):
        raise ValueError(f"line 1: none of the columns {', '.join(KINDS)}")


def _number(cell: str, line: int) -> float:
    try:
        value = float(cell)
    except ValueError:
        raise ValueError(f"line {line}: {cell!r} is not a number") from None
    if not 0 <= value < 1e9:
        raise ValueError(f"line {line}: {cell} is out of range")
    return value


def _increasing(rows: list[dict[str, object]]) -> None:
    """Numbers at risk fall and have one value a time."""
    before: dict[tuple[object, ...], tuple[float, float]] = {}
    at_risk = [row for row in rows if row["kind"] == "number_at_risk"]
    for row in sorted(at_risk, key=lambda row: float(str(row["time_months"]))):
        key = (row["endpoint"], row["assessor"], row["population"], row["arm_id"])
        time, value = float(str(row["time_months"])), float(str(row["value"]))
        if key in before and (time == before[key][0] or value > before[key][1]):
            raise ValueError(f"line {row['line']}: {value:g} at risk at {time:g} months after {before[key][1]:g} at {before[key][0]:g}")
        before[key] = (time, value)


def resolve(curve_point: pd.DataFrame, arm: pd.DataFrame) -> pd.DataFrame:
    """`curve_point` with arm_id of the article's arms in place of the file's names (id, label or alias, however spelled).

    Rows of a name that fits no arm, or more than one, are left out; `attrs["unmatched"]` lists these names.
    """
    found, unmatched = [], []
    for (article_id, name), _ in curve_point.groupby(["article_id", "arm_id"], sort=False):
        arms = arm[arm.article_id == article_id]
        ids = _ids(str(name), arms)
        if len(ids) == 1:
            found.append({"article_id": article_id, "arm_id": name, "_id": ids[0]})
        else:
            unmatched.append(f"{article_id}: {name}")
    names = pd.DataFrame(found, columns=["article_id", "arm_id", "_id"])
    rows = curve_point.merge(names, on=["article_id", "arm_id"], how="inner")
    rows["arm_id"] = rows.pop("_id")
    rows.attrs["unmatched"] = unmatched
    return rows


def _ids(name: str, arms: pd.DataFrame) -> list[str]:
    wanted = _plain(name)
    names = {
        row.arm_id: [_plain(str(text)) for text in (row.arm_id, row.label, *(row.aliases if row.aliases is not None else ()))]
        for row in arms.itertuples()
    }
    exact = [arm_id for arm_id, texts in names.items() if wanted in texts]
    if exact:
        return exact
    words = set(wanted.split())
    score = {
        arm_id: max(len(words & set(text.split())) / max(len(words | set(text.split())), 1) for text in texts)
        for arm_id, texts in names.items()
    }
    best = max(score.values(), default=0.0)
    return [arm_id for arm_id, value in score.items() if value == best and best >= 0.5]


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", text.lower()).split())
