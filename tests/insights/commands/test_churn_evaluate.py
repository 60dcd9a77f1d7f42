"""`shangsou churn evaluate` on tables of orders."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from insights.churn.evaluation import split
from insights.commands import churn_evaluate
from insights.commands.churn_evaluate import evaluate
from shangsou.errors import UnusableInput
from tests.insights.churn.evaluation.records import FIRST_DAY, shop_orders


@pytest.fixture
def table(tmp_path):
    """Half of 80 customers order about every ten days, the others once."""

    def write(days=120):
        orders = shop_orders(customers=80, days=days)
        rows = [
            f"会员{orders.customers[customer]},{FIRST_DAY + timedelta(day - FIRST_DAY.toordinal())},20"
            for customer, day in zip(orders.customer.tolist(), orders.day.tolist(), strict=True)
        ]
        path = tmp_path / "orders.csv"
        path.write_text("\n".join(["会员号,付款时间,实付金额", *rows]), "utf-8")
        return path

    return write


def run(*arguments):
    return CliRunner().invoke(evaluate, list(map(str, arguments)))


def test_the_terminal_shows_all_scores_and_stderr_what_was_read_and_how_many_origins_fit(table):
    result = run("--orders", table(), "--horizon-days", 40)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("2 origins from ")
    for name in ("shangsou", "frequency", "recency", "BG/NBD", "P(alive)", "calibration error", "at the cut"):
        assert name in result.stdout
    assert "orders of 80 customers from" in result.stderr
    assert "2 of 3 origins fit into the time of the orders" in result.stderr
    assert "会员" not in result.output


def test_json_is_one_document_on_stdout_and_the_page_is_written(table, tmp_path):
    page = tmp_path / "page.html"
    result = run("--orders", table(), "--horizon-days", 30, "--origins", 1, "--json", "--html", page)
    document = json.loads(result.stdout)
    assert document["horizon_days"] == 30
    (origin,) = document["origins"]
    assert origin["customers"] == 80
    # Who orders every ten days is told from who ordered once: few are on the wrong side of the cut.
    assert origin["confusion"] is None
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert "会员" not in result.stdout + page.read_text("utf-8")


def test_orders_too_short_for_one_origin_are_unusable(table):
    result = run("--orders", table(30), "--horizon-days", 16)
    assert isinstance(result.exception, UnusableInput)
    assert "32 days are needed" in str(result.exception)


def test_the_page_overwrites_no_table_of_orders(table):
    path = table()
    result = run("--orders", path, "--html", path)
    assert result.exit_code == 2
    assert "--html would overwrite" in result.stderr


@pytest.mark.parametrize("arguments", [("--horizon-days", 0), ("--horizon-days", 731), ("--origins", 0)])
def test_wrong_numbers_are_refused(table, arguments):
    assert run("--orders", table(), *arguments).exit_code == 2


def test_the_default_number_of_origins_is_that_of_the_evaluation():
    assert churn_evaluate.ORIGINS == split.ORIGINS
