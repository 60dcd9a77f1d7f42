"""Another encoder serves together with a generation of the same products; one contract for both engines."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.encoder import open_index_encoder
from indexer.merge import merge_changes
from indexer.model_switch import build_with_model, use_model
from shangsou.encoding.installation import install_model
from shangsou.encoding.static import StaticEncoder
from shangsou.engines.generations import roll_back
from shangsou.engines.stores import open_store
from shangsou.errors import EncoderUnavailable, IndexingFailed, NoIndex, UnusableInput, WeightsUnavailable
from shangsou.product import Product
from shangsou.search.request import SearchRequest
from shangsou.search.service.searcher import Searcher, open_searcher
from shangsou.settings import Settings
from shangsou.updates.operation import Operation
from tests.fixtures.switched_models import PRODUCTS, found, index, serving
from tests.fixtures.trained_models import CARD, install_toy, row_of, static_files


@pytest.fixture
def settings(engine_settings: Settings) -> Settings:
    """Two products, indexed with `first`; `second` and `words` are installed beside it."""
    for name, kind in (("first", "onnx"), ("second", "onnx"), ("words", "static")):
        install_toy(engine_settings.home, name, kind)
    index(engine_settings.model_copy(update={"model": "first"}), *PRODUCTS)
    return engine_settings


@pytest.fixture
def opened(settings: Settings) -> Iterator[Callable[[], Searcher]]:
    searchers = []

    def open_one() -> Searcher:
        searchers.append(open_searcher(settings))
        return searchers[-1]

    yield open_one
    for searcher in searchers:
        searcher.close()


def test_a_model_serves_with_a_generation_of_the_same_products_and_a_rollback_takes_both_back(
    settings: Settings, opened: Callable[[], Searcher]
) -> None:
    searcher = opened()
    assert found(searcher, "红裙") == ["dress"]
    switched = use_model(settings, "words")
    assert (switched.model, switched.built, switched.generation.documents) == ("words", True, 2)
    assert serving(settings) == ("gen-2", "words")
    assert found(searcher, "红裙") == ["dress"]
    assert searcher.missing() == []
    roll_back(open_store(settings))
    assert serving(settings) == ("gen-1", "first")
    assert found(searcher, "红裙") == ["dress"]


def test_a_restart_serves_what_was_switched_to(settings: Settings, opened: Callable[[], Searcher]) -> None:
    use_model(settings, "second")
    searcher = opened()
    generation = searcher.generation()
    assert generation is not None
    assert generation.recipe.model == "second"
    assert found(searcher, "蓝杯") == ["cup"]


def test_the_vectors_of_a_generation_have_the_dimensions_of_its_model(settings: Settings) -> None:
    store = open_store(settings)
    dimensions = {}
    for name in ("first", "words"):
        use_model(settings, name)
        engine = store.open()
        dimensions[name] = engine.generation.recipe.dimensions
        assert engine.title_vectors(["cup"])["cup"].shape == (dimensions[name],)
        engine.close()
    assert dimensions["first"] != dimensions["words"]


def test_products_are_taken_as_they_were_changed_since(
    settings: Settings, opened: Callable[[], Searcher]
) -> None:
    searcher = opened()
    searcher.update(
        [Operation("patch", "dress", {"title": "红锅"}), Operation("put", "plate", {"title": "蓝盘"})]
    )
    use_model(settings, "words")
    assert found(searcher, "红锅") == ["dress"]
    # 蓝杯子 shares one unit of three with it: a cosine of .41, below the cut-off.
    assert found(searcher, "蓝盘") == ["plate"]
    # What changes from now on lies over both generations.
    searcher.update([Operation("patch", "cup", {"title": "马克"})])
    assert found(searcher, "马克") == ["cup"]
    roll_back(open_store(settings))
    assert found(searcher, "马克") == ["cup"]


def test_a_generation_built_beside_is_switched_to_without_building_it_again(settings: Settings) -> None:
    beside = build_with_model(settings, "words", serves=False)
    assert serving(settings) == ("gen-1", "first")
    switched = use_model(settings, "words")
    assert (switched.generation.name, switched.built) == (beside.name, False)
    assert serving(settings) == (beside.name, "words")
    roll_back(open_store(settings))
    assert serving(settings) == ("gen-1", "first")


def test_of_those_built_beside_the_newest_of_each_model_is_kept(settings: Settings) -> None:
    for name in ("words", "second", "words", "second"):
        build_with_model(settings, name, serves=False)
    kept = [(one.name, one.recipe.model) for one in open_store(settings).generations()]
    assert kept == [("gen-5", "second"), ("gen-4", "words"), ("gen-1", "first")]
    assert use_model(settings, "words").generation.name == "gen-4"


def test_what_a_rollback_leads_to_is_kept_whatever_is_built_beside(settings: Settings) -> None:
    use_model(settings, "words")
    use_model(settings, "second")
    for _ in range(2):
        build_with_model(settings, "words", serves=False)
    names = [one.name for one in open_store(settings).generations()]
    assert names == ["gen-5", "gen-3", "gen-2", "gen-1"]
    roll_back(open_store(settings))
    assert serving(settings) == ("gen-2", "words")


def test_one_built_beside_an_older_catalog_is_not_switched_to(settings: Settings) -> None:
    build_with_model(settings, "words", serves=False)
    index(settings, Product("pan", "红锅"))
    switched = use_model(settings, "words")
    assert (switched.built, switched.generation.documents) == (True, 1)


def test_the_model_before_is_used_again_with_the_products_of_now(settings: Settings) -> None:
    use_model(settings, "words")
    index(settings, *PRODUCTS, Product("pan", "红锅"))
    switched = use_model(settings, "first")
    assert (switched.built, switched.generation.documents) == (True, 3)
    # A rollback goes to what served before, not to the generation that the model had then.
    roll_back(open_store(settings))
    assert serving(settings)[1] == "words"


def test_a_model_that_serves_already_is_left_alone(settings: Settings) -> None:
    switched = use_model(settings, "first")
    assert switched.generation == switched.before
    assert serving(settings) == ("gen-1", "first")


def test_the_next_index_is_built_with_the_model_in_use(settings: Settings) -> None:
    use_model(settings, "words")
    assert index(settings, *PRODUCTS).recipe.model == "words"


def test_a_merge_keeps_the_model_in_use(settings: Settings, opened: Callable[[], Searcher]) -> None:
    use_model(settings, "words")
    opened().update([Operation("patch", "dress", {"title": "红锅"})])
    merged = merge_changes(settings)
    if settings.engine == "elastic":
        # It merges by itself.
        assert merged is None
        assert serving(settings)[1] == "words"
        return
    assert merged is not None
    assert merged.recipe.model == "words"
    # It takes the place of what it merges: a rollback still goes back to the model before.
    roll_back(open_store(settings))
    assert serving(settings) == ("gen-1", "first")


def test_a_setting_that_names_another_model_wins(settings: Settings) -> None:
    with pytest.raises(UnusableInput, match="SHANGSOU_MODEL is first and wins"):
        use_model(settings.model_copy(update={"model": "first"}), "words")
    assert serving(settings) == ("gen-1", "first")


def test_a_server_whose_setting_names_the_model_before_serves_on_with_it(
    settings: Settings, opened: Callable[[], Searcher]
) -> None:
    with_setting = settings.model_copy(update={"model": "first"})
    searcher = open_searcher(with_setting)
    try:
        use_model(settings, "words")
        assert found(searcher, "红裙") == ["dress"]
        generation = searcher.generation()
        assert generation is not None
        assert generation.recipe.model == "first"
        [warning] = searcher.warnings()
        assert "built with words" in warning
        assert "SHANGSOU_MODEL" in warning
    finally:
        searcher.close()


def test_without_an_index_the_command_that_builds_one_is_named(engine_settings: Settings) -> None:
    install_toy(engine_settings.home, "words", "static")
    with pytest.raises(NoIndex, match='run "SHANGSOU_MODEL=words shangsou index FILE"'):
        use_model(engine_settings, "words")


def test_an_unknown_model_is_answered_with_those_that_there_are(settings: Settings) -> None:
    with pytest.raises(UnusableInput, match=r"no model third; there are BAAI/.*, first, second, words"):
        use_model(settings, "third")


def test_a_model_that_fails_leaves_what_serves(
    settings: Settings, opened: Callable[[], Searcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise EncoderUnavailable("out of memory")

    searcher = opened()
    monkeypatch.setattr(StaticEncoder, "encode", failing)
    with pytest.raises(EncoderUnavailable, match="out of memory"):
        use_model(settings, "words")
    assert serving(settings) == ("gen-1", "first")
    assert found(searcher, "红裙") == ["dress"]


def test_a_generation_that_fails_its_checks_leaves_what_serves(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise IndexingFailed("a product does not find itself")

    monkeypatch.setattr("indexer.build.verify", failing)
    with pytest.raises(IndexingFailed, match="gen-1 serves on"):
        use_model(settings, "words")
    assert serving(settings) == ("gen-1", "first")


def test_a_model_whose_folder_is_gone_leaves_searches_by_words_that_say_so(
    settings: Settings, opened: Callable[[], Searcher]
) -> None:
    use_model(settings, "words")
    (settings.home / "models" / "words" / "vectors.npy").unlink()
    searcher = opened()
    assert [hit.product.product_id for hit in searcher.search(SearchRequest("红裙")).hits] == ["dress"]
    assert any(problem.startswith("encoder") for problem in searcher.missing())
    with pytest.raises(WeightsUnavailable, match="words holds no complete model"):
        use_model(settings, "words")


def test_cut_offs_hold_for_a_model_of_higher_cosines(
    settings: Settings, opened: Callable[[], Searcher]
) -> None:
    use_model(settings, "words")
    searcher = opened()
    # 子红马 shares two of its three units with 红裙子, but no words: a cosine of .667, above the .63 from
    # which on a product matches by its meaning alone.
    assert found(searcher, "子红马") == ["dress"]
    files = static_files(settings.home / "files", dimensions=32)
    install_model(settings.home, "high", replace(files, cosine_offset=0.4, cosine_factor=0.6), CARD)
    use_model(settings, "high")
    # Where this model has .667, the default model has (.667 - .4) / .6 = .444; and .694 where it has .816.
    assert found(searcher, "子红马") == []
    assert found(searcher, "红裙") == ["dress"]
    [hit] = searcher.search(SearchRequest("红裙", mode="semantic", explain=True)).hits
    assert hit.explain is not None
    semantic = hit.explain["semantic"]
    assert isinstance(semantic, dict)
    # Elasticsearch keeps vectors in bytes.
    assert semantic["score"] == pytest.approx(0.694, abs=0.01)


def test_a_model_of_two_dimensions_serves(settings: Settings, opened: Callable[[], Searcher]) -> None:
    made = static_files(settings.home / "files")
    # 红 and 裙 point one way, 蓝 and 杯 the other; what else is there has no direction.
    table = np.zeros((len(np.load(made.vectors)), 2), np.float32)
    for units, dimension in (("红裙", 0), ("蓝杯", 1)):
        for unit in units:
            table[row_of(unit), dimension] = 1
    np.save(made.vectors, table)
    install_model(settings.home, "flat", made, CARD)
    switched = use_model(settings, "flat")
    assert switched.generation.recipe.dimensions == 2
    searcher = opened()
    assert searcher.missing() == []
    assert found(searcher, "裙裙红") == ["dress"]
    assert found(searcher, "杯") == ["cup"]
    searcher.update([Operation("patch", "cup", {"title": "红红"})])
    assert sorted(found(searcher, "裙")) == ["cup", "dress"]
    roll_back(open_store(settings))
    assert sorted(found(searcher, "红")) == ["cup", "dress"]


def test_vectors_are_cached_for_each_model(settings: Settings) -> None:
    use_model(settings, "words")
    use_model(settings, "second")
    caches = {path.name.partition("-")[0] for path in Path(settings.home / "vectors").glob("*.sqlite3")}
    hashes = {one.recipe.model_hash for one in open_store(settings).generations()}
    assert caches == hashes
    assert len(hashes) == 3


def test_an_index_that_was_built_meanwhile_is_not_replaced_by_older_products(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_later(*arguments: object) -> object:
        index(settings, Product("pan", "红锅"))
        return open_index_encoder(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("indexer.model_switch.open_index_encoder", open_later)
    with pytest.raises(IndexingFailed, match="gen-2 took the place of gen-1"):
        use_model(settings, "words")
    assert serving(settings) == ("gen-2", "first")
