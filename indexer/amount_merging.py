"""One spelling for the values of an attribute that state the same amount."""

from dataclasses import replace

from indexer.report import Report
from shangsou.lexicon.amount_values import AmountValues
from shangsou.product import Product
from shangsou.text.facts import FactTable


class AmountMerger:
    """Respells values as the first product of the catalog that states the same, and counts them in a report.

    In the catalog and not in facets, since both engines count and filter values as they stand.
    """

    def __init__(self, table: FactTable, report: Report) -> None:
        self._values = AmountValues(table)
        self._report = report

    def merge(self, product: Product) -> Product:
        """Return a product with its values respelled."""
        attributes = {
            name: tuple(dict.fromkeys(self._respell(name, value) for value in values))
            for name, values in product.attributes.items()
        }
        return product if attributes == product.attributes else replace(product, attributes=attributes)

    def _respell(self, name: str, value: str) -> str:
        first = self._values.add_value(name, value)
        if first != value:
            self._report.issues.count("merged", name, f"{value} as {first}")
        return first
