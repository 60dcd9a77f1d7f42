"""How to attend is chosen by what shoppers then chose, and stays as it was where they tell nothing."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the extra [torch]")

from shangsou.product import Product
from shangsou.search.personal.offer import Offer
from shangsou.search.personal.past import Past
from shangsou.search.personal.ranker import default_ranker
from shangsou.search.personal.recall import Recalled
from shangsou.search.personal.rerank import Scene
from shangsou.search.personal.taste import Meeting
from shangsou.search.personal.traits import TraitReader
from tests.search.personal.shelf import Shelf, pool
from training.attention import Sight, choose_attention

PATTERNS = ("碎花", "条纹", "格子", "波点")
PRODUCTS = [Product(f"{pattern}-{n}", f"长裤 {pattern}") for pattern in PATTERNS for n in range(9)]
SHOWN = pool(*(f"{pattern}-0" for pattern in PATTERNS))


def sights(near: float, far: float, count: int = 240) -> list[Sight]:
    """Return searches for trousers by shoppers who once looked at two patterns.

    They choose the one of which the titles have the cosine `near` with the query; of the other there are
    twice as many, at `far`.
    """
    shelf = TraitReader(Shelf(PRODUCTS))  # type: ignore[arg-type]
    _, traits = shelf.read(SHOWN.product_ids)
    offer = Offer(SHOWN, traits, "长裤")
    source = np.random.default_rng(5)
    found = []
    for number in range(count):
        chosen, other = source.permutation(len(PATTERNS))[:2]
        ids = [f"{PATTERNS[chosen]}-{n}" for n in (1, 2, 3)] + [f"{PATTERNS[other]}-{n}" for n in range(1, 7)]
        cosines = np.array([near] * 3 + [far] * 6, np.float32)
        past = Recalled([Past(one, frozenset(), 1.0) for one in ids], shelf)
        nobody = np.zeros(len(PATTERNS))
        target = np.zeros(len(PATTERNS), np.float32)
        target[chosen] = 1
        scene = Scene(Meeting(offer, past), (nobody, nobody), cosines)
        found.append(Sight(f"u{number}", scene, np.arange(len(PATTERNS)), target))
    return found


def _quiet(line: str) -> None:
    pass


def test_a_threshold_that_shuts_out_what_misleads_is_found() -> None:
    # At .55, the default, six products of cosine .65 outweigh three of .95; from .8 on they do not.
    attention = choose_attention(sights(near=0.95, far=0.65), _quiet, seed=1, within_s=600)
    misleading, telling = attention.weights(np.array([0.65, 0.95]), np.array([False, False]))
    assert 3 * telling > 6 * misleading


def test_where_the_history_tells_nothing_the_default_stays() -> None:
    # Cosines far below every threshold that is tried: nothing is attended to, whichever it is.
    attention = choose_attention(sights(near=-1, far=-1, count=80), _quiet, seed=1, within_s=600)
    assert tuple(attention) == pytest.approx(tuple(default_ranker().attention))


def test_without_time_the_first_other_way_is_the_last() -> None:
    tried: list[str] = []
    choose_attention(sights(near=-1, far=-1, count=40), tried.append, seed=1, within_s=0)
    assert len(tried) == 1
