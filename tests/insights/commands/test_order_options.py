"""The options that name the orders of a shop."""

import json
from datetime import date, datetime

import click
import pytest
from click.testing import CliRunner

from insights.commands.order_options import OrderOptions, event_store, order_options, read_customers
from insights.customers import events
from shangsou.errors import UnusableInput
from tests.fixtures.behaviour import event


@pytest.fixture
def orders(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("会员,付款时间,实收\n张三,2026-06-18,5\n,2026-06-18,1\n李四,2026-06-20,7\n", "utf-8")
    return path


@click.command()
@order_options
@click.option("--horizon-days", type=int, default=1)
def command(orders, horizon_days):
    records = read_customers(orders)
    click.echo(f"{records.orders.amount.tolist()} {records.activity} {horizon_days}")


def test_a_command_reads_the_orders_sums_them_up_and_writes_the_report(tmp_path, orders):
    report = tmp_path / "report.json"
    arguments = ["--orders", orders, "--map", "金额=实收", "--report", report, "--horizon-days", 3]
    result = CliRunner().invoke(command, list(map(str, arguments)), catch_exceptions=False)
    assert result.stdout == "[5.0, 7.0] None 3\n"
    assert result.stderr.splitlines() == [
        "3 rows of orders.csv: 2 orders of 2 customers from 2026-06-18 to 2026-06-20",
        "1 rejected; --report FILE says which and why",
    ]
    assert json.loads(report.read_text("utf-8"))["customers"] == 2


def test_files_are_read_as_one_table_and_the_report_is_text_unless_its_name_ends_with_json(tmp_path, orders):
    july, report = tmp_path / "july.csv", tmp_path / "report.txt"
    july.write_text("会员,付款时间,实收\n张三,2026-07-01,2\n", "utf-8")
    records = read_customers(OrderOptions((orders, july), ("amount=实收",), report_file=report))
    assert (len(records.orders), records.orders.last_day) == (3, date(2026, 7, 1))
    assert report.read_text("utf-8").startswith("4 rows read of orders.csv, july.csv, 3 used\n")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (OrderOptions(pairs=("amount=x",)), "--map is of a table of orders"),
        (OrderOptions(currency="CNY"), "--currency is of a table of orders"),
        (OrderOptions(), "no purchases of signed-in users; .*--orders FILE"),
    ],
)
def test_options_without_a_table_are_refused_and_so_is_a_shop_without_purchases(
    tmp_path, monkeypatch, options, words
):
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    with pytest.raises(UnusableInput, match=words):
        read_customers(options)


def test_events_that_stopped_are_reported_and_the_days_after_them_are_unknown(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    with event_store() as store:
        store.add(
            [
                event("purchase", "x", 0, user="u"),  # on 1 June 2026 at 20:00 in China
                event("login", "", 3 * 60, user="u"),  # 23:00
            ]
        )
    monkeypatch.setattr(events, "datetime", FixedTime)
    assert read_customers(OrderOptions()).orders.last_day == date(2026, 6, 1)
    assert capsys.readouterr().err.splitlines() == [
        "1 row of purchases: 1 order of 1 customer from 2026-06-01 to 2026-06-01",
        "the last event is of 2026-06-01: customers are scored as of then",
    ]


class FixedTime(datetime):
    """Noon of 9 June 2026 in China: yesterday is a week after 1 June."""

    @classmethod
    def now(cls, tz=None):
        return cls(2026, 6, 9, 12, tzinfo=tz)


def test_the_report_overwrites_no_table_of_orders(orders):
    with pytest.raises(click.UsageError, match="--report would overwrite"):
        read_customers(OrderOptions((orders,), report_file=orders))
