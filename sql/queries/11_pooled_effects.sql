-- What is the effect over all studies in the database, by endpoint?
SELECT endpoint, studies, round(common_effect, 2) AS hazard_ratio, round(common_lower, 2) AS lower, round(common_upper, 2) AS upper,
    round(random_effects, 2) AS random_effects, round(tau2, 4) AS tau2, round(i2) AS i2
FROM pool();
