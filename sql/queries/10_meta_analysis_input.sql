-- What goes into a meta-analysis: log ratios with standard errors, and how far rounding leaves the standard error open.
SELECT study_id, endpoint, population, assessor, measure, arm, reference_arm, round(yi, 4) AS yi, round(sei, 4) AS sei,
    round(sei_low, 4) AS sei_low, round(sei_high, 4) AS sei_high, source, trusted
FROM mart.meta_analysis_input
ORDER BY endpoint, study_id;
