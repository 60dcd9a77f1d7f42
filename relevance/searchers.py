"""Searches for the commands: an index opened in full, and a bar for those who wait."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from relevance.judgements import Query
from shangsou.errors import EngineUnavailable, NoIndex, RecipeMismatch, WeightsUnavailable
from shangsou.search.request import Mode, SearchRequest
from shangsou.search.response import SearchResponse

if TYPE_CHECKING:
    from shangsou.search.ranking.recipe import RankingRecipe
    from shangsou.search.service.searcher import Searcher

T = TypeVar("T")
LEXICAL_MODE_ADVICE = "or evaluate words alone with --mode lexical"
"""Advice of the commands that have this option."""


@contextmanager
def open_full_searcher(mode: Mode, advice: str = "") -> "Iterator[Searcher]":
    """Open the index that the settings name, with all that searches of this mode need, and close it.

    Raises `WeightsUnavailable`, with an advice, where every search would go without its encoder. A missing
    index, the first search tells.
    """
    from shangsou.search.service.searcher import open_searcher
    from shangsou.settings import read_settings

    searcher = open_searcher(read_settings())
    try:
        missing = searcher.missing() if searcher.generation() is not None and mode != "lexical" else []
        if missing:
            raise WeightsUnavailable("; ".join([*missing, advice] if advice else missing))
        yield searcher
    finally:
        searcher.close()


def with_progress(items: Sequence[T], unit: str) -> Iterable[T]:
    """Return the items with a bar on stderr as they are gone through."""
    from tqdm import tqdm

    # disable=None: no bar where stderr is no terminal.
    bar: Iterable[T] = tqdm(items, unit=unit, file=sys.stderr, disable=None)
    return bar


def tag_queries(queries: Sequence[Query], searcher: "Searcher") -> list[Query]:
    """Return the queries with the tags that their texts and the shop's known queries tell."""
    from relevance.tags import with_text_tags
    from shangsou.text.normalize import normalize

    return with_text_tags(queries, searcher.query_counts([normalize(query.text) for query in queries]))


def product_titles(searcher: "Searcher", product_ids: Sequence[str]) -> dict[str, str]:
    """Return the titles of the products that the index knows; none, and a word on stderr, without one."""
    try:
        return {product.product_id: product.title for product in searcher.products(product_ids)}
    except (NoIndex, RecipeMismatch, EngineUnavailable) as problem:
        click.echo(f"products go by their ids: {problem}", err=True)
        return {}


class RecipeSearcher:
    """Searches that are ordered by a ranking recipe of one's own, not by the one that serves."""

    def __init__(self, searcher: "Searcher", recipe: "RankingRecipe") -> None:
        self._searcher = searcher
        self._recipe = recipe

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a search."""
        return self._searcher.search(request, self._recipe)
