"""Fixtures live in tests/fixtures, one file for each part."""

pytest_plugins = [
    "tests.fixtures.browser",
    "tests.fixtures.core",
    "tests.fixtures.required",
    "tests.fixtures.searchapi",
]
