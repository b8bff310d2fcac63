"""The words that columns may hold. Belongs here: closed lists that contracts share. Does not: how a word is found in a text
(trialmart/extraction)."""

STATISTICS = (
    "count", "denominator", "percent", "km_percent", "n", "n_events", "mean", "sd", "se", "median", "minimum", "maximum", "q1", "q3",
    "ci_lower", "ci_upper", "ci_level", "hazard_ratio", "odds_ratio", "risk_ratio", "ratio", "risk_difference", "mean_change",
    "mean_difference", "percent_difference", "incidence_rate", "person_time", "p_value", "rate", "dose", "duration", "date", "identifier",
    "threshold", "other",
)  # fmt: skip
SCOPES = ("arm", "contrast", "total", "trial")
MISSING_REASONS = (
    "not_estimable", "not_reached", "not_reported", "not_applicable", "not_determined", "not_significant", "reference", "dash",
)  # fmt: skip
COMPARATORS = ("=", "<", ">", "<=", ">=")
ROLES = ("experimental", "control", "pooled", "unknown")
TABLE_KINDS = ("baseline", "adverse_events", "efficacy", "subgroup", "survival", "other")
STATUSES = ("extracted", "partial", "quarantined")
SPAN_ROLES = ("value", "context", "row_label", "column_header", "footnote")
OBSERVATION_KINDS = ("mark_without_note", "note_without_mark", "unknown_arm", "claim", "header_denominator")


GRADE_BANDS = (
    "any",
    *[str(grade) for grade in range(6)],
    *[f"{low}-{high}" for low in range(5) for high in range(low + 1, 6)],
    *[f">={grade}" for grade in range(1, 6)],
    *[f"<={grade}" for grade in range(1, 5)],
    *("mild", "moderate", "severe"),  # where an article grades by words: no CTCAE grade is inferred from them
)
ARM_N_SOURCES = ("row", "block", "header", "table", "randomized", "other place of the article")
COUNTS_BASES = ("printed", "implied by percent")
MEASURES = (
    "hazard_ratio", "odds_ratio", "risk_ratio", "ratio", "risk_difference", "mean_difference", "percent_difference", "mean_change",
    "p_value", "other",
)  # fmt: skip
FORMATS = ("text", "jats", "html", "markdown")
SECTIONS = ("title", "abstract", "introduction", "methods", "results", "discussion", "notes", "other")
SOURCE_KINDS = ("table", "prose", "footnote")
VERDICTS = ("consistent", "explained", "inconsistent", "impossible", "not_checkable")
SEVERITIES = ("info", "minor", "major", "critical")
AGREEMENTS = ("agrees", "differs", "explained", "not_checkable")
CORRECTION_STATUSES = ("applied", "changed", "missing", "superseded")
