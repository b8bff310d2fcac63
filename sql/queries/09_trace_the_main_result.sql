-- Where on the page does the main result come from? Every printed figure behind it, with line and quote.
SELECT t.article_id, t.statistic, t.printed, t.section, t.table_id, t.line, t.quote
FROM mart.study_summary s, lineage.trace(s.row_id) t
WHERE t.role = 'value'
ORDER BY t.article_id, t.char_start;
