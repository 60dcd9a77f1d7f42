"""Rows of one currency: prices in two cannot be compared."""

from collections import Counter

import numpy as np

from insights.sales.cells import read_currency
from insights.sales.report import SalesReport
from insights.sales.sales_rows import SalesRows
from shangsou.errors import UnusableInput
from shangsou.reading.issue import Issue
from shangsou.text.plurals import quantity


def in_currency(rows: SalesRows, currency: str, report: SalesReport) -> SalesRows:
    """Return the rows in a currency; where none is named all, if they are in one.

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
        return rows
    code = read_currency(currency)
    if code not in report.currencies:
        raise UnusableInput(
            f"{tables}: no row is in {code}; there is {named or 'no column of currencies'}; "
            f"{'choose another with --currency' if named else 'leave out --currency'}"
        )
    is_kept = rows.currency == code
    if len(report.currencies) == 1:
        is_kept = np.ones(len(rows.currency), np.bool_)
    for row in np.flatnonzero(~is_kept).tolist():
        other = rows.currency[row]
        problem = f"the price is in {other}" if other else "no currency is named"
        name, line = rows.sources[rows.source[row]], int(rows.line[row])
        issue = Issue("in another currency" if other else "without a currency", problem, "row left out")
        report.issues.add("skipped", name, line, issue)
    return rows.where(is_kept)
