"""Effects: what the counts and estimates of a trial say about one arm against another.

Belongs here: statistics on arrays (proportions, ratios, numbers needed to treat, log ratios, interaction, multiplicity) and the marts
that apply them to typed tables. Does not: what was printed (trialmart/facts) and whether it is right (trialmart/audit).

Arrays in, arrays out: the same function serves one row and a million. Events and N are patients; proportions lie in 0..1.
"""
