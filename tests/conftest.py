"""Fixtures live in tests/fixtures, one file for each part."""

pytest_plugins = [
    "tests.fixtures.core",
    "tests.fixtures.searchapi",
]
