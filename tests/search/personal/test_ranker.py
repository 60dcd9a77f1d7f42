"""Rankers in files: their scores, and the files that are refused."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shangsou.errors import RecipeMismatch, UnusableInput
from shangsou.search.personal.features import FEATURE_VERSION, FEATURES
from shangsou.search.personal.ranker import Ranker, RankerFile, default_ranker, parse_ranker, ranker_to_json
from shangsou.search.personal.ranker_store import current_ranker, open_ranker, ranker_files, save_ranker

WIDTH = len(FEATURES)
HAND_MADE = RankerFile(
    features=FEATURE_VERSION, model_hash="abc", attention=(20.0, 6.0, 11.0), linear={"brand": 2.0}
)


def _row(**given: float) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([[given.get(feature, 0.0) for feature in FEATURES]], np.float32)


def test_a_linear_ranker_adds_up_its_weighed_features() -> None:
    assert Ranker(HAND_MADE, "by hand").score(_row(brand=3, price=5)).tolist() == [6.0]


def test_a_hidden_unit_adds_what_is_above_nothing() -> None:
    unit = tuple(1.0 if feature == "price" else 0.0 for feature in FEATURES)
    ranker = Ranker(replace(HAND_MADE, hidden=(unit,), hidden_bias=(-1.0,), output=(10.0,)), "by hand")
    # 2 x 3 of the linear part, and 10 x (5 - 1), or nothing where the price is below 1.
    assert ranker.score(_row(brand=3, price=5)).tolist() == [46.0]
    assert ranker.score(_row(brand=3, price=0.5)).tolist() == [6.0]


def test_features_are_scaled_as_in_training_and_the_extreme_is_cut() -> None:
    scaled = replace(HAND_MADE, means=(1.0,) * WIDTH, scales=(2.0,) * WIDTH)
    assert Ranker(scaled, "by hand").score(_row(brand=5)).tolist() == [4.0]  # 2 x (5 - 1) / 2
    assert Ranker(scaled, "by hand").score(_row(brand=1000)).tolist() == [12.0]  # 2 x 6


def test_a_ranker_survives_its_file() -> None:
    text = json.dumps(ranker_to_json(HAND_MADE)).encode()
    assert parse_ranker(text, "ranker-1.json") == HAND_MADE


def test_the_default_ranker_has_no_scales_and_no_hidden_layer_and_likes_what_the_history_holds() -> None:
    ranker = default_ranker()
    plain, brand, word = ranker.score(np.concatenate([_row(), _row(brand=1), _row(best_word=1)]))
    assert brand > plain
    assert word > plain


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(b"{", "is no ranker", id="no JSON"),
        pytest.param(b"[]", "is no ranker", id="no object"),
        pytest.param(
            json.dumps({"features": FEATURE_VERSION}).encode(), "model_hash", id="a field is missing"
        ),
        pytest.param(
            json.dumps(ranker_to_json(replace(HAND_MADE, means=(1.0,)))).encode(), "do not fit", id="one mean"
        ),
        pytest.param(
            json.dumps(ranker_to_json(HAND_MADE) | {"linear": {"shoe_size": 1.0}}).encode(),
            "shoe_size",
            id="a feature that there is not",
        ),
    ],
)
def test_what_is_no_ranker_is_refused_by_name(text: bytes, says: str) -> None:
    with pytest.raises(UnusableInput, match=says):
        parse_ranker(text, "ranker-1.json")


def test_a_ranker_for_other_features_is_refused_in_words() -> None:
    other = json.dumps(ranker_to_json(replace(HAND_MADE, features=FEATURE_VERSION + 1))).encode()
    with pytest.raises(RecipeMismatch, match="shangsou train ranker"):
        parse_ranker(other, "ranker-1.json")


def test_without_a_trained_ranker_the_default_serves(tmp_path: Path) -> None:
    assert open_ranker(tmp_path, "abc").name == "default"


def test_a_ranker_that_is_kept_live_serves_and_older_ones_stay(tmp_path: Path) -> None:
    save_ranker(tmp_path, HAND_MADE, live=True)
    save_ranker(tmp_path, HAND_MADE, live=True)
    assert current_ranker(tmp_path) == "ranker-2.json"
    assert open_ranker(tmp_path, "abc").name == "ranker-2"
    assert (tmp_path / "ranker" / "ranker-1.json").exists()


def test_a_ranker_that_is_no_better_is_kept_but_does_not_serve(tmp_path: Path) -> None:
    assert save_ranker(tmp_path, HAND_MADE, live=False).exists()
    assert open_ranker(tmp_path, "abc").name == "default"


def test_a_ranker_of_another_encoder_is_refused_by_name(tmp_path: Path) -> None:
    save_ranker(tmp_path, HAND_MADE, live=True)
    with pytest.raises(RecipeMismatch, match=r"ranker-1\.json was trained with the encoder abc"):
        open_ranker(tmp_path, "def")


def test_each_encoder_has_the_ranker_that_was_found_better_with_it(tmp_path: Path) -> None:
    save_ranker(tmp_path, HAND_MADE, live=True)
    save_ranker(tmp_path, replace(HAND_MADE, model_hash="def"), live=True)
    save_ranker(tmp_path, HAND_MADE, live=False)
    assert open_ranker(tmp_path, "def").name == "ranker-2"
    # As after a rollback to the encoder before.
    assert open_ranker(tmp_path, "abc").name == "ranker-1"
    assert {path.name for path in ranker_files(tmp_path)} == {
        *(f"ranker-{number}.json" for number in (1, 2, 3)),
        *("CURRENT-abc", "CURRENT-def", "CURRENT"),
    }


def test_a_ranker_of_before_encoders_had_their_own_is_kept_for_its_encoder(tmp_path: Path) -> None:
    save_ranker(tmp_path, HAND_MADE, live=True)
    (tmp_path / "ranker" / "CURRENT-abc").unlink()
    save_ranker(tmp_path, replace(HAND_MADE, model_hash="def"), live=True)
    assert open_ranker(tmp_path, "abc").name == "ranker-1"


def test_a_ranker_that_has_gone_is_refused_by_name(tmp_path: Path) -> None:
    save_ranker(tmp_path, HAND_MADE, live=True).unlink()
    with pytest.raises(RecipeMismatch, match="cannot be read"):
        open_ranker(tmp_path, "abc")
