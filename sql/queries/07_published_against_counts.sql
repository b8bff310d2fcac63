-- Do the published effects agree with what the printed counts give?
SELECT article_id, endpoint, population, measure, estimate, ci_lower, ci_upper,
    round(recomputed_estimate, 2) AS from_counts, round(recomputed_lower, 2) AS from_counts_lower, round(recomputed_upper, 2) AS from_counts_upper,
    agreement, agreement_note
FROM mart.efficacy
WHERE source = 'published'
ORDER BY agreement = 'not_checkable', article_id, endpoint, population;
