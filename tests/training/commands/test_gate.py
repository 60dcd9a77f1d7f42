"""`shangsou train gate`: toy encoders before the gate of a shop of eight products."""

import json

import pytest
from click.testing import CliRunner

from indexer.build import index_products
from indexer.encoder import open_index_encoder
from relevance.errors import JudgementsOutdated, ModelRefused
from shangsou.encoding.gate_record import read_gate
from shangsou.encoding.installation import install_model
from shangsou.engines.generations import current_generation
from shangsou.engines.stores import open_store
from shangsou.errors import IndexBusy, NoIndex, UnusableInput
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from shangsou.search.ranking.recipe import shipped_ranking
from shangsou.settings import Settings
from shangsou.updates.journals import open_journal
from tests.fixtures.trained_models import CARD, UNITS, install_toy, row_of, static_files
from training.commands.train import train
from training.gate import gate

# Each is found by its own character, and by meaning only with an encoder that tells characters apart.
CHARACTERS = "红裙杯蓝锅盘衣马"
PRODUCTS = [Product(f"p{number}", character) for number, character in enumerate(CHARACTERS)]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home that is served by `blind`, to which all texts are alike; `words` knows each character."""
    home = tmp_path / "home"
    monkeypatch.setenv("SHANGSOU_HOME", str(home))
    weights = [0.0] * (3 + len(UNITS))
    # One character that is in no product: a model to which really all is one is not installed.
    weights[row_of("色")] = 1
    install_model(home, "blind", static_files(tmp_path / "blind-files", weights=weights), CARD)
    install_toy(home, "words", "static")
    settings = Settings(home=home, model="blind")
    store = open_store(settings)
    index_products(
        PRODUCTS,
        store=store,
        encoder=open_index_encoder(settings, store),
        source="by hand",
        lexicons=LexiconStore(settings),
        journal=open_journal(settings),
        allow_fewer=True,
    )
    return home


@pytest.fixture
def judgements(tmp_path):
    path = tmp_path / "characters.tsv"
    rows = "".join(f"{product.title}\t{product.product_id}\t3\n" for product in PRODUCTS)
    path.write_text(f"query\tproduct_id\tgrade\n{rows}", "utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(
        train, ["gate", *map(str, arguments)], catch_exceptions=False, standalone_mode=True
    )


def serving(home):
    return current_generation(open_store(Settings(home=home))).recipe.model


def test_a_model_that_gains_the_figure_that_was_named_goes_live(home, judgements):
    result = run("words", "--judgements", judgements, "--figure", "encoder.mrr", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert (found["passed"], found["live"], found["built"]) == (True, True, True)
    # Blind, the place of each product is the same for each query: 1/1 to 1/8, in the mean .340.
    assert found["figure"]["before"] == pytest.approx(sum(1 / rank for rank in range(1, 9)) / 8)
    assert found["figure"]["after"] == 1.0
    # Seven rose: one of 128 signs.
    assert found["figure"]["p"] == 1 / 128
    assert serving(home) == "words"


def test_a_dry_run_switches_nothing_and_the_generation_is_taken_next_time(home, judgements):
    first = run("words", "--judgements", judgements, "--figure", "encoder.mrr", "--dry-run", "--json")
    assert first.exit_code == 0
    assert json.loads(first.stdout)["live"] is False
    assert serving(home) == "blind"
    second = run("words", "--judgements", judgements, "--figure", "encoder.mrr", "--json")
    found = json.loads(second.stdout)
    assert (found["built"], found["live"]) == (False, True)
    assert found["generation"] == json.loads(first.stdout)["generation"]


def test_a_model_without_the_rise_that_was_named_is_refused_and_that_is_kept(home, judgements):
    # Words are found as they were: the hybrid search has nothing to gain.
    with pytest.raises(ModelRefused, match=r"no rise: hybrid\.recall") as refused:
        run("words", "--judgements", judgements, "--figure", "hybrid.recall")
    assert refused.value.exit_code == 1
    assert serving(home) == "blind"
    found = read_gate(home / "models" / "words")
    assert found["passed"] is False
    assert found["figures_named"] == ["hybrid.recall"]
    # The second figure has to be clearer: 1/128 twice.
    result = run("words", "--judgements", judgements, "--figure", "encoder.mrr", "--dry-run", "--json")
    assert json.loads(result.stdout)["figure"]["p"] == 2 / 128


def test_a_worse_model_is_refused_by_what_fell(home, judgements):
    run("words", "--judgements", judgements, "--figure", "encoder.mrr")
    with pytest.raises(ModelRefused, match="encoder: characters fell by more than chance"):
        run("blind", "--judgements", judgements)
    assert serving(home) == "words"


def test_the_page_is_in_chinese_and_names_each_reason(home, judgements, tmp_path):
    page = tmp_path / "gate.html"
    with pytest.raises(ModelRefused):
        run("words", "--judgements", judgements, "--figure", "hybrid.recall", "--html", page)
    text = page.read_text("utf-8")
    assert "未通过，线上没有改变" in text
    assert "没有提升：hybrid.recall" in text
    assert "http" not in text


def test_judgements_of_another_catalog_are_found_before_a_generation_is_built(home, tmp_path):
    judgements = tmp_path / "others.tsv"
    judgements.write_text("query\tproduct_id\tgrade\n红\tq1\t3\n裙\tq2\t3\n", "utf-8")
    with pytest.raises(JudgementsOutdated):
        run("words", "--judgements", judgements, "--figure", "encoder.mrr")
    assert [one.recipe.model for one in open_store(Settings(home=home)).generations()] == ["blind"]


def test_without_judgements_and_pairs_the_message_says_how_to_get_them(home):
    with pytest.raises(UnusableInput, match=r"shangsou judgements.*shangsou train pairs"):
        run("words")


def test_a_figure_needs_what_it_is_measured_on(home, judgements):
    with pytest.raises(UnusableInput, match=r"--figure personal\.mrr needs --events"):
        run("words", "--judgements", judgements, "--figure", "personal.mrr")
    with pytest.raises(UnusableInput, match=r"--figure pairs\.accuracy needs --pairs"):
        run("words", "--judgements", judgements, "--figure", "pairs.accuracy")


def test_pairs_without_a_split_that_judges_are_refused(home, tmp_path):
    pairs = tmp_path / "pairs.jsonl"
    pair = {"query": "红", "product_id": "p0", "title": "红", "weight": 1.0, "source": "click", "group": 1}
    pairs.write_text(json.dumps(pair) + "\n", "utf-8")
    with pytest.raises(UnusableInput, match='no pair of --pairs is of the split "validation"'):
        run("words", "--pairs", pairs, "--figure", "pairs.accuracy")


def test_judged_queries_whose_answers_were_trained_on_do_not_judge(home, judgements, tmp_path):
    pairs = tmp_path / "pairs.jsonl"
    lines = [
        {"query": one, "product_id": f"p{number}", "title": one, "group": number, "split": split}
        for number, (one, split) in enumerate(
            zip(CHARACTERS, ["train", "train", *["validation"] * 3, *["test"] * 3], strict=True)
        )
    ]
    rest = {"weight": 1.0, "source": "click"}
    pairs.write_text("".join(json.dumps(line | rest) + "\n" for line in lines), "utf-8")
    arguments = (
        "--judgements",
        judgements,
        "--pairs",
        pairs,
        "--figure",
        "encoder.mrr",
        "--dry-run",
        "--html",
        tmp_path / "gate.html",
        "--json",
    )
    found = json.loads(run("words", *arguments).stdout)
    assert found["figure"]["queries"] == 6
    assert any("training saw their answers: 2 judged queries" in remark for remark in found["remarks"])
    assert "有 2 条评测查询的答案参与过训练" in (tmp_path / "gate.html").read_text("utf-8")
    # Each title is its query: told apart from all others, and blind none is.
    assert found["pairs"]["after"]["accuracy"] == 1.0
    assert found["pairs"]["before"]["accuracy"] == 0.5


def test_queries_of_which_nothing_relevant_is_left_leave_the_pairs_to_judge(home, tmp_path):
    pairs, judgements = tmp_path / "pairs.jsonl", tmp_path / "judged.tsv"
    rest = {"weight": 1.0, "source": "click"}
    splits = ["train", "train", *["validation"] * 3, *["test"] * 3]
    lines = [
        {"query": one, "product_id": f"p{number}", "title": one, "group": number, "split": split} | rest
        for number, (one, split) in enumerate(zip(CHARACTERS, splits, strict=True))
    ]
    pairs.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    # Training saw the answer of the first, and the second has none.
    judgements.write_text("query\tproduct_id\tgrade\n红\tp0\t3\n杯\tp1\t0\n", "utf-8")
    with pytest.raises(ModelRefused, match=r"pairs\.accuracy 0\.500 → 1\.000"):
        run("words", "--judgements", judgements, "--pairs", pairs, "--figure", "pairs.accuracy")
    assert {part["leg"] for part in read_gate(home / "models" / "words")["parts"]} == {"pairs"}


def test_a_change_of_the_ranking_since_the_index_was_built_is_remarked(home, judgements):
    options = ("--judgements", judgements, "--figure", "encoder.mrr", "--dry-run", "--json")
    remarks = json.loads(run("words", *options).stdout)["remarks"]
    assert not [one for one in remarks if "the ranking or the facts" in one]
    recipe = json.loads(shipped_ranking())
    (home / "ranking.json").write_text(json.dumps(recipe | {"k1": recipe["k1"] / 2}), "utf-8")
    install_toy(home, "others", "static")
    remarks = json.loads(run("others", *options).stdout)["remarks"]
    assert [one for one in remarks if "the ranking or the facts" in one]


def test_what_was_switched_after_it_was_measured_does_not_serve(home, judgements, monkeypatch):
    measure = gate.measure_model

    def measure_and_switch(settings, *arguments):
        result = measure(settings, *arguments)
        store = open_store(settings)
        with store.lock():
            store.switch(result.after.name)
        return result

    monkeypatch.setattr(gate, "measure_model", measure_and_switch)
    with pytest.raises(IndexBusy, match="does not serve: run the same command again"):
        run("words", "--judgements", judgements, "--figure", "encoder.mrr")


def test_what_serves_already_and_what_there_is_not_are_refused(home, judgements):
    with pytest.raises(UnusableInput, match="blind serves already"):
        run("blind", "--judgements", judgements)
    with pytest.raises(UnusableInput, match="there is no model other"):
        run("other", "--judgements", judgements)


def test_a_process_with_a_model_of_its_own_only_measures(home, judgements, monkeypatch):
    monkeypatch.setenv("SHANGSOU_MODEL", "blind")
    with pytest.raises(UnusableInput, match="SHANGSOU_MODEL is blind"):
        run("words", "--judgements", judgements, "--figure", "encoder.mrr")
    assert run("words", "--judgements", judgements, "--figure", "encoder.mrr", "--dry-run").exit_code == 0


def test_without_an_index_the_way_out_is_named(tmp_path, judgements, monkeypatch):
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path / "empty"))
    install_toy(tmp_path / "empty", "words", "static")
    with pytest.raises(NoIndex, match="shangsou index"):
        run("words", "--judgements", judgements)
