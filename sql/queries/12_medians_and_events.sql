-- How long until the event, arm by arm, and how many had it?
SELECT t.article_id, t.endpoint, t.assessor, t.population, a.label AS arm, t.n_events, t.arm_n, t.median, t.ci_lower,
    coalesce(t.ci_upper::VARCHAR, t.ci_upper_missing_reason) AS ci_upper, t.unit
FROM evidence.time_to_event t
LEFT JOIN evidence.arm a ON a.article_id = t.article_id AND a.arm_id = t.arm_id
WHERE t.timepoint IS NULL
ORDER BY t.article_id, t.endpoint, t.assessor, arm;
