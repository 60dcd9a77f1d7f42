"""Which texts of a product are encoded."""

from shangsou.product import Product
from shangsou.text.normalise import normalise

# The default model reads 512 tokens, and a Chinese character is a token: more would be cut anyway.
DESCRIPTION_CHARACTERS = 512


def title_text(product: Product) -> str:
    """Return the text of `title_vector`: the title alone, normalised."""
    return normalise(product.title)


def description_text(product: Product) -> str:
    """Return the text of `description_vector`, empty where there is none to encode."""
    return normalise(product.description[: 2 * DESCRIPTION_CHARACTERS])[:DESCRIPTION_CHARACTERS]
