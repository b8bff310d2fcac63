-- Which results does the article print more than once, and do all prints agree?
SELECT r.kind, r.article_id, r.what, r.arm, r.prints, r.note
FROM (
    SELECT 'comparison' AS kind, article_id, endpoint AS what, arm_id AS arm, len(value_ids) AS prints, note, estimate_value_id AS value_id, value_ids FROM evidence.comparison
    UNION ALL SELECT 'adverse event', article_id, concat(term, coalesce(', grade ' || grade, '')), arm_id, len(value_ids), note, coalesce(n_value_id, percent_value_id), value_ids FROM evidence.adverse_event
    UNION ALL SELECT 'response', article_id, endpoint, arm_id, len(value_ids), note, coalesce(n_value_id, percent_value_id), value_ids FROM evidence.response
) r
WHERE (SELECT count(DISTINCT p.section || coalesce(p.table_id, '')) FROM evidence.published_value p WHERE p.value_id IN (SELECT unnest(r.value_ids))) > 1
ORDER BY r.note IS NULL, r.article_id, r.kind, r.what;
