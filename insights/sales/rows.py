"""The rows of a table of sales as arrays, with each cell read or reported."""

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from insights.sales.cells import (
    is_blank,
    is_cancelled,
    read_currency,
    read_money,
    read_number,
    read_promotion,
    read_share,
)
from insights.sales.columns import CATEGORY_LEVELS
from insights.sales.item_ids import clean_id, is_total, join_levels, without_points
from insights.sales.report import SalesReport
from shangsou.reading.issue import Issue, excerpt
from shangsou.reading.issue_counts import IssueKind
from shangsou.reading.tables import FileTable, cell_text

VALUES = ("price", "promotion", "discount", "stock", "unit_cost", "loss_rate")
"""What a row may hold as a number besides its quantity."""
_NOTHING = float("nan")
_LEFT_OUT = "row left out"
# Less is no price in any currency, and would be 0 as a 32-bit number.
_MIN_PRICE = 1e-6


class ItemText(NamedTuple):
    """What the rows of an item write of it, the last that write anything."""

    name: str = ""
    category: str = ""


@dataclass(slots=True)
class RowArrays:
    """The rows of one table that have a date, an item and a quantity, in the order of the table."""

    name: str
    """Of the table, for messages."""
    is_cumulative: bool = False
    """Whether quantities are running totals."""
    lines: "array[int]" = field(default_factory=lambda: array("q"))
    date_texts: dict[str, int] = field(default_factory=dict)
    """The distinct texts of dates, with their numbers from 0."""
    dates: "array[int]" = field(default_factory=lambda: array("q"))
    """The number of the text of each row's date."""
    item_ids: dict[str, int] = field(default_factory=dict)
    """The distinct ids of items, with their numbers from 0."""
    item_texts: list[ItemText] = field(default_factory=list)
    items: "array[int]" = field(default_factory=lambda: array("q"))
    quantities: "array[float]" = field(default_factory=lambda: array("d"))
    values: "dict[str, array[float]]" = field(default_factory=dict)
    """By those of `VALUES` that the table has; NaN where a row has none."""
    currencies: list[str] = field(default_factory=list)
    """The code of each row's; empty where nothing names it."""


def read_rows(table: FileTable, columns: Mapping[str, int], report: SalesReport) -> RowArrays:
    """Return the rows of a table; those without a date, an item or a quantity are reported and left out.

    Parameters
    ----------
    table
        With a column for each of `SALES_FIELDS`, or what stands in for it.
    columns
        The position of each field in its header.
    report
        Counts the rows, and what was wrong in them.
    """
    rows = RowArrays(table.name, "cumulative_quantity" in columns)
    reader = _RowReader(rows, columns, report)
    width = max(columns.values()) + 1
    for line, cells in table.rows():
        report.rows += 1
        try:
            texts = [cell.strip() if type(cell) is str else cell_text(cell) for cell in cells]
        except ValueError as problem:
            report.issues.add(
                "rejected", table.name, line, Issue("a number too long", str(problem), _LEFT_OUT)
            )
            continue
        if len(texts) < width:
            texts += [""] * (width - len(texts))
        reader.add(line, texts)
    rows.item_ids = without_points(rows.item_ids)
    return rows


class _NoSale(Exception):
    """A row is left out."""

    def __init__(self, issue: Issue, *, is_skipped: bool = False) -> None:
        super().__init__(issue.problem)
        self.issue, self.is_skipped = issue, is_skipped


class _RowReader:
    """Reads the cells of rows into arrays."""

    def __init__(self, rows: RowArrays, columns: Mapping[str, int], report: SalesReport) -> None:
        self._rows, self._report = rows, report
        self._date = columns["date"]
        self._item = columns.get("item", columns.get("name", 0))
        self._name = columns.get("name")
        levels = [columns[level] for level in CATEGORY_LEVELS if level in columns]
        self._levels = levels or [columns[one] for one in ("category",) if one in columns]
        self._quantity = columns["cumulative_quantity" if rows.is_cumulative else "quantity"]
        self._may_lack_quantity = "stock" in columns
        self._returned, self._status = columns.get("returned"), columns.get("status")
        self._price, self._amount = columns.get("price"), columns.get("amount")
        self._currency = columns.get("currency")
        self._prices: array[float] | None = None
        if self._price is not None or self._amount is not None:
            self._prices = rows.values["price"] = array("d")
        self._readers: list[tuple[str, int, Callable[[str], float], array[float]]] = []
        for one, source, read in (
            ("promotion", "promotion", read_promotion),
            ("discount", "discount", read_share),
            ("stock", "stock", read_number),
            ("unit_cost", "unit_cost", _read_cost),
            ("loss_rate", "loss_rate", _read_loss),
            ("loss_rate", "loss_percent", lambda text: _read_loss(text.rstrip("%％")) / 100),
        ):
            if source in columns and one not in rows.values:
                values = rows.values[one] = array("d")
                self._readers.append((one, columns[source], read, values))

    def add(self, line: int, texts: list[str]) -> None:
        """Add a row, or report why it is left out."""
        rows = self._rows
        try:
            item = self._read_item(texts)
            quantity = self._read_quantity(texts)
            returned = self._read_returned(texts)
        except _NoSale as problem:
            kind: IssueKind = "skipped" if problem.is_skipped else "rejected"
            self._report.issues.add(kind, rows.name, line, problem.issue)
            return
        currency = read_currency(texts[self._currency][:20]) if self._currency is not None else ""
        if self._prices is not None:
            price, symbol = self._read_price(line, texts, quantity)
            self._prices.append(price)
            currency = currency or symbol
        for name, position, read, values in self._readers:
            values.append(self._read_value(line, name, texts[position], read))
        rows.lines.append(line)
        rows.dates.append(rows.date_texts.setdefault(texts[self._date], len(rows.date_texts)))
        rows.items.append(self._item_number(item, texts))
        rows.quantities.append(quantity - returned)
        self._report.returned += returned - min(quantity, 0)
        rows.currencies.append(currency)

    def _read_item(self, texts: list[str]) -> str:
        text = texts[self._item]
        if is_total(text) or is_total(texts[self._date]):
            raise _NoSale(Issue("a row of totals", "the row sums up others", _LEFT_OUT), is_skipped=True)
        if not texts[self._date]:
            raise _NoSale(Issue("no date", "there is no date", _LEFT_OUT))
        item = clean_id(text)
        if not item:
            raise _NoSale(Issue("no item", "there is no item", _LEFT_OUT))
        if self._status is not None and is_cancelled(texts[self._status]):
            status = excerpt(texts[self._status])
            raise _NoSale(
                Issue("an order that was not carried out", f"the status is {status}", _LEFT_OUT),
                is_skipped=True,
            )
        return item

    def _read_quantity(self, texts: list[str]) -> float:
        text = texts[self._quantity]
        try:
            if not is_blank(text):
                quantity = read_number(text)
            elif self._may_lack_quantity:
                return 0.0
            else:
                raise _NoSale(Issue("no quantity", "there is no quantity", _LEFT_OUT))
        except ValueError as problem:
            raise _NoSale(Issue("bad quantity", f"quantity {excerpt(text)} {problem}", _LEFT_OUT)) from None
        if quantity < 0 and self._rows.is_cumulative:
            raise _NoSale(Issue("bad quantity", f"a running total of {text} is below 0", _LEFT_OUT))
        return quantity

    def _read_returned(self, texts: list[str]) -> float:
        text = texts[self._returned] if self._returned is not None else ""
        if is_blank(text):
            return 0.0
        try:
            return abs(read_number(text))
        except ValueError as problem:
            raise _NoSale(Issue("bad returns", f"returned {excerpt(text)} {problem}", _LEFT_OUT)) from None

    def _read_price(self, line: int, texts: list[str], quantity: float) -> tuple[float, str]:
        source = self._price if self._price is not None else self._amount
        text = texts[source] if source is not None else ""
        if is_blank(text):
            return _NOTHING, ""
        try:
            price, currency = read_money(text)
        except ValueError as problem:
            return self._leave_empty(line, "price", text, str(problem)), ""
        if self._price is None:
            # An amount: nothing was sold for it where the quantity is 0.
            price = price / quantity if quantity else _NOTHING
        if price < _MIN_PRICE:
            return self._leave_empty(line, "price", text, "is not above 0"), currency
        return price, currency

    def _read_value(self, line: int, name: str, text: str, read: Callable[[str], float]) -> float:
        if name != "promotion" and is_blank(text):
            return _NOTHING
        try:
            return read(text)
        except ValueError as problem:
            return self._leave_empty(line, name, text, str(problem))

    def _leave_empty(self, line: int, name: str, text: str, complaint: str) -> float:
        issue = Issue(f"bad {name}", f"{name} {excerpt(text)} {complaint}", f"{name} left empty")
        self._report.issues.add("repaired", self._rows.name, line, issue)
        return _NOTHING

    def _item_number(self, item: str, texts: list[str]) -> int:
        rows = self._rows
        number = rows.item_ids.setdefault(item, len(rows.item_ids))
        if number == len(rows.item_texts):
            rows.item_texts.append(ItemText())
        before = rows.item_texts[number]
        name = texts[self._name] if self._name is not None else ""
        category = join_levels([texts[level] for level in self._levels]) if self._levels else ""
        if (name and name != before.name) or (category and category != before.category):
            rows.item_texts[number] = ItemText(name or before.name, category or before.category)
        return number


def _read_cost(text: str) -> float:
    cost, _ = read_money(text)
    if cost < 0:
        raise ValueError("is negative")
    return cost


def _read_loss(text: str) -> float:
    loss = read_share(text)
    if not 0 <= loss <= 100:
        raise ValueError("is no share")
    return loss
