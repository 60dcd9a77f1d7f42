"""An index whose trained model is gone: it is named, torch is not asked, and words find on."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from indexer.merge import merge_changes
from indexer.model_switch import use_model
from shangsou.engines.engine import Generation
from shangsou.engines.generations import current_generation
from shangsou.engines.stores import open_store
from shangsou.errors import WeightsUnavailable
from shangsou.search.request import SearchRequest
from shangsou.search.service.searcher import open_searcher
from shangsou.settings import Settings
from shangsou.updates.operation import Operation
from tests.fixtures.switched_models import PRODUCTS, found, index, serving
from tests.fixtures.trained_models import install_toy


@pytest.fixture(autouse=True)
def no_torch(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What would be asked for models by their names; each test ends with none."""
    asked: list[str] = []
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    monkeypatch.setattr(
        "shangsou.encoding.torch.SentenceTransformerEncoder.__init__",
        lambda _, model, **__: asked.append(model),
    )
    yield asked
    assert asked == []


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two products that serve with `words`; `first` is there too."""
    made = Settings(home=tmp_path / "home")
    install_toy(made.home, "first")
    install_toy(made.home, "words", "static")
    index(made.model_copy(update={"model": "words"}), *PRODUCTS)
    return made


def current(settings: Settings) -> Generation:
    generation = current_generation(open_store(settings))
    assert generation is not None
    return generation


def remove(settings: Settings, name: str) -> None:
    shutil.rmtree(settings.home / "models" / name)


@pytest.mark.parametrize("setting", [None, "words"])
def test_searches_go_on_by_words_and_say_which_model_is_gone(settings: Settings, setting: str | None) -> None:
    remove(settings, "words")
    with closing(open_searcher(settings.model_copy(update={"model": setting}))) as searcher:
        assert [hit.product.product_id for hit in searcher.search(SearchRequest("红裙")).hits] == ["dress"]
        [problem] = searcher.missing()
        assert "the trained model words is gone from the server" in problem


def test_the_next_index_names_the_folder_and_changes_nothing(settings: Settings) -> None:
    remove(settings, "words")
    with pytest.raises(WeightsUnavailable, match=r"model words is gone: there is no .*/models/words"):
        index(settings, *PRODUCTS)
    assert serving(settings) == ("gen-1", "words")


def test_an_index_of_another_version_is_not_rebuilt_by_torch(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove(settings, "words")
    monkeypatch.setattr("shangsou.engines.embedded.store._FORMAT", 999)
    with pytest.raises(WeightsUnavailable, match="model words is gone"):
        merge_changes(settings)


def test_a_model_that_is_not_complete_is_named(settings: Settings) -> None:
    (settings.home / "models" / "words" / "vectors.npy").unlink()
    with closing(open_searcher(settings)) as searcher:
        [problem] = searcher.missing()
        assert "the trained model words is not complete" in problem


def test_a_folder_elsewhere_is_never_taken_for_one_of_torch(settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(settings.home / "models" / "words", tmp_path / "elsewhere")
    index(settings.model_copy(update={"model": str(tmp_path / "elsewhere")}), *PRODUCTS)
    shutil.rmtree(tmp_path / "elsewhere")
    with closing(open_searcher(settings)) as searcher:
        [problem] = searcher.missing()
        assert "the trained model elsewhere is gone" in problem


def test_another_model_is_used_in_its_place_with_what_changed_since(settings: Settings) -> None:
    remove(settings, "words")
    with closing(open_searcher(settings)) as searcher:
        searcher.update([Operation("patch", "dress", {"title": "红锅"})])
        assert use_model(settings, "first").built
        assert found(searcher, "红锅") == ["dress"]


def test_a_model_that_is_copied_back_serves_again(settings: Settings, tmp_path: Path) -> None:
    shutil.move(settings.home / "models" / "words", tmp_path / "kept")
    with closing(open_searcher(settings)) as searcher:
        assert searcher.missing() != []
    shutil.move(tmp_path / "kept", settings.home / "models" / "words")
    with closing(open_searcher(settings)) as searcher:
        assert searcher.missing() == []
        assert found(searcher, "红裙") == ["dress"]


def test_the_recipe_says_that_its_model_is_a_trained_one(settings: Settings) -> None:
    assert current(settings).recipe.is_trained
