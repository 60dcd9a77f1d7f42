"""A generation on trial with other k1 and b."""

from dataclasses import replace
from pathlib import Path

import pytest

from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.embedded.trial import TrialIndexes
from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters, Hit, LexicalLeg, LexicalQuery, VectorLeg
from shangsou.errors import IndexBusy
from tests.engines import catalog

QUERY = LexicalQuery(("red", "dress"), (), (), 0, {"title.words": 1.0, "attributes.words": 0.5})


@pytest.fixture
def index(tmp_path: Path) -> Path:
    catalog.index(EmbeddedStore(tmp_path / "index"), catalog.shop_documents())
    return tmp_path / "index"


def found(engine: Engine) -> list[list[Hit]]:
    return engine.retrieve(
        [LexicalLeg(QUERY, Filters(), 10), VectorLeg("title_vector", catalog.EAST, Filters(), 10)]
    )


def test_a_trial_scores_as_an_index_that_was_built_with_its_k1_and_b(index: Path, tmp_path: Path) -> None:
    before = found(EmbeddedStore(index).open())
    other = EmbeddedStore(tmp_path / "other")
    recipe = replace(catalog.RECIPE, k1=1.2, b=0.9)
    with other.writer(recipe, "test") as writer:
        writer.add(catalog.shop_documents())
        other_name = writer.finish().name
    built = found(other.open(other_name))
    assert built[0] != before[0]
    with TrialIndexes(index, "gen-1", tmp_path / "trial") as trials:
        for _ in range(2):
            engine = trials.open_store(1.2, 0.9).open()
            assert (engine.generation.recipe.k1, engine.generation.recipe.b) == (1.2, 0.9)
            assert found(engine) == built
        assert found(trials.open_store(catalog.RECIPE.k1, catalog.RECIPE.b).open()) == before
    assert not (tmp_path / "trial").exists()
    assert found(EmbeddedStore(index).open()) == before


def test_two_trials_do_not_get_into_each_others_way(index: Path, tmp_path: Path) -> None:
    with TrialIndexes(index, "gen-1", tmp_path / "trial") as trials:
        trials.open_store(1.2, 0.9)
        with (
            pytest.raises(IndexBusy, match="another trial"),
            TrialIndexes(index, "gen-1", tmp_path / "trial"),
        ):
            pass
        assert len(found(trials.open_store(1.2, 0.9).open())[0]) > 0


def test_what_a_killed_trial_left_is_replaced(index: Path, tmp_path: Path) -> None:
    (tmp_path / "trial" / "index" / "gen-1").mkdir(parents=True)
    (tmp_path / "trial" / "index" / "gen-1" / "rows.npy").write_bytes(b"half")
    with TrialIndexes(index, "gen-1", tmp_path / "trial") as trials:
        assert len(found(trials.open_store(1.2, 0.9).open())[0]) > 0
