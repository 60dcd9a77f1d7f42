"""The options that name the sales of a shop."""

import json

import click
import pytest
from click.testing import CliRunner

from insights.commands.sales_options import SalesOptions, read_history, read_planned_days, sales_options
from shangsou.errors import UnusableInput


@pytest.fixture
def sales(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text("日期,货号,实发\n2026-06-18,a,1\n2026-06-18,,1\n", "utf-8")
    return path


@click.command()
@click.option("--horizon", type=int, default=1)
@sales_options(planned=True)
def command(sales, horizon):
    reading = read_history(sales)
    planned = read_planned_days(sales, reading, horizon)
    click.echo(f"{reading.history.quantity.sum()} {None if planned is None else planned.price.tolist()}")


def test_a_command_reads_the_sales_and_the_plans_and_writes_the_report(tmp_path, sales):
    plan, report = tmp_path / "plan.csv", tmp_path / "report.json"
    plan.write_text("date,item,price\n2026-06-19,a,5\n2026-06-25,a,5\n", "utf-8")
    arguments = ["--sales", sales, "--map", "数量=实发", "--planned", plan, "--report", report]
    result = CliRunner().invoke(command, list(map(str, arguments)), catch_exceptions=False)
    assert result.stdout == "1.0 [[5.0]]\n"
    assert result.stderr.splitlines() == [
        "2 rows of sales.csv: 1 item, 2026-06-18 to 2026-06-18",
        "1 rejected; --report FILE says which and why",
        "there is one day of sales alone, 2026-06-18: forecasts rest on it",
        "2 rows of plan.csv: 1 used, 1 rejected; --report FILE says which and why",
    ]
    written = json.loads(report.read_text("utf-8"))
    assert written["reasons"][0]["examples"] == ["sales.csv:3: there is no item; row left out"]
    assert written["planned"]["reasons"][0]["reason"] == "planned for another day"


def test_the_report_is_text_unless_its_name_ends_with_json(tmp_path, sales):
    report = tmp_path / "report.txt"
    read_history(SalesOptions((sales,), ("quantity=实发",), report_file=report))
    assert report.read_text("utf-8").startswith("2 rows read of sales.csv, 1 used\n")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (SalesOptions(pairs=("quantity=x",)), "--map is of a table of sales"),
        (SalesOptions(currency="CNY"), "--currency is of a table of sales"),
        (SalesOptions(), "no purchases; .*--sales FILE"),
    ],
)
def test_options_without_a_table_are_refused_and_so_is_a_shop_without_purchases(
    tmp_path, monkeypatch, options, words
):
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    with pytest.raises(UnusableInput, match=words):
        read_history(options)


def test_the_folder_of_the_report_is_looked_for_before_the_work(tmp_path, sales):
    with pytest.raises(UnusableInput, match=r"--report .*its folder does not exist"):
        read_history(SalesOptions((sales,), report_file=tmp_path / "no" / "report.txt"))


def test_plans_in_two_files_are_refused(sales):
    result = CliRunner().invoke(command, ["--sales", str(sales), "--planned", "a.csv", "--planned", "b.csv"])
    assert result.exit_code == 2
    assert "'--planned': give it once; put all plans into one file" in result.stderr


@pytest.mark.parametrize("column", ["日子", "上市 日子"])
def test_a_mapped_column_needs_to_be_in_one_of_the_tables(tmp_path, sales, column):
    plan = tmp_path / "plan.csv"
    plan.write_text(f"{column},item,price\n2026-06-19,a,5\n", "utf-8")
    pairs = ["--map", "数量=实发", "--map", f"date={column.replace(' ', '')}"]
    arguments = ["--sales", str(sales), *pairs, "--planned", str(plan)]
    assert CliRunner().invoke(command, arguments, catch_exceptions=False).stdout == "1.0 [[5.0]]\n"


def test_a_mapped_column_that_no_table_has_is_refused(tmp_path, sales):
    plan = tmp_path / "plan.csv"
    plan.write_text("date,item,price\n2026-06-19,a,5\n", "utf-8")
    with pytest.raises(UnusableInput, match=r"sales\.csv: --map date=日子: there is no such column"):
        read_history(SalesOptions((sales,), ("数量=实发", "date=日子"), planned=plan))


def test_a_mapped_column_may_be_of_the_new_products_alone(tmp_path, sales):
    new = tmp_path / "new.csv"
    new.write_text("新货,类目\nn,茶\n", "utf-8")
    options = SalesOptions((sales,), ("数量=实发", "item=新货"), new_products=new)
    assert [item.id for item in read_history(options).history.items] == ["a"]
