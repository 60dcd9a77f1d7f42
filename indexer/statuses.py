"""Read statuses: whether a product is on sale, in all the words that shop systems have for it."""

from functools import lru_cache
from typing import Literal

from indexer.cell_vocabulary import vocabulary

# 不在架, 未启用, 非在售.
_NOT = ("不", "未", "非", "没")
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
    if field == "is_off":
        return _read_off(word) or _read_word(word, bare)
    if field == "numbered_status" and bare in _NUMBERED_OFF:
        return "off"
    if field == "visibility" and bare == _SHOWN_WITH_PARENT:
        return "on"
    return _read_word(word, bare)


def _read_off(word: str) -> Literal["on", "off"] | None:
    """Return the status by a column where yes is off; `deleted_at` holds the time when it was."""
    if word in vocabulary("yes"):
        return "off"
    if word not in vocabulary("no") and not word[:1].isdigit():
        return None
    is_date = len(word) > 7 and any(char not in "0-: ." for char in word)
    return "off" if is_date else "on"


def _read_word(word: str, bare: str) -> Literal["on", "off"] | None:
    words = {word, bare}
    if words & vocabulary("off"):
        return "off"
    # 售罄 is on sale, and sold out.
    sold_out = vocabulary("out_of_stock") - vocabulary("no")
    if words & (vocabulary("on") | vocabulary("in_stock") | sold_out):
        return "on"
    if any(part in bare for part in vocabulary("off_parts")):
        # 未锁定 is on; 未通过 is off, since 未 is part of it.
        is_denied = bare.startswith(_NOT) and bare[1:].startswith(tuple(vocabulary("off_parts")))
        return "on" if is_denied else "off"
    if not any(part in bare for part in vocabulary("on_parts")):
        return None
    return "off" if bare.startswith(_NOT) else "on"
