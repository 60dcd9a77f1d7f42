"""Filters by values of attributes, in whatever spelling they state an amount."""

from dataclasses import replace

from shangsou.engines.query import Filters
from shangsou.lexicon.lexicon import Lexicon


def add_spellings(filters: Filters, lexicon: Lexicon | None) -> Filters:
    """Return filters that also take the spelling of the catalog: 500ml beside 0.5L."""
    known = lexicon.amount_values if lexicon else None
    if known is None or not filters.attributes:
        return filters
    return replace(
        filters,
        attributes=tuple(
            (
                name,
                tuple(
                    dict.fromkeys(
                        spelling
                        for value in values
                        for spelling in (value, known.first_spelling(name, value))
                    )
                ),
            )
            for name, values in filters.attributes
        ),
    )
