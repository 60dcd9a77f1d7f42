"""Values that the variants of one product share, for rows that leave them out."""

from collections import OrderedDict
from collections.abc import Mapping

from indexer.fields import MORE_SKUS, SLOTS

# Groups that are remembered: exports list the rows of one product close to each other.
_REMEMBERED = 10_000
# Of a variant alone. A price is passed on where a variant has none at all.
_OWN = frozenset(
    (
        *("product_id", "sku", *MORE_SKUS, "group_id", "row_type", "variant_skus", "visibility"),
        *("stock", "availability", *SLOTS["codes"], "sku_image", "sku_attributes", "sku_status"),
    )
)
_PRICES = frozenset(("price", "price_fen", "sale_price", "sale_price_fen", "list_price", "list_price_fen"))


class Families:
    """Remembers what products of several rows state once."""

    def __init__(self) -> None:
        self._shared: OrderedDict[str, dict[str, object]] = OrderedDict()

    def add(self, number: str, values: Mapping[str, object]) -> None:
        """Remember what the rows of a product share; what came first stays."""
        shared = {field: value for field, value in values.items() if field not in _OWN}
        self._shared[number] = {**shared, **self._shared.get(number, {})}
        self._shared.move_to_end(number)
        if len(self._shared) > _REMEMBERED:
            self._shared.popitem(last=False)

    def has(self, number: str) -> bool:
        """Return whether anything is known of a product."""
        return number in self._shared

    def complete(
        self, number: str, values: Mapping[str, object], *, lists_pictures: bool = False
    ) -> Mapping[str, object]:
        """Return a row with what its product states elsewhere.

        Where rows list the pictures of a product, that of its first row shows each of its variants.
        """
        shared = self._shared.get(number)
        if not shared:
            return values
        priced = not _PRICES.isdisjoint(values)
        inherited = {field: value for field, value in shared.items() if not (priced and field in _PRICES)}
        if lists_pictures and "title" not in values and "image_url" in inherited:
            return {**inherited, **values, "image_url": inherited["image_url"]}
        return {**inherited, **values}
