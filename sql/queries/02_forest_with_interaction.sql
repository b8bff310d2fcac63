-- Does the treatment effect differ between subgroups? Ratios by level, with each factor's test of interaction.
SELECT article_id, outcome, factor, level, n, reference_n, shown, interaction_test, round(interaction_p, 2) AS interaction_p
FROM forest()
WHERE level IS NOT NULL
ORDER BY article_id, outcome, factor NULLS LAST, level;
