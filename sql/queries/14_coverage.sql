-- How much of each article was read, and what was not understood?
SELECT article_id, table_id, label, kind, status, n_values, n_not_understood, message
FROM evidence.coverage
ORDER BY article_id, table_id;
