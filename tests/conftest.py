"""Fixtures live in tests/fixtures, one file for each part."""

pytest_plugins = [
    "tests.fixtures.browser",
    "tests.fixtures.core",
    "tests.fixtures.encoding",
    "tests.fixtures.elastic",
    "tests.fixtures.engines",
    "tests.fixtures.indexer",
    "tests.fixtures.lexicon",
    "tests.fixtures.processes",
    "tests.fixtures.relevance",
    "tests.fixtures.required",
    "tests.fixtures.sample",
    "tests.fixtures.searchapi",
    # Behind those whose modules it imports.
    "tests.fixtures.attached",
    "tests.fixtures.behaviour",
    "tests.fixtures.fact_shop",
    "tests.fixtures.tuning",
    "tests.fixtures.updates",
]
