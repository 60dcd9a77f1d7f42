"""Attention is chosen by what shoppers then chose; without evidence the default stays."""

from importlib.util import find_spec

import numpy as np
import pytest

from shangsou.product import Product
from shangsou.search.personal.candidates import CandidateFeatures
from shangsou.search.personal.history_cache import HistoryFeatures
from shangsou.search.personal.history_items import HistoryItem
from shangsou.search.personal.preferences import HistoryOverlap
from shangsou.search.personal.product_traits import TraitReader
from shangsou.search.personal.ranker import default_ranker
from shangsou.search.personal.rerank import RerankContext
from tests.search.personal.trouser_catalog import StubEngine, pool
from training.attention import AttentionExample, choose_attention

# Not `importorskip`: importing torch takes 4 s, in every process that collects the tests.
pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")

PATTERNS = ("碎花", "条纹", "格子", "波点")
PRODUCTS = [Product(f"{pattern}-{n}", f"长裤 {pattern}") for pattern in PATTERNS for n in range(9)]
SHOWN = pool(*(f"{pattern}-0" for pattern in PATTERNS))


def examples(near: float, far: float, count: int = 240) -> list[AttentionExample]:
    """Return searches for trousers by shoppers who once looked at two patterns.

    They choose the one of which the titles have the cosine `near` with the query; of the other there are
    twice as many, at `far`.
    """
    shelf = TraitReader(StubEngine(PRODUCTS))  # type: ignore[arg-type]
    _, traits = shelf.read(SHOWN.product_ids)
    offer = CandidateFeatures(SHOWN, traits, "长裤")
    source = np.random.default_rng(5)
    attention_examples = []
    for number in range(count):
        chosen, other = source.permutation(len(PATTERNS))[:2]
        ids = [f"{PATTERNS[chosen]}-{n}" for n in (1, 2, 3)] + [f"{PATTERNS[other]}-{n}" for n in range(1, 7)]
        cosines = np.array([near] * 3 + [far] * 6, np.float32)
        history = HistoryFeatures([HistoryItem(product_id, frozenset(), 1.0) for product_id in ids], shelf)
        nobody = np.zeros(len(PATTERNS))
        target = np.zeros(len(PATTERNS), np.float32)
        target[chosen] = 1
        context = RerankContext(HistoryOverlap(offer, history), (nobody, nobody), cosines)
        attention_examples.append(AttentionExample(f"u{number}", context, np.arange(len(PATTERNS)), target))
    return attention_examples


def _quiet(line: str) -> None:
    pass


def test_a_threshold_that_shuts_out_what_misleads_is_found() -> None:
    # At .55, the default, six products of cosine .65 outweigh three of .95; from .8 on they do not.
    attention = choose_attention(examples(near=0.95, far=0.65), _quiet, seed=1, time_limit_s=600)
    misleading, informative = attention.weights(np.array([0.65, 0.95]), np.array([False, False]))
    assert 3 * informative > 6 * misleading


def test_where_the_history_tells_nothing_the_default_stays() -> None:
    # Cosines far below every threshold that is tried: nothing is attended to, whichever it is.
    attention = choose_attention(examples(near=-1, far=-1, count=80), _quiet, seed=1, time_limit_s=600)
    assert tuple(attention) == pytest.approx(tuple(default_ranker().attention))


def test_without_time_the_first_other_way_is_the_last() -> None:
    tried: list[str] = []
    choose_attention(examples(near=-1, far=-1, count=40), tried.append, seed=1, time_limit_s=0)
    assert len(tried) == 1
