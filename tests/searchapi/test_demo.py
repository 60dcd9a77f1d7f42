"""The sample shop of `shangsou demo`: indexed, kept, or refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.build import index_products
from searchapi import demo
from searchapi.demo import prepare_sample_shop
from shangsou.encoding.encoder import ModelStamp
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.engine import Generation
from shangsou.errors import UnusableInput
from shangsou.product import Product
from shangsou.settings import Settings
from tests.fixtures.hash_encoder import HashEncoder


class OtherModel(HashEncoder):
    stamp = ModelStamp("other-model", "fedcba9876543210", HashEncoder.stamp.dimensions, "float32")


@pytest.fixture
def prepare(
    products: list[Product], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Callable[..., Generation]:
    """Prepare the demo with the small catalog as the sample shop; return what is current then."""

    def run(*, model: str | None = None, sample: list[Product] = products) -> Generation:
        encoder = OtherModel() if model == "other-model" else HashEncoder()
        monkeypatch.setattr(demo, "sample_products", lambda: sample)
        monkeypatch.setattr(demo, "open_index_encoder", lambda *_: encoder)
        prepare_sample_shop(settings.model_copy(update={"model": model}))
        return current(settings.home)

    return run


def current(home: Path) -> Generation:
    return next(found for found in EmbeddedStore(home / "index").generations() if found.current)


def test_the_first_start_indexes_the_sample_shop(prepare: Callable[..., Generation]):
    generation = prepare(model="hash-encoder")
    assert generation.documents == 11
    assert generation.source.startswith("sample shop")


def test_the_second_start_leaves_the_index_as_it_is(prepare: Callable[..., Generation]):
    assert prepare(model="hash-encoder") == prepare(model="hash-encoder")


def test_without_a_model_in_the_settings_the_stamped_one_stays(prepare: Callable[..., Generation]):
    first = prepare(model="other-model")
    assert prepare().name == first.name


def test_another_model_in_the_settings_rebuilds_the_sample_shop(prepare: Callable[..., Generation]):
    assert prepare(model="hash-encoder").name == "gen-1"
    again = prepare(model="other-model")
    assert (again.name, again.recipe.model) == ("gen-2", "other-model")


def test_another_version_of_the_sample_rebuilds_it(
    prepare: Callable[..., Generation], products: list[Product]
):
    prepare(model="hash-encoder")
    changed = [replace(products[0], title="另一件连衣裙"), *products[1:]]
    assert prepare(model="hash-encoder", sample=changed).name == "gen-2"


def test_facts_of_the_shop_rebuild_it(prepare: Callable[..., Generation], settings: Settings):
    prepare(model="hash-encoder")
    (settings.home / "facts.toml").write_text('[units.measures.mass]\n"磅" = 453.6', "utf-8")
    assert prepare(model="hash-encoder").name == "gen-2"
    assert prepare(model="hash-encoder").name == "gen-2"


def test_words_of_the_shop_rebuild_it(prepare: Callable[..., Generation], settings: Settings):
    prepare(model="hash-encoder")
    (settings.home / "dictionary.txt").write_text("奶酪魔方 n", "utf-8")
    rebuilt = prepare(model="hash-encoder")
    assert (rebuilt.name, rebuilt.recipe.dictionary) == ("gen-2", "奶酪魔方 1 n")
    assert prepare(model="hash-encoder").name == "gen-2"


# The last two are files that a merchant may well have.
@pytest.mark.parametrize("source", ["catalog.csv", "sample shop.csv", "sample shop 2026.csv"])
def test_an_index_of_other_products_is_refused_and_stays(
    prepare: Callable[..., Generation],
    settings: Settings,
    products: list[Product],
    hash_encoder: HashEncoder,
    source: str,
):
    store = EmbeddedStore(settings.home / "index")
    index_products(products, store=store, encoder=hash_encoder, source=source)
    with pytest.raises(UnusableInput) as refused:
        prepare(model="hash-encoder")
    assert refused.value.exit_code == 2
    for word in (source, "SHANGSOU_HOME", "shangsou serve"):
        assert word in str(refused.value)
    assert current(settings.home).source == source
