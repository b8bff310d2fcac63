"""What a table is about: baseline, adverse events, efficacy, subgroups, survival, or something else.

Belongs here: the words by which captions, headers and rows tell. Does not: anything about figures.
"""

from __future__ import annotations

import re

from trialmart.extraction.headers import Layout

#: Captions and labels are searched in lower case.
CAPTION = (
    ("subgroup", re.compile(r"\bsub-?\s?groups?\b|interaction|heterogeneity of (?:treatment )?effect|\bby (?:baseline|prognostic|stratification) (?:characteristics|factors?)"), 4),
    ("adverse_events", re.compile(r"adverse|toxicit|\bside[- ]?effects?|\baes?\b|safety|complication|treatment[- ]emergent|reactogenicity|tolerability|hypoglyc(?:a)?emi[ac] ev"), 4),
    ("baseline", re.compile(r"baseline|demographic|characteristics? of (?:the )?(?:\w+\s){0,3}(?:patients|participants|subjects|study|population|women|children|sample|groups)|(?:patient|subject|participant|clinical|study population|clinicopathologic\w*|pre-?treatment|sample|general|background)\w*'?s?’? (?:\w+\s){0,3}(?:characteristics|data|features|profile)|at (?:study )?entry|at randomi[sz]ation|at enrol"), 4),
    ("efficacy", re.compile(r"efficacy|outcomes?|respon[sd]|end-?\s?points?|results?|effects?|effectiveness|remission|change|improvement|recurrence|cure|failure|mortality|death|\brates?\b|comparison of|differences?"), 2),
    ("efficacy", re.compile(r"\befficacy\b"), 3),
    ("survival", re.compile(r"survival|time[- ]to[- ]|hazard|kaplan|median (?:os|pfs|dfs|ttp)"), 3),
    ("other", re.compile(r"\bdoses?\b|dosing|dosage|exposure|relative dose|treatment (?:administ|received|deliver)|complian|cost|schedule|protocol|inclusion|eligib|criteria|previous(?:ly published)? (?:studies|trials)|published|literature|definition|intervention (?:details|components|content)|composition|costs?\b|visits?|biomarkers?|pharmacokinetic|sites of|withdraw|disposition|adherence|items?\b|studies"), 3),
)  # fmt: skip
ROW_WORDS = {
    "baseline": re.compile(r"\b(?:age|sex|gender|male|female|race|ethnic\w*|white|black|asian|bmi|body mass|weight|height|ecog|performance status|karnofsky|smok\w+|education|marital|stage|histolog\w*|diabetes|hypertension|duration of|prior|previous|history of|tumou?r size|menopausal|primary site)\b"),
    "adverse_events": re.compile(r"\b(?:nausea|vomiting|diarrh\w+|fatigue|headache|neutropeni\w+|an[a]?emia|rash|thrombocytopeni\w+|stomatitis|mucositis|constipation|dizziness|leu[ck]openi\w+|pyrexia|fever|infections?|alopecia|adverse|serious|bleeding|hypoglyc\w+|anorexia|neuropathy|pruritus|insomnia|cough|asthenia)\b"),
    "efficacy": re.compile(r"\b(?:respon(?:se|ders?)|remission|survival|progression|recurren\w+|relapse|cure|stable disease|progressive disease|cr|pr|sd|pd|orr|change|reduction|improvement|primary|secondary|endpoint|outcome|score|death|event|odds|hazard|difference|mean)\b"),
}  # fmt: skip


def kind_of(layout: Layout, has_arms: bool) -> str:
    """The kind of a table. `other` where neither caption nor rows tell."""
    table = layout.table
    caption = (table.caption.label or table.label).lower()
    votes: dict[str, float] = {}
    for kind, pattern, weight in CAPTION:
        if found := pattern.search(caption):
            votes[kind] = votes.get(kind, 0) + weight - (0.5 if found.start() > 60 else 0)
    labels = [cell.label for row in table.grid[layout.n_head :] for cell in row[: layout.n_labels] if cell.label and cell.row]
    labels = [label.lower() for label in list(dict.fromkeys(labels))[:30]]
    for kind, pattern in ROW_WORDS.items():
        share = sum([pattern.search(label) is not None for label in labels]) / max(len(labels), 1)
        votes[kind] = votes.get(kind, 0) + 5 * share
    if any(column.grade for column in layout.columns):
        votes["adverse_events"] = votes.get("adverse_events", 0) + 3
    roles = [column.role for column in layout.columns]
    named = {name for column in layout.columns for features in column.chain for name in features.named}
    if roles.count("contrast") and "hr" in named:
        votes["efficacy"] = votes.get("efficacy", 0) + 1.5
    if "survival" in votes:  # survival is efficacy, unless the table is nothing but survival
        votes["efficacy"] = votes.get("efficacy", 0) + votes["survival"] - 0.5
        if _all_survival(labels, caption):
            votes["survival"] += 4
    best = max(votes, key=lambda kind: votes[kind], default="other")
    if not has_arms and votes.get("other", 0) >= 3 and votes[best] < 5:
        return "other"
    return best if votes.get(best, 0) >= 1.5 else "other"


SURVIVAL = re.compile(r"surviv|median|months?|\bos\b|\bpfs\b|95\s?%|year|events?|hazard|time")
NOT_ALL = re.compile(r"respon|efficacy|outcome")


def _all_survival(labels: list[str], caption: str) -> bool:
    """Whether (nearly) all rows tell of survival. Labels and caption in lower case."""
    return (
        bool(labels) and sum([SURVIVAL.search(label) is not None for label in labels]) >= 0.8 * len(labels) and not NOT_ALL.search(caption)
    )
