"""`shangsou model compare`: toy encoders beside plain scores, over a shop of eight products."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from shangsou.encoding.installation import install_model
from shangsou.errors import UnusableInput
from shangsou.product import Product
from shangsou.search.personal.features import FEATURE_VERSION
from shangsou.search.personal.ranker import RankerFile
from shangsou.search.personal.ranker_store import save_ranker
from shangsou.settings import DEFAULT_MODEL, Settings
from tests.fixtures.switched_models import index, serving
from tests.fixtures.trained_models import CARD, UNITS, install_toy, row_of, static_files
from training.commands.model import model
from training.pairs.pair import Pair, pair_line

CHARACTERS = "红裙杯蓝锅盘衣马"
PRODUCTS = [Product(f"p{number}", character) for number, character in enumerate(CHARACTERS)]
ENCODERS = ("blind", "words")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home with `blind`, to which all products are alike, and `words`, which knows each character."""
    home = tmp_path / "home"
    monkeypatch.setenv("SHANGSOU_HOME", str(home))
    weights = [0.0] * (3 + len(UNITS))
    # One character that is in no product: a model to which really all is one is not installed.
    weights[row_of("色")] = 1
    install_model(home, "blind", static_files(tmp_path / "blind-files", weights=weights), CARD)
    install_toy(home, "words", "static")
    index(Settings(home=home, model="blind"), *PRODUCTS)
    return home


@pytest.fixture
def judgements(tmp_path):
    path = tmp_path / "characters.tsv"
    rows = "".join(f"{product.title}\t{product.product_id}\t3\n" for product in PRODUCTS)
    path.write_text(f"query\tproduct_id\tgrade\n{rows}", "utf-8")
    return path


@pytest.fixture
def pairs(tmp_path):
    """Each character with itself: a half chooses the threshold, a half judges."""
    path = tmp_path / "pairs.jsonl"
    path.write_text(
        "".join(
            pair_line(
                Pair(
                    one,
                    f"p{row}",
                    one,
                    1.0,
                    "click",
                    row,
                    split=("validation", "test")[row % 2],  # type: ignore[arg-type]
                )
            )
            for row, one in enumerate(CHARACTERS)
        ),
        "utf-8",
    )
    return path


def run(*arguments):
    return CliRunner().invoke(model, ["compare", *map(str, arguments)], catch_exceptions=False)


def figures_of(*arguments):
    result = run(*arguments, "--json")
    assert result.exit_code == 0
    return json.loads(result.stdout)["figures"]


def value(figures, name, measure):
    (found,) = [one for one in figures if (one["model"], one["measure"]) == (name, measure)]
    return found


def absent(figures, name):
    return [one["reason"] for one in figures if one["model"] == name and one["value"] is None]


def test_an_encoder_that_knows_each_product_stands_beside_one_that_knows_none(home, judgements):
    figures = figures_of(*ENCODERS, "--judgements", judgements)
    assert value(figures, "words", "ndcg@10")["value"] == 1.0
    assert value(figures, "words", "recall@10")["n"] == 8
    # All eight products are among the first ten: one of ten is right, and of one that is relevant all.
    assert value(figures, "blind", "precision@10")["value"] == pytest.approx(0.1)
    assert value(figures, "blind", "recall@10")["value"] == 1.0
    # 2 x 1 of 10 + 1.
    assert value(figures, "blind", "f1@10")["value"] == pytest.approx(2 / 11, abs=1e-6)
    # A single character is a word of its own, and what its bigrams would be.
    assert value(figures, "BM25 words", "ndcg@10")["value"] == 1.0
    assert value(figures, "common bigrams", "ndcg@10")["value"] == 1.0


def test_a_loss_against_a_baseline_is_marked_and_no_difference_is_not(home, judgements):
    figures = figures_of(*ENCODERS, "--judgements", judgements)
    signs = {
        name: {gain["baseline"]: gain["sign"] for gain in value(figures, name, "ndcg@10")["gains"]}
        for name in ENCODERS
    }
    assert signs == {
        "blind": {"BM25 words": -1, "common bigrams": -1},
        "words": {"BM25 words": 0, "common bigrams": 0},
    }


def test_pairs_are_measured_without_an_index(tmp_path, monkeypatch, pairs):
    home = tmp_path / "no-index"
    monkeypatch.setenv("SHANGSOU_HOME", str(home))
    install_toy(home, "words", "static")
    figures = figures_of("--pairs", pairs)
    for name in ("words", "BM25 words", "common bigrams"):
        assert [
            value(figures, name, measure)["value"] for measure in ("accuracy", "precision", "recall", "f1")
        ] == [1.0] * 4
    assert "shangsou model fetch" in absent(figures, DEFAULT_MODEL)[0]


def test_an_encoder_that_cannot_tell_pairs_is_right_in_half(home, pairs):
    figures = figures_of("blind", "--pairs", pairs)
    assert value(figures, "blind", "accuracy")["value"] == 0.5


def test_a_broken_model_is_named_and_the_others_are_measured(home, judgements, pairs):
    (home / "models" / "blind" / "encoder.json").write_text("{", "utf-8")
    figures = figures_of("--judgements", judgements, "--pairs", pairs)
    assert ["encoder.json cannot be read" in reason for reason in absent(figures, "blind")] == [True, True]
    assert value(figures, "words", "ndcg@10")["value"] == 1.0


def test_judgements_of_another_catalog_leave_pairs_measured(home, tmp_path, pairs):
    others = tmp_path / "others.tsv"
    others.write_text("query\tproduct_id\tgrade\n红\tq1\t3\n裙\tq2\t3\n", "utf-8")
    figures = figures_of("words", "--judgements", others, "--pairs", pairs)
    assert "2 of 2 judged products are not in the index" in absent(figures, "")[0]
    assert value(figures, "words", "accuracy")["value"] == 1.0


def test_where_nothing_at_all_can_be_measured_the_reasons_end_it(home, tmp_path):
    others = tmp_path / "others.tsv"
    others.write_text("query\tproduct_id\tgrade\n红\tq1\t3\n", "utf-8")
    page = tmp_path / "page.html"
    with pytest.raises(UnusableInput, match="nothing could be measured: 1 of 1 judged product is not in"):
        run("words", "--judgements", others, "--html", page)
    assert not page.exists()


def test_the_page_is_in_chinese_and_whole_in_one_file(home, judgements, pairs, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("an older one", "utf-8")
    result = run(*ENCODERS, "--judgements", judgements, "--pairs", pairs, "--html", page)
    assert result.exit_code == 0
    text = page.read_text("utf-8")
    for words in (
        "模型对比",
        "留出的商品对",
        "准确率",
        "词语 BM25",
        "共同二字串",
        "与基线之差",
        "请用 --events",
    ):
        assert words in text
    assert "http" not in text
    assert "an older one" not in text


def test_nothing_is_switched(home, judgements):
    before = serving(Settings(home=home))
    run("--judgements", judgements)
    assert serving(Settings(home=home)) == before


def test_what_serves_may_be_another_model_than_the_setting_names(home, judgements, monkeypatch):
    monkeypatch.setenv("SHANGSOU_MODEL", "words")
    figures = figures_of("words", "--judgements", judgements)
    assert value(figures, "words", "ndcg@10")["value"] == 1.0


def write_events(path, home, shoppers=30):
    """Shoppers who clicked 红 before, and search for 裙 later; each sees p1 first, and clicks it."""
    start = datetime(2026, 12, 1, tzinfo=UTC)
    lines = ["timestamp\tuser_id\tsession_id\taction_name\tuser_query\tproduct_id\tposition"]
    for day, (query, product) in enumerate((("红", "p0"), ("裙", "p1"))):
        for number in range(shoppers):
            at = int((start + timedelta(days=day, minutes=number)).timestamp())
            shopper = f"{at}\tu{number}\tu{number}-{day}"
            lines += [
                f"{shopper}\tsearch\t{query}\t\t",
                f"{shopper}\timpression\t{query}\t{product}\t1",
                f"{shopper}\timpression\t{query}\tp7\t2",
            ]
            # Every third clicks what is second, so that positions can be told apart.
            clicked, position = ("p7", 2) if number % 3 == 0 else (product, 1)
            lines.append(f"{shopper}\tclick\t{query}\t{clicked}\t{position}")
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def test_events_bring_rankers_shelves_and_clicks(home, tmp_path):
    figures = figures_of("words", "--events", write_events(tmp_path / "events.tsv", home))
    by_kind = {
        kind: [one for one in figures if one["kind"] == kind and one["value"] is not None]
        for kind in ("encoder", "ranker", "shelf", "traffic")
    }
    assert {one["model"] for one in by_kind["ranker"]} == {"plain order", "popularity", "default"}
    assert {"popular", "item-kNN", "shangsou"} <= {one["model"] for one in by_kind["shelf"]}
    assert value(figures, "as logged", "ctr")["value"] == 1.0
    assert value(figures, "words", "clicks@10")["value"] is not None
    assert by_kind["encoder"] == []


def test_a_ranker_of_another_encoder_is_named_and_one_that_is_broken_too(home, tmp_path):
    events = write_events(tmp_path / "events.tsv", home)
    file = RankerFile(FEATURE_VERSION, "0123456789abcdef", (1.0, 1.0, 1.0), {})
    save_ranker(home, file, live=True)
    (home / "ranker" / "ranker-2.json").write_text("{}", "utf-8")
    figures = figures_of("words", "ranker-1", "ranker-2", "--events", events)
    assert "was trained with the encoder 0123456789abcdef" in absent(figures, "ranker-1")[0]
    assert "shangsou train ranker" in absent(figures, "ranker-2")[0]
    assert value(figures, "default", "mrr@10")["value"] is not None


def test_an_unknown_name_is_refused_with_those_that_there_are(home, judgements):
    with pytest.raises(
        UnusableInput, match=r"no model summer; .*encoders .*blind, words and the rankers default"
    ):
        run("summer", "--judgements", judgements)


def test_a_line_that_is_no_pair_is_named_with_its_place(home, tmp_path):
    path = tmp_path / "broken.jsonl"
    path.write_text("{}\n", "utf-8")
    with pytest.raises(UnusableInput, match=r"broken\.jsonl:1: no pair"):
        run("--pairs", path)


def test_empty_files_are_named(home, tmp_path):
    pairs = tmp_path / "empty.jsonl"
    pairs.write_text("", "utf-8")
    with pytest.raises(UnusableInput, match=r"--pairs .*empty\.jsonl: holds nothing"):
        run("--pairs", pairs)
    events = tmp_path / "header.tsv"
    events.write_text("timestamp\tsession_id\taction_name\tuser_query\tproduct_id\n", "utf-8")
    with pytest.raises(UnusableInput, match=r"--events .*header\.tsv: holds nothing"):
        run("--events", events)


def test_pairs_of_one_split_judge_nothing_and_the_reason_says_so(home, tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text(pair_line(Pair("红", "p0", "红", 1.0, "click", 0)), "utf-8")
    with pytest.raises(UnusableInput, match="nothing could be measured: no pair of --pairs is of the split"):
        run("--pairs", path)


def test_a_folder_that_does_not_exist_is_found_before_anything_is_measured(home, judgements, tmp_path):
    with pytest.raises(UnusableInput, match="its folder does not exist"):
        run("--judgements", judgements, "--html", tmp_path / "nowhere" / "page.html")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "there is nothing to measure on"),
        (("--targets", "targets.tsv"), "--targets and --served-by need --events"),
        (("--served-by", "arm", "--pairs", "pairs.jsonl"), "--targets and --served-by need --events"),
        (("--queries", "queries.tsv"), "each file of queries needs its own of judgements"),
    ],
)
def test_options_that_miss_others_are_wrong_usage(home, arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
