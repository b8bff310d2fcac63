"""What a declaration gives: columns, order, types, rules, and that it costs next to nothing."""

import subprocess
import sys

import pytest

import schemas
from schemas import contract
from schemas.contract import Contract, column, figure, rule


class Shared(Contract):
    """Columns that tables share."""

    row_id: str = column("Row")
    note: str | None = column("Note", last=True)

    @rule("a shared rule")
    def shared_rule(cls, rows):
        return rows.row_id.notna()


class Sample(Shared):
    """A table
    in two lines."""

    n: int | None = figure("Patients", unit="patients", ge=0)
    words: list[str] = column("Words")

    class Config:
        name = "evidence.sample"
        unique = ("row_id",)

    @rule("a rule of its own")
    def own_rule(cls, rows):
        return rows.n.notna()


def test_columns_come_in_the_order_of_declaration_with_the_last_ones_last():
    assert list(Sample.columns) == ["row_id", "n", "n_value_id", "words", "note"]


def test_a_figure_brings_the_value_that_it_was_taken_from():
    assert Sample.columns["n_value_id"].references == "evidence.published_value.value_id"
    assert Sample.columns["n_value_id"].nullable


def test_rules_are_inherited():
    assert [one.description for one in Sample.rules] == ["a shared rule", "a rule of its own"]


def test_column_rows_are_plain_data():
    assert Sample.column_rows()[1] == ("n", "BIGINT", True, "Patients (patients)", ["≥ 0"])
    assert Sample.description() == "A table in two lines."


def test_a_type_that_no_column_can_have_is_refused():
    with pytest.raises(TypeError, match="column when"):

        class Wrong(Contract):
            when: complex = column("Not a type of a column")


def test_ddl_and_comments():
    assert Sample.ddl(if_not_exists=False) == (
        'CREATE TABLE evidence.sample ("row_id" VARCHAR NOT NULL, "n" BIGINT, "n_value_id" VARCHAR, "words" VARCHAR[] NOT NULL, "note" VARCHAR)'
    )
    assert Sample.comments()[:2] == [
        "COMMENT ON TABLE evidence.sample IS 'A table in two lines.'",
        "COMMENT ON COLUMN evidence.sample.\"row_id\" IS 'Row'",
    ]


@pytest.mark.parametrize("name", schemas.TABLES)
def test_every_table_is_described(name):
    model = schemas.TABLES[name]
    assert model.description().endswith((".", "numbers.")) and len(model.description()) > 20
    assert all(len(one.description) > 2 for one in model.columns.values())
    assert model.unique and set(model.unique) <= set(model.columns)


@pytest.mark.parametrize("name", schemas.TABLES)
def test_every_reference_points_to_a_column_that_exists(name):
    for declared in schemas.TABLES[name].columns.values():
        if declared.references:
            parts = declared.references.split(".")
            target = schemas.TABLES[".".join(parts[:2])]
            assert (parts[2] if len(parts) == 3 else declared.name) in target.columns, declared


CONTRACT_TABLES = {  # every table that the contract page names, with columns that it names
    "evidence.article": "article_id study_id source_path format sha256 title journal year doi pmid pmcid nct_id n_characters n_tables_found "
    "n_tables_extracted n_values status message",
    "evidence.article_text": "article_id text",
    "evidence.arm": "article_id arm_id label aliases role members n_randomized",
    "evidence.article_table": "article_id table_id label caption kind n_rows n_columns n_header_rows status message",
    "evidence.published_value": "value_id article_id source_kind table_id row_index column_index section span_id row_path scope arm_id "
    "reference_arm_id population endpoint assessor subgroup grade timepoint statistic unit estimate_id method sides adjusted value comparator "
    "missing_reason printed decimals value_low value_high is_assumption",
    "evidence.baseline_characteristic": "parent_path characteristic level arm_id population arm_n value_ids",
    "evidence.adverse_event": "parent_path term grade arm_id population timepoint causality seriousness arm_n value_ids",
    "evidence.response": "endpoint assessor population timepoint arm_id arm_n value_ids",
    "evidence.time_to_event": "endpoint assessor population arm_id arm_n value_ids",
    "evidence.subgroup_effect": "endpoint assessor population factor level arm_id reference_arm_id value_ids",
    "evidence.comparison": "endpoint assessor population timepoint measure method arm_id reference_arm_id value_ids",
    "mart.efficacy": "row_id article_id study_id",
    "mart.safety": "row_id article_id study_id",
    "mart.subgroup": "row_id article_id study_id",
    "mart.survival_curve": "row_id article_id study_id",
    "mart.survival_estimate": "row_id article_id study_id",
    "mart.survival_contrast": "row_id article_id study_id",
    "mart.reconstruction_check": "row_id article_id study_id",
    "mart.reconstructed_patient": "row_id article_id study_id endpoint assessor arm_id draw patient time_months event method seed synthetic",
    "mart.study_summary": "row_id article_id study_id",
    "quality.number_check": "check_id article_id rule_id value_ids published recomputed_low recomputed_high verdict severity explanation",
    "quality.validation_result": "tool success",
    "quality.quarantine": "article_id reason",
    "quality.correction": "value_id printed reason reviewer",
    "lineage.source_span": "span_id article_id section table_id row_index column_index line locator page char_start char_end quote",
    "lineage.value_span": "value_id span_id role",
    "lineage.derivation": "row_id table_name value_id",
    "lineage.column_lineage": "table_name column_name source_table source_column",
    "lineage.run": "run_id asset code_version started finished rows",
    "main.meta": "schema_version",
}


@pytest.mark.parametrize("name", CONTRACT_TABLES)
def test_what_users_rely_on_is_there(name):
    assert set(CONTRACT_TABLES[name].split()) <= set(schemas.PUBLISHED[name].columns)


def test_importing_the_contracts_loads_no_heavy_library():
    code = (
        "import sys, schemas, schemas.suites; print([m for m in ('pandas', 'pandera', 'pyarrow', 'duckdb', 'dagster') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_the_pipelines_own_tables_are_not_published():
    assert "pipeline.stop_key" in schemas.TABLES and "pipeline.stop_key" not in schemas.PUBLISHED


def test_schema_version_is_told():
    assert schemas.SCHEMA_VERSION == contract.Contract.schema_version
