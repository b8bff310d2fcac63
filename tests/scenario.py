"""What PALOMA-2 prints (Finn et al., N Engl J Med 2016, doi:10.1056/NEJMoa1607303): the facts that both of its texts must yield.

Belongs here: figures as printed, each oddity justified. Does not: how a text words them. Typed from the article's tables and results and compared
with them cell by cell in test_paloma2.py by a second, trivial parser where the real text is at hand.
"""

ARM_N = (444, 222)  # palbociclib-letrozole, placebo-letrozole: randomized, treated, and the denominators of tables 1 and 2
MEASURABLE_N = (338, 171)  # a block in the middle of table 3 resets the denominators to these

BASELINE_COUNTS = (  # parent, level, then count and percent in each arm
    ("Age", "<65 yr", 263, 59.2, 141, 63.5),
    ("Age", "≥65 yr", 181, 40.8, 81, 36.5),
    ("Race", "White", 344, 77.5, 172, 77.5),
    ("Race", "Asian", 65, 14.6, 30, 13.5),
    ("Race", "Black", 8, 1.8, 3, 1.4),
    ("Race", "Other", 27, 6.1, 17, 7.7),
    ("ECOG performance status", "0", 257, 57.9, 102, 45.9),
    ("ECOG performance status", "1", 178, 40.1, 117, 52.7),
    ("ECOG performance status", "2", 9, 2.0, 3, 1.4),
    ("Disease stage at initial diagnosis", "I", 51, 11.5, 30, 13.5),
    ("Disease stage at initial diagnosis", "II", 137, 30.9, 68, 30.6),
    ("Disease stage at initial diagnosis", "III", 72, 16.2, 39, 17.6),
    ("Disease stage at initial diagnosis", "IV", 138, 31.1, 72, 32.4),
    ("Disease stage at initial diagnosis", "Unknown", 36, 8.1, 12, 5.4),
    ("Disease stage at initial diagnosis", "Other or data missing", 10, 2.3, 1, 0.5),
    ("Recurrence type", "Locoregional", 2, 0.5, 2, 0.9),
    ("Recurrence type", "Local", 6, 1.4, 3, 1.4),
    ("Recurrence type", "Regional", 3, 0.7, 1, 0.5),
    ("Recurrence type", "Distant", 294, 66.2, 145, 65.3),
    ("Recurrence type", "Newly diagnosed", 139, 31.3, 71, 32.0),
    ("Disease-free interval", "Newly metastatic disease", 167, 37.6, 81, 36.5),
    ("Disease-free interval", "≤12 mo", 99, 22.3, 48, 21.6),
    ("Disease-free interval", ">12 mo", 178, 40.1, 93, 41.9),
    ("Disease site", "Visceral", 214, 48.2, 110, 49.5),
    ("Disease site", "Nonvisceral", 230, 51.8, 112, 50.5),
    ("Disease site", "Bone only", 103, 23.2, 48, 21.6),
    ("No. of disease sites", "1", 138, 31.1, 66, 29.7),
    ("No. of disease sites", "2", 117, 26.4, 52, 23.4),
    ("No. of disease sites", "3", 112, 25.2, 61, 27.5),
    ("No. of disease sites", "≥4", 77, 17.3, 43, 19.4),
    ("Prior adjuvant or neoadjuvant therapies", "Chemotherapy", 213, 48.0, 109, 49.1),
    ("Prior adjuvant or neoadjuvant therapies", "Neoadjuvant", 54, 12.2, 32, 14.4),
    ("Prior adjuvant or neoadjuvant therapies", "Adjuvant", 180, 40.5, 89, 40.1),
    ("Prior adjuvant or neoadjuvant therapies", "Adjuvant hormonal therapy", 249, 56.1, 126, 56.8),
    ("Prior adjuvant or neoadjuvant therapies", "Tamoxifen", 209, 47.1, 98, 44.1),
    ("Prior adjuvant or neoadjuvant therapies", "Anastrozole", 56, 12.6, 29, 13.1),
    ("Prior adjuvant or neoadjuvant therapies", "Letrozole", 36, 8.1, 16, 7.2),
    ("Prior adjuvant or neoadjuvant therapies", "Exemestane", 30, 6.8, 13, 5.9),
    ("Prior adjuvant or neoadjuvant therapies", "Goserelin", 5, 1.1, 6, 2.7),
    ("Prior adjuvant or neoadjuvant therapies", "Toremifene", 7, 1.6, 1, 0.5),
    ("Prior adjuvant or neoadjuvant therapies", "Other", 3, 0.7, 4, 1.8),
)

ADVERSE_EVENTS = {  # term: count and percent (None where a bare 0 is printed) for any grade, 3 and 4, arm by arm
    "Any adverse event": ((439, 98.9), (276, 62.2), (60, 13.5), (212, 95.5), (49, 22.1), (5, 2.3)),
    "Neutropenia": ((353, 79.5), (249, 56.1), (46, 10.4), (14, 6.3), (2, 0.9), (1, 0.5)),
    "Leukopenia": ((173, 39.0), (107, 24.1), (3, 0.7), (5, 2.3), (0, None), (0, None)),
    "Fatigue": ((166, 37.4), (8, 1.8), (0, None), (61, 27.5), (1, 0.5), (0, None)),
    "Nausea": ((156, 35.1), (1, 0.2), (0, None), (58, 26.1), (4, 1.8), (0, None)),
    "Arthralgia": ((148, 33.3), (3, 0.7), (0, None), (75, 33.8), (1, 0.5), (0, None)),
    "Alopecia": ((146, 32.9), (0, None), (0, None), (35, 15.8), (0, None), (0, None)),
    "Diarrhea": ((116, 26.1), (6, 1.4), (0, None), (43, 19.4), (3, 1.4), (0, None)),
    "Cough": ((111, 25.0), (0, None), (0, None), (42, 18.9), (0, None), (0, None)),
    "Anemia": ((107, 24.1), (23, 5.2), (1, 0.2), (20, 9.0), (4, 1.8), (0, None)),
    "Back pain": ((96, 21.6), (6, 1.4), (0, None), (48, 21.6), (0, None), (0, None)),
    "Headache": ((95, 21.4), (1, 0.2), (0, None), (58, 26.1), (4, 1.8), (0, None)),
    "Hot flush": ((93, 20.9), (0, None), (0, None), (68, 30.6), (0, None), (0, None)),
    "Constipation": ((86, 19.4), (2, 0.5), (0, None), (34, 15.3), (1, 0.5), (0, None)),
    "Rash": ((79, 17.8), (4, 0.9), (0, None), (26, 11.7), (1, 0.5), (0, None)),
    "Asthenia": ((75, 16.9), (10, 2.3), (0, None), (26, 11.7), (0, None), (0, None)),
    "Thrombocytopenia": ((69, 15.5), (6, 1.4), (1, 0.2), (3, 1.4), (0, None), (0, None)),
    "Vomiting": ((69, 15.5), (2, 0.5), (0, None), (37, 16.7), (3, 1.4), (0, None)),
    "Pain in extremity": ((68, 15.3), (1, 0.2), (0, None), (39, 17.6), (3, 1.4), (0, None)),
    "Stomatitis": ((68, 15.3), (1, 0.2), (0, None), (13, 5.9), (0, None), (0, None)),
    "Decreased appetite": ((66, 14.9), (3, 0.7), (0, None), (20, 9.0), (0, None), (0, None)),
    "Dyspnea": ((66, 14.9), (5, 1.1), (0, None), (30, 13.5), (3, 1.4), (0, None)),
    "Insomnia": ((66, 14.9), (0, None), (0, None), (26, 11.7), (0, None), (0, None)),
    "Dizziness": ((63, 14.2), (2, 0.5), (0, None), (33, 14.9), (0, None), (0, None)),
    "Nasopharyngitis": ((62, 14.0), (0, None), (0, None), (22, 9.9), (0, None), (0, None)),
    "Upper respiratory tract infection": ((59, 13.3), (0, None), (0, None), (25, 11.3), (0, None), (0, None)),
    "Dry skin": ((55, 12.4), (0, None), (0, None), (13, 5.9), (0, None), (0, None)),
    "Pyrexia": ((55, 12.4), (0, None), (0, None), (19, 8.6), (0, None), (0, None)),
    "Myalgia": ((53, 11.9), (0, None), (0, None), (20, 9.0), (0, None), (0, None)),
    "Urinary tract infection": ((53, 11.9), (5, 1.1), (0, None), (17, 7.7), (0, None), (0, None)),
    "Abdominal pain": ((50, 11.3), (4, 0.9), (0, None), (12, 5.4), (0, None), (0, None)),
    "Peripheral edema": ((50, 11.3), (0, None), (0, None), (14, 6.3), (0, None), (0, None)),
    "Dysgeusia": ((45, 10.1), (0, None), (0, None), (11, 5.0), (0, None), (0, None)),
    "Dyspepsia": ((41, 9.2), (0, None), (0, None), (27, 12.2), (1, 0.5), (0, None)),
    "Anxiety": ((36, 8.1), (0, None), (0, None), (25, 11.3), (0, None), (0, None)),
}

RESPONSES = {  # (population, row): estimate with limits in each arm, then the odds ratio; None where the row prints none
    ("ITT", "objective response"): ((42.1, 37.5, 46.9), (34.7, 28.4, 41.3), (1.40, 0.98, 2.01)),
    ("ITT", "clinical benefit response"): ((84.9, 81.2, 88.1), (70.3, 63.8, 76.2), (2.39, 1.58, 3.59)),
    ("ITT", "duration of response"): ((22.5, 19.8, 28.0), (16.8, 14.2, 28.5), None),
    ("measurable", "objective response"): ((55.3, 49.9, 60.7), (44.4, 36.9, 52.2), (1.55, 1.05, 2.28)),
    ("measurable", "clinical benefit response"): ((84.3, 80.0, 88.0), (70.8, 63.3, 77.5), (2.23, 1.39, 3.56)),
    # the same medians as above but another lower limit for placebo: so printed
    ("measurable", "duration of response"): ((22.5, 19.8, 28.0), (16.8, 15.4, 28.5), None),
}

AGE = ((62, 30, 89), (61, 28, 88))  # median, minimum, maximum in each arm

PFS_MEDIANS = ((24.8, 22.1, None), (14.5, 12.9, 17.1))  # months; the upper limit is printed as not estimable
PFS_EVENTS = (194, 137)
PFS_HAZARD_RATIOS = {"investigator": (0.58, 0.46, 0.72), "blinded independent central review": (0.65, 0.51, 0.84)}

SUBGROUP_HAZARD_RATIOS = {  # estimate, limits, and each arm's share of patients in percent
    "visceral disease": (0.63, 0.47, 0.85, 48.2, 49.5),
    "nonvisceral disease": (0.50, 0.36, 0.70, 51.8, 50.5),
    "prior hormonal therapy": (0.53, 0.40, 0.70, 56.1, 56.8),
    "no prior hormonal therapy": (0.63, 0.44, 0.90, 43.9, 43.2),
    "disease-free interval of 12 months or less": (0.50, 0.33, 0.76, 22.3, 21.6),
    "disease-free interval of more than 12 months": (0.52, 0.36, 0.73, 40.1, 41.9),
    "newly metastatic disease": (0.67, 0.46, 0.99, 37.6, 36.5),
}

# The scraped copy's prose gives the placebo response rate as 21.1 % (17.5-24.7): no count of 222 gives it, and table 3 prints 34.7.
MISPRINTED_RESPONSE = (21.1, 17.5, 24.7)

PLANNING = {
    "events": 347,
    "power": 90,
    "hazard_ratio": 0.69,
    "alpha": 0.025,
    "sample_size": 650,
    "interim_share": 65,
    "interim_alpha": 0.000013,
}
