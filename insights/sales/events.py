"""Daily sales from the purchases among the events of a shop."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np

from insights.sales.history import CATEGORY_SEPARATOR, Item
from insights.sales.reading import SalesReading, all_known, reading_of
from insights.sales.report import SalesReport
from insights.sales.rows import ItemText
from insights.sales.sales_rows import SalesRows
from shangsou.behaviour.event import PURCHASE
from shangsou.behaviour.store import EventStore
from shangsou.engines.engine import LiveEngine
from shangsou.errors import NoIndex, ShangsouError, UnusableInput
from shangsou.reading.times import CHINA
from shangsou.settings import Settings
from shangsou.text.plurals import quantity

_NAME = "purchases"
# Products looked up at once.
_BATCH = 500


def sales_of_events(store: EventStore, since: datetime, today: date | None = None) -> SalesReading:
    """Return the sales that the purchases since a moment tell of, by Chinese days, without names of items.

    Those of today, which is not over, are left out. A purchase without a quantity is of one piece.

    Raises
    ------
    UnusableInput
        There is no purchase before today.
    EventsUnavailable
        The events cannot be read.
    """
    today = today or datetime.now(CHINA).date()
    report = SalesReport([_NAME])
    ids: dict[str, int] = {}
    items, days = array("q"), array("q")
    quantities, prices = array("d"), array("d")
    of_today = 0
    for event in store.scan(since):
        if event.action != PURCHASE:
            continue
        report.rows += 1
        day = event.at.astimezone(CHINA).date()
        if day >= today:
            of_today += 1
        elif not event.product_id:
            example = f"event {event.event_id}: there is no product; left out"
            report.issues.count("rejected", "a purchase without a product", example)
        else:
            items.append(ids.setdefault(event.product_id, len(ids)))
            days.append(day.toordinal())
            quantities.append(1 if event.quantity is None else event.quantity)
            prices.append(event.price_fen / 100 if event.price_fen else np.nan)
    report.used = len(days)
    if not report.used:
        of_rest = f" ({quantity(of_today, 'purchase')} of today, which is not over)" if of_today else ""
        raise UnusableInput(
            f"the events of the shop hold no purchases{of_rest}; bring them in with "
            '"shangsou events import FILE", or name a table of sales with --sales FILE'
        )
    if of_today:
        report.notes.append(f"{quantity(of_today, 'purchase')} of today left out: the day is not over")
    nothing = np.zeros(report.used, np.int64)
    rows = SalesRows(
        tuple(ids),
        tuple(ItemText() for _ in ids),
        np.array(items),
        np.array(days),
        nothing,
        np.array(quantities),
        {"price": np.array(prices)},
        (_NAME,),
        nothing,
        nothing,
        np.full(report.used, ""),
    )
    return reading_of(all_known(rows), report)


def with_item_names(reading: SalesReading, settings: Settings) -> SalesReading:
    """Return sales with the titles and categories of the products in the index, as far as it has them.

    Where it cannot be opened items have neither, and the report says why.
    """
    from shangsou.engines.stores import open_store

    ids = [item.id for item in reading.history.items]
    try:
        engine = open_store(settings).open()
        try:
            texts = item_names(engine, ids)
        finally:
            engine.close()
    except ShangsouError as problem:
        reason = "there is no index" if isinstance(problem, NoIndex) else str(problem)
        reading.report.notes.append(f"items have neither titles nor categories: {reason}")
        return reading
    for one in ids:
        if one not in texts:
            reading.report.issues.count("flagged", "an item that is not in the index", f"item {one}")
    items = tuple(Item(one, *texts.get(one, ItemText())) for one in ids)
    return SalesReading(replace(reading.history, items=items), reading.report)


def item_names(engine: LiveEngine, ids: Sequence[str]) -> dict[str, ItemText]:
    """Return the title and the category of each of these products that the index holds, on sale or not.

    Raises `EngineUnavailable`.
    """
    return {
        one: ItemText(product.title, CATEGORY_SEPARATOR.join(product.category))
        for start in range(0, len(ids), _BATCH)
        for one, product in engine.stored(ids[start : start + _BATCH]).items()
    }
