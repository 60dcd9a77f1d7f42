"""`shangsou forecast evaluate` on tables of sales."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from click.testing import CliRunner

from insights.commands.forecast import forecast
from shangsou.errors import UnusableInput
from tests.insights.histories import FIRST_DAY


@pytest.fixture
def sales(tmp_path):
    """A table of two items: one sells 4 every day, the other 2 on every second."""

    def write(days, name="sales.csv"):
        rows = [f"{FIRST_DAY + timedelta(days=day)},白菜,4" for day in range(days)]
        rows += [f"{FIRST_DAY + timedelta(days=day)},香菇,2" for day in range(0, days, 2)]
        path = tmp_path / name
        path.write_text("\n".join(["日期,商品编号,销量", *rows]) + "\n", "utf-8")
        return path

    return write


def evaluate(*arguments):
    return CliRunner().invoke(forecast, ["evaluate", *map(str, arguments)])


def test_the_terminal_shows_all_methods_and_stderr_how_many_origins_fit(sales):
    result = evaluate("--sales", sales(98))
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("3 origins from 2024-02-25 to 2024-03-24, 14 days each: 84 item days")
    assert "seasonal naive" in result.stdout
    assert "the sales cover 98 days: 3 of 13 origins fit" in result.stderr


def test_json_is_one_document_on_stdout(sales):
    result = evaluate("--sales", sales(98), "--origins", 2, "--horizon", 7, "--step", 10, "--json")
    document = json.loads(result.stdout)
    assert document["origins"] == ["2024-03-21", "2024-03-31"]
    assert document["item_days"] == 2 * 2 * 7


def test_the_page_and_the_forecasts_are_written(sales, tmp_path):
    result = evaluate(
        "--sales", sales(98), "--html", tmp_path / "page.html", "--out", tmp_path / "forecasts.csv"
    )
    assert result.exit_code == 0, result.output
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!doctype html>")
    lines = (tmp_path / "forecasts.csv").read_text("utf-8").splitlines()
    assert len(lines) == 1 + 84 * 7


def test_sales_too_short_for_one_origin_are_unusable(sales):
    result = evaluate("--sales", sales(69))
    assert isinstance(result.exception, UnusableInput)
    assert "cover 69 days, and one origin needs 70" in str(result.exception)


def test_a_folder_that_does_not_exist_is_refused_before_the_work(sales, tmp_path):
    result = evaluate("--sales", sales(98), "--html", tmp_path / "none" / "page.html")
    assert "--html" in str(result.exception)
    assert "forecasting" not in result.stderr


def test_two_options_may_not_write_to_one_file(sales, tmp_path):
    result = evaluate("--sales", sales(98), "--html", tmp_path / "x", "--out", tmp_path / "x")
    assert result.exit_code == 2
    assert "--out would overwrite" in result.stderr


def test_the_sales_are_not_overwritten(sales):
    path = sales(98)
    before = path.read_bytes()
    result = evaluate("--sales", path, "--html", path)
    assert result.exit_code == 2
    assert "--html would overwrite" in result.stderr
    assert path.read_bytes() == before


def test_origins_that_cannot_be_measured_are_reported(tmp_path):
    # Sold in January and in May alone.
    days = [FIRST_DAY + timedelta(days=day) for day in (*range(30), *range(121, 152))]
    path = tmp_path / "sales.csv"
    path.write_text("date,item,quantity\n" + "".join(f"{day},A,1\n" for day in days), "utf-8")
    result = evaluate("--sales", path)
    assert result.exit_code == 0, result.output
    # Origins are days 68, 82, 96, 110, 124 and 138; nothing was sold from day 31 to day 121.
    assert "4 origins from 2024-03-08 to 2024-04-19 left out" in result.stderr


@pytest.mark.parametrize("option", ["--horizon", "--origins", "--step"])
def test_numbers_below_one_are_refused(sales, option):
    assert evaluate("--sales", sales(98), option, 0).exit_code == 2


def test_the_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom shangsou.cli import main\nsys.argv[1:] = ['forecast', 'evaluate', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('numpy', 'scipy', 'lightgbm', 'jinja2', 'tqdm') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"
