"""Popularity is counted in the background, by the groups of the generation that is searched."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from shangsou.behaviour.event import Event
from shangsou.errors import EngineUnavailable, EventsUnavailable
from shangsou.product import Product
from shangsou.search.personal.product_traits import TraitReader
from shangsou.search.service import personalization_models
from shangsou.search.service.personalization_models import PersonalizationModels
from tests.search.personal.trouser_catalog import StubEngine, click


class Generation(StubEngine):
    """A generation of trousers, in which these are the groups of the products."""

    def __init__(self, name: str, **groups: str) -> None:
        super().__init__([Product(one, "长裤", group_id=group) for one, group in groups.items()])
        self.generation = SimpleNamespace(name=name)
        self.is_down = False

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        if self.is_down:
            raise EngineUnavailable("no connection")
        return super().products(product_ids)


class Events:
    """The events of 90 days."""

    def __init__(self, *clicked: str) -> None:
        self.clicked = clicked
        self.is_down = False

    def scan(self, since: object) -> list[Event]:
        if self.is_down:
            raise EventsUnavailable("no disk")
        return [click(product_id) for product_id in self.clicked]


@pytest.fixture
def events() -> Events:
    return Events("red", "red", "single")


@pytest.fixture
def models(events: Events, tmp_path: Path) -> PersonalizationModels:
    return PersonalizationModels(tmp_path, events)  # type: ignore[arg-type]


def popularity(models: PersonalizationModels, engine: Generation, *product_ids: str) -> list[float]:
    """Return e to the popularity of products, as a search reads it: 1, and what counts for them."""
    reader = TraitReader(engine)  # type: ignore[arg-type]
    reader.read(product_ids)
    counts = models.personalizer(reader).popularity.of(reader.group_keys(product_ids))
    return [round(float(2.718281828459045**count), 6) for count in counts]


def test_a_click_on_a_variant_counts_for_its_group(models: PersonalizationModels) -> None:
    engine = Generation("gen-1", red="trousers", blue="trousers", single="")
    models.refresh_popularity(engine)
    assert popularity(models, engine, "red", "blue", "single") == [3, 3, 2]


def test_a_switch_of_the_generation_brings_its_groups_without_counting_again(
    models: PersonalizationModels, events: Events
) -> None:
    before, after = (
        Generation("gen-1", red="trousers", blue="trousers", single=""),
        Generation("gen-2", red="", blue="new", single="new"),
    )
    models.refresh_popularity(before)
    events.clicked = ("blue",) * 9
    models.refresh_popularity(after)
    assert popularity(models, after, "red", "blue", "single") == [3, 2, 2]
    # Back again, as by a rollback.
    models.refresh_popularity(before)
    assert popularity(models, before, "red", "blue", "single") == [3, 3, 2]


def test_groups_are_looked_up_once_in_a_generation(
    models: PersonalizationModels, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Generation("gen-1", red="trousers", blue="trousers", single="")
    models.refresh_popularity(engine)
    models.refresh_popularity(engine)
    assert list(map(sorted, engine.requested)) == [["red", "single"]]
    # An hour later another product has been clicked.
    monkeypatch.setattr(personalization_models.time, "monotonic", lambda: float("1e12"))
    events.clicked = ("red", "blue")
    models.refresh_popularity(engine)
    assert list(map(sorted, engine.requested)) == [["red", "single"], ["blue"]]
    assert popularity(models, engine, "red", "blue") == [3, 3]


def test_an_engine_that_cannot_be_reached_is_asked_again(models: PersonalizationModels) -> None:
    engine = Generation("gen-1", red="trousers", blue="trousers")
    engine.is_down = True
    models.refresh_popularity(engine)
    engine.is_down = False
    assert popularity(models, engine, "blue") == [1]
    models.refresh_popularity(engine)
    assert popularity(models, engine, "blue") == [3]


def test_events_that_cannot_be_read_leave_the_counts_as_they_are(
    models: PersonalizationModels, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Generation("gen-1", red="trousers", blue="trousers")
    models.refresh_popularity(engine)
    events.is_down = True
    monkeypatch.setattr(personalization_models.time, "monotonic", lambda: float("1e12"))
    models.refresh_popularity(engine)
    assert popularity(models, engine, "blue") == [3]
