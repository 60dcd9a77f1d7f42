"""Prices, sales, stock and dates of the sample shop, in the shapes they have in real ones."""

import math
from datetime import UTC, datetime, timedelta
from random import Random

# The fixed "today" of the sample shop, which must not change with the calendar.
TODAY = datetime(2026, 11, 1, tzinfo=UTC)
OLDEST_DAYS = 900
# Price factors of brand tiers.
TIER_FACTORS = {1: 0.75, 2: 1.0, 3: 1.35, 4: 1.7}


def draw_price_yuan(low: int, high: int, tier: int, rng: Random) -> float:
    """Draw an unrounded base price for a brand's variants, uniform on a logarithmic scale."""
    return math.exp(rng.uniform(math.log(low), math.log(high))) * TIER_FACTORS[tier]


def price_fen(yuan: float, rng: Random) -> int:
    """Return the price in fen as a merchant would set it: 9.9, 29.9, 59, 168, 1299."""
    if yuan < 20:
        return round(yuan) * 100 + rng.choice((-10, -10, -20, 50))
    if yuan < 100:
        whole = round(yuan / 5) * 5
        return rng.choice(((whole - 1) * 100, whole * 100 - 10, (whole - 1) * 100 + 90))
    if yuan < 1000:
        return (round(yuan / 10) * 10 - rng.choice((1, 1, 1, 2))) * 100
    return (round(yuan / 50) * 50 - 1) * 100


def draw_created_at(rng: Random) -> datetime:
    """Draw a moment in working hours, recent ones more likely."""
    days = 1 + int((OLDEST_DAYS - 1) * rng.random() ** 1.8)
    return TODAY - timedelta(days=days) + timedelta(minutes=rng.randrange(8 * 60, 22 * 60) - 8 * 60)


def draw_sales(yuan: float, created_at: datetime, rng: Random) -> int:
    """Draw the sales of a product: mostly few, sometimes very many; cheap and old ones sell more."""
    age = min(1.0, (TODAY - created_at).days / 365)
    typical = 400 * (0.1 + 0.9 * age) / max(1.0, yuan / 50) ** 0.6
    return int(rng.lognormvariate(math.log(typical), 1.6))


def draw_stock(rng: Random) -> int:
    """Draw the pieces in stock: one product in twenty is sold out."""
    return 0 if rng.random() < 0.05 else 1 + int(rng.lognormvariate(math.log(120), 1.1))


def draw_offer(rng: Random) -> tuple[float, datetime | None, datetime | None]:
    """Draw the ratio of list price to price (1 for no offer), and the period of the offer."""
    if rng.random() > 0.28:
        return 1.0, None, None
    list_price_factor = rng.choice((1.15, 1.2, 1.25, 1.3, 1.5, 1.6, 2.0))
    if rng.random() < 0.6:
        return list_price_factor, None, None
    since = TODAY - timedelta(days=rng.randrange(3, 30))
    return list_price_factor, since, since + timedelta(days=rng.choice((14, 30, 60, 365)))
