"""False reasons: circumstances of simulated shoppers that have nothing to do with buying, and become one."""

from collections import Counter
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from insights.churn.circumstances import circumstances
from insights.churn.reasons import significant_effects
from insights.churn.windows import training_windows
from insights.customers.activity import Activity
from insights.customers.orders import Orders, days_bought
from insights.simulation.shop import SimulatedShop, simulate_shop

Flags = NDArray[np.bool_]
SEEDS = range(1_000, 1_200)
HORIZON, SHOPPERS, DAYS = 30, 1_500, 400
# Of customers in whom it holds in all windows: what is the same in all is the worst case for windows
# that share customers.
SHARES = (0.03, 0.1, 0.3, 0.5)
# They speak of activity alone; the others that do are of the last order too.
SHUFFLED_CODES = ("cart-left", "searched", "favorite")


def false_reasons() -> dict[str, object]:
    """Return how often each circumstance without an effect became a reason, over all seeds."""
    made_up: Counter[str] = Counter()
    shuffled: Counter[str] = Counter()
    for seed in SEEDS:
        shop = simulate_shop(seed, SHOPPERS, DAYS)
        rng = np.random.default_rng(seed)
        made_up.update(_made_up_reasons(shop, rng))
        shuffled.update(_reasons_by_code(shop, _shuffled(shop.activity, rng)))
    return {
        "shops": len(SEEDS),
        "made up": {f"share {share}": made_up[f"{share}"] for share in SHARES},
        "activity of another customer": {code: shuffled[code] for code in SHUFFLED_CODES},
    }


def _made_up_reasons(shop: SimulatedShop, rng: np.random.Generator) -> list[str]:
    drawn = rng.random((len(shop.shoppers), len(SHARES))) < np.array(SHARES)
    holds, buys, past, _ = _past(shop.orders, shop.activity)
    positions = [shop.positions(known.customers) for known in past]
    customer = np.concatenate(positions)
    effects = significant_effects(np.column_stack([holds, drawn[customer]]), buys, customer)
    return [f"{share}" for at, share in enumerate(SHARES) if holds.shape[1] + at in effects]


def _reasons_by_code(shop: SimulatedShop, activity: Activity) -> list[str]:
    holds, buys, past, codes = _past(shop.orders, activity)
    customer = np.concatenate([shop.positions(known.customers) for known in past])
    return [codes[at] for at in significant_effects(holds, buys, customer)]


def _past(orders: Orders, activity: Activity) -> tuple[Flags, Flags, list[Orders], list[str]]:
    """Return circumstances and outcomes in the windows of the past, what was known then, and the codes."""
    windows = training_windows(orders.first_day, orders.last_day, HORIZON)
    past = [orders.until(one.as_of) for one in windows]
    found = [circumstances(known, activity) for known in past]
    bought = [
        days_bought(orders, known.customers, window.first_day, window.last_day)
        for known, window in zip(past, windows, strict=True)
    ]
    holds = [np.column_stack([each.holds for each in one]) for one in found]
    return np.concatenate(holds), np.concatenate(bought) > 0, past, [one.code for one in found[0]]


def _shuffled(activity: Activity, rng: np.random.Generator) -> Activity:
    """Return the activity as if another customer had done all of it."""
    names = list(activity.customers)
    rng.shuffle(names)
    return replace(activity, customers=tuple(names))
