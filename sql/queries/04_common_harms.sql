-- Which adverse events did at least 10 % of either arm have, and which of them are not chance (false discovery rate 5 %)?
SELECT article_id, term, arm_events, reference_arm_events, difference, lower, upper, risk_ratio,
    round(p_adjusted, 4) AS p_adjusted, p_adjusted < 0.05 AS discovered
FROM adverse_events(min_percent := 10)
ORDER BY article_id, abs(difference) DESC;
