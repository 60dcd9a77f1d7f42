"""Candidates of training and evaluation are those of a plain search."""

from dataclasses import replace

import pytest

from relevance.offline.candidates import CandidateCache
from shangsou.lexicon.lexicon import Lexicon
from shangsou.recommend.selection import is_in_stock
from shangsou.search.request import SearchRequest
from shangsou.search.search import search
from shangsou.search.service.searcher import Searcher


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        pytest.param("连衣裙", "连衣裙", id="as typed"),
        pytest.param("100元以下的连衣裙", "连衣裙", id="with a limit"),
        pytest.param("lianyiqun", "连衣裙", id="in pinyin"),
    ],
)
def test_an_offer_is_what_the_plain_search_shows_in_its_order(
    sample_searcher: Searcher, dress_lexicon: Lexicon, typed: str, means: str
) -> None:
    context = replace(sample_searcher.context(), lexicon=dress_lexicon)
    request = SearchRequest(typed, size=100)
    response = search(request, context)
    candidates = CandidateCache(context).of(typed).candidates
    assert candidates is not None
    assert candidates.query_text == means
    shown = [hit.product for hit in response.hits if is_in_stock(hit.product)]
    assert candidates.pool.product_ids[:100] == tuple(product.product_id for product in shown)
