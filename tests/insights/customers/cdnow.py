"""The orders of CDNOW, from the wheel of lifetimes: the data set of the papers on BG/NBD and gamma-gamma."""

from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

from insights.customers.order_table import read_orders
from insights.customers.orders import Orders

# Found without an import: the package itself, and its pandas, are not needed.
_SPEC = find_spec("lifetimes")
_SAMPLE = Path(_SPEC.origin).parent / "datasets" / "CDNOW_sample.txt" if _SPEC and _SPEC.origin else None
needs_cdnow = pytest.mark.skipif(_SAMPLE is None, reason="lifetimes, which holds the data, is not installed")
# The papers fit to 39 weeks, and hold out the 39 after them.
CALIBRATION_END, HOLDOUT_START, END = date(1997, 9, 30), date(1997, 10, 1), date(1998, 6, 30)


def read_cdnow(folder: Path) -> Orders:
    """Return all orders of the sample."""
    assert _SAMPLE is not None
    rows = [line.split() for line in _SAMPLE.read_text("ascii").splitlines() if line.strip()]
    path = folder / "cdnow.csv"
    lines = (f"{customer},{day[:4]}-{day[4:6]}-{day[6:]},{amount}" for _, customer, day, _, amount in rows)
    path.write_text("\n".join(["customer,date,amount", *lines]), "utf-8")
    return read_orders([path], {}).orders
