"""Advice for a shop."""

from datetime import date

from insights.stock.advice import advise, forecast_days
from insights.stock.inventory import Inventory
from tests.insights.stock.shops import constant_demand, rules, sample_paths, stocked


def advice(*items, demand):
    return advise(Inventory(items, []), sample_paths(demand), rules())


def test_items_to_order_come_by_the_money_that_is_at_risk():
    advised = advice(
        stocked("便宜", lead_time_days=2, price=1.0, days_since_sale=0),
        stocked("贵", lead_time_days=2, price=9.0, unit_cost=2.0, days_since_sale=0),
        stocked("够", on_hand=50.0, lead_time_days=2, price=99.0, days_since_sale=0),
        demand={name: constant_demand(1) for name in ("便宜", "贵", "够")},
    )
    assert [(item.item.id, item.order, item.money_at_risk) for item in advised.orders] == [
        ("贵", 3, 45),
        ("便宜", 3, 5),
    ]
    assert advised.orders[0].order_money == 6
    assert advised.orders[1].order_money is None


def test_an_item_below_its_reorder_point_is_urgent():
    advised = advice(
        stocked("A", on_hand=1.0, lead_time_days=2, days_since_sale=0),
        stocked("B", on_hand=2.0, lead_time_days=2, days_since_sale=0),
        demand={"A": constant_demand(1), "B": constant_demand(1)},
    )
    assert {item.item.id: item.is_urgent for item in advised.items} == {"A": True, "B": False}


def test_stock_outs_have_a_date_and_their_money():
    # Sales are known until 1 January; 3 pieces of 2 a day are gone on the evening of the 3rd.
    (item,) = advice(
        stocked("A", on_hand=3.0, lead_time_days=2, price=5.0, days_since_sale=0),
        demand={"A": constant_demand(2)},
    ).stock_outs
    assert (item.stock_out_date, item.stock_out.lost, item.lost_money) == (date(2026, 1, 3), 1, 5)


def test_an_item_whose_stock_is_unknown_gets_no_order():
    (item,) = advice(
        stocked("A", None, lead_time_days=2, price=5.0, days_since_sale=0), demand={"A": constant_demand(2)}
    ).items
    assert (item.order, item.stock_out_date, item.money_at_risk, item.is_urgent) == (None, None, None, False)
    assert item.quantity.order_up_to == 10


def test_stock_without_sales_for_28_days_is_apart_from_stock_that_sells_slowly():
    advised = advice(
        stocked("旧", on_hand=5.0, unit_cost=2.0, days_since_sale=28),
        stocked("从未", on_hand=5.0, unit_cost=9.0),
        stocked("空", on_hand=0.0, days_since_sale=28),
        stocked("慢", on_hand=50.0, days_since_sale=3, lead_time_days=2),
        demand={"慢": constant_demand(1)},
    )
    assert [one.stocked.item.id for one in advised.unsold] == ["从未", "旧"]
    assert [(item.item.id, item.overstock.pieces) for item in advised.overstocked] == [("慢", 20)]


def test_a_shop_in_which_nothing_sells_gets_an_empty_advice():
    advised = advise(
        Inventory([stocked("A", on_hand=2.0)], []), sample_paths({"B": constant_demand(0)}), rules()
    )
    assert (advised.items, advised.orders, advised.stock_outs, len(advised.unsold)) == ([], [], [], 1)


def test_the_forecast_reaches_as_far_as_the_longest_lead_time_and_the_days_of_overstock():
    assert (
        forecast_days(
            Inventory(
                [
                    stocked(lead_time_days=60, days_since_sale=27),
                    stocked(lead_time_days=90, days_since_sale=28),
                ],
                [],
            ),
            rules(),
        )
        == 63
    )
    assert forecast_days(Inventory([stocked(lead_time_days=2, days_since_sale=0)], []), rules()) == 30


def test_a_likely_stock_out_is_listed_even_where_it_is_not_worth_much_to_prevent_it():
    # A margin of 1 against a cost of 9: in nine of ten cycles it may run out. It does in six of ten paths.
    demand = constant_demand(1)
    demand[6:] = 0
    item = stocked(
        "A", on_hand=1.0, lead_time_days=2, price=10.0, unit_cost=9.0, shelf_life_days=1, days_since_sale=0
    )
    assert [one.item.id for one in advice(item, demand={"A": demand}).stock_outs] == ["A"]
