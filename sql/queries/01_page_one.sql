-- What did each study find, on one page: its size, its main effect, its most increased harm?
SELECT article_id, study_id, n_randomized, endpoint, measure,
    format('{:.2f} ({:.2f} to {:.2f})', estimate, ci_lower, ci_upper) AS effect,
    concat(p_value_comparator, p_value) AS p,
    arm_value, reference_value, unit, top_adverse_event, round(100 * top_rd, 1) AS top_difference_in_points, n_critical, n_major
FROM mart.study_summary
ORDER BY study_id, article_id;
