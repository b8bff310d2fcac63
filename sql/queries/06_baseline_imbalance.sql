-- Were the arms alike at baseline? Levels by their standardized difference (Austin 2009, doi:10.1002/sim.3697); above 0.1 is worth a look.
WITH shares AS (
    SELECT b.article_id, b.characteristic, b.level, b.arm_id, coalesce(b.n / b.arm_n, b.percent / 100) AS p
    FROM evidence.baseline_characteristic b
    WHERE b.arm_id IS NOT NULL AND (b.percent IS NOT NULL OR b.n IS NOT NULL AND b.arm_n > 0)
)
SELECT DISTINCT ON (a.article_id, a.characteristic, a.level, a.arm_id, r.arm_id)
    a.article_id, a.characteristic, a.level, a.arm_id, round(100 * a.p, 1) AS percent, r.arm_id AS reference_arm_id, round(100 * r.p, 1) AS reference_percent,
    round(abs(a.p - r.p) / sqrt((a.p * (1 - a.p) + r.p * (1 - r.p)) / 2), 3) AS standardized_difference
FROM shares a
JOIN shares r ON r.article_id = a.article_id AND r.characteristic = a.characteristic
    AND r.level IS NOT DISTINCT FROM a.level AND r.arm_id > a.arm_id
WHERE a.p * (1 - a.p) + r.p * (1 - r.p) > 0
ORDER BY standardized_difference DESC;
