-- Which printed figures cannot be right, or contradict each other, and where do they stand?
SELECT article_id, severity, rule_id, explanation, line, table_id, quote
FROM quality.open_finding;
