-- Table macros: questions with parameters. Every parameter may be left out; `%` in a text stands for anything, case does not matter.
-- In an attached database: USE its name first, or a macro does not find its tables.

-- forest(endpoint, article): the rows of a forest plot, the whole trial first, then the subgroups by factor.
CREATE OR REPLACE MACRO forest(endpoint := NULL, article := NULL) AS TABLE
SELECT e.study_id, e.article_id, e.outcome, e.population, e.assessor, e.factor, e.level, a.label AS arm, r.label AS reference_arm, e.measure,
    e.n, e.reference_n, e.events, e.reference_events, e.estimate, e.ci_lower, e.ci_upper,
    format('{:.2f} ({}-{})', e.estimate, coalesce(format('{:.2f}', e.ci_lower), 'NE'), coalesce(format('{:.2f}', e.ci_upper), 'NE')) AS shown,
    e.log_estimate, e.log_se, s.interaction_p, s.interaction_test, e.trusted, e.row_id
FROM mart.effect e
LEFT JOIN mart.subgroup s ON s.row_id = e.row_id
LEFT JOIN evidence.arm a ON a.article_id = e.article_id AND a.arm_id = e.arm_id
LEFT JOIN evidence.arm r ON r.article_id = e.article_id AND r.arm_id = e.reference_arm_id
WHERE e.domain <> 'safety' AND e.source = 'published' AND e.estimate IS NOT NULL
    AND e.measure IN ('hazard_ratio', 'odds_ratio', 'risk_ratio', 'ratio')
    AND (endpoint IS NULL OR e.outcome ILIKE endpoint) AND (article IS NULL OR e.article_id ILIKE article)
ORDER BY e.study_id, e.article_id, e.outcome, e.domain, coalesce(e.assessor, 'investigator') <> 'investigator', e.factor NULLS LAST,
    s.level_order, e.level;
COMMENT ON MACRO TABLE forest IS 'Rows of a forest plot: published ratios of the whole trial, then of subgroups. Example: FROM forest(endpoint := ''progression%'')';

-- adverse_events(min_percent, grade, article): both arms side by side, for terms that at least min_percent of either arm had.
CREATE OR REPLACE MACRO adverse_events(min_percent := 0, grade := 'any', article := NULL) AS TABLE
SELECT s.study_id, s.article_id, s.term, s.grade, a.label AS arm, r.label AS reference_arm,
    format('{}/{} ({:.1f}%)', s.events, s.n, s.percent) AS arm_events,
    format('{}/{} ({:.1f}%)', s.reference_events, s.reference_n, s.reference_percent) AS reference_arm_events,
    round(100 * s.risk_difference, 1) AS difference, round(100 * s.rd_lower, 1) AS lower, round(100 * s.rd_upper, 1) AS upper,
    round(s.risk_ratio, 2) AS risk_ratio, s.nnt_text, s.p_adjusted, s.zero_cell, s.grade_basis, s.trusted, s.row_id
FROM mart.safety s
JOIN evidence.arm a ON a.article_id = s.article_id AND a.arm_id = s.arm_id
JOIN evidence.arm r ON r.article_id = s.article_id AND r.arm_id = s.reference_arm_id
WHERE greatest(s.percent, s.reference_percent) >= min_percent
    AND (grade IS NULL OR coalesce(s.grade, 'any') = grade) AND (article IS NULL OR s.article_id ILIKE article)
ORDER BY s.study_id, s.article_id, s.risk_difference DESC, s.term;
COMMENT ON MACRO TABLE adverse_events IS 'Adverse events of both arms with the risk difference in percentage points. Example: FROM adverse_events(min_percent := 10)';

-- pool(endpoint, measure): meta-analysis over studies: inverse variance (common effect) and DerSimonian & Laird 1986 (random effects,
-- doi:10.1016/0197-2456(86)90046-2). One estimate a study: a trusted one first, by the investigators before others, ITT first.
CREATE OR REPLACE MACRO pool(endpoint := NULL, measure := 'hazard_ratio') AS TABLE
WITH ranked AS (
    SELECT m.endpoint, m.study_id, m.yi, m.vi, row_number() OVER (
        PARTITION BY m.endpoint, m.study_id
        ORDER BY m.trusted DESC, m.source = 'published' DESC, coalesce(m.assessor, 'investigator') = 'investigator' DESC,
            coalesce(m.population, 'ITT') = 'ITT' DESC, m.article_id, m.row_id) AS place
    FROM mart.meta_analysis_input m
    WHERE m.measure = measure AND (endpoint IS NULL OR m.endpoint ILIKE endpoint)
),
weights AS (SELECT k.endpoint, k.study_id, k.yi, k.vi, 1 / k.vi AS w FROM ranked k WHERE k.place = 1),
common AS (
    SELECT w.endpoint, count(*) AS studies, sum(w.w) AS sw, sum(w.w * w.w) AS sw2, sum(w.w * w.yi) / sum(w.w) AS mu,
        sum(w.w * w.yi * w.yi) - sum(w.w * w.yi) ** 2 / sum(w.w) AS q
    FROM weights w GROUP BY w.endpoint
),
spread AS (
    SELECT c.endpoint, c.studies, c.sw, c.mu, greatest(c.q, 0) AS q,
        CASE WHEN c.studies > 1 THEN greatest(0, (c.q - (c.studies - 1)) / (c.sw - c.sw2 / c.sw)) ELSE 0 END AS tau2
    FROM common c
),
random AS (
    SELECT s.endpoint, sum(1 / (w.vi + s.tau2)) AS sw, sum(w.yi / (w.vi + s.tau2)) / sum(1 / (w.vi + s.tau2)) AS mu
    FROM spread s JOIN weights w ON w.endpoint = s.endpoint GROUP BY s.endpoint
)
SELECT s.endpoint, s.studies, exp(s.mu) AS common_effect, exp(s.mu - 1.959964 / sqrt(s.sw)) AS common_lower,
    exp(s.mu + 1.959964 / sqrt(s.sw)) AS common_upper, exp(r.mu) AS random_effects, exp(r.mu - 1.959964 / sqrt(r.sw)) AS random_lower,
    exp(r.mu + 1.959964 / sqrt(r.sw)) AS random_upper, s.tau2,
    CASE WHEN s.q > 0 AND s.studies > 1 THEN greatest(0, 100 * (s.q - (s.studies - 1)) / s.q) ELSE 0 END AS i2
FROM spread s JOIN random r ON r.endpoint = s.endpoint
ORDER BY s.studies DESC, s.endpoint;
COMMENT ON MACRO TABLE pool IS 'Pooled ratios by endpoint, common-effect and random-effects, one estimate a study. Example: FROM pool(endpoint := ''overall survival'')';

-- table_one(article): the baseline table of an article in its own order.
CREATE OR REPLACE MACRO table_one(article := NULL) AS TABLE
SELECT t.article_id, t.characteristic, t.level, t.arm, t.arm_n, t.shown, t.unit, t.population, t.row_id
FROM evidence.table_one t
WHERE (article IS NULL OR t.article_id ILIKE article)
ORDER BY t.article_id, t.table_id NULLS LAST, t.row_id IS NULL;
COMMENT ON MACRO TABLE table_one IS 'Baseline characteristics as a table 1 shows them. Example: PIVOT (FROM table_one()) ON arm USING first(shown)';

-- find(pattern): every printed value whose labels, endpoint or quote match, with its place.
CREATE OR REPLACE MACRO find(pattern) AS TABLE
SELECT p.article_id, p.printed, p.unit, p.statistic, p.arm, p.reference_arm, p.endpoint, p.row_label, p.grade, p.subgroup, p.section,
    p.table_id, p.line, p.quote, p.value_id
FROM evidence.value_in_place p
WHERE concat_ws(' ', p.endpoint, p.row_label, p.subgroup, p.arm) ILIKE concat('%', pattern, '%')
ORDER BY p.article_id, p.line, p.value_id;
COMMENT ON MACRO TABLE find IS 'Printed values whose labels match a pattern, with line and quote. Example: FROM find(''neutropenia'')';
