"""The products of the current generation where another version of shangsou built it.

Every version wrote products alike, whatever else it wrote.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from shangsou.engines.elastic.access import ElasticAccess
from shangsou.engines.elastic.point_in_time import point_in_time
from shangsou.engines.elastic.writer import current_index, read_metas
from shangsou.engines.embedded.catalog import PRODUCTS
from shangsou.engines.embedded.store import STAMP
from shangsou.errors import RecipeMismatch
from shangsou.product import Product, product_from_json
from shangsou.settings import Settings
from shangsou.updates.decision import decide
from shangsou.updates.journal import ChangeJournal


class OlderGeneration:
    """The products of a generation, read as often as they are asked for.

    Parameters
    ----------
    stamp
        What the generation says of itself.
    read
        Yields its products as JSON values.
    """

    def __init__(self, stamp: Mapping[str, Any], read: Callable[[], Iterator[Mapping[str, object]]]) -> None:
        self._read = read
        self.source, self._sequence = str(stamp.get("source", "")), int(stamp.get("sequence", 0))
        recipe = stamp.get("recipe")
        self.model = str(recipe.get("model", "")) if isinstance(recipe, Mapping) else ""
        """What its texts were encoded by; empty where it does not say."""
        self.is_trained = isinstance(recipe, Mapping) and bool(recipe.get("is_trained"))
        """Whether that is a trained model of the registry."""

    def products(self, journal: ChangeJournal) -> Iterator[Product]:
        """Yield the products as they are after the changes of a journal, on sale or not."""
        operations = [change.operation for change in journal.after(self._sequence)]
        changed_ids = {operation.product_id for operation in operations}
        before = {one.product_id: one for one in self._stored() if one.product_id in changed_ids}
        after = dict(decide(operations, before).after)
        for product in self._stored():
            changed = after.pop(product.product_id, product)
            if changed is not None:
                yield changed
        yield from (product for product in after.values() if product is not None)

    def _stored(self) -> Iterator[Product]:
        try:
            yield from map(product_from_json, self._read())
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise RecipeMismatch(
                f'the products of the older generation cannot be read ({problem}); run "shangsou index FILE"'
            ) from None


def open_older_generation(settings: Settings, name: str) -> OlderGeneration:
    """Return a generation by its name; raises `RecipeMismatch` where it cannot be read."""
    if settings.engine == "elastic":
        return _of_elastic(settings)
    folder = settings.home / "index" / name
    try:
        stamp = json.loads((folder / STAMP).read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise RecipeMismatch(f'{folder} cannot be read ({problem}); run "shangsou index FILE"') from None
    return OlderGeneration(stamp, lambda: _lines(folder / PRODUCTS))


def _lines(path: Path) -> Iterator[Mapping[str, object]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _of_elastic(settings: Settings) -> OlderGeneration:
    access = ElasticAccess(settings)
    current = current_index(access)
    index = current[0] if current else ""
    with access.translate_errors():
        stamp = read_metas(access.client, access.name).get(index, {})

    def read() -> Iterator[Mapping[str, object]]:
        with access.translate_errors(), point_in_time(access.client, index) as moment:
            for hits in moment.pages({"match_all": {}}, source=["product"]):
                products = (hit["_source"].get("product", {}) for hit in hits)
                # Not documents of groups, nor the state.
                yield from (product for product in products if "product_id" in product)

    return OlderGeneration(stamp, read)
