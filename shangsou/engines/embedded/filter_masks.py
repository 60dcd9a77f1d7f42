"""Masks of the rows that are on sale and pass the filters of a search."""

from collections.abc import Sequence
from functools import lru_cache

from shangsou.engines.embedded.catalog import Catalog
from shangsou.engines.embedded.columns import Columns, Mask
from shangsou.engines.embedded.lexical import LexicalIndex
from shangsou.engines.embedded.term_rows import TermRows
from shangsou.engines.embedded.types import Types
from shangsou.engines.query import Exclusion, FactCondition, Filters, TypeCondition
from shangsou.method_cache import cached_method

# Cached masks: shoppers page and refine, and all facets of a search use the same ones.
_CACHE_SIZE = 64
# Cached masks of facts: of a search, two for each of its facts.
_FACT_CACHE_SIZE = 32


class FilterMasks:
    """Masks of rows for conditions on products; callers must not change them."""

    def __init__(
        self, catalog: Catalog, columns: Columns, lexical: LexicalIndex, types: Types, facts: TermRows
    ) -> None:
        self._catalog, self._columns, self._lexical = catalog, columns, lexical
        self._types = types
        self._cached_term_mask = lru_cache(_FACT_CACHE_SIZE)(facts.mask)
        self._cached_mask = cached_method(self._mask, _CACHE_SIZE)

    def passing(self, filters: Filters, period: int) -> Mask | None:
        """Return which rows are on sale and pass the filters, with the prices of a period; None if all do."""
        return self._cached_mask(filters, period)

    def not_contradicting(self, condition: FactCondition) -> Mask:
        """Return which rows do not contradict a fact."""
        holding = self._cached_term_mask(condition.holding)
        return holding if condition.must_hold else holding | ~self._cached_term_mask(condition.stating)

    def having(self, terms: Sequence[str]) -> Mask:
        """Return which rows have one of these terms of facts."""
        return self._cached_term_mask(tuple(terms))

    def _mask(self, filters: Filters, period: int) -> Mask | None:
        passing = self._columns.filter_mask(filters, self._columns.prices.during(period))
        masks = [self._lexical.containing(text) for text in filters.contains]
        if filters.types is not None:
            masks.append(self._of_types(filters.types))
        masks += map(self.not_contradicting, filters.facts)
        masks += [~self._excluded(exclusion) for exclusion in filters.exclusions]
        further = None if filters.within is None else self.passing(filters.within, period)
        if further is not None:
            masks.append(further)
        for mask in masks:
            passing = mask if passing is None else passing & mask
        return passing

    def _excluded(self, exclusion: Exclusion) -> Mask:
        """Return which rows have what an exclusion names."""
        mask = self._lexical.containing(exclusion.text)
        for text in exclusion.denials if mask.any() else ():
            mask &= ~self._lexical.containing(text)
        if exclusion.stating:
            mask &= ~self.having(exclusion.stating)
        return mask | self.having(exclusion.holding) if exclusion.holding else mask

    def _of_types(self, condition: TypeCondition) -> Mask:
        """Return which rows are of the types of a condition."""
        mask = self._types.mask(condition.names)
        for text in condition.other_texts:
            mask &= ~self._lexical.containing(text)
        for text in condition.texts:
            mask |= self._lexical.containing(text)
        mask[self._catalog.rows(condition.other_ids)] = False
        mask[self._catalog.rows(condition.ids)] = True
        return mask
