"""The texts of a product that are encoded."""

from shangsou.product import Product
from shangsou.text.normalize import normalize

# The encoder reads 256 tokens (docs/adr/0002), one for each Chinese character: more would be truncated.
DESCRIPTION_CHARACTERS = 256


def title_text(product: Product) -> str:
    """Return the text of `title_vector`: the title alone, normalized."""
    return normalize(product.title)


def description_text(product: Product) -> str:
    """Return the text of `description_vector`, empty if there is none to encode."""
    return normalize(product.description[: 2 * DESCRIPTION_CHARACTERS])[:DESCRIPTION_CHARACTERS]
