-- Which results does the text give without telling the arm or the population that they are about?
SELECT article_id, section, line, statistic, printed, endpoint, arm, population, quote
FROM evidence.value_in_place
WHERE source_kind = 'prose' AND scope = 'arm' AND (arm IS NULL OR population IS NULL) AND statistic IN ('percent', 'count', 'median')
ORDER BY article_id, line;
