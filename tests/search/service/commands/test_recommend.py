"""`shangsou recommend`: the model from a file, and shelves in the terminal."""

import json

import pytest
from click.testing import CliRunner

from indexer.build import index_products
from shangsou.behaviour.stores import open_event_store
from shangsou.engines.stores import open_store
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.recommend.model_file import read_model
from shangsou.recommend.shelf import KINDS
from shangsou.search.service import live_index
from shangsou.search.service.commands.recommend import recommend
from shangsou.settings import Settings
from tests.recommend.test_model import did

EVENTS = """timestamp\tuser_id\tsession_id\taction_name\tuser_query\tproduct_id\tposition
1790000000\tv\ts1\tclick\t杯\tmug\t1
1790000010\tv\ts1\tclick\t杯\tumbrella\t2
yesterday\tv\ts1\tclick\t杯\tmug\t1
"""


@pytest.fixture
def home(tmp_path, monkeypatch, products, hash_encoder):
    settings = Settings(home=tmp_path)
    index_products(
        products,
        store=open_store(settings),
        encoder=hash_encoder,
        source="test",
        lexicons=LexiconStore(settings),
    )
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    monkeypatch.setattr(live_index, "open_encoder", lambda *_, **__: hash_encoder)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(recommend, arguments)


def test_the_model_is_built_from_a_file_and_a_shelf_shows_it(home):
    (home / "e.tsv").write_text(EVENTS, "utf-8")
    built = run("build", "--events", str(home / "e.tsv"), "--json")
    assert built.exit_code == 0, built.output
    facts = json.loads(built.stdout)
    assert (facts["events"], facts["products"], facts["viewed_pairs"], facts["bought_pairs"]) == (2, 2, 2, 0)
    assert "yesterday" in built.stderr
    shelf = json.loads(run("together", "--product", "mug", "--size", "1", "--json").stdout)
    assert [(item["product_id"], item["reason"]) for item in shelf["items"]] == [
        ("umbrella", "看了“陶瓷马克杯带盖勺”的人还看了")
    ]
    assert shelf["basis"] == ["viewed"]


def test_the_model_is_built_from_the_shops_own_events(home):
    store = open_event_store(Settings(home=home))
    store.add([did("v", "purchase", "mug", order="1"), did("v", "purchase", "gift", order="1")])
    store.close()
    assert run("build").stdout.startswith("2 events of 2 products: 2 pairs seen together, 2 bought together")
    assert read_model(home).trending == ("mug", "gift")


def test_a_shelf_is_a_table(home):
    lines = run("trending", "--size", "2").stdout.splitlines()
    assert len(lines) == 2
    assert "热销 2000 件" in lines[0]
    assert lines[0].endswith("phone-case")
    assert run("recent").stdout.startswith("Nothing to show")


def test_without_an_index_nothing_is_built(tmp_path, monkeypatch):
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    assert "no index" in str(run("build").exception)


@pytest.mark.parametrize("kind", ["similar", "together", "cross-category"])
def test_a_shelf_beside_a_product_needs_one(home, kind):
    assert run(kind).exit_code == 2
    assert 'there is no product "gone"' in str(run(kind, "--product", "gone").exception)


@pytest.mark.parametrize("name", ["cheap", "KIND"])
def test_an_unknown_shelf_is_reported_with_those_there_are(name):
    result = run(name)
    assert result.exit_code == 2
    assert ", ".join(KINDS) in result.stderr


def test_help_names_every_shelf_and_no_command_called_kind():
    shown = run("--help").stdout
    shelves, commands = shown.split("Commands:")
    for kind in KINDS:
        assert f"\n  {kind} " in shelves
    assert commands.split()[0] == "build"
    assert "KIND" not in commands
