"""Forecast new products by analogy: they are taken to begin as others of their category began."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from insights.demand.forecast import MAX_PATHS, DemandForecast
from insights.demand.forecast_table import Forecast, SamplePaths
from insights.demand.running_totals import Values
from insights.new_products.analogues import MIN_ANALOGUES, Analogues, Beginnings
from insights.new_products.new_product_file import NewProduct
from insights.sales.history import SalesHistory
from shangsou.errors import UnusableInput
from shangsou.text.plurals import quantity

_SEED = 0
# Products that a remark names.
_MAX_NAMED = 10


@dataclass(frozen=True, slots=True)
class NewProductForecast:
    """The forecast of new products, and what it rests on."""

    demand: DemandForecast
    analogues: tuple[Analogues, ...]
    """Of each product, in the order of the forecast."""

    def remarks(self) -> list[str]:
        """Return what the forecast rests on, in sentences."""
        items = self.demand.forecast.items
        counts = sorted({len(found.items) for found in self.analogues})
        count = f"{counts[0]:,} to {counts[-1]:,}" if len(counts) > 1 else f"{counts[0]:,}"
        products = quantity(len(items), "new product")
        lines = [f"{products}: forecast as others of the category began, {count} of them"]
        of_shop = [item.id for item, found in zip(items, self.analogues, strict=True) if not found.category]
        if of_shop:
            more = f" and {len(of_shop) - _MAX_NAMED:,} more" if len(of_shop) > _MAX_NAMED else ""
            lines.append(
                f"as any items of the shop, since fewer than {MIN_ANALOGUES} of their category began within "
                f"the sales: {', '.join(of_shop[:_MAX_NAMED])}{more}"
            )
        return lines

    def to_json(self, history: SalesHistory) -> list[dict[str, object]]:
        """Return what each product rests on as plain JSON values: the category, and the ids of its items."""
        return [
            {
                "item": item.id,
                "category": found.category,
                "analogues": [history.items[index].id for index in found.items.tolist()],
            }
            for item, found in zip(self.demand.forecast.items, self.analogues, strict=True)
        ]


def forecast_new_products(
    history: SalesHistory, products: Sequence[NewProduct], horizon: int, *, paths: int = MAX_PATHS
) -> NewProductForecast:
    """Return the forecast of products for the days after the last of the history.

    What a product sells on a day from its launch is what its analogues sold as many days after their first
    sale: the mean, the quantiles (type 6 of Hyndman & Fan 1996, by which a tenth of all others of the kind
    lies beyond each; of fewer than nine analogues the outer ones are the least and the most), and as sample
    paths whole courses of analogues. Days before the launch are 0.

    Parameters
    ----------
    products
        At least one; none has sold anything.
    horizon
        Days.
    paths
        How many; as many as those of a forecast that these are appended to.

    Raises
    ------
    UnusableInput
        Fewer than five items of the whole shop began to sell where their first days are known.
    """
    generator = np.random.default_rng(_SEED)
    mean = np.zeros((len(products), horizon))
    quantiles = np.zeros((3, len(products), horizon))
    drawn = np.zeros((paths, len(products), horizon), np.float32)
    beginnings, analogues = Beginnings(history), []
    for index, product in enumerate(products):
        days = _days_on_sale(history, product, horizon)
        found = beginnings.analogues(product.item.category, max(days, 1))
        _check_count(history, found, max(days, 1))
        analogues.append(found)
        if days:
            courses = _first_sales(history, beginnings.first_day[found.items], found.items, days)
            on_sale = slice(horizon - days, horizon)
            mean[index, on_sale] = courses.mean(axis=0)
            quantiles[:, index, on_sale] = np.quantile(courses, (0.1, 0.5, 0.9), axis=0, method="weibull")
            # Each analogue is drawn as often as the others, but for a rest.
            drawn[:, index, on_sale] = courses[generator.permutation(paths) * len(courses) // paths]
    items = tuple(product.item for product in products)
    q10, q50, q90 = quantiles.astype(np.float32)
    forecast = Forecast(history.last_day, items, mean.astype(np.float32), q10, q50, q90)
    return NewProductForecast(
        DemandForecast(forecast, SamplePaths(history.last_day, items, drawn)), tuple(analogues)
    )


def append_forecast(first: DemandForecast, second: DemandForecast) -> DemandForecast:
    """Return one forecast of the items of two, which are of the same days and have as many paths."""
    items = (*first.forecast.items, *second.forecast.items)
    matrices = (
        np.concatenate([getattr(one.forecast, name) for one in (first, second)])
        for name in ("mean", "q10", "q50", "q90")
    )
    quantity = np.concatenate([first.paths.quantity, second.paths.quantity], axis=1)
    return DemandForecast(
        Forecast(first.forecast.origin, items, *matrices), SamplePaths(first.paths.origin, items, quantity)
    )


def _days_on_sale(history: SalesHistory, product: NewProduct, horizon: int) -> int:
    """Return on how many days of the forecast a product is sold: the last ones."""
    if product.launch is None:
        return horizon
    waiting = (product.launch - history.last_day - timedelta(days=1)).days
    return int(np.clip(horizon - waiting, 0, horizon))


def _check_count(history: SalesHistory, analogues: Analogues, days: int) -> None:
    if len(analogues.items) < MIN_ANALOGUES:
        raise UnusableInput(
            f"new products are forecast as others began, and {len(analogues.items):,} of "
            f"{quantity(len(history.items), 'item')} began to sell more than 28 days after "
            f"{history.first_day} and at least {quantity(days, 'day')} before the end, {history.last_day}: "
            f"{MIN_ANALOGUES} are needed; give sales of a longer time or a shorter horizon, or leave the new "
            "products out"
        )


def _first_sales(
    history: SalesHistory, first_day: NDArray[np.intp], items: NDArray[np.intp], days: int
) -> Values:
    """Return what items sold on their first days, shape (items, days).

    On days that tell nothing of the demand, such as closed ones, the mean of the others stands.
    """
    day = first_day[:, None] + np.arange(days)
    sold = history.quantity[items[:, None], day].astype(np.float64)
    observed = history.is_observed[items[:, None], day]
    observed |= ~observed.any(axis=1, keepdims=True)
    mean = np.where(observed, sold, 0).sum(axis=1) / observed.sum(axis=1)
    return np.asarray(np.where(observed, sold, mean[:, None]))
