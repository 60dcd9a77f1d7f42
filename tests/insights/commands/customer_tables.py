"""Tables of a small shop for tests of commands about customers, and what these write."""

import csv
from datetime import date, timedelta

from click.testing import CliRunner

from shangsou.errors import UnusableInput

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


def run_command(command, *arguments):
    """Run a command, and let input that it refuses through as an exception."""
    result = CliRunner().invoke(command, list(map(str, arguments)))
    if isinstance(result.exception, UnusableInput):
        raise result.exception
    return result


def rows_of(path):
    """Return the rows of a file that a command wrote, by column."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
