-- lineage.trace(id): the printed figures behind a row or a value, each with its place and quote, and the places that gave it its meaning.
-- id is a row_id of any table, a value_id, or a check_id. One row per value and place; the value's own place comes first.
CREATE OR REPLACE MACRO lineage.trace(id) AS TABLE
WITH asked AS (
    SELECT value_id FROM evidence.published_value WHERE value_id = id
    UNION SELECT value_id FROM lineage.derivation WHERE row_id = id
    UNION SELECT unnest(value_ids) FROM evidence.baseline_characteristic WHERE row_id = id
    UNION SELECT unnest(value_ids) FROM evidence.adverse_event WHERE row_id = id
    UNION SELECT unnest(value_ids) FROM evidence.response WHERE row_id = id
    UNION SELECT unnest(value_ids) FROM evidence.time_to_event WHERE row_id = id
    UNION SELECT unnest(value_ids) FROM evidence.subgroup_effect WHERE row_id = id
    UNION SELECT unnest(value_ids) FROM evidence.comparison WHERE row_id = id
    UNION SELECT unnest(value_ids) FROM quality.number_check WHERE check_id = id
),
places AS (
    SELECT value_id, span_id, 'value' AS role FROM evidence.published_value SEMI JOIN asked USING (value_id)
    UNION SELECT value_id, span_id, role FROM lineage.value_span SEMI JOIN asked USING (value_id)
),
applied AS (
    SELECT value_id, arg_max(printed, recorded_at) AS corrected_to
    FROM quality.correction WHERE status = 'applied' GROUP BY value_id
)
SELECT
    v.article_id,
    v.value_id,
    v.printed,
    v.statistic,
    p.role,
    s.line,
    s.page,
    s.locator,
    s.quote,
    coalesce(s.section, v.section) AS section,
    coalesce(s.table_id, v.table_id) AS table_id,
    s.row_index,
    s.column_index,
    s.char_start,
    s.char_end,
    v.endpoint,
    v.arm_id,
    v.note,
    a.source_path,
    c.corrected_to
FROM asked
JOIN evidence.published_value v ON v.value_id = asked.value_id
JOIN evidence.article a ON a.article_id = v.article_id
JOIN places p ON p.value_id = v.value_id
JOIN lineage.source_span s ON s.span_id = p.span_id
LEFT JOIN applied c ON c.value_id = v.value_id
ORDER BY v.article_id, v.value_id, list_position(['value', 'row_label', 'column_header', 'context', 'footnote'], p.role), s.char_start;

COMMENT ON MACRO TABLE lineage.trace IS 'The printed figures behind a row_id, value_id or check_id, with place, line and quote';
