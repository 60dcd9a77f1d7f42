"""One spelling for the values of an attribute that state the same amount."""

from dataclasses import replace

from indexer.report import Report
from shangsou.lexicon.amount_values import AmountValues
from shangsou.lexicon.fact_terms import MAX_VALUE_LENGTH
from shangsou.product import Product
from shangsou.text.facts import FactTable

# Colours and sizes are those of other products; some megabytes.
_KEPT_SPELLINGS = 1 << 14


class AmountMerger:
    """Respells values as the first product of the catalog that states the same, and counts them in a report.

    In the catalog and not in facets, since both engines count and filter values as they stand.
    """

    def __init__(self, table: FactTable, report: Report) -> None:
        self._values = AmountValues(table)
        self._report = report
        self._known: dict[tuple[str, str], str] = {}

    def merge(self, product: Product) -> Product:
        """Return a product with its values respelled."""
        if not product.attributes or not any(
            self._first(name, value) != value
            for name, values in product.attributes.items()
            for value in values
        ):
            return product
        attributes = {
            name: tuple(dict.fromkeys(self._respell(name, value) for value in values))
            for name, values in product.attributes.items()
        }
        return replace(product, attributes=attributes)

    def _first(self, name: str, value: str) -> str:
        """Return the spelling that stands for a value; the first one stays, so each is looked up once."""
        if len(value) > MAX_VALUE_LENGTH:
            return value
        first = self._known.get((name, value))
        if first is None:
            if len(self._known) == _KEPT_SPELLINGS:
                self._known.clear()
            first = self._known[name, value] = self._values.add_value(name, value)
        return first

    def _respell(self, name: str, value: str) -> str:
        first = self._first(name, value)
        if first != value:
            self._report.issues.count("merged", name, f"{value} as {first}")
        return first
