"""Pre-training as a whole, on a toy: it learns, goes on where it was interrupted, and installs a base."""

import json
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from shangsou.encoding.encoders import open_encoder
from shangsou.encoding.registry import find_model
from shangsou.errors import TrainingFailed, UnusableInput
from shangsou.settings import Settings
from shangsou.text.segmenter import Segmenter
from tests.fixtures.full_disk import full_disk
from tests.training.encoder.toy import COLOURS, MATERIALS, NICKNAMES, THINGS
from training.encoder.base_weights import open_base
from training.encoder.options import Resources
from training.encoder.run_folder import RunFolder
from training.pretraining.options import PretrainingOptions
from training.pretraining.texts import ProductText, ShopTexts

if find_spec("torch") is None:
    pytest.skip("training needs the extra [torch]", allow_module_level=True)

from training.pretraining import train
from training.pretraining.pretrain import Pretrained, Request, pretrain
from training.pretraining.train import Point

# Each material has its colour, so that one can be predicted from the other. Spaces part them: what is one
# word is hidden together.
COLOUR_OF = dict(zip(MATERIALS, COLOURS, strict=False))
SEGMENTER = Segmenter("".join(f"{colour}{material} 100000 n\n" for material, colour in COLOUR_OF.items()))
TEXTS = ShopTexts(
    [
        ProductText(f"{COLOUR_OF[material]} {material} {thing}", "", 10 * place + number)
        for place, thing in enumerate(THINGS)
        for number, material in enumerate(MATERIALS)
    ],
    [thing + nickname for thing, nickname in zip(THINGS, NICKNAMES, strict=True)],
    Segmenter(),
)
OPTIONS = PretrainingOptions(
    epochs=12,
    batch_size=8,
    learning_rate=1e-3,
    warm_up=8,
    evaluate_every=16,
    retention=0.0,
    precision="float32",
)


@pytest.fixture
def request_of(toy_folder: Path):
    def make(
        name: str = "run", mini_batch: int = 64, fill: tuple[str, ...] = ("[MASK] 棉 伞",), **options
    ) -> Request:
        resources = Resources(device="cpu", mini_batch=mini_batch)
        return Request(name, str(toy_folder), replace(OPTIONS, **options), resources, fill)

    return make


def run_it(request: Request, settings: Settings, texts: ShopTexts = TEXTS) -> tuple[Pretrained, list[Point]]:
    result, _ = pretrain(request, texts, settings, lambda _: None)
    return result, RunFolder(settings.home, request.name).metrics(Point)


def vectors(settings: Settings, name: str) -> np.ndarray:
    return open_encoder(settings, name).encode(["红棉伞", "蓝丝鞋", "锅"])


def test_it_learns_to_fill_in_what_the_shop_writes(request_of, settings: Settings):
    result, points = run_it(request_of(epochs=30, evaluate_every=60), settings)
    assert result.perplexity < 0.6 * result.perplexity_before
    before, after = (result.fills["[MASK] 棉 伞"][when] for when in ("before", "after"))
    assert after[0][0] == COLOUR_OF["棉"]
    assert dict(after)[COLOUR_OF["棉"]] > dict(before).get(COLOUR_OF["棉"], 0.0)
    # 8 steps of warm-up, then those of 44 texts in batches of 8, 30 times; each evaluation is a point.
    assert [point.step for point in points] == [8, 60, 120, 180, 188]
    assert points[-1].decoder_loss < points[0].decoder_loss
    folder = settings.home / "runs" / "run"
    assert json.loads((folder / "result.json").read_text()) == json.loads(json.dumps(asdict(result)))
    page = (folder / "curves.html").read_text()
    assert "填词" in page
    assert "[MASK] 棉 伞" in page


def test_the_encoder_stands_still_while_the_heads_warm_up(request_of, settings: Settings, toy_folder: Path):
    run_it(request_of(warm_up=8, max_steps=1, learning_rate=1e-9), settings)
    base = open_base(str(toy_folder), settings).model.encode(["红棉伞", "锅"], normalize_embeddings=True)
    served = open_encoder(settings, "run").encode(["红棉伞", "锅"])
    assert np.abs(base - served).max() < 1e-4


def test_it_is_installed_as_a_base_that_says_so(request_of, settings: Settings, toy_folder: Path):
    run_it(request_of(max_steps=8), settings)
    model = find_model(settings.home, "run")
    assert model is not None
    assert model.card.base == str(toy_folder)
    assert "train encoder --base" in model.card.limits[0]
    assert model.card.data["titles"] == 36
    # It can be fine-tuned, or pre-trained once more.
    assert open_base("run", settings).dimensions == 64


def test_an_interrupted_run_goes_on_as_if_it_had_not_been(
    request_of, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    whole, points = run_it(request_of("whole", max_steps=32), settings)
    real_step = train._step

    def stop(loop, number: int):
        if number == 29:
            raise KeyboardInterrupt
        return real_step(loop, number)

    monkeypatch.setattr(train, "_step", stop)
    with pytest.raises(KeyboardInterrupt):
        run_it(request_of("stopped", max_steps=32), settings)
    monkeypatch.undo()
    result, resumed = run_it(request_of("stopped", max_steps=32), settings)
    assert result == whole
    assert [replace(point, seconds=0.0) for point in resumed] == [
        replace(point, seconds=0.0) for point in points
    ]
    assert np.array_equal(vectors(settings, "stopped"), vectors(settings, "whole"))


def test_a_batch_in_parts_is_the_whole(request_of, settings: Settings):
    _, whole = run_it(request_of("whole", max_steps=8, retention=0.1), settings)
    _, parts = run_it(request_of("parts", mini_batch=3, max_steps=8, retention=0.1), settings)
    for one, other in zip(whole, parts, strict=True):
        assert one.encoder_loss == pytest.approx(other.encoder_loss, abs=1e-4)
        assert one.decoder_loss == pytest.approx(other.decoder_loss, abs=1e-4)
        assert one.distance == pytest.approx(other.distance, abs=1e-4)
        assert one.perplexity == pytest.approx(other.perplexity, rel=1e-3)


def test_retention_keeps_vectors_where_the_base_has_them(request_of, settings: Settings, toy_folder: Path):
    base = open_base(str(toy_folder), settings).model.encode(["红棉伞"], normalize_embeddings=True)
    run_it(request_of("free", retention=0.0), settings)
    run_it(request_of("kept", retention=1.0), settings)
    free, kept = (float(base[0] @ vectors(settings, name)[0]) for name in ("free", "kept"))
    assert kept > free


def test_without_the_decoder_masked_words_alone_are_predicted(request_of, settings: Settings):
    _, points = run_it(request_of(objective="mlm", max_steps=8), settings)
    assert {point.decoder_loss for point in points} == {0.0}
    assert all(point.encoder_loss > 0 for point in points)


def test_words_of_the_shop_join_and_are_served(request_of, settings: Settings):
    many = ShopTexts(
        [replace(one, group=100 * copy + one.group) for copy in range(3) for one in TEXTS.products],
        [],
        SEGMENTER,
    )
    result, _ = run_it(request_of(words=5, max_steps=8, retention=0.1), settings, many)
    # Each stands in 8 different titles, which is fewer than a word needs.
    assert result.words == 0
    long = ShopTexts(
        [
            ProductText(f"{one.title.replace(' ', '')}{colour}{place}", "", 10 * place + number)
            for number, colour in enumerate(COLOURS)
            for place, one in enumerate(TEXTS.products)
        ],
        [],
        SEGMENTER,
    )
    result, _ = run_it(request_of("words", words=2, max_steps=8, retention=0.1), settings, long)
    assert result.words == 2
    tokenizer = open_base("words", settings).model.tokenizer
    assert len(tokenizer) == len(open_base("run", settings).model.tokenizer) + 2
    assert vectors(settings, "words").shape == (3, 64)


def test_a_complete_run_called_again_trains_nothing(
    request_of, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    result, _ = run_it(request_of(max_steps=4), settings)
    monkeypatch.setattr(train, "_step", lambda *_: pytest.fail("it trains"))
    assert run_it(request_of(max_steps=4), settings)[0] == Pretrained(
        **json.loads(json.dumps(asdict(result)))
    )


def test_a_run_that_was_killed_before_its_installation_is_installed(
    request_of, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    from training.pretraining import pretrain as module

    def die(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_install", die)
    with pytest.raises(KeyboardInterrupt):
        run_it(request_of(max_steps=4), settings)
    monkeypatch.undo()
    run_it(request_of(max_steps=4), settings)
    run_it(request_of("other", max_steps=4), settings)
    assert np.array_equal(vectors(settings, "run"), vectors(settings, "other"))


def test_other_texts_or_options_are_another_run(request_of, settings: Settings):
    run_it(request_of(max_steps=4), settings)
    with pytest.raises(UnusableInput, match=r"mask was 0\.3 and is 0\.5"):
        run_it(request_of(max_steps=4, mask=0.5), settings)
    with pytest.raises(UnusableInput, match="texts_hash was"):
        run_it(request_of(max_steps=4), settings, replace(TEXTS, queries=["锅"]))


def test_a_full_disk_loses_nothing_that_was_saved(request_of, settings: Settings):
    with full_disk(20_000), pytest.raises(TrainingFailed, match="full"):
        run_it(request_of(max_steps=16), settings)
    result, _ = run_it(request_of(max_steps=16), settings)
    assert result.steps == 24


def test_a_rate_that_breaks_the_model_is_named(request_of, settings: Settings):
    with pytest.raises(TrainingFailed, match=r"is (nan|inf).*--learning-rate below 1e\+20"):
        run_it(request_of(learning_rate=1e20), settings)


def test_a_text_to_fill_needs_a_mask(request_of, settings: Settings):
    with pytest.raises(UnusableInput, match=r'--fill "红伞" has no \[MASK\]'):
        run_it(request_of(fill=("红伞",)), settings)
    with pytest.raises(UnusableInput, match="--fill has 42 tokens, and the model reads 32"):
        run_it(request_of(fill=("[MASK]" + "伞" * 39,)), settings)
    assert not (settings.home / "runs" / "run" / "params.json").exists()


def test_masks_are_filled_from_the_left_each_with_those_before(request_of, settings: Settings):
    result, _ = run_it(request_of(fill=("[MASK][MASK]伞",), max_steps=40), settings)
    filled = result.fills["[MASK][MASK]伞"]["after"]
    assert len(filled) == 5
    assert all(len(words) == 2 for words, _ in filled)
    shares = [share for _, share in filled]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1


def test_a_tokenizer_of_another_language_is_refused(request_of, settings: Settings):
    texts = ShopTexts([ProductText(f"雨靴{number}", "", number) for number in range(20)], [], Segmenter())
    with pytest.raises(UnusableInput, match="made for another language"):
        run_it(request_of(), settings, texts)
