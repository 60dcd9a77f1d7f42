"""Sales from the purchases of a shop."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from insights.sales.events import item_names, sales_of_events, with_item_names
from shangsou.errors import UnusableInput
from shangsou.settings import Settings
from tests.fixtures.behaviour import event
from tests.insights.sales.tables import quantities

SINCE = datetime(1970, 1, 1, tzinfo=UTC)
TODAY = date(2026, 6, 3)
# 1 June, 20:00 in China.
HOUR = 60


def purchase(product, minute=0, quantity=None, price_fen=None):
    return replace(event("purchase", product, minute, user="u"), quantity=quantity, price_fen=price_fen)


def test_purchases_are_summed_by_chinese_days_and_those_of_today_are_left_out(event_store):
    event_store.add(
        [
            purchase("a", 0, quantity=2, price_fen=1000),
            purchase("a", 1, price_fen=400),
            purchase("b", 5 * HOUR, quantity=3),  # 1:00 on 2 June
            purchase("b", 30 * HOUR, quantity=9),  # 2:00 on 3 June
            event("click", "a", 2, user="u"),
        ]
    )
    reading = sales_of_events(event_store, SINCE, TODAY)
    assert reading.history.first_day == date(2026, 6, 1)
    assert quantities(reading) == {"a": [3, 0], "b": [0, 3]}
    # (2 x 10 + 1 x 4) / 3.
    np.testing.assert_array_equal(reading.history.price, np.float32([[8, np.nan], [np.nan, np.nan]]))
    assert reading.report.notes == ["1 purchase of today left out: the day is not over"]
    assert (reading.report.rows, reading.report.used) == (4, 3)


def test_a_shop_without_purchases_hears_the_way_out(event_store):
    event_store.add([event("click", "a", user="u"), purchase("a", 30 * HOUR)])
    with pytest.raises(
        UnusableInput, match=r"1 purchase of today.*shangsou events import FILE.*--sales FILE"
    ):
        sales_of_events(event_store, SINCE, TODAY)


def test_titles_and_categories_come_from_the_index(shop):
    names = item_names(shop, ["red-dress", "no-such-product"])
    assert names == {"red-dress": ("red dress", "women > dresses")}


def test_without_an_index_items_have_their_ids_alone(tmp_path, new_event_store):
    store = new_event_store("embedded")
    store.add([purchase("a")])
    reading = with_item_names(sales_of_events(store, SINCE, TODAY), Settings(home=tmp_path))
    assert [item.id for item in reading.history.items] == ["a"]
    assert "there is no index" in reading.report.notes[-1]
