"""The orders of CDNOW, from the wheel of lifetimes: the data set of the papers on BG/NBD and gamma-gamma."""

from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

from insights.customers.order_table import read_orders
from insights.customers.orders import Orders

# Found without an import: the package itself, and its pandas, are not needed.
_SPEC = find_spec("lifetimes")
_FOLDER = Path(_SPEC.origin).parent / "datasets" if _SPEC and _SPEC.origin else None
needs_cdnow = pytest.mark.skipif(_FOLDER is None, reason="lifetimes, which holds the data, is not installed")
# The papers fit to 39 weeks, and hold out the 39 after them.
CALIBRATION_END, HOLDOUT_START, END = date(1997, 9, 30), date(1997, 10, 1), date(1998, 6, 30)


def read_cdnow(folder: Path, part: str = "sample") -> Orders:
    """Return all orders of the sample, or of all 23,570 customers, the part `master`."""
    assert _FOLDER is not None
    lines = (_FOLDER / f"CDNOW_{part}.txt").read_text("ascii").splitlines()
    # The sample has another id before the columns that both have; the other file has a header.
    rows = [line.split()[-4:] for line in lines if line.strip() and line.split()[0].isdigit()]
    path = folder / "cdnow.csv"
    cells = (f"{customer},{day[:4]}-{day[4:6]}-{day[6:]},{amount}" for customer, day, _, amount in rows)
    path.write_text("\n".join(["customer,date,amount", *cells]), "utf-8")
    return read_orders([path], {}).orders
