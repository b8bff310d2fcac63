-- Who was studied: the baseline table of one article (here the first; put another id in its place) with one column an arm.
PIVOT (
    SELECT characteristic, level, level_order, arm, shown FROM evidence.table_one
    WHERE shown IS NOT NULL AND article_id = (SELECT min(article_id) FROM evidence.table_one)
)
ON arm USING first(shown) GROUP BY characteristic, level, level_order
ORDER BY characteristic, level_order NULLS FIRST;
