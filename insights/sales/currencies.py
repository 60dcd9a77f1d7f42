"""Rows of one currency: prices in two cannot be compared."""

from collections import Counter
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from insights.sales.cells import read_currency
from insights.sales.report import SalesReport
from insights.sales.sales_rows import SalesRows
from shangsou.errors import UnusableInput
from shangsou.reading.issue import Issue
from shangsou.reading.issue_counts import IssueCounts
from shangsou.text.plurals import quantity


class CurrencyRows(Protocol):
    """Rows that may name a currency. Arrays have the shape (rows,)."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the tables."""

    @property
    def source(self) -> NDArray[np.int64]:
        """A position in `sources`."""

    @property
    def line(self) -> NDArray[np.int64]:
        """In the source, from 1."""

    @property
    def currency(self) -> NDArray[np.str_]:
        """The code; empty where none is named."""


class CurrencyReport(Protocol):
    """A report that counts currencies, and the rows that are left out for theirs."""

    currencies: Counter[str]
    issues: IssueCounts


def in_currency(rows: SalesRows, currency: str, report: SalesReport) -> SalesRows:
    """Return the rows in a currency, as `currency_mask` selects them; raises `UnusableInput`."""
    return rows.where(currency_mask(rows, currency, report))


def currency_mask(rows: CurrencyRows, currency: str, report: CurrencyReport) -> NDArray[np.bool_]:
    """Return which rows are in a currency; where none is named all, if they are in one. Shape (rows,).

    Rows that name no currency are in that of the others, where there is only one. With a `currency` rows
    in others, and those that name none beside several, are left out and reported.

    Raises
    ------
    UnusableInput
        There are several currencies and none is chosen, or no row is in that which is.
    """
    codes, counts = np.unique(rows.currency, return_counts=True)
    report.currencies = Counter(
        {str(code): int(count) for code, count in zip(codes, counts, strict=True) if code}
    )
    named = ", ".join(
        f"{code} in {quantity(count, 'row')}" for code, count in report.currencies.most_common()
    )
    tables = ", ".join(rows.sources)
    if not currency:
        if len(report.currencies) > 1:
            usual = report.currencies.most_common(1)[0][0]
            raise UnusableInput(
                f"{tables}: prices are in several currencies: {named}; choose one, as in --currency {usual}, "
                "or convert them"
            )
        return np.ones(len(rows.currency), np.bool_)
    code = read_currency(currency)
    if code not in report.currencies:
        raise UnusableInput(
            f"{tables}: no row is in {code}; there is {named or 'no column of currencies'}; "
            f"{'choose another with --currency' if named else 'leave out --currency'}"
        )
    is_kept = np.asarray(rows.currency == code, np.bool_)
    if len(report.currencies) == 1:
        is_kept = np.ones(len(rows.currency), np.bool_)
    for row in np.flatnonzero(~is_kept).tolist():
        other = rows.currency[row]
        problem = f"the price is in {other}" if other else "no currency is named"
        name, line = rows.sources[rows.source[row]], int(rows.line[row])
        issue = Issue("in another currency" if other else "without a currency", problem, "row left out")
        report.issues.add("skipped", name, line, issue)
    return is_kept
