"""Analogues of a new product: items that began to sell within the sales, in the same category."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.sales.history import CATEGORY_SEPARATOR, SalesHistory

MIN_ANALOGUES = 5
"""With fewer the parent of the category stands in, then the whole shop: between the least and the most of
five lies another of their kind in four of six cases."""
_FIRST_DAYS = 28
"""An item that sold within so many days of the first one may have begun before it."""


@dataclass(frozen=True, slots=True)
class Analogues:
    """The items on whose first days the forecast of a product rests."""

    category: str
    """All that began to sell in it or below it; empty for the whole shop."""
    items: NDArray[np.intp]
    """Their indices in the history."""


class Beginnings:
    """The first days of the items of a history."""

    def __init__(self, history: SalesHistory) -> None:
        self._history = history
        self.first_day: NDArray[np.intp] = np.argmax(history.quantity > 0, axis=1)
        """Shape (items,): the index of the day on which each first sold; 0 for one that never did."""
        self._paths = Counter(item.category for item in history.items)

    def analogues(self, category: str, days: int) -> Analogues:
        """Return the items of a category whose first days are known.

        They first sold after the 28th day of the history, and so long before its end that it holds `days`
        days of them. With fewer than `MIN_ANALOGUES` of these the parent category counts, and last the
        whole shop, however few they are.

        Parameters
        ----------
        category
            A path from the root, or the name of a category alone. Levels that the history lacks are left
            out from the end.
        days
            How many of their first days are needed.
        """
        is_known = (self.first_day >= _FIRST_DAYS) & (self.first_day + days <= self._history.days)
        begun = np.flatnonzero(is_known)
        path = self._known_path(category)
        while path:
            items = [index for index in begun if _is_within(self._history.items[index].category, path)]
            if len(items) >= MIN_ANALOGUES:
                return Analogues(path, np.array(items))
            path = path.rpartition(CATEGORY_SEPARATOR)[0]
        return Analogues("", begun)

    def _known_path(self, category: str) -> str:
        """Return the path of the history that a category names; empty where there is none."""
        while category:
            if any(_is_within(path, category) for path in self._paths):
                return category
            # The name of a category alone; of several with this name the one with most items.
            for path, _ in self._paths.most_common():
                levels = path.split(CATEGORY_SEPARATOR)
                if category in levels:
                    return CATEGORY_SEPARATOR.join(levels[: levels.index(category) + 1])
            category = category.rpartition(CATEGORY_SEPARATOR)[0]
        return ""


def _is_within(path: str, category: str) -> bool:
    return f"{path}{CATEGORY_SEPARATOR}".startswith(f"{category}{CATEGORY_SEPARATOR}")
