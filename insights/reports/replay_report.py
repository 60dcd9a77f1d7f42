"""The replay of ordering policies as text and as plain JSON values."""

from collections.abc import Iterator, Mapping, Sequence

from insights.stock.replay.ledger import PolicyResult
from insights.stock.replay.replay import ReplayResult
from insights.stock.stocked_item import HOLDING_RATE
from shangsou.text.plurals import quantity

_TITLES = {
    "forecast": "our advice",
    "last week": "last week's sales",
    "moving average": "moving average",
}


def assumptions(result: ReplayResult) -> Sequence[str]:
    """Return what the replay assumes, a sentence each."""
    rules = result.rules
    level = (
        "the level of each item comes from its margin, where price and cost are known"
        if rules.by_margin
        else f"the service level is {rules.service_level:g}, not more than pays where pieces spoil"
    )
    keeps = (
        "pieces keep"
        if rules.shelf_life_days is None
        else f"a delivered piece can be sold on {quantity(rules.shelf_life_days, 'day')}"
    )
    lead, review = quantity(rules.lead_time_days, "day"), quantity(rules.review_days, "day")
    refit, times = quantity(result.refit_days, "day"), quantity(result.forecasts, "time")
    known = f"{result.priced_items:,} of {result.items:,} items have a price and a cost"
    return (
        "Demand is what was sold: sales under-state it where items were out of stock, for all alike.",
        "Every policy knows all sales of the days before, also what it did not have in stock.",
        f"Orders are placed every {review} before the shop opens, and arrive so {lead} later.",
        "An item's own lead time, shelf life and pack from --on-hand go before these; its stock is not used.",
        "What is out of stock is lost, and not sold later.",
        f"Of the level: {level}.",
        f"Of spoiling: {keeps}, the oldest sell first, and an item's loss rate is taken off each delivery.",
        "All policies order more by the loss rate, subtract what is left in stock, and round to packs.",
        "Money is the day's price and cost of an item, or the last known; a delivery costs when it arrives.",
        f"Stock left is worth its cost; keeping it costs {HOLDING_RATE:.0%} of that a year.",
        f"An item takes part from the first forecast that holds it; {known}, and money is of these alone.",
        f"The forecast was made {times}, every {refit}, and used until the next.",
        "The others look at every day; the moving average is of 28 days, with a normal safety stock.",
    )


def replay_to_json(result: ReplayResult) -> Mapping[str, object]:
    """Return the replay as one JSON document."""
    return {
        "first_day": result.first_day.isoformat(),
        "last_day": result.last_day.isoformat(),
        "items": result.items,
        "priced_items": result.priced_items,
        "refit_days": result.refit_days,
        "policies": [_policy_to_json(policy, result) for policy in result.policies],
        "assumptions": list(assumptions(result)),
    }


def _policy_to_json(policy: PolicyResult, result: ReplayResult) -> Mapping[str, object]:
    return {
        "policy": policy.name,
        "profit": round(policy.profit, 2),
        "sales": round(policy.revenue, 2),
        "sold_quantity": round(policy.sold, 3),
        "lost_quantity": round(policy.lost, 3),
        "lost_money": round(policy.lost_money, 2),
        "wasted_quantity": round(policy.wasted, 3),
        "wasted_money": round(policy.wasted_money, 2),
        "cycle_service": round(policy.cycle_service, 4),
        "fill_rate": round(policy.fill_rate, 4),
        "mean_stock": round(policy.mean_stock, 3),
        "mean_stock_money": round(policy.mean_stock_money, 2),
        "weeks_better_than_forecast": _weeks_better(policy, result.policies[0]),
        "weeks": len(policy.week_profits),
    }


def replay_text(result: ReplayResult) -> str:
    """Return the replay as a table, with what it assumes."""
    return "\n".join(_lines(result))


def _lines(result: ReplayResult) -> Iterator[str]:
    ours = result.policies[0]
    yield f"{result.first_day} to {result.last_day}, {quantity(result.items, 'item')}\n"
    yield (
        f"{'policy':<18} {'profit':>11} {'sales':>11} {'lost sales':>11} {'waste':>11} {'no stock-out':>12} "
        f"{'demand sold':>11} {'mean stock':>11} {'weeks better':>12}"
    )
    for policy in result.policies:
        weeks = "" if policy is ours else f"{_weeks_better(ours, policy)} of {len(policy.week_profits)}"
        yield (
            f"{_TITLES[policy.name]:<18} {policy.profit:>11,.0f} {policy.revenue:>11,.0f} "
            f"{policy.lost_money:>11,.0f} {policy.wasted_money:>11,.0f} {policy.cycle_service:>12.1%} "
            f"{policy.fill_rate:>11.1%} {policy.mean_stock_money:>11,.0f} {weeks:>12}"
        )
    yield (
        "\nIn money: sales lost at their price, waste and stock at cost. no stock-out: order cycles of an "
        "item in which nothing was lost; weeks better: with more profit by our advice."
    )
    yield "\nAssumed:"
    for assumption in assumptions(result):
        yield f"- {assumption}"


def _weeks_better(one: PolicyResult, other: PolicyResult) -> int:
    return sum(first > second for first, second in zip(one.week_profits, other.week_profits, strict=True))
