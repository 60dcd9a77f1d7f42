"""A remark on the input that the advice is to be read with, for the terminal and for the buyer."""

from typing import NamedTuple


class Note(NamedTuple):
    """The same remark in both languages."""

    english: str
    chinese: str
