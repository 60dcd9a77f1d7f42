"""`shangsou forecast` on tables of sales."""

import csv
import gzip
import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from insights.commands import installed
from insights.commands.forecast import forecast
from shangsou.errors import UnusableInput

FIRST = date(2024, 1, 1)


@pytest.fixture
def sales(tmp_path):
    """Eight weeks: greens sell 4 every day, mushrooms 2 on every second, and beans once, long ago."""
    rows = [f"{FIRST + timedelta(days=day)},007,青菜,蔬菜>叶菜,4" for day in range(56)]
    rows += [f"{FIRST + timedelta(days=day)},香菇,鲜香菇,蔬菜>菌菇,2" for day in range(1, 56, 2)]
    rows += [f"{FIRST - timedelta(days=30)},豆子,黄豆,粮油,9"]
    path = tmp_path / "销售.csv"
    path.write_text("\n".join(["日期,商品编号,商品名称,类目,销量", *rows]) + "\n", "utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(forecast, list(map(str, arguments)))


def rows_of(path):
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = content.decode().splitlines()
    return list(csv.DictReader(lines, delimiter="\t" if ".tsv" in path.name else ","))


def test_each_item_sold_in_the_last_28_days_has_a_row_for_each_day(sales, tmp_path):
    result = run("--sales", sales, "--horizon", 3, "--out", tmp_path / "out.csv")
    assert result.exit_code == 0, result.output
    rows = rows_of(tmp_path / "out.csv")
    assert [(row["item"], row["date"]) for row in rows] == [
        (item, day) for item in ("007", "香菇") for day in ("2024-02-26", "2024-02-27", "2024-02-28")
    ]
    assert {row["origin"] for row in rows} == {"2024-02-25"}
    assert [row["mean"] for row in rows] == ["4"] * 3 + ["1"] * 3
    assert [(row["q10"], row["q90"]) for row in rows] == [("4", "4")] * 3 + [("0", "2")] * 3


def test_categories_add_up_over_the_tree(sales, tmp_path):
    run("--sales", sales, "--horizon", 2, "--out-categories", tmp_path / "categories.tsv.gz")
    rows = rows_of(tmp_path / "categories.tsv.gz")
    means = {row["category"]: float(row["mean"]) for row in rows if row["date"] == "2024-02-26"}
    assert means == {"": 5, "蔬菜": 5, "蔬菜 > 叶菜": 4, "蔬菜 > 菌菇": 1}
    assert all(float(row["q10"]) <= float(row["q50"]) <= float(row["q90"]) for row in rows)


def test_json_is_one_document_with_numbers(sales):
    result = run("--sales", sales, "--horizon", 2, "--json")
    document = json.loads(result.stdout)
    assert (document["origin"], document["horizon"]) == ("2024-02-25", 2)
    assert document["items"][0] == {
        "item": "007",
        "date": "2024-02-26",
        "mean": 4.0,
        "q10": 4.0,
        "q50": 4.0,
        "q90": 4.0,
    }
    assert [one["category"] for one in document["categories"]][::2] == [
        "",
        "蔬菜",
        "蔬菜 > 叶菜",
        "蔬菜 > 菌菇",
    ]


def test_stderr_says_that_short_sales_are_taken_to_come_again(sales):
    assert "86 days" in run("--sales", sales).stderr


def test_without_out_the_items_that_sell_most_are_shown(sales):
    lines = run("--sales", sales, "--horizon", 10).stdout.splitlines()
    assert lines[0].startswith("2 items, 10 days from the day after 2024-02-25: 50 in all, 35 of them")
    assert [line.split() for line in lines[1:]] == [["40.0", "007", "青菜"], ["10.0", "香菇", "鲜香菇"]]


def test_the_page_names_festivals_and_escapes_names(tmp_path):
    rows = [f"{date(2024, 1, 1) + timedelta(days=day)},1,<b>灯笼</b>,5" for day in range(35)]
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(["日期,商品编号,商品名称,销量", *rows]) + "\n", "utf-8")
    run("--sales", path, "--html", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "春节（2 月 10 日）" in page
    assert "&lt;b&gt;灯笼" in page
    assert "<b>灯笼" not in page
    assert "预计卖出 70" in page


def test_plans_that_nothing_tells_the_effect_of_change_nothing_and_stderr_says_so(sales, tmp_path):
    plan = tmp_path / "plan.csv"
    plan.write_text("日期,商品编号,单价\n2024-02-26,007,1\n", "utf-8")
    result = run("--sales", sales, "--planned", plan, "--horizon", 1, "--json")
    assert json.loads(result.stdout)["items"][0]["mean"] == 4
    assert "planned prices change nothing" in result.stderr


def test_the_sales_are_never_overwritten(sales):
    before = sales.read_bytes()
    result = run("--sales", sales, "--out", sales)
    assert result.exit_code != 0
    assert sales.read_bytes() == before


def test_a_missing_library_is_named_with_what_to_install(sales, monkeypatch):
    monkeypatch.setattr(installed, "_LIBRARIES", ("no_such_library",))
    result = run("--sales", sales)
    assert isinstance(result.exception, UnusableInput)
    assert "no_such_library is not installed; run pip install 'shangsou[insights]'" in str(result.exception)


def test_new_products_sell_what_their_category_sold_in_its_first_days(tmp_path):
    # Five greens that begin on day 30 + n with 6 pieces, and then sell 3 a day.
    rows = [f"{FIRST + timedelta(days=day)},old,蔬菜,1" for day in range(80)]
    for number in range(5):
        start = 30 + number
        rows += [f"{FIRST + timedelta(days=start)},g{number},蔬菜,6"]
        rows += [f"{FIRST + timedelta(days=day)},g{number},蔬菜,3" for day in range(start + 1, 80)]
    (tmp_path / "sales.csv").write_text("\n".join(["日期,商品编号,类目,销量", *rows]) + "\n", "utf-8")
    (tmp_path / "new.csv").write_text("商品编号,类目\nnew,蔬菜\n", "utf-8")
    arguments = ("--sales", tmp_path / "sales.csv", "--new-products", tmp_path / "new.csv", "--horizon", 3)
    document = json.loads(run(*arguments, "--json").stdout)
    assert [row["mean"] for row in document["items"] if row["item"] == "new"] == [6, 3, 3]
    assert document["new_products"] == [
        {"item": "new", "category": "蔬菜", "analogues": ["g0", "g1", "g2", "g3", "g4"]}
    ]


def test_nothing_sold_for_28_days_is_no_forecast(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text("日期,商品编号,销量\n2024-01-01,1,3\n2024-03-01,1,0\n", "utf-8")
    result = run("--sales", path, "--html", tmp_path / "page.html")
    assert isinstance(result.exception, UnusableInput)
    assert "nothing was sold in the 28 days up to 2024-03-01" in str(result.exception)
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("name", ["out.xlsx", "out.pdf", "out.csv.xlsx", "out.xlsx.gz"])
def test_a_table_is_not_written_under_the_name_of_another_kind(sales, tmp_path, name):
    result = run("--sales", sales, "--out", tmp_path / name)
    assert isinstance(result.exception, UnusableInput)
    assert not (tmp_path / name).exists()


def test_a_day_off_is_forecast_as_0_and_reported(tmp_path):
    rows = [f"{FIRST + timedelta(days=day)},1,3" for day in range(70) if day % 7 != 6]
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(["日期,商品编号,销量", *rows]) + "\n", "utf-8")
    result = run("--sales", path, "--html", tmp_path / "page.html", "--horizon", 7, "--json")
    assert "nothing sold on Sunday for" in result.stderr
    assert "周日没有销售" in (tmp_path / "page.html").read_text("utf-8")
    by_day = {row["date"]: row["mean"] for row in json.loads(result.stdout)["items"]}
    assert by_day["2024-03-10"] == 0
    assert by_day["2024-03-11"] == 3


def test_an_option_before_the_subcommand_is_refused_rather_than_ignored(sales):
    result = run("--sales", sales, "evaluate")
    assert result.exit_code == 2
    assert "--sales belongs behind evaluate" in result.stderr
