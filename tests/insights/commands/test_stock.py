"""`shangsou stock` and `shangsou stock simulate`."""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from insights.commands import stock_options
from insights.commands.stock import stock
from insights.stock.on_hand_file import MAX_LEAD_TIME_DAYS
from insights.stock.order_level import MAX_LEVEL
from shangsou.errors import UnusableInput

FIRST_DAY = date(2025, 1, 1)


def sales_table(days, items):
    rows = ["日期,商品编号,商品名称,销量,单价,进价"]
    for day in range(days):
        rows += [f"{FIRST_DAY + timedelta(days=day)},{item},{name},{sold},10,6" for item, name, sold in items]
    return "\n".join(rows)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments):
        return CliRunner().invoke(stock, [str(argument) for argument in arguments])

    return invoke


@pytest.fixture
def files(tmp_path):
    (tmp_path / "销售.csv").write_text(sales_table(60, [("A1", "绿茶", 4), ("B2", "=红茶", 2)]), "utf-8")
    (tmp_path / "库存.csv").write_text(
        "商品编号,商品名称,现有库存,箱规\nA1,,10,6\nB2,,500,\nC3,<b>旧货</b>,7,\n", "utf-8"
    )
    return ["--sales", "销售.csv", "--on-hand", "库存.csv"]


def test_the_advice_is_written_as_a_workbook_and_a_page_and_printed_in_short(run, files, tmp_path):
    result = run(*files, "--out", "订货.xlsx", "--html", "订货.html")
    assert result.exit_code == 0, result.output
    # Four a day: 12 until the delivery, of which 2 are lost, and 28 in the week after; packs of 6.
    assert "1 item to order on 2025-03-02 for 180" in result.stdout
    book = CalamineWorkbook.from_path(tmp_path / "订货.xlsx")
    assert book.sheet_names == ["订货建议", "预计缺货", "滞销积压", "说明"]
    orders = book.get_sheet_by_name("订货建议").to_python()
    assert orders[1][:5] == ["A1", "绿茶", "", "立即订货", 30]
    assert book.get_sheet_by_name("预计缺货").to_python()[1][0] == "A1"
    slow = book.get_sheet_by_name("滞销积压").to_python()
    assert [(row[0], row[1], row[3]) for row in slow[1:]] == [
        ("C3", "<b>旧货</b>", "从未销售"),
        ("B2", "=红茶", "30 天卖不完"),
    ]
    page = (tmp_path / "订货.html").read_text("utf-8")
    assert "今天要订 1 个商品" in page
    assert "&lt;b&gt;旧货&lt;/b&gt;" in page
    assert "http" not in page


def test_an_id_is_printed_whole_however_long(run, tmp_path):
    item = "保温杯-2025新款-500毫升-A1"
    (tmp_path / "销售.csv").write_text(sales_table(60, [(item, "保温杯", 4), ("B2", "茶", 4)]), "utf-8")
    (tmp_path / "库存.csv").write_text(f"货号,库存\n{item},0\nB2,0\n", "utf-8")
    lines = run("--sales", "销售.csv", "--on-hand", "库存.csv").stdout.splitlines()
    assert sum(line.startswith(f"{item} 保温杯 ") for line in lines) == 1
    # 7 ideographs of two columns and 12 other characters are 26 columns; a space follows.
    assert sum(line.startswith(f"B2{' ' * 25}茶 ") for line in lines) == 1


def test_the_advice_is_one_json_document(run, files):
    text = run(*files, "--json").stdout
    document = json.loads(text)
    assert '"order": 30,' in text
    first = document["items"][0]
    assert (document["origin"], document["order_date"]) == ("2025-03-01", "2025-03-02")
    assert (first["item"], first["order"], first["lead_time_demand"], first["cycle_demand"]) == (
        "A1",
        30,
        12,
        40,
    )
    assert (first["stock_out_date"], first["lost_quantity"], first["lost_money"]) == ("2025-03-04", 2, 20)
    assert document["unsold"][0]["item"] == "C3"


def test_csv_has_the_orders_alone(run, files, tmp_path):
    assert run(*files, "--out", "订货.csv").exit_code == 0
    lines = (tmp_path / "订货.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("商品编号,商品名称,类目,建议,建议订货量")
    assert lines[2].startswith("B2,'=红茶,")


def test_a_table_without_stock_gets_levels_and_no_orders(run, files):
    result = run("--sales", "销售.csv", "--json")
    assert [(item["order"], item["order_up_to"]) for item in json.loads(result.stdout)["items"]] == [
        (None, 40),
        (None, 20),
    ]
    assert "2 items sold in the last 28 days without a known stock" in result.stderr


def test_the_replay_is_printed_with_what_it_assumes(run, tmp_path):
    (tmp_path / "销售.csv").write_text(sales_table(100, [("A1", "绿茶", 4)]), "utf-8")
    options = (
        "simulate",
        "--sales",
        "销售.csv",
        "--days",
        28,
        "--lead-time",
        1,
        "--review",
        1,
        "--shelf-life",
        1,
    )
    result = run(*options)
    assert result.exit_code == 0, result.output
    for words in ("our advice", "last week's sales", "moving average", "sales under-state it"):
        assert words in result.stdout
    document = json.loads(run(*options, "--json").stdout)
    assert [policy["policy"] for policy in document["policies"]] == [
        "forecast",
        "last week",
        "moving average",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--service-level", "95"], "95 is a percentage; give the share, 0.95"),
        (["--service-level", "1.0"], "no stock excludes a stock-out"),
        (["--service-level", "0"], "no stock excludes a stock-out"),
        (["--service-level", "高"], "is no number"),
        (["--lead-time", "400"], "400 is not in the range 0<=x<=180"),
        (["--review", "0"], "0 is not in the range"),
        (["--out", "库存.csv"], "--out would overwrite 库存.csv, which is read"),
        (["--json", "simulate"], "--json belongs behind simulate"),
    ],
    ids=" ".join,
)
def test_a_wrong_option_is_refused_with_the_way_out(run, files, options, message):
    result = run(*(files if "simulate" not in options else []), *options)
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--out", "订货.pdf"], "name a file that ends with"),
        (["--out", "nowhere/订货.xlsx"], "its folder does not exist"),
        (["--on-hand", "没有.csv"], "没有.csv"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(run, files, options, message):
    result = run(*files, *options)
    assert isinstance(result.exception, UnusableInput)
    assert message in str(result.exception)


@pytest.mark.parametrize("share", ["95%", "0.95", ".95"])
def test_a_share_may_be_written_as_a_percentage_with_its_sign(run, files, share):
    document = json.loads(run(*files, "--json", "--service-level", share).stdout)
    assert document["rules"]["service_level"] == 0.95


def test_the_limits_of_the_options_are_those_of_the_package():
    assert stock_options.MAX_LEAD_TIME_DAYS == MAX_LEAD_TIME_DAYS
    assert stock_options.MAX_SERVICE_LEVEL == MAX_LEVEL
