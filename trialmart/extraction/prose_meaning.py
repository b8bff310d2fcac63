"""What a figure of a sentence is about: endpoint or term, grade, population, assessor, subgroup, timepoint.

Belongs here: reading these from the words around a figure. Does not: the figure itself (prose_numbers) and its arm (prose_attribution).
What the words do not tell stays None.
"""

from __future__ import annotations

import re

from trialmart.extraction import vocabulary
from trialmart.extraction.lazy import lazy
from trialmart.extraction.mentions import FULL, Mention
from trialmart.extraction.prose_numbers import EVENTS, NOUNS, Figure
from trialmart.extraction.prose_sentences import holds
from trialmart.extraction.prose_words import behind_of, in_order, last_word, lower, word_before, words_of

_GRADE = re.compile(
    r"\bgrades?\s*(?P<sign>[<>\u2265\u2264]|of\s+)?\s*(?P<low>[0-5]|I{1,3}V?|IV)(?P<plus>\s?\+)?(?:\s*(?:-|/|to|or|and|through)\s*(?:grade\s*)?(?P<high>[1-5]|I{1,3}V?|IV)\b)?"
    r"(?P<more>\s*(?:,?\s*or\s+(?:higher|greater|worse|more|above|over)|and\s+(?:higher|above|greater)))?|\b(?P<any>(?:any|all)[\s-]grades?(?!\s*[\dI])|grade\s+any|of\s+any\s+(?:grade|severity))\b",
    re.IGNORECASE,
)
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
_TIMEPOINT = re.compile(
    r"\b(?:at|by|after|to|through|within|until)\s+(?:the\s+)?(?P<at>(?:weeks?|months?|years?|days?|visits?|cycles?)\s+\d+(?:\.\d+)?|(?:\d+|one|two|three|four|five|six|twelve)[\s-](?:weeks?|months?|years?|days?|hours?|yrs?|h|wk|mo)\b|\d+(?:st|nd|rd|th)\s+(?:week|month|day|year))"
    r"|\bat\s+(?P<base>baseline)\b(?!\s+(?:was|were)\s+included)|\b(?P<adjective>(?:\d+|one|two|three|four|five)(?:-|\s(?=(?:year|month)s?\s+(?:overall|survival|progression|disease|event|relapse)))(?:year|yr|month|week|day))s?\s+(?!(?:treatment|study|period|old|cycle|trial|interval|history|follow))", re.IGNORECASE
)  # fmt: skip
_LINK = re.compile(
    r"(?P<verb>\b(?:(?:was|were|has\s+been|have\s+been|had\s+been|is|are)(?:(?:\s+(?:also|only|not|each|then))?\s+(?:reported|observed|noted|seen|recorded|found|detected|documented|"
    r"achieved|identified|present|diagnosed|experienced|required|performed|discontinued|reduced|interrupted|completed|recognized|confirmed|given)|\s+(?:also|only))?"
    r"|occurred|occurring|developed|appeared|led\s+to|resulted|happened|affected|reached|consisted|amounted|ranged)\b)"
)
_LINKING = frozenset(
    "was were been is are occurred occurring developed appeared led resulted happened affected reached consisted amounted ranged".split()
)
_LEADING = re.compile(
    r"^(?:[\s,;:(\[]*(?:(?:and|but|or|no|also|although|however|moreover|similarly|furthermore|likewise|overall|conversely|additionally|in\s+addition|in\s+contrast|finally|while|whereas|there\s+(?:was|were)|that|with|of|the|a|an|as|only|most\s+common(?:ly)?|thus|for|by|on|"
    r"in\s+total|total|respectively|corresponding|included|including|were|was|are|is)\b[\s,:]*))+", re.IGNORECASE
)  # fmt: skip
_STATISTIC_HEAD = re.compile(
    r"^(?:(?:the\s+)?(?:estimated\s+|median\s+|mean\s+|overall\s+|corresponding\s+|cumulative\s+|average\s+|adjusted\s+|respective\s+|total\s+|crude\s+|annual\s+)*(?:rates?|incidences?|proportions?|percentages?|numbers?|frequenc(?:y|ies)|prevalence|risk|occurrence|probabilit(?:y|ies)|likelihood)\s+(?:of|with)\s+(?:the\s+)?(?:patients\s+(?:with|who\s+had|having|achieving)\s+)?|(?:median|mean|average)\s+)",
    re.IGNORECASE,
)
#: Words that a term does not end with.
_TRAIL = frozenset(
    "in of for with by to at and or as was were on among the a an from than respectively significantly who that which is are had between did not also only significant more maximum frequently higher lower serious all patients vs".split()
)
_BETWEEN = " ,;:([-"
#: The words that what is no part of a term may begin with (_LEADING, _STATISTIC_HEAD).
_LEADING_FIRST = frozenset(
    "and but or no also although however moreover similarly furthermore likewise overall conversely additionally in finally while whereas there that with of the a an as only most thus for by on total respectively corresponding included including were was are is".split()
)
_HEAD_FIRST = frozenset(
    "the estimated median mean overall corresponding cumulative average adjusted respective total crude annual rate rates incidence incidences proportion proportions percentage percentages number numbers frequency frequencies prevalence risk occurrence probability probabilities likelihood".split()
)
_FIRST = re.compile(r"[\s,;:(\[]*([a-z]+)", re.IGNORECASE)
_DROP = re.compile(r"\((?:see\s+)?(?:figs?|figures?|tables?|appendix|supplement)[^)]*\)|[\[(][^\[\]()]*$", re.IGNORECASE)
_FIGURES_ASIDE = re.compile(
    r"\s*[(\[][^()\[\]]*(?:\d\s?%|\d\s?/\s?\d|=)[^()\[\]]*[)\]]|\s*[(\[]\s*(?:(?:and|or|vs\.?|versus|,|/)\s*)*[)\]]"
)
_PREDICATE = re.compile(
    rf"[\s)\],%]*(?:\(?\s*\d[\d.,]*\s?%\s*[)\]]*)?[\s)\],]*(?:of\s+)?(?:(?:all|the|these|those|treated|randomi[sz]ed|study|evaluable|eligible)\s+)*(?:\d+\s+)?(?:{NOUNS})?[\s,)]*(?:(?:who|that)\s+)?", re.IGNORECASE
)  # fmt: skip
_AUXILIARY = re.compile(
    r"^(?:also\s+)?(?:(?:had|have|has|reported|experienced|developed|showed|suffered(?:\s+from)?|presented(?:\s+with)?|achieved|demonstrated|exhibited|displayed|with)\s+(?:(?:an?|the|at\s+least\s+one|one\s+or\s+more|any|been|either|confirmed)\s+)*|(?:were|was|are|is)\s+)",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"[.;:]|,\s|\band\s+(?=\d)|\bvs\b|\bversus\b|\bcompared\b|\bwhile\b|\bwhereas\b|\bbut\b|\bwith\s+(?:an?\s+)?(?:\d|median|mean)|\(|\[|\brespectively\b|\bas\s+compared\b"
)
_EXCLUSION = re.compile(r"\s*(?:With\s+the\s+exclusion\s+of|Excluding|After\s+exclusion\s+of)\s+(?P<what>[^,()]{3,80}),")
_LEADING_WORDS = frozenset("and that while whereas but only overall approximately about".split())
_DOES = re.compile(
    rf"[\s)\]%]*(?:[(\[]?\s*\d[\d.,]*\s?%?\s*[)\]]*)?[\s)\]]*(?:\d+\s+)?(?:of\s+)?(?:(?:all|the|these|those|treated|study|our|randomi[sz]ed|evaluable)\s+)*(?:\d+\s+)?(?:{NOUNS})?\s*(?:(?:in|of|from|receiving|with|on|given|assigned(?:\s+to)?|allocated(?:\s+to)?|randomi[sz]ed\s+to|treated\s+with)\s+)?(?:the\s+)?\s*(?:who\s+)?(?:also\s+|still\s+|permanently\s+)?(?:had|have|has|received|were|was|reported|experienced|developed|completed|discontinued|achieved|died|did|showed|withdrew|required|reached|presented|underwent|remained|responded|suffered|met|attended|used)\b",
    re.IGNORECASE,
)
#: Without one of these words in the sentence no patients had or did anything.
_DOING = frozenset(
    "had have has received were was reported experienced developed completed discontinued achieved died did showed withdrew required reached presented underwent remained responded suffered met attended used".split()
)
_VERBS = frozenset("occurred reported observed noted seen found detected documented developed died".split())
_GENERIC = re.compile(
    r"(?:the\s+)?(?:corresponding\s+|respective\s+|these\s+|such\s+)?(?:rates?|incidences?|values?|figures?|proportions?|percentages?|numbers?|results?|ratios?|medians?|means?|scores?|differences?|it|they|this|that|these|those|change|changes)",
    re.IGNORECASE,
)
_EMPTY_WORDS = frozenset(
    "significant significantly statistically nearly small large difference differences between-group between group groups the a an of in to and was were not no only slightly similar "
    "greater higher lower longer shorter more less fewer better worse trend respectively showing show showed compared occurred observed reported seen had have use used total overall "
    "mean median value values change changes increase increased decrease decreased reduction effect effects result results increment relative absolute odds hazard ratio ratios either both each patients".split()
)
_TIME_WORDS = frozenset("week weeks month months year years day days visit visits cycle cycles baseline hour hours yr yrs h wk mo".split())
_TIMES = ("week", "month", "year", "day", "visit", "cycle", "baseline", "hour", "-yr", "-mo", "wk")
_RELATIVE = re.compile(r"\bwho\s+(?:had|have|were|was)\s+(?:been\s+)?(?:randomly\s+)?\w+(?:\s+to)?\b")
_COLON_TERM = re.compile(r"(?:^|[.;]\s)\s*(?P<term>[A-Za-z][\w\s/'-]{2,60}?):\s*$")
_LIST_TERM = re.compile(
    r"(?:\d|%|\))[\s)\]%]*(?:(?:of\s+)?(?:the\s+)?patients\s+)?(?:in\s+(?:the\s+)?)?\s*(?:[,;]\s*(?:and\s+)?|\s+and\s+)(?P<term>(?!in\b|of\s+the|with\b|patients|those)[a-zA-Z][\w\s/'-]{2,60}?)\s+in\s*$"
)
_NO_TERM = re.compile(
    r"\b(?:patients|women|group|groups|arm|arms|had|have|did|that|which|who|only|compared|while|whereas|than|respectively)\b"
)
_NO_ENDPOINT = re.compile(
    r"(?:\d[\d.]*\s?%\s+(?:for|of|in|vs|and|power|over)\b|(?:one|two|three|four|five|six|\d+)\s+(?:out\s+)?of\b|(?:tables?|figs?\.?|figures?)\s+\d|(?:among|in|for|between|from|of\s+the|it|they|this|these|those|patients\s+(?:in|who|with|from|of)|whose|who|which|and|at|much|similar|comparable|identical|equal(?:ly)?|likely|(?:more|less|most|least|equally)\s+(?:likely|frequent|frequently|common|commonly|often)|"
    r"(?:higher|lower|greater|better|worse|longer|shorter)\s+(?:in|than|with|for|among|by|at)|on\s+average)\b)|\d+\s+(?:patients|subjects|participants|women|men|children)\b|(?:arms?|groups?|patients)$"
)
_NO_ENDPOINT_LATER = re.compile(r"[\w\s]*\bpatients\s+(?:whose|in\s+the)\b|.*\b(?:was|were)\s+also\b|.*\bthan\s+(?!\d|one|two|three|half)")
_AMONG = re.compile(
    rf"(?:^|[.;:,]\s*|\band\s+)(?:Among|In|For|among|in|for)\s+(?:the\s+)?(?:subgroup\s+of\s+)?{NOUNS}\s+(?:with|who\s+had)\s+(?!measurable)(?P<words>[^(),;.\d]{{3,70}}?)\s*(?:\([^()]*\)\s*)?,?\s*(?:the\s+)?(?:hazard|odds|risk|relative|HR|OR)[\w\s]{{0,60}}$"
)
_CHAIN = re.compile(
    rf"[\s)\]%]*(?:(?:of\s+)?(?:the\s+)?(?:{NOUNS})?\s*)(?:(?:in|from|on|with|of|receiving|treated\s+with|assigned(?:\s+to)?|allocated(?:\s+to)?|randomi[sz]ed\s+to|given)\s+(?:the\s+)?)?\s*(?:,?\s*and|,|versus|vs\.?|compared\s+with|or)\s*(?:in\s+|only\s+|of\s+)?",
    re.IGNORECASE,
)
_LEADS_CHAIN = re.compile(r"(?:^|[,;:.]|\band|\bthat|\btotal\s+of|\bwhile|\bwhereas|\bbut|\bmade|\bled|\bcaused)\s*$", re.IGNORECASE)
_STATE = re.compile(
    r"\s+(?P<state>ongoing|serious|fatal|severe|complete|positive|negative|normal|abnormal|detectable|undetectable)\s+(?:in|for)\b"
)
_SHORT_FORM = re.compile(r"\(([A-Z][\w-]{1,9})\)(?=\s+\w)")
_EXCEPTED = re.compile(r",?\s+(?:excepted|excluded|aside|apart)$")
_ENOUGH = re.compile(r"[A-Za-z]{3}")
_RATES = ("proportion", "proportions", "rate", "rates", "percentage", "percentages", "incidence", "incidences", "frequencies")
_HANGING = (" of", " a", " an", " maximum")


_BRACKETS = re.compile(r"[()\[\]]")
_ONLY_P = re.compile(r"[(\s]*(?:(?:one|two)-(?:sided|tailed)\s+)?[A-Za-z\s-]{0,30}[=<>\u2264\s]*")
_LAST_LISTED = re.compile(r"\d[^,;]*[,;]\s*(?:and\s+)?(?P<last>[A-Za-z][^,;\d]{1,50})$")
_NAMED_THEN = re.compile(r"\s*(?:[\[(][A-Za-z]{1,6}[\])])?\s*,\s*")  # `complete response [CR], 4`
_COMPARING = re.compile(r"\b(?:vs|versus|in|with|for|compared)\b")
_AGE_OR_SPREAD = re.compile(
    r"^\s*(?:\(\s*(?:SD|SEM?|IQR|range|95% CI|standard deviation|interquartile range|min-max)[^)]*\)\s*|,?\s*(?:\u00b1|\+/-)\s*SD\s*|age[sd]?\s+(?=was|were)|$)",
    re.IGNORECASE,
)
_END_OF_NAME = re.compile(
    r"\b(?:was|were|is|are|of\s+\d|(?:in|for|between|among)\s+(?:the|patients|both|all|group|arm)|decreased|increased|changed|remained|has|have|had|did|at\s+(?:week|month|baseline))\b|[=:;(\[]"
)
_OF_THE = re.compile(r"^\s*(?:of\s+|in\s+|values?\s+(?:of|for)\s+|for\s+)?(?:the\s+)?")
_VERB_INSIDE = re.compile(r"\b(?:was|were|had|occurred)\b")
_TERM_INSIDE = re.compile(r"(?:^|[;,]\s*)([A-Za-z][\w\s/'-]{2,50}?)[,:]?\s*(?:in\s+)?$")
_NO_TERM_INSIDE = re.compile(
    r"^(?:occurring|vs|versus|in|and|compared|n|median|mean|range|HR|respectively|reported)\b|\b(?:of|patients|ratio|only)$", re.IGNORECASE
)
_PHRASE_BEGINS = re.compile(
    r"[,;:()\[\]]|\b(?:and|were|was|are|is|included|including|as|such\s+as|except\s+for|(?:patients|those|women|men|participants|subjects)\s+(?:with|who\s+had)|than|but|or|with\s+(?=grade)|from|by|had|experienced|developed|reported|in\s+(?=the\b)|for\s+(?=the\b)|because|incidence\s+of|rates?\s+of|increased|higher|lower|reduced|reducing|regards?)\b"
)
_NO_HEAD = re.compile(rf"(?:{NOUNS}|{EVENTS}|group|groups|arm|arms|respectively|median|mean|months|overall|total)", re.IGNORECASE)
_COUNTED = re.compile(r"\d[\d.,]*\s?%?|\b(?:none|no)\b")
_NO_SUBJECT = re.compile(
    r"[\s)\],;]*(?:(?:as\s+)?compared\s+(?:with|to)|and|vs\.?|versus|but|while|whereas|with)?[\s,]*(?:that\s+|those\s+)?(?:was|were|of|in|it\s+was|for|among)?.{0,30}"
)
_CLAUSES = re.compile(r";|\bwhile\b|\bwhereas\b|\.\s")
_WHILE = frozenset(("while", "whereas"))
_OWN_CLAUSE = re.compile(r",\s+(?:and|but|which)\s+|\)\s+and\s+|\d%?\)?,?\s+and\s+")
_CIRCUMSTANCE = re.compile(
    r"^[^,]{0,80}\b(?:in|at|after|during|among|for|with|by|of|on|from|regarding|as)\b[^,]{0,90},\s+(?=\w)", re.IGNORECASE
)
_RELATIVE_ONLY = re.compile(r"which|that|who", re.IGNORECASE)
_WHICH = re.compile(r",\s*which\s*$")
_RELATIVE_TO = re.compile(r"(?:^|[,;]|\b(?:was|were|is|are|by|included))\s*(?P<noun>[^,;]{3,80}?),?\s*(?:which|that|who)\s*$")
_REASON = re.compile(r"\breasons?\s+for\s+(?:the\s+)?(?P<what>[^,;]{3,70}?)\s+(?:was|were)\s")
_STANDS_FOR = re.compile(r"\b(?:it|this|they)$")
_PREPOSED = re.compile(r"(?:among|in|for|of|between|with)\b|those\b", re.IGNORECASE)
_HAD_BEEN = re.compile(r"\bwho\s+had\s+been\b")
_NO_HAPPENING = re.compile(rf"(?:the\s+|these\s+|all\s+|total\s+)?(?:{NOUNS}|{EVENTS}|difference|there|who|it|this|that)", re.IGNORECASE)
_ONLY_EVENTS = re.compile(EVENTS, re.IGNORECASE)
_ACTION = re.compile(r"(?:discontinued|reduced|interrupted|completed|required)$")
_ASSIGNED_TO = re.compile(
    r"(?:(?:in|of|from|among|receiving|allocated|assigned|randomi[sz]ed|to|on|given|who|the|both)\s*)*", re.IGNORECASE
)
_OTHER_SHARE = re.compile(r"^[\s)\],]*(?:(?:and|vs\.?|versus|compared\s+with)\s+[\d.]+\s?%.*?(?:respectively,?\s*))?")
_RESPECTIVELY = re.compile(r"^(?:respectively,?\s*)")
_SPACES = re.compile(r"\s+")
_HAD = re.compile(
    rf"[\s)\]%]*(?:[(\[]?\s*\d[\d.,]*\s?%?\s*[)\]]*)?[\s)\]]*(?:{NOUNS}\s+)?(?:who\s+)?(?:with|had|achieved|having|achieving|experienced)\s+(?:(?:an?|the|confirmed)\s+)*",
    re.IGNORECASE,
)
_FOLLOW_UP = "duration of follow-up"
_NO_PREDICATE = re.compile(r"(?:in|of|and|or|vs|for|with|to|from|by|at|as)\b")
_PATIENTS_WITH = re.compile(r"^(?:patients|subjects|participants)\s+(?:with|who\s+(?:had|were))\s+", re.IGNORECASE)
_RATE_BEHIND = re.compile(r",?\s*\b(?:the\s+)?(?:proportions?|rates?|percentages?|incidences?|frequencies)$")
_SHORT_BEHIND = re.compile(r"\s*[(\[][A-Za-z0-9+/-]{1,10}s?[)\]]\s*$")
_GROUPS = ("group", "groups", "arm", "arms")
_GROUP_BEHIND = re.compile(r"\s+(?:in|with|on|of|for|from|between)\s+(?:the\s+)?(?:[\w-]+\s+){0,3}(?:groups?|arms?)$", re.IGNORECASE)
_LETTERS = re.compile(r"[a-z-]+")
_NO_WORDS = re.compile(r"(?:[\d.,%\s-]|vs|and|or|in|the)+")
_OF_BEHIND = re.compile(r"\s+(?:of|with\s+an?)(?:\s+maximum)?$|\s+of\s*$")
_OF_AHEAD = re.compile(r"^(?:at|of|with)\b[\s,]*", re.IGNORECASE)
_FOR_PART = re.compile(r"\s?%?\s*for\s+(?P<what>both|[a-z][\w-]{3,30})(?=\s+(?:and|in)\b|[,;.])")
_NEW_PART = re.compile(r"[;(]|\.\s")
_STOPS = re.compile(r"[;.]\s")
_LIMITING = frozenset("with who without aged having whose".split())
_LIMITED = re.compile(rf"{NOUNS}|those|subgroup", re.IGNORECASE)
_SUBGROUP = re.compile(
    rf"(?:\b{NOUNS}|\bthose|\bsubgroup)\s+(?P<link>with|who\s+had\s+not(?:\s+had)?|who\s+had(?:\s+had)?|who\s+(?:were|did|have|received)|without|aged|having|whose)\s+(?P<words>[^()\[\];]{{3,90}}?)\s*$"
)
_SUBGROUP_OF = re.compile(rf"\bsubgroup\s+of\s+{NOUNS}\s+(?:with|who\s+had)\s+(?P<words>[^(),;\[\]]{{3,70}})")
_NESTED = re.compile(rf"(?:{NOUNS}|those)\s+(?P<link>with|who\s+had\s+not(?:\s+had)?|who\s+had(?:\s+had)?|without)\s+")
_ARTICLE = re.compile(r"^(?:an?|the)\s+")
#: In place of the commas and joining words inside the name of one outcome: letters, so that every pattern takes them for parts of words.
_COMMA, _INNER = "\u01c0", "\u01c3"
_JOINED = {"or": "o" + _INNER, "and": "an" + _INNER}
_ALTERNATIVE = re.compile(
    r"(?<=\w)(?P<comma>,)?\s+(?:and/)?(?P<or>or)\s+(?=[A-Za-z])(?!significan|no\b|not\b|did\b|had\b|have\b|were\b|was\b|in\b|with|for\b|at\b|to\b|by\b|from\b|after\b|before\b)",
    re.IGNORECASE,
)
#: What stands between two commas of a list of events, from the last word back.
_MEMBER = re.compile(r"(?:(?:and|or)\s+)?[A-Za-z][\w/'-]*(?:\s+[\w/'-]+){0,4}")
_NO_MEMBER = frozenset(
    "was were is are had has have did no not than compared versus vs respectively in at after during by for among within on as although however moreover overall but while whereas "
    "group groups arm arms we there it they this that these those which who".split()
)
_COMPOSITE = re.compile(
    r"\b(?:composite|combined|combination)\b(?:\s+(?:primary|secondary|end-?\s?points?|outcomes?|rate|event|measure))*\s*(?:of|:|\()\s*",
    re.IGNORECASE,
)
_COMPOSITE_ENDS = re.compile(
    r"[.;:()\[\]\d]|\b(?:was|were|is|are|did|occurred|had|has|with|between|compared|versus|vs|as\s+well|respectively|at|in)\b",
    re.IGNORECASE,
)
_KIND_BEHIND = re.compile(r"\s*\((?:by|as|per|according)\s[^()\d]{3,40}\)")
_COMPOSITE_WORDS = frozenset("composite combined combination".split())
_LIST_JOINT = re.compile(r",|\b(?:and|or)\b", re.IGNORECASE)
#: A joint that arms' names left behind: `the rates of the [A] and [B] regimens in`.
_LEFT_JOINT = re.compile(
    r"\s+(?:of|in|for|with|between|among|on|by)\s+(?:the\s+)?(?:,\s*)?(?:and|or|vs\.?|versus)\s+(?:the\s+)?(?:(?:regimens?|groups?|arms?|treatments?|therap(?:y|ies)|patients)\b)?(?=\s|$)"
)
_JOINS_BEHIND = re.compile(r"\s*(?:,|/|\+|(?:and/)?or\b)")
_JOINS_AHEAD = re.compile(r"(?:,|/|\+|\bor)\s*$")
#: What stands before the name of an outcome: how its frequency was estimated, or that it differs.
_ESTIMATE_HEAD = re.compile(
    r"^(?:the\s+)?(?:\d+-(?:year|month|week|day)\s+)?(?:(?:cumulative|estimated|Kaplan\W{1,3}Meier|event|annual|actuarial)\s+)*(?:rates?|incidences?|estimates?|probabilit(?:y|ies))\s+of\s+(?:the\s+)?"
    r"|^(?:(?:any|no)\s+)?(?:statistically\s+)?(?:significant\s+)?differences?\s+in\s+(?:the\s+)?(?:(?:rates?|incidences?)\s+of\s+)?"
    r"|^(?:the\s+)?(?:(?:adjusted|unadjusted|estimated)\s+)*(?:hazard|odds|risk|rate)\s+ratios?\s+(?:for|of)\s+(?:the\s+)?"
    r"|^(?:the\s+)?(?:(?:primary|secondary|efficacy|safety|main|key|major)\s+)*(?:end-?\s?points?|outcomes?)\s+of\s+(?:the\s+)?"
    rf"|^\d+\s+(?=(?:[a-z-]+\s+)?(?:{EVENTS}|S?AEs?|attacks|adverse))",
    re.IGNORECASE,
)
_ESTIMATED = ("ifferen", "ate of", "Meier", "atio ", "ratios ", "ndpoint", "nd point", "nd-point", "utcome")

_WHO = rf"(?:{NOUNS}|those)"
_LINKS = r"(?:with|without|aged|having|who\s+had(?:\s+not)?)"
#: `In the hypertensive patients, ...`, `Among patients with diabetes, ...`: a sentence or clause on some of the patients.
_SETTING = re.compile(
    rf"(?:^\s*|[.;]\s+|,\s+(?:and|while|whereas|but)\s+|\b(?:while|whereas)\s+)(?:In|Among|For|Within)\s+(?:the\s+)?(?:subgroups?\s+(?:analys[ei]s\s+)?(?:of|in)\s+(?:the\s+)?)?"
    rf"(?:{_WHO}\s+(?P<link>{_LINKS})\s+(?P<with>[^,;()]{{3,70}}?)|(?P<kind>(?:[\w/-]+\s+){{1,6}}?)(?:patients|subjects|participants|children|women|men)|(?P<sex>(?:fe)?males|(?:wo)?men|boys|girls))"
    r"\s*(?:\([^()]*\)\s*)?,",
    re.IGNORECASE,
)
#: `82.8% in patients without diabetes`, `12.1 months for women`.
_SET_BEHIND = re.compile(
    rf"[\s)\]%]*(?:months|years|weeks|days)?\s*(?:of\s+(?:the\s+)?{NOUNS}\s+)?(?:(?:(?:in|among|for)\s+(?:the\s+)?{_WHO}|of\s+those)\s+(?P<link>{_LINKS})\s+(?P<with>[^,;().]{{3,60}}?)|(?:in|among|for)\s+(?:the\s+)?(?P<kind>(?:[\w/-]+\s+){{1,4}}?)(?:patients|subjects|participants)|(?:(?:in|among|for)\s+(?:the\s+)?|of\s+the\s+)(?P<sex>(?:fe)?males|(?:wo)?men|boys|girls))"
    r"(?=\s*(?:[,;.()]|\band\s+\d|\bvs\b|\bversus\b|\bcompared\b|\bthan\b|$))",
    re.IGNORECASE,
)
_OF_PATIENTS = frozenset(
    "patients subjects participants children women men those females males boys girls adults infants individuals".split()
)
_RESULT = re.compile(r"\d\s?%|\d\.\d")
_SETTING_WORDS = frozenset("in among for within of".split())
#: Words that name patients of the whole trial, or of an arm.
_NO_SUBGROUP = frozenset(
    "all both these those our this that other others remaining each either enrolled eligible randomized randomised assigned allocated treated evaluable assessable included analysed analyzed "
    "itt pp protocol intention intent treat safety population set control placebo intervention experimental group groups arm arms total overall study trial most many few some two three four five "
    "half majority number percentage proportion first second same similar more less than every any no one completed receiving received treatment therapy surviving died remainder rest entire whole measurable "
    "data available respective phase cohort number were was is are had at least".split()
)
_HOW_OFTEN = re.compile(
    r"\b(?:rates?|risks?|incidences?|odds|frequenc(?:y|ies)|proportions?)\s+(?:of|for)\b(?![^,;]*\b(?:among|between)\b)"
)
_NO_OUTCOME = re.compile(
    r"\b(?:compar\w+|significan\w+|than|versus|show\w*|reduced|associated|negative|positive|effects?|differ\w+|ratios?|rr|hr|or|model|risks?|hazards?|analys[ei]s|we|predictors?|factors?|prognostic|level|estimates?|treat\w+|patients|therapy)\b"
)
_CONTENT = re.compile(r"[a-z]{3,}")


class Reading:
    """What one sentence says around its figures. `heading` and `memory` (endpoint of the sentence before) help where it is silent."""

    def __init__(
        self,
        text: str,
        mentions: list[Mention],
        defined: dict[str, str],
        section: str,
        heading: str,
        previous: str | None,
        low: str | None = None,
        words: set[str] | None = None,
        topic: frozenset[str] = frozenset(),
    ) -> None:
        self.topic = topic  # words of the article's title: whoever they describe is no subgroup
        self.text, self.mentions, self.defined = text, mentions, defined
        self.section, self.heading, self.previous = section, heading, previous
        self.low = lower(text) if low is None else low
        self.words = words_of(self.low) if words is None else words
        self._done: dict[int, bool] = {}
        self.generic = False  # whether the last subject was a word like `it` or `the rate`
        self.composites = _composites(text, self.words)
        self.joined = _joined(text, self.words, self.composites)
        self.blanked = self.joined  # without the arms' names, which are no part of what happened
        for m in mentions:
            if m.strength == FULL and m.kind in ("arm", "unknown", "pool"):
                self.blanked = self.blanked[: m.start] + " " * (m.end - m.start) + self.blanked[m.end :]
        exclusion = _EXCLUSION.match(text)
        self.exclusion = f" (excluding {exclusion['what'].strip().lower()})" if exclusion else ""
        self.grades = [(m.start(), m.end(), grade) for m in _GRADE.finditer(text) if (grade := grade_band(m))] if "rade" in text else []

    @lazy
    def endpoints(self) -> list[tuple[int, int, str]]:
        """Every known endpoint and composite: (start, end, name)."""
        found = vocabulary.endpoints_in(self.text, self.defined, self.low, self.words)
        if found:  # an abbreviation that is an arm's name here is no endpoint
            arms = [m for m in self.mentions if m.kind in ("arm", "pool") and m.strength == FULL]
            found = [e for e in found if not any(m.start < e[1] and e[0] < m.end for m in arms)]
        for start, end in self.composites:
            name = _plain(self.text[start:end])
            if not any(e[0] <= start + 4 and e[1] >= end for e in found):
                found = sorted([e for e in found if e[1] <= start or e[0] >= end] + [(start, end, name)])
        return found

    @lazy
    def timepoints(self) -> list[tuple[int, int, str]]:
        found: list[tuple[int, int, str]] = []
        done = 0
        for at, unit in in_order(self.low, _TIME_WORDS & self.words) if holds(self.low, _TIMES) else ():
            if at < done:
                continue
            m = _TIMEPOINT.search(self.text, max(done, behind_of(self.text, at, 3)), at + len(unit) + 30)
            if m:
                done = m.end()
                found.append((m.start(), done, " ".join((m["at"] or m["base"] or m["adjective"]).lower().split())))
        return found

    @lazy
    def _brackets(self) -> list[tuple[int, bool]]:
        """Every bracket from right to left, and whether it opens."""
        return [(m.start(), m.group() in "([") for m in _BRACKETS.finditer(self.text)][::-1]

    def _opening(self, start: int) -> int:
        """Where the bracket opens that a place stands in, -1 where it stands in none."""
        depth = 0
        for at, opens in self._brackets:
            if at >= start:
                continue
            if not opens:
                depth += 1
            elif depth == 0:
                return at
            else:
                depth -= 1
        return -1

    def _listed(self, start: int) -> str | None:
        """The term of a list member that leaves out its verb: `x occurred in 5%, y in 3%`, `Grade 2 rash: 3%`."""
        before = self.blanked[max(0, start - 110) : start].rstrip()
        if not before.endswith((":", "in")):
            return None
        before = _squeezed(before)
        colon = _COLON_TERM.search(before)
        if colon:
            return colon["term"]
        m = _LIST_TERM.search(before)
        if m and not _LINK.search(m["term"]) and not _NO_TERM.search(m["term"]):
            return m["term"]
        return None

    def compared(self, figure: Figure) -> str | None:
        """The characteristic or outcome in front of a bracket that holds nothing but a p value: `performance status (P=0.004)`."""
        if figure.statistic != "p_value":
            return None
        opening = self.text.rfind("(", 0, figure.start)
        if opening < 0 or not _ONLY_P.fullmatch(self.text, opening, figure.start):
            return None
        term = self._noun_before(opening)
        return self._canonical(_EXCEPTED.sub("", term)) if term else None

    # -- endpoint -------------------------------------------------------------------------------------------------------------------

    def endpoint(self, figure: Figure, start: int, end: int, inherited: str | None) -> str | None:
        """The endpoint, event or characteristic that a result is about."""
        if figure.statistic in ("hazard_ratio", "p_value"):
            return self._known(start, end) or inherited
        if figure.statistic in ("median", "mean", "mean_change", "mean_difference"):
            return self._known(start, end) or self._after_statistic(figure, start) or inherited
        if figure.statistic in ("odds_ratio", "risk_ratio", "ratio", "risk_difference", "percent_difference"):
            return self._known(start, end) or inherited or self._subject(start)
        counted = self._counted(figure, start, end, inherited)
        return None if counted == _FOLLOW_UP else counted  # patients are counted, their follow-up is not

    def _counted(self, figure: Figure, start: int, end: int, inherited: str | None) -> str | None:
        """What counted patients had or were."""
        self.generic = False
        right_before = next((name for _, at, name in self.endpoints if at <= start and _NAMED_THEN.fullmatch(self.text, at, start)), None)
        if right_before and not self._had_known(end):
            return right_before
        noun = str(figure.keep.get("noun") or "")
        if self._leads(start, end):
            predicate = self._canonical(self._predicate(end) or "")
            if predicate:
                return predicate + self.exclusion
            if inherited:
                return inherited
        term = self._listed(start)
        if term is not None:
            hinted = any(m.strength != FULL and self.text[m.start : m.end].lower() == term.lower() for m in self.mentions)
            return (None if hinted else self._canonical(term)) or inherited
        term = self._bracketed(start)
        if term and self._canonical(term):
            return self._canonical(term)
        if noun in ("death", "deaths"):
            return "death"
        own = self._had_known(end)
        if own:
            return own
        if inherited and self._continues(start):
            return inherited
        subject = self._subject(start)
        if subject and self._canonical(subject):
            return self._canonical(subject)
        if self.generic:  # `it was 55%`, `the rates were 3% and 5%`
            return inherited or self.previous
        predicate = self._predicate(end) if self._does(end) else None
        if predicate and self._canonical(predicate):
            return self._canonical(predicate)
        return self._known(start, end, True) or inherited

    def _known(self, start: int, end: int, counted: bool = False) -> str | None:
        """The known endpoint named before a figure, else soon after it. Counted patients have no duration of follow-up."""
        named = [e for e in self.endpoints if e[2] != _FOLLOW_UP] if counted else self.endpoints
        before = [e for e in named if e[1] <= start]
        if before:
            return before[-1][2]
        after = [e for e in named if e[0] >= end and e[0] - end < 120]
        return after[0][2] if after else None

    def _had_known(self, end: int) -> str | None:
        """The known endpoint that right behind a figure its patients had: `26 patients with PR, 14 with SD`."""
        near = [e for e in self.endpoints if end < e[0] < end + 80]
        m = _HAD.match(self.text, end) if near else None
        return next((name for start, _, name in near if start == m.end()), None) if m else None

    def _after_statistic(self, figure: Figure, start: int) -> str | None:
        if figure.governor is None:
            return None
        words = self.text[figure.governor[1] : start]
        listed = _LAST_LISTED.search(words)
        if listed and not _COMPARING.search(listed["last"]):
            # `mean (SD) age was 58 (16) years, haemoglobin 9.7 (1.1) g/dL`
            return self._clean(listed["last"]) or listed["last"].strip().lower()
        words = _AGE_OR_SPREAD.sub(lambda m: " age " if "age" in m.group() else " ", words)
        end = _END_OF_NAME.search(words)
        return self._clean(_OF_THE.sub("", words[: end.start()] if end else words))

    def _bracketed(self, start: int) -> str | None:
        """The noun phrase before the bracket that holds the figure: `leukopenia (24.8% vs. 0%)`."""
        at = self._opening(start)
        if at < 0:
            return None
        inside = self.blanked[at + 1 : start]
        if _VERB_INSIDE.search(inside):
            return self._subject_of(inside)
        colon = _TERM_INSIDE.search(inside)
        if (
            colon
            and not self._is_arm(at + 1 + colon.start(1), at + 1 + colon.end(1))
            and not _NO_TERM_INSIDE.search(colon.group(1).strip())
        ):
            return colon.group(1)
        return self._noun_before(at)

    def _noun_before(self, at: int) -> str | None:
        """The noun phrase that ends at `at`, back to a comma, a verb or a joining word. None where it is an arm's name or a figure."""
        offset = max(0, at - 160)
        before = self.blanked[offset:at]
        if ")" in before:
            before = _SHORT_FORM.sub(lambda m: f" {m.group(1)} ", before)
        before = before.rstrip()
        if last_word(before).lower() in _VERBS:
            return self._subject(at)
        cut = 0
        for near in (max(0, before.rfind(" ", 0, max(0, len(before) - 45))), 0):  # the last beginning, most often a few words away
            for m in _PHRASE_BEGINS.finditer(before, near):
                cut = m.end()
            if cut or not near:
                break
        phrase = before[cut:].strip(" ,;:()[]-")
        if not phrase and cut:
            return None
        if not _ENOUGH.search(phrase) or self._is_arm(offset + cut, at) or _NO_HEAD.fullmatch(phrase.split()[-1]):
            return None
        return self._clean(phrase)

    def _is_arm(self, start: int, end: int) -> bool:
        return any(m.kind in ("arm", "unknown", "pool") and m.start < end and m.end > start and m.end >= end - 3 for m in self.mentions)

    def _continues(self, start: int) -> bool:
        """Whether the words since the last figure add no subject of their own."""
        before = self.text[:start]
        last = max((m.end() for m in _COUNTED.finditer(before)), default=0)
        gap = before[last:]
        for m in self.mentions:
            if m.start >= last and m.end <= start:
                gap = gap.replace(self.text[m.start : m.end], " ")
        if any(last <= e[0] and e[1] <= start and e[2] != _FOLLOW_UP for e in self.endpoints):
            return False
        gap = _RELATIVE.sub(" ", gap)
        return not _LINK.search(gap) or _NO_SUBJECT.fullmatch(gap) is not None

    def _subject(self, start: int) -> str | None:
        if _LINKING.isdisjoint(self.words):
            return None
        begin = 0
        for end in self._clause_ends:
            if end > start:
                break
            if not self._aside(end, start):
                begin = end
        return self._subject_of(self.blanked[begin:start])

    def _aside(self, at: int, start: int) -> bool:
        """Whether a place stands in a bracket that closes before another: `(70%; 14 of 20) was similar to`."""
        opening = self._opening(at)
        if opening < 0:
            return False
        depth = 0
        for m in _BRACKETS.finditer(self.text, opening, start):
            depth += 1 if m.group() in "([" else -1
            if depth == 0:
                return True
        return False

    @lazy
    def _clause_ends(self) -> list[int]:
        """Where the signs and words end that part the sentence's clauses."""
        text = self.blanked
        if ";" not in text and _WHILE.isdisjoint(self.words) and text.isascii() and text.find(". ", 0, len(text.rstrip())) < 0:
            return []
        return [m.end() for m in _CLAUSES.finditer(text)]

    def _subject_of(self, clause: str) -> str | None:
        links = [] if _LINKING.isdisjoint(self.words) else list(_LINK.finditer(clause))
        if not links:
            return None
        link = links[-1]
        if len(clause) - link.end() > 90:
            return None
        words = clause[: link.start()]
        verb = link["verb"]
        own = _OWN_CLAUSE.split(words)[-1]
        own = own if _ENOUGH.search(own) else words
        subject = self._clean(_CIRCUMSTANCE.sub("", own.strip()))
        if subject is not None and _RELATIVE_ONLY.fullmatch(subject) or _WHICH.search(words):
            relative = _RELATIVE_TO.search(words)
            subject = self._clean(relative["noun"]) if relative else None
            reason = _REASON.search(words)
            if subject and reason:
                subject = f"{reason['what']} because of {subject}"
        if subject is not None and _GENERIC.fullmatch(subject) or _STANDS_FOR.search(words.strip()):
            self.generic = True
            return None
        state = _STATE.match(clause, link.end())
        if subject is not None and state:
            subject = f"{subject} {state['state']}"
        if subject is None or _PREPOSED.match(subject) or _HAD_BEEN.search(subject):
            return None
        if _NO_HAPPENING.fullmatch(subject) and not _ONLY_EVENTS.fullmatch(subject):
            return None
        action = _ACTION.search(verb)
        return f"{subject} {action.group()}" if action else subject

    def _predicate(self, end: int) -> str | None:
        """What the patients that a figure counts had or did: `48.6% had visceral disease`."""
        m = _PREDICATE.match(self.text, end)
        offset = m.end() if m else end
        words = self.joined[offset:]
        for mention in self.mentions:
            if (
                mention.start <= offset + 4
                and mention.end > offset
                or 0 <= mention.start - offset < 40
                and _ASSIGNED_TO.fullmatch(words, 0, max(0, mention.start - offset))
            ):
                offset = mention.end
                words = self.joined[offset:]
        words = _SPACES.sub(" ", _RESPECTIVELY.sub("", _OTHER_SHARE.sub("", words)))
        cut = _CUT.search(words)
        if cut and cut.group() == "." and words[cut.start() - 1 : cut.start()].isdigit() and words[cut.end() : cut.end() + 1].isdigit():
            return None  # the next figure stands in what would be the predicate
        words = words[: cut.start()] if cut else words
        if _NO_PREDICATE.match(words) and not words.startswith("with "):
            return None
        return self._clean(_AUXILIARY.sub("", words.strip()))

    def _clean(self, words: str) -> str | None:
        if _INNER in words or _COMMA in words:
            words = _parted(words)
        if "(" in words or "[" in words:
            words = _FIGURES_ASIDE.sub(" ", _DROP.sub(" ", words))
        words = " ".join(words.split())
        if " and " in words or " or " in words or " vs" in words or " versus" in words:
            words = _LEFT_JOINT.sub("", words)
        for _ in range(3):
            before = words
            words = _without_trail(_without_head(words))
            if words == before:
                break
        if words[:1].isdigit() or holds(words, _ESTIMATED):
            words = _ESTIMATE_HEAD.sub("", words)
        if words[:4].lower() in ("pati", "subj", "part"):
            words = _PATIENTS_WITH.sub("", words)
        if words.endswith(_RATES):
            words = _RATE_BEHIND.sub("", words)
        if words.endswith((")", "]")):
            words = _SHORT_BEHIND.sub("", words)
        if words.endswith(_GROUPS):
            words = _GROUP_BEHIND.sub("", words)
        words = words.strip(" ,;:.[]%")
        words = words.strip("()") if words.count("(") != words.count(")") else words
        if _EMPTY_WORDS.issuperset(_LETTERS.findall(words.lower())):
            return None
        if not _ENOUGH.search(words) or len(words) > 140 or words.count(" ") > 14 or _NO_WORDS.fullmatch(words):
            return None
        return words

    def _canonical(self, term: str) -> str:
        low = lower(term)
        known = vocabulary.endpoints_in(term, self.defined, low, words_of(low)) if term and self.endpoints else []
        if known and sum(end - start for start, end, _ in known) >= 0.45 * len(term) and _is_whole(term, known):
            return known[0][2]
        graded = "rade" in low or "severity" in low
        rest = " ".join((_GRADE.sub(" ", term) if graded else term).split()).strip(" ,-")
        if rest.endswith(_HANGING):
            rest = _OF_BEHIND.sub("", rest)
        rest = _OF_AHEAD.sub("", rest) if rest != term else rest
        rest = rest.lower()
        if _NO_ENDPOINT.match(rest) or ("patients" in rest or "also" in rest or "than" in rest) and _NO_ENDPOINT_LATER.match(rest):
            return ""
        return "death" if rest in ("died", "deaths") else rest  # empty where the term was nothing but a grade

    def component(self, end: int, endpoint: str) -> str:
        """`93% for zelotin and 100% for trevalin in the A group`: the part that each of several figures is for."""
        m = _FOR_PART.match(self.text, end, end + 60)
        if (
            m
            and not any(x.strength == FULL and x.start <= m.start("what") < x.end for x in self.mentions)
            and m["what"] not in ("patients", "those", "each", "this", "women", "men", "males", "females", "boys", "girls")
        ):
            return f"{endpoint} ({m['what'].lower()})"
        return endpoint

    def shared_predicates(self, results: list[tuple[int, int]]) -> dict[int, str]:
        """`8 patients in A and 3 patients in B died`: start of a result -> what the last result of its chain says that patients had or did."""
        shared: dict[int, str] = {}
        if len(results) < 2:
            return shared
        chain: list[tuple[int, int]] = []
        for index, (start, end) in enumerate(results):
            following = results[index + 1][0] if index + 1 < len(results) else len(self.text)
            chain.append((start, end))
            if index + 1 < len(results) and _CHAIN.fullmatch(_squeezed(self.blanked[end:following])):
                continue
            if len(chain) > 1 and _LEADS_CHAIN.search(self.text[max(0, chain[0][0] - 30) : chain[0][0]]):
                predicate = self._canonical(self._predicate(end) or "")
                if predicate and not self._bracketed(chain[0][0]):
                    shared.update((at, predicate) for at, _ in chain)
            chain = []
        return shared

    def _leads(self, start: int, end: int) -> bool:
        """Whether the figure opens a clause that says what its patients had or did."""
        before = self.low[max(0, start - 20) : start].rstrip()
        if before and before[-1] not in ",;:)":
            word = last_word(before)
            if word not in _LEADING_WORDS and not (word == "of" and word_before(before, len(before) - 2) == "total"):
                return False
        return self._does(end)

    def _does(self, end: int) -> bool:
        """Whether what stands behind a figure is what the patients that it counts had or did."""
        done = self._done.get(end)
        if done is None:
            done = not _DOING.isdisjoint(self.words) and _DOES.match(_squeezed(self.blanked[end : end + 160])) is not None
            self._done[end] = done
        return done

    # -- the rest ---------------------------------------------------------------------------------------------------------------------

    def grade(self, start: int, end: int, previous: int, following: int) -> str | None:
        """The grade told nearest before the figure, else one named behind it in the same clause. `previous` and `following` are where the
        neighbouring results end and begin."""
        behind = [g for g in self.grades if end <= g[0] < following and not _NEW_PART.search(self.text, end, g[0])]
        if behind and self._leads(start, end):
            return behind[0][2]
        before = [g for g in self.grades if g[1] <= start]
        if before and before[-1][1] <= previous and len({g[2] for g in before}) > 1 and self.text.rfind("(", 0, start) <= before[-1][1]:
            return None  # which of several grades is not told
        if before and (
            before[-1][0] >= previous
            or not _LINK.search(self.blanked[max(previous, before[-1][1]) : start])
            or self.text.rfind("(", 0, start) > previous
        ):
            return before[-1][2]
        return behind[0][2] if behind and "," not in self.text[end : behind[0][0]] else None

    def timepoint(self, start: int, end: int) -> str | None:
        """When: told in the clause before the figure, else right behind it."""
        if not self.timepoints:
            return None
        before = [t for t in self.timepoints if t[1] <= start]
        if before:
            return before[-1][2]
        after = [t for t in self.timepoints if t[0] >= end and t[0] - end < 60 and not _STOPS.search(self.text, end, t[0])]
        return after[0][2] if after else None

    def population(self, start: int) -> str | None:
        """The population named in the sentence before the figure, or anywhere in it if only one is named."""
        if not self._populations:
            return None
        if len(self._populations) > 1 and self._named_behind(start):
            return next(name for s, name in self._population_places if s >= start)
        near = (name for name, spans in self._populations if any(start - 260 <= s and e <= start for s, e in spans))
        return next(near, self._populations[0][0])

    @lazy
    def _population_places(self) -> list[tuple[int, str]]:
        """Where the sentence names populations, in order; of two at one place the preferred."""
        taken: list[tuple[int, int, str]] = []
        for name, spans in self._populations:
            taken += [(s, e, name) for s, e in spans if not any(s < y and x < e for x, y, _ in taken)]
        return sorted((s, name) for s, _, name in taken)

    def _named_behind(self, start: int) -> bool:
        """`79% and 74% for the per-protocol analysis and 75% and 71% for the ITT analysis`: figures stand before each of their names."""
        places = self._population_places
        first, last = places[0][0], places[-1][0]
        return (
            start < last
            and first - 12 > 0
            and _COUNTED.search(self.text, 0, first) is not None
            and _COUNTED.search(self.text, first, last) is not None
            and _RESULT.search(self.text, last + 20) is None
            and not self.text[:first].rstrip().endswith(("In the", "In"))
        )

    @lazy
    def _populations(self) -> list[tuple[str, list[tuple[int, int]]]]:
        return vocabulary.populations(self.text, self.words)

    def assessor(self, start: int) -> str | None:
        anywhere = self._assessor
        return anywhere and (vocabulary.assessor(self.text[max(0, start - 220) : start]) or anywhere)

    @lazy
    def _assessor(self) -> str | None:
        return vocabulary.assessor(self.text)

    @lazy
    def _limits_patients(self) -> bool:
        """Whether the sentence has `patients with ...`, `those aged ...`: without it no ratio is limited to a subgroup."""
        return any(_LIMITED.fullmatch(word_before(self.text, at)) for at, _ in in_order(self.low, _LIMITING & self.words))

    def subgroup(self, start: int) -> str | None:
        """The patients that a ratio in brackets is limited to: `patients with visceral disease (48.2% ...; hazard ratio 0.63`."""
        if not self._limits_patients:
            return None
        at = self._opening(start)
        if at < 0:
            among = _AMONG.search(self.text[:start])
            return _plain(among["words"]) if among else None
        m = _SUBGROUP.search(self.text[max(0, at - 170) : at])
        if not m:
            inner = _AMONG.search(self.text[:start]) or _SUBGROUP_OF.search(self.text[:at])
            return _plain(inner["words"]) if inner else None
        words, link = m["words"], m["link"]
        if ", " in words:
            return None  # what stands behind the comma is no part of who they are
        nested = list(_NESTED.finditer(words))
        if nested:
            link, words = nested[-1]["link"], words[nested[-1].end() :]
        if self._is_arm(max(0, at - 170) + m.start("words"), at):
            return None
        prefix = "not " if "not" in link else "no " if link == "without" else "aged " if link == "aged" else ""
        return _plain(prefix + words)

    def setting(self, start: int, end: int) -> str | None:
        """The patients that a result's clause is limited to: `In patients with diabetes, 40% ...`, `40% in patients with diabetes`."""
        if _SETTING_WORDS.isdisjoint(self.words):
            return None
        behind = _SET_BEHIND.match(self.text, end, end + 120)
        if behind:
            return self._limited(behind)
        before = [m for m in self._settings if m.end() <= start]
        if not before or ";" in self.text[before[-1].end() : start]:
            return None
        return self._limited(before[-1])

    @lazy
    def _settings(self) -> list[re.Match[str]]:
        return list(_SETTING.finditer(self.text)) if "," in self.text and not _OF_PATIENTS.isdisjoint(self.words) else []

    def _limited(self, m: re.Match[str]) -> str | None:
        """The level as printed, None where the words describe an arm, all patients, or those that the whole article is about."""
        group = "with" if m["with"] else "sex" if m["sex"] else "kind"
        start, end = m.span(group)
        words = self.text[start:end].strip().lower()
        if group != "sex":
            found = set(_CONTENT.findall(words))
            if not _NO_SUBGROUP.isdisjoint(words_of(words)) or not found or found <= self.topic:
                return None
        if any(x.kind in ("arm", "unknown", "pool", "other") and x.start < m.end() and x.end > m.start() for x in self.mentions):
            return None
        if group == "kind" and any(c.isdigit() for c in words) or group == "with" and ", " in words:
            return None  # what stands behind the comma is no part of who they are
        link = (m.groupdict().get("link") or "").lower() if group == "with" else ""
        prefix = "no " if link == "without" else "not " if link.endswith("not") else "aged " if link == "aged" else ""
        return _plain(prefix + words)

    def outcome(self, start: int) -> str | None:
        """What a ratio's own clause is about, where it names no known endpoint and says it in a few words."""
        opening = self._opening(start)
        how_often = opening < 0 or _HOW_OFTEN.search(self.text, max(0, opening - 80), opening) is not None
        term = how_often and (self._bracketed(start) or self._subject(start))  # in brackets may stand a factor's ratio too
        name = self._canonical(term) if term else ""
        return name if name and len(name.split()) <= 8 and not _NO_OUTCOME.search(name) else None


def _composites(text: str, words: set[str]) -> list[tuple[int, int]]:
    """Where a composite outcome is named with its members: `the composite of death, stroke and amputation`."""
    if _COMPOSITE_WORDS.isdisjoint(words):
        return []
    found = []
    for m in _COMPOSITE.finditer(text):
        end = _COMPOSITE_ENDS.search(text, m.end())
        stop = len(text[: end.start() if end else len(text)].rstrip(" ,"))
        kind = _KIND_BEHIND.match(text, stop)
        stop = kind.end() if kind else stop
        if _LIST_JOINT.search(text, m.end(), stop) and stop - m.start() < 200:
            found.append((m.start(), stop))
    return found


def _joined(text: str, words: set[str], composites: list[tuple[int, int]]) -> str:
    """The text with the joints inside names of outcomes made parts of words: `death, stroke, or amputation` is one name."""
    for start, end in composites:
        inner = _LIST_JOINT.sub(lambda m: _COMMA if m.group() == "," else _JOINED[m.group().lower()], text[start:end])
        text = text[:start] + inner + text[end:]
    if "or" not in words:
        return text
    for m in reversed(list(_ALTERNATIVE.finditer(text))):
        text = text[: m.start("or")] + _JOINED["or"] + text[m.end("or") :]
        at, members = m.start(), [m.start("comma")] if m["comma"] else []
        while True:
            comma = text.rfind(",", 0, at)
            member = text[comma + 1 : at].strip()
            if comma < 0 or not _MEMBER.fullmatch(member) or not _NO_MEMBER.isdisjoint(member.lower().split()):
                break
            members.append(comma)
            at = comma
        if members and not _begins_list(text[:at]):
            members.pop()
        for comma in members:
            text = text[:comma] + _COMMA + text[comma + 1 :]
    return text


def _begins_list(before: str) -> bool:
    """Whether the words before a comma are the first member of a list, no circumstance (`After one year, death or stroke`)."""
    clause = _CLAUSE_BEGINS.split(before)[-1].split()
    return bool(clause) and clause[0].lower() not in _NO_MEMBER and clause[0][:1].isalpha() and clause[-1][-1:].isalpha()


_CLAUSE_BEGINS = re.compile(r"[,;:.()\[\]]\s")


def _parted(words: str) -> str:
    """The words with the joints that _joined hid."""
    return words.replace(_COMMA, ",").replace(_JOINED["or"], "or").replace(_JOINED["and"], "and")


def _is_whole(term: str, known: list[tuple[int, int, str]]) -> bool:
    """Whether a term's known endpoint is no member of a composite: `all-cause death or stroke` is no `death from any cause`."""
    return not any(_JOINS_BEHIND.match(term, end) or _JOINS_AHEAD.search(term, 0, start) for start, end, _ in known) and (
        "composite" not in term.lower()
    )


def _without_head(words: str) -> str:
    """Without joining words and `the rate of` at its beginning."""
    m = _FIRST.match(words)
    if m and m[1].lower() in _LEADING_FIRST:
        words = _LEADING.sub("", words)
        m = _FIRST.match(words)
    return _STATISTIC_HEAD.sub("", words) if m and m[1].lower() in _HEAD_FIRST else words


def _without_trail(words: str) -> str:
    """Without the words of _TRAIL at its end, as long as a word is left, and without the signs between them."""
    while True:
        words = words.rstrip(_BETWEEN)
        start = words.rfind(" ") + 1
        if not words[start:].isalnum():
            start = max(words.rfind(sign) for sign in _BETWEEN) + 1
        if not start or words[start:].lower() not in _TRAIL:
            return words
        words = words[:start]


def _squeezed(words: str) -> str:
    """Single spaces only: a blanked name leaves a run of them, over which patterns with many optional spaces would take for ever."""
    return " ".join(words.split())


def _plain(words: str) -> str:
    return _ARTICLE.sub("", " ".join(words.split())).strip(" ,").lower()


def grade_band(m: re.Match[str]) -> str | None:
    """`3-4` for grade 3 or 4, `>=3` for grade 3 or higher, `any`."""
    if m["any"]:
        return "any"
    low = _ROMAN.get(m["low"].upper(), m["low"])
    if m["sign"] in ("\u2265", ">") or m["more"] or (m["plus"] and not m["high"]):
        return f">={int(low) + 1 if m['sign'] == '>' else low}"
    if m["sign"] in ("\u2264", "<"):
        return None
    high = _ROMAN.get(m["high"].upper(), m["high"]) if m["high"] else None
    return f"{low}-{high}" if high and high > low else low
