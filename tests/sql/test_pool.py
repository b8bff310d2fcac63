"""The pool macro against a published meta-analysis and a second implementation."""

from collections.abc import Iterator

import duckdb
import numpy as np
import pytest

from tests.conftest import ROOT

MACROS = (ROOT / "sql" / "030_macros.sql").read_text(encoding="utf-8")
POOL = MACROS[MACROS.index("CREATE OR REPLACE MACRO pool(") : MACROS.index("COMMENT ON MACRO TABLE pool")]
STUDIES = [(-0.54, 0.11), (-0.20, 0.15), (-0.75, 0.20), (0.05, 0.30)]  # log ratio and standard error, far enough apart for tau2 > 0


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        prepare(connection)
        yield connection


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE SCHEMA mart")
    connection.execute("CREATE TABLE mart.meta_analysis_input (endpoint VARCHAR, study_id VARCHAR, article_id VARCHAR, row_id VARCHAR, "
                       "measure VARCHAR, yi DOUBLE, vi DOUBLE, trusted BOOLEAN, source VARCHAR, assessor VARCHAR, population VARCHAR)")  # fmt: skip
    connection.execute(POOL)
    for number, (yi, se) in enumerate(STUDIES):
        add(connection, f"S{number}", yi, se)


def add(
    connection: duckdb.DuckDBPyConnection, study: str, yi: float, se: float, article: str = "a", trusted: bool = True, assessor=None
) -> None:
    row = ["survival", study, article, f"{study}{article}{assessor}", "hazard_ratio", yi, se**2, trusted, "published", assessor, "ITT"]
    connection.execute(f"INSERT INTO mart.meta_analysis_input VALUES ({', '.join('?' * len(row))})", row)


def pooled(connection: duckdb.DuckDBPyConnection) -> dict:
    found = connection.execute("FROM pool(endpoint := 'survival')")
    return dict(zip([column[0] for column in found.description], found.fetchone(), strict=True))


def test_both_models_as_statsmodels_has_them(database):
    from statsmodels.stats.meta_analysis import combine_effects

    y, se = (np.array(column) for column in zip(*STUDIES, strict=True))
    known = combine_effects(y, se**2, method_re="chi2")  # DerSimonian & Laird
    found = pooled(database)
    assert found["tau2"] == pytest.approx(known.tau2) and known.tau2 > 0
    assert np.log(found["common_effect"]) == pytest.approx(known.mean_effect_fe)
    assert np.log(found["random_effects"]) == pytest.approx(known.mean_effect_re)
    half = np.log(found["random_upper"] / found["random_lower"]) / 2
    assert half == pytest.approx(1.959964 * known.sd_eff_w_re)
    assert found["i2"] == pytest.approx(100 * known.i2)


def test_a_study_counts_once_and_by_its_trusted_investigator_estimate(database):
    before = pooled(database)
    add(database, "S0", 2.0, 0.01, article="b", trusted=False)
    add(database, "S1", 2.0, 0.01, assessor="blinded independent central review")
    after = pooled(database)
    figures = {name for name, value in before.items() if isinstance(value, float)}  # DuckDB adds these up in any order
    assert {name: after[name] for name in figures} == pytest.approx({name: before[name] for name in figures}, rel=1e-12)
    assert {name: after[name] for name in after if name not in figures} == {name: before[name] for name in before if name not in figures}
