"""`shangsou forecast`: what will sell."""

import json
from calendar import day_name
from pathlib import Path
from typing import TYPE_CHECKING

import click

from insights.commands.forecast_evaluate import evaluate
from insights.commands.sales_options import (
    SalesOptions,
    read_history,
    read_planned_days,
    read_products_to_come,
    sales_options,
)
from insights.commands.subcommands import refuse_options_before
from shangsou.errors import UnusableInput
from shangsou.output_files import check_folders, write_text
from shangsou.output_tables import check_table_name, table_text
from shangsou.text.plurals import quantity

if TYPE_CHECKING:
    from insights.demand.categories import CategoryForecast
    from insights.demand.forecast import DemandForecast
    from insights.demand.forecast_table import Forecast
    from insights.sales.history import PlannedDays, SalesHistory
    from insights.sales.reading import SalesReading

_FILE = click.Path(dir_okay=False, path_type=Path)
# A season: beyond it the days of a year ago say as much.
_MAX_DAYS = 92
# Items listed in a terminal.
_SHOWN = 10


@click.group(invoke_without_command=True)
@sales_options(planned=True)
@click.option(
    "--horizon",
    type=click.IntRange(1, _MAX_DAYS),
    default=14,
    show_default=True,
    metavar="DAYS",
    help="How many days to forecast.",
)
@click.option(
    "--out",
    "out_path",
    type=_FILE,
    help="Write a row for each item and day, as CSV, or as TSV where the name says so.",
)
@click.option(
    "--out-categories", "categories_path", type=_FILE, help="Write a row for each category and day."
)
@click.option(
    "--new-products",
    "new_products_path",
    type=_FILE,
    help="Forecast these too, which have not sold yet: a table with item, category and maybe the day of "
    "launch.",
)
@click.option("--html", "html_path", type=_FILE, help="Write a page for the buyer: one file, with plots.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def forecast(  # noqa: PLR0913 - an argument for each option
    context: click.Context,
    *,
    sales: SalesOptions,
    horizon: int,
    out_path: Path | None,
    categories_path: Path | None,
    new_products_path: Path | None,
    html_path: Path | None,
    as_json: bool,
) -> None:
    """Forecast what will sell, for each item and day.

    For the days after the last one of the sales, and for the items sold in the 28 days up to it.
    """
    if context.invoked_subcommand is not None:
        refuse_options_before(context)
        return
    outputs = {"--out": out_path, "--out-categories": categories_path, "--html": html_path}
    inputs = [path for path in (*sales.paths, sales.planned, new_products_path) if path is not None]
    check_folders({**outputs, "--report": sales.report_file}, inputs)
    check_table_name("--out", out_path)
    check_table_name("--out-categories", categories_path)
    reading = read_history(sales)
    planned = read_planned_days(sales, reading, horizon)

    from insights.demand.categories import forecast_categories
    from insights.demand.forecast import forecast_demand
    from insights.demand.forecast_files import (
        CATEGORY_HEADER,
        ITEM_HEADER,
        category_rows,
        forecast_json,
        item_rows,
    )

    demand = forecast_demand(reading.history, horizon, planned)
    new_items: list[dict[str, object]] = []
    if new_products_path is not None:
        demand, new_items = _with_new_products(new_products_path, sales, reading, demand)
    if not demand.forecast.items:
        raise UnusableInput(
            f"nothing was sold in the 28 days up to {demand.forecast.origin}, the last day of the sales: "
            "there is nothing to forecast from; bring in later sales"
        )
    categories = forecast_categories(demand)
    for line in _remarks(reading.history, planned):
        click.echo(line, err=True)
    if out_path is not None:
        write_text(out_path, table_text(out_path, ITEM_HEADER, item_rows(demand.forecast)))
    if categories_path is not None:
        rows = category_rows(demand.forecast.origin, categories)
        write_text(categories_path, table_text(categories_path, CATEGORY_HEADER, rows))
    if html_path is not None:
        from insights.reports.forecast import forecast_page

        write_text(html_path, forecast_page(reading.history, demand, categories))
    if as_json:
        document = forecast_json(demand.forecast, categories) | {"new_products": new_items}
        click.echo(json.dumps(document, ensure_ascii=False))
    elif out_path is None:
        click.echo("\n".join(_lines(demand.forecast, categories[0])))
    else:
        click.echo(_summary(demand.forecast, categories[0]))


def _with_new_products(
    path: Path, sales: SalesOptions, reading: "SalesReading", demand: "DemandForecast"
) -> tuple["DemandForecast", list[dict[str, object]]]:
    """Return the forecast with that of the products to come behind it, and what these rest on."""
    from insights.new_products.forecast import append_forecast, forecast_new_products

    products = read_products_to_come(sales, path, reading)
    paths = demand.paths.quantity.shape[0]
    new = forecast_new_products(reading.history, products, demand.forecast.horizon, paths=paths)
    for line in new.remarks():
        click.echo(line, err=True)
    return append_forecast(demand, new.demand), new.to_json(reading.history)


def _remarks(history: "SalesHistory", planned: "PlannedDays | None") -> list[str]:
    """Return what a buyer should know of how the forecast was made."""
    from insights.demand.planned_effect import estimate_effects
    from insights.demand.short_history import MIN_DAYS, MIN_SALES, is_short
    from insights.demand.weekdays import closed_weekdays

    remarks = []
    if is_short(history):
        remarks.append(
            f"the sales hold {quantity(history.days, 'day')} and few sales: what sold in the last 28 days is "
            f"taken to sell again; a model needs {MIN_DAYS} days and {MIN_SALES} item days with sales"
        )
    closed = [day_name[weekday] for weekday in closed_weekdays(history).tolist()]
    if closed:
        remarks.append(
            f"nothing sold on {' and '.join(closed)} for eight weeks: 0 is forecast for these days"
        )
    if planned is not None:
        remarks += estimate_effects(history).remarks()
    return remarks


def _summary(forecast: "Forecast", shop: "CategoryForecast") -> str:
    return (
        f"{quantity(len(forecast.items), 'item')}, {quantity(forecast.horizon, 'day')} from "
        f"the day after {forecast.origin}: {shop.mean.sum():,.0f} in all, {shop.mean[:7].sum():,.0f} of them "
        "in the first week"
    )


def _lines(forecast: "Forecast", shop: "CategoryForecast") -> list[str]:
    total = forecast.mean.sum(axis=1)
    lines = [_summary(forecast, shop)]
    for index in total.argsort()[::-1][:_SHOWN].tolist():
        item = forecast.items[index]
        lines.append(f"  {total[index]:>10,.1f}  {item.id}  {item.name}")
    if len(total) > _SHOWN:
        lines.append(f"  … and {quantity(len(total) - _SHOWN, 'more item')}; --out FILE writes all")
    return lines


forecast.add_command(evaluate)
