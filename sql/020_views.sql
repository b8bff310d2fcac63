-- Views: the joins that most questions start with. They add words (labels, titles, quotes) to numbers and compute nothing new.

-- Every analysable effect in one table, whatever it is about.
CREATE OR REPLACE VIEW mart.effect AS
SELECT 'efficacy' AS domain, e.row_id, e.article_id, e.study_id, e.endpoint AS outcome, NULL AS grade, e.population, e.assessor, e.timepoint,
    NULL AS factor, e.subgroup AS level, e.arm_id, e.reference_arm_id, e.measure, e.source, e.estimate, e.ci_lower, e.ci_upper,
    e.log_estimate, e.log_se, e.events, e.n, e.reference_events, e.reference_n, e.trusted, e.flag
FROM mart.efficacy e
UNION ALL
SELECT 'subgroup', s.row_id, s.article_id, s.study_id, s.endpoint, NULL, s.population, s.assessor, s.timepoint,
    s.factor, s.level, s.arm_id, s.reference_arm_id, s.measure, 'published', s.estimate, s.ci_lower, s.ci_upper,
    s.log_estimate, s.log_se, s.events, s.n, s.reference_events, s.reference_n, s.trusted, s.flag
FROM mart.subgroup s
UNION ALL
SELECT 'safety', a.row_id, a.article_id, a.study_id, a.term, a.grade, a.population, NULL, a.timepoint,
    NULL, NULL, a.arm_id, a.reference_arm_id, 'risk_difference', 'derived', a.risk_difference, a.rd_lower, a.rd_upper,
    NULL, NULL, a.events, a.n, a.reference_events, a.reference_n, a.trusted, a.flag
FROM mart.safety a;
COMMENT ON VIEW mart.effect IS 'Efficacy, subgroup and safety effects in one table; safety as risk difference (proportion), its other measures are in mart.safety';

-- A printed value with the arm's label, its line and its quote.
CREATE OR REPLACE VIEW evidence.value_in_place AS
SELECT v.article_id, v.value_id, v.printed, v.statistic, v.value, v.unit, a.label AS arm, r.label AS reference_arm, v.endpoint,
    array_to_string(v.row_path, ' > ') AS row_label, v.grade, v.population, v.timepoint, v.subgroup, v.scope, v.source_kind,
    v.section, v.table_id, s.line, s.locator, s.quote, v.note
FROM evidence.published_value v
LEFT JOIN evidence.arm a ON a.article_id = v.article_id AND a.arm_id = v.arm_id
LEFT JOIN evidence.arm r ON r.article_id = v.article_id AND r.arm_id = v.reference_arm_id
LEFT JOIN lineage.source_span s ON s.span_id = v.span_id;
COMMENT ON VIEW evidence.value_in_place IS 'Printed values with the labels of their arms, and the line and characters where they stand';

-- What the audit found, with the first figure that it is about.
CREATE OR REPLACE VIEW quality.open_finding AS
SELECT c.article_id, c.severity, c.verdict, c.rule_id, c.explanation, c.published, c.recomputed_low, c.recomputed_high,
    p.printed AS first_figure, p.line, p.table_id, p.quote, len(c.value_ids) AS figures, c.check_id
FROM quality.number_check c
LEFT JOIN evidence.value_in_place p ON p.value_id = c.value_ids[1]
WHERE c.verdict IN ('inconsistent', 'impossible')
ORDER BY list_position(['critical', 'major', 'minor', 'info'], c.severity), c.article_id, p.line;
COMMENT ON VIEW quality.open_finding IS 'Findings of the number audit that stand open, gravest first, with the place of their first figure';

-- Time-to-event and ratio effects as meta-analysis software takes them.
CREATE OR REPLACE VIEW mart.meta_analysis_input AS
SELECT e.study_id, e.article_id, e.endpoint, e.population, e.assessor, e.timepoint, e.measure, a.label AS arm, r.label AS reference_arm,
    e.log_estimate AS yi, e.log_se AS sei, e.log_se ** 2 AS vi, e.log_se_low AS sei_low, e.log_se_high AS sei_high,
    e.events AS ai, e.n AS n1i, e.reference_events AS ci, e.reference_n AS n2i, e.source, e.adjusted, e.trusted, e.row_id
FROM mart.efficacy e
LEFT JOIN evidence.arm a ON a.article_id = e.article_id AND a.arm_id = e.arm_id
LEFT JOIN evidence.arm r ON r.article_id = e.article_id AND r.arm_id = e.reference_arm_id
WHERE e.log_se > 0 AND e.subgroup IS NULL;
COMMENT ON VIEW mart.meta_analysis_input IS 'Log ratios with standard errors and counts, named as the metafor package names them (yi, sei, ai, n1i, ci, n2i)';

-- The printed form of each baseline row, as a table 1 shows it.
CREATE OR REPLACE VIEW evidence.table_one AS
SELECT b.article_id, array_to_string(list_append(b.parent_path, b.characteristic), ' > ') AS characteristic, b.level, b.level_order,
    coalesce(a.label, 'All patients') AS arm, b.arm_n,
    CASE
        WHEN b.n IS NOT NULL AND b.percent IS NOT NULL THEN format('{} ({}%)', b.n, b.percent)
        WHEN b.n IS NOT NULL THEN b.n::VARCHAR
        WHEN b.percent IS NOT NULL THEN format('{}%', b.percent)
        WHEN b.median IS NOT NULL THEN concat('median ', b.median,
            CASE WHEN b.minimum IS NOT NULL AND b.maximum IS NOT NULL THEN format(' (range {} to {})', b.minimum, b.maximum)
                 WHEN b.q1 IS NOT NULL AND b.q3 IS NOT NULL THEN format(' (IQR {} to {})', b.q1, b.q3) ELSE '' END)
        WHEN b.mean IS NOT NULL THEN concat('mean ', b.mean, CASE WHEN b.sd IS NOT NULL THEN format(' (SD {})', b.sd)
            WHEN b.se IS NOT NULL THEN format(' (SE {})', b.se) ELSE '' END)
    END AS shown,
    b.unit, b.population, b.table_id, b.row_id
FROM evidence.baseline_characteristic b
LEFT JOIN evidence.arm a ON a.article_id = b.article_id AND a.arm_id = b.arm_id;
COMMENT ON VIEW evidence.table_one IS 'Baseline characteristics in words, one row a characteristic, level and arm';

-- How far each article and each of its tables was read.
CREATE OR REPLACE VIEW evidence.coverage AS
SELECT a.article_id, t.table_id, t.label, t.kind, t.status, t.n_rows, t.n_columns, count(v.value_id) AS n_values,
    count(v.value_id) FILTER (WHERE v.statistic = 'other') AS n_not_understood, t.message
FROM evidence.article a
LEFT JOIN evidence.article_table t ON t.article_id = a.article_id
LEFT JOIN evidence.published_value v ON v.article_id = t.article_id AND v.table_id = t.table_id
GROUP BY ALL;
COMMENT ON VIEW evidence.coverage IS 'Tables of each article: how they were read, how many figures they gave, how many of those are not understood';
