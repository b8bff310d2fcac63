-- Who was studied: the baseline table with one column an arm.
PIVOT (SELECT article_id, characteristic, level, level_order, arm, shown FROM evidence.table_one WHERE shown IS NOT NULL)
ON arm USING first(shown) GROUP BY article_id, characteristic, level, level_order
ORDER BY article_id, characteristic, level_order NULLS FIRST;
