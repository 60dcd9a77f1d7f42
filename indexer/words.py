"""Words that stand for something in a cell, as data."""

import json
from functools import cache
from importlib.resources import files
from typing import Literal

Kind = Literal[
    "nothing",
    "no_brand",
    "no_time",
    "on",
    "off",
    "in_stock",
    "out_of_stock",
    "html_elements",
    "inline_elements",
]


@cache
def words(kind: Kind) -> frozenset[str]:
    """Return the words of a kind, in lower case.

    `nothing` is what exports write where there is no value, `on` and `off` are statuses of a product,
    `in_stock` and `out_of_stock` stand where a number should, and of the HTML elements the inline
    ones part no words.
    """
    table = json.loads(files(__package__).joinpath("words.json").read_text(encoding="utf-8"))
    return frozenset(table[kind])
