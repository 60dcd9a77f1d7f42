"""Numbers of customers over snapshots, which share them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from insights.churn.training_rows import Snapshot


def customer_numbers(snapshots: Sequence[Snapshot]) -> NDArray[np.int64]:
    """Return a number from 0 for each row, the same for the same customer. Shape (rows,).

    Rows are customers of snapshots, one snapshot below the other.
    """
    numbers: dict[str, int] = {}
    return np.array(
        [numbers.setdefault(one, len(numbers)) for window in snapshots for one in window.orders.customers],
        np.int64,
    )
