"""The attribute in each place of texts such as `黑色;XL`, told from all variants of a product."""

from collections.abc import Mapping

from indexer.attributes import UNNAMED_ATTRIBUTE, split_unnamed
from indexer.identifiers import read_identifier

# A longer text is a description.
_MAX_LENGTH = 60
_NAMING = frozenset(":：={[")


class UnnamedValues:
    """By product and number of values, the attribute in each place where its variants agree."""

    def __init__(self) -> None:
        self._names: dict[tuple[int, int], list[str]] = {}

    def add(self, values: Mapping[str, object]) -> None:
        """Add a row."""
        text = _unnamed_text(values)
        if not text:
            return
        likeliest = [name for name, _ in split_unnamed(text)]
        known = self._names.setdefault((_product(values), len(likeliest)), list(likeliest))
        for place, name in enumerate(likeliest):
            if known[place] == UNNAMED_ATTRIBUTE:
                known[place] = name
            elif name not in (known[place], UNNAMED_ATTRIBUTE):
                known[place] = ""  # A colour here, a size there: the place tells nothing.

    def complete(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """Return a row with `sku_attribute_names`, what its product has in each place, if that is known."""
        text = _unnamed_text(values) if self._names else ""
        if not text:
            return values
        names = self._names.get((_product(values), len(split_unnamed(text))), [])
        if not any(name not in ("", UNNAMED_ATTRIBUTE) for name in names):
            return values
        return {**values, "sku_attribute_names": [name or UNNAMED_ATTRIBUTE for name in names]}


def _unnamed_text(values: Mapping[str, object]) -> str:
    text = values.get("sku_attributes")
    is_unnamed = isinstance(text, str) and len(text) <= _MAX_LENGTH and _NAMING.isdisjoint(text)
    return str(text) if is_unnamed else ""


def _product(values: Mapping[str, object]) -> int:
    return hash(read_identifier(values.get("group_id") or values.get("product_id")))
