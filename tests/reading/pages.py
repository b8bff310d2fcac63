"""Pages for the readers' tests: one small made-up trial, set in four formats, each oddity there for a reason."""

# a plain page as it is copied: captions far from their tables, a banner in and between paragraphs, a sentence cut in two
TEXT = """ORIGINAL ARTICLE

Alphadrug against Placebo in Early Gout

Authors: A. Writer, M.D., and B. Reader, Ph.D.

Published May 2, 2019 J Test Med 2019;12:34-40 DOI: 10.1234/jtm.5678

Abstract

BACKGROUND

Gout hurts.

METHODS

We randomly assigned 30 patients to alphadrug or placebo.

RESULTS

Flares occurred in 20.0% of the patients (P=0.03).

CONCLUSIONS

Alphadrug prevented flares. (ClinicalTrials.gov number, NCT00000001.)

Get unlimited access: [subscribe now.](#)

Gout has been treated since antiquity,¹ though rarely well. Colchicine and nonsteroidal drugs remain the first choice in most countries, and both have limits that patients with kidney disease know well.^{2,3}

Methods

PATIENTS

Adults with one flare or more were eligible, as the protocol that had been approved by the

Get unlimited access: subscribe now.

board demanded, and a body-mass index below 40 kg/m² was needed.

Results

A total of 15 patients received alphadrug (see Table 2), and the relative risk of a flare was 0.40 (95% CI,

TABLE 1

Characteristic\tAlphadrug (N=15)\tPlacebo (N=15)
Age — yr†\t61\t60
Sex — no. (%)\t\t
Male\t9 (60.0)\t10 (66.7)‡
Female\t6 (40.0)\t5 (33.3)

† Median.
‡ One man withdrew.

Baseline Characteristics of the Patients.

TABLE 2

The rates of pain were alike. † Get unlimited access: subscribe now.

Table 2. Adverse Events According to Grade.

Event\tAlphadrug (N=15)\t\tPlacebo (N=15) ^a\t
\tAny Grade\tGrade 3 [*]\tAny Grade\tGrade 3
Nausea^{**}\t3 (20.0)\t0\t2 (13.3)\t1 (6.7)
Rash\t1 (6.7)\t0\t1 (6.7)\t0

^a One death occurred.
[*] No event was of grade 4.
^{**} Nausea or vomiting.

Adverse Events According to Grade.

0.17 to 0.93) with alphadrug as compared with placebo.

Discussion

Counts of 10⁹ cells per liter and an R² of 0.5 are figures,⁴ reference marks are not.

REFERENCES

1. Old A. Gout in 12.5% of kings. *J Kings* 1801;1:1-2

RELATED ARTICLES

Betadrug in 99% of Patients

Get unlimited access: [subscribe now.](#)
"""

MARKDOWN = """---
journal: "J Test Med"
---
# Alphadrug against *Placebo* in Early Gout

J Test Med 2019;12:34-40, doi:10.1234/jtm.5678

## Abstract

**Background:** Gout hurts. **Results:** see below.

**Methods:** We randomized 30 patients.

## Results

Flares were **fewer** (*P*&nbsp;&lt;&nbsp;0.05;[^2] relative risk, 0.40) at 5 * 3 sites; see [Table 1](#table-1) and
the drug\\_code `A_1`. Counts were 10<sup>9</sup>/L.<sup>4</sup>

**Table 1.** Baseline *characteristics* | all patients.

| Characteristic | Alphadrug<sup>a</sup> (N=15) | | Placebo (N=15) | |
|:---|---:|---:|---:|---:|
| | n | % | n | % |
| **Sex** | | | | |
| &emsp;Male \\| man\\* | 9 | **60.0** | 10[^1] | 66.7 † |
| &emsp;Female | 6<br>(six) | 40.0 | 5 | 33.3 |

<sup>a</sup> Once daily.
\\* As stated.
† One man withdrew.

| Event | Alphadrug | Placebo |
| --- | --- | --- |
| Nausea | 3 (20.0) | 2 (13.3) |

Table 2: Adverse events

## References

1. Old A. Gout in 12.5% of kings.

[^1]: One man withdrew later.
[^2]: By the log-rank test.
"""

HTML = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Gout - J Test</title>
<meta name="citation_title" content="Alphadrug against Placebo in Early Gout"><meta name="citation_journal_title" content="J Test Med">
<meta name="citation_publication_date" content="2019/05/02"><meta name="citation_doi" content="10.1234/jtm.5678">
<meta name="citation_pmid" content="12345678"><script>var rate = 55.5;</script></head><body>
<header><h2 class="site">The site, 12.5% off</h2></header><nav><ul><li>Home</li></ul></nav><div class="cookie-banner"><p>We use 3 cookies.</p></div>
<main><article><h1>Alphadrug against Placebo in Early Gout</h1><p class="authors">A. Writer<sup>1</sup></p>
<section class="abstract"><h2>Abstract</h2><h3>Background</h3><p>Gout hurts.<sup><a href="#B1">1</a></sup></p>
<h3>Results</h3><p>The relative risk was 0.40 (<i>P</i> &lt; 0.05) at 10<sup>9</sup> cells.</p></section>
<section><h2>Methods</h2><p>We randomized 30 patients [<a href="#B2" class="xref-bibr">2</a>, <a href="#B3" class="xref-bibr">3</a>].</p></section>
<section><h2>Results</h2><p>See <a href="#T1" class="xref-table">Table 1</a>, which shows
<section class="tw xbox" id="T1"><h3 class="obj_head">Table 1.</h3><div class="caption p"><p>Baseline <em>characteristics</em>.</p></div>
<div class="tbl-box p"><table><thead><tr><th rowspan="2">Characteristic</th><th colspan="2">Alphadrug<sup>a</sup> (N=15)</th><th>Placebo</th></tr>
<tr><th>n</th><th>%</th><th>n</th></tr></thead><tbody><tr><td>Sex</td><td colspan="3"></td></tr>
<tr><td>&nbsp;&nbsp;Male</td><td>9</td><td>60.0<a href="#t1fn1">*</a></td><td>10</td></tr></tbody></table></div>
<div class="p text-right"><a href="table/T1/">Open in a new tab</a></div>
<div class="tw-foot p"><div class="fn"><sup>a</sup><p>Once daily.</p></div><div class="fn" id="t1fn1"><p><sup>*</sup>Rounded. <sup>b</sup> Not used.</p></div></div></section>
the baseline.</p><p><b>Table 2.</b> Adverse events</p>
<table id="x"><tr><th>Event</th><th>Alphadrug</th><th>Placebo</th></tr><tr><th scope="row">Nausea</th><td>3 (20.0)</td><td>2</td></tr>
<tfoot><tr><td colspan="3">† Nausea or vomiting.</td></tr></tfoot></table>
<table role="presentation"><tr><td><p>A layout table holds this sentence of the article.</p></td></tr></table>
<figure><img src="km.png" alt=""><figcaption>Figure 1. Survival.</figcaption></figure></section>
<section class="ref-list"><h2>References</h2><ol><li>Old A. Gout in 12.5% of kings.</li></ol></section></article></main>
<aside><p>Related: 99% of patients</p></aside><footer>Copyright 2025</footer></body></html>
"""
