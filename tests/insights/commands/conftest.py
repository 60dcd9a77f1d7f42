"""A home and a table of orders for tests of commands about customers."""

import pytest

from tests.insights.commands.customer_tables import write_orders


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder that is not there yet, as the home of commands."""
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def orders(tmp_path):
    """A table of orders of a small shop."""
    return write_orders(tmp_path / "orders.csv")
