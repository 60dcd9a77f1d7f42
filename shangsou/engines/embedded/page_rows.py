"""The rows of a page, in its order."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.embedded.columns import Columns
from shangsou.engines.embedded.filter_masks import FilterMasks
from shangsou.engines.embedded.groups import Groups
from shangsou.engines.embedded.prices import PriceColumn
from shangsou.engines.query import VARIANTS_LOOKED_AT, CandidateSet, LexicalQuery, Page

Rows = NDArray[np.integer[Any]]
Scores = NDArray[np.number[Any]]


class PageOrder:
    """Orders the rows of a candidate set."""

    def __init__(self, columns: Columns, groups: Groups, masks: FilterMasks, ties: NDArray[np.int64]) -> None:
        self._columns, self._groups, self._masks, self._ties = columns, groups, masks, ties
        self._rows = len(columns.in_stock)

    def page_rows(  # noqa: PLR0913, PLR0917 - a set with its rows, a page, and what orders
        self,
        candidate_set: CandidateSet,
        page: Page,
        rows: Rows,
        candidates: Rows,
        scores: Callable[[LexicalQuery], NDArray[np.float32]] | None,
        prices: PriceColumn,
    ) -> Rows:
        """Return the rows of a page.

        Parameters
        ----------
        candidate_set, page
            What is asked for.
        rows, candidates
            All rows of the set, ascending, and those of its candidates, in their order.
        scores
            Returns the scores of a query that order what is no candidate; None: the order of ids.
        prices
            Of this moment.
        """
        end = page.offset + page.size
        if page.sort == "relevance":
            if end <= len(candidates):
                return candidates[page.offset : end]
            order: Scores
            first, rest = candidates, self._besides(candidates, rows, collapse=candidate_set.collapse)
            query = candidate_set.query
            order = np.zeros(len(rest)) if query is None or scores is None else scores(query)[rest]
        else:
            first, rest = candidates[:0], rows
            order = -self._columns.rank(page.sort, prices)[rest].astype(np.int64)
            if page.sold_out_last:
                order -= self._rows * ~self._columns.in_stock[rest]
            for condition in page.demoted:
                order -= 2 * self._rows * ~self._masks.not_contradicting(condition)[rest]
        best = self._best_available if page.sort == "relevance" and page.sold_out_last else self._best
        behind = best(rest, order, end - len(first), collapse=candidate_set.collapse)
        return np.concatenate([first, behind])[page.offset : end]

    def _besides(self, candidates: Rows, rows: Rows, *, collapse: bool) -> Rows:
        """Return the rows that no candidate stands for."""
        if collapse and self._groups.has_variants:
            return rows[~self._groups.mark(candidates)[self._groups.of_row[rows]]]
        return np.setdiff1d(rows, candidates, assume_unique=True)

    def _best_available(self, rows: Rows, order: Scores, k: int, *, collapse: bool) -> Rows:
        """Return the best k rows as `_best` does, those sold out behind all others."""
        available = self._columns.in_stock[rows]
        best = self._best(rows[available], order[available], k, collapse=collapse)
        if len(best) == k or available.all():
            return best
        sold_out = ~available
        if collapse and self._groups.has_variants:
            # A group of which one variant can be bought is there already.
            sold_out &= ~self._groups.mark(rows[available])[self._groups.of_row[rows]]
        return np.concatenate(
            [best, self._best(rows[sold_out], order[sold_out], k - len(best), collapse=collapse)]
        )

    def _best(self, rows: Rows, order: Scores, k: int, *, collapse: bool) -> Rows:
        """Return the k rows with the highest numbers, one of each group, best first."""
        return rows[self.top(rows, order, k, collapse=collapse)]

    def top(self, rows: Rows, scores: Scores, k: int, *, collapse: bool) -> NDArray[np.intp]:
        """Return the positions of the k rows with the highest scores; collapsed, one of each group."""
        if not (collapse and self._groups.has_variants):
            return top_positions(self._ties[rows], scores, k)
        # A few times as many rows, which are quickly gone through, are mostly of enough groups. What scores
        # lower stands for no better one.
        few = VARIANTS_LOOKED_AT * k
        if len(rows) > few > 0:
            positions = np.flatnonzero(scores >= np.partition(scores, -few)[-few])
            best = positions[self._best_of_each(rows[positions], scores[positions])]
            if len(best) >= k:
                return best[top_positions(self._ties[rows[best]], scores[best], k)]
        best = self._best_of_each(rows, scores)
        return best[top_positions(self._ties[rows[best]], scores[best], k)]

    def _best_of_each(self, rows: Rows, scores: Scores) -> NDArray[np.intp]:
        return self._groups.best_of_each(rows, scores, self._columns.in_stock)


def top_positions(ties: NDArray[np.int64], scores: Scores, k: int) -> NDArray[np.intp]:
    """Return the positions of the k highest scores, best first; of equals the one with the lowest tie."""
    positions = np.arange(len(scores))
    if len(scores) > 4 * k:
        # Keep all that tie with the k-th, so that the tie rule decides among them.
        positions = np.flatnonzero(scores >= np.partition(scores, -k)[-k])
    return positions[np.lexsort((ties[positions], -scores[positions]))[:k]]
