# ruff: noqa: F401
"""What processes that read articles import, once for all of them: a server process imports this module and then forks.

Belongs here: imports. Does not: anything that starts threads or opens files, which a fork would copy half of.
"""

import gc

import lxml.etree
import pandas
import pandera.pandas
import pyarrow.compute
import pyarrow.feather
import pyarrow.parquet
import scipy.stats

import trialmart.audit
import trialmart.effects.marts
import trialmart.extraction
import trialmart.facts
import trialmart.frames
import trialmart.reading
import trialmart.reading.jats
import trialmart.reading.trial
from assets import all_assets
from schemas import IN_ORDER, validation

all_assets()
validation.warm(IN_ORDER)
gc.collect()
gc.freeze()  # a collection in one of them would touch, and so copy, every page that they share
