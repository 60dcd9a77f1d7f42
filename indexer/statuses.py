"""Read statuses: whether a product is on sale, in all the words that shop systems have for it."""

from functools import lru_cache
from typing import Literal

from indexer.cell_vocabulary import vocabulary

# 1 is on, 2 is off: in Magento, and in Taobao's assistant, whose interface calls the warehouse `instock`.
_NUMBERED_OFF = frozenset(("2", "instock", "in_stock"))
# A simple product of Magento that is shown with its parent.
_SHOWN_WITH_PARENT = "notvisibleindividually"


# An export has a handful of statuses.
@lru_cache(1 << 12)
def read_status(field: str, text: str) -> Literal["on", "off"] | None:
    """Return the status that a cell states; None for words that are not known.

    Parameters
    ----------
    field
        `status` and its kin, or `is_off`, where yes is off.
    text
        The cell, not empty.
    """
    word = text.lower().strip(" .!。！")
    bare = word.replace(" ", "")
    if field == "is_off" and word in vocabulary("yes"):
        return "off"
    if field == "is_off" and (word in vocabulary("no") or word[:1].isdigit()):
        # `deleted_at` holds the time when it was.
        return "off" if len(word) > 7 and any(char not in "0-: ." for char in word) else "on"
    if field == "numbered_status" and bare in _NUMBERED_OFF:
        return "off"
    if field == "visibility" and bare == _SHOWN_WITH_PARENT:
        return "on"
    if {word, bare} & vocabulary("off"):
        return "off"
    if {word, bare} & (
        vocabulary("on") | vocabulary("in_stock") | (vocabulary("out_of_stock") - vocabulary("no"))
    ):
        return "on"
    if any(part in bare for part in vocabulary("off_parts")):
        return "off"
    return "on" if any(part in bare for part in vocabulary("on_parts")) else None
