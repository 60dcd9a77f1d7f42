"""Searchers for the commands: a fully opened index, and a progress bar."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from relevance.groups import UNGROUPED, ProductGroups, products_to_judge, read_groups
from relevance.judgements import Qrels, Query
from relevance.runs import Run, ids_of_run
from shangsou.errors import EngineUnavailable, NoIndex, RecipeMismatch, UnusableInput, WeightsUnavailable
from shangsou.product import Product
from shangsou.search.request import Mode, SearchRequest
from shangsou.search.response import SearchResponse

if TYPE_CHECKING:
    from shangsou.search.ranking.recipe import RankingRecipe
    from shangsou.search.service.searcher import Searcher
    from shangsou.settings import Settings

T = TypeVar("T")
LEXICAL_MODE_ADVICE = "or evaluate words alone with --mode lexical"
"""Advice for commands with this option."""


@contextmanager
def open_full_searcher(
    mode: Mode, advice: str = "", generation: str | None = None, settings: "Settings | None" = None
) -> "Iterator[Searcher]":
    """Open the index of the settings with everything that searches of this mode need; close it at the end.

    With `generation`, that one instead of the current one; `settings` are by default those of the process.

    Raises `WeightsUnavailable`, with advice, if every search would lack its encoder. A missing index is
    reported by the first search.
    """
    from shangsou.search.service.searcher import open_searcher
    from shangsou.settings import read_settings

    settings = settings or read_settings()
    searcher = _open_pinned(settings, generation) if generation else open_searcher(settings)
    try:
        missing = searcher.missing() if searcher.generation() is not None and mode != "lexical" else []
        if missing:
            raise WeightsUnavailable("; ".join([*missing, advice] if advice else missing))
        yield searcher
    finally:
        searcher.close()


def _open_pinned(settings: "Settings", generation: str) -> "Searcher":
    """Open a generation, whichever is current."""
    from relevance.tuning.recording import PinnedStore
    from shangsou.engines.stores import open_store
    from shangsou.search.service.searcher import Searcher

    store = open_store(settings)
    names = [one.name for one in store.generations()]
    if names and generation not in names:
        raise UnusableInput(f"there is no generation {generation!r}; there are {', '.join(names)}")
    return Searcher(settings, PinnedStore(store, generation)).open()


def with_progress(items: Sequence[T], unit: str) -> Iterable[T]:
    """Iterate over the items with a progress bar on stderr."""
    from tqdm import tqdm

    # disable=None: no bar if stderr is not a terminal.
    bar: Iterable[T] = tqdm(items, unit=unit, file=sys.stderr, disable=None)
    return bar


def tag_queries(queries: Sequence[Query], searcher: "Searcher") -> list[Query]:
    """Return the queries with tags from their texts, from what they hold, and the shop's known queries."""
    from relevance.tags import with_content_tags, with_text_tags
    from shangsou.text.normalize import normalize

    counts = searcher.query_counts([normalize(query.text) for query in queries])
    return with_content_tags(with_text_tags(queries, counts), searcher.understand)


def product_titles(searcher: "Searcher", product_ids: Sequence[str]) -> dict[str, str]:
    """Return the titles of the products in the index; without an index none, and a note on stderr."""
    try:
        return {product.product_id: product.title for product in searcher.products(product_ids)}
    except (NoIndex, RecipeMismatch, EngineUnavailable) as problem:
        click.echo(f"products go by their ids: {problem}", err=True)
        return {}


def judged_groups(searcher: "Searcher", qrels: Qrels, *runs: Run) -> ProductGroups:
    """Return the groups of what was judged or found; without an index none, and a note on stderr."""
    try:
        return read_groups(searcher, products_to_judge(qrels, *map(ids_of_run, runs)))
    except (NoIndex, RecipeMismatch, EngineUnavailable) as problem:
        click.echo(f"each product is judged by itself, not as one of its variants: {problem}", err=True)
        return UNGROUPED


class RecipeSearcher:
    """A search provider with a given ranking recipe in place of the live one."""

    def __init__(self, searcher: "Searcher", recipe: "RankingRecipe") -> None:
        self._searcher = searcher
        self._recipe = recipe

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a search."""
        return self._searcher.search(request, self._recipe)

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        """Return the products with these ids that are on sale."""
        return self._searcher.products(product_ids)
