"""Prices of one product for several levels of customers, a row each, as in price lists of ERP systems."""

import re
from collections.abc import Mapping, Sequence

from indexer.cell_objects import as_text
from shangsou.reading.issue import Issue, excerpt

LEVEL = "price_level"
# The reason under which a report warns: the price may be a wholesale one.
UNKNOWN_RETAIL = "prices of several customer levels, none called retail"
_PRICES = re.compile(r"(?:(?:sale|list|product)_)?price(?:_fen)?|offer_(?:from|until|period)|currency")
# Levels that shoppers without a contract pay, the likeliest first.
_RETAIL = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        r"零售|retail|散客|门市",
        r"标准|默认|standard|default|public|基准|统一",
        r"普通|一般|非会员|不限|所有|全部|regular|general|everyone|not logged in|guest|^all",
    )
)
# Levels that a message lists.
_MAX_LISTED = 5


def keep_one_level(
    rows: Sequence[Mapping[str, object]], product: str
) -> tuple[list[dict[str, object]], Issue] | None:
    """Return rows with the prices of one level alone: the retail one, else the first; None for one level.

    Parameters
    ----------
    rows
        Of one product, in the order of files.
    product
        As messages call it.
    """
    priced = [values for values in rows if LEVEL in values and any(map(_PRICES.fullmatch, values))]
    levels = list(dict.fromkeys(_level(values) for values in priced))
    if len(levels) < 2:
        return None
    retail = next((level for words in _RETAIL for level in levels if words.search(level)), "")
    chosen = retail or levels[0]
    kept = [
        {
            field: value
            for field, value in values.items()
            if not (LEVEL in values and _level(values) != chosen and _PRICES.fullmatch(field))
        }
        for values in rows
    ]
    listed = ", ".join(excerpt(level) for level in levels[:_MAX_LISTED])
    problem = f"{product} has prices for {listed}{' and more' if len(levels) > _MAX_LISTED else ''}"
    reason = "prices of several customer levels" if retail else UNKNOWN_RETAIL
    return kept, Issue(reason, problem, f"that for {excerpt(chosen)} kept")


def _level(values: Mapping[str, object]) -> str:
    return as_text(values.get(LEVEL)).strip()
