"""Tables of orders of a small shop for tests of commands."""

from datetime import date, timedelta

FIRST_DAY = date(2026, 1, 1)


def write_orders(path, *, customers=60, days=120, repeaters=30, amount=50):
    """Write orders: the first customers order every ten days, the others once, by Chinese headers."""
    rows = []
    for number in range(customers):
        begins = number % 10
        ordered = range(begins, days, 10) if number < repeaters else [begins]
        rows += [f"会员{number},{FIRST_DAY + timedelta(day)},{amount}" for day in ordered]
    path.write_text("\n".join(["会员号,付款时间,实付金额", *rows]), "utf-8")
    return path
