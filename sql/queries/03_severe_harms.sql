-- Which grade 3 or 4 adverse events are more frequent with treatment, and how many patients must be treated for one more?
SELECT article_id, term, arm_events, reference_arm_events, difference, lower, upper, nnt_text, round(p_adjusted, 4) AS p_adjusted, grade_basis
FROM adverse_events(grade := '3-4')
WHERE lower > 0
ORDER BY article_id, difference DESC;
