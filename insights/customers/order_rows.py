"""The rows of a table of orders as arrays, with each cell read or reported."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

from insights.customers.report import OrdersReport
from insights.sales.cells import is_blank, is_cancelled, read_currency, read_money, read_number
from insights.sales.columns import is_called
from insights.sales.item_ids import clean_id, is_total, without_points
from shangsou.reading.issue import Issue, excerpt
from shangsou.reading.issue_counts import IssueKind
from shangsou.reading.tables import FileTable, cell_text

ORDER_TOTALS = (
    "order_total",
    "order_amount",
    "order_value",
    "订单金额",
    "订单总金额",
    "订单总额",
    "订单实付金额",
)
"""Usual names of amounts that say that they are of the order: tables with a row a product repeat it."""
_NOTHING = float("nan")
_LEFT_OUT = "row left out"
_REJECTED: IssueKind = "rejected"
_SKIPPED: IssueKind = "skipped"


@dataclass(slots=True)
class OrderRowArrays:
    """The rows of one table that have a customer and a date, in the order of the table."""

    name: str
    """Of the table, for messages."""
    lines: "array[int]" = field(default_factory=lambda: array("q"))
    date_texts: dict[str, int] = field(default_factory=dict)
    """The distinct texts of dates, with their numbers from 0."""
    dates: "array[int]" = field(default_factory=lambda: array("q"))
    """The number of the text of each row's date."""
    customer_ids: dict[str, int] = field(default_factory=dict)
    """The distinct ids of customers, with their numbers from 0."""
    customers: "array[int]" = field(default_factory=lambda: array("q"))
    amounts: "array[float]" = field(default_factory=lambda: array("d"))
    """Below 0 for a refund, NaN where unknown."""
    orders: list[str] = field(default_factory=list)
    """Order numbers; empty where a row has none."""
    has_totals: bool = False
    """Whether the amount is called that of the order."""
    currencies: list[str] = field(default_factory=list)
    """The code of each row's; empty where nothing names it."""


def read_order_rows(
    table: FileTable, columns: Mapping[str, int], report: OrdersReport, seen: set[int]
) -> OrderRowArrays:
    """Return the rows of a table; those without a customer or of closed orders are reported and left out.

    Parameters
    ----------
    table
        With a column for a customer and one for a date.
    columns
        The position of each field in its header.
    report
        Counts the rows, and what was wrong in them.
    seen
        Hashes of the rows of other files of the table; those of this one are added. A row that is the same in
        all cells counts once where it has an order number; else it is pointed out.
    """
    rows = OrderRowArrays(table.name)
    rows.has_totals = "amount" in columns and is_called(table.header[columns["amount"]], ORDER_TOTALS)
    width = max(columns.values()) + 1
    for line, cells in table.rows():
        report.rows += 1
        try:
            texts = [cell.strip() if type(cell) is str else cell_text(cell) for cell in cells]
        except ValueError as problem:
            issue = Issue("a number too long", str(problem), _LEFT_OUT)
            report.issues.add("rejected", table.name, line, issue)
            continue
        texts += [""] * (width - len(texts))
        if not _counts(rows.name, line, texts, columns, report):
            continue
        if not _is_new(texts, seen):
            likeness = "all cells are those of a row before it"
            if "order" in columns and not is_blank(texts[columns["order"]]):
                issue = Issue("a row given twice", likeness, "counted once")
                report.issues.add("merged", table.name, line, issue)
                continue
            report.issues.add("flagged", table.name, line, Issue("a row like another", likeness, "kept"))
        _add(rows, line, texts, columns, report)
    rows.customer_ids = without_points(rows.customer_ids)
    rows.orders = _without_points(rows.orders)
    return rows


def _without_points(orders: list[str]) -> list[str]:
    """Return order numbers without the `.0` of numbers, as `without_points` does those of customers."""
    numbers = {one: number for number, one in enumerate(dict.fromkeys(filter(None, orders)))}
    names = list(without_points(numbers))
    return [names[numbers[one]] if one else "" for one in orders]


def _counts(name: str, line: int, texts: list[str], columns: Mapping[str, int], report: OrdersReport) -> bool:
    """Return whether a row is of an order of a customer, and report it where it is not."""
    customer, day = clean_id(texts[columns["customer"]]), texts[columns["date"]]
    status = texts[columns["status"]] if "status" in columns else ""
    issue, kind = None, _REJECTED
    if any(is_total(text) for text in (texts[0], customer, day)):
        issue, kind = Issue("a row of totals", "the row sums up others", _LEFT_OUT), _SKIPPED
    elif is_blank(customer):
        issue = Issue("no customer", "there is no customer", _LEFT_OUT)
    elif is_blank(day):
        issue = Issue("no date", "there is no date", _LEFT_OUT)
    elif is_cancelled(status):
        problem = f"the status is {excerpt(status)}"
        issue, kind = Issue("an order that was not carried out", problem, _LEFT_OUT), _SKIPPED
    if issue is not None:
        report.issues.add(kind, name, line, issue)
    return issue is None


def _add(
    rows: OrderRowArrays, line: int, texts: list[str], columns: Mapping[str, int], report: OrdersReport
) -> None:
    customer, day = clean_id(texts[columns["customer"]]), texts[columns["date"]]
    order = clean_id(texts[columns["order"]]) if "order" in columns else ""
    amount, symbol = _read_amount(rows.name, line, texts, columns, report)
    currency = read_currency(texts[columns["currency"]][:20]) if "currency" in columns else ""
    rows.lines.append(line)
    rows.dates.append(rows.date_texts.setdefault(day, len(rows.date_texts)))
    rows.customers.append(rows.customer_ids.setdefault(customer, len(rows.customer_ids)))
    rows.amounts.append(amount)
    rows.orders.append("" if is_blank(order) else order)
    rows.currencies.append(currency or symbol)


def _is_new(texts: list[str], seen: set[int]) -> bool:
    row = hash(tuple(texts))
    if row in seen:
        return False
    seen.add(row)
    return True


def _read_amount(
    name: str, line: int, texts: list[str], columns: Mapping[str, int], report: OrdersReport
) -> tuple[float, str]:
    """Return the amount of a row, or price times quantity, with the currency that is written beside it."""
    source = "amount" if "amount" in columns else "price"
    if source not in columns or is_blank(texts[columns[source]]):
        return _NOTHING, ""
    text = texts[columns[source]]
    try:
        value, symbol = read_money(text)
        if source == "amount":
            return value, symbol
        text = texts[columns["quantity"]]
        return value * read_number(text), symbol
    except ValueError as problem:
        issue = Issue("bad amount", f"{source} {excerpt(text)} {problem}", "amount left empty")
        report.issues.add("repaired", name, line, issue)
        return _NOTHING, ""
