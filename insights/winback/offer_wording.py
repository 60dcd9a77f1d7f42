"""The wording of offers, as a shop's people write them."""

import re

from shangsou.product import Product

# A message on a phone shows some 40 characters: with the words around them two names fit, and a third begins.
_MAX_NAME = 16
_LATIN_END = re.compile(r"[0-9A-Za-z.]+$")


def named(product: Product) -> str:
    """Return the title of a product in quotation marks, cut where it is long, in no Latin word or number."""
    title = " ".join(product.title.split())
    if len(title) <= _MAX_NAME:
        return f"“{title}”"
    cut, behind = title[: _MAX_NAME - 1], title[_MAX_NAME - 1]
    if _LATIN_END.match(behind):
        cut = _LATIN_END.sub("", cut) or cut
    return f"“{cut.rstrip()}…”"


def discount_chinese(discount: float) -> str:
    """Return a share that is taken off as shops write it: .15 is `8.5 折`."""
    return f"{round(10 * (1 - discount), 1):g} 折"
