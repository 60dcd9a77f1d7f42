"""Weigh what tells a slip from a rare query: `python -m training.spelling CATALOG QUERIES`.

Half of some queries that the models have not seen are spoilt by a random slip; logistic regression
learns which edit of a query gives back what was meant. Prints the weights for
`shangsou/search/spelling.json`.
"""

import json
import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.linear_model import LogisticRegression

from indexer.queries import read_queries
from shangsou.lexicon.confusions import Confusions
from shangsou.search.spelling import Speller

