"""The table of facts of a shop, and the one that each index was built with.

A query has to be read as its products were, so that both say the same in the same terms: the table is kept
with the lexicon of a generation, and a changed `facts.toml` counts from the next index on.
"""

import json
from functools import lru_cache
from pathlib import Path

from shangsou.errors import UnusableInput
from shangsou.text.facts import FILE, MAX_TABLES, FactTable, facts_from_json, facts_to_json, load_facts
from shangsou.text.own_facts import add_own_facts

_TABLE = "fact_table.json"


def read_fact_table(home: Path) -> FactTable:
    """Return the packaged table with what `facts.toml` in SHANGSOU_HOME adds to it.

    Raises `UnusableInput` that names the file and the entry.
    """
    path = home / FILE
    try:
        return _parse_own(path.read_bytes(), str(path))
    except FileNotFoundError:
        return load_facts()
    except OSError as problem:
        raise UnusableInput(f"{path} cannot be read: {problem.strerror}") from None


def write_fact_table(folder: Path, table: FactTable) -> None:
    """Write the table that an index is built with into the folder of its lexicon."""
    (folder / _TABLE).write_text(json.dumps(facts_to_json(table), ensure_ascii=False), "utf-8")


def open_fact_table(folder: Path) -> FactTable:
    """Return the table in the folder of a lexicon; the packaged one where an older version wrote none."""
    try:
        return _parse_written((folder / _TABLE).read_text("utf-8"))
    except FileNotFoundError:
        return load_facts()


def describe_changed_facts(home: Path, built: FactTable, generation: str) -> str:
    """Return in words that facts were changed since a generation was built with a table; empty if not."""
    try:
        is_same = _are_equal(read_fact_table(home), built)
    except UnusableInput as problem:
        return f"{problem}; {generation} is searched with the facts that it was built with"
    return "" if is_same else f'{FILE} changed since {generation} was built; run "shangsou index"'


# A server reads it twice a second.
@lru_cache(maxsize=4)
def _parse_own(content: bytes, source: str) -> FactTable:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableInput(f"{source} is no text in UTF-8; save it as UTF-8") from None
    return add_own_facts(text, source)


@lru_cache(MAX_TABLES)
def _are_equal(one: FactTable, other: FactTable) -> bool:
    return one is other or facts_to_json(one) == facts_to_json(other)


# A lexicon is opened again whenever the known queries are replaced: what is compiled of its table stays.
@lru_cache(MAX_TABLES)
def _parse_written(text: str) -> FactTable:
    return facts_from_json(json.loads(text), _TABLE)
