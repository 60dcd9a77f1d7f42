"""Attributes in two columns, the name and the value, as `Option1 Name` and `Option1 Value`."""

import re
from collections.abc import Mapping

from indexer.cell_objects import as_text
from indexer.cell_vocabulary import vocabulary
from indexer.column_names import ATTRIBUTE_PREFIX
from indexer.fields import PAIR_NAME, PAIR_VALUE

_SEVERAL = re.compile(r"\s*[|、，]\s*|\s*,\s+|(?<![0-9]),|,(?![0-9])")
_UNNAMED = "规格"


class OptionPairs:
    """Turns pairs into attributes. A name that is left out is that of the rows above."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def resolve(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """Return a row with its pairs as `attributes.NAME`."""
        resolved: dict[str, object] = {}
        pairs: dict[str, str] = {}
        starts_product = "title" in values
        for field, value in values.items():
            if field.startswith(PAIR_NAME):
                key = field.removeprefix(PAIR_NAME)
                self._names[key] = as_text(value).strip()
            elif field.startswith(PAIR_VALUE):
                pairs[field.removeprefix(PAIR_VALUE)] = as_text(value).strip()
            else:
                resolved[field] = value
        for key, text in pairs.items():
            if not text or text.lower() in vocabulary("no_option"):
                continue
            named = not starts_product or PAIR_NAME + key in values
            name = (self._names.get(key, "") if named else "") or _UNNAMED
            texts = [part for part in _SEVERAL.split(text) if part]
            resolved.setdefault(ATTRIBUTE_PREFIX + name, texts if len(texts) > 1 else text)
        return resolved
