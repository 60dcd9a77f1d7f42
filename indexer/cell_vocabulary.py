"""The vocabulary of cells: words that stand for a value or for an empty cell."""

import json
from functools import cache
from importlib.resources import files
from typing import Literal

VocabularyKind = Literal[
    "nothing",
    "no_brand",
    "no_product_type",
    "no_time",
    "no_price",
    "free",
    "yes",
    "no",
    "on",
    "off",
    "on_parts",
    "off_parts",
    "in_stock",
    "out_of_stock",
    "buyable_without_stock",
    "html_elements",
    "inline_elements",
]


@cache
def vocabulary(kind: VocabularyKind) -> frozenset[str]:
    """Return the words of a kind, in lower case.

    `nothing` holds placeholders for a missing value, `on` and `off` statuses of a product and their `_parts`
    what longer ones hold, `in_stock` and `out_of_stock` words in place of a number, and the inline HTML
    elements are those that do not separate words.
    """
    table = json.loads(files(__package__).joinpath("cell_vocabulary.json").read_text(encoding="utf-8"))
    return frozenset(table[kind])
