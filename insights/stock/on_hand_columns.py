"""Column names of lists of stock, as shops export them."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

COLUMN_NAMES: Mapping[str, list[str]] = json.loads(
    Path(__file__).with_name("on_hand_columns.json").read_text("utf-8")
)
"""Our name first, then those of exports; of several in one table the first counts."""
CHINESE_NAMES: Mapping[str, str] = {
    "quantity": "库存",
    "on_order": "在途",
    "lead_time": "到货天数",
    "pack_size": "箱规",
    "min_order": "起订量",
    "unit_cost": "进价",
    "price": "售价",
    "loss_rate": "损耗率",
    "shelf_life": "保质期",
}
"""What notes call the columns of numbers."""
# `保质期（天）`, `进价(元)`, `损耗率（%）`.
_UNIT = re.compile(r"\s*[(\[](?:天|日|件|个|元|%|days?|pcs|kg|公斤|千克)[)\]]$")
_PERCENT = re.compile(r"\(%\)$|_pct$|_percent$")
_KNOWN = frozenset(name for names in COLUMN_NAMES.values() for name in names)


def normalize_column(name: str) -> str:
    """Return a column's name in half width and lower case, without its unit."""
    return _UNIT.sub("", unicodedata.normalize("NFKC", name).strip().lower()).replace(" ", "_")


def is_percentage(name: str) -> bool:
    """Return whether a column's name says that its values are of a hundred."""
    return bool(_PERCENT.search(unicodedata.normalize("NFKC", name).strip().lower()))


def is_known_column(name: str) -> bool:
    """Return whether a column is one of a list of stock."""
    return normalize_column(name) in _KNOWN


def find_columns(header: Iterable[str]) -> dict[str, int]:
    """Return the position of each column that a header has."""
    names = [normalize_column(name) for name in header]
    found = {
        field: [names.index(name) for name in known if name in names] for field, known in COLUMN_NAMES.items()
    }
    return {field: positions[0] for field, positions in found.items() if positions}
