"""Tables of sales for tests."""

from datetime import date
from pathlib import Path

from insights.sales.reading import SalesReading, read_sales

TODAY = date(2026, 12, 2)


def read_text(
    folder: Path, text: str, mapping: dict[str, str] | None = None, currency: str = ""
) -> SalesReading:
    """Return what is read of a table in CSV."""
    path = folder / "sales.csv"
    path.write_text(text, "utf-8")
    return read_sales([path], mapping or {}, currency, today=TODAY)


def quantities(reading: SalesReading) -> dict[str, list[float]]:
    """Return what each item sold, by day."""
    history = reading.history
    return {item.id: row for item, row in zip(history.items, history.quantity.tolist(), strict=True)}


def reasons(reading: SalesReading, kind: str) -> dict[str, list[str]]:
    """Return the examples of each reason of a kind."""
    return {name: count.examples for name, count in reading.report.issues.of(kind)}
